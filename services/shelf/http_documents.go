package shelf

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

type one struct {
	ID uuid.UUID `path:"id"`
}

type documentsInput struct {
	web.Page
}

type sendDocumentInput struct {
	Body NewDocument
}

func mountDocuments(api *web.API, s *Service) {
	readers := web.Access{Groups: []string{string(identity.Producer), "official", "administrator"}, Scope: supplyArea}
	web.Register(api, web.Operation{
		ID: "send-document", Method: http.MethodPost, Path: "/v1/documents", Tag: tag, Access: producers(), Status: http.StatusCreated,
		Summary: "Send a document once, for every retail system",
		Faults: writing(ErrDocumentExists, ErrDocumentProduct, ErrDocumentOfProducer, ErrIssuedInFuture, fault.ErrDateOrder,
			fault.ErrUnknownValue, fault.ErrRequired),
	}, func(ctx context.Context, in *sendDocumentInput) (*made[Document], error) {
		d, err := s.SendDocument(ctx, identity.FromContext(ctx), in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Document]{ETag: web.ETag(d.Version), Location: "/v1/documents/" + d.ID.String(), Body: d}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-documents", Method: http.MethodGet, Path: "/v1/documents", Tag: tag, Access: readers, Faults: reading(),
		Summary: "List your documents; all, for those who oversee producers",
	}, func(ctx context.Context, in *documentsInput) (*listed[Document], error) {
		after, err := afterID(ctx, in.Page)
		if err != nil {
			return nil, err
		}
		documents, err := s.Documents(ctx, identity.FromContext(ctx), after, in.Limit+1)
		if err != nil {
			return nil, err
		}
		return cut(ctx, documents, in.Limit, func(d Document) uuid.UUID { return d.ID }), nil
	})
	web.Register(api, web.Operation{
		ID: "get-document", Method: http.MethodGet, Path: "/v1/documents/{id}", Tag: tag, Access: everySide(), Faults: reading(),
		Summary: "Read a document", Description: "For its producer, officials, and the buyers of a system the producer asked for its Green Tick.",
	}, func(ctx context.Context, in *one) (*whole[Document], error) {
		d, err := s.Document(ctx, identity.FromContext(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &whole[Document]{ETag: web.ETag(d.Version), Body: d}, nil
	})
	web.Register(api, web.Operation{
		ID: "withdraw-document", Method: http.MethodPost, Path: "/v1/documents/{id}/withdraw", Tag: tag, Access: producers(),
		Summary: "Take a document back", Faults: writing(ErrDocumentWithdrawn),
	}, func(ctx context.Context, in *one) (*whole[Document], error) {
		d, err := s.WithdrawDocument(ctx, identity.FromContext(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &whole[Document]{ETag: web.ETag(d.Version), Body: d}, nil
	})
}

type scanForm struct {
	Scan huma.FormFile `form:"scan" contentType:"application/pdf,image/jpeg,image/png,application/octet-stream" required:"true" doc:"PDF, JPEG or PNG, 10 MB at most."`
}

type putScanInput struct {
	ID      uuid.UUID `path:"id"`
	RawBody huma.MultipartFormFiles[scanForm]
}

func mountScans(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "put-document-scan", Method: http.MethodPut, Path: "/v1/documents/{id}/scan", Tag: tag, Access: producers(),
		MaxBody: catalog.MaxScanBytes + web.FormOverhead, Summary: "Add or replace the scan of a document",
		Faults: writing(catalog.ErrScanType, catalog.ErrScanSize, catalog.ErrScanPixels, catalog.ErrNoScanStore, ErrDocumentWithdrawn),
	}, func(ctx context.Context, in *putScanInput) (*whole[Document], error) {
		d, err := s.PutScan(ctx, identity.FromContext(ctx), in.ID, in.RawBody.Data().Scan)
		if err != nil {
			return nil, err
		}
		return &whole[Document]{ETag: web.ETag(d.Version), Body: d}, nil
	})
	api.Raw(web.Operation{
		ID: "get-document-scan", Method: http.MethodGet, Path: "/v1/documents/{id}/scan", Tag: tag, Access: everySide(),
		Summary: "Download the scan of a document", Produces: []string{"application/pdf", "image/jpeg", "image/png"}, Input: one{},
		Faults: reading(),
	}, nil, web.SendStored(func(ctx context.Context, ids []uuid.UUID) (files.Content, error) {
		return s.Scan(ctx, identity.FromContext(ctx), ids[0])
	}, "id"))
}

type setFactsInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"Optional: the ETag you read."`
	Body    factsBody
}

type setTermsInput struct {
	IfMatch string `header:"If-Match" doc:"Optional: the ETag you read."`
	Body    factsBody
}

type factsBody struct {
	Facts map[string]any `json:"facts" doc:"All of them, by the codes of /v1/shelf/fields: texts, true or false, whole numbers. What is missing is forgotten."`
}

func mountFacts(api *web.API, s *Service) {
	rules := writing(ErrFactType, fault.ErrUnknownValue, fault.ErrOutOfRange, fault.ErrTooLong)
	web.Register(api, web.Operation{
		ID: "get-product-facts", Method: http.MethodGet, Path: "/v1/products/{id}/facts", Tag: tag, Access: web.Access{Anonymous: true},
		Summary: "Read what is told of a product's label",
	}, func(ctx context.Context, in *one) (*whole[Sheet], error) {
		return sheetOut(s.ProductFacts(ctx, identity.FromContext(ctx), in.ID))
	})
	web.Register(api, web.Operation{
		ID: "set-product-facts", Method: http.MethodPut, Path: "/v1/products/{id}/facts", Tag: tag, Access: producers(), Faults: rules,
		Summary: "Tell what stands on a product's label, and how long it keeps",
	}, func(ctx context.Context, in *setFactsInput) (*whole[Sheet], error) {
		return sheetOut(s.SetProductFacts(ctx, identity.FromContext(ctx), in.ID, ifSent(in.IfMatch), in.Body.Facts))
	})
	web.Register(api, web.Operation{
		ID: "get-terms", Method: http.MethodGet, Path: "/v1/shelf/terms", Tag: tag, Access: producers(), Faults: reading(),
		Summary: "Read the terms your organisation accepts",
	}, func(ctx context.Context, _ *struct{}) (*whole[Sheet], error) {
		return sheetOut(s.Terms(ctx, identity.FromContext(ctx)))
	})
	web.Register(api, web.Operation{
		ID: "set-terms", Method: http.MethodPut, Path: "/v1/shelf/terms", Tag: tag, Access: producers(), Faults: rules,
		Summary: "Tell which terms your organisation accepts",
	}, func(ctx context.Context, in *setTermsInput) (*whole[Sheet], error) {
		return sheetOut(s.SetTerms(ctx, identity.FromContext(ctx), ifSent(in.IfMatch), in.Body.Facts))
	})
}

func sheetOut(sheet Sheet, err error) (*whole[Sheet], error) {
	if err != nil {
		return nil, err
	}
	return &whole[Sheet]{ETag: web.ETag(sheet.Version), Body: sheet}, nil
}
