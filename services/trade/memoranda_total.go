package trade

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
)

// MemorandaTotal is what the confirmed memoranda signed in a year expect of one kind of goods, and
// what came of it. Nothing narrows it, so that no two totals that anybody can ask for nest.
type MemorandaTotal struct {
	Year            int                `json:"year"                     doc:"In which they were signed."`
	Line            string             `json:"line"`
	Dried           bool               `json:"dried"`
	Unit            string             `json:"unit"                     doc:"kg for whatever has a weight."`
	Memoranda       int                `json:"memoranda"`
	Expected        quantity.Quantity  `json:"expected"`
	Awarded         quantity.Quantity  `json:"awarded"`
	Confirmed       quantity.Quantity  `json:"confirmed"`
	Declared        quantity.Quantity  `json:"declared"`
	Percent         *quantity.Quantity `json:"percent,omitempty"       doc:"Confirmed of expected, to a tenth, half up."`
	ExpectedVND     *money.VND         `json:"expected_vnd,omitempty"   doc:"Expected value; only where at least three producers and three buyers stand behind it, whose memoranda you did not enter."`
	ValueSuppressed bool               `json:"value_suppressed,omitempty" doc:"There is a value, and it is not shown."`
}

// totalled is a total under way, with who stands behind its value.
type totalled struct {
	MemorandaTotal

	value             money.VND
	producers, buyers map[uuid.UUID]bool
}

// MemorandaTotals totals the memoranda that both sides confirmed, by year of signing, line, condition
// and unit, for officials.
func (s *Service) MemorandaTotals(ctx context.Context, who identity.Principal) ([]MemorandaTotal, error) {
	if err := mayWatch(who); err != nil {
		return nil, err
	}
	const query = selectMemorandum + ` WHERE m.state IN ('confirmed', 'ended') ORDER BY m.id`
	var totals []MemorandaTotal
	err := s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		memoranda, err := readMemoranda(ctx, tx, s.book, query)
		if err != nil {
			return err
		}
		seen, _, err := newView(ctx, tx, who, s.book, memoranda)
		totals = totalOf(memoranda, seen.sums, authorOf(who))
		return err
	})
	return totals, err
}

// totalOf adds memoranda up; a value is shown where enough organisations stand behind it whose
// memoranda the reader did not enter, and so cannot subtract.
func totalOf(memoranda []Memorandum, sums map[lineKey]progress, reader uuid.UUID) []MemorandaTotal {
	type group struct {
		year int
		of   kind
	}
	groups := map[group]*totalled{}
	for at := range memoranda {
		m := &memoranda[at]
		counted := map[*totalled]bool{}
		for _, line := range m.Lines {
			key := group{m.SignedOn.Year, kind{line: line.Line, dried: line.Dried, unit: line.MeasuredIn}}
			t := groups[key]
			if t == nil {
				t = &totalled{producers: map[uuid.UUID]bool{}, buyers: map[uuid.UUID]bool{}}
				t.Year, t.Line, t.Dried, t.Unit = key.year, line.Line, line.Dried, line.MeasuredIn
				groups[key] = t
			}
			if !counted[t] {
				counted[t] = true
				t.Memoranda++
			}
			t.add(m, line, sums[lineKey{m.ID, line.N}], reader)
		}
	}
	totals := make([]MemorandaTotal, 0, len(groups))
	for _, t := range groups {
		t.Percent = percent(t.Confirmed, t.Expected)
		switch {
		case len(t.producers) >= leastOrganisations && len(t.buyers) >= leastOrganisations:
			t.ExpectedVND = &t.value
		case t.value > 0:
			t.ValueSuppressed = true
		}
		totals = append(totals, t.MemorandaTotal)
	}
	slices.SortFunc(totals, func(a, b MemorandaTotal) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Unit, b.Unit), compareBool(a.Dried, b.Dried))
	})
	return totals
}

func (t *totalled) add(m *Memorandum, line MemorandumLine, came progress, reader uuid.UUID) {
	t.Expected += line.Expected
	t.Awarded += came.awarded
	t.Confirmed += came.confirmed
	t.Declared += came.declared
	if line.ValueVND == nil {
		return
	}
	t.value += *line.ValueVND
	if m.recordedBy != reader && m.Producer.ID != uuid.Nil && m.Buyer.ID != uuid.Nil {
		t.producers[m.Producer.ID], t.buyers[m.Buyer.ID] = true, true
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
