package inquiry

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/quantity"
)

// dockPrefix begins the code of a link for the dock.
const dockPrefix = "ocopd_"

// How long a link for the dock works, in hours.
const (
	dockHours    = 72
	maxDockHours = 14 * 24
)

// DockLinkRequest is what a buyer asks for.
type DockLinkRequest struct {
	Hours int `json:"hours,omitempty" minimum:"1" maximum:"336" doc:"For how long it works; 72 when left out."`
}

// DockLink lets whoever has its code note the receipt of one delivery, once, without signing in.
type DockLink struct {
	ID         uuid.UUID  `db:"id"          json:"id"`
	DeliveryID uuid.UUID  `db:"delivery_id" json:"delivery_id"`
	CreatedAt  time.Time  `db:"created_at"  json:"created_at"`
	ExpiresAt  time.Time  `db:"expires_at"  json:"expires_at"`
	RevokedAt  *time.Time `db:"revoked_at"  json:"revoked_at,omitempty"`
}

// NewDockLink is a link just made, the only time its code is known.
type NewDockLink struct {
	DockLink

	Code string `json:"code" doc:"It is shown once: GET /v1/dock/{code}."`
}

// DockDelivery is what the dock needs of a delivery, and no more: no price, no award.
type DockDelivery struct {
	Product    string      `json:"product"`
	Supplier   string      `json:"supplier"`
	Unit       string      `json:"unit"`
	Planned    *Planned    `json:"planned,omitempty"`
	Dispatched *Dispatched `json:"dispatched,omitempty"`
	Sizes      []string    `json:"sizes,omitempty"      doc:"The sizes that were agreed; what is accepted is told by them."`
	// Tie tells whoever weighs what the quantities are net of.
	Tie       quantity.Quantity `json:"tie,omitempty" doc:"Units gross for each unit net, as agreed: the quantities are net of it. Say the tie of the receipt only if you measured another."`
	State     DeliveryState     `json:"state"                enum:"scheduled,cancelled,dispatched,unconfirmed,received,disputed,settled"`
	Received  *DockReceived     `json:"received,omitempty"`
	ExpiresAt time.Time         `json:"expires_at"           doc:"Until when the link works."`
}

// DockReceived is what was noted of a delivery, as the dock may see it.
type DockReceived struct {
	Accepted quantity.Quantity `json:"accepted"`
	Rejected quantity.Quantity `json:"rejected"`
	Loss     quantity.Quantity `json:"loss"`
	Over     quantity.Quantity `json:"over"`
	Reasons  []string          `json:"reasons,omitempty"`
	At       time.Time         `json:"at"`
}

// atDock is the delivery as the dock may see it.
func (d *deliveryRecord) atDock(expires, now time.Time) DockDelivery {
	whole := d.answer(now)
	shown := DockDelivery{
		Product: d.award.deal.ProductName, Supplier: d.award.ProducerName, Unit: d.Unit, Planned: whole.Planned,
		Dispatched: whole.Dispatched, Tie: d.award.Tie, State: whole.State, ExpiresAt: expires,
	}
	for _, size := range d.award.SizePrices.V {
		shown.Sizes = append(shown.Sizes, size.Grade)
	}
	if got := whole.Received; got != nil {
		shown.Received = &DockReceived{Accepted: got.Accepted, Rejected: got.Rejected, Loss: got.Loss, Over: got.Over, Reasons: got.Reasons, At: got.At}
	}
	return shown
}
