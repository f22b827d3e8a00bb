package catalog

import (
	"strconv"
	"strings"
	"time"

	"github.com/ocop-market/ocop/pkg/searchindex"
	"github.com/ocop-market/ocop/services/reference"
)

// preparer makes of documents what the index takes. It remembers words, so one goroutine at a time
// may use it; several work side by side.
type preparer struct {
	*searchIndex

	now   time.Time
	names *nameOrder
	words *wordMemo
}

func newPreparer(x *searchIndex, now time.Time) *preparer {
	return &preparer{searchIndex: x, now: now, names: newNameOrder(), words: newWordMemo()}
}

func (x *preparer) prepare(d *document) searchindex.Document[listing] {
	made := searchindex.Document[listing]{ID: d.ID, Order: d.PublishedAt.UnixMicro(), Reserved: !d.Shown}
	if !d.Shown {
		return made
	}
	made.Shared = []searchindex.Shared{x.kind(d), x.seat(d)}
	add := func(field int, text string) {
		if text != "" {
			made.Texts = append(made.Texts, searchindex.Text{Field: field, Text: text})
		}
	}
	add(inName, d.Name)
	add(inName, d.NameEN)
	// Short descriptions are often the same.
	description := d.Description[:min(len(d.Description), longestDescription)]
	if len(description) < longestDescription/20 {
		made.Shared = append(made.Shared, searchindex.Shared{Key: strconv.Itoa(inDescription) + description, Of: func() ([]searchindex.Text, []searchindex.Keyword) {
			return []searchindex.Text{{Field: inDescription, Text: description}}, nil
		}})
	} else {
		add(inDescription, description)
	}
	made.Keywords = x.keywords(d)
	made.Payload = listingOf(d, x.now)
	made.Payload.nameKey = x.names.key(d.Name)
	for ahead := range 2 {
		day := dayNumber(d.Day) + int32(ahead)
		for c, field := range [...]int{keyBandOfAnybody, keyBandOfBuyer} {
			if band := x.facts.bandOf(made.Payload.known[parity(day)].price[c]); band != "" {
				made.Keywords = append(made.Keywords, searchindex.Keyword{Field: field + parity(day), Value: band})
			}
		}
	}
	return made
}

// shared names what many products have together by the values that decide it.
func shared(field int, of func(add func(field int, texts ...string), keyword func(field int, value string)), values ...string) searchindex.Shared {
	return searchindex.Shared{Key: strconv.Itoa(field) + strings.Join(values, "\x00"), Of: func() (texts []searchindex.Text, keywords []searchindex.Keyword) {
		of(func(field int, parts ...string) {
			for _, part := range parts {
				if part != "" {
					texts = append(texts, searchindex.Text{Field: field, Text: part})
				}
			}
		}, func(field int, value string) {
			if value != "" {
				keywords = append(keywords, searchindex.Keyword{Field: field, Value: value})
			}
		})
		return texts, keywords
	}}
}

// kind is what goods of one line, form and grade are found by: every name people use for them.
func (x *preparer) kind(d *document) searchindex.Shared {
	return shared(inKind, func(add func(field int, texts ...string), keyword func(field int, value string)) {
		keyword(keyLine, d.Line)
		keyword(keyForm, d.Form)
		for _, size := range sizes(d.Grade) {
			keyword(keySize, size)
		}
		line, ok := x.book.Line(d.Line)
		if !ok {
			return
		}
		add(inKind, line.Name, line.NameEN, line.Scientific)
		add(inKind, x.facts.kindNames(d.Line)...)
		if form, ok := line.Form(d.Form); ok {
			add(inKind, form.Name, form.NameEN)
		}
		add(inKind, line.GradeLabel(d.Grade, "vi"), line.GradeLabel(d.Grade, "en"))
		if group, ok := x.book.Group(line.OCOPGroup); ok {
			add(inKind, group.Name, group.NameEN)
		}
	}, d.Line, d.Form, d.GradeText)
}

// seat is what the products of one producer are found by: its names and its places.
func (x *preparer) seat(d *document) searchindex.Shared {
	return shared(inSeller, func(add func(field int, texts ...string), keyword func(field int, value string)) {
		add(inSeller, d.Seller.Name, d.Seller.NameEN)
		add(inPlace, x.facts.placeNames(d.Seller.Commune, d.Seller.Province)...)
		keyword(keyCommune, d.Seller.Commune)
		keyword(keySellerKind, d.Seller.LegalForm)
		keyword(keySeller, d.Producer.String())
	}, d.Seller.Name, d.Seller.NameEN, d.Seller.LegalForm, d.Seller.Commune, d.Seller.Province, string(d.Producer[:]))
}

func (x *preparer) keywords(d *document) []searchindex.Keyword {
	keywords := make([]searchindex.Keyword, 0, 16)
	add := func(field int, values ...string) {
		for _, value := range values {
			if value != "" {
				keywords = append(keywords, searchindex.Keyword{Field: field, Value: value})
			}
		}
	}
	for _, name := range [...]string{d.Name, d.NameEN} {
		folded, _ := x.words.of(name)
		add(keyName, strings.Join(folded, " "))
	}
	for ahead, marks := range d.Marks {
		day := dayNumber(d.Day) + int32(ahead)
		for _, m := range marks {
			add(keyScheme+parity(day), m.Scheme)
			if m.Scheme == reference.OCOP {
				add(keyStars+parity(day), strconv.Itoa(m.Stars))
			}
		}
		add(keyMonth+parity(day), d.months(day, x.now)...)
	}
	return keywords
}

// sizes lists the counts per kg that goods of a grade have.
func sizes(grade reference.Grade) []string {
	least, ok := grade.Int("count_per_kg_min")
	most, bounded := grade.Int("count_per_kg_max")
	if !ok || !bounded || most < least {
		return nil
	}
	var all []string
	for n := least; n <= min(most, least+longestSizesRange); n++ {
		all = append(all, strconv.FormatInt(n, 10))
	}
	return all
}
