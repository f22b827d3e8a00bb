package inquiry

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

// AwardState is where an award stands: it follows from its balance and whether it was cancelled.
type AwardState string

// The states of an award.
const (
	AwardCommitted  AwardState = "committed"
	AwardDelivering AwardState = "delivering"
	AwardCompleted  AwardState = "completed"
	AwardCancelled  AwardState = "cancelled"
)

// Allocation gives a part of a quote to its producer.
type Allocation struct {
	QuoteID   uuid.UUID         `json:"quote_id"`
	Quantity  quantity.Quantity `json:"quantity"`
	Unclaimed bool              `json:"unclaimed,omitempty" doc:"Buy without the marks that a group's yearly ceiling limits, although the line asks for them."`
}

// asks lists the schemes whose limited marks are claimed.
func (a Allocation) asks(line lineRecord) []string {
	if a.Unclaimed {
		return nil
	}
	return line.Schemes
}

// Award is a commitment: the buyer took this much of a quote.
type Award struct {
	ID         uuid.UUID         `json:"id"`
	InquiryID  uuid.UUID         `json:"inquiry_id"`
	LineID     uuid.UUID         `json:"line_id"`
	QuoteID    uuid.UUID         `json:"quote_id"`
	Buyer      Party             `json:"buyer"`
	Producer   Party             `json:"producer"`
	ProductID  uuid.UUID         `json:"product_id"`
	OfferID    uuid.UUID         `json:"offer_id"`
	Quantity   quantity.Quantity `json:"quantity"`
	Unit       string            `json:"unit"`
	PriceVND   money.VND         `json:"price_vnd" doc:"Per unit net of the tie, however the quote named it."`
	SizePrices []SizePrice       `json:"size_prices,omitempty" doc:"What each size costs, where the scale decides."`
	Tie        quantity.Quantity `json:"tie,omitempty" doc:"As the quote says: units gross for each unit net. Quantities are net of it."`
	PriceGross bool              `json:"price_gross,omitempty" doc:"The quote named its price for a unit gross; price_vnd is the net price that follows."`
	ValueVND   money.VND         `json:"value_vnd" doc:"Price × quantity, rounded half up."`
	FreightVND *money.VND        `json:"freight_vnd,omitempty" doc:"Per unit, beside the price, as the quote says; left out where it says nothing. An award of a part carries its share, and it is owed with what is accepted."`
	LandedVND  *money.VND        `json:"landed_vnd" nullable:"true" doc:"Value and freight × quantity, each rounded half up; null where freight is not known."`
	DeliverOn  civil.Date        `json:"deliver_on" doc:"The first, where there are several dates."`
	Schedule   []Due             `json:"schedule,omitempty" doc:"The dates on which it falls due, ascending, together the quantity; left out where there is one. An award of part of a quote takes the quote's dates in their order, from what earlier awards left."`
	// Claims are the marks the goods carry on the delivery date; lapsing ones will not hold then.
	Claims        []string          `json:"claims" doc:"Marks the goods are sold with. A mark that a group's yearly ceiling limits is among them only where the line asks for it."`
	LapsingClaims []string          `json:"lapsing_claims,omitempty" doc:"Marks valid today that will have lapsed by the delivery date: both sides see this."`
	State         AwardState        `json:"state" enum:"committed,delivering,completed,cancelled"`
	Delivered     quantity.Quantity `json:"delivered" doc:"Accepted by the buyer, also beyond what was dispatched."`
	InTransit     quantity.Quantity `json:"in_transit" doc:"Dispatched and not yet received."`
	Remaining     quantity.Quantity `json:"remaining" doc:"Still to be dispatched; what was rejected or lost comes back to it."`
	Released      quantity.Quantity `json:"released" doc:"No longer owed: cancelled, or announced as a shortfall."`
	Rejected      quantity.Quantity `json:"rejected"`
	Lost          quantity.Quantity `json:"lost"`
	Framework     *Framework        `json:"framework,omitempty" doc:"Goods leave against call-offs only."`
	CancelledAs   CancelledAs       `json:"cancelled_as,omitempty" enum:"alone,agreement,default" doc:"By one side before the agreed day, by both, or by the buyer because the goods did not come."`
	Reason        string            `json:"reason,omitempty"`
	Note          string            `json:"note,omitempty"`
	CreatedAt     time.Time         `json:"created_at"`
}

// awardState works out where an award stands.
func awardState(cancelled bool, b ledger.AwardBalance) AwardState {
	switch {
	case cancelled && b.Dispatched == 0:
		return AwardCancelled
	case b.Committed == 0 && b.Dispatched == 0:
		return AwardCompleted
	case b.Dispatched > 0 || b.Accepted > 0 || b.Rejected > 0 || b.Lost > 0:
		return AwardDelivering
	default:
		return AwardCommitted
	}
}

// checkAllocations applies the rules of an award that need no more than the request.
func checkAllocations(allocations []Allocation) error {
	if len(allocations) == 0 || len(allocations) > maxAwards {
		return ErrNoAllocations.At("allocations", "max", maxAwards)
	}
	var found fault.Collector
	seen := make(map[uuid.UUID]bool, len(allocations))
	for at, allocation := range allocations {
		if allocation.Quantity <= 0 || allocation.Quantity > quantity.Max {
			found.Add(index("allocations", at)+".quantity", ErrQuantityNotPositive)
		}
		if seen[allocation.QuoteID] {
			found.Add(index("allocations", at)+".quote_id", ErrNoAllocations, "max", maxAwards)
		}
		seen[allocation.QuoteID] = true
	}
	return found.Err()
}

// takes refuses when this much of a quote cannot be awarded now.
func (q *quoteRecord) takes(amount quantity.Quantity, pointer string, now time.Time) error {
	state := quoteState(q.Stage, q.Awarded, q.Quantity, q.ValidUntil, now)
	switch {
	case q.Stage != QuoteSubmitted || now.After(q.ValidUntil):
		if q.Stage == QuoteSubmitted {
			state = StateQuoteExpired
		}
		return ErrQuoteState.At(pointer+".quote_id", "state", state)
	case q.outdated:
		return ErrQuoteOutdated.At(pointer + ".quote_id")
	case amount > quantityLeft(q.Quantity, q.Awarded):
		return ErrQuoteExceeded.At(pointer+".quantity", "remaining", quantityLeft(q.Quantity, q.Awarded))
	case amount < q.MinQuantity:
		return ErrBelowQuoteMinimum.At(pointer+".quantity", "min", q.MinQuantity, "unit", q.Unit)
	default:
		return nil
	}
}
