package portal

import (
	"slices"
	"strconv"
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

// text is something that pages say, in both languages. Each page has its texts in a table of its own.
func text(vietnamese, english string) reference.Names {
	return reference.Names{Name: vietnamese, NameEN: english}
}

// say words a text for the reader.
func (v *visit) say(what reference.Names) string { return what.In(v.language) }

// amount is a quantity as the reader writes numbers: 1.234,5 or 1,234.5.
func (v *visit) amount(q quantity.Quantity) string { return monitor.Grouped(q.String(), v.language) }

// count is a whole number as the reader writes it.
func (v *visit) count(n int) string { return monitor.Grouped(strconv.Itoa(n), v.language) }

// value is money as the reader writes numbers, without its unit.
func (v *visit) value(amount money.VND) string {
	return monitor.Grouped(strconv.FormatInt(int64(amount), 10), v.language)
}

// day is a business date as people write it, 27/11/2026.
func (v *visit) day(date civil.Date) string { return date.In(time.UTC).Format("02/01/2006") }

// instant is when something happened, in Vietnam.
func (v *visit) instant(at time.Time) string {
	return at.In(reference.Zone()).Format("15:04:05, 02/01/2006")
}

// other is the language that the switch leads to.
func (v *visit) other() string {
	if v.language == web.English {
		return web.Vietnamese
	}
	return web.English
}

// fieldName is what people call a field of a form that a refusal points at.
func (v *visit) fieldName(field string) string {
	switch field {
	case "login":
		return v.say(signInLogin)
	case "password":
		return v.say(signInPassword)
	case "from":
		return v.say(volumesFrom)
	case "to":
		return v.say(volumesTo)
	case "by":
		return v.say(volumesBy)
	case "compare":
		return v.say(volumesCompare)
	}
	if slices.Contains(ledger.Dimensions(), ledger.Dimension(field)) {
		return v.say(monitor.DimensionNames(ledger.Dimension(field)))
	}
	return v.formField(field)
}

// saidBelow reports whether what a refusal says is said of its fields, too.
func saidBelow(why *web.Problem) bool {
	return slices.ContainsFunc(why.Errors, func(each web.Complaint) bool { return each.Detail == why.Detail })
}
