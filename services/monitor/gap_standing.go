package monitor

import (
	"cmp"
	"context"
	"slices"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

// stood is where supply and demand stand: of one account, of one month or of some days.
type stood struct {
	// open is what buyers still want.
	open quantity.Quantity
	// free can be promised; reserved is held for quotes that have not been awarded, for as long as their
	// hold has not been released.
	free, reserved quantity.Quantity
	// committed is promised to awards, delivered or not.
	committed quantity.Quantity
}

// standing is where supply and demand of one line stand in one month and under one scheme.
type standing struct {
	gapKey
	stood
}

// available is the supply that could meet demand. What is reserved counts, because the demand it answers still
// counts as open.
func (s *stood) available() quantity.Quantity { return s.free + s.reserved }

// gap is demand less available supply: positive where goods are wanting.
func (s *stood) gap() quantity.Quantity { return s.open - s.available() }

func (s *stood) add(other stood) {
	s.open, s.free, s.reserved, s.committed = s.open+other.open, s.free+other.free, s.reserved+other.reserved, s.committed+other.committed
}

// within is the part that stands on some days of a window. What can still be promised and what is still wanted
// are spread evenly over the days that are still to come of it, what is committed over all.
func (s *stood) within(days, of dayRange, today int) stood {
	left := of.left(today)
	return stood{
		open: left.share(s.open, days), free: left.share(s.free, days), reserved: left.share(s.reserved, days), committed: of.share(s.committed, days),
	}
}

// standings are the balances of offers and of inquiry lines by month, line and scheme between the days of a
// query, spread over their windows as these are now; what they are of is what the posting that opened them
// said: an award with marks that nobody asked for fills the demand as it was asked for, and takes from the
// supply as it was offered. Supply and demand of two schemes stand in two rows. Months in which nothing stands
// are not answered. A nil view answers from the database, as exactly; the view must be older than the snapshot.
func standings(ctx context.Context, reader postgres.Reader, view *accountView, q ledger.Query, today civil.Date) ([]standing, error) {
	sorts, err := view.between(ctx, reader, window{q.From, q.To})
	if err != nil {
		return nil, err
	}
	return spread(sorts, q, today), nil
}

// spread spreads sums of accounts over the months of a query.
func spread(sorts map[accountSort]stood, q ledger.Query, today civil.Date) []standing {
	line, scheme := q.Only[ledger.ByLine], q.Only[ledger.ByScheme]
	asked, now, months := window{q.From, q.To}.days(), dayCount(today), monthsKnown{}
	sums := make(map[gapGoods]map[int]stood)
	for sort, all := range sorts {
		of := sort.days()
		days, some := of.both(asked)
		if !some || line != "" && line != sort.Line || scheme != "" && scheme != sort.scheme {
			continue
		}
		goods := gapGoods{sort.traded, sort.scheme}
		byMonth := sums[goods]
		if byMonth == nil {
			byMonth = make(map[int]stood)
			sums[goods] = byMonth
		}
		for month, last := max(monthCount(sort.from), monthCount(q.From)), min(monthCount(sort.to), monthCount(q.To)); month <= last; month++ {
			if part, some := months.days(month).both(days); some {
				sum := byMonth[month]
				sum.add(all.within(part, of, now))
				byMonth[month] = sum
			}
		}
	}
	return inOrder(sums)
}

// gapGoods is what a row of gaps is about, in any month.
type gapGoods struct {
	traded

	scheme string
}

func inOrder(sums map[gapGoods]map[int]stood) []standing {
	found := []standing{}
	for goods, byMonth := range sums {
		for month, sum := range byMonth {
			if sum != (stood{}) {
				found = append(found, standing{gapKey{goods.traded, monthText(monthFirst(month)), goods.scheme}, sum})
			}
		}
	}
	slices.SortFunc(found, func(a, b standing) int { return a.compare(b.gapKey) })
	return found
}

func (k gapKey) compare(other gapKey) int {
	return cmp.Or(cmp.Compare(k.month, other.month), cmp.Compare(k.scheme, other.scheme), k.traded.compare(other.traded))
}

// key is what the row is about, as the ledger writes it.
func (k gapKey) key() ledger.Key {
	return ledger.Key{
		Line: k.Line, Dried: k.Dried, Unit: k.Unit, Dimensions: map[ledger.Dimension]string{ledger.ByMonth: k.month, ledger.ByScheme: k.scheme},
	}
}
