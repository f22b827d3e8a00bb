package ledger_test

import (
	"context"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

// part is what an award has under one date.
type part struct {
	on       civil.Date
	quantity quantity.Quantity
}

// monthOf is a month as volumes name it.
func monthOf(d civil.Date) string { return d.String()[:len("2026-03")] }

// inParts shares an amount out to one to four dates of the year, from the deal's own on.
func (h *history) inParts(a *account, q quantity.Quantity) []part {
	parts := []part{{a.on, q}}
	for n := 1 + h.random.IntN(3); n > 0; n-- {
		last := &parts[len(parts)-1]
		next := last.on.AddDays(1 + h.random.IntN(40))
		takes := quantity.Quantity(h.random.Int64N(int64(last.quantity)/int64(quantity.Unit)+1)) * quantity.Unit
		if next.Year != a.on.Year || takes == 0 || takes == last.quantity {
			break
		}
		last.quantity -= takes
		parts = append(parts, part{next, takes})
	}
	return parts
}

// dated is a posting once for each part.
func dated(posting ledger.Posting, parts []part) []ledger.Posting {
	postings := make([]ledger.Posting, len(parts))
	for at, one := range parts {
		postings[at] = posting
		postings[at].BusinessDate, postings[at].Quantity = one.on, one.quantity
	}
	return postings
}

// quoteIt quotes on several dates, and now and then takes the quote back whole.
func (h *history) quoteIt(a *account, q quantity.Quantity) {
	quote, parts := newID(), h.inParts(a, q)
	h.apply(a, nil, func(v *ledger.Row, w weigh) {
		a.quoted += q
		v.Quoted += w(q)
		for _, one := range parts {
			a.quotedIn[monthOf(one.on)] += one.quantity
		}
	}, dated(a.deal.quote(ledger.Quoted, q, quote), parts)...)
	if h.random.IntN(3) > 0 {
		return
	}
	h.applyBy(h.release, a, nil, func(v *ledger.Row, w weigh) {
		a.quoted -= q
		v.Quoted -= w(q)
		for _, one := range parts {
			a.quotedIn[monthOf(one.on)] -= one.quantity
		}
	}, a.deal.quote(ledger.QuoteWithdrawn, q, quote))
}

// sameMonths checks that what is awarded and quoted stands under the months in which it is due.
func (h *history) sameMonths() {
	h.t.Helper()
	for _, a := range h.deals {
		wanted := make(map[string][2]quantity.Quantity)
		weighed := func(q quantity.Quantity) quantity.Quantity {
			if a.goods.UnitWeight > 0 {
				return q * a.goods.UnitWeight / quantity.Unit
			}
			return q
		}
		for month, quoted := range a.quotedIn {
			if quoted != 0 {
				wanted[month] = [2]quantity.Quantity{0, weighed(quoted)}
			}
		}
		for _, one := range a.parts {
			if month := monthOf(one.on); one.quantity != 0 {
				was := wanted[month]
				wanted[month] = [2]quantity.Quantity{was[0] + weighed(one.quantity), was[1]}
			}
		}
		rows, err := ledger.Volumes(context.Background(), h.App, ledger.Query{
			By: []ledger.Dimension{ledger.ByMonth}, From: day(2026, time.January, 1), To: day(2026, time.December, 31),
			Only: map[ledger.Dimension]string{ledger.ByBuyer: a.goods.BuyerID.String()},
		})
		require.NoError(h.t, err)
		found := make(map[string][2]quantity.Quantity)
		for _, row := range rows {
			if row.Awarded != 0 || row.Quoted != 0 {
				month := row.Dimensions[ledger.ByMonth]
				found[month] = [2]quantity.Quantity{found[month][0] + row.Awarded, found[month][1] + row.Quoted}
			}
		}
		require.Equal(h.t, wanted, found)
	}
}
