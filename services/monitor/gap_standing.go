package monitor

import (
	"cmp"
	"context"
	"fmt"
	"maps"
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
func (s *stood) within(days, of window, today civil.Date) stood {
	left := of.left(today)
	return stood{
		open: left.share(s.open, days), free: left.share(s.free, days), reserved: left.share(s.reserved, days), committed: of.share(s.committed, days),
	}
}

// standings are the balances of offers and of inquiry lines by month, line and scheme between the days of a
// query, spread over their windows as these are now; what they are of is what the posting that opened them
// said: an award with marks that nobody asked for fills the demand as it was asked for, and takes from the
// supply as it was offered. Supply and demand of two schemes stand in two rows. Months in which nothing stands are not answered.
func standings(ctx context.Context, reader postgres.Reader, q ledger.Query, today civil.Date) ([]standing, error) {
	const query = `
		WITH accounts AS (
			SELECT w.available_from AS starts, w.available_to AS ends, p.product_line, p.form, p.schemes, p.unit, p.weight, p.quantity,
			       CAST(0 AS bigint) AS open, o.free, o.reserved, o.committed + o.dispatched + o.accepted AS committed
			  FROM catalog.offers w
			  JOIN ledger.offers o ON o.offer_id = w.id
			  JOIN ledger.postings p ON p.offer_id = w.id AND p.movement = 'offer_opened'
			 WHERE w.available_to >= $1 AND w.available_from <= $2 AND (o.free <> 0 OR o.reserved <> 0 OR o.committed + o.dispatched + o.accepted <> 0)
			 UNION ALL
			SELECT w.deliver_from, w.deliver_to, p.product_line, p.form, p.schemes, p.unit, p.weight, p.quantity, l.open, 0, 0, 0
			  FROM inquiry.lines w
			  JOIN ledger.lines l ON l.inquiry_line_id = w.id
			  JOIN ledger.postings p ON p.inquiry_line_id = w.id AND p.movement = 'demand_opened'
			 WHERE w.deliver_to >= $1 AND w.deliver_from <= $2 AND l.open <> 0
		)
		SELECT a.starts, a.ends, coalesce(claimed.scheme, ''), a.product_line, coalesce(d.dried, false), CASE WHEN a.weight IS NULL THEN a.unit ELSE 'kg' END,
		       CAST(sum(round(a.open * u.weight)) AS bigint), CAST(sum(round(a.free * u.weight)) AS bigint),
		       CAST(sum(round(a.reserved * u.weight)) AS bigint), CAST(sum(round(a.committed * u.weight)) AS bigint)
		  FROM accounts a
		 CROSS JOIN LATERAL (SELECT coalesce(CAST(a.weight AS numeric) / a.quantity, 1) AS weight) u
		  LEFT JOIN LATERAL (SELECT DISTINCT unnest(a.schemes) AS scheme) claimed ON true
		  LEFT JOIN reference.dried_goods d ON d.line = a.product_line AND d.form = coalesce(a.form, '')
		 WHERE ($3 = '' OR a.product_line = $3) AND ($4 = '' OR claimed.scheme = $4)
		 GROUP BY 1, 2, 3, 4, 5, 6`
	asked, sums := window{q.From, q.To}, make(map[gapKey]stood)
	args := []any{q.From, q.To, q.Only[ledger.ByLine], q.Only[ledger.ByScheme]}
	err := reader.Each(ctx, query, args, func(scan func(dest ...any) error) error {
		var of window
		var key gapKey
		var all stood
		if err := scan(&of.from, &of.to, &key.scheme, &key.Line, &key.Dried, &key.Unit, &all.open, &all.free, &all.reserved, &all.committed); err != nil {
			return fmt.Errorf("reading where supply and demand stand: %w", err)
		}
		days, some := of.both(asked)
		if !some {
			return nil
		}
		for _, month := range days.months() {
			key.month = monthText(month.from)
			sum := sums[key]
			sum.add(all.within(month, of, today))
			sums[key] = sum
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return inOrder(sums), nil
}

func inOrder(sums map[gapKey]stood) []standing {
	found := make([]standing, 0, len(sums))
	for _, key := range slices.SortedFunc(maps.Keys(sums), gapKey.compare) {
		if sums[key] != (stood{}) {
			found = append(found, standing{key, sums[key]})
		}
	}
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
