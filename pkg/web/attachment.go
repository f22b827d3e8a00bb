package web

import (
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// SealedPolicy is the Content-Security-Policy of what others uploaded or had drawn: whatever it
// holds, it loads nothing, runs nothing and stands in no frame.
const SealedPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

// SendAttachment sends a file that others uploaded to who may read it: to be kept, not to be shown.
// Its name ends in the subtype of its media type, which was told from its content.
func SendAttachment(c *gin.Context, name, mediaType string, size int64, content io.Reader) {
	_, ending, _ := strings.Cut(mediaType, "/")
	c.DataFromReader(http.StatusOK, size, mediaType, content, map[string]string{
		"Content-Disposition":     `attachment; filename="` + name + "." + ending + `"`,
		"Content-Security-Policy": SealedPolicy,
		"Cache-Control":           "private, no-store",
	})
}
