package inquiry

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// Deliver notes that goods left for the buyer. Refused: more than the award still owes; goods of a
// collector whose lot has no declared sources (catalog.CheckDispatchTx); more than the lot has left
// (catalog.ErrLotOverdrawn).
func (s *Service) Deliver(ctx context.Context, who identity.Principal, awardID uuid.UUID, dispatch Dispatch) (Delivery, error) {
	if err := mayTrade(who, identity.Producer); err != nil {
		return Delivery{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Delivery, error) {
		return deliver(ctx, tx, s.book, who, awardID, dispatch)
	})
}

func deliver(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, awardID uuid.UUID, dispatch Dispatch) (Delivery, error) {
	a, err := lockAward(ctx, tx, who, awardID)
	if err != nil {
		return Delivery{}, err
	}
	if err := dispatch.check(a.Unit, tx.Now); err != nil {
		return Delivery{}, err
	}
	if state := a.state(); state == AwardCancelled || state == AwardCompleted {
		return Delivery{}, ErrAwardState.With("state", state)
	}
	if dispatch.Quantity > a.balance.Committed {
		return Delivery{}, ledger.ErrAwardExceeded.With("remaining", a.balance.Committed)
	}
	called, err := a.draw(ctx, tx, dispatch.CallOffID, dispatch.Quantity)
	if err != nil {
		return Delivery{}, err
	}
	a = a.under(called)
	if dispatch.DispatchedAt.IsZero() || dispatch.DispatchedAt.After(tx.Now) {
		dispatch.DispatchedAt = tx.Now
	}
	dispatch.Lot = strings.TrimSpace(dispatch.Lot)
	if err := catalog.CheckDispatchTx(ctx, tx, book, a.ProducerID, a.ProductID, dispatch.Lot, reference.Day(dispatch.DispatchedAt)); err != nil {
		return Delivery{}, err
	}
	id, err := newID()
	if err != nil {
		return Delivery{}, err
	}
	d := &deliveryRecord{
		ID: id, AwardID: a.ID, CallOffID: dispatch.CallOffID, Quantity: dispatch.Quantity, Unit: a.Unit, Lot: dispatch.Lot, Live: a.deal.Form == live,
		DispatchedAt: dispatch.DispatchedAt.UTC(), Note: dispatch.Note, CreatedAt: tx.Now, award: a,
	}
	if err := insertDelivery(ctx, tx, d); err != nil {
		return Delivery{}, catalog.DispatchRefusal(err, d.Lot, d.Unit)
	}
	if err := identity.RecordTx(ctx, tx, who, "delivery.dispatched", subjectDelivery(id), map[string]any{"award_id": awardID}); err != nil {
		return Delivery{}, err
	}
	sent := a.posting(ledger.Dispatched, d.Quantity, reference.Day(d.DispatchedAt))
	sent.DeliveryID = id
	if err := ledger.PostTx(ctx, tx, who, sent); err != nil {
		return Delivery{}, err
	}
	return d.answer(tx.Now), nil
}

func subjectDelivery(id uuid.UUID) identity.Subject {
	return identity.Subject{Kind: "delivery", ID: id}
}

// Receive notes what the buyer found of a delivery; only the receiver can. Accepted volume is
// delivered; rejected and lost volume goes back to what the award still owes.
func (s *Service) Receive(ctx context.Context, who identity.Principal, deliveryID uuid.UUID, receipt Receipt) (Delivery, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Delivery{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Delivery, error) {
		return receive(ctx, tx, who, deliveryID, receipt)
	})
}

func receive(ctx context.Context, tx *postgres.Tx, who identity.Principal, deliveryID uuid.UUID, receipt Receipt) (Delivery, error) {
	awardID, err := awardOfDelivery(ctx, tx, who, deliveryID)
	if err != nil {
		return Delivery{}, err
	}
	a, err := lockAward(ctx, tx, who, awardID)
	if err != nil {
		return Delivery{}, err
	}
	if a.BuyerID != who.OrganisationID {
		return Delivery{}, fault.ErrNotFound.With()
	}
	d, err := loadDelivery(ctx, tx, deliveryID)
	if err != nil {
		return Delivery{}, err
	}
	if d.ReceivedAt != nil {
		return Delivery{}, ErrReceived.With()
	}
	if err := receipt.check(d.Quantity); err != nil {
		return Delivery{}, err
	}
	called, err := callOffsIn(ctx, tx, d.callOffs())
	if err != nil {
		return Delivery{}, err
	}
	d.award = a.under(called[d.CallOffID])
	sizes, err := receipt.priced(d.award.SizePrices.V, d.award.PriceVND)
	if err != nil {
		return Delivery{}, err
	}
	d.take(receipt, sizes, tx.Now)
	if err := updateReceived(ctx, tx, d); err != nil {
		return Delivery{}, err
	}
	if err := identity.RecordTx(ctx, tx, who, "delivery.received", subjectDelivery(d.ID), map[string]any{"award_id": a.ID}); err != nil {
		return Delivery{}, err
	}
	freed, err := a.giveBack(ctx, tx, called[d.CallOffID], d.Rejected+d.Loss)
	if err != nil {
		return Delivery{}, err
	}
	if err := ledger.PostTx(ctx, tx, who, append(d.receiptPostings(), a.posting(a.CancelledAs.movement(), freed, a.DeliverOn))...); err != nil {
		return Delivery{}, err
	}
	return d.answer(tx.Now), nil
}

// receiptPostings are dated by the receipt, in Vietnam's calendar.
func (d *deliveryRecord) receiptPostings() []ledger.Posting {
	day := reference.Day(*d.ReceivedAt)
	postings := []ledger.Posting{d.award.posting(ledger.Rejected, d.Rejected, day), d.award.posting(ledger.Lost, d.Loss, day)}
	if len(d.Sizes.V) == 0 {
		postings = append(postings, d.award.posting(ledger.Accepted, d.Accepted, day))
	}
	for _, size := range d.Sizes.V { // each at its own price
		accepted := d.award.posting(ledger.Accepted, size.Quantity, day)
		accepted.PriceVND = size.PriceVND
		postings = append(postings, accepted)
	}
	for at := range postings {
		postings[at].DeliveryID = d.ID
	}
	return postings
}

// GetDelivery returns a delivery to its award's buyer or producer.
func (s *Service) GetDelivery(ctx context.Context, who identity.Principal, id uuid.UUID) (Delivery, error) {
	if err := who.MayRead(area); err != nil {
		return Delivery{}, err
	}
	awardID, err := awardOfDelivery(ctx, s.db, who, id)
	if err != nil {
		return Delivery{}, err
	}
	a, err := loadAward(ctx, s.db, who, awardID)
	if err != nil {
		return Delivery{}, err
	}
	d, err := loadDelivery(ctx, s.db, id)
	if err != nil {
		return Delivery{}, err
	}
	called, err := callOffsIn(ctx, s.db, d.callOffs())
	if err != nil {
		return Delivery{}, err
	}
	d.award = a.under(called[d.CallOffID])
	now, err := clock(ctx, s.db)
	if err != nil {
		return Delivery{}, err
	}
	return d.answer(now), nil
}

// Deliveries lists the deliveries against an award, newest first.
func (s *Service) Deliveries(ctx context.Context, who identity.Principal, awardID uuid.UUID, page Page) ([]Delivery, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	a, err := loadAward(ctx, s.db, who, awardID)
	if err != nil {
		return nil, err
	}
	records, err := deliveriesOf(ctx, s.db, awardID, page)
	if err != nil {
		return nil, err
	}
	now, err := clock(ctx, s.db)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, d := range records {
		ids = append(ids, d.callOffs()...)
	}
	called, err := callOffsIn(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	deliveries := make([]Delivery, 0, len(records))
	for _, d := range records {
		d.award = a.under(called[d.CallOffID])
		deliveries = append(deliveries, d.answer(now))
	}
	return deliveries, nil
}

// Reason is an entry of the list of reasons.
type Reason struct {
	Code    string `db:"code"    json:"code"`
	Applies string `db:"applies" json:"applies" enum:"receipt,award,quote"`
	Name    string `db:"name_vi" json:"name_vi"`
	NameEN  string `db:"name_en" json:"name_en"`
}

// Reasons lists why goods are rejected, awards end and quotes are declined.
func (s *Service) Reasons(ctx context.Context) ([]Reason, error) { return ReasonsIn(ctx, s.db) }

// ReasonsIn is Reasons, for services above and in whatever they read with.
func ReasonsIn(ctx context.Context, reader postgres.Reader) ([]Reason, error) {
	const query = `SELECT code, applies, name_vi, name_en FROM inquiry.reasons ORDER BY applies, code`
	var reasons []Reason
	err := reader.Select(ctx, &reasons, query)
	return reasons, err
}
