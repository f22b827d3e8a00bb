package catalog

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/gs1"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/reference"
)

// Longest texts of a product, in characters.
const (
	MaxName        = 200
	MaxDescription = 5000
)

// kilogram is the unit whose quantity is its weight.
const kilogram = "kg"

// ProductState is where a product stands: draft → published ⇄ withdrawn; an authority suspends.
type ProductState string

// The states of a product.
const (
	Draft     ProductState = "draft"
	Published ProductState = "published"
	Withdrawn ProductState = "withdrawn"
	Suspended ProductState = "suspended"
)

// productMove is a step in a product's life.
type productMove string

const (
	publish   productMove = "publish"
	withdraw  productMove = "withdraw"
	suspend   productMove = "suspend"
	reinstate productMove = "reinstate"
)

// next returns the state after a move, or ErrProductState. A product that an authority lets go
// again is withdrawn: its producer decides when to show it.
func (s ProductState) next(move productMove) (ProductState, error) {
	switch {
	case move == publish && (s == Draft || s == Withdrawn):
		return Published, nil
	case move == withdraw && s == Published:
		return Withdrawn, nil
	case move == suspend && (s == Published || s == Withdrawn):
		return Suspended, nil
	case move == reinstate && s == Suspended:
		return Withdrawn, nil
	default:
		return "", ErrProductState.With("state", string(s), "action", string(move))
	}
}

// Place is a commune as answers show it.
type Place struct {
	Code string `json:"code" doc:"Five digits; a string."`
	Name string `json:"name"`
}

// Seller is the producer as a product shows it.
type Seller struct {
	ID        uuid.UUID `json:"id"                  doc:"The producer's organisation."`
	Name      string    `json:"name"`
	Commune   *Place    `json:"commune,omitempty"`
	Fictional bool      `json:"fictional,omitempty" doc:"Invented for demonstration."`
}

// Rating is a product's OCOP recognition.
type Rating struct {
	Stars      int        `json:"stars"                enum:"3,4,5"`
	ValidUntil civil.Date `json:"valid_until,omitzero"`
}

// Product is what a producer sells, with what the reader may see of its supply.
type Product struct {
	ID           uuid.UUID          `json:"id"`
	Producer     Seller             `json:"producer"`
	Name         string             `json:"name"`
	NameEN       string             `json:"name_en,omitempty"`
	Line         string             `json:"line"`
	Form         string             `json:"form"`
	Grade        reference.Grade    `json:"grade"                    doc:"By the line's grade fields; see /v1/reference/lines."`
	Unit         string             `json:"unit"`
	UnitWeightKg *quantity.Quantity `json:"unit_weight_kg,omitempty" doc:"Weight of one unit of counted goods, kg."`
	GTIN         string             `json:"gtin,omitempty"`
	DigitalLink  string             `json:"digital_link,omitempty"   doc:"Its GS1 Digital Link on this server; absent without a GTIN, and until it is published."`
	Warnings     []Warning          `json:"warnings,omitempty"       doc:"What its producer should look at; for its producer and officials."`
	Description  string             `json:"description,omitempty"`
	OCOP         *Rating            `json:"ocop,omitempty"`
	Certificates []Mark             `json:"certificates"             doc:"The marks it may show today: verified, valid, and with what the scheme demands beside them."`
	Offers       []Offer            `json:"offers"                   doc:"What can be ordered now or later."`
	Photos       []Photo            `json:"photos"                   doc:"In the order of their producer; empty when there is none."`
	State        ProductState       `json:"state"                    enum:"draft,published,withdrawn,suspended"`
	Reason       string             `json:"reason,omitempty"         doc:"Why an authority suspended it."`
	Invented     bool               `json:"invented,omitempty"       doc:"Demonstration data."`
	Version      int64              `json:"version"                  doc:"Of what its producer can edit; the first part of the ETag."`
	CreatedAt    time.Time          `json:"created_at"`
	UpdatedAt    time.Time          `json:"updated_at"`
}

// NewProduct is what a producer says of a product.
type NewProduct struct {
	Name         string             `json:"name"                     maxLength:"200"`
	NameEN       string             `json:"name_en,omitempty"        maxLength:"200"`
	Line         string             `json:"line"                     maxLength:"100"`
	Form         string             `json:"form"                     maxLength:"100"`
	Grade        map[string]any     `json:"grade,omitempty"          doc:"By the line's grade fields; see /v1/reference/lines."`
	Unit         string             `json:"unit,omitempty"           maxLength:"100" doc:"The line's usual unit when left out."`
	UnitWeightKg *quantity.Quantity `json:"unit_weight_kg,omitempty" doc:"Weight of one unit of counted goods, kg."`
	GTIN         string             `json:"gtin,omitempty"           maxLength:"14"  doc:"GS1 number with its check digit."`
	Description  string             `json:"description,omitempty"    maxLength:"5000"`
	// Invented marks demonstration data. Only seeding sets it.
	Invented bool `json:"-"`
}

// ProductChange names what a producer changes of a product; what is absent stays.
type ProductChange struct {
	Name         *string                         `json:"name,omitempty"           maxLength:"200"`
	NameEN       web.Optional[string]            `json:"name_en,omitzero"        maxLength:"200" doc:"null removes it."`
	Line         *string                         `json:"line,omitempty"           maxLength:"100"`
	Form         *string                         `json:"form,omitempty"           maxLength:"100"`
	Grade        map[string]any                  `json:"grade,omitempty"          doc:"Replaces the whole grade."`
	Unit         *string                         `json:"unit,omitempty"           maxLength:"100"`
	UnitWeightKg web.Optional[quantity.Quantity] `json:"unit_weight_kg,omitzero" doc:"null or 0 removes it."`
	GTIN         web.Optional[string]            `json:"gtin,omitzero"           maxLength:"14" doc:"null removes it."`
	Description  web.Optional[string]            `json:"description,omitzero"    maxLength:"5000" doc:"null removes it."`
}

// goods is a product after its rules were checked.
type goods struct {
	Name, NameEN, Line, Form, Unit, GTIN, Description string
	Grade                                             reference.Grade
	UnitWeight                                        quantity.Quantity
	Invented                                          bool
}

// check applies the rules of a product and returns it in its canonical form, or every complaint
// at once.
func (n NewProduct) check(book *reference.Book) (goods, error) {
	var complaints fault.Collector
	g := goods{
		Name: oneLine(n.Name), NameEN: oneLine(n.NameEN), Line: n.Line, Form: n.Form, Unit: n.Unit,
		GTIN: strings.TrimSpace(n.GTIN), Description: strings.TrimSpace(n.Description), Invented: n.Invented,
	}
	if g.Name == "" {
		complaints.Add("name", fault.ErrRequired)
	}
	tooLong(&complaints, "name", g.Name, MaxName)
	tooLong(&complaints, "name_en", g.NameEN, MaxName)
	tooLong(&complaints, "description", g.Description, MaxDescription)
	line, known := book.Line(n.Line)
	if known {
		grade, err := line.ValidateGrade(n.Form, n.Grade)
		if err := complaints.Merge("", inBody(err)); err != nil {
			return goods{}, err
		}
		g.Grade = grade
		if g.Unit == "" {
			g.Unit = line.Unit
		}
	} else {
		complaints.Add("line", fault.ErrUnknownValue, "value", n.Line, "allowed", "/v1/reference/lines")
	}
	if known {
		g.checkUnit(&complaints, book, line, n.UnitWeightKg)
	}
	if n.UnitWeightKg != nil && *n.UnitWeightKg != 0 {
		g.UnitWeight = *n.UnitWeightKg
		switch {
		case g.Unit == kilogram:
			complaints.Add("unit_weight_kg", ErrUnitWeightOfKilogram)
		case g.UnitWeight < 0 || g.UnitWeight > maxUnitWeight:
			complaints.Add("unit_weight_kg", fault.ErrOutOfRange, "min", quantity.Quantity(1), "max", maxUnitWeight)
		}
	}
	if g.GTIN != "" {
		if _, err := gs1.ParseGTIN(g.GTIN); err != nil {
			complaints.Add("gtin", ErrGTIN)
		}
	}
	return g, complaints.Err()
}

// checkUnit wants the unit by which the line is sold, or packages and pieces. What is usually
// weighed must say what one of them weighs, or its volumes could not be added up.
func (g goods) checkUnit(complaints *fault.Collector, book *reference.Book, line reference.Line, weight *quantity.Quantity) {
	if g.Unit == line.Unit {
		return
	}
	allowed := []string{line.Unit}
	for _, unit := range book.Units() {
		if unit.Measure == "count" && unit.Code != line.Unit {
			allowed = append(allowed, unit.Code)
		}
	}
	if !slices.Contains(allowed, g.Unit) {
		complaints.Add("unit", fault.ErrUnknownValue, "value", g.Unit, "allowed", strings.Join(allowed, ", "))
		return
	}
	if usual, ok := book.Unit(line.Unit); ok && usual.Weighed && (weight == nil || *weight == 0) {
		complaints.Add("unit_weight_kg", fault.ErrRequired)
	}
}

// inBody points at the form in full: "form" alone would be taken for a multipart form.
func inBody(err error) error {
	if refusal, ok := fault.From(err); ok {
		for i := range refusal.Fields {
			if refusal.Fields[i].Pointer == "form" {
				refusal.Fields[i].Pointer = "body.form"
			}
		}
	}
	return err
}

// maxUnitWeight is ours: ten tonnes in one unit is a slip of the keyboard.
const maxUnitWeight = 10_000 * quantity.Unit

// merged returns the product as it would be after the change.
func (c ProductChange) merged(now goods) NewProduct {
	merged := NewProduct{
		Name: now.Name, NameEN: now.NameEN, Line: now.Line, Form: now.Form, Grade: now.Grade, Unit: now.Unit,
		UnitWeightKg: new(now.UnitWeight), GTIN: now.GTIN, Description: now.Description, Invented: now.Invented,
	}
	replace(&merged.Name, c.Name)
	replaceOrClear(&merged.NameEN, c.NameEN)
	replace(&merged.Line, c.Line)
	replace(&merged.Form, c.Form)
	replace(&merged.Unit, c.Unit)
	replaceOrClear(&merged.GTIN, c.GTIN)
	replaceOrClear(&merged.Description, c.Description)
	if c.Grade != nil {
		merged.Grade = c.Grade
	}
	replaceOrClear(merged.UnitWeightKg, c.UnitWeightKg)
	return merged
}

func replace[T any](field, with *T) {
	if with != nil {
		*field = *with
	}
}

// replaceOrClear takes what was sent; null sends the zero value.
func replaceOrClear[T any](field *T, with web.Optional[T]) {
	if with.Set {
		*field = with.Value
	}
}

// oneLine keeps one line of text with single blanks.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func tooLong(complaints *fault.Collector, pointer, text string, most int) {
	if utf8.RuneCountInString(text) > most {
		complaints.Add(pointer, fault.ErrTooLong, "max", most)
	}
}
