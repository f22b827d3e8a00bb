package ledger

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Volumes answers as the package's [Volumes] does and as exactly, from the rollup: in memory, with one
// statement for what is not in it yet; of a nil View in the database.
func (v *View) Volumes(ctx context.Context, reader postgres.Reader, q Query) ([]Row, error) {
	rows, err := v.VolumesOf(ctx, reader, q, Span{q.From, q.To})
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// VolumesOf asks the same of several spans of days in place of the query's, and answers each by itself as Volumes
// does: in memory with one statement for all.
func (v *View) VolumesOf(ctx context.Context, reader postgres.Reader, q Query, spans ...Span) ([][]Row, error) {
	return answers[Row](ctx, v, reader, q, volumeParts, spans)
}

// SuppliesOf asks for no more than was offered and delivered: of whole months and without regard to the demand
// that is quicker, because nobody is counted.
func (v *View) SuppliesOf(ctx context.Context, reader postgres.Reader, q Query, spans ...Span) ([][]Supply, error) {
	return answers[Supply](ctx, v, reader, q, supplyParts, spans)
}

func answers[R any, P group[R]](ctx context.Context, v *View, reader postgres.Reader, q Query, parts []part, spans []Span) ([][]R, error) {
	if len(spans) == 0 {
		return nil, nil
	}
	all := q
	all.From, all.To = spans[0].From, spans[0].To
	for _, span := range spans {
		q.From, q.To = span.From, span.To
		if err := q.Check(); err != nil {
			return nil, err
		}
		if span.From.Before(all.From) {
			all.From = span.From
		}
		if span.To.After(all.To) {
			all.To = span.To
		}
	}
	var late *late
	if v != nil {
		var err error
		if late, err = v.late(ctx, reader, all); err != nil {
			return nil, err
		}
	}
	var p *plan
	if late != nil && v.known.coverLate(late) { // else the database knows what a movement does
		p = planned(q, parts, v.known, late.goods, late.demands)
	}
	answers := make([][]R, len(spans))
	for n, span := range spans {
		q.From, q.To = span.From, span.To
		var err error
		if p == nil {
			answers[n], err = total[R, P](ctx, reader, q, parts, fromRollup)
		} else {
			answers[n], err = answer[R, P](v, late, p.between(span))
		}
		if err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// answer adds up the view and what it lacks, which may be more than the plan is for.
func answer[R any, P group[R]](v *View, late *late, p *plan) ([]R, error) {
	sums := v.addUp(p)
	late.addTo(p, sums)
	if sums.full {
		return nil, ErrTooManyRows.With("max", p.query.most())
	}
	rows := make([]R, 0, len(sums.groups))
	for at, group := range sums.groups {
		var row R
		for i, into := range P(&row).measures() {
			n := sums.measure(at, p.parts[i])
			switch into := into.(type) {
			case *quantity.Quantity:
				*into = quantity.Quantity(n)
			case *money.VND:
				*into = money.VND(n)
			case *int:
				*into = int(n)
			}
		}
		if !P(&row).empty() {
			*P(&row).key() = p.key(group)
			rows = append(rows, row)
		}
	}
	sortRows[R, P](rows, p.by)
	return rows, nil
}

// addUp adds up the months of a query, shared out among processors.
func (v *View) addUp(p *plan) *groupSums {
	type share struct {
		month *monthCells
		times [longestMonth]int
	}
	var shares []share
	cells := 0
	for _, month := range v.months {
		if times, some := p.timesOf(month.first); some {
			shares, cells = append(shares, share{month, times}), cells+len(month.amount)
		}
	}
	workers := min(runtime.GOMAXPROCS(0), 1+cells/cellsPerWorker)
	sums := make([]*groupSums, workers)
	var done sync.WaitGroup
	for n := range sums {
		sums[n] = newSums(p)
		done.Go(func() {
			for at := n; at < len(shares) && !sums[n].full; at += workers {
				sums[n].add(shares[at].month, &shares[at].times)
			}
		})
	}
	done.Wait()
	for _, other := range sums[1:] {
		sums[0].merge(other)
	}
	return sums[0]
}

// cellsPerWorker is what is not worth sharing out.
const cellsPerWorker = 50_000

// late is what a view lacks: what was posted since, and what is unconfirmed.
type late struct {
	goods       []goodsFacts
	demands     []demandFacts
	posted      []lateCell
	unconfirmed []lateCell
}

// lateCell is a posting that is late, on a day.
type lateCell struct {
	cell

	on int32
}

// late reads it. What is posted of new goods is numbered behind the view's own.
func (v *View) late(ctx context.Context, reader postgres.Reader, q Query) (*late, error) {
	const query = `
		SELECT ` + toldColumns + `, false
		  FROM ledger.told t JOIN ledger.movements m USING (movement)
		 WHERE (t.xact, t.id) > (CAST($1 AS xid8), $2) AND t.business_date BETWEEN $3 AND $4
		 UNION ALL
		SELECT ` + toldColumns + `, true
		  FROM ledger.told t JOIN ledger.movements m USING (movement)
		 WHERE t.movement = 'dispatched' AND t.delivery_id = ANY (CAST($5 AS uuid[])) AND t.business_date BETWEEN $3 AND $4`
	found := &late{goods: slices.Clip(v.goods), demands: slices.Clip(v.demands)}
	newGoods, newDemands := make(map[goodsFacts]uint32), make(map[demandFacts]uint32)
	args := []any{v.place.Xact, v.place.ID, q.From, q.To, postgres.Array(q.Unconfirmed)}
	err := reader.Each(ctx, query, args, func(scan func(dest ...any) error) error {
		var unconfirmed bool
		p, err := scanTold(scan, &unconfirmed)
		if err != nil {
			return err
		}
		one := lateCell{on: p.on, cell: cell{
			goods:    codeOf(&v.codes.mutex, v.codes.goods, newGoods, len(v.goods), &found.goods, p.goodsFacts),
			demand:   codeOf(&v.codes.mutex, v.codes.demands, newDemands, len(v.demands), &found.demands, p.demandFacts),
			movement: p.movement, amount: p.amount, value: p.value,
		}}
		if unconfirmed {
			found.unconfirmed = append(found.unconfirmed, one)
		} else {
			found.posted = append(found.posted, one)
		}
		return nil
	})
	return found, err
}

// codeOf returns the code of a thing: a view's own below its length, else one of the question's own.
func codeOf[F comparable](guard *sync.RWMutex, codes, own map[F]uint32, length int, all *[]F, facts F) uint32 {
	guard.RLock()
	code, known := codes[facts]
	guard.RUnlock()
	if known && int(code) < length {
		return code
	}
	code, known = own[facts]
	if !known {
		code = uint32(len(*all)) //nolint:gosec // far from four thousand million
		own[facts], *all = code, append(*all, facts)
	}
	return code
}

func (l *late) addTo(p *plan, sums *groupSums) {
	for _, each := range l.posted {
		if time, kept := p.time(each.on); kept && p.demands[each.demand] != none {
			one := emptyMonth(0, 1)
			one.add(each.cell)
			sums.addRun(one, one.runs[0], 0, 1, time)
		}
	}
	for _, each := range l.unconfirmed {
		if time, kept := p.time(each.on); kept {
			sums.addUnconfirmed(time, each.goods, each.demand, each.amount)
		}
	}
}
