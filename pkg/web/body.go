package web

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/ocop-market/ocop/pkg/fault"
)

// formMemory is how much of a multipart form is kept in memory; the rest goes to temporary files.
const formMemory = 256 << 10

// takeBody reads the body within its bounds and leaves a clean one for huma: JSON verified and
// normalised, a form parsed with its texts normalised. Nothing is unpacked, so nothing can grow.
func (api *API) takeBody(x *exchange, ep *endpoint) error {
	r := x.context.Request
	if r.ContentLength == 0 || r.Body == nil || r.Body == http.NoBody {
		x.fingerprint(nil)
		if ep.bodyNeeded {
			return ErrBodyRequired
		}
		return nil
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return ErrUnsupportedEncoding
	}
	limit := api.limitOf(ep, r)
	if r.ContentLength > limit {
		return ErrTooLarge.With("max_bytes", limit)
	}
	r.Body = http.MaxBytesReader(x.context.Writer, r.Body, limit)
	if len(ep.bodies) == 0 {
		return x.takeNothing()
	}
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || !slices.Contains(ep.bodies, mediaType) || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return ErrUnsupportedMediaType.With("allowed", strings.Join(slices.Sorted(slices.Values(ep.bodies)), ", "))
	}
	if mediaType == multipartType {
		if err := api.takeForm(x, ep); err != nil || ep.Form == nil {
			return err
		}
		return api.formAsJSON(x, ep)
	}
	body, err := readAll(r)
	if err != nil {
		return err
	}
	if len(body) == 0 && ep.bodyNeeded {
		return ErrBodyRequired
	}
	if mediaType == jsonType && len(body) > 0 {
		if body, err = api.takeJSON(body, ep.json[""], "body"); err != nil {
			return err
		}
	}
	x.fingerprint(body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	return nil
}

// takeJSON verifies and normalises JSON of a schema and refuses null where the schema does.
func (api *API) takeJSON(data []byte, schema *huma.Schema, place string) ([]byte, error) {
	seen := &nulls{registry: api.huma.OpenAPI().Components.Schemas, schema: schema, place: place}
	clean, err := strictJSON(data, seen)
	if err != nil {
		return nil, err
	}
	return clean, seen.found.Err()
}

// readAll reads what the bounded body holds, growing with what arrives and not with what a
// header claims.
func readAll(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	return body, transportFault(err)
}

// transportFault names what can go wrong between the socket and us.
func transportFault(err error) error {
	if err == nil {
		return nil
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return refusalOf(err)
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return ErrSlowRequest.With().Because(err)
	}
	return ErrMalformedRequest.With().Because(err)
}

// takeNothing is for operations without a body. Some clients send {} all the same; anything
// more is refused, because it would be ignored.
func (x *exchange) takeNothing() error {
	body, err := readAll(x.context.Request)
	if err != nil {
		return err
	}
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && !bytes.Equal(trimmed, []byte("{}")) {
		return ErrBodyNotExpected
	}
	x.fingerprint(nil)
	x.context.Request.Body = http.NoBody
	return nil
}

// takeForm parses a multipart form. Huma's own call finds it parsed already.
func (api *API) takeForm(x *exchange, ep *endpoint) error {
	r := x.context.Request
	if err := r.ParseMultipartForm(formMemory); err != nil {
		if _, isTooLarge := errors.AsType[*http.MaxBytesError](err); isTooLarge {
			return transportFault(err)
		}
		if refusal := transportFault(err); errors.Is(refusal, ErrSlowRequest) {
			return refusal
		}
		return ErrMalformedForm.With().Because(err)
	}
	var found fault.Collector
	check := func(name string) {
		if ep.form != nil && !ep.form[name] || !plain(name) {
			found.Add("form."+cut(name), ErrUnknownField)
		}
	}
	for name, values := range r.MultipartForm.Value {
		check(name)
		for i, value := range values {
			if schema := ep.json[name]; schema != nil {
				clean, err := api.takeJSON([]byte(value), schema, "")
				if err := found.Merge("form."+cut(name), err); err != nil {
					return err
				}
				values[i] = string(clean)
				continue
			}
			if !plain(value) {
				found.Add("form."+cut(name), ErrForbiddenCharacter)
			}
			values[i] = norm.NFC.String(value)
		}
	}
	for name, files := range r.MultipartForm.File {
		check(name)
		for _, file := range files {
			// A name is for people to recognise, never for a path of ours.
			file.Filename = norm.NFC.String(path.Base(strings.ReplaceAll(file.Filename, `\`, "/")))
			if !plain(file.Filename) {
				found.Add("form."+cut(name), ErrForbiddenCharacter)
			}
		}
	}
	if err := found.Err(); err != nil {
		return sorted(err)
	}
	return x.fingerprintForm(r.MultipartForm)
}

// fingerprintForm hashes what the form says. The bytes of the body would not do: every client
// draws another boundary for its second try.
func (x *exchange) fingerprintForm(form *multipart.Form) error {
	if x.request == nil {
		return nil
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(form.Value)) {
		for _, value := range form.Value[name] {
			_, _ = io.WriteString(sum, name+"\x00"+value+"\x00")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(form.File)) {
		for _, header := range form.File[name] {
			_, _ = io.WriteString(sum, name+"\x00"+header.Filename+"\x00")
			if err := hashFile(sum, header); err != nil {
				return err
			}
		}
	}
	x.fingerprint(sum.Sum(nil))
	return nil
}

func hashFile(sum io.Writer, header *multipart.FileHeader) error {
	file, err := header.Open()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read from
	_, err = io.Copy(sum, file)
	return err
}
