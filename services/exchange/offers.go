package exchange

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/pkg/written"
	"github.com/ocop-market/ocop/services/catalog"
)

// offerRow is a row that names an offer: by the market's id, the producer's own code, or by its
// product and its days.
type offerRow struct {
	productRow

	offerID  uuid.UUID
	lot      string
	from, to *civil.Date
}

func (r *rowReader) offer() offerRow {
	o := offerRow{productRow: r.product("product_id"), offerID: r.id("offer_id"), from: r.date("available_from"), to: r.date("available_to")}
	if !r.cleared("offer_reference") {
		o.lot = compared(r.text("offer_reference"))
	}
	return o
}

// key tells two rows of a file apart that mean the same offer.
func (o offerRow) key() string {
	switch {
	case o.offerID != uuid.Nil:
		return "id " + o.offerID.String()
	case o.lot != "":
		return "code " + o.lot
	}
	parts := []string{o.productRow.key()}
	for _, day := range []*civil.Date{o.from, o.to} {
		if day != nil {
			parts = append(parts, day.String())
		}
	}
	return strings.Join(parts, " ")
}

// names reports whether the row says which product it is about.
func (o offerRow) names() bool {
	return o.id != uuid.Nil || o.sku != "" || o.gtin != "" || o.name != ""
}

// knownOffers are the offers that the rows of a batch may mean.
type knownOffers struct {
	known

	offers []catalog.OwnOffer
	lots   map[string]uuid.UUID
	lotted map[uuid.UUID]string
}

func (k *knownOffers) offer(id uuid.UUID) *catalog.OwnOffer {
	at := slices.IndexFunc(k.offers, func(o catalog.OwnOffer) bool { return o.ID == id })
	if at < 0 {
		return nil
	}
	return &k.offers[at]
}

// matchOffer finds the offer that a row means, nil for one that is not there yet, and its product.
func (o offerRow) matchOffer(k *knownOffers) (*catalog.OwnOffer, *catalog.OwnProduct, error) {
	product, err := o.productOf(&k.known)
	if err != nil {
		return nil, nil, err
	}
	var offer *catalog.OwnOffer
	switch owner, coded := k.lots[o.lot]; {
	case o.offerID != uuid.Nil:
		if offer = k.offer(o.offerID); offer == nil {
			return nil, nil, at("offer_id", fault.ErrNotFound.With())
		}
		if o.lot != "" && coded && owner != o.offerID {
			return nil, nil, at("offer_reference", ErrCodeTaken.With("code", clip(o.text("offer_reference"))))
		}
	case o.lot != "" && coded:
		offer = k.offer(owner)
	case product != nil && o.from != nil && o.to != nil:
		for i := range k.offers {
			// Open ones come first; a closed one is found so that the row is refused and not
			// opened again.
			if c := &k.offers[i]; c.ProductID == product.ID && c.AvailableFrom == *o.from && c.AvailableTo == *o.to && (o.lot == "" || k.lotted[c.ID] == "") {
				offer = c
				break
			}
		}
	}
	switch {
	case offer == nil && product == nil:
		return nil, nil, at("name", ErrNoSuchProduct.With("name", clip(o.calls())))
	case offer != nil && product != nil && offer.ProductID != product.ID:
		return nil, nil, at("name", ErrOtherProduct.With())
	case offer != nil:
		product = k.byID(offer.ProductID)
	}
	return offer, product, nil
}

// productOf is the product that the row names; nil when it names none.
func (o offerRow) productOf(k *known) (*catalog.OwnProduct, error) {
	if !o.names() {
		return nil, nil //nolint:nilnil // the offer tells it
	}
	product, err := o.match(k)
	if err == nil && product == nil {
		err = at("name", ErrNoSuchProduct.With("name", clip(o.calls())))
	}
	return product, err
}

// calls is what the row calls its product.
func (o offerRow) calls() string {
	for _, field := range []string{"name", "reference", "gtin"} {
		if o.has(field) {
			return o.text(field)
		}
	}
	return ""
}

// putOffer says what is to become of the offer that a row means; nil opens a new one.
func (o offerRow) putOffer(existing *catalog.OwnOffer, product *catalog.OwnProduct) catalog.OfferPut {
	put := catalog.OfferPut{ProductID: product.ID}
	if existing != nil {
		put.ID = existing.ID
	}
	change := &put.Change
	change.AvailableFrom, change.AvailableTo = o.from, o.to
	beside := ""
	if o.has("unit") {
		beside = o.text("unit")
		if _, ok := o.rules.convert(0, beside, product.Unit); !ok {
			o.Add("unit", catalog.ErrUnitMismatch, "unit", product.Unit)
			beside = ""
		}
	}
	change.Quantity = o.amount("quantity", product.Unit, beside)
	if existing == nil && !o.has("quantity") {
		o.Add("quantity", fault.ErrRequired)
	}
	change.MinOrder, change.Multiple = o.amount("min_order", product.Unit, beside), o.amount("multiple", product.Unit, beside)
	change.LeadDays = o.days("lead_days")
	o.prices(change, product.Unit, beside)
	if place := o.optional("place"); place.Set {
		if place.Value != "" {
			place.Value = o.codeOf("place", "place", o.rules.commune)
		}
		change.PlaceCode = web.Optional[string]{Set: true, Value: place.Value}
	}
	if o.has("visibility") {
		change.Visibility = new(catalog.Visibility(o.code("visibility", "visibility", "public", "buyers", "on_request")))
	}
	return put
}

// days is a number of days; nil when nothing is said.
func (r *rowReader) days(field string) *int {
	if !r.has(field) || r.cleared(field) {
		return nil
	}
	cell := r.said[field]
	number := written.Number{}
	var err error
	if cell.Kind == sheet.Number {
		number.Amount, err = written.Stored(cell.Text)
	} else {
		number, err = written.ReadNumber(cell.Text, true)
	}
	switch unit := vietnamese.Fold(number.Unit); {
	case err != nil:
		r.fail(field, err)
		return nil
	case number.Amount%quantity.Unit != 0, unit != "" && unit != "ngay" && unit != "day" && unit != "days":
		r.Add(field, ErrNotWhole, "text", clip(cell.Text))
		return nil
	}
	return new(int(number.Amount / quantity.Unit))
}

// prices reads the tiers: those of a row replace all that stood there.
func (o offerRow) prices(change *catalog.OfferChange, unit, beside string) {
	var tiers []catalog.PriceTier
	daily := false
	for n := range catalog.MaxPriceTiers {
		price, from := "price_"+strconv.Itoa(n+1), "from_"+strconv.Itoa(n+1)
		if !o.has(price) {
			if o.has(from) {
				o.Add(price, fault.ErrRequired)
			}
			continue
		}
		amount, fixed := o.price(price, unit)
		if !fixed {
			daily = true
			continue
		}
		tier := catalog.PriceTier{PriceVND: amount}
		if start := o.amount(from, unit, beside); start != nil {
			tier.FromQuantity = *start
		}
		tiers = append(tiers, tier)
	}
	if daily {
		change.PriceOnTheDay = new(true)
	}
	change.PriceTiers = tiers
}
