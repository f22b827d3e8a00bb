package portal

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

// typedAmount reads a quantity as people of the reader's language write it; web.ErrNotAQuantity where it could be
// read in another way.
func (v *visit) typedAmount(field string) (quantity.Quantity, error) {
	text := strings.TrimSpace(v.typed.Get(field))
	if text == "" {
		return 0, fault.ErrRequired.At(field)
	}
	amount, err := quantity.Parse(v.ungrouped(text))
	if err != nil {
		return 0, web.ErrNotAQuantity.At(field).Because(err)
	}
	return amount, nil
}

// ungrouped is a number as programs write it that people of the reader's language wrote, with or without its thousands
// set apart; "" for what could be read in another way.
func (v *visit) ungrouped(text string) string {
	thousands, decimal := ",", "."
	if v.language == web.Vietnamese {
		thousands, decimal = ".", ","
	}
	grouped := regexp.MustCompile(`^(\d{1,3}(` + regexp.QuoteMeta(thousands) + `\d{3})+|\d+)(` + regexp.QuoteMeta(decimal) + `\d{1,3})?$`)
	if !grouped.MatchString(text) {
		return ""
	}
	return strings.Replace(strings.ReplaceAll(text, thousands, ""), decimal, ".", 1)
}

// goodsTyped reads the goods of a form; all that is wrong at once.
func goodsTyped(v *visit, prefix string, found *fault.Collector) (trade.Goods, error) {
	goods := trade.Goods{Line: v.typed.Get(prefix + "line"), Form: v.typed.Get(prefix + "form"), Unit: v.typed.Get(prefix + "unit")}
	amount, err := v.typedAmount(prefix + "quantity")
	if err := found.Merge("", err); err != nil {
		return goods, err
	}
	goods.Quantity = amount
	if v.typed.Get(prefix+"unit_weight_kg") != "" {
		weight, err := v.typedAmount(prefix + "unit_weight_kg")
		if err := found.Merge("", err); err != nil {
			return goods, err
		}
		goods.UnitWeightKg = &weight
	}
	return goods, nil
}

// dongTyped is an amount of money in whole đồng as people of the reader's language write it; none is 0.
func dongTyped(v *visit, field string, found *fault.Collector) money.VND {
	text := strings.TrimSpace(v.typed.Get(field))
	if text == "" {
		return 0
	}
	amount, err := strconv.ParseInt(v.ungrouped(text), 10, 64)
	if err != nil {
		found.Add(field, web.ErrNotAQuantity)
	}
	return money.VND(amount)
}

// goodsFields are the fields of goods.
func goodsFields(v *visit, names naming, book *reference.Book, does, prefix string, needed bool) []entryField {
	units := make([]choice, 0, len(book.Units()))
	for _, each := range book.Units() {
		units = append(units, choice{value: each.Code, label: v.say(each.Names)})
	}
	return []entryField{
		{act: does, name: prefix + "line", label: v.formField("line"), choices: names.choices(ledger.ByLine), needed: needed},
		{act: does, name: prefix + "form", label: v.formField("form"), choices: names.choices(ledger.ByForm)},
		{act: does, name: prefix + "quantity", label: v.formField("quantity"), kind: "amount", most: 20, needed: needed, hint: v.say(newAmountHint)},
		{act: does, name: prefix + "unit", label: v.formField("unit"), choices: units, needed: needed},
		{act: does, name: prefix + "unit_weight_kg", label: v.formField("unit_weight_kg"), kind: "amount", most: 20},
	}
}
