package inquiry

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// Declined is a producer's word that it has nothing to offer.
type Declined struct {
	InquiryID  uuid.UUID `json:"inquiry_id"`
	ProducerID uuid.UUID `json:"producer_id"`
	DeclinedAt time.Time `json:"declined_at"`
	Note       string    `json:"note,omitempty"`
}

// quoteRecord is a version of a quote as its table holds it.
type quoteRecord struct {
	termsRow

	ID           uuid.UUID                  `db:"id"`
	InquiryID    uuid.UUID                  `db:"inquiry_id"`
	LineID       uuid.UUID                  `db:"line_id"`
	ProducerID   uuid.UUID                  `db:"producer_id"`
	ProducerName string                     `db:"producer_name"`
	ProductID    uuid.UUID                  `db:"product_id"`
	OfferID      uuid.UUID                  `db:"offer_id"`
	OfferMade    bool                       `db:"offer_made"`
	RootID       uuid.UUID                  `db:"root_id"`
	Version      int                        `db:"version"`
	Quantity     quantity.Quantity          `db:"quantity"`
	Awarded      quantity.Quantity          `db:"awarded"`
	Held         quantity.Quantity          `db:"held"`
	Unit         string                     `db:"unit"`
	PriceVND     money.VND                  `db:"price_vnd"`
	SizePrices   postgres.JSON[[]SizePrice] `db:"size_prices"`
	DeliverOn    civil.Date                 `db:"deliver_on"`
	ValidUntil   time.Time                  `db:"valid_until"`
	Reserve      bool                       `db:"reserve"`
	Alternative  bool                       `db:"alternative"`
	Note         string                     `db:"note"`
	Claims       postgres.Strings           `db:"claims"`
	Lapsing      postgres.Strings           `db:"lapsing"`
	Stage        QuoteStage                 `db:"stage"`
	Reason       string                     `db:"reason"`
	DeclineNote  string                     `db:"decline_note"`

	Framework postgres.JSON[*FrameworkQuote] `db:"framework"`
	CreatedAt time.Time                      `db:"created_at"`
	UpdatedAt time.Time                      `db:"updated_at"`
	Lot       string                         `db:"lot"`
	OverLot   bool                           `db:"over_lot"`
	// Answers is the version of the inquiry's terms that the quote was given against.
	Answers int64 `db:"answers"`

	deal catalog.Deal
	// Both are set where an award is to be made: the inquiry was amended since; a certificate names the
	// producer, without which nothing carries a mark.
	outdated, certified bool
}

// termsRow holds the terms of a quote as their table does.
type termsRow struct {
	PriceTiers  postgres.JSON[[]catalog.PriceTier] `db:"price_tiers"`
	Tie         quantity.Quantity                  `db:"tie"`
	PriceGross  bool                               `db:"price_gross"`
	MinQuantity quantity.Quantity                  `db:"min_quantity"`
	Split       postgres.JSON[[]Part]              `db:"split"`
	FreightVND  *money.VND                         `db:"freight_vnd"`
}

func (r *termsRow) terms() QuoteTerms {
	return QuoteTerms{PriceTiers: r.PriceTiers.V, Tie: r.Tie, PriceGross: r.PriceGross, MinQuantity: r.MinQuantity, Split: r.Split.V, FreightVND: r.FreightVND}
}

// netPrice is what a unit net costs in an award of a quantity.
func (q *quoteRecord) netPrice(amount quantity.Quantity) money.VND {
	terms := q.terms()
	return terms.priceOf(amount, q.PriceVND)
}

func (q *quoteRecord) answer(r *record, now time.Time) Quote {
	line := r.line(q.LineID)
	claims := []string(q.Claims)
	if claims == nil {
		claims = []string{}
	}
	terms := q.terms()
	terms.Lot = q.Lot
	return Quote{
		QuoteTerms: terms, Outdated: q.Stage == QuoteSubmitted && q.Answers < r.TermsVersion, NetPriceVND: q.netPrice(q.Quantity),
		ID: q.ID, InquiryID: q.InquiryID, LineID: q.LineID, Producer: Party{ID: q.ProducerID, Name: q.ProducerName},
		Version: q.Version, ProductID: q.ProductID, OfferID: q.OfferID, Quantity: q.Quantity, Awarded: q.Awarded,
		Unit: q.Unit, PriceVND: q.PriceVND, SizePrices: q.SizePrices.V, DeliverOn: q.DeliverOn, ValidUntil: q.ValidUntil,
		Reserve: q.Reserve, Alternative: q.Alternative, Note: q.Note, Claims: claims, LapsingClaims: q.Lapsing,
		MissingClaims: without(line.Schemes, claims), Deviations: q.deviations(line), State: quoteState(q.Stage, q.Awarded, q.Quantity, q.ValidUntil, now),
		Reason: q.Reason, DeclineNote: q.DeclineNote, Framework: q.Framework.V, CreatedAt: q.CreatedAt,
	}
}

// posting is a movement of the quoted volume on the line; the price gives it its value.
func (q *quoteRecord) posting(r *record, movement ledger.Movement, amount quantity.Quantity) ledger.Posting {
	return ledger.Posting{
		Goods: q.goods(r), Movement: movement, Quantity: amount, BusinessDate: q.DeliverOn, PriceVND: q.netPrice(q.Quantity),
		InquiryID: r.ID, InquiryLineID: q.LineID, QuoteID: q.ID,
	}
}

// quoted are the quote's volume under each of its dates.
func (q *quoteRecord) quoted(r *record) []ledger.Posting {
	whole := q.posting(r, ledger.Quoted, q.Quantity)
	if len(q.Split.V) == 0 {
		return []ledger.Posting{whole}
	}
	postings := make([]ledger.Posting, len(q.Split.V))
	for at, part := range q.Split.V {
		postings[at] = whole
		postings[at].BusinessDate, postings[at].Quantity = part.DeliverOn, part.Quantity
	}
	return postings
}

// goods says what moves, in the terms of the ledger.
func (q *quoteRecord) goods(r *record) ledger.Goods {
	return ledger.Goods{
		Line: q.deal.Line, Form: q.deal.Form, Unit: q.Unit, UnitWeight: q.deal.UnitWeight, Schemes: q.Claims,
		Commune: q.deal.Commune, BuyerSystem: r.BuyerSystem, ProducerID: q.ProducerID, BuyerID: r.BuyerID, ProductID: q.ProductID,
		Grade: q.deal.ReportedGrade, Stars: q.deal.Stars, Ward: r.Ward,
	}
}

func insertQuote(ctx context.Context, tx *postgres.Tx, q *quoteRecord) error {
	const insert = `
		INSERT INTO inquiry.quotes (id, inquiry_id, line_id, producer_id, product_id, offer_id, root_id, version, quantity, unit,
		       price_vnd, size_prices, deliver_on, valid_until, reserve, alternative, offer_made, note, claims, lapsing, stage,
		       created_at, updated_at, price_tiers, tie, price_gross, min_quantity, split, deliver_until, lot, over_lot, answers,
		       freight_vnd)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22,
		       $23, nullif(CAST($24 AS bigint), 0), $25, $26, $27, nullif(CAST($28 AS date), $13), $29, $30, $31, $32)`
	_, err := tx.Exec(ctx, insert, q.ID, q.InquiryID, q.LineID, q.ProducerID, q.ProductID, q.OfferID, q.RootID, q.Version,
		q.Quantity, q.Unit, q.PriceVND, listed(q.SizePrices), q.DeliverOn, q.ValidUntil, q.Reserve, q.Alternative, q.OfferMade,
		q.Note, postgres.Array(q.Claims), postgres.Array(q.Lapsing), q.Stage, q.CreatedAt,
		listed(q.PriceTiers), q.Tie, q.PriceGross, q.MinQuantity, listed(q.Split), last(q.DeliverOn, q.Split.V), q.Lot, q.OverLot, q.Answers, q.FreightVND)
	if err != nil {
		return postgres.MapConstraint(err, byConstraint)
	}
	return insertFrameworkQuote(ctx, tx, q.ID, q.Framework.V)
}

//nolint:gochecknoglobals // an immutable table
var byConstraint = map[string]*fault.Definition{
	"quote_once":            ErrQuoteExists,
	"quote_version_once":    ErrQuoteState,
	"round_once":            ErrRoundOpen,
	"quote_not_overawarded": ErrQuoteExceeded,
}

// listed is a list that is never null.
func listed[T any](list postgres.JSON[[]T]) postgres.JSON[[]T] {
	if list.V == nil {
		list.V = []T{}
	}
	return list
}

const selectQuotes = `
	SELECT q.id, q.inquiry_id, q.line_id, q.producer_id, q.product_id, q.offer_id, q.offer_made, q.root_id, q.version, q.quantity,
	       q.awarded, coalesce(r.quantity, 0) AS held, q.unit, q.price_vnd, q.size_prices, q.deliver_on, q.valid_until, q.reserve,
	       q.alternative, q.note, q.claims, q.lapsing, q.stage, q.reason, q.decline_note, q.created_at, q.updated_at, q.price_tiers, coalesce(q.tie, 0) AS tie,
	       q.price_gross, q.min_quantity, q.split, q.lot, q.over_lot, q.answers, q.freight_vnd,
	       CASE WHEN f.quote_id IS NOT NULL THEN jsonb_build_object('from', f.period_from, 'to', f.period_to, 'indicative', f.indicative) END AS framework
	  FROM inquiry.quotes q
	  LEFT JOIN ledger.reservations r ON r.quote_id = q.id
	  LEFT JOIN inquiry.quote_frameworks f ON f.quote_id = q.id`

// quotesByID reads quotes with what is held for them and the offers behind them.
func quotesByID(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]*quoteRecord, error) {
	const query = selectQuotes + ` WHERE q.id = ANY ($1)`
	var records []*quoteRecord
	if err := tx.Select(ctx, &records, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	if err := named(ctx, tx, records); err != nil {
		return nil, err
	}
	if err := dealt(ctx, tx, records); err != nil {
		return nil, err
	}
	quotes := make(map[uuid.UUID]*quoteRecord, len(records))
	for _, q := range records {
		quotes[q.ID] = q
	}
	return quotes, nil
}

// dealt fills in the offers behind the quotes.
func dealt(ctx context.Context, reader postgres.Reader, records []*quoteRecord) error {
	offers := make([]uuid.UUID, 0, len(records))
	for _, q := range records {
		offers = append(offers, q.OfferID)
	}
	deals, err := catalog.DealsTx(ctx, reader, offers)
	for _, q := range records {
		q.deal = deals[q.OfferID]
	}
	return err
}

// named fills in the producers' names.
func named(ctx context.Context, reader postgres.Reader, records []*quoteRecord) error {
	ids := make([]uuid.UUID, 0, len(records))
	for _, q := range records {
		ids = append(ids, q.ProducerID)
	}
	producers, err := identity.OrganisationsIn(ctx, reader, ids)
	if err != nil {
		return err
	}
	for _, q := range records {
		q.ProducerName = producers[q.ProducerID].Name
	}
	return nil
}

// quotesOn lists quotes on an inquiry, newest first; author narrows it to one producer's, and those
// from an instant on are hidden.
func quotesOn(ctx context.Context, reader postgres.Reader, inquiryID, author uuid.UUID, hidden *time.Time, page Page) ([]*quoteRecord, error) {
	const query = selectQuotes + `
		 WHERE q.inquiry_id = $1 AND ($2 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR q.producer_id = $2)
		   AND ($3 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR q.id < $3)
		   AND (CAST($5 AS timestamptz) IS NULL OR q.created_at < $5)
		 ORDER BY q.id DESC LIMIT $4`
	var records []*quoteRecord
	if err := reader.Select(ctx, &records, query, inquiryID, author, page.Before, page.Limit, hidden); err != nil {
		return nil, err
	}
	if err := named(ctx, reader, records); err != nil {
		return nil, err
	}
	return records, dealt(ctx, reader, records)
}

// lineOfQuote finds the line of a producer's own quote; ErrNotFound for any other.
func lineOfQuote(ctx context.Context, tx *postgres.Tx, id, producer uuid.UUID) (uuid.UUID, error) {
	const query = `SELECT line_id FROM inquiry.quotes WHERE id = $1 AND producer_id = $2`
	var line uuid.UUID
	err := tx.Get(ctx, &line, query, id, producer)
	if errors.Is(err, postgres.ErrNoRows) {
		return uuid.Nil, fault.ErrNotFound.With()
	}
	return line, err
}

// takeBack ends a quote without awards: its volume leaves the ledger, its hold is freed, and an
// offer that was made from it closes with it. The line is locked.
func takeBack(ctx context.Context, tx *postgres.Tx, who identity.Principal, r *record, q *quoteRecord, stage QuoteStage, reason string) error {
	const update = `UPDATE inquiry.quotes SET stage = $2, reason = $3, updated_at = $4 WHERE id = $1`
	if _, err := tx.Exec(ctx, update, q.ID, stage, reason, tx.Now); err != nil {
		return err
	}
	withdrawn := []ledger.Posting{q.posting(r, ledger.QuoteWithdrawn, q.Quantity)}
	if len(q.Split.V) > 0 {
		dated, err := ledger.OffLastDatesTx(ctx, tx, withdrawn...)
		if err != nil {
			return err
		}
		withdrawn = dated
	}
	if err := ledger.PostTx(ctx, tx, who, withdrawn...); err != nil {
		return err
	}
	return letGo(ctx, tx, who, string(stage), []quoteEnd{{ID: q.ID, OfferID: q.OfferID, OfferMade: q.OfferMade}})
}

// quoteEnd is what must be let go of when a quote ends.
type quoteEnd struct {
	ID        uuid.UUID `db:"id"`
	OfferID   uuid.UUID `db:"offer_id"`
	OfferMade bool      `db:"offer_made"`
}

// letGo frees what is held for quotes and closes offers that were made from them.
func letGo(ctx context.Context, tx *postgres.Tx, who identity.Principal, reason string, ended []quoteEnd) error {
	if len(ended) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(ended))
	var made []uuid.UUID
	for at, quote := range ended {
		ids[at] = quote.ID
		if quote.OfferMade {
			made = append(made, quote.OfferID)
		}
	}
	if err := ledger.ReleaseTx(ctx, tx, who, reason, ids...); err != nil {
		return err
	}
	if len(made) == 0 {
		return nil
	}
	return catalog.CloseOffersTx(ctx, tx, who, made, reason)
}

// declineRest declines the quotes on lines that have no awards. They stay quoted: they were given. Each
// producer reads why its own was.
func declineRest(ctx context.Context, tx *postgres.Tx, who identity.Principal, lines []uuid.UUID, reason, note string) error {
	const update = `
		UPDATE inquiry.quotes SET stage = 'declined', reason = $2, decline_note = $4, updated_at = $3
		 WHERE line_id = ANY ($1) AND stage = 'submitted' AND awarded = 0
		RETURNING id, offer_id, offer_made`
	var ended []quoteEnd
	if err := tx.Select(ctx, &ended, update, postgres.Array(lines), reason, tx.Now, note); err != nil {
		return err
	}
	return letGo(ctx, tx, who, reason, ended)
}

// decline notes a producer's refusal; a quote that stands refuses it.
func decline(ctx context.Context, tx *postgres.Tx, inquiryID, producer uuid.UUID, note string) error {
	const upsert = `
		INSERT INTO inquiry.invitations (inquiry_id, producer_id, invited, declined_at, decline_note)
		SELECT $1, $2, false, $3, $4
		 WHERE NOT EXISTS (SELECT FROM inquiry.quotes WHERE inquiry_id = $1 AND producer_id = $2 AND stage = 'submitted')
		ON CONFLICT (inquiry_id, producer_id) DO UPDATE SET declined_at = excluded.declined_at, decline_note = excluded.decline_note`
	n, err := tx.Exec(ctx, upsert, inquiryID, producer, tx.Now, note)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrAlreadyQuoted.With()
	}
	return nil
}

// undecline forgets a refusal when the producer quotes after all.
func undecline(ctx context.Context, tx *postgres.Tx, inquiryID, producer uuid.UUID) error {
	const update = `
		UPDATE inquiry.invitations SET declined_at = NULL, decline_note = NULL
		 WHERE inquiry_id = $1 AND producer_id = $2 AND declined_at IS NOT NULL`
	_, err := tx.Exec(ctx, update, inquiryID, producer)
	return err
}
