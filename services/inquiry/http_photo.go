package inquiry

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

type receiptPhotoForm struct {
	Photo huma.FormFile `form:"photo" contentType:"image/jpeg,image/png,application/octet-stream" required:"true" doc:"JPEG or PNG, 20 MB and 50 megapixels at most. Where and when it was taken is removed."`
}

type addReceiptPhotoInput struct {
	ID      uuid.UUID `path:"id"`
	RawBody huma.MultipartFormFiles[receiptPhotoForm]
}

type addDockPhotoInput struct {
	Code    string `path:"code" maxLength:"100"`
	RawBody huma.MultipartFormFiles[receiptPhotoForm]
}

type receiptPhotoInput struct {
	ID    uuid.UUID `path:"id"`
	Photo uuid.UUID `path:"photo"`
}

type receiptPhotoOutput struct{ Body ReceiptPhoto }

func mountReceiptPhotos(api *web.API, service *Service) {
	refusals := []*fault.Definition{
		fault.ErrNotFound, ErrDeliveryState, ErrTooManyReceiptPhotos, catalog.ErrPhotoType, catalog.ErrPhotoSize, catalog.ErrPhotoPixels, catalog.ErrNoScanStore,
	}
	web.Register(api, web.Operation{
		ID: "add-receipt-photo", Method: http.MethodPost, Path: "/v1/deliveries/{id}/photos", Tag: tag, Access: buyers, Status: http.StatusCreated,
		MaxBody: catalog.MaxPhotoBytes + web.FormOverhead, Summary: "Add a photo of what came", Faults: refusals,
	}, func(ctx context.Context, in *addReceiptPhotoInput) (*receiptPhotoOutput, error) {
		photo, err := service.AddReceiptPhoto(ctx, identity.FromContext(ctx), in.ID, in.RawBody.Data().Photo)
		return &receiptPhotoOutput{Body: photo}, err
	})
	web.Register(api, web.Operation{
		ID: "add-dock-photo", Method: http.MethodPost, Path: "/v1/dock/{code}/photos", Tag: tag, Access: web.Access{Anonymous: true}, Status: http.StatusCreated,
		MaxBody: catalog.MaxPhotoBytes + web.FormOverhead, Summary: "Add a photo of what came, at the dock", Faults: slices.Concat(refusals, []*fault.Definition{identity.ErrTooManyGuesses}),
	}, func(ctx context.Context, in *addDockPhotoInput) (*receiptPhotoOutput, error) {
		photo, err := service.AddDockPhoto(ctx, in.Code, in.RawBody.Data().Photo)
		return &receiptPhotoOutput{Body: photo}, err
	})
	web.Register(api, web.Operation{
		ID: "list-receipt-photos", Method: http.MethodGet, Path: "/v1/deliveries/{id}/photos", Tag: tag, Access: traders,
		Summary: "Photos of what came", Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *one) (*struct{ Body web.List[ReceiptPhoto] }, error) {
		photos, err := service.ReceiptPhotos(ctx, identity.FromContext(ctx), in.ID)
		return &struct{ Body web.List[ReceiptPhoto] }{Body: web.List[ReceiptPhoto]{Items: photos}}, err
	})
	api.Raw(web.Operation{
		ID: "get-receipt-photo", Method: http.MethodGet, Path: "/v1/deliveries/{id}/photos/{photo}", Tag: tag, Access: traders,
		Summary: "Load a photo of what came", Produces: []string{"image/jpeg", "image/png"}, Input: receiptPhotoInput{},
		Faults: []*fault.Definition{fault.ErrNotFound},
	}, nil, web.SendStored(func(ctx context.Context, ids []uuid.UUID) (files.Content, error) {
		return service.ReceiptPhoto(ctx, identity.FromContext(ctx), ids[0], ids[1])
	}, "id", "photo"))
}
