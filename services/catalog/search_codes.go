package catalog

import (
	"slices"
	"strings"
	"time"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/reference"
)

// A filter with a code that does not exist finds nothing, and who mistyped it would believe that
// there is nothing: such a code is refused instead.

func (q *Query) checkCodes(complaints *fault.Collector, x *searchIndex) {
	checkLines(complaints, x.book, q.Lines)
	checkSchemes(complaints, x.book, q.Schemes)
	checkForms(complaints, x.book, q.Forms)
	checkCommunes(complaints, x.book, q.Communes)
	x.checkKinds(complaints, q.ProducerKinds)
	checkKnown(complaints, "price_band", q.PriceBands, x.facts.bandCodes(), func(code string) bool {
		return slices.ContainsFunc(x.facts.bands, func(b priceBand) bool { return b.Code == code })
	})
	checkKnown(complaints, "month", q.Months, "YYYY-MM", func(text string) bool { _, err := time.Parse(monthLayout, text); return err == nil })
}

// checkKinds wants legal forms of producers; the index must have been loaded.
func (x *searchIndex) checkKinds(complaints *fault.Collector, given []string) {
	checkKnown(complaints, "producer_kind", given, "/v1/legal-forms", func(code string) bool { _, ok := (*x.sellerKinds.Load())[code]; return ok })
}

func checkLines(complaints *fault.Collector, book *reference.Book, given []string) {
	checkKnown(complaints, "line", given, "/v1/reference/lines", func(code string) bool { _, ok := book.Line(code); return ok })
}

func checkSchemes(complaints *fault.Collector, book *reference.Book, given []string) {
	checkKnown(complaints, "scheme", given, "/v1/reference/schemes", func(code string) bool { _, ok := book.Scheme(code); return ok })
}

// checkForms wants a form of any line.
func checkForms(complaints *fault.Collector, book *reference.Book, given []string) {
	// "form" alone would be taken for a multipart form.
	checkKnown(complaints, "query.form", given, "/v1/reference/lines", func(code string) bool {
		return slices.ContainsFunc(book.Lines(), func(line reference.Line) bool { _, ok := line.Form(code); return ok })
	})
}

func checkCommunes(complaints *fault.Collector, book *reference.Book, given []string) {
	checkKnown(complaints, "commune", given, "/v1/reference/communes", func(text string) bool { return len(communesNamed(book, text)) > 0 })
}

// checkKnown complains about the first value of a filter that does not exist.
func checkKnown(complaints *fault.Collector, pointer string, given []string, allowed string, known func(string) bool) {
	for _, value := range given {
		if value != "" && !known(value) {
			complaints.Add(pointer, fault.ErrUnknownValue, "value", value, "allowed", allowed)
			return
		}
	}
}

// communeCodes turns codes and names of communes and names of former districts into codes.
func communeCodes(book *reference.Book, given []string) []string {
	codes := []string{}
	for _, text := range given {
		if text != "" {
			codes = append(codes, communesNamed(book, text)...)
		}
	}
	return codes
}

// communesNamed lists the codes of the communes that a text means: the commune of that code, else
// those made of the former district of that name, else those of that name, in any spelling and
// with their kind ("xã Đầm Dơi") or without.
func communesNamed(book *reference.Book, text string) []string {
	if _, ok := book.Commune(text); ok {
		return []string{text}
	}
	var codes []string
	for _, commune := range book.CommunesOfFormerDistrict(text) {
		codes = append(codes, commune.Code)
	}
	if len(codes) > 0 {
		return codes
	}
	folded := strings.TrimSpace(vietnamese.Fold(text))
	for _, commune := range book.Communes() {
		if folded == vietnamese.Fold(commune.Name) || folded == bareName(commune.Name) {
			codes = append(codes, commune.Code)
		}
	}
	return codes
}
