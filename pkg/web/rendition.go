package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// coding is a content coding (RFC 9110, 8.4.1). Of those that a client likes as much as each other
// the first is sent.
type coding int

const (
	zstandard coding = iota
	gzipped
	identity
)

//nolint:gochecknoglobals // constants, if slices could be; net/http reads them only
var encodings = [...][]string{zstandard: {"zstd"}, gzipped: {"gzip"}, identity: {"identity"}}

// Rendition is an answer ready to be sent, as it is and compressed. It never changes, so that it
// may be kept and sent to many.
type Rendition struct {
	mediaType []string // as a header holds it
	tag       string   // without the quotes
	plain     form
	packed    [identity]packed // by coding
}

// form is a representation with its headers, as net/http holds them: it reads them only.
type form struct {
	content      []byte
	etag, length []string
}

func formOf(content []byte, tag string) form {
	return form{content: content, etag: []string{`"` + tag + `"`}, length: []string{strconv.Itoa(len(content))}}
}

// packed is a compressed form, made when it is first asked for; without content when compressing
// gains nothing.
type packed struct {
	form

	once sync.Once
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
	return &Rendition{mediaType: []string{mediaType}, tag: tag, plain: formOf(content, tag)}
}

// Restore makes a rendition of what another one was made of: the results of its methods.
func Restore(mediaType, tag string, plain, zipped []byte) *Rendition {
	r := &Rendition{mediaType: []string{mediaType}, tag: tag, plain: formOf(plain, tag)}
	r.packed[gzipped].once.Do(func() { r.pack(gzipped, zipped) })
	return r
}

// Tag is the entity tag of the uncompressed form, without its quotes.
func (r *Rendition) Tag() string { return r.tag }

// Plain is the content. It must not be changed.
func (r *Rendition) Plain() []byte { return r.plain.content }

// Zipped is the content compressed with gzip, made when it is first asked for; nil when that
// gains nothing. It must not be changed.
func (r *Rendition) Zipped() []byte { return r.form(gzipped).content }

// form is the content in a coding. Each form is a representation of its own and has a tag of its own
// (RFC 9110, 8.8.3.3).
func (r *Rendition) form(in coding) *form {
	if in == identity {
		return &r.plain
	}
	packed, plain := &r.packed[in], r.plain.content
	packed.once.Do(func() {
		switch {
		case len(plain) < zipMin:
		case in == zstandard:
			r.pack(in, zstdWriter().EncodeAll(plain, nil))
		default:
			r.pack(in, zip(plain))
		}
	})
	return &packed.form
}

// pack keeps a compressed form if it is smaller.
func (r *Rendition) pack(in coding, content []byte) {
	if len(content) > 0 && len(content) < len(r.plain.content) {
		r.packed[in].form = formOf(content, r.tag+"-"+encodings[in][0])
	}
}

func zip(plain []byte) []byte {
	zipped := bytes.NewBuffer(make([]byte, 0, len(plain)/3))
	writer := gzipWriters.Get().(*gzip.Writer) //nolint:forcetypeassert // the pool holds nothing else
	defer gzipWriters.Put(writer)
	writer.Reset(zipped)
	_, _ = writer.Write(plain) // a buffer takes everything
	_ = writer.Close()
	return zipped.Bytes()
}

// window is how far back zstd looks, in bytes: clients need not keep more.
const window = 1 << 20

//nolint:gochecknoglobals // compressors hold no state that anybody could see
var (
	gzipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
	zstdWriter  = sync.OnceValue(func() *zstd.Encoder {
		writer, _ := zstd.NewWriter(nil, zstd.WithWindowSize(window)) // fails for options that do not exist
		return writer
	})
)

// Send answers with the form that the client likes best, or 304 when it has that already.
// Cache-Control and Vary, which must name Accept-Encoding, are the caller's.
func (r *Rendition) Send(c *gin.Context) {
	header := c.Writer.Header()
	in := preferred(c.Request.Header["Accept-Encoding"])
	sending := r.form(in)
	if sending.content == nil && in != identity {
		sending, in = &r.plain, identity
	}
	header["Etag"] = sending.etag
	if sent := c.Request.Header["If-None-Match"]; len(sent) > 0 && !NoneMatch(strings.Join(sent, ","), sending.etag[0]) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	if in != identity {
		header["Content-Encoding"] = encodings[in]
	}
	header["Content-Type"] = r.mediaType
	header["Content-Length"] = sending.length
	c.Writer.WriteHeader(http.StatusOK)
	_, _ = c.Writer.Write(sending.content) // the client went away: nobody is left to tell
}

// preferred is the coding to which the client gives the most weight (RFC 9110, 12.5.3). Only those
// that it names count: the wildcard is left to mean what the client would rather have, the plain
// form. That is also sent to who refuses everything.
func preferred(accept []string) coding {
	best, most := identity, 0.0
	for _, sent := range accept {
		for item := range strings.SplitSeq(sent, ",") {
			name, parameters, _ := strings.Cut(item, ";")
			name = strings.TrimSpace(name)
			at := coding(slices.IndexFunc(encodings[:], func(e []string) bool { return strings.EqualFold(e[0], name) }))
			if weight := quality(parameters); at >= 0 && (weight > most || weight == most && at < best && weight > 0) {
				best, most = at, weight
			}
		}
	}
	return best
}

// quality reads the weight among the parameters of an item: 1 when there is none, 0 when it is no
// weight.
func quality(parameters string) float64 {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(parameter, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(weight >= 0 && weight <= 1) {
			return 0
		}
		return weight
	}
	return 1
}
