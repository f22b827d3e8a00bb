package catalog

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type openOfferInput struct {
	Body NewOffer
}

type changeOfferInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"The ETag you read, or *."`
	Body    OfferChange
}

type offerInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"Optional: the ETag you read."`
}

type offersInput struct {
	web.Page

	ProductID uuid.UUID `query:"product_id"`
	Mine      bool      `query:"mine"       doc:"A producer always sees its own; accepted for clarity."`
}

type offersOutput struct {
	Body web.List[Offer]
}

func offerFaults() []*fault.Definition {
	return []*fault.Definition{
		ErrUnitMismatch, ErrWholeUnits, ErrPriceTwice, ErrFirstTier, ErrTierOrder, ErrTooMany, fault.ErrDateOrder, fault.ErrOutOfRange,
		fault.ErrUnknownValue, identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing,
	}
}

func mountOffers(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "open-offer", Method: http.MethodPost, Path: "/v1/offers", Tag: supplyTag, Summary: "Offer a dated supply of a product",
		Access: producers(), Status: http.StatusCreated,
		Faults: append(offerFaults(), ErrProductNotPublished, ErrForeignProduct),
	}, func(ctx context.Context, in *openOfferInput) (*made[Offer], error) {
		offer, err := s.OpenOffer(ctx, identity.FromContext(ctx), in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Offer]{ETag: web.ETag(offer.Version), Location: "/v1/offers/" + offer.ID.String(), Body: offer}, nil
	})
	web.Register(api, web.Operation{
		ID: "change-offer", Method: http.MethodPatch, Path: "/v1/offers/{id}", Tag: supplyTag, Summary: "Change an offer",
		Access: producers(), Faults: append(offerFaults(), ErrOfferState, ErrBelowCommitments),
	}, func(ctx context.Context, in *changeOfferInput) (*whole[Offer], error) {
		offer, err := s.ChangeOffer(ctx, identity.FromContext(ctx), in.ID, editable(in.IfMatch), in.Body)
		if err != nil {
			return nil, err
		}
		return &whole[Offer]{ETag: web.ETag(offer.Version), Body: offer}, nil
	})
	act(api, web.Operation{
		ID: "close-offer", Path: "/v1/offers/{id}/close", Tag: supplyTag, Access: producers(),
		Summary: "Close an offer: what is free is taken back, what is committed and reserved stands",
		Faults:  []*fault.Definition{ErrOfferState, identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing},
	}, func(ctx context.Context, who identity.Principal, in *offerInput) (Offer, int64, error) {
		offer, err := s.CloseOffer(ctx, who, in.ID, ifSent(in.IfMatch))
		return offer, offer.Version, err
	})
	web.Register(api, web.Operation{
		ID: "get-offer", Method: http.MethodGet, Path: "/v1/offers/{id}", Tag: catalogueTag, Summary: "Read an offer",
		Access: web.Access{Anonymous: true},
	}, s.getOffer)
	web.Register(api, web.Operation{
		ID: "list-offers", Method: http.MethodGet, Path: "/v1/offers", Tag: supplyTag,
		Summary:     "List offers",
		Description: "A producer's own; all, without prices that are not public, for the officials of Cà Mau and administrators. Newest first.",
		Access:      supplySide(),
	}, s.listOffers)
}

func (s *Service) getOffer(ctx context.Context, in *struct {
	ID uuid.UUID `path:"id"`
}) (*whole[Offer], error) {
	offer, err := s.Offer(ctx, identity.FromContext(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := &whole[Offer]{Body: offer}
	if offer.Version > 0 {
		out.ETag = web.ETag(offer.Version)
	}
	return out, nil
}

func (s *Service) listOffers(ctx context.Context, in *offersInput) (*offersOutput, error) {
	var after uuid.UUID
	if in.Cursor != "" {
		if err := web.DecodeCursor(in.Cursor, web.CursorScope(ctx), &after); err != nil {
			return nil, err
		}
	}
	who := identity.FromContext(ctx)
	offers, err := s.Offers(ctx, who, in.ProductID, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	var out offersOutput
	out.Body.Items = offers
	if len(offers) > in.Limit {
		out.Body.Items = offers[:in.Limit]
		out.Body.NextCursor = web.EncodeCursor(web.CursorScope(ctx), offers[in.Limit-1].ID)
	}
	if in.Count {
		total, err := s.CountOffers(ctx, who, in.ProductID)
		if err != nil {
			return nil, err
		}
		out.Body.Total = &total
	}
	return &out, nil
}
