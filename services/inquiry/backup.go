package inquiry

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// Backups is who else can serve what an award does not: its line's other quotes, and where to look for
// supply.
type Backups struct {
	AwardID uuid.UUID `json:"award_id"`
	LineID  uuid.UUID `json:"line_id"`
	// Open is what the line still wants, the award's shortfall included.
	Open   quantity.Quantity `json:"open" doc:"What the line still wants: all of it, not only what this award left open."`
	Unit   string            `json:"unit"`
	Quotes []ComparedQuote   `json:"quotes" doc:"Those on the same line that can be awarded, as in the comparison, in its order."`
	Supply string            `json:"supply" doc:"A search for offers that could fill the line."`
}

// Backups lists them for the buyer of an award; to anybody else the award does not exist.
func (s *Service) Backups(ctx context.Context, who identity.Principal, awardID uuid.UUID, language string) (Backups, error) {
	if err := who.MayRead(area); err != nil {
		return Backups{}, err
	}
	a, err := loadAward(ctx, s.db, who, awardID)
	if err != nil {
		return Backups{}, err
	}
	if a.BuyerID != who.OrganisationID {
		return Backups{}, fault.ErrNotFound.With()
	}
	comparison, err := s.Comparison(ctx, who, a.InquiryID, language)
	if err != nil {
		return Backups{}, err
	}
	balances, err := ledger.LineBalances(ctx, s.db, []uuid.UUID{a.LineID})
	if err != nil {
		return Backups{}, err
	}
	found := Backups{AwardID: a.ID, LineID: a.LineID, Open: balances[a.LineID].Open, Unit: a.Unit, Quotes: []ComparedQuote{}}
	for _, line := range comparison.Lines {
		if line.ID != a.LineID {
			continue
		}
		found.Supply = supplyFor(line, found.Open)
		for _, quote := range line.Quotes {
			standing := quote.State == QuoteState(QuoteSubmitted) || quote.State == StateQuoteAwardedInPart
			if quote.QuoteID != a.QuoteID && standing && quote.ValidForMinutes > 0 {
				found.Quotes = append(found.Quotes, quote)
			}
		}
	}
	return found, nil
}

// supplyFor is the address of a search for what a line wants.
func supplyFor(line ComparedLine, wanted quantity.Quantity) string {
	query := url.Values{
		"line": {line.ProductLine}, "available_from": {line.DeliverFrom.String()}, "available_to": {line.DeliverTo.String()},
	}
	if line.Form != "" {
		query.Set("form", line.Form)
	}
	if len(line.Schemes) > 0 {
		query.Set("scheme", strings.Join(line.Schemes, ","))
	}
	if wanted > 0 {
		query.Set("min_quantity", wanted.String())
	}
	return "/v1/supply?" + query.Encode()
}

func mountBackups(api *web.API, service *Service) {
	type output struct{ Body Backups }
	web.Register(api, web.Operation{
		ID: "list-award-backups", Method: http.MethodGet, Path: "/v1/awards/{id}/backups", Tag: tag, Access: buyers,
		Summary:     "Who else can serve it",
		Description: "After a shortfall, a default or a cancellation: the other quotes on the line that can still be awarded, and a search for supply.",
		Faults:      []*fault.Definition{fault.ErrNotFound, ErrSealed},
	}, func(ctx context.Context, in *one) (*output, error) {
		backups, err := service.Backups(ctx, identity.FromContext(ctx), in.ID, web.Language(ctx))
		if err != nil {
			return nil, err
		}
		return &output{backups}, nil
	})
}
