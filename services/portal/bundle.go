package portal

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/web"
)

// embedded is what `make pages` left; only a README where it never ran.
//
//go:embed assets/dist
var embedded embed.FS

const (
	styleFile  = "portal.css"
	scriptFile = "portal.js"
)

// bundle is what browsers need, each file ready to be sent.
type bundle struct {
	// at is the path that all of it is under; it names their content, so that they may be kept for ever.
	at    string
	files map[string]*web.Rendition
}

func newBundle(files fs.FS) *bundle {
	if files == nil {
		files, _ = fs.Sub(embedded, "assets/dist") // the path is valid
	}
	made, sum := &bundle{files: make(map[string]*web.Rendition)}, sha256.New()
	entries, _ := fs.ReadDir(files, ".") // what cannot be read is missing, and said to be
	for _, entry := range entries {      // in the order of their names
		mediaType := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}[path.Ext(entry.Name())]
		content, err := fs.ReadFile(files, entry.Name())
		if mediaType == "" || err != nil {
			continue
		}
		made.files[entry.Name()] = web.Render(mediaType, "", content)
		sum.Write([]byte(entry.Name() + "\n"))
		sum.Write(content)
	}
	made.at = "/assets/" + hex.EncodeToString(sum.Sum(nil)[:8])
	return made
}

// complete reports whether pages can be shown.
func (b *bundle) complete() bool { return b.files[styleFile] != nil && b.files[scriptFile] != nil }

// send answers with a file. Under the path of this bundle it never changes; under that of another release,
// which a process beside this one may have named, it is what there is, and kept by nobody.
func (b *bundle) send(c *gin.Context) {
	file := b.files[c.Param("file")]
	if file == nil {
		web.Fail(c, web.ErrRouteNotFound)
		return
	}
	if "/assets/"+c.Param("print") == b.at {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
	c.Header("Vary", "Accept-Encoding")
	c.Status(http.StatusOK)
	file.Send(c)
}
