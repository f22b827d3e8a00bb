package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/reference"
)

// OfferState is where an offer stands on a day. Open and closed are decided by the producer;
// exhausted and lapsed follow from the ledger and the calendar.
type OfferState string

// The states of an offer.
const (
	OfferOpen      OfferState = "open"
	OfferClosed    OfferState = "closed"
	OfferExhausted OfferState = "exhausted"
	OfferLapsed    OfferState = "lapsed"
)

// Limits of an offer.
const (
	// MaxOfferYears is how far ahead supply may be offered.
	MaxOfferYears = 2
	// MaxPriceTiers is how many price tiers an offer may have.
	MaxPriceTiers = 20
	// MaxLeadDays is the longest lead time of an offer.
	MaxLeadDays = 365
)

// PriceTier is a price from a quantity on.
type PriceTier struct {
	FromQuantity quantity.Quantity `json:"from_quantity" doc:"The price holds from this quantity on."`
	PriceVND     money.VND         `json:"price_vnd"     doc:"Whole đồng per unit."`
}

// Offer is a dated supply of a product. Who may not see its price or volume gets an Offer without
// them.
type Offer struct {
	ID            uuid.UUID          `json:"id"`
	ProductID     uuid.UUID          `json:"product_id"`
	AvailableFrom civil.Date         `json:"available_from"`
	AvailableTo   civil.Date         `json:"available_to"`
	Quantity      *quantity.Quantity `json:"quantity,omitempty"         doc:"What was offered; for the producer and officials."`
	Committed     *quantity.Quantity `json:"committed,omitempty"        doc:"What is promised to awards; for the producer and officials."`
	Remaining     *quantity.Quantity `json:"remaining,omitempty"        doc:"What can be promised now; left out where the reader may not see it."`
	Unit          string             `json:"unit"`
	MinOrder      quantity.Quantity  `json:"min_order"`
	Multiple      quantity.Quantity  `json:"multiple,omitzero"          doc:"An order is min_order and a whole number of these; left out: any quantity from min_order on."`
	LeadDays      int                `json:"lead_days,omitempty"        doc:"Days from an order to the earliest delivery."`
	PriceTiers    []PriceTier        `json:"price_tiers,omitempty"      doc:"Left out where the reader may not see it."`
	// PriceOnTheDay is "giá theo ngày": the price is named on the day of delivery.
	PriceOnTheDay bool       `json:"price_on_the_day,omitempty" doc:"The price is made on the day."`
	Place         *Place     `json:"place,omitempty"`
	Visibility    Visibility `json:"price_visibility"           enum:"public,buyers,on_request"`
	State         OfferState `json:"state"                      enum:"open,closed,exhausted,lapsed"`
	SeriesID      uuid.UUID  `json:"series_id,omitzero"         doc:"The series it is an occurrence of; for the producer."`
	Invented      bool       `json:"invented,omitempty"         doc:"Demonstration data."`
	Version       int64      `json:"version,omitempty"          doc:"Also the ETag; for the producer."`
	UpdatedAt     time.Time  `json:"updated_at,omitzero"`
}

// NewOffer is what a producer says of a supply.
type NewOffer struct {
	ProductID     uuid.UUID         `json:"product_id"`
	AvailableFrom civil.Date        `json:"available_from"`
	AvailableTo   civil.Date        `json:"available_to"`
	Quantity      quantity.Quantity `json:"quantity"`
	Unit          string            `json:"unit,omitempty"             maxLength:"100" doc:"The product's unit."`
	MinOrder      quantity.Quantity `json:"min_order,omitempty"`
	Multiple      quantity.Quantity `json:"multiple,omitempty"         doc:"An order is min_order and a whole number of these; 0 or left out: any quantity from min_order on."`
	LeadDays      int               `json:"lead_days,omitempty"        minimum:"0" maximum:"365" doc:"Days from an order to the earliest delivery."`
	PriceTiers    []PriceTier       `json:"price_tiers,omitempty"      maxItems:"20"   doc:"Ascending; left out with price_on_the_day."`
	PriceOnTheDay bool              `json:"price_on_the_day,omitempty" doc:"The price is made on the day."`
	PlaceCode     string            `json:"place_code,omitempty"       maxLength:"5"   doc:"Commune where the goods are; the producer's when left out."`
	Visibility    Visibility        `json:"price_visibility,omitempty" enum:"public,buyers,on_request" doc:"Who sees price and remaining; buyers when left out."`
	// Invented marks demonstration data. Only seeding sets it.
	Invented bool `json:"-"`
}

// OfferChange names what a producer changes of an offer; what is absent stays.
type OfferChange struct {
	AvailableFrom *civil.Date          `json:"available_from,omitempty"`
	AvailableTo   *civil.Date          `json:"available_to,omitempty"`
	Quantity      *quantity.Quantity   `json:"quantity,omitempty"         doc:"Never below what is committed and reserved."`
	MinOrder      *quantity.Quantity   `json:"min_order,omitempty"`
	Multiple      *quantity.Quantity   `json:"multiple,omitempty"         doc:"0: any quantity from min_order on."`
	LeadDays      *int                 `json:"lead_days,omitempty"        minimum:"0" maximum:"365"`
	PriceTiers    []PriceTier          `json:"price_tiers,omitempty"      maxItems:"20"`
	PriceOnTheDay *bool                `json:"price_on_the_day,omitempty"`
	PlaceCode     web.Optional[string] `json:"place_code,omitzero"       maxLength:"5" doc:"null: the producer's commune."`
	Visibility    *Visibility          `json:"price_visibility,omitempty" enum:"public,buyers,on_request"`
}

// check applies the rules of an offer on a day and fills in what may be left out, or returns
// every complaint at once. The goods are those of the offer's product.
func (n NewOffer) check(book *reference.Book, unit string, today civil.Date) (NewOffer, error) {
	var complaints fault.Collector
	n.checkWindow(&complaints, today)
	n.checkVolume(&complaints, book, unit)
	n.Unit = unit
	if n.Visibility == "" {
		n.Visibility = Buyers
	}
	if !n.Visibility.known() {
		complaints.Add("price_visibility", fault.ErrUnknownValue, "value", string(n.Visibility), "allowed", "public, buyers, on_request")
	}
	n.checkPrices(&complaints)
	if n.PlaceCode != "" {
		if _, ok := book.Commune(n.PlaceCode); !ok {
			complaints.Add("place_code", fault.ErrUnknownValue, "value", n.PlaceCode, "allowed", "/v1/reference/communes")
		}
	}
	return n, complaints.Err()
}

func (n NewOffer) checkWindow(complaints *fault.Collector, today civil.Date) {
	latest := today.AddMonths(12 * MaxOfferYears)
	if n.AvailableFrom.IsZero() {
		complaints.Add("available_from", fault.ErrRequired)
	}
	switch {
	case n.AvailableTo.IsZero():
		complaints.Add("available_to", fault.ErrRequired)
	case n.AvailableTo.Before(n.AvailableFrom):
		complaints.Add("available_to", fault.ErrDateOrder)
	case n.AvailableTo.Before(today) || n.AvailableTo.After(latest):
		complaints.Add("available_to", fault.ErrOutOfRange, "min", today, "max", latest)
	}
}

func (n NewOffer) checkVolume(complaints *fault.Collector, book *reference.Book, unit string) {
	if n.Unit != "" && n.Unit != unit {
		complaints.Add("unit", ErrUnitMismatch, "unit", unit)
	}
	if n.Quantity <= 0 || n.Quantity > quantity.Max {
		complaints.Add("quantity", fault.ErrOutOfRange, "min", quantity.Quantity(1), "max", quantity.Max)
	}
	if n.MinOrder < 0 || n.MinOrder > n.Quantity {
		complaints.Add("min_order", fault.ErrOutOfRange, "min", 0, "max", n.Quantity)
	}
	if n.Multiple < 0 || n.Multiple > n.Quantity {
		complaints.Add("multiple", fault.ErrOutOfRange, "min", 0, "max", n.Quantity)
	}
	if n.LeadDays < 0 || n.LeadDays > MaxLeadDays {
		complaints.Add("lead_days", fault.ErrOutOfRange, "min", 0, "max", MaxLeadDays)
	}
	if counted, ok := book.Unit(unit); ok && counted.Whole() && (n.Quantity%quantity.Unit != 0 || n.MinOrder%quantity.Unit != 0 || n.Multiple%quantity.Unit != 0) {
		complaints.Add("quantity", ErrWholeUnits, "unit", unit)
	}
}

// checkPrices wants tiers that rise from the smallest order on, or a price made on the day.
func (n NewOffer) checkPrices(complaints *fault.Collector) {
	switch {
	case n.PriceOnTheDay && len(n.PriceTiers) > 0:
		complaints.Add("price_tiers", ErrPriceTwice)
	case !n.PriceOnTheDay && len(n.PriceTiers) == 0:
		complaints.Add("price_tiers", fault.ErrRequired)
	}
	CheckPriceTiers(complaints, n.PriceTiers)
	if len(n.PriceTiers) > 0 && n.PriceTiers[0].FromQuantity > n.MinOrder && n.PriceTiers[0].FromQuantity <= quantity.Max {
		complaints.Add("price_tiers[0].from_quantity", ErrFirstTier, "min_order", n.MinOrder)
	}
}

// CheckPriceTiers wants prices and quantities within bounds, and the quantities ascending.
func CheckPriceTiers(complaints *fault.Collector, tiers []PriceTier) {
	if len(tiers) > MaxPriceTiers {
		complaints.Add("price_tiers", ErrTooMany, "max", MaxPriceTiers)
	}
	for i, tier := range tiers {
		at := fmt.Sprintf("price_tiers[%d]", i)
		if tier.PriceVND <= 0 || tier.PriceVND > money.Max {
			complaints.Add(at+".price_vnd", fault.ErrOutOfRange, "min", 1, "max", int64(money.Max))
		}
		switch {
		case tier.FromQuantity < 0 || tier.FromQuantity > quantity.Max:
			complaints.Add(at+".from_quantity", fault.ErrOutOfRange, "min", 0, "max", quantity.Max)
		case i > 0 && tier.FromQuantity <= tiers[i-1].FromQuantity:
			complaints.Add(at+".from_quantity", ErrTierOrder)
		}
	}
}

// merged returns the offer as it would be after the change.
func (c OfferChange) merged(now NewOffer) NewOffer {
	replace(&now.AvailableFrom, c.AvailableFrom)
	replace(&now.AvailableTo, c.AvailableTo)
	replace(&now.Quantity, c.Quantity)
	replace(&now.MinOrder, c.MinOrder)
	replace(&now.Multiple, c.Multiple)
	replace(&now.LeadDays, c.LeadDays)
	replace(&now.PriceOnTheDay, c.PriceOnTheDay)
	replaceOrClear(&now.PlaceCode, c.PlaceCode)
	replace(&now.Visibility, c.Visibility)
	switch {
	case c.PriceTiers != nil:
		now.PriceTiers = c.PriceTiers
		if c.PriceOnTheDay == nil {
			now.PriceOnTheDay = false
		}
	case c.PriceOnTheDay != nil && *c.PriceOnTheDay:
		now.PriceTiers = nil
	}
	return now
}

// PriceAt returns what the tiers ask per unit for a quantity: the last tier that begins at or
// below it, else the first. False when the price is made on the day. It agrees with the SQL
// function catalog.price_at.
func PriceAt(tiers []PriceTier, amount quantity.Quantity) (money.VND, bool) {
	if len(tiers) == 0 {
		return 0, false
	}
	price := tiers[0].PriceVND
	for _, tier := range tiers {
		if tier.FromQuantity <= amount {
			price = tier.PriceVND
		}
	}
	return price, true
}

// offerState computes an offer's state on a day from what was decided and what remains.
func offerState(decided OfferState, to civil.Date, remaining quantity.Quantity, today civil.Date) OfferState {
	switch {
	case decided == OfferClosed:
		return OfferClosed
	case today.After(to):
		return OfferLapsed
	case remaining <= 0:
		return OfferExhausted
	default:
		return OfferOpen
	}
}

// tiers is the jsonb form of price tiers: integers, so that SQL can compare them.
type tiers []PriceTier

type storedTier struct {
	From  int64 `json:"from"`
	Price int64 `json:"price"`
}

// MarshalJSON writes thousandths and đồng as numbers.
func (t tiers) MarshalJSON() ([]byte, error) {
	stored := make([]storedTier, 0, len(t))
	for _, tier := range t {
		stored = append(stored, storedTier{From: int64(tier.FromQuantity), Price: int64(tier.PriceVND)})
	}
	text, err := json.Marshal(stored)
	if err != nil {
		return nil, fmt.Errorf("writing price tiers: %w", err)
	}
	return text, nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *tiers) UnmarshalJSON(data []byte) error {
	var stored []storedTier
	if err := json.Unmarshal(data, &stored); err != nil {
		return fmt.Errorf("reading price tiers: %w", err)
	}
	*t = slices.Grow(tiers(nil), len(stored))
	for _, tier := range stored {
		*t = append(*t, PriceTier{FromQuantity: quantity.Quantity(tier.From), PriceVND: money.VND(tier.Price)})
	}
	return nil
}
