package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// awardableRow is a chosen quote with all that an award has to know of it.
type awardableRow struct {
	termsRow

	ID           uuid.UUID                  `db:"id"`
	LineID       uuid.UUID                  `db:"line_id"`
	ProducerID   uuid.UUID                  `db:"producer_id"`
	ProducerName string                     `db:"producer_name"`
	ProductID    uuid.UUID                  `db:"product_id"`
	OfferID      uuid.UUID                  `db:"offer_id"`
	Quantity     quantity.Quantity          `db:"quantity"`
	Awarded      quantity.Quantity          `db:"awarded"`
	Held         quantity.Quantity          `db:"held"`
	Unit         string                     `db:"unit"`
	PriceVND     money.VND                  `db:"price_vnd"`
	SizePrices   postgres.JSON[[]SizePrice] `db:"size_prices"`
	DeliverOn    civil.Date                 `db:"deliver_on"`
	ValidUntil   time.Time                  `db:"valid_until"`
	Claims       postgres.Strings           `db:"claims"`
	Lapsing      postgres.Strings           `db:"lapsing"`
	Stage        QuoteStage                 `db:"stage"`
	ProductLine  string                     `db:"product_line"`
	Form         string                     `db:"form"`
	UnitWeight   quantity.Quantity          `db:"unit_weight"`
	Commune      string                     `db:"commune"`
	LineOpen     quantity.Quantity          `db:"line_open"`
	LineSchemes  postgres.Strings           `db:"line_schemes"`
	BuyerName    string                     `db:"buyer_name"`
	BuyerSystem  string                     `db:"buyer_system"`
	InquiryStage Stage                      `db:"inquiry_stage"`
	QuotesSealed bool                       `db:"quotes_sealed"`
	QuotesDueAt  time.Time                  `db:"quotes_due_at"`
	HoldsRanOut  bool                       `db:"holds_ran_out"`
	AwardLimit   money.VND                  `db:"award_limit_vnd"`
	Hours        int                        `db:"proposal_hours"`

	Framework  postgres.JSON[*FrameworkQuote] `db:"framework"`
	Outdated   bool                           `db:"outdated"`
	RoundUntil *time.Time                     `db:"round_until"`
	Certified  bool                           `db:"certified"`
	Alone      money.VND                      `db:"awarded_alone"`

	Grade string `db:"grade"`
	Stars int    `db:"stars"`
	Ward  string `db:"ward"`
}

func (row awardableRow) quote(inquiryID uuid.UUID) *quoteRecord {
	return &quoteRecord{
		ID: row.ID, InquiryID: inquiryID, LineID: row.LineID, ProducerID: row.ProducerID, ProducerName: row.ProducerName,
		ProductID: row.ProductID, OfferID: row.OfferID, Quantity: row.Quantity, Awarded: row.Awarded, Held: row.Held, Unit: row.Unit,
		PriceVND: row.PriceVND, SizePrices: row.SizePrices, DeliverOn: row.DeliverOn, ValidUntil: row.ValidUntil, Claims: row.Claims,
		Lapsing: row.Lapsing, Stage: row.Stage, Framework: row.Framework, termsRow: row.termsRow, outdated: row.Outdated, certified: row.Certified,
		deal: catalog.Deal{Line: row.ProductLine, Form: row.Form, UnitWeight: row.UnitWeight, Commune: row.Commune, ReportedGrade: row.Grade, Stars: row.Stars},
	}
}

// ground is what an award stands on: the inquiry with the lines that the chosen quotes answer,
// locked, and those quotes.
type ground struct {
	*record

	quotes map[uuid.UUID]*quoteRecord
	// holdsRanOut says that volume is still held on an offer behind them whose time is over.
	holdsRanOut bool
	// awardLimit is what a person of this buyer may award without a second one, 0: anything;
	// awardedAlone is what counts towards it already, see exceeds; proposalHours is how long what is
	// worth more waits.
	awardLimit    money.VND
	awardedAlone  money.VND
	proposalHours int
}

// awardable reads it in one statement, and, where the buyer has a limit, what the person awarded alone
// before, whose other awards then wait: lines, person, offers. An inquiry that is not the buyer's is fault.ErrNotFound.
func awardable(ctx context.Context, tx *postgres.Tx, who identity.Principal, inquiryID uuid.UUID, allocations []Allocation) (*ground, error) {
	const query = `
		SELECT id, line_id, producer_id, producer_name, product_id, offer_id, quantity, awarded, held, unit, price_vnd, size_prices,
		       deliver_on, valid_until, claims, lapsing, stage, product_line, form, unit_weight, commune, line_open, line_schemes,
		       buyer_name, buyer_system, inquiry_stage, quotes_sealed, quotes_due_at, holds_ran_out,
		       award_limit_vnd, proposal_hours, framework, price_tiers, tie, price_gross, min_quantity, split,
		       outdated, round_until, certified, coalesce(grade, '') AS grade, coalesce(stars, 0) AS stars, ward,
		       CASE WHEN award_limit_vnd > 0
		            THEN inquiry.awarded_alone($1, $2, CAST($3 AS uuid[]), $5, CAST(CAST($4 AS timestamptz) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date))
		            ELSE 0 END AS awarded_alone
		  FROM inquiry.awardable($1, $2, CAST($3 AS uuid[]), $4)`
	ids := make([]uuid.UUID, len(allocations))
	for at, allocation := range allocations {
		ids[at] = allocation.QuoteID
	}
	var rows []awardableRow
	if err := tx.Select(ctx, &rows, query, inquiryID, who.OrganisationID, postgres.Array(ids), tx.Now, who.UserID); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return groundless(ctx, tx, who, inquiryID)
	}
	first := rows[0]
	g := &ground{awardLimit: first.AwardLimit, awardedAlone: first.Alone, proposalHours: first.Hours, quotes: make(map[uuid.UUID]*quoteRecord, len(rows)), record: &record{
		ID: inquiryID, BuyerID: who.OrganisationID, BuyerName: first.BuyerName, BuyerSystem: first.BuyerSystem,
		QuotesSealed: first.QuotesSealed, QuotesDueAt: first.QuotesDueAt, Stage: first.InquiryStage, Ward: first.Ward,
	}}
	if first.RoundUntil != nil {
		g.Rounds = []roundRecord{{InquiryID: inquiryID, Until: *first.RoundUntil}}
	}
	for _, row := range rows {
		if g.line(row.LineID).ID == uuid.Nil {
			g.Lines = append(g.Lines, lineRecord{ID: row.LineID, InquiryID: inquiryID, Open: row.LineOpen, Schemes: row.LineSchemes})
		}
		g.quotes[row.ID] = row.quote(inquiryID)
		g.holdsRanOut = g.holdsRanOut || row.HoldsRanOut
	}
	return g, nil
}

// groundless is what an award of no quote of the inquiry stands on: nothing but the inquiry itself,
// so that it is refused for the right reason.
func groundless(ctx context.Context, tx *postgres.Tx, who identity.Principal, inquiryID uuid.UUID) (*ground, error) {
	r, err := load(ctx, tx, inquiryID)
	if err != nil {
		return nil, err
	}
	if r.BuyerID != who.OrganisationID {
		return nil, fault.ErrNotFound.With()
	}
	return &ground{record: r}, nil
}
