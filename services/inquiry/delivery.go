package inquiry

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery. Live goods that were not received within a day count as unconfirmed
// until the receiver says what came.
const (
	DeliveryDispatched  DeliveryState = "dispatched"
	DeliveryReceived    DeliveryState = "received"
	DeliveryUnconfirmed DeliveryState = "unconfirmed"
)

// confirmWithin is how long live goods may be under way before their receipt counts as missing.
const confirmWithin = 24 * time.Hour

// Dispatch is what a producer says of goods on their way.
type Dispatch struct {
	Quantity     quantity.Quantity `json:"quantity"`
	Unit         string            `json:"unit,omitempty"`
	Lot          string            `json:"lot,omitempty" maxLength:"100"`
	CallOffID    uuid.UUID         `json:"call_off_id,omitzero" doc:"Which call-off of a framework award it is for; of other awards left out."`
	DispatchedAt time.Time         `json:"dispatched_at,omitzero" doc:"Now, when left out; never ahead."`
	Note         string            `json:"note,omitempty" maxLength:"1000"`
}

// SizeAccepted is how much was accepted of one size.
type SizeAccepted struct {
	Grade    string            `json:"grade" maxLength:"60"`
	Quantity quantity.Quantity `json:"quantity"`
}

// SizeReceived is how much was accepted of one size, and at which price.
type SizeReceived struct {
	SizeAccepted

	PriceVND money.VND `json:"price_vnd"`
}

// Receipt is what a buyer says came: accepted + rejected + loss = dispatched.
type Receipt struct {
	Accepted quantity.Quantity `json:"accepted"`
	Rejected quantity.Quantity `json:"rejected"`
	Loss     quantity.Quantity `json:"loss,omitempty" doc:"Hao hụt: neither accepted nor sent back."`
	Reasons  []string          `json:"reasons,omitempty" maxItems:"20" doc:"Why goods were rejected: codes of /v1/reference/reasons, or own words."`
	Sizes    []SizeAccepted    `json:"sizes,omitempty" maxItems:"30" doc:"The accepted quantity by actual size."`
	Note     string            `json:"note,omitempty" maxLength:"1000"`
}

// Dispatched is the sending half of a delivery.
type Dispatched struct {
	Quantity quantity.Quantity `json:"quantity"`
	Lot      string            `json:"lot,omitempty"`
	At       time.Time         `json:"at"`
}

// Received is the receiving half.
type Received struct {
	Accepted quantity.Quantity `json:"accepted"`
	Rejected quantity.Quantity `json:"rejected"`
	Loss     quantity.Quantity `json:"loss"`
	Reasons  []string          `json:"reasons,omitempty"`
	Sizes    []SizeReceived    `json:"sizes,omitempty"`
	At       time.Time         `json:"at"`
	// ValueVND is the price times what was accepted, rounded half up for each size.
	ValueVND money.VND `json:"value_vnd"`
}

// Delivery is a dispatch against an award and what the buyer found of it.
type Delivery struct {
	ID         uuid.UUID     `json:"id"`
	AwardID    uuid.UUID     `json:"award_id"`
	CallOffID  uuid.UUID     `json:"call_off_id,omitzero"`
	Unit       string        `json:"unit"`
	Dispatched Dispatched    `json:"dispatched"`
	Received   *Received     `json:"received,omitempty"`
	State      DeliveryState `json:"state" enum:"dispatched,received,unconfirmed"`
	Late       bool          `json:"late" doc:"Dispatched after the day that was agreed."`
	Note       string        `json:"note,omitempty"`
	CreatedAt  time.Time     `json:"created_at"`
}

// deliveryState works out where a delivery stands.
func deliveryState(received, isLive bool, dispatchedAt, now time.Time) DeliveryState {
	switch {
	case received:
		return DeliveryReceived
	case isLive && now.After(dispatchedAt.Add(confirmWithin)):
		return DeliveryUnconfirmed
	default:
		return DeliveryDispatched
	}
}

// check applies the rules of a dispatch.
func (d *Dispatch) check(unit string, now time.Time) error {
	var found fault.Collector
	if d.Quantity <= 0 || d.Quantity > quantity.Max {
		found.Add("quantity", ErrQuantityNotPositive)
	}
	if d.Unit != "" && d.Unit != unit {
		found.Add("unit", ErrUnitDiffers, "unit", unit)
	}
	if d.DispatchedAt.After(now.Add(time.Minute)) || (!d.DispatchedAt.IsZero() && d.DispatchedAt.Before(now.AddDate(0, 0, -30))) {
		found.Add("dispatched_at", fault.ErrOutOfRange, "min", now.AddDate(0, 0, -30).Format(time.RFC3339), "max", now.Format(time.RFC3339))
	}
	return found.Err()
}

// priced gives each accepted size its price: the count at the scale picks it from the quote's
// size–price table. Without a table every size has the award's price. A size that the table does
// not know is refused.
func (r *Receipt) priced(table []SizePrice, price money.VND) ([]SizeReceived, error) {
	prices := make(map[string]money.VND, len(table))
	known := make([]string, 0, len(table))
	for _, size := range table {
		prices[size.Grade] = size.PriceVND
		known = append(known, size.Grade)
	}
	received := make([]SizeReceived, 0, len(r.Sizes))
	for at, size := range r.Sizes {
		cost, listed := prices[size.Grade]
		switch {
		case len(table) == 0:
			cost = price
		case !listed:
			return nil, ErrSizeUnpriced.At(index("sizes", at)+".grade", "allowed", strings.Join(known, ", "))
		}
		received = append(received, SizeReceived{SizeAccepted: size, PriceVND: cost})
	}
	return received, nil
}

// check applies the rules of a receipt of so much.
func (r *Receipt) check(dispatched quantity.Quantity) error {
	var found fault.Collector
	for _, part := range []struct {
		field  string
		amount quantity.Quantity
	}{{"accepted", r.Accepted}, {"rejected", r.Rejected}, {"loss", r.Loss}} {
		if part.amount < 0 || part.amount > quantity.Max {
			found.Add(part.field, fault.ErrOutOfRange, "min", 0, "max", dispatched)
		}
	}
	if err := found.Err(); err != nil {
		return err
	}
	if r.Accepted+r.Rejected+r.Loss != dispatched {
		return ErrReceiptSum.At("accepted", "dispatched", dispatched)
	}
	var bySize quantity.Quantity
	for _, size := range r.Sizes {
		if size.Quantity <= 0 || size.Quantity > quantity.Max {
			return ErrQuantityNotPositive.At("sizes")
		}
		bySize += size.Quantity
	}
	if len(r.Sizes) > 0 && bySize != r.Accepted {
		return ErrSizesSum.At("sizes")
	}
	for at, reason := range r.Reasons {
		if len([]rune(reason)) > 100 {
			found.Add(index("reasons", at), fault.ErrTooLong, "max", 100)
		}
	}
	return found.Err()
}
