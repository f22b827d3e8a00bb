package catalog

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/picture"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

// photoEnding ends the address of a size.
const photoEnding = ".jpg"

type photoForm struct {
	Photo     huma.FormFile `form:"photo"      contentType:"image/jpeg,image/png,application/octet-stream" required:"true" doc:"JPEG or PNG, 20 MB and 50 megapixels at most. Where and when it was taken is removed."`
	Caption   string        `form:"caption"    maxLength:"200" doc:"In Vietnamese." required:"false"`
	CaptionEN string        `form:"caption_en" maxLength:"200" doc:"In English." required:"false"`
}

type addPhotoInput struct {
	ID      uuid.UUID `path:"id"`
	RawBody huma.MultipartFormFiles[photoForm]
}

type changePhotoInput struct {
	ID    uuid.UUID `path:"id"`
	Photo uuid.UUID `path:"photo"`
	Body  PhotoChange
}

type photoInput struct {
	ID    uuid.UUID `path:"id"`
	Photo uuid.UUID `path:"photo"`
}

type photoFileInput struct {
	ID   uuid.UUID `path:"id"`
	Size string    `enum:"thumb.jpg,medium.jpg,large.jpg" path:"size"`
}

func mountPhotos(api *web.API, s *Service) {
	refusals := []*fault.Definition{identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing, fault.ErrTooLong}
	web.Register(api, web.Operation{
		ID: "add-product-photo", Method: http.MethodPost, Path: "/v1/products/{id}/photos", Tag: supplyTag,
		Summary:     "Add a photo to a product",
		Description: "Behind the others. It is ready a few seconds later; until then only its producer and officials see that it is there.",
		Access:      producers(), Status: http.StatusCreated, MaxBody: MaxPhotoBytes + web.FormOverhead,
		Faults: append([]*fault.Definition{ErrPhotoType, ErrPhotoSize, ErrPhotoPixels, ErrTooManyPhotos, ErrNoScanStore}, refusals...),
	}, func(ctx context.Context, in *addPhotoInput) (*made[Photo], error) {
		form := in.RawBody.Data()
		photo, err := s.AddPhoto(ctx, identity.FromContext(ctx), in.ID, Captions{Caption: form.Caption, CaptionEN: form.CaptionEN}, form.Photo)
		if err != nil {
			return nil, err
		}
		return &made[Photo]{Location: "/v1/products/" + in.ID.String(), Body: photo}, nil
	})
	web.Register(api, web.Operation{
		ID: "change-product-photo", Method: http.MethodPatch, Path: "/v1/products/{id}/photos/{photo}", Tag: supplyTag,
		Summary: "Change the captions of a photo, or its place among the others", Description: "Answers the product.",
		Access: producers(), Faults: refusals,
	}, func(ctx context.Context, in *changePhotoInput) (*whole[Product], error) {
		product, err := s.ChangePhoto(ctx, identity.FromContext(ctx), in.ID, in.Photo, in.Body)
		if err != nil {
			return nil, err
		}
		return &whole[Product]{ETag: web.ETag(product.Version), Body: product}, nil
	})
	web.Register(api, web.Operation{
		ID: "remove-product-photo", Method: http.MethodDelete, Path: "/v1/products/{id}/photos/{photo}", Tag: supplyTag,
		Summary: "Remove a photo", Access: producers(), Status: http.StatusNoContent, Faults: refusals,
	}, func(ctx context.Context, in *photoInput) (*struct{}, error) {
		return nil, s.RemovePhoto(ctx, identity.FromContext(ctx), in.ID, in.Photo)
	})
	api.Raw(web.Operation{
		ID: "get-photo", Method: http.MethodGet, Path: "/v1/photos/{id}/{size}", Tag: catalogueTag, Access: web.Access{Anonymous: true},
		Summary: "Load a photo", Description: "What is public never changes under its address and may be kept for good.",
		Produces: []string{picture.JPEG}, Input: photoFileInput{},
	}, nil, s.sendPhoto)
}

// sendPhoto sends a size of a photo. Its bytes never change; a product that is not public may be
// shown later, or not any more, so its photos are asked for again each time.
func (s *Service) sendPhoto(c *gin.Context) {
	ctx := c.Request.Context()
	id, err := uuid.Parse(c.Param("id"))
	size, isJPEG := strings.CutSuffix(c.Param("size"), photoEnding)
	if err != nil || !isJPEG {
		web.Fail(c, fault.ErrNotFound)
		return
	}
	photo, err := s.PhotoFile(ctx, identity.FromContext(ctx), id, size)
	if err != nil {
		web.Fail(c, err)
		return
	}
	defer photo.Close()
	header := c.Writer.Header()
	etag := `"` + photo.Key + `"`
	header.Set("ETag", etag)
	header.Set("Content-Security-Policy", web.SealedPolicy)
	header.Set("Cache-Control", "private, no-cache")
	if photo.Public {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		header.Set("Cross-Origin-Resource-Policy", "cross-origin") // a buyer's own pages may show it
		header.Del("Vary")                                         // it is the same for everybody: one copy will do
	}
	if sent := c.GetHeader("If-None-Match"); sent != "" && !web.NoneMatch(sent, etag) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	c.DataFromReader(http.StatusOK, photo.Bytes, picture.JPEG, photo, nil)
}
