package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/web"
)

// sent is the answer to a request with these headers, a name and a value in turn.
func sent(r *web.Rendition, headers ...string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(answer)
	c.Request = httptest.NewRequest(http.MethodGet, "/", nil)
	for i := 0; i < len(headers); i += 2 {
		c.Request.Header.Add(headers[i], headers[i+1])
	}
	r.Send(c)
	return answer
}

// unpacked is the content of an answer, whatever its coding.
func unpacked(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	var read io.Reader = answer.Body
	var err error
	switch answer.Header().Get("Content-Encoding") {
	case "gzip":
		read, err = gzip.NewReader(answer.Body)
	case "zstd":
		read, err = zstd.NewReader(answer.Body)
	}
	require.NoError(t, err)
	content, err := io.ReadAll(read)
	require.NoError(t, err)
	return string(content)
}

// RFC 9110, 12.5.3: the coding with the most weight; of equal ones zstd, then gzip, then none.
func TestTheClientChoosesTheCoding(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Tôm sú Cà Mau ", 200)
	rendition := web.Render("text/plain", "v1", []byte(text))
	for _, c := range []struct {
		accept []string
		want   string
	}{
		{nil, ""},
		{[]string{""}, ""},
		{[]string{"gzip"}, "gzip"},
		{[]string{"zstd"}, "zstd"},
		{[]string{"GZip"}, "gzip"},
		{[]string{"gzip, deflate, br, zstd"}, "zstd"},
		{[]string{"zstd, gzip"}, "zstd"},
		{[]string{"gzip", "zstd"}, "zstd"}, // two lines are one list
		{[]string{"gzip;q=1.0, zstd;q=0.9"}, "gzip"},
		{[]string{"gzip;q=0.4, zstd;q=0.5"}, "zstd"},
		{[]string{"gzip ; q=0.5,zstd ;Q=0.4"}, "gzip"},
		{[]string{"gzip;q=0.001"}, "gzip"},
		{[]string{"zstd;q=0, gzip"}, "gzip"},
		{[]string{"zstd;q=0, gzip;q=0"}, ""},
		{[]string{"identity"}, ""},
		{[]string{"identity, gzip"}, "gzip"},
		{[]string{"identity;q=0.5, gzip;q=0.4"}, ""},
		{[]string{"identity;q=0.4, gzip;q=0.5"}, "gzip"},
		{[]string{"br, deflate"}, ""},
		{[]string{"br;q=1, gzip;q=0.1"}, "gzip"},
		{[]string{"*"}, ""},
		{[]string{"*;q=0"}, ""},
		{[]string{"gzip;q=0, *"}, ""},
		{[]string{"identity;q=0"}, ""}, // nothing is left, and something must be sent
		{[]string{"identity;q=0, gzip"}, "gzip"},
		{[]string{"gzip;q=2"}, ""},
		{[]string{"gzip;q=-1"}, ""},
		{[]string{"gzip;q=NaN"}, ""},
		{[]string{"gzip;q=many, zstd;q="}, ""},
		{[]string{"gzip;level=9"}, "gzip"},
		{[]string{"xgzip, gzipx"}, ""},
		{[]string{",,gzip,"}, "gzip"},
	} {
		var headers []string
		for _, line := range c.accept {
			headers = append(headers, "Accept-Encoding", line)
		}
		answer := sent(rendition, headers...)
		require.Equal(t, c.want, answer.Header().Get("Content-Encoding"), "%q", c.accept)
		tag := `"` + rendition.Tag() + `"`
		if c.want != "" {
			tag = `"` + rendition.Tag() + "-" + c.want + `"`
			require.Less(t, answer.Body.Len(), len(text)/10)
		}
		require.Equal(t, tag, answer.Header().Get("ETag"), "other bytes, another tag")
		require.Equal(t, text, unpacked(t, answer), "%q", c.accept)

		again := sent(rendition, append(headers, "If-None-Match", tag)...)
		require.Equal(t, http.StatusNotModified, again.Code)
		require.Zero(t, again.Body.Len())
		require.Equal(t, tag, again.Header().Get("ETag"))
		require.Empty(t, again.Header().Get("Content-Encoding"))
		for _, other := range []string{"", "-gzip", "-zstd"} {
			if other = `"` + rendition.Tag() + other + `"`; other != tag {
				require.Equal(t, http.StatusOK, sent(rendition, append(headers, "If-None-Match", other)...).Code, "the client has another form")
			}
		}
	}
}

func TestWhatDoesNotShrinkIsSentAsItIs(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 4000)
	for i, state := 0, uint32(1); i < len(noise); i++ {
		state = state*1664525 + 1013904223
		noise[i] = byte(state >> 24)
	}
	for _, content := range [][]byte{[]byte("short"), noise} {
		for _, coding := range []string{"gzip", "zstd"} {
			answer := sent(web.Render("text/plain", "", content), "Accept-Encoding", coding)
			require.Empty(t, answer.Header().Get("Content-Encoding"), coding)
			require.True(t, bytes.Equal(content, answer.Body.Bytes()))
		}
	}
}

// What was kept elsewhere is the same as what it was made of.
func TestARestoredRenditionIsTheSame(t *testing.T) {
	t.Parallel()
	made := web.Render("text/plain", "v7", []byte(strings.Repeat("Cua Năm Căn ", 200)))
	restored := web.Restore("text/plain", made.Tag(), made.Plain(), made.Zipped())
	for _, coding := range []string{"", "gzip", "zstd"} {
		a, b := sent(made, "Accept-Encoding", coding), sent(restored, "Accept-Encoding", coding)
		require.Equal(t, a.Header(), b.Header())
		require.Equal(t, a.Body.Bytes(), b.Body.Bytes())
	}
}
