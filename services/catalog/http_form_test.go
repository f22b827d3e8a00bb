package catalog_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/services/catalog"
)

// submitForm posts a certificate's form: pairs of names and values, and files by the names of their parts.
func (m *market) submitForm(server http.Handler, pairs []string, files map[string][]byte, headers ...string) *httptest.ResponseRecorder {
	m.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		require.NoError(m, form.WriteField(pairs[i], pairs[i+1]))
	}
	for name, content := range files {
		part, err := form.CreateFormFile(name, "blob")
		require.NoError(m, err)
		_, err = part.Write(content)
		require.NoError(m, err)
	}
	require.NoError(m, form.Close())
	headers = append(headers, "Content-Type", form.FormDataContentType())
	return m.send(server, "ann", http.MethodPost, "/v1/certificates", body.String(), headers...)
}

func picture(t *testing.T) []byte {
	t.Helper()
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))))
	return picture.Bytes()
}

const certificateObject = `{"scheme":"ASC_FARM","number":"DEMO-1","issuer":"Demo","issued_on":"2025-06-01","scope":{"kind":"farm_area"}}`

// The certificate with its scan, as one part of JSON, as a Blob and field by field.
func TestCertificatesComeAsForms(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge(m.service)
	scan := picture(t)
	product := m.publish(m.ann, shrimp())
	document := m.get(server, "", "/openapi.json")["paths"].(map[string]any)["/v1/certificates"].(map[string]any)["post"].(map[string]any)
	media := document["requestBody"].(map[string]any)["content"].(map[string]any)
	require.Contains(t, media, "application/json")
	parts := media["multipart/form-data"].(map[string]any)["schema"].(map[string]any)["properties"]
	for _, part := range []string{"certificate", "scan", "scheme", "number", "issuer", "issuer_kind", "issued_on", "valid_until", "stars", "scope"} {
		require.Contains(t, parts, part)
	}
	for name, c := range map[string]struct {
		pairs []string
		files map[string][]byte
		scan  bool
	}{
		"one part":   {[]string{"certificate", certificateObject}, map[string][]byte{"scan": scan}, true},
		"a Blob":     {nil, map[string][]byte{"scan": scan, "certificate": bytes.Replace([]byte(certificateObject), []byte("DEMO-1"), []byte("DEMO-2"), 1)}, true},
		"no scan":    {[]string{"scheme", "VIETGAP", "number", "0123", "issuer", "Demo", "issued_on", "2026-06-01", "valid_until", ""}, nil, false},
		"all fields": {[]string{"scheme", "OCOP", "number", "5", "issuer", "UBND", "issuer_kind", "province", "issued_on", "2026-06-01", "valid_until", "2028-06-01", "stars", "4", "scope", `{"kind":"product","product_ids":["` + product.ID.String() + `"]}`}, map[string][]byte{"scan": scan}, true},
	} {
		made := m.submitForm(server, c.pairs, c.files)
		require.Equal(t, http.StatusCreated, made.Code, "%s: %s", name, made.Body)
		body := decode(t, made)
		require.Equal(t, "submitted", body["state"], name)
		if !c.scan {
			require.NotContains(t, body, "scan_type", name)
			require.Equal(t, "0123", body["number"], "a number that looks like one stays a text")
			continue
		}
		require.Equal(t, "image/png", body["scan_type"], name)
		got := m.send(server, "ann", http.MethodGet, made.Header().Get("Location")+"/scan", "")
		require.Equal(t, scan, got.Body.Bytes(), name)
	}
}

// What is wrong is refused as in JSON, the field is named, and nothing is left behind.
func TestBadFormsLeaveNothing(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	folder := t.TempDir()
	keeper := files.NewKeeper(m.lent.App, files.NewFolder(folder))
	server := m.edge(catalog.NewService(m.db, m.redis, m.book, catalog.Options{Clock: m.now.now, Files: keeper}))
	// left are the files that are there after a day.
	left := func() []string {
		_, err := m.lent.App.Exec(t.Context(), `UPDATE files.kept SET touched_at = touched_at - interval '25 hours'`)
		require.NoError(t, err)
		_, err = keeper.Sweep(t.Context())
		require.NoError(t, err)
		found, err := filepath.Glob(filepath.Join(folder, "*", "*"))
		require.NoError(t, err)
		return found
	}
	scan := map[string][]byte{"scan": picture(t)}
	object := []string{"certificate", certificateObject}
	for name, c := range map[string]struct {
		pairs         []string
		files         map[string][]byte
		status        int
		code, pointer string
	}{
		"not a scan":          {object, map[string][]byte{"scan": []byte("<svg/>")}, 415, "scan_type", ""},
		"a scan too large":    {object, map[string][]byte{"scan": append([]byte("%PDF-1.7"), make([]byte, catalog.MaxScanBytes)...)}, 413, "scan_size", ""},
		"unknown field":       {append([]string{"colour", "red"}, object...), scan, 422, "unknown_field", "form.colour"},
		"unknown file":        {object, map[string][]byte{"photo": picture(t)}, 422, "unknown_field", "form.photo"},
		"twice":               {append([]string{"certificate", certificateObject}, object...), scan, 422, "repeated_parameter", "form.certificate"},
		"object and field":    {append([]string{"number", "1"}, object...), scan, 422, "unknown_field", "form.number"},
		"a scan that is text": {append([]string{"scan", "x"}, object...), nil, 422, "wrong_type", "form.scan"},
		"stars in words":      {[]string{"scheme", "OCOP", "number", "5", "issuer", "UBND", "issued_on", "2026-06-01", "stars", "four"}, scan, 422, "wrong_type", "body.stars"},
		"no number":           {[]string{"scheme", "VIETGAP", "issuer", "Demo", "issued_on", "2026-06-01"}, scan, 422, "required", "body.number"},
		"no such day":         {[]string{"scheme", "VIETGAP", "number", "1", "issuer", "Demo", "issued_on", "2026-02-30"}, scan, 422, "not_a_date", "body.issued_on"},
		"no such scheme":      {[]string{"scheme", "nope", "number", "1", "issuer", "Demo", "issued_on", "2026-02-03"}, scan, 422, "unknown_value", "body.scheme"},
		"scope that is none":  {[]string{"scheme", "VIETGAP", "number", "1", "issuer", "Demo", "issued_on", "2026-02-03", "scope", "all"}, scan, 400, "malformed_json", "form.scope"},
		"null in the object":  {[]string{"certificate", `{"scheme":null}`}, scan, 422, "wrong_type", "form.certificate.scheme"},
		"empty form":          {nil, scan, 422, "required", "body.scheme"},
	} {
		refused := m.submitForm(server, c.pairs, c.files)
		require.Equal(t, c.status, refused.Code, "%s: %s", name, refused.Body)
		require.Contains(t, refused.Body.String(), `"code":"`+c.code+`"`, name)
		if c.pointer != "" {
			require.Contains(t, refused.Body.String(), `"pointer":"`+c.pointer+`"`, name)
		}
	}
	require.Empty(t, m.list(server, "ann", "/v1/certificates"))
	require.Empty(t, left())

	// A repetition answers the same and keeps one scan.
	first := m.submitForm(server, object, scan, "Idempotency-Key", "one")
	require.Equal(t, http.StatusCreated, first.Code, first.Body)
	again := m.submitForm(server, object, scan, "Idempotency-Key", "one")
	require.Equal(t, first.Body.String(), again.Body.String())
	require.Len(t, left(), 1)
	large := `{"scheme":"` + string(bytes.Repeat([]byte("x"), 2<<20)) + `"}`
	require.Equal(t, http.StatusRequestEntityTooLarge, m.send(server, "ann", http.MethodPost, "/v1/certificates", large).Code, "room for a scan is no room for JSON")
}
