package catalog_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image/color"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/catalog"
)

// vastPNG is a PNG that says 20 000 × 20 000 pixels, with 128 MB of them in a few kilobytes.
func vastPNG(t testing.TB) []byte {
	t.Helper()
	chunk := func(kind string, data []byte) []byte {
		whole := append(append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), kind...), data...)
		return binary.BigEndian.AppendUint32(whole, crc32.ChecksumIEEE(whole[4:]))
	}
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 20_000), 20_000)
	return bytes.Join([][]byte{
		[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(header, 8, 2, 0, 0, 0)), chunk("IDAT", squeezed(t, zlib.NewWriter)), chunk("IEND", nil),
	}, nil)
}

// squeezed are 128 MB of nothing, as small as they get.
func squeezed[W io.WriteCloser](t testing.TB, compress func(io.Writer) W) []byte {
	t.Helper()
	var out bytes.Buffer
	into := compress(&out)
	block := make([]byte, 1<<20)
	for range 128 {
		_, err := into.Write(block)
		require.NoError(t, err)
	}
	require.NoError(t, into.Close())
	return out.Bytes()
}

func zipBomb(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	file, err := archive.Create("photo.jpg")
	require.NoError(t, err)
	_, err = file.Write(make([]byte, 100<<20))
	require.NoError(t, err)
	require.NoError(t, archive.Close())
	return out.Bytes()
}

// What is no scan and no photo is refused within a second, by its first bytes, and memory stays
// where it was.
func TestUploadsAreRefusedQuicklyAndFlat(t *testing.T) { //nolint:paralleltest // measures memory
	a := openAlbum(t)
	product := a.publish(a.ann, shrimp())
	certificate, err := a.service.SubmitCertificate(t.Context(), a.ann, asc("ASC_FARM", "F"))
	require.NoError(t, err)
	jpegOf20000 := snapshot(t, 16, 16, color.White)
	frame := bytes.Index(jpegOf20000, []byte{0xff, 0xc0}) + 5
	binary.BigEndian.PutUint16(jpegOf20000[frame:], 20_000)
	binary.BigEndian.PutUint16(jpegOf20000[frame+2:], 20_000)
	whole := snapshot(t, 64, 64, color.White)
	for _, c := range []struct {
		name    string
		content []byte
		scan    string
		photo   string
	}{
		{"nothing", nil, "scan_type", "photo_type"},
		{"a text", []byte("Tôm sú"), "scan_type", "photo_type"},
		{"a page", []byte("<!DOCTYPE html><script>alert(1)</script>"), "scan_type", "photo_type"},
		{"a drawing with a script", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "scan_type", "photo_type"},
		{"a program", []byte("\x7fELF\x02\x01\x01"), "scan_type", "photo_type"},
		{"a zip bomb", zipBomb(t), "scan_type", "photo_type"},
		{"a gzip bomb", squeezed(t, gzip.NewWriter), "scan_type", "photo_type"},
		{"a picture of an iPhone", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "scan_type", "photo_type"},
		{"20 000 × 20 000 as PNG", vastPNG(t), "scan_pixels", "photo_pixels"},
		{"20 000 × 20 000 as JPEG", jpegOf20000, "scan_pixels", "photo_pixels"},
		{"half a JPEG", whole[:len(whole)-10], "scan_type", "photo_type"},
		{"a PDF without an end", []byte("%PDF-1.7\n1 0 obj\n"), "scan_type", "photo_type"},
		{"a PDF that ends long before", append([]byte("%PDF-1.7\n%%EOF\n"), make([]byte, 5000)...), "scan_type", "photo_type"},
		{"a PDF", []byte("%PDF-1.7\n%%EOF\n"), "", "photo_type"},
	} {
		for path, want := range map[string]string{"/v1/certificates/" + certificate.ID.String() + "/scan": c.scan, "/v1/products/" + product.ID.String() + "/photos": c.photo} {
			part, method := "photo", http.MethodPost
			if strings.HasSuffix(path, "scan") {
				part, method = "scan", http.MethodPut
			}
			if want == "" {
				continue
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			refused := a.upload("ann", method, path, part, "../../../../etc/passwd.jpg", c.content)
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			require.GreaterOrEqual(t, refused.Code, 400, "%s %s", c.name, path)
			require.Less(t, refused.Code, 500, c.name)
			require.Contains(t, refused.Body.String(), `"code":"`+want+`"`, c.name)
			require.Less(t, took, time.Second, c.name)
			// The form is held a few times while it is built and read; what it unpacks to never is.
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(12*len(c.content)+(4<<20)), c.name)
		}
	}
	kept, err := filepath.Glob(filepath.Join(a.folder, "*", "*"))
	require.NoError(t, err)
	require.Empty(t, kept)
}

// A body beyond the limit is not read to its end.
func TestUploadsBeyondTheLimit(t *testing.T) {
	t.Parallel()
	a := openAlbum(t)
	product := a.publish(a.ann, shrimp())
	whole := snapshot(t, 16, 16, color.White)
	large := append(bytes.Clone(whole), make([]byte, catalog.MaxPhotoBytes)...)
	require.Equal(t, http.StatusRequestEntityTooLarge, a.photo("ann", product, large).Code)
	require.Equal(t, http.StatusRequestEntityTooLarge, a.photo("ann", product, append(large, make([]byte, 1<<20)...)).Code)
	require.Empty(t, a.photos("ann", product))
}

// The name of a file is nobody's path: it is not kept at all.
func TestNamesOfFilesAreNotUsed(t *testing.T) {
	t.Parallel()
	a := openAlbum(t)
	product := a.publish(a.ann, shrimp())
	path := "/v1/products/" + product.ID.String() + "/photos"
	for _, name := range []string{"../../../etc/passwd", `..\..\windows\system32`, "/etc/passwd", "a/../../b.jpg", "sha256-00.jpg", "ảnh tôm.jpg", ""} {
		added := a.upload("ann", http.MethodPost, path, "photo", name, snapshot(t, 16, 16, color.White))
		require.Less(t, added.Code, 500, name)
		require.NotContains(t, added.Body.String(), "passwd", name)
	}
	kept, err := filepath.Glob(filepath.Join(a.folder, "*", "*"))
	require.NoError(t, err)
	require.Len(t, kept, 1)
	require.Regexp(t, `/[0-9a-f]{2}/sha256-[0-9a-f]{64}$`, kept[0])
}
