package trade

import (
	"cmp"
	"context"
	"maps"
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
	waits             bool
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
		if err != nil {
			return err
		}
		versions, err := versionsOf(ctx, tx, s.book, memoranda)
		totals = totalOf(memoranda, seen.sums, valuedSteps(memoranda, versions), authorOf(who))
		return err
	})
	return totals, err
}

// totalKey is what totals are told apart by.
type totalKey struct {
	year int
	of   kind
}

func (m *Memorandum) totalKey(line MemorandumLine) totalKey {
	return totalKey{m.SignedOn.Year, kind{line: line.Line, dried: line.Dried, unit: line.MeasuredIn}}
}

// valueStep is by how much the value that a memorandum expects grew at an instant: by all of it when it was
// confirmed, by what an amendment changed when that came to stand. It may be less than nothing.
type valueStep struct {
	at    time.Time
	of    *Memorandum
	n     int
	grows map[totalKey]money.VND
}

// valuedSteps lists how the values of memoranda grew, in the order of time. That order only grows at its end.
func valuedSteps(memoranda []Memorandum, versions map[uuid.UUID][]MemorandumVersion) []valueStep {
	var steps []valueStep
	for at := range memoranda {
		m := &memoranda[at]
		confirmed := m.confirmedAt()
		step, before := valueStep{at: confirmed, of: m}, map[totalKey]money.VND{}
		for _, version := range versions[m.ID] {
			if version.outcome != Agreed {
				continue
			}
			now := map[totalKey]money.VND{}
			for _, line := range version.Lines {
				if line.ValueVND != nil {
					now[m.totalKey(line)] += *line.ValueVND
				}
			}
			if version.DecidedAt.After(confirmed) {
				steps = append(steps, step)
				step, before = valueStep{at: *version.DecidedAt, of: m, n: version.N}, step.after(before)
			}
			step.grows = difference(now, before)
		}
		steps = append(steps, step)
	}
	slices.SortFunc(steps, func(a, b valueStep) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.of.ID.String(), b.of.ID.String()), cmp.Compare(a.n, b.n))
	})
	return steps
}

// after is what values come to with the step.
func (s valueStep) after(before map[totalKey]money.VND) map[totalKey]money.VND {
	sums := maps.Clone(before)
	for key, value := range s.grows {
		sums[key] += value
	}
	return sums
}

// difference is what is more now than before, without what stayed.
func difference(now, before map[totalKey]money.VND) map[totalKey]money.VND {
	grows := maps.Clone(now)
	for key, value := range before {
		grows[key] -= value
	}
	maps.DeleteFunc(grows, func(_ totalKey, value money.VND) bool { return value == 0 })
	return grows
}

// totalOf adds memoranda up. Value is told as it grew, step by step: once enough organisations stand behind the
// steps that wait whose memoranda the reader did not enter, and so cannot subtract. What was told is told
// again, and what is new since combines enough, be it memoranda or what amendments changed of them.
func totalOf(memoranda []Memorandum, sums map[lineKey]progress, steps []valueStep, reader uuid.UUID) []MemorandaTotal {
	groups := map[totalKey]*totalled{}
	for at := range memoranda {
		m := &memoranda[at]
		counted := map[*totalled]bool{}
		for _, line := range m.Lines {
			key := m.totalKey(line)
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
			t.add(line, sums[lineKey{m.ID, line.N}])
		}
	}
	for _, step := range steps {
		for key, value := range step.grows {
			if t := groups[key]; t != nil { // else nothing is expected of it any more
				t.grow(step.of, value, reader)
			}
		}
	}
	totals := make([]MemorandaTotal, 0, len(groups))
	for _, t := range groups {
		t.Percent = percent(t.Confirmed, t.Expected)
		if t.told > 0 {
			t.ExpectedVND = &t.told
		}
		t.ValueSuppressed = t.waits
		totals = append(totals, t.MemorandaTotal)
	}
	slices.SortFunc(totals, func(a, b MemorandaTotal) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Unit, b.Unit),
			cmp.Compare(strconv.FormatBool(a.Dried), strconv.FormatBool(b.Dried)))
	})
	return totals
}

func (t *totalled) add(line MemorandumLine, came progress) {
	t.Expected += line.Expected
	t.Awarded += came.awarded
	t.Confirmed += came.confirmed
	t.Declared += came.declared
}

// grow has a step of a memorandum's value wait, and counts in what waits once enough organisations stand
// behind it.
func (t *totalled) grow(m *Memorandum, value money.VND, reader uuid.UUID) {
	t.waiting += value
	t.waits = true
	if m.recordedBy != reader && m.Producer.ID != uuid.Nil && m.Buyer.ID != uuid.Nil {
		t.producers[m.Producer.ID], t.buyers[m.Buyer.ID] = true, true
	}
	if len(t.producers) >= leastOrganisations && len(t.buyers) >= leastOrganisations {
		t.told, t.waiting, t.waits = t.told+t.waiting, 0, false
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
