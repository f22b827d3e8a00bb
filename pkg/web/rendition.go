package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
)

// Rendition is an answer ready to be sent, as it is and compressed. It never changes, so that it
// may be kept and sent to many.
type Rendition struct {
	mediaType []string // as a header holds it
	tag       string   // without the quotes
	plain     []byte
	once      sync.Once
	zipped    []byte // nil when compressing gains nothing
}

// zipMin is the size below which compressing is not worth its headers.
const zipMin = 512

// Render makes a rendition of content. The entity tag is a sum of the bytes; prefix, when there is
// one, stands before it with a dash: the version that If-Match compares.
func Render(mediaType, prefix string, content []byte) *Rendition {
	sum := sha256.Sum256(content)
	tag := hex.EncodeToString(sum[:12])
	if prefix != "" {
		tag = prefix + "-" + tag
	}
	return &Rendition{mediaType: []string{mediaType}, tag: tag, plain: content}
}

// Restore makes a rendition of what another one was made of: the results of its methods.
func Restore(mediaType, tag string, plain, zipped []byte) *Rendition {
	r := &Rendition{mediaType: []string{mediaType}, tag: tag, plain: plain, zipped: zipped}
	r.once.Do(func() {})
	return r
}

// Tag is the entity tag of the uncompressed form, without its quotes.
func (r *Rendition) Tag() string { return r.tag }

// Plain is the content. It must not be changed.
func (r *Rendition) Plain() []byte { return r.plain }

// Zipped is the content compressed with gzip, made when it is first asked for; nil when that
// gains nothing. It must not be changed.
func (r *Rendition) Zipped() []byte {
	r.once.Do(func() {
		if len(r.plain) < zipMin {
			return
		}
		zipped := bytes.NewBuffer(make([]byte, 0, len(r.plain)/3))
		writer := gzipWriters.Get().(*gzip.Writer) //nolint:forcetypeassert // the pool holds nothing else
		defer gzipWriters.Put(writer)
		writer.Reset(zipped)
		_, _ = writer.Write(r.plain) // a buffer takes everything
		_ = writer.Close()
		if zipped.Len() < len(r.plain) {
			r.zipped = zipped.Bytes()
		}
	})
	return r.zipped
}

//nolint:gochecknoglobals // a pool of compressors holds no state that anybody could see
var gzipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// Send answers with the form the client takes, or 304 when it has that already. Two forms are two
// representations and have two tags (RFC 9110, 8.8.3.3). Cache-Control and Vary, which must name
// Accept-Encoding, are the caller's.
func (r *Rendition) Send(c *gin.Context) {
	header := c.Writer.Header()
	content, etag := r.plain, `"`+r.tag+`"`
	zipped := false
	if takesGzip(c.Request) {
		if small := r.Zipped(); small != nil {
			content, etag, zipped = small, `"`+r.tag+`-gzip"`, true
		}
	}
	header["Etag"] = []string{etag}
	if sent := c.Request.Header["If-None-Match"]; len(sent) > 0 && !NoneMatch(strings.Join(sent, ","), etag) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	if zipped {
		header["Content-Encoding"] = gzipEncoding
	}
	header["Content-Type"] = r.mediaType
	header["Content-Length"] = []string{strconv.Itoa(len(content))}
	c.Writer.WriteHeader(http.StatusOK)
	_, _ = c.Writer.Write(content) // the client went away: nobody is left to tell
}

//nolint:gochecknoglobals // one slice for all answers; net/http reads it only
var gzipEncoding = []string{"gzip"}

// takesGzip reports whether the client names gzip among the codings it takes. The wildcard is
// left to mean what the client would rather have: the plain form.
func takesGzip(r *http.Request) bool {
	for _, sent := range r.Header["Accept-Encoding"] {
		for coding := range strings.SplitSeq(sent, ",") {
			name, parameters, weighed := strings.Cut(coding, ";")
			if strings.EqualFold(strings.TrimSpace(name), "gzip") {
				return !weighed || weightOf(strings.TrimSpace(name)+";"+parameters, "gzip") > 0
			}
		}
	}
	return false
}
