package catalog_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/services/catalog"
)

// album is a market whose files lie in a folder that the test looks into.
type album struct {
	*market

	folder string
	server http.Handler
}

func openAlbum(t *testing.T) *album {
	t.Helper()
	a := &album{market: openMarket(t), folder: t.TempDir()}
	a.service = catalog.NewService(a.db, a.redis, a.book, catalog.Options{
		Clock: a.now.now, Files: files.NewKeeper(a.lent.App, files.NewFolder(a.folder)),
	})
	a.server = a.edge(a.service)
	return a
}

// develop works the jobs.
func (a *album) develop() error {
	a.Helper()
	workers := jobs.NewWorkers()
	a.service.PhotoJobs(workers)
	return jobs.Drain(a.Context(), a.lent.App, workers)
}

// upload posts a file as a part of a form with fields beside it.
func (a *album) upload(who, method, path, part, name string, content []byte, fields ...string) *httptest.ResponseRecorder {
	a.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		require.NoError(a, form.WriteField(fields[i], fields[i+1]))
	}
	file, err := form.CreateFormFile(part, name)
	require.NoError(a, err)
	_, err = file.Write(content)
	require.NoError(a, err)
	require.NoError(a, form.Close())
	return a.send(a.server, who, method, path, body.String(), "Content-Type", form.FormDataContentType())
}

func (a *album) photo(who string, product catalog.Product, content []byte, fields ...string) *httptest.ResponseRecorder {
	a.Helper()
	return a.upload(who, http.MethodPost, "/v1/products/"+product.ID.String()+"/photos", "photo", "IMG_0001.JPG", content, fields...)
}

// photos are those that a reader sees of a product.
func (a *album) photos(who string, product catalog.Product) []any {
	a.Helper()
	return a.get(a.server, who, "/v1/products/"+product.ID.String())["photos"].([]any)
}

func captions(photos []any) string {
	list := make([]string, len(photos))
	for i, each := range photos {
		list[i], _ = each.(map[string]any)["caption"].(string)
	}
	return strings.Join(list, " ")
}

// snapshot is a JPEG as a phone takes it: lying on its side, with the place where it was taken.
func snapshot(t testing.TB, width, height int, shade color.Color) []byte {
	t.Helper()
	drawn := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			drawn.Set(x, y, shade)
		}
	}
	var plain bytes.Buffer
	require.NoError(t, jpeg.Encode(&plain, drawn, nil))
	order := binary.BigEndian
	exif := []byte("Exif\x00\x00MM\x00*")
	exif = order.AppendUint32(exif, 8)
	exif = order.AppendUint16(exif, 2)
	for _, entry := range [][4]uint32{{0x0112, 3, 1, 6 << 16}, {0x8825, 4, 1, 38}} { // turn right; the place stands at 38
		exif = order.AppendUint16(order.AppendUint16(exif, uint16(entry[0])), uint16(entry[1]))
		exif = order.AppendUint32(order.AppendUint32(exif, entry[2]), entry[3])
	}
	exif = append(exif, "\x00\x00\x00\x00GPS 9.1769 105.1524 Vuon nha toi"...)
	data := append([]byte{}, plain.Bytes()[:2]...)
	data = append(order.AppendUint16(append(data, 0xff, 0xe1), uint16(2+len(exif))), exif...)
	return append(data, plain.Bytes()[2:]...)
}

// A producer's photos from the phone to the screen.
func TestPhotosFromThePhoneToTheScreen(t *testing.T) {
	t.Parallel()
	a := openAlbum(t)
	product := a.publish(a.ann, shrimp())
	require.Equal(t, []any{}, a.photos("", product), "a product without photos says so")

	added := a.photo("ann", product, snapshot(t, 400, 300, color.RGBA{R: 200, A: 255}), "caption", " Tôm  sú ", "caption_en", "Shrimp")
	require.Equal(t, http.StatusCreated, added.Code, added.Body)
	require.Equal(t, "processing", decode(t, added)["state"])
	id := decode(t, added)["id"].(string)
	require.Equal(t, "processing", a.photos("ann", product)[0].(map[string]any)["state"])
	require.Len(t, a.photos("ca-mau", product), 1)
	require.Empty(t, a.photos("", product), "nobody else sees what is not ready")
	require.Equal(t, http.StatusNotFound, a.send(a.server, "ann", http.MethodGet, "/v1/photos/"+id+"/thumb.jpg", "").Code)
	before := a.send(a.server, "ann", http.MethodGet, "/v1/products/"+product.ID.String(), "").Header().Get("ETag")

	require.NoError(t, a.develop())
	require.NotEqual(t, before, a.send(a.server, "ann", http.MethodGet, "/v1/products/"+product.ID.String(), "").Header().Get("ETag"))
	shown := a.photos("ann", product)[0].(map[string]any)
	require.Equal(t, map[string]any{
		"id": id, "state": "ready", "caption": "Tôm sú", "caption_en": "Shrimp",
		"sizes": map[string]any{
			"thumb":  map[string]any{"url": "/v1/photos/" + id + "/thumb.jpg", "width": 240.0, "height": 320.0},
			"medium": map[string]any{"url": "/v1/photos/" + id + "/medium.jpg", "width": 300.0, "height": 400.0},
			"large":  map[string]any{"url": "/v1/photos/" + id + "/large.jpg", "width": 300.0, "height": 400.0},
		},
	}, shown, "upright, and never enlarged")

	for _, size := range []string{"thumb", "medium", "large"} {
		got := a.send(a.server, "", http.MethodGet, "/v1/photos/"+id+"/"+size+".jpg", "")
		require.Equal(t, http.StatusOK, got.Code)
		require.Equal(t, "image/jpeg", got.Header().Get("Content-Type"))
		require.Equal(t, "nosniff", got.Header().Get("X-Content-Type-Options"))
		require.Equal(t, "public, max-age=31536000, immutable", got.Header().Get("Cache-Control"))
		require.Empty(t, got.Header().Get("Vary"), "one copy for everybody")
		require.Equal(t, fmt.Sprint(got.Body.Len()), got.Header().Get("Content-Length"))
		config, err := jpeg.DecodeConfig(bytes.NewReader(got.Body.Bytes()))
		require.NoError(t, err)
		require.InDelta(t, shown["sizes"].(map[string]any)[size].(map[string]any)["width"], config.Width, 0)
		require.NotContains(t, got.Body.String(), "Exif")
		require.NotContains(t, got.Body.String(), "GPS")
		again := a.send(a.server, "", http.MethodGet, "/v1/photos/"+id+"/"+size+".jpg", "", "If-None-Match", got.Header().Get("ETag"))
		require.Equal(t, http.StatusNotModified, again.Code)
		require.Empty(t, again.Body.Bytes())
	}
	for _, wrong := range []string{"/v1/photos/" + id + "/huge.jpg", "/v1/photos/" + id + "/thumb", "/v1/photos/" + id + "/thumb.png", "/v1/photos/x/thumb.jpg", "/v1/photos/" + product.ID.String() + "/thumb.jpg"} {
		require.Equal(t, http.StatusNotFound, a.send(a.server, "ann", http.MethodGet, wrong, "").Code, wrong)
	}
	a.nowhere("GPS", "Vuon nha toi", "Exif")
}

// nowhere looks through everything that is kept.
func (a *album) nowhere(traces ...string) {
	a.Helper()
	kept, err := filepath.Glob(filepath.Join(a.folder, "*", "*"))
	require.NoError(a, err)
	require.NotEmpty(a, kept)
	for _, path := range kept {
		content, err := os.ReadFile(path)
		require.NoError(a, err)
		for _, trace := range traces {
			require.NotContains(a, string(content), trace, path)
		}
	}
}

func TestPhotosAreOrderedCaptionedAndRemoved(t *testing.T) {
	t.Parallel()
	a := openAlbum(t)
	product := a.publish(a.ann, shrimp())
	base := "/v1/products/" + product.ID.String() + "/photos/"
	ids := make([]string, 4)
	for i, caption := range []string{"a", "b", "c", "d"} {
		added := a.photo("ann", product, snapshot(t, 16+i, 16, color.White), "caption", caption)
		require.Equal(t, http.StatusCreated, added.Code, added.Body)
		ids[i] = decode(t, added)["id"].(string)
	}
	require.NoError(t, a.develop())
	require.Equal(t, "a b c d", captions(a.photos("", product)))
	for _, step := range []struct{ id, change, want string }{
		{ids[3], `{"position":1}`, "d a b c"},
		{ids[0], `{"position":4}`, "d b c a"},
		{ids[1], `{"position":12}`, "d c a b"},
		{ids[2], `{"position":2}`, "d c a b"},
		{ids[2], `{"caption":"x","position":1}`, "x d a b"},
		{ids[2], `{"caption":null}`, " d a b"},
	} {
		changed := a.send(a.server, "ann", http.MethodPatch, base+step.id, step.change)
		require.Equal(t, http.StatusOK, changed.Code, changed.Body)
		require.Equal(t, step.want, captions(decode(t, changed)["photos"].([]any)))
		require.Equal(t, step.want, captions(a.photos("ann", product)))
	}
	for _, wrong := range []string{`{"position":0}`, `{"position":13}`, `{"caption":"` + strings.Repeat("x", 201) + `"}`, `{"state":"ready"}`, `{"sizes":{}}`} {
		require.Equal(t, http.StatusUnprocessableEntity, a.send(a.server, "ann", http.MethodPatch, base+ids[0], wrong).Code, wrong)
	}
	require.Equal(t, http.StatusNoContent, a.send(a.server, "ann", http.MethodDelete, base+ids[3], "").Code)
	require.Equal(t, " a b", captions(a.photos("ann", product)))
	require.Equal(t, http.StatusNotFound, a.send(a.server, "ann", http.MethodDelete, base+ids[3], "").Code)
	require.Equal(t, http.StatusNotFound, a.send(a.server, "", http.MethodGet, "/v1/photos/"+ids[3]+"/thumb.jpg", "").Code)
	var holds int
	require.NoError(t, a.lent.App.Get(t.Context(), &holds, `SELECT count(*) FROM files.holds WHERE holder = $1`, ids[3]))
	require.Zero(t, holds, "its files may be swept")
	var seen []string
	require.NoError(t, a.lent.App.Select(t.Context(), &seen,
		`SELECT DISTINCT action FROM identity.audit_events WHERE subject_kind = 'product' AND subject_id = $1 AND action LIKE '%photo%' ORDER BY action`, product.ID))
	require.Equal(t, []string{"product.photo_added", "product.photo_changed", "product.photo_ready", "product.photo_removed"}, seen, "the catalogue's cache follows these")
}

// Who may see and change the photos of a product in each of its states.
func TestPhotosFollowTheirProduct(t *testing.T) {
	t.Parallel()
	a := openAlbum(t)
	product, err := a.service.CreateProduct(t.Context(), a.ann, shrimp())
	require.NoError(t, err)
	added := a.photo("ann", product, snapshot(t, 16, 16, color.White))
	require.Equal(t, http.StatusCreated, added.Code, added.Body)
	require.NoError(t, a.develop())
	id := decode(t, added)["id"].(string)
	see := func(who string) string {
		got := a.send(a.server, who, http.MethodGet, "/v1/photos/"+id+"/thumb.jpg", "")
		return strings.TrimSpace(fmt.Sprint(got.Code, " ", strings.Split(got.Header().Get("Cache-Control"), ",")[0]))
	}
	everybody := func(owner, official, others string) {
		t.Helper()
		for _, who := range []string{"ann", "viewer"} {
			require.Equal(t, owner, see(who), who)
		}
		for _, who := range []string{"ca-mau", "hcm", "administrator"} {
			require.Equal(t, official, see(who), who)
		}
		for _, who := range []string{"", "ben", "buyer", "new-buyer", "applicant"} {
			require.Contains(t, see(who), others, who)
		}
	}
	everybody("200 private", "200 private", "404")
	_, err = a.service.Publish(t.Context(), a.ann, product.ID)
	require.NoError(t, err)
	everybody("200 public", "200 public", "200 public")
	_, err = a.service.Withdraw(t.Context(), a.ann, product.ID)
	require.NoError(t, err)
	everybody("200 private", "200 private", "404")

	base := "/v1/products/" + product.ID.String() + "/photos"
	for who, want := range map[string]int{"": 401, "ben": 404, "buyer": 403, "viewer": 403, "applicant": 403, "ca-mau": 403, "administrator": 403} {
		require.Equal(t, want, a.photo(who, product, snapshot(t, 8, 8, color.White)).Code, who)
		require.Equal(t, want, a.send(a.server, who, http.MethodPatch, base+"/"+id, `{"caption":"x"}`).Code, who)
		require.Equal(t, want, a.send(a.server, who, http.MethodDelete, base+"/"+id, "").Code, who)
	}
	other := a.publish(a.ann, packedShrimp())
	elsewhere := "/v1/products/" + other.ID.String() + "/photos/" + id
	require.Equal(t, http.StatusNotFound, a.send(a.server, "ann", http.MethodPatch, elsewhere, `{"caption":"x"}`).Code, "a photo of another product")
	require.Equal(t, http.StatusNotFound, a.send(a.server, "ann", http.MethodDelete, elsewhere, "").Code)
}

// However many come at once, a product has twelve photos, numbered without a gap; equal ones are
// stored once.
func TestAProductHasTwelvePhotosAtMost(t *testing.T) {
	t.Parallel()
	a := openAlbum(t)
	product := a.publish(a.ann, shrimp())
	content := snapshot(t, 16, 16, color.Black)
	var all errgroup.Group
	refusals := make(chan error, 20)
	for range 20 {
		all.Go(func() error {
			_, err := a.service.AddPhoto(context.Background(), a.ann, product.ID, catalog.Captions{}, bytes.NewReader(bytes.Clone(content)))
			if err != nil {
				refusals <- err
			}
			return nil
		})
	}
	require.NoError(t, all.Wait())
	close(refusals)
	require.Len(t, refusals, 20-catalog.MaxPhotos)
	for err := range refusals {
		require.ErrorIs(t, err, catalog.ErrTooManyPhotos)
	}
	var positions []int
	require.NoError(t, a.lent.App.Select(t.Context(), &positions, `SELECT position FROM catalog.photos WHERE product_id = $1 ORDER BY position`, product.ID))
	require.Equal(t, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, positions)
	require.NoError(t, a.develop())
	kept, err := filepath.Glob(filepath.Join(a.folder, "*", "*"))
	require.NoError(t, err)
	require.Len(t, kept, 2, "the upload, and the one JPEG that serves as all sizes")

	full := a.photo("ann", product, content)
	require.Equal(t, http.StatusConflict, full.Code)
	require.Contains(t, full.Body.String(), "12")
}

func TestAnUploadHappensOnce(t *testing.T) {
	t.Parallel()
	a := openAlbum(t)
	product := a.publish(a.ann, shrimp())
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("photo", "a.jpg")
	require.NoError(t, err)
	_, err = file.Write(snapshot(t, 16, 16, color.White))
	require.NoError(t, err)
	require.NoError(t, form.Close())
	send := func() *httptest.ResponseRecorder {
		return a.send(a.server, "ann", http.MethodPost, "/v1/products/"+product.ID.String()+"/photos", body.String(),
			"Content-Type", form.FormDataContentType(), "Idempotency-Key", "one")
	}
	first, second := send(), send()
	require.Equal(t, http.StatusCreated, first.Code, first.Body)
	require.Equal(t, first.Body.String(), second.Body.String())
	require.Len(t, a.photos("ann", product), 1)
}

// What cannot be decoded has failed and says so; what the server could not do it tries again, and
// says so when it gives up.
func TestPhotosThatFailSaySo(t *testing.T) {
	t.Parallel()
	a := openAlbum(t)
	product := a.publish(a.ann, shrimp())
	damaged := snapshot(t, 64, 64, color.White)
	at := bytes.Index(damaged, []byte{0xff, 0xda}) // the coded data are of something else
	copy(damaged[at+14:len(damaged)-2], bytes.Repeat([]byte{0x55}, len(damaged)))
	require.Equal(t, http.StatusCreated, a.photo("ann", product, damaged, "caption", "damaged").Code)
	require.NoError(t, a.develop(), "nothing that could be tried again")
	state := func(i int) string {
		photo := a.photos("ann", product)[i].(map[string]any)
		return fmt.Sprint(photo["state"], " ", photo["reason"])
	}
	require.Equal(t, "failed damaged", state(0))
	require.Empty(t, a.photos("buyer", product))

	require.Equal(t, http.StatusCreated, a.photo("ann", product, snapshot(t, 32, 32, color.Black), "caption", "lost").Code)
	require.NoError(t, os.RemoveAll(a.folder), "the store is away")
	require.ErrorContains(t, a.develop(), "no such file")
	require.Equal(t, "processing <nil>", state(1), "it will be tried again")
	_, err := a.lent.App.Exec(t.Context(), `UPDATE jobs.river_job SET max_attempts = 2, scheduled_at = now(), state = 'available' WHERE state <> 'completed'`)
	require.NoError(t, err)
	require.ErrorContains(t, a.develop(), "no such file")
	require.Equal(t, "failed not_made", state(1))
}

func TestPhotosNeedAStore(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	bare := catalog.NewService(m.db, nil, m.book, catalog.Options{Clock: m.now.now})
	_, err := bare.AddPhoto(t.Context(), m.ann, product.ID, catalog.Captions{}, strings.NewReader(""))
	require.ErrorIs(t, err, catalog.ErrNoScanStore)
	_, err = bare.PhotoFile(t.Context(), m.ann, uuid.New(), "thumb")
	require.ErrorIs(t, err, fault.ErrNotFound)
}
