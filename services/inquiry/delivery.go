package inquiry

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Dispatch is what a producer says of goods on their way.
type Dispatch struct {
	Quantity     quantity.Quantity `json:"quantity"`
	Unit         string            `json:"unit,omitempty"`
	Lot          string            `json:"lot,omitempty" maxLength:"100"`
	DispatchedAt time.Time         `json:"dispatched_at,omitzero" doc:"Now, when left out; never ahead."`
	DispatchFacts

	Note string `json:"note,omitempty" maxLength:"1000"`
}

// DispatchFacts are what the papers and the driver say of goods on their way.
type DispatchFacts struct {
	Vehicle     string   `json:"vehicle,omitempty"     maxLength:"20" doc:"Number plate."`
	Temperature *int     `json:"temperature,omitempty" maximum:"1000" minimum:"-1000" doc:"Of the goods at dispatch, in tenths of a degree Celsius: -185 is -18.5 °C."`
	Documents   []string `json:"documents,omitempty"   maxItems:"20"  doc:"References of the papers that travel along, such as a quarantine certificate's number."`
}

// Plan is what a producer announces before goods leave.
type Plan struct {
	Quantity quantity.Quantity `json:"quantity"`
	Unit     string            `json:"unit,omitempty"`
	Day      civil.Date        `json:"day"                 doc:"Vietnam's day on which the slot begins."`
	SlotFrom string            `json:"slot_from,omitempty" maxLength:"5" doc:"03:00"`
	SlotTo   string            `json:"slot_to,omitempty"   maxLength:"5" doc:"05:00; earlier than slot_from: on the day after."`
	Note     string            `json:"note,omitempty"      maxLength:"1000"`
}

// Planned is the announcement of a delivery.
type Planned struct {
	Quantity quantity.Quantity `json:"quantity"`
	Day      civil.Date        `json:"day"`
	SlotFrom string            `json:"slot_from,omitempty"`
	SlotTo   string            `json:"slot_to,omitempty"`
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
	DispatchFacts
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

// Delivery is a dispatch against an award, or the announcement of one, and what the buyer found of
// it.
type Delivery struct {
	ID         uuid.UUID     `json:"id"`
	AwardID    uuid.UUID     `json:"award_id"`
	Unit       string        `json:"unit"`
	Planned    *Planned      `json:"planned,omitempty"    doc:"As it was announced, if it was."`
	Dispatched *Dispatched   `json:"dispatched,omitempty" doc:"Left out until the goods left."`
	Received   *Received     `json:"received,omitempty"`
	State      DeliveryState `json:"state"                enum:"scheduled,cancelled,dispatched,unconfirmed,received"`
	Late       bool          `json:"late"                 doc:"Received after the day that was agreed, or that day is over and nothing was received."`
	Short      bool          `json:"short"                doc:"The award has ended, and less was accepted under it than agreed."`
	Note       string        `json:"note,omitempty"`
	CreatedAt  time.Time     `json:"created_at"`
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
	d.DispatchFacts.check(&found)
	return found.Err()
}

// maxTenths bounds a temperature, in tenths of a degree.
const maxTenths = 1000

func (f *DispatchFacts) check(found *fault.Collector) {
	f.Vehicle = strings.TrimSpace(f.Vehicle)
	if len([]rune(f.Vehicle)) > 20 {
		found.Add("vehicle", fault.ErrTooLong, "max", 20)
	}
	if f.Temperature != nil && (*f.Temperature < -maxTenths || *f.Temperature > maxTenths) {
		found.Add("temperature", fault.ErrOutOfRange, "min", -maxTenths, "max", maxTenths)
	}
	for at, document := range f.Documents {
		if document = strings.TrimSpace(document); document == "" {
			found.Add(index("documents", at), fault.ErrRequired)
		} else if len([]rune(document)) > 100 {
			found.Add(index("documents", at), fault.ErrTooLong, "max", 100)
		}
		f.Documents[at] = document
	}
}

// maxAhead is how many days ahead a delivery can be announced.
const maxAhead = 366

// check applies the rules of an announcement.
func (p *Plan) check(unit string, today civil.Date) error {
	var found fault.Collector
	if p.Quantity <= 0 || p.Quantity > quantity.Max {
		found.Add("quantity", ErrQuantityNotPositive)
	}
	if p.Unit != "" && p.Unit != unit {
		found.Add("unit", ErrUnitDiffers, "unit", unit)
	}
	switch last := today.AddDays(maxAhead); {
	case p.Day.Before(today):
		found.Add("day", ErrDatePast)
	case p.Day.After(last):
		found.Add("day", fault.ErrOutOfRange, "min", today, "max", last)
	}
	if (p.SlotFrom != "" || p.SlotTo != "") && (p.SlotFrom == p.SlotTo || !isHour(p.SlotFrom) || !isHour(p.SlotTo)) {
		found.Add("slot_from", ErrSlot)
	}
	return found.Err()
}

// isHour reports whether a text is a time of day, 00:00 to 23:59.
func isHour(text string) bool {
	_, err := time.Parse("15:04", text)
	return err == nil && len(text) == len("15:04")
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
