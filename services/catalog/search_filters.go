package catalog

import (
	"slices"
	"strconv"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/searchindex"
	"github.com/ocop-market/ocop/services/reference"
)

// Facet is one value of a property and how many of the products found have it.
type Facet struct {
	Value string     `json:"value"`
	Name  FacetNames `json:"name"`
	Count int        `json:"count"`
}

// FacetNames is what people call a value.
type FacetNames struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// Facets are the properties of all products found. The values of a property are counted as if
// nothing were asked of that property: choosing one does not hide the others.
type Facets struct {
	Line         []Facet `json:"line"`
	Scheme       []Facet `json:"scheme"`
	Stars        []Facet `json:"stars"`
	Commune      []Facet `json:"commune"`
	Form         []Facet `json:"form"`
	ProducerKind []Facet `json:"producer_kind" doc:"Legal form of the producer."`
	PriceBand    []Facet `json:"price_band"    doc:"Of the least price you may see, for the smallest order."`
	Month        []Facet `json:"month"         doc:"In which something can be ordered, YYYY-MM, in order."`
}

// filters are the sets a query is the intersection of. Those of facets stand apart, so that each
// facet can be counted without its own.
type filters struct {
	*run

	core   []*set
	facet  map[string]*set
	offers *set // core, narrowed by what is asked of offers; nil until it is needed
}

// Names of facets with a filter of their own.
const (
	facetLine, facetScheme, facetStars, facetCommune = "line", "scheme", "stars", "commune"
	facetForm, facetKind, facetBand, facetMonth      = "form", "producer_kind", "price_band", "month"
)

func newFilters(s *run) *filters {
	f := &filters{run: s, facet: map[string]*set{}}
	q := s.query
	add := func(facet string, field int, values []string) {
		if len(values) > 0 {
			f.facet[facet] = s.reader.Keywords(field, values)
		}
	}
	add(facetLine, keyLine, q.Lines)
	add(facetForm, keyForm, q.Forms)
	add(facetScheme, keyScheme+s.parity, q.Schemes)
	add(facetCommune, keyCommune, communeCodes(s.book, q.Communes))
	add(facetKind, keySellerKind, q.ProducerKinds)
	add(facetMonth, keyMonth+s.parity, q.Months)
	if q.StarsMin > 0 {
		add(facetStars, keyStars+s.parity, starsFrom(q.StarsMin))
	}
	if len(q.PriceBands) > 0 {
		f.facet[facetBand] = s.inBands(q.PriceBands)
	}
	if q.Producer != uuid.Nil {
		f.core = append(f.core, s.reader.Keyword(keySeller, q.Producer.String()))
	}
	return f
}

// inBands is every product in a price band as the reader knows it.
func (s *run) inBands(bands []string) *set {
	field := keyBandOfAnybody
	if priceClass(s.who.class) == 1 {
		field = keyBandOfBuyer
	}
	found := s.reader.Keywords(field+s.parity, bands)
	if s.own == nil {
		return found
	}
	own := s.reader.Collect(s.own, func(p *listing) bool { return slices.Contains(bands, s.ownBand(p)) })
	return roaring.Or(roaring.AndNot(found, s.own), own)
}

// ownBand is the price band of a product by all of its offers that the reader sees.
func (s *run) ownBand(p *listing) string {
	return s.facts.bandOf(p.price(s.who, &wish{day: s.wish.day, now: s.wish.now, leadMax: -1}))
}

// all is every product that the query finds.
func (f *filters) all() *set {
	return f.without("")
}

// without is what the query would find without the filter of one facet.
func (f *filters) without(facet string) *set {
	sets := []*set{f.narrowed()}
	for name, filter := range f.facet {
		if name != facet {
			sets = append(sets, filter)
		}
	}
	return searchindex.And(sets...)
}

// narrowed is what the query finds by its words, its producer and what it asks of offers.
func (f *filters) narrowed() *set {
	if f.offers != nil {
		return f.offers
	}
	f.offers = f.reader.All()
	if len(f.core) > 0 {
		f.offers = searchindex.And(f.core...)
	}
	if f.query.asksOffers() {
		f.offers = f.meeting(f.offers)
	}
	return f.offers
}

// fewToAsk is how large a set is asked product by product.
const fewToAsk = 512

// meeting is what of a set meets the wish: the reader's own products by what it sees of them, the
// others by what its class sees.
func (f *filters) meeting(among *set) *set {
	asked := func(among *set) *set {
		return f.reader.Collect(among, func(p *listing) bool { return p.meets(f.who, &f.wish) })
	}
	switch {
	case among.GetCardinality() <= fewToAsk:
		return asked(among)
	case f.own == nil:
		return f.offering(among)
	default:
		return roaring.Or(f.offering(roaring.AndNot(among, f.own)), asked(roaring.And(among, f.own)))
	}
}

// facets counts the values of every property.
func (f *filters) facets() *Facets {
	all := f.all()
	base := func(facet string) *set {
		if _, filtered := f.facet[facet]; filtered {
			return f.without(facet)
		}
		return all
	}
	list := func(facet string, field int, names func(value string) FacetNames) []Facet {
		counts := f.reader.Count(base(facet), field)
		facets := make([]Facet, 0, len(counts))
		for _, count := range counts {
			facets = append(facets, Facet{Value: count.Value, Name: names(count.Value), Count: count.N})
		}
		return facets
	}
	p := f.parity
	return &Facets{
		Line: list(facetLine, keyLine, f.facts.lineNames), Form: list(facetForm, keyForm, f.facts.formNames),
		Scheme: list(facetScheme, keyScheme+p, f.facts.schemeNames), Stars: list(facetStars, keyStars+p, starNames),
		Commune: list(facetCommune, keyCommune, f.facts.communeNames), ProducerKind: list(facetKind, keySellerKind, f.kindOfSellerNames),
		PriceBand: f.bands(base(facetBand)), Month: byValue(list(facetMonth, keyMonth+p, monthNames)),
	}
}

// bands counts by price band, the reader's own products by all of their offers.
func (f *filters) bands(all *set) []Facet {
	field := keyBandOfAnybody
	if priceClass(f.who.class) == 1 {
		field = keyBandOfBuyer
	}
	others := all
	counts := map[string]int{}
	if f.own != nil {
		others = roaring.AndNot(all, f.own)
		each := roaring.And(all, f.own).Iterator()
		for each.HasNext() {
			if band := f.ownBand(f.reader.At(each.Next())); band != "" {
				counts[band]++
			}
		}
	}
	for _, count := range f.reader.Count(others, field+f.parity) {
		counts[count.Value] += count.N
	}
	facets := []Facet{}
	for _, band := range f.facts.bands {
		if n := counts[band.Code]; n > 0 {
			facets = append(facets, Facet{Value: band.Code, Name: namesOf(band.Names), Count: n})
		}
	}
	return facets
}

func byValue(facets []Facet) []Facet {
	slices.SortFunc(facets, func(a, b Facet) int { return compareTexts(a.Value, b.Value) })
	return facets
}

func compareTexts(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

func namesOf(names reference.Names) FacetNames { return FacetNames{VI: names.Name, EN: names.NameEN} }

func starNames(stars string) FacetNames { return FacetNames{VI: stars + " sao", EN: stars + " stars"} }

func monthNames(month string) FacetNames {
	at, err := time.Parse(monthLayout, month)
	if err != nil {
		return FacetNames{VI: month, EN: month}
	}
	return FacetNames{VI: "tháng " + strconv.Itoa(int(at.Month())) + "/" + strconv.Itoa(at.Year()), EN: at.Format("January 2006")}
}

func (f *searchFacts) lineNames(code string) FacetNames {
	line, ok := f.book.Line(code)
	return orCode(line.Names, ok, code)
}

func (f *searchFacts) schemeNames(code string) FacetNames {
	scheme, ok := f.book.Scheme(code)
	return orCode(scheme.Names, ok, code)
}

func (f *searchFacts) communeNames(code string) FacetNames {
	commune, ok := f.book.Commune(code)
	return orCode(commune.Names, ok, code)
}

func (f *searchFacts) formNames(code string) FacetNames {
	for _, line := range f.book.Lines() {
		if form, ok := line.Form(code); ok {
			return namesOf(form.Names)
		}
	}
	return FacetNames{VI: code, EN: code}
}

func (x *searchIndex) kindOfSellerNames(code string) FacetNames {
	names, ok := (*x.sellerKinds.Load())[code]
	return orCode(names, ok, code)
}

func orCode(names reference.Names, ok bool, code string) FacetNames {
	if !ok {
		return FacetNames{VI: code, EN: code}
	}
	return namesOf(names)
}
