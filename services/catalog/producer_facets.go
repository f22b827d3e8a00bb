package catalog

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/searchindex"
	"github.com/ocop-market/ocop/pkg/vietnamese"
)

// ProducerFacets are the properties of all producers found. The values of a property are counted as
// if nothing were asked of that property: choosing one does not hide the others.
type ProducerFacets struct {
	Line         []Facet `json:"line"          doc:"Of their published products."`
	Scheme       []Facet `json:"scheme"        doc:"Marks that their published products may show today."`
	Commune      []Facet `json:"commune"`
	ProducerKind []Facet `json:"producer_kind" doc:"Legal form."`
}

// Properties that producers are counted by.
const (
	ofLine = iota
	ofScheme
	ofCommune
	ofKind
	producerProperties
)

// tallied is a producer with the values of its properties.
type tallied struct {
	id     uuid.UUID
	name   string // without marks
	values [producerProperties][]string
}

// producerFacets counts the producers that a list holds, from the index; without a statement unless
// records are asked for.
func (s *Service) producerFacets(ctx context.Context, who viewer, query ProducerQuery) (*ProducerFacets, error) {
	if s.index.broken != nil {
		return nil, s.index.broken
	}
	if _, err := s.keepUp(ctx, who); err != nil {
		return nil, err
	}
	reaching, err := s.reaching(ctx, query)
	if err != nil {
		return nil, err
	}
	var producers []*tallied
	s.index.engine.Read(func(r *searchindex.Reader[listing]) {
		producers = tally(r, [producerProperties]int{keyLine, keyScheme + parity(dayNumber(s.today())), keyCommune, keySellerKind})
	})
	text := vietnamese.Fold(query.Text)
	wanted := [producerProperties][]string{query.Lines, query.Schemes, communeCodes(s.book, query.Communes), query.Kinds}
	var counts [producerProperties]map[string]int
	for property := range counts {
		counts[property] = map[string]int{}
		for _, producer := range producers {
			if strings.Contains(producer.name, text) && (reaching == nil || reaching[producer.id]) && producer.passes(wanted, property) {
				for _, value := range producer.values[property] {
					counts[property][value]++
				}
			}
		}
	}
	facts := s.index.facts
	return &ProducerFacets{
		Line: facetsOf(counts[ofLine], facts.lineNames), Scheme: facetsOf(counts[ofScheme], facts.schemeNames),
		Commune: facetsOf(counts[ofCommune], facts.communeNames), ProducerKind: facetsOf(counts[ofKind], s.index.kindOfSellerNames),
	}, nil
}

// reaching are the producers whose records reach the minimums of a query; nil where it has none.
func (s *Service) reaching(ctx context.Context, query ProducerQuery) (map[uuid.UUID]bool, error) {
	if query.OnTimeMin == 0 && query.InFullMin == 0 {
		return nil, nil //nolint:nilnil // all do
	}
	const reach = `
		SELECT t.producer_id FROM catalog.producer_records t
		 WHERE (CAST($1 AS bigint) = 0 OR t.on_time_permille >= 10 * $1) AND (CAST($2 AS bigint) = 0 OR t.in_full_permille >= 10 * $2)`
	var ids []uuid.UUID
	if err := s.db.Select(ctx, &ids, reach, query.OnTimeMin, query.InFullMin); err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		found[id] = true
	}
	return found, nil
}

// tally gathers the producers of all products, and the values of keywords that any of those have.
func tally(r *searchindex.Reader[listing], fields [producerProperties]int) []*tallied {
	byID := map[uuid.UUID]*tallied{}
	var producers []*tallied
	of := make(map[uint32]*tallied, r.All().GetCardinality())
	each := r.All().Iterator()
	for each.HasNext() {
		number := each.Next()
		p := r.At(number)
		producer := byID[p.producer]
		if producer == nil {
			producer = &tallied{id: p.producer, name: vietnamese.Fold(p.seller)}
			byID[p.producer], producers = producer, append(producers, producer)
		}
		of[number] = producer
	}
	for property, field := range fields {
		for _, count := range r.Count(r.All(), field) {
			each := r.Keyword(field, count.Value).Iterator()
			for each.HasNext() {
				values := &of[each.Next()].values[property]
				if n := len(*values); n == 0 || (*values)[n-1] != count.Value {
					*values = append(*values, count.Value)
				}
			}
		}
	}
	return producers
}

// passes reports whether a producer has what is wanted of every property but one.
func (t *tallied) passes(wanted [producerProperties][]string, but int) bool {
	for property, values := range wanted {
		if property != but && len(values) > 0 && !slices.ContainsFunc(t.values[property], func(value string) bool { return slices.Contains(values, value) }) {
			return false
		}
	}
	return true
}

// facetsOf names values, the most frequent first.
func facetsOf(counts map[string]int, names func(value string) FacetNames) []Facet {
	sorted := make([]searchindex.Count, 0, len(counts))
	for value, n := range counts {
		sorted = append(sorted, searchindex.Count{Value: value, N: n})
	}
	searchindex.SortCounts(sorted)
	facets := make([]Facet, 0, len(sorted))
	for _, count := range sorted {
		facets = append(facets, Facet{Value: count.Value, Name: names(count.Value), Count: count.N})
	}
	return facets
}
