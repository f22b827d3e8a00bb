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

	Act          int                        `db:"act"`
	ID           uuid.UUID                  `db:"id"`
	InquiryID    uuid.UUID                  `db:"inquiry_id"`
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
	OfferFree    quantity.Quantity          `db:"offer_free"`
	BuyerID      uuid.UUID                  `db:"buyer_id"`
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

	PriceBasis string `db:"price_basis"`
}

func (row *awardableRow) quote() *quoteRecord {
	return &quoteRecord{
		ID: row.ID, InquiryID: row.InquiryID, LineID: row.LineID, ProducerID: row.ProducerID, ProducerName: row.ProducerName,
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

// selectAwardable locks the lines of the chosen quotes and reads what awards of them stand on.
const selectAwardable = `
	SELECT act, id, inquiry_id, line_id, producer_id, producer_name, product_id, offer_id, quantity, awarded, held, unit, price_vnd, size_prices,
	       deliver_on, valid_until, claims, lapsing, stage, product_line, form, unit_weight, commune, line_open, line_schemes, offer_free,
	       buyer_id, buyer_name, buyer_system, inquiry_stage, quotes_sealed, quotes_due_at, holds_ran_out,
	       award_limit_vnd, proposal_hours, framework, price_tiers, tie, price_gross, min_quantity, split,
	       outdated, round_until, certified, coalesce(grade, '') AS grade, coalesce(stars, 0) AS stars, ward,
	       (SELECT f.freight_vnd FROM inquiry.quotes f WHERE f.id = awardable_together.id) AS freight_vnd,
	       coalesce((SELECT i.terms ->> 'price_basis' FROM inquiry.inquiries i WHERE i.id = awardable_together.inquiry_id), '') AS price_basis`

const fromAwardable = `
	  FROM inquiry.awardable_together(CAST($1 AS int[]), CAST($2 AS uuid[]), CAST($3 AS uuid[]), CAST($4 AS uuid[]), $5)`

// chosen are the quotes of several acts as the database reads them, each with the number of its act.
type chosen struct {
	acts                      []int32
	inquiries, buyers, quotes []uuid.UUID
}

func (c *chosen) add(act int, who identity.Principal, inquiryID uuid.UUID, allocations []Allocation) {
	for _, allocation := range allocations {
		c.acts = append(c.acts, int32(act)) //nolint:gosec // the number of an act among a few
		c.inquiries, c.buyers, c.quotes = append(c.inquiries, inquiryID), append(c.buyers, who.OrganisationID), append(c.quotes, allocation.QuoteID)
	}
}

func (c *chosen) arguments(now time.Time) []any {
	return []any{postgres.Array(c.acts), postgres.Array(c.inquiries), postgres.Array(c.buyers), postgres.Array(c.quotes), now}
}

// awardable reads it in one statement, and, where the buyer has a limit, what the person awarded alone
// before, whose other awards then wait: lines, person, offers. An inquiry that is not the buyer's is fault.ErrNotFound.
func awardable(ctx context.Context, tx *postgres.Tx, who identity.Principal, inquiryID uuid.UUID, allocations []Allocation) (*ground, error) {
	const query = selectAwardable + `,
	       CASE WHEN award_limit_vnd > 0
	            THEN inquiry.awarded_alone($6, $7, CAST($4 AS uuid[]), $8, CAST(CAST($5 AS timestamptz) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date))
	            ELSE 0 END AS awarded_alone` + fromAwardable
	var asked chosen
	asked.add(0, who, inquiryID, allocations)
	var rows []awardableRow
	if err := tx.Select(ctx, &rows, query, append(asked.arguments(tx.Now), inquiryID, who.OrganisationID, who.UserID)...); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return groundless(ctx, tx, who, inquiryID)
	}
	g := groundsOf(rows)[0]
	g.awardedAlone = rows[0].Alone
	return g, nil
}

// groundsOf are what each act stands on. Acts of one inquiry share it and its lines, and those of
// one quote the quote, so that what one of them takes is gone for the next.
func groundsOf(rows []awardableRow) map[int]*ground {
	grounds := make(map[int]*ground)
	inquiries := make(map[uuid.UUID]*record)
	quotes := make(map[uuid.UUID]*quoteRecord)
	for at := range rows {
		row := &rows[at]
		if inquiries[row.InquiryID] == nil {
			inquiries[row.InquiryID] = row.inquiry()
		}
		if quotes[row.ID] == nil {
			quotes[row.ID] = row.quote()
		}
		g := grounds[row.Act]
		if g == nil {
			g = &ground{record: inquiries[row.InquiryID], awardLimit: row.AwardLimit, proposalHours: row.Hours, quotes: make(map[uuid.UUID]*quoteRecord)}
			grounds[row.Act] = g
		}
		if g.line(row.LineID).ID == uuid.Nil {
			g.Lines = append(g.Lines, lineRecord{ID: row.LineID, InquiryID: row.InquiryID, Open: row.LineOpen, Schemes: row.LineSchemes})
		}
		g.quotes[row.ID] = quotes[row.ID]
		g.holdsRanOut = g.holdsRanOut || row.HoldsRanOut
	}
	return grounds
}

// inquiry is the inquiry that a quote answers, without its lines.
func (row *awardableRow) inquiry() *record {
	r := &record{
		ID: row.InquiryID, BuyerID: row.BuyerID, BuyerName: row.BuyerName, BuyerSystem: row.BuyerSystem,
		QuotesSealed: row.QuotesSealed, QuotesDueAt: row.QuotesDueAt, Stage: row.InquiryStage, Ward: row.Ward,
		Terms: postgres.JSON[Terms]{V: Terms{PriceBasis: row.PriceBasis}},
	}
	if row.RoundUntil != nil {
		r.Rounds = []roundRecord{{InquiryID: row.InquiryID, Until: *row.RoundUntil}}
	}
	return r
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
