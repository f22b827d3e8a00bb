package inquiry

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

type paperForm struct {
	Paper huma.FormFile `form:"paper" contentType:"application/pdf,image/jpeg,image/png,application/octet-stream" required:"true" doc:"PDF, JPEG or PNG, 10 MB at most."`
	Name  string        `form:"name"  required:"false" maxLength:"200" doc:"What it is."`
}

type attachInput struct {
	ID      uuid.UUID `path:"id"`
	RawBody huma.MultipartFormFiles[paperForm]
}

type attachmentOutput struct {
	Location string `header:"Location"`
	Body     Attachment
}

type attachmentsOutput struct {
	Body web.List[Attachment]
}

func mountAttachments(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "attach-paper", Method: http.MethodPost, Path: "/v1/inquiries/{id}/attachments", Tag: tag, Access: buyers, Status: http.StatusCreated,
		MaxBody: catalog.MaxScanBytes + web.FormOverhead, Summary: "Attach a paper to an inquiry",
		Faults: []*fault.Definition{
			fault.ErrNotFound, ErrNotOpen, ErrTooManyAttachments, catalog.ErrScanType, catalog.ErrScanSize, catalog.ErrScanPixels, catalog.ErrNoScanStore,
		},
	}, func(ctx context.Context, in *attachInput) (*attachmentOutput, error) {
		form := in.RawBody.Data()
		made, err := service.Attach(ctx, identity.FromContext(ctx), in.ID, form.Name, form.Paper)
		return &attachmentOutput{Location: "/v1/attachments/" + made.ID.String(), Body: made}, err
	})
	web.Register(api, web.Operation{
		ID: "list-attachments", Method: http.MethodGet, Path: "/v1/inquiries/{id}/attachments", Tag: tag, Access: traders,
		Summary: "Papers of an inquiry", Description: "For its buyer and all whom it reaches.", Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *one) (*attachmentsOutput, error) {
		found, err := service.Attachments(ctx, identity.FromContext(ctx), in.ID)
		return &attachmentsOutput{Body: web.List[Attachment]{Items: found}}, err
	})
	web.Register(api, web.Operation{
		ID: "remove-attachment", Method: http.MethodDelete, Path: "/v1/attachments/{id}", Tag: tag, Access: buyers, Status: http.StatusNoContent,
		Summary: "Remove a paper of an inquiry", Description: "While the inquiry is a draft or has no quotes; afterwards an amendment says what holds instead.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrNotOpen, ErrAttachmentKept},
	}, func(ctx context.Context, in *one) (*struct{}, error) {
		return nil, service.Detach(ctx, identity.FromContext(ctx), in.ID)
	})
	api.Raw(web.Operation{
		ID: "get-attachment", Method: http.MethodGet, Path: "/v1/attachments/{id}", Tag: tag, Access: traders,
		Summary: "Download a paper of an inquiry", Produces: []string{"application/pdf", "image/jpeg", "image/png"}, Input: one{},
	}, nil, web.SendStored(func(ctx context.Context, ids []uuid.UUID) (files.Content, error) {
		return service.Paper(ctx, identity.FromContext(ctx), ids[0])
	}, "id"))
}
