package ledger

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Movement names what happened to a volume. The table ledger.movements says what each does.
type Movement string

// The movements, in the order of a deal.
const (
	OfferOpened         Movement = "offer_opened"
	OfferRaised         Movement = "offer_raised"
	OfferLowered        Movement = "offer_lowered"
	DemandOpened        Movement = "demand_opened"
	DemandRaised        Movement = "demand_raised"
	DemandLowered       Movement = "demand_lowered"
	Quoted              Movement = "quoted"
	QuoteWithdrawn      Movement = "quote_withdrawn"
	Reserved            Movement = "reserved"
	ReservationReleased Movement = "reservation_released"
	Awarded             Movement = "awarded"
	AwardReleased       Movement = "award_released"
	Shortfall           Movement = "shortfall"
	Defaulted           Movement = "defaulted"
	Dispatched          Movement = "dispatched"
	Accepted            Movement = "accepted"
	Rejected            Movement = "rejected"
	Lost                Movement = "lost"
	// Over is what was accepted beyond what was dispatched.
	Over Movement = "over"
)

// Goods says what moved and whose it is; the same for every posting of one deal.
type Goods struct {
	Line string `json:"product_line"`
	// Form keeps fresh and dried apart; empty when a buyer did not say.
	Form string `json:"form,omitempty"`
	Unit string `json:"unit"`
	// UnitWeight is the weight of one unit of counted goods in thousandths of a kilogram. Zero:
	// the unit is the kilogram itself, or the goods have no weight.
	UnitWeight quantity.Quantity `json:"-"`
	// Schemes are the certification marks that were claimed.
	Schemes []string `json:"schemes"`
	// Grade is the one by which volumes of the line are told apart, as people say it: "20-30",
	// "gạch"; Stars are those of the goods, 0 for none.
	Grade       string `json:"grade,omitempty"`
	Stars       int    `json:"stars,omitempty"`
	Commune     string `json:"commune,omitempty"`
	BuyerSystem string `json:"buyer_system,omitempty"`
	// Ward is where the demand is to be delivered; empty for supply, which goes anywhere.
	Ward       string    `json:"ward,omitempty"`
	ProducerID uuid.UUID `json:"producer_id,omitzero"`
	BuyerID    uuid.UUID `json:"buyer_id,omitzero"`
	ProductID  uuid.UUID `json:"product_id,omitzero"`
}

// Posting is one fact of the ledger. Which ids it needs follows from its movement.
type Posting struct {
	Goods

	Movement Movement          `json:"movement"`
	Quantity quantity.Quantity `json:"-"`
	// BusinessDate is the day the volume is reported under, in Vietnam's calendar.
	BusinessDate civil.Date `json:"business_date"`
	// PriceVND per unit gives the posting its value, rounded half up; zero means none.
	PriceVND money.VND `json:"-"`
	// Priced is the quantity that the price counts, where it is another: crab net of its tie.
	Priced        quantity.Quantity `json:"-"`
	OfferID       uuid.UUID         `json:"offer_id,omitzero"`
	InquiryID     uuid.UUID         `json:"inquiry_id,omitzero"`
	InquiryLineID uuid.UUID         `json:"inquiry_line_id,omitzero"`
	QuoteID       uuid.UUID         `json:"quote_id,omitzero"`
	AwardID       uuid.UUID         `json:"award_id,omitzero"`
	DeliveryID    uuid.UUID         `json:"delivery_id,omitzero"`
	ReservedUntil *time.Time        `json:"reserved_until,omitempty"`
	Reason        string            `json:"reason,omitempty"`
	// Claims are the yearly ceilings of group scopes under whose claim an award sells. The award's
	// later movements follow it by themselves.
	Claims []Claim `json:"-"`

	// reversed is the posting that this one takes back, amount by amount.
	reversed *amounts
}

// amounts are what a posting says in weight and value; nil for what it does not.
type amounts struct {
	Weight   *quantityInteger `db:"weight"`
	ValueVND *money.VND       `db:"value_vnd"`
}

// Value returns what the posting is worth, and whether it has a price.
func (p *Posting) Value() (money.VND, bool) {
	amount := p.Quantity
	if p.Priced > 0 {
		amount = p.Priced
	}
	return money.Value(p.PriceVND, amount), p.PriceVND > 0
}

// kilogram is the unit whose quantity is its weight.
const kilogram = "kg"

// Weight returns the posting's weight in thousandths of a kilogram, and whether it has one.
// Counted goods carry a unit weight; amounts round half up to the gram.
func (p *Posting) Weight() (quantity.Quantity, bool) {
	switch {
	case p.Unit == kilogram:
		return p.Quantity, true
	case p.UnitWeight > 0:
		return quantity.Quantity(money.Value(money.VND(p.UnitWeight), p.Quantity)), true
	default:
		return 0, false
	}
}
