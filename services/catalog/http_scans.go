package catalog

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

// scanPart names the part of a form that holds the scan.
const scanPart = "scan"

type scanForm struct {
	Scan huma.FormFile `form:"scan" contentType:"application/pdf,image/jpeg,image/png,application/octet-stream" required:"true" doc:"PDF, JPEG or PNG, 10 MB at most."`
}

type putScanInput struct {
	ID      uuid.UUID `path:"id"`
	RawBody huma.MultipartFormFiles[scanForm]
}

func mountScans(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "put-certificate-scan", Method: http.MethodPut, Path: "/v1/certificates/{id}/scan", Tag: supplyTag,
		Summary: "Add or replace the scan of a submitted certificate", Access: producers(), MaxBody: MaxScanBytes + web.FormOverhead,
		Faults: []*fault.Definition{
			ErrScanType, ErrScanSize, ErrScanPixels, ErrNoScanStore, ErrCertificateState,
			identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing,
		},
	}, func(ctx context.Context, in *putScanInput) (*whole[Certificate], error) {
		c, err := s.PutScan(ctx, identity.FromContext(ctx), in.ID, in.RawBody.Data().Scan)
		if err != nil {
			return nil, err
		}
		return &whole[Certificate]{ETag: web.ETag(c.Version), Body: c}, nil
	})
	api.Raw(web.Operation{
		ID: "get-certificate-scan", Method: http.MethodGet, Path: "/v1/certificates/{id}/scan", Tag: supplyTag,
		Summary: "Download the scan of a certificate", Access: supplySide(),
		Produces: []string{"application/pdf", "image/jpeg", "image/png"},
		Input: struct {
			ID uuid.UUID `path:"id"`
		}{},
	}, nil, web.SendStored(func(ctx context.Context, ids []uuid.UUID) (files.Content, error) {
		return s.Scan(ctx, identity.FromContext(ctx), ids[0])
	}, "id"))
}
