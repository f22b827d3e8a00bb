package catalog

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type declareLotInput struct {
	ID   uuid.UUID `path:"id"`
	Body NewLot
}

type addSourcesInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Sources []NewSource `json:"sources" minItems:"1" maxItems:"200"`
	}
}

type lotsInput struct {
	web.Page

	ID uuid.UUID `path:"id"`
}

type lotsOutput struct {
	Body web.List[Lot]
}

type lotOutput struct {
	Location string `header:"Location"`
	Body     Lot
}

func lotFaults() []*fault.Definition {
	return []*fault.Definition{
		ErrLot, ErrLotSources, ErrLotSentMore, ErrSourceUnknown, ErrWholeUnits, ErrTooMany, fault.ErrNotFound, fault.ErrRequired, fault.ErrOutOfRange,
		fault.ErrUnknownValue, fault.ErrDateOrder, fault.ErrTooLong, identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved,
		identity.ErrScopeMissing,
	}
}

func mountLots(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "declare-lot", Method: http.MethodPost, Path: "/v1/products/{id}/lots", Tag: supplyTag, Access: producers(), Status: http.StatusCreated,
		Summary: "Declare a lot of a product and where it comes from", Faults: append(lotFaults(), ErrLotTaken),
		Description: "Who only collects declares the sources of each lot before it is sent off. A source's certificate is a note and never becomes a mark of the product.",
	}, func(ctx context.Context, in *declareLotInput) (*lotOutput, error) {
		lot, err := s.DeclareLot(ctx, identity.FromContext(ctx), in.ID, in.Body)
		return &lotOutput{Location: "/v1/lots/" + lot.ID.String(), Body: lot}, err
	})
	web.Register(api, web.Operation{
		ID: "add-lot-sources", Method: http.MethodPost, Path: "/v1/lots/{id}/sources", Tag: supplyTag, Access: producers(),
		Summary: "Declare further sources of a lot", Faults: lotFaults(),
	}, func(ctx context.Context, in *addSourcesInput) (*lotOutput, error) {
		lot, err := s.AddSources(ctx, identity.FromContext(ctx), in.ID, in.Body.Sources)
		return &lotOutput{Body: lot}, err
	})
	web.Register(api, web.Operation{
		ID: "list-lots", Method: http.MethodGet, Path: "/v1/products/{id}/lots", Tag: supplyTag, Access: supplySide(),
		Summary: "List the lots of a product", Description: "For its producer, the officials of Cà Mau and administrators; newest first.",
		Faults: []*fault.Definition{fault.ErrNotFound},
	}, s.listLots)
	web.Register(api, web.Operation{
		ID: "get-lot", Method: http.MethodGet, Path: "/v1/lots/{id}", Tag: catalogueTag, Access: web.Access{Anonymous: true},
		Summary:     "Read a lot",
		Description: "Where it comes from is its producer's secret: shown to the producer, to officials, and to the buyer of a delivery of it at /v1/deliveries/{id}/lot.",
		Faults:      []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *idInput) (*lotOutput, error) {
		lot, err := s.Lot(ctx, identity.FromContext(ctx), in.ID)
		return &lotOutput{Body: lot}, err
	})
}

func (s *Service) listLots(ctx context.Context, in *lotsInput) (*lotsOutput, error) {
	var after uuid.UUID
	if in.Cursor != "" {
		if err := web.DecodeCursor(in.Cursor, web.CursorScope(ctx), &after); err != nil {
			return nil, err
		}
	}
	lots, err := s.Lots(ctx, identity.FromContext(ctx), in.ID, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	var out lotsOutput
	out.Body.Items = lots
	if len(lots) > in.Limit {
		out.Body.Items = lots[:in.Limit]
		out.Body.NextCursor = web.EncodeCursor(web.CursorScope(ctx), lots[in.Limit-1].ID)
	}
	if in.Count {
		const query = `SELECT count(*) FROM (SELECT 1 FROM catalog.lots WHERE product_id = $1 LIMIT $2) AS found`
		var total int
		if err := s.db.Get(ctx, &total, query, in.ID, MaxTotal); err != nil {
			return nil, err
		}
		out.Body.Total = &total
	}
	return &out, nil
}
