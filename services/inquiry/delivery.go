package inquiry

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Dispatch is what a producer says of goods on their way.
type Dispatch struct {
	DispatchFacts

	Quantity     quantity.Quantity `json:"quantity"`
	Unit         string            `json:"unit,omitempty"`
	Lot          string            `json:"lot,omitempty" maxLength:"100"`
	CallOffID    uuid.UUID         `json:"call_off_id,omitzero" doc:"Which call-off of a framework award it is for; of other awards left out."`
	DispatchedAt time.Time         `json:"dispatched_at,omitzero" doc:"Now, when left out; never ahead."`
	Note         string            `json:"note,omitempty" maxLength:"1000"`
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

// Dispatched is the sending half of a delivery.
type Dispatched struct {
	DispatchFacts

	Quantity quantity.Quantity `json:"quantity"`
	Lot      string            `json:"lot,omitempty"`
	At       time.Time         `json:"at"`
}

// Delivery is a dispatch against an award, or the announcement of one, and what the buyer found of
// it.
type Delivery struct {
	ID         uuid.UUID     `json:"id"`
	AwardID    uuid.UUID     `json:"award_id"`
	CallOffID  uuid.UUID     `json:"call_off_id,omitzero"`
	Unit       string        `json:"unit"`
	Planned    *Planned      `json:"planned,omitempty"    doc:"As it was announced, if it was."`
	Dispatched *Dispatched   `json:"dispatched,omitempty" doc:"Left out until the goods left."`
	Received   *Received     `json:"received,omitempty"   doc:"As the receiver noted it; see settled for what holds instead."`
	Settled    *Received     `json:"settled,omitempty"    doc:"What both sides agreed on and what holds instead of received, once a dispute is settled; with the instant of the agreement."`
	Dispute    *Dispute      `json:"dispute,omitempty"    doc:"The last dispute of the receipt, if there was one."`
	State      DeliveryState `json:"state"                enum:"scheduled,cancelled,dispatched,unconfirmed,received,disputed,settled"`
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
	if d.DispatchedAt.After(now.Add(time.Minute)) || (!d.DispatchedAt.IsZero() && d.DispatchedAt.Before(now.AddDate(0, 0, -lookBack))) {
		found.Add("dispatched_at", fault.ErrOutOfRange, "min", now.AddDate(0, 0, -lookBack).Format(time.RFC3339), "max", now.Format(time.RFC3339))
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
