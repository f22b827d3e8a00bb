package inquiry

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

// Bounds of one inquiry.
const (
	maxLines    = 100
	maxInvited  = 200
	maxAwards   = 100
	horizon     = 2 * 365 // days ahead that goods can be asked for
	quotesAhead = 366 * 24 * time.Hour
)

// Demand is what a buyer asks for.
type Demand struct {
	Visibility       Visibility   `json:"visibility" enum:"direct,invited,open"`
	QuotesSealed     bool         `json:"quotes_sealed,omitempty" doc:"Nobody but its author reads a quote before the deadline."`
	QuotesDueAt      time.Time    `json:"quotes_due_at" doc:"Deadline for quotes, by the platform's clock."`
	Draft            bool         `json:"draft,omitempty" doc:"Save without opening; see …/open."`
	InvitedProducers []uuid.UUID  `json:"invited_producers,omitempty" maxItems:"200"`
	Terms            Terms        `json:"terms,omitzero"`
	DeliverTo        Place        `json:"deliver_to"`
	Lines            []DemandLine `json:"lines" minItems:"1" maxItems:"100"`
}

// DemandLine is one line of it: an offer, a product, or anything of a product line.
type DemandLine struct {
	OfferID        uuid.UUID         `json:"offer_id,omitzero"`
	ProductID      uuid.UUID         `json:"product_id,omitzero"`
	ProductLine    string            `json:"line,omitempty" doc:"Product line; see /v1/reference/lines."`
	Form           string            `json:"form,omitempty"`
	Grade          map[string]any    `json:"grade,omitempty"`
	Schemes        []string          `json:"schemes,omitempty" maxItems:"20" doc:"Certificates the goods must carry; see /v1/reference/schemes."`
	Quantity       quantity.Quantity `json:"quantity"`
	Unit           string            `json:"unit"`
	DeliverFrom    civil.Date        `json:"deliver_from"`
	DeliverTo      civil.Date        `json:"deliver_to"`
	TargetPriceVND money.VND         `json:"target_price_vnd,omitempty" minimum:"0" maximum:"1000000000"`
}

// subjects are the offers and products that a demand names.
type subjects struct {
	deals    map[uuid.UUID]catalog.Deal
	products map[uuid.UUID]catalog.ProductFacts
}

// goodsAsked is what a line turned out to ask for.
type goodsAsked struct {
	line, form, unit string
	unitWeight       quantity.Quantity
	grade            map[string]any
	// reported is the grade by which volumes are told apart.
	reported   string
	producerID uuid.UUID
	productID  uuid.UUID
}

// check applies the rules of placing an inquiry and returns what each line asks for. All
// complaints are gathered, each pointing at its field.
func (d *Demand) check(book *reference.Book, named subjects, now time.Time) ([]goodsAsked, error) {
	var found fault.Collector
	if !d.QuotesDueAt.After(now) || d.QuotesDueAt.After(now.Add(quotesAhead)) {
		found.Add("quotes_due_at", ErrDeadlinePast)
	}
	if _, known := book.Commune(d.DeliverTo.CommuneCode); !known {
		found.Add("deliver_to.commune_code", fault.ErrUnknownValue, "value", d.DeliverTo.CommuneCode, "allowed", "/v1/reference/communes")
	}
	d.Terms.check(&found)
	if len(d.Lines) == 0 || len(d.Lines) > maxLines {
		found.Add("lines", ErrNoLines, "max", maxLines)
	}
	today := reference.Day(now)
	asked := make([]goodsAsked, 0, len(d.Lines))
	for at := range d.Lines {
		goods, err := d.Lines[at].check(book, named, today)
		if err := found.Merge(index("lines", at), err); err != nil {
			return nil, err
		}
		asked = append(asked, goods)
	}
	if d.Visibility == Direct && len(d.InvitedProducers) == 0 && !allNamed(asked) {
		found.Add("lines", ErrDirectSubject)
	}
	if d.Visibility == Invited && len(d.InvitedProducers) == 0 {
		found.Add("invited_producers", ErrNobodyInvited)
	}
	return asked, found.Err()
}

func allNamed(asked []goodsAsked) bool {
	for _, goods := range asked {
		if goods.producerID == uuid.Nil {
			return false
		}
	}
	return true
}

func (l *DemandLine) check(book *reference.Book, named subjects, today civil.Date) (goodsAsked, error) {
	var found fault.Collector
	goods, err := l.subject(book, named, today)
	if err := found.Merge("", err); err != nil {
		return goods, err
	}
	if l.Quantity <= 0 || l.Quantity > quantity.Max {
		found.Add("quantity", ErrQuantityNotPositive)
	}
	if err == nil && goods.unit != "" && l.Unit != goods.unit {
		found.Add("unit", ErrUnitDiffers, "unit", goods.unit)
	}
	if _, known := book.Unit(l.Unit); !known {
		found.Add("unit", fault.ErrUnknownValue, "value", l.Unit, "allowed", "/v1/reference/units")
	}
	if deal, named := named.deals[l.OfferID]; named && err == nil && l.Quantity > 0 {
		if err := found.Merge("", deal.CheckOrder(l.Quantity, l.DeliverTo, today)); err != nil {
			return goods, err
		}
	}
	if l.DeliverFrom.Before(today) {
		found.Add("deliver_from", ErrDatePast)
	}
	if l.DeliverTo.Before(l.DeliverFrom) || l.DeliverTo.After(today.AddDays(horizon)) {
		found.Add("deliver_to", fault.ErrDateOrder)
	}
	if l.TargetPriceVND < 0 || l.TargetPriceVND > money.Max {
		found.Add("target_price_vnd", ErrPriceNotPositive, "max", money.Max)
	}
	for at, scheme := range l.Schemes {
		if _, known := book.Scheme(scheme); !known {
			found.Add(index("schemes", at), fault.ErrUnknownValue, "value", scheme, "allowed", "/v1/reference/schemes")
		}
	}
	line, _ := book.Line(goods.line)
	goods.unit, goods.reported = l.Unit, line.ReportedGrade(goods.grade)
	return goods, found.Err()
}

// subject finds what the line is about.
func (l *DemandLine) subject(book *reference.Book, named subjects, today civil.Date) (goodsAsked, error) {
	switch {
	case l.OfferID != uuid.Nil && l.ProductLine == "":
		deal, known := named.deals[l.OfferID]
		if !known || !orderable(deal, today) || (l.ProductID != uuid.Nil && l.ProductID != deal.ProductID) {
			return goodsAsked{}, ErrNotOnOffer.At("offer_id")
		}
		return goodsAsked{
			line: deal.Line, form: deal.Form, unit: deal.Unit, unitWeight: deal.UnitWeight, grade: deal.Grade,
			producerID: deal.ProducerID, productID: deal.ProductID,
		}, nil
	case l.OfferID == uuid.Nil && l.ProductID != uuid.Nil && l.ProductLine == "":
		product, known := named.products[l.ProductID]
		if !known || product.State != catalog.Published {
			return goodsAsked{}, ErrNotOnOffer.At("product_id")
		}
		return goodsAsked{
			line: product.Line, form: product.Form, unit: product.Unit, unitWeight: product.UnitWeight, grade: product.Grade,
			producerID: product.ProducerID, productID: product.ID,
		}, nil
	case l.OfferID == uuid.Nil && l.ProductID == uuid.Nil && l.ProductLine != "":
		return l.anyOfLine(book)
	default:
		return goodsAsked{}, ErrLineSubject.At("line")
	}
}

// orderable reports whether an offer can be asked for: open, not over, of a published product.
func orderable(deal catalog.Deal, today civil.Date) bool {
	return deal.State == catalog.OfferOpen && deal.ProductState == catalog.Published && !deal.AvailableTo.Before(today)
}

// anyOfLine asks for anything of a product line that has the grade wanted.
func (l *DemandLine) anyOfLine(book *reference.Book) (goodsAsked, error) {
	line, known := book.Line(l.ProductLine)
	if !known {
		return goodsAsked{}, fault.ErrUnknownValue.At("line", "value", l.ProductLine, "allowed", "/v1/reference/lines")
	}
	grade, err := line.ValidateWantedGrade(l.Form, l.Grade)
	if err != nil {
		return goodsAsked{}, err
	}
	goods := goodsAsked{line: line.Code, form: l.Form, grade: grade}
	if unit, known := book.Unit(l.Unit); known && unit.Code != line.Unit && !unit.Whole() {
		goods.unit = line.Unit // shrimp by the litre is a slip
	}
	return goods, nil
}
