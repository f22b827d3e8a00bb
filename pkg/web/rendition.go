package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// rendition is a document ready to be sent, as it is and compressed. It never changes.
type rendition struct {
	mediaType     string
	plain, zipped []byte
	tag           string // without the quotes
}

// rendered compresses a document once for all its readers.
func rendered(mediaType string, content []byte) *rendition {
	var zipped bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // fails for an unknown level only
	_, _ = writer.Write(content)                                    // a buffer takes everything
	_ = writer.Close()
	sum := sha256.Sum256(content)
	return &rendition{mediaType: mediaType, plain: content, zipped: zipped.Bytes(), tag: hex.EncodeToString(sum[:16])}
}

// send answers with the form the client takes, or 304 when it has that already. Two forms are two
// representations and have two tags (RFC 9110, 8.8.3.3).
func (r *rendition) send(c *gin.Context) {
	content, etag := r.plain, `"`+r.tag+`"`
	if takesGzip(c.Request) {
		content, etag = r.zipped, `"`+r.tag+`-gzip"`
	}
	c.Header("ETag", etag)
	if !NoneMatch(strings.Join(c.Request.Header.Values("If-None-Match"), ","), etag) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	if takesGzip(c.Request) {
		c.Header("Content-Encoding", "gzip")
	}
	c.Header("Content-Length", strconv.Itoa(len(content)))
	c.Data(http.StatusOK, r.mediaType, content)
}

// takesGzip reports whether the client names gzip among the codings it takes. The wildcard is
// left to mean what the client would rather have: the plain form.
func takesGzip(r *http.Request) bool {
	return weightOf(strings.Join(r.Header.Values("Accept-Encoding"), ","), "gzip") > 0
}
