package catalog

import (
	"net/http"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/vietnamese"
)

// ErrAmount refuses a quantity that nobody can read.
var ErrAmount = fault.Define("amount", http.StatusUnprocessableEntity,
	"Viết số lượng như 2000 (theo đơn vị của sản phẩm), 500 kg, 2 tạ, 2t, 2 tấn hoặc 1,5 tấn.",
	"Write a quantity as 2000 (in the product's unit), 500 kg, 2t or 1.5 t.")

// Amount is how much somebody wants: in the unit the goods are sold in, or by weight.
type Amount struct {
	Quantity quantity.Quantity
	// ByWeight says that Quantity is kilograms, whatever unit the goods are sold in.
	ByWeight bool
}

// weightOf is what a unit of weight is in thousandths of a kilogram, by its folded name.
func weightOf(unit string) (quantity.Quantity, bool) {
	switch unit {
	case "kg", "kilo", "ky", "ki", "can":
		return quantity.Unit, true
	case "yen":
		return 10 * quantity.Unit, true
	case "ta":
		return 100 * quantity.Unit, true
	case "t", "tan", "tonne", "tonnes", "ton", "tons":
		return 1000 * quantity.Unit, true
	default:
		return 0, false
	}
}

// ParseAmount reads "2000", "2.5", "2t", "2 tấn", "500 kg" and "1,5 tấn". A bare number is in the
// product's unit. Refused with ErrAmount: other words, and with a unit a point or comma before three
// digits, which one reader takes for thousands and another for a fraction.
func ParseAmount(text string) (Amount, error) {
	text = strings.TrimSpace(text)
	number := strings.TrimRightFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' })
	unit := vietnamese.Fold(strings.TrimSpace(text[len(number):]))
	if unit == "" {
		amount, err := quantity.Parse(number)
		if err != nil || amount < 0 {
			return Amount{}, ErrAmount.With()
		}
		return Amount{Quantity: amount}, nil
	}
	weight, known := weightOf(unit)
	whole, fraction, dotted := strings.Cut(strings.ReplaceAll(number, ",", "."), ".")
	if !known || dotted && len(fraction) == 3 {
		return Amount{}, ErrAmount.With()
	}
	if dotted {
		whole += "." + fraction
	}
	count, err := quantity.Parse(whole)
	if err != nil || count < 0 || count > quantity.Max/(weight/quantity.Unit) {
		return Amount{}, ErrAmount.With()
	}
	return Amount{Quantity: count * (weight / quantity.Unit), ByWeight: true}, nil
}

// In is the amount in units of goods that weigh so much each, rounded up to a thousandth: at least
// what was asked for. False for goods without a weight that are asked for by weight. Goods sold by
// the kilogram weigh one.
func (a Amount) In(unitWeight quantity.Quantity) (quantity.Quantity, bool) {
	switch {
	case !a.ByWeight || unitWeight == quantity.Unit:
		return a.Quantity, true
	case unitWeight <= 0:
		return 0, false
	}
	units, rest := a.Quantity/unitWeight, a.Quantity%unitWeight
	return units*quantity.Unit + (rest*quantity.Unit+unitWeight-1)/unitWeight, true
}

// kindOfGoods are goods whose volumes may be added up: of one line, form and unit.
type kindOfGoods struct{ line, form, unit string }
