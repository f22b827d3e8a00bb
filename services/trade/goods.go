package trade

import (
	"slices"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// kilogram is the unit of all goods that have a weight.
const kilogram = "kg"

// dried is the state of forms that are never totalled with others.
const dried = "dried"

// Goods are what a quantity is of.
type Goods struct {
	Line     string            `json:"line"                     minLength:"1" maxLength:"60" doc:"Product line; see /v1/reference/lines."`
	Form     string            `json:"form,omitempty"           maxLength:"60" doc:"Left out: any form that is kept as the line usually is, never dried beside fresh."`
	Quantity quantity.Quantity `json:"quantity"`
	Unit     string            `json:"unit"                     maxLength:"20"`
	// UnitWeightKg makes counted goods comparable with what has a weight.
	UnitWeightKg *quantity.Quantity `json:"unit_weight_kg,omitempty" doc:"Weight of one unit of counted goods; with it, amounts are compared in kg."`
}

// check applies the rules of goods. least is the smallest quantity allowed.
func (g *Goods) check(book *reference.Book, least quantity.Quantity) error {
	var found fault.Collector
	line, known := book.Line(g.Line)
	if !known {
		found.Add("line", fault.ErrUnknownValue, "value", g.Line, "allowed", "/v1/reference/lines")
	}
	if _, offered := line.Form(g.Form); known && g.Form != "" && !offered {
		found.Add("form", fault.ErrUnknownValue, "value", g.Form, "allowed", "/v1/reference/lines")
	}
	if _, known := book.Unit(g.Unit); !known {
		found.Add("unit", fault.ErrUnknownValue, "value", g.Unit, "allowed", "/v1/reference/units")
	}
	if g.Quantity < least || g.Quantity > quantity.Max {
		found.Add("quantity", fault.ErrOutOfRange, "min", least, "max", quantity.Max)
	}
	if weight := g.UnitWeightKg; weight != nil {
		switch {
		case g.Unit == kilogram:
			found.Add("unit_weight_kg", fault.ErrNotAllowedHere, "reason", "unit = kg")
		case *weight <= 0 || *weight > quantity.Of(100_000):
			found.Add("unit_weight_kg", fault.ErrOutOfRange, "min", quantity.Quantity(1), "max", quantity.Of(100_000))
		}
	}
	return found.Err()
}

// weight is that of the goods in thousandths of a kilogram; nil when they have none.
func (g *Goods) weight() *quantity.Quantity {
	counted := ledger.Posting{Goods: ledger.Goods{Unit: g.Unit}, Quantity: g.Quantity}
	if g.UnitWeightKg != nil {
		counted.UnitWeight = *g.UnitWeightKg
	}
	weight, weighed := counted.Weight()
	if !weighed {
		return nil
	}
	return &weight
}

// kind is what amounts are told apart by, as in the ledger.
type kind struct {
	line, form string
	dried      bool
	unit       string
}

// takes reports whether goods of another kind are of this one, which may name no form.
func (k kind) takes(other kind) bool {
	if k.line != other.line || k.unit != other.unit {
		return false
	}
	return k.form == other.form || (k.form == "" && k.dried == other.dried)
}

// placeFor is where among kinds goods are counted: under one that names their form before one that
// names none; −1 for nowhere.
func placeFor(kinds []kind, of kind) int {
	found := -1
	for at, each := range kinds {
		switch {
		case !each.takes(of):
		case each.form == of.form:
			return at
		default:
			found = at
		}
	}
	return found
}

// isDried reports whether goods are dried; of no form, whether the line has dried goods alone. The
// ledger counts them the same way.
func isDried(book *reference.Book, line, form string) bool {
	known, _ := book.Line(line)
	if found, named := known.Form(form); named {
		return found.State == dried
	}
	return len(known.Forms) > 0 && !slices.ContainsFunc(known.Forms, func(f reference.Form) bool { return f.State != dried })
}
