package inquiry

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
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
		return deliver(ctx, tx, s.book, who, awardID, uuid.Nil, dispatch)
	})
}

// deliver notes a dispatch; planned is the delivery that was announced, zero when none was.
func deliver(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, awardID, planned uuid.UUID, dispatch Dispatch) (Delivery, error) {
	a, err := lockAward(ctx, tx, who, awardID)
	if err != nil {
		return Delivery{}, err
	}
	d, err := newDelivery(ctx, tx, a, planned)
	if err != nil {
		return Delivery{}, err
	}
	if err := dispatch.check(a.Unit, tx.Now); err != nil {
		return Delivery{}, err
	}
	if err := a.owes(dispatch.Quantity); err != nil {
		return Delivery{}, err
	}
	called, err := a.draw(ctx, tx, dispatch.CallOffID, dispatch.Quantity)
	if err != nil {
		return Delivery{}, err
	}
	d.send(dispatch, tx.Now)
	if err := catalog.CheckDispatchTx(ctx, tx, book, a.ProducerID, a.ProductID, d.Lot, reference.Day(*d.DispatchedAt)); err != nil {
		return Delivery{}, err
	}
	d.award, d.CallOffID = a.under(called), dispatch.CallOffID
	a = d.award
	if err := insertDelivery(ctx, tx, d); err != nil {
		return Delivery{}, catalog.DispatchRefusal(err, d.Lot, d.Unit)
	}
	if err := identity.RecordTx(ctx, tx, who, "delivery.dispatched", subjectDelivery(d.ID), map[string]any{"award_id": awardID}); err != nil {
		return Delivery{}, err
	}
	sent := a.posting(ledger.Dispatched, d.Quantity, reference.Day(*d.DispatchedAt))
	sent.DeliveryID = d.ID
	if err := ledger.PostTx(ctx, tx, who, sent); err != nil {
		return Delivery{}, err
	}
	return d.answer(tx.Now), nil
}

// newDelivery is a delivery about to be sent off, with its announcement if there was one.
func newDelivery(ctx context.Context, tx *postgres.Tx, a *awardRecord, planned uuid.UUID) (*deliveryRecord, error) {
	if planned != uuid.Nil {
		d, err := loadDelivery(ctx, tx, planned)
		if err != nil {
			return nil, err
		}
		d.award = a
		_, err = d.state(tx.Now).next(moveDispatch, bySupplier)
		return d, err
	}
	id, err := newID()
	if err != nil {
		return nil, err
	}
	return &deliveryRecord{ID: id, AwardID: a.ID, Unit: a.Unit, CreatedAt: tx.Now, award: a}, nil
}

// owes refuses when an award does not owe this much any more.
func (a *awardRecord) owes(amount quantity.Quantity) error {
	if state := a.state(); state == AwardCancelled || state == AwardCompleted {
		return ErrAwardState.With("state", state)
	}
	if amount > a.balance.Committed {
		return ledger.ErrAwardExceeded.With("remaining", a.balance.Committed)
	}
	return nil
}

// send fills in what was said of the dispatch.
func (d *deliveryRecord) send(dispatch Dispatch, now time.Time) {
	at := dispatch.DispatchedAt.UTC()
	if dispatch.DispatchedAt.IsZero() || dispatch.DispatchedAt.After(now) {
		at = now
	}
	d.DispatchedAt, d.Quantity, d.Lot, d.Live = &at, dispatch.Quantity, strings.TrimSpace(dispatch.Lot), d.award.deal.Form == live
	d.Vehicle, d.Temperature, d.Documents = dispatch.Vehicle, dispatch.Temperature, dispatch.Documents
	if dispatch.Note != "" {
		d.Note = dispatch.Note
	}
}

func subjectDelivery(id uuid.UUID) identity.Subject {
	return identity.Subject{Kind: "delivery", ID: id}
}

// Receive notes what the buyer found of a delivery; only the receiver can. Accepted volume is
// delivered, also beyond what was dispatched, as far as the tolerance of the line goes; rejected
// and lost volume goes back to what the award still owes.
func (s *Service) Receive(ctx context.Context, who identity.Principal, deliveryID uuid.UUID, receipt Receipt) (Delivery, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Delivery{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Delivery, error) {
		return receive(ctx, tx, s.book, who, receiver{actor: byReceiver}, deliveryID, receipt)
	})
}

// receiver is who says what came: the buyer's people, or whoever holds a link for the dock.
type receiver struct {
	actor deliveryActor
	link  uuid.UUID
}

// detail is what the audit trail keeps of a receipt.
func (r receiver) detail(awardID uuid.UUID) map[string]any {
	detail := map[string]any{"award_id": awardID}
	if r.link != uuid.Nil {
		detail["dock_link_id"] = r.link
	}
	return detail
}

func receive(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, by receiver, deliveryID uuid.UUID, receipt Receipt) (Delivery, error) {
	d, err := lockDelivery(ctx, tx, who, deliveryID)
	if err != nil {
		return Delivery{}, err
	}
	a := d.owed
	if a.BuyerID != who.OrganisationID {
		return Delivery{}, fault.ErrNotFound.With()
	}
	if by.actor == byDock && d.ReceivedAt != nil {
		return Delivery{}, d.receivedBefore()
	}
	if _, err := d.state(tx.Now).next(moveReceive, by.actor); err != nil {
		return Delivery{}, err
	}
	within, err := boundsOf(ctx, tx, book, d)
	if err != nil {
		return Delivery{}, err
	}
	found, err := receipt.outcome(d.award, within)
	if err != nil {
		return Delivery{}, err
	}
	d.take(found, receipt.Note, tx.Now, tx.Now)
	if err := noteReceipts(ctx, tx, who, by, d); err != nil {
		return Delivery{}, err
	}
	return d.answer(tx.Now), nil
}

// boundsOf reads what a receipt of a delivery is held against.
func boundsOf(ctx context.Context, tx *postgres.Tx, book *reference.Book, d *deliveryRecord) (bounds, error) {
	tolerances, err := tolerancesOf(ctx, tx, []uuid.UUID{d.AwardID})
	return d.bounds(book, tolerances[d.AwardID]), err
}

// bounds are what a receipt is held against under a tolerance in thousandths of a percent.
func (d *deliveryRecord) bounds(book *reference.Book, tolerance int64) bounds {
	line, _ := book.Line(d.award.deal.Line)
	return bounds{dispatched: d.Quantity, mostOver: tolerated(d.Quantity, tolerance), line: line, live: d.award.deal.Form == live}
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
