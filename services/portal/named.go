package portal

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// naming says what codes of figures are called.
type naming struct {
	book          *reference.Book
	language      string
	organisations map[string]string
}

// naming knows what is in the book, and no organisations yet.
func (s *Service) naming(v *visit) naming {
	return naming{book: s.book, language: v.language, organisations: make(map[string]string)}
}

// learn looks organisations up by their ids; what is no id stays as it is.
func (n naming) learn(ctx context.Context, s *Service, ids []string) error {
	var wanted []uuid.UUID
	for _, text := range ids {
		if id, err := uuid.Parse(text); err == nil && !slices.Contains(wanted, id) {
			wanted = append(wanted, id)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	found, err := identity.OrganisationsIn(ctx, s.db, wanted)
	for id, each := range found {
		n.organisations[id.String()] = each.Name
	}
	return err
}

// of is what a value of a dimension is called; the value itself where nothing knows it.
func (n naming) of(dimension ledger.Dimension, value string) string {
	if value == "" {
		return figuresUnsaid.In(n.language)
	}
	switch dimension {
	case ledger.ByLine:
		line, _ := n.book.Line(value)
		return cmp.Or(line.In(n.language), value)
	case ledger.ByForm:
		return cmp.Or(n.form(value), value)
	case ledger.ByCommune, ledger.ByWard:
		commune, _ := n.book.Commune(value)
		return cmp.Or(commune.In(n.language), value)
	case ledger.ByDistrict:
		for _, each := range districts(n.book) {
			if each.Code == value {
				return each.In(n.language)
			}
		}
	case ledger.ByScheme:
		scheme, _ := n.book.Scheme(value)
		return cmp.Or(scheme.In(n.language), value)
	case ledger.ByBuyerSystem:
		system, _ := n.book.BuyerSystem(value)
		return cmp.Or(system.In(n.language), value)
	case ledger.ByProducer, ledger.ByBuyer:
		return cmp.Or(n.organisations[value], value)
	case ledger.ByStars:
		return value + " ★"
	case ledger.ByMonth:
		if year, month, found := strings.Cut(value, "-"); found {
			return month + "/" + year
		}
	default:
	}
	return value
}

func (n naming) form(code string) string {
	for _, line := range n.book.Lines() {
		if form, known := line.Form(code); known {
			return form.In(n.language)
		}
	}
	return ""
}

// goods is a line with its condition where that is dried: fresh and dried goods are never one.
func (n naming) goods(line string, dried bool) string {
	if !dried {
		return n.of(ledger.ByLine, line)
	}
	return n.of(ledger.ByLine, line) + " · " + namingDried.In(n.language)
}

// unit is what a unit is called.
func (n naming) unit(code string) string {
	unit, _ := n.book.Unit(code)
	return cmp.Or(unit.In(n.language), code)
}

//nolint:gochecknoglobals // an immutable text
var namingDried = text("khô", "dried")

// sorted puts choices in the order of the reader's language.
func (n naming) sorted(choices []choice) []choice {
	order := collate.New(language.Make(n.language))
	slices.SortFunc(choices, func(a, b choice) int {
		return cmp.Or(order.CompareString(a.label, b.label), cmp.Compare(a.value, b.value))
	})
	return choices
}

// choices are what a dimension may be filtered by; none where people have to type it.
func (n naming) choices(dimension ledger.Dimension) []choice {
	var found []choice
	add := func(value string) { found = append(found, choice{value: value, label: n.of(dimension, value)}) }
	switch dimension {
	case ledger.ByLine:
		for _, each := range n.book.Lines() {
			add(each.Code)
		}
	case ledger.ByForm:
		for _, line := range n.book.Lines() {
			for _, each := range line.Forms {
				if !slices.ContainsFunc(found, func(c choice) bool { return c.value == each.Code }) {
					add(each.Code)
				}
			}
		}
	case ledger.ByCommune, ledger.ByWard:
		for _, each := range n.book.Communes() {
			if (each.Province == reference.CaMau) == (dimension == ledger.ByCommune) {
				add(each.Code)
			}
		}
	case ledger.ByDistrict:
		for _, each := range districts(n.book) {
			add(each.Code)
		}
	case ledger.ByScheme:
		for _, each := range n.book.Schemes() {
			add(each.Code)
		}
	case ledger.ByBuyerSystem:
		for _, each := range n.book.BuyerSystems() {
			add(each.Code)
		}
	case ledger.ByStars:
		for _, each := range n.stars() {
			add(each)
		}
	default:
	}
	return n.sorted(found)
}

// stars are those that any scheme gives.
func (n naming) stars() []string {
	var found []string
	for _, scheme := range n.book.Schemes() {
		for _, each := range scheme.StarBands {
			if stars := strconv.Itoa(each.Stars); !slices.Contains(found, stars) {
				found = append(found, stars)
			}
		}
	}
	return found
}

// districts are the former ones of Cà Mau, where supply comes from.
func districts(book *reference.Book) []reference.FormerDistrict {
	var found []reference.FormerDistrict
	for _, commune := range book.Communes() {
		for _, each := range commune.FormerDistricts {
			if commune.Province == reference.CaMau && !slices.ContainsFunc(found, func(d reference.FormerDistrict) bool { return d.Code == each.Code }) {
				found = append(found, each)
			}
		}
	}
	return found
}

// change says how a figure differs from what it was: +5 %, −12,5 %; "" where it was nothing.
func (v *visit) change(now, was quantity.Quantity) string {
	if was == 0 {
		return ""
	}
	tenths := ((now-was)*10_000/was + sign(now-was)*5) / 10 // of a percent, rounded half away from zero
	text := v.amount(max(tenths, -tenths) * 100)
	switch {
	case tenths == 0:
		return "0 %"
	case tenths < 0:
		return "−" + text + " %"
	default:
		return "+" + text + " %"
	}
}

func sign(q quantity.Quantity) quantity.Quantity {
	if q < 0 {
		return -1
	}
	return 1
}
