package trade

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
)

// MemorandaTotal is what the confirmed memoranda signed in a year expect of one kind of goods, and
// what came of it. Nothing narrows it, so that no two totals that anybody can ask for nest; and what
// is added to its value from one day to the next combines enough organisations by itself.
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
	ExpectedVND     *money.VND         `json:"expected_vnd,omitempty"   doc:"Expected value of those that may be told: in the order of their confirmation, each time at least three producers and three buyers more stand behind it, whose memoranda you did not enter."`
	ValueSuppressed bool               `json:"value_suppressed,omitempty" doc:"There is a value that is not shown, or not counted in expected_vnd yet."`
}

// totalled is a total under way, with who stands behind the value that waits to be told.
type totalled struct {
	MemorandaTotal

	told, waiting     money.VND
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

// totalOf adds memoranda up in the order in which they were confirmed; value is told when enough
// organisations stand behind what waits whose memoranda the reader did not enter, and so cannot subtract.
// That order only grows at its end: what was told is told again, and what is new since combines enough.
func totalOf(memoranda []Memorandum, sums map[lineKey]progress, reader uuid.UUID) []MemorandaTotal {
	type group struct {
		year int
		of   kind
	}
	groups := map[group]*totalled{}
	ordered := slices.Clone(memoranda)
	slices.SortFunc(ordered, func(a, b Memorandum) int {
		return cmp.Or(a.confirmedAt().Compare(b.confirmedAt()), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	for at := range ordered {
		m := &ordered[at]
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
		for t := range counted {
			t.tell()
		}
	}
	totals := make([]MemorandaTotal, 0, len(groups))
	for _, t := range groups {
		t.Percent = percent(t.Confirmed, t.Expected)
		if t.told > 0 {
			t.ExpectedVND = &t.told
		}
		t.ValueSuppressed = t.waiting > 0
		totals = append(totals, t.MemorandaTotal)
	}
	slices.SortFunc(totals, func(a, b MemorandaTotal) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Unit, b.Unit),
			cmp.Compare(strconv.FormatBool(a.Dried), strconv.FormatBool(b.Dried)))
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
	t.waiting += *line.ValueVND
	if m.recordedBy != reader && m.Producer.ID != uuid.Nil && m.Buyer.ID != uuid.Nil {
		t.producers[m.Producer.ID], t.buyers[m.Buyer.ID] = true, true
	}
}

// tell counts in what waits, once enough organisations stand behind it.
func (t *totalled) tell() {
	if len(t.producers) >= leastOrganisations && len(t.buyers) >= leastOrganisations {
		t.told, t.waiting = t.told+t.waiting, 0
		clear(t.producers)
		clear(t.buyers)
	}
}

// confirmedAt is when the last of the parties agreed.
func (m *Memorandum) confirmedAt() time.Time {
	var last time.Time
	for _, at := range []*time.Time{m.ProducerAgreedAt, m.BuyerAgreedAt} {
		if at != nil && at.After(last) {
			last = *at
		}
	}
	return last
}
