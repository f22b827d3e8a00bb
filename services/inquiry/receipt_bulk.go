package inquiry

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// ReceiptPut is one receipt of a bulk change, such as a row of a buyer's own books.
type ReceiptPut struct {
	Receipt

	DeliveryID uuid.UUID
	// At is when the goods came; zero: now. OnDay says that of At only Vietnam's day is known.
	At    time.Time
	OnDay bool
}

// MayReceive refuses everybody but members of an approved buyer who may change its trade.
func MayReceive(who identity.Principal) error { return mayTrade(who, identity.Buyer) }

// MayReadReceipts refuses everybody but members of a buyer who may read its trade.
func MayReadReceipts(who identity.Principal) error {
	if err := who.MayRead(area); err != nil {
		return err
	}
	if !who.Is(identity.Buyer) {
		return fault.ErrForbidden.With()
	}
	return nil
}

// PutReceiptsTx notes what the buyer found of deliveries in the caller's transaction, by the rules of
// Receive. Each stands for itself: a refusal is the Err of its Put. What was received already is left
// alone: catalog.Unchanged when the receipt says what is said again, else ErrReceivedOtherwise. An
// error means that nobody may do this, or an accident. However many they are, they cost the same few
// statements, but for one more for each that is for a call-off.
func (s *Service) PutReceiptsTx(ctx context.Context, tx *postgres.Tx, who identity.Principal, puts []ReceiptPut) ([]catalog.Put, error) {
	if err := MayReceive(who); err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(puts))
	for at, put := range puts {
		ids[at] = put.DeliveryID
	}
	deliveries, err := lockIncoming(ctx, tx, who, ids)
	if err != nil {
		return nil, err
	}
	awards := make(map[uuid.UUID]bool, len(deliveries))
	for _, d := range deliveries {
		awards[d.AwardID] = true
	}
	tolerances, err := tolerancesOf(ctx, tx, slices.Collect(maps.Keys(awards)))
	if err != nil {
		return nil, err
	}
	done := make([]catalog.Put, len(puts))
	var noted []*deliveryRecord
	for at := range puts {
		put, d := &puts[at], deliveries[puts[at].DeliveryID]
		if done[at], err = put.to(d, func() bounds { return d.bounds(s.book, tolerances[d.AwardID]) }, tx.Now); err != nil {
			if done[at], err = catalog.PutRefused(err); err != nil {
				return nil, err
			}
		}
		if done[at].Verdict == catalog.Created {
			noted = append(noted, d)
		}
	}
	return done, noteReceipts(ctx, tx, who, receiver{actor: byReceiver}, noted...)
}

// to notes the receipt in the record of its delivery, and says what became of it. Nothing is written.
func (p *ReceiptPut) to(d *deliveryRecord, within func() bounds, now time.Time) (catalog.Put, error) {
	if d == nil {
		return catalog.Put{}, fault.ErrNotFound.With()
	}
	if d.ReceivedAt != nil {
		if p.says(d) {
			return catalog.Put{ID: d.ID, Verdict: catalog.Unchanged}, nil
		}
		return catalog.Put{}, ErrReceivedOtherwise.With("accepted", d.Accepted, "rejected", d.Rejected, "loss", d.Loss, "unit", d.Unit)
	}
	if _, err := d.state(now).next(moveReceive, byReceiver); err != nil {
		return catalog.Put{}, err
	}
	came, err := p.came(d, now)
	if err != nil {
		return catalog.Put{}, err
	}
	if err := p.fits(); err != nil {
		return catalog.Put{}, err
	}
	found, err := p.outcome(d.award, within())
	if err != nil {
		return catalog.Put{}, err
	}
	d.take(found, p.Note, came, now)
	return catalog.Put{ID: d.ID, Verdict: catalog.Created}, nil
}

// lookBack is for how many days what happened can be noted afterwards.
const lookBack = 30

// came is when the goods came: not ahead, not longer ago than lookBack, and on no day before they were
// sent. Refused: fault.ErrOutOfRange.
func (p *ReceiptPut) came(d *deliveryRecord, now time.Time) (time.Time, error) {
	first := reference.Day(*d.DispatchedAt)
	if bound := reference.Day(now).AddDays(-lookBack); bound.After(first) {
		first = bound
	}
	switch {
	case p.At.IsZero():
		return now, nil
	case p.At.After(now.Add(time.Minute)), reference.Day(p.At).Before(first):
		return time.Time{}, fault.ErrOutOfRange.At("received_at", "min", first, "max", now.In(reference.Zone()).Format(time.RFC3339))
	}
	return p.At.UTC().Truncate(time.Microsecond), nil
}

// The most that a receipt may say, as the API has it.
const (
	maxReasons, maxSizes     = 20, 30
	maxGrade, maxReceiptNote = 60, 1000
)

// fits refuses a receipt that says more than the API lets anybody say.
func (r *Receipt) fits() error {
	var found fault.Collector
	if len(r.Reasons) > maxReasons {
		found.Add("reasons", fault.ErrTooLong, "max", maxReasons)
	}
	if len(r.Sizes) > maxSizes {
		found.Add("sizes", fault.ErrTooLong, "max", maxSizes)
	}
	for at, size := range r.Sizes {
		if len([]rune(size.Grade)) > maxGrade {
			found.Add(index("sizes", at)+".grade", fault.ErrTooLong, "max", maxGrade)
		}
	}
	if len([]rune(r.Note)) > maxReceiptNote {
		found.Add("note", fault.ErrTooLong, "max", maxReceiptNote)
	}
	return found.Err()
}

// says reports whether a receipt that was noted says all that this one does; what this one leaves out,
// it does not deny.
func (p *ReceiptPut) says(d *deliveryRecord) bool {
	switch {
	case p.Accepted != d.Accepted, p.Rejected != d.Rejected, p.Loss != d.Loss, p.Over != d.Over,
		len(p.Reasons) > 0 && !slices.Equal(p.Reasons, []string(d.Reasons)),
		len(p.Sizes) > 0 && !maps.Equal(bySize(p.Sizes), d.bySize()),
		p.Tie != 0 && (p.Tie != d.Tie || p.PriceGross != d.PriceGross),
		p.PriceGross && !d.PriceGross,
		p.Note != "" && p.Note != d.Note:
		return false
	case p.At.IsZero():
		return true
	case p.OnDay:
		return reference.Day(p.At) == reference.Day(*d.ReceivedAt)
	default:
		return d.notBefore(p.At.UTC().Truncate(time.Microsecond)).Equal(*d.ReceivedAt)
	}
}

// bySize sums what was accepted by size and form.
func bySize(sizes []SizeAccepted) map[SizeAccepted]quantity.Quantity {
	sums := make(map[SizeAccepted]quantity.Quantity, len(sizes))
	for _, size := range sizes {
		sums[SizeAccepted{Grade: size.Grade, Form: size.Form}] += size.Quantity
	}
	return sums
}

func (o *Outcome) bySize() map[SizeAccepted]quantity.Quantity {
	sizes := make([]SizeAccepted, len(o.Sizes.V))
	for at, size := range o.Sizes.V {
		sizes[at] = size.SizeAccepted
	}
	return bySize(sizes)
}
