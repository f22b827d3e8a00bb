package web

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
)

// SealedPolicy is the Content-Security-Policy of what others uploaded or had drawn: whatever it
// holds, it loads nothing, runs nothing and stands in no frame.
const SealedPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

// Stored is content that was kept, with its media type and its size in bytes.
type Stored interface {
	io.ReadCloser

	Media() (mediaType string, size int64)
}

// SendStored answers with what is stored under the ids that path parameters name, by SendAttachment and
// named by the last of them. open decides who may read it; what is no id is fault.ErrNotFound.
func SendStored[T Stored](open func(ctx context.Context, ids []uuid.UUID) (T, error), parameters ...string) gin.HandlerFunc {
	return func(c *gin.Context) {
		ids := make([]uuid.UUID, len(parameters))
		for at, parameter := range parameters {
			id, err := uuid.Parse(c.Param(parameter))
			if err != nil {
				Fail(c, fault.ErrNotFound)
				return
			}
			ids[at] = id
		}
		content, err := open(c.Request.Context(), ids)
		if err != nil {
			Fail(c, err)
			return
		}
		defer content.Close()
		mediaType, size := content.Media()
		SendAttachment(c, ids[len(ids)-1].String(), mediaType, size, content)
	}
}

// SendAttachment sends a file that others uploaded to who may read it: to be kept, not to be shown.
// Its name ends in the subtype of its media type, which was told from its content.
func SendAttachment(c *gin.Context, name, mediaType string, size int64, content io.Reader) {
	_, ending, _ := strings.Cut(mediaType, "/")
	// Set here, and not left to gin, which keeps what the edge says of every answer.
	c.Header("Content-Disposition", `attachment; filename="`+name+"."+ending+`"`)
	c.Header("Content-Security-Policy", SealedPolicy)
	c.Header("Cache-Control", "private, no-store")
	c.DataFromReader(http.StatusOK, size, mediaType, content, nil)
}
