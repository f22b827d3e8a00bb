package inquiry

import (
	"fmt"
	"strings"
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// wording writes what people read in one language, with the names of the book.
type wording struct {
	book     *reference.Book
	language string
}

// invented marks demonstration data wherever it is shown, in both languages.
const invented = "Dữ liệu minh hoạ / demonstration data"

func said(vietnamese, english string) reference.Names {
	return reference.Names{Name: vietnamese, NameEN: english}
}

// say puts parameters, given as name and value in turn, into a text.
func (w wording) say(text reference.Names, pairs ...string) string {
	params := make(map[string]any, len(pairs)/2)
	for at := 0; at+1 < len(pairs); at += 2 {
		params[pairs[at]] = pairs[at+1]
	}
	return fault.Fill(text.In(w.language), params)
}

// day writes a date as the language's readers do: 15/12/2026, or 2026-12-15.
func (w wording) day(date civil.Date) string {
	if w.language == reference.English {
		return date.String()
	}
	return fmt.Sprintf("%02d/%02d/%04d", date.Day, date.Month, date.Year)
}

// instant writes a time of Vietnam to the minute.
func (w wording) instant(at time.Time) string {
	local := at.In(reference.Zone())
	return local.Format("15:04") + " " + w.day(civil.Of(local, reference.Zone()))
}

// amount writes a quantity with the language's decimal mark and the unit's name.
func (w wording) amount(q quantity.Quantity, unit string) string {
	return strings.TrimSpace(w.number(q) + " " + w.unit(unit))
}

func (w wording) number(q quantity.Quantity) string {
	if w.language == reference.English {
		return q.String()
	}
	return strings.Replace(q.String(), ".", ",", 1)
}

// price writes đồng as is usual in the language: 250.000 ₫, or 250,000 ₫.
func (w wording) price(v money.VND) string {
	if w.language == reference.English {
		return strings.ReplaceAll(v.String(), ".", ",")
	}
	return v.String()
}

func (w wording) unit(code string) string {
	if unit, known := w.book.Unit(code); known {
		return unit.In(w.language)
	}
	return code
}

func (w wording) scheme(code string) string {
	if scheme, known := w.book.Scheme(code); known {
		return scheme.In(w.language)
	}
	return code
}

func (w wording) line(code string) string {
	if line, known := w.book.Line(code); known {
		return line.In(w.language)
	}
	return code
}

func (w wording) form(line, code string) string {
	if known, ok := w.book.Line(line); ok {
		if form, ok := known.Form(code); ok {
			return form.In(w.language)
		}
	}
	return code
}

func (w wording) grade(line string, grade reference.Grade) string {
	known, _ := w.book.Line(line)
	return known.GradeLabel(grade, w.language)
}
