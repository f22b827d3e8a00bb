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
	"github.com/ocop-market/ocop/services/ledger"
)

// awardRecord is an award as its table holds it, with its balance and the offer behind it.
type awardRecord struct {
	ID           uuid.UUID                  `db:"id"`
	InquiryID    uuid.UUID                  `db:"inquiry_id"`
	LineID       uuid.UUID                  `db:"line_id"`
	QuoteID      uuid.UUID                  `db:"quote_id"`
	BuyerID      uuid.UUID                  `db:"buyer_id"`
	BuyerName    string                     `db:"buyer_name"`
	BuyerSystem  string                     `db:"buyer_system"`
	Ward         string                     `db:"ward"`
	ProducerID   uuid.UUID                  `db:"producer_id"`
	ProducerName string                     `db:"producer_name"`
	ProductID    uuid.UUID                  `db:"product_id"`
	OfferID      uuid.UUID                  `db:"offer_id"`
	Quantity     quantity.Quantity          `db:"quantity"`
	Unit         string                     `db:"unit"`
	PriceVND     money.VND                  `db:"price_vnd"`
	SizePrices   postgres.JSON[[]SizePrice] `db:"size_prices"`
	Tie          quantity.Quantity          `db:"tie"`
	PriceGross   bool                       `db:"price_gross"`
	FreightVND   *money.VND                 `db:"freight_vnd"`
	PriceBasis   string                     `db:"price_basis"` // of the terms under which it was made
	DeliverOn    civil.Date                 `db:"deliver_on"`
	Claims       postgres.Strings           `db:"claims"`
	Lapsing      postgres.Strings           `db:"lapsing"`
	Cancelled    bool                       `db:"cancelled"`
	CancelledAs  CancelledAs                `db:"cancelled_as"`
	Reason       string                     `db:"reason"`
	Note         string                     `db:"note"`
	CreatedAt    time.Time                  `db:"created_at"`
	// Of a framework: its period, whether its price is a guide, what is called off and what was freed.
	PeriodFrom *civil.Date       `db:"period_from"`
	PeriodTo   *civil.Date       `db:"period_to"`
	Indicative bool              `db:"indicative"`
	Called     quantity.Quantity `db:"called"`
	Freed      quantity.Quantity `db:"freed"`
	EndedAt    *time.Time        `db:"ended_at"`

	// Schedule are the dates where there are several; then arrivals are what came for them, and today is
	// the day on which that was read.
	Schedule postgres.JSON[[]Part] `db:"schedule"`
	arrivals []arrival
	today    civil.Date

	balance ledger.AwardBalance
	deal    catalog.Deal
	// limited are the scopes with a ceiling whose claim a new award makes.
	limited []catalog.Backing
}

func (a *awardRecord) state() AwardState { return awardState(a.Cancelled, a.balance) }

// landed is the value with freight; nil where freight is not known.
func (a *awardRecord) landed() *money.VND {
	freight, known := freightBeside(a.FreightVND, a.PriceBasis)
	if !known {
		return nil
	}
	return new(money.Value(a.PriceVND, a.Quantity) + money.Value(freight, a.Quantity))
}

func (a *awardRecord) answer() Award {
	claims := []string(a.Claims)
	if claims == nil {
		claims = []string{}
	}
	return Award{
		ID: a.ID, InquiryID: a.InquiryID, LineID: a.LineID, QuoteID: a.QuoteID, Buyer: Party{ID: a.BuyerID, Name: a.BuyerName},
		Producer: Party{ID: a.ProducerID, Name: a.ProducerName}, ProductID: a.ProductID, OfferID: a.OfferID,
		Quantity: a.Quantity, Unit: a.Unit, PriceVND: a.PriceVND, SizePrices: a.SizePrices.V, Tie: a.Tie, PriceGross: a.PriceGross,
		ValueVND: money.Value(a.PriceVND, a.Quantity), FreightVND: a.FreightVND, LandedVND: a.landed(),
		DeliverOn: a.DeliverOn, Schedule: a.dues(), Claims: claims, LapsingClaims: a.Lapsing, State: a.state(), Delivered: a.balance.Accepted + a.balance.Over,
		InTransit: a.balance.Dispatched, Remaining: a.balance.Committed, Released: a.balance.Released,
		Rejected: a.balance.Rejected, Lost: a.balance.Lost, CancelledAs: a.CancelledAs, Framework: a.framework(), Reason: a.Reason, Note: a.Note, CreatedAt: a.CreatedAt,
	}
}

// posting is a movement of the award's volume on all three books.
func (a *awardRecord) posting(movement ledger.Movement, amount quantity.Quantity, day civil.Date) ledger.Posting {
	return ledger.Posting{
		Goods: ledger.Goods{
			Line: a.deal.Line, Form: a.deal.Form, Unit: a.Unit, UnitWeight: a.deal.UnitWeight, Schemes: a.Claims,
			Commune: a.deal.Commune, BuyerSystem: a.BuyerSystem, ProducerID: a.ProducerID, BuyerID: a.BuyerID, ProductID: a.ProductID,
			Grade: a.deal.ReportedGrade, Stars: a.deal.Stars, Ward: a.Ward,
		},
		Movement: movement, Quantity: amount, BusinessDate: day, PriceVND: a.PriceVND, OfferID: a.OfferID,
		InquiryID: a.InquiryID, InquiryLineID: a.LineID, QuoteID: a.QuoteID, AwardID: a.ID,
	}
}

// leftForQuotes tells how much the offers behind the chosen quotes can still promise, holds for the
// quotes themselves included.
func leftForQuotes(ctx context.Context, reader postgres.Reader, allocations []Allocation) (map[uuid.UUID]quantity.Quantity, error) {
	const query = `
		SELECT q.id, r.remaining + coalesce(h.quantity, 0) AS remaining
		  FROM inquiry.quotes q
		  JOIN ledger.remaining r ON r.offer_id = q.offer_id
		  LEFT JOIN ledger.reservations h ON h.quote_id = q.id AND h.reserved_until > now()
		 WHERE q.id = ANY ($1)`
	ids := make([]uuid.UUID, len(allocations))
	for at, allocation := range allocations {
		ids[at] = allocation.QuoteID
	}
	var rows []struct {
		ID        uuid.UUID         `db:"id"`
		Remaining quantity.Quantity `db:"remaining"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	left := make(map[uuid.UUID]quantity.Quantity, len(rows))
	for _, row := range rows {
		left[row.ID] = row.Remaining
	}
	return left, nil
}

// awardInsert is an award as the insert reads it.
type awardInsert struct {
	ID         uuid.UUID  `json:"id"`
	InquiryID  uuid.UUID  `json:"inquiry_id"`
	LineID     uuid.UUID  `json:"line_id"`
	QuoteID    uuid.UUID  `json:"quote_id"`
	BuyerID    uuid.UUID  `json:"buyer_id"`
	ProducerID uuid.UUID  `json:"producer_id"`
	ProductID  uuid.UUID  `json:"product_id"`
	OfferID    uuid.UUID  `json:"offer_id"`
	Quantity   int64      `json:"quantity"`
	Unit       string     `json:"unit"`
	PriceVND   money.VND  `json:"price_vnd"`
	DeliverOn  civil.Date `json:"deliver_on"`
	Claims     []string   `json:"claims"`
	Lapsing    []string   `json:"lapsing"`

	PeriodFrom *civil.Date `json:"period_from"`
	PeriodTo   *civil.Date `json:"period_to"`
	Indicative bool        `json:"indicative"`
	Schedule   []Part      `json:"schedule"`
}

// enterAwards writes awards and takes their quantities off the quotes, at the end of the transaction.
func enterAwards(tx *postgres.Tx, awards []*awardRecord) {
	inserts := make([]awardInsert, len(awards))
	for at, a := range awards {
		inserts[at] = awardInsert{
			ID: a.ID, InquiryID: a.InquiryID, LineID: a.LineID, QuoteID: a.QuoteID, BuyerID: a.BuyerID, ProducerID: a.ProducerID,
			ProductID: a.ProductID, OfferID: a.OfferID, Quantity: int64(a.Quantity), Unit: a.Unit, PriceVND: a.PriceVND,
			DeliverOn: a.DeliverOn, Claims: a.Claims, Lapsing: a.Lapsing,
			PeriodFrom: a.PeriodFrom, PeriodTo: a.PeriodTo, Indicative: a.Indicative, Schedule: a.Schedule.V,
		}
	}
	tx.AtEnd(postgres.Call{
		Function: "inquiry.write_awards", Args: []any{postgres.JSON[[]awardInsert]{V: inserts}, tx.Now},
		Refused: func(err error) error {
			if postgres.Constraint(err) == "award_of_submitted_quote" {
				return ErrQuoteState.With("state", "changed").Because(err)
			}
			return postgres.MapConstraint(err, byConstraint)
		},
	})
}

const selectAwards = `
	SELECT a.id, a.inquiry_id, a.line_id, a.quote_id, a.buyer_id, coalesce(i.buyer_system, '') AS buyer_system, i.ward, a.producer_id,
	       a.product_id, a.offer_id, a.quantity, a.unit, a.price_vnd, q.size_prices, coalesce(q.tie, 0) AS tie,
	       q.price_gross, q.freight_vnd, a.deliver_on, a.claims, a.lapsing,
	       a.cancelled_at IS NOT NULL AS cancelled,
	       CASE WHEN a.cancelled_at IS NOT NULL THEN coalesce(a.cancelled_as, 'alone') ELSE '' END AS cancelled_as, coalesce(a.reason, '') AS reason, a.note, a.created_at, a.period_from, a.period_to,
	       a.indicative, a.called, a.freed, a.ended_at, a.schedule,
	       coalesce(coalesce((SELECT o.terms FROM inquiry.past_terms o
	                           WHERE o.inquiry_id = a.inquiry_id AND o.held_until > a.created_at ORDER BY o.held_until LIMIT 1), i.terms)
	                ->> 'price_basis', '') AS price_basis
	  FROM inquiry.awards a
	  JOIN inquiry.inquiries i ON i.id = a.inquiry_id
	  JOIN inquiry.quotes q ON q.id = a.quote_id`

// complete fills in names, balances and what came for the dates of awards.
func complete(ctx context.Context, reader postgres.Reader, awards []*awardRecord) error {
	if len(awards) == 0 {
		return nil
	}
	var parties, ids []uuid.UUID
	for _, a := range awards {
		parties = append(parties, a.BuyerID, a.ProducerID)
		ids = append(ids, a.ID)
	}
	names, err := identity.OrganisationsIn(ctx, reader, parties)
	if err != nil {
		return err
	}
	balances, err := ledger.AwardBalances(ctx, reader, ids)
	if err != nil {
		return err
	}
	for _, a := range awards {
		a.BuyerName, a.ProducerName, a.balance = names[a.BuyerID].Name, names[a.ProducerID].Name, balances[a.ID]
	}
	return withArrivals(ctx, reader, awards)
}

// loadAward reads an award of the principal's organisation, whichever side it is on.
func loadAward(ctx context.Context, reader postgres.Reader, who identity.Principal, id uuid.UUID) (*awardRecord, error) {
	const query = selectAwards + ` WHERE a.id = $1 AND (a.buyer_id = $2 OR a.producer_id = $2)`
	var awards []*awardRecord
	if err := reader.Select(ctx, &awards, query, id, who.OrganisationID); err != nil {
		return nil, err
	}
	if len(awards) == 0 {
		return nil, fault.ErrNotFound.With()
	}
	if err := complete(ctx, reader, awards); err != nil {
		return nil, err
	}
	return awards[0], nil
}

// lockAward locks the award's line, then reads the award with the offer behind it.
func lockAward(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) (*awardRecord, error) {
	const query = `
		SELECT l.id FROM inquiry.lines l JOIN inquiry.awards a ON a.line_id = l.id
		 WHERE a.id = $1 AND (a.buyer_id = $2 OR a.producer_id = $2) FOR NO KEY UPDATE OF l`
	var locked []uuid.UUID
	if err := tx.Select(ctx, &locked, query, id, who.OrganisationID); err != nil {
		return nil, err
	}
	a, err := loadAward(ctx, tx, who, id)
	if err != nil {
		return nil, err
	}
	deals, err := catalog.DealsTx(ctx, tx, []uuid.UUID{a.OfferID})
	if err != nil {
		return nil, err
	}
	a.deal = deals[a.OfferID]
	return a, nil
}

// awardsOf lists an organisation's awards, newest first.
func awardsOf(ctx context.Context, reader postgres.Reader, organisation, inquiryID uuid.UUID, page Page) ([]*awardRecord, error) {
	const query = selectAwards + `
		 WHERE (a.buyer_id = $1 OR a.producer_id = $1)
		   AND ($2 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR a.inquiry_id = $2)
		   AND ($3 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR a.id < $3)
		 ORDER BY a.id DESC LIMIT $4`
	var awards []*awardRecord
	if err := reader.Select(ctx, &awards, query, organisation, inquiryID, page.Before, page.Limit); err != nil {
		return nil, err
	}
	return awards, complete(ctx, reader, awards)
}

// cancelAward notes the end of an award. A reason that is not on the list is kept as a note.
func cancelAward(ctx context.Context, tx *postgres.Tx, who identity.Principal, a *awardRecord, how CancelledAs, reason, note string) error {
	const update = `
		UPDATE inquiry.awards
		   SET cancelled_at = $2, cancelled_by = $3, cancelled_as = $6, version = version + 1,
		       reason = coalesce((SELECT code FROM inquiry.reasons WHERE code = $4 AND applies = 'award'), 'other'),
		       note = CASE WHEN EXISTS (SELECT FROM inquiry.reasons WHERE code = $4 AND applies = 'award') THEN $5
		                   ELSE concat_ws(': ', $4, nullif($5, '')) END
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, a.ID, tx.Now, postgres.NullID(who.OrganisationID), reason, note, string(how))
	return err
}
