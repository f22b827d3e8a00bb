package ledger_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

// history posts random movements, also impossible ones, and keeps its own books beside the
// ledger's, written down from PRODUCT.md and not from ledger.movements.
type history struct {
	*testBundle

	t      *testing.T
	random *rand.Rand
	deals  []*account
	// volumes are the expected totals by line and unit.
	volumes map[[2]string]*ledger.Row
	refused int
	// parted counts the awards with several dates.
	parted int
}

// account is what a deal's books must show.
type account struct {
	deal

	unit                                                                quantity.Quantity
	free, reserved, committed, dispatched, accepted                     quantity.Quantity
	open, awarded, delivered, quoted, rejected                          quantity.Quantity
	awardCommitted, awardDispatched, awardAccepted, released, bad, lost quantity.Quantity
	quote                                                               uuid.UUID
	everAwarded                                                         bool
	// parts are what is awarded and not released under each of the award's dates, ascending.
	parts []part
	// quotedIn is what is quoted by month.
	quotedIn map[string]quantity.Quantity
}

// lines of goods with every kind of unit.
func goodsOf(random *rand.Rand, communes []string) ledger.Goods {
	goods := []ledger.Goods{
		{Line: "black_tiger_shrimp", Form: "live", Unit: "kg", Schemes: []string{"ASC_FARM", "OCOP"}},
		{Line: "dried_shrimp", Form: "dried", Unit: "kg", Schemes: []string{"OCOP"}},
		{Line: "bird_nest", Form: "raw", Unit: "piece", UnitWeight: 125},
		{Line: "fish_sauce", Form: "bottled", Unit: "litre", Schemes: []string{"OCOP"}},
		{Line: "fish_sauce", Form: "bottled", Unit: "bottle"},
		{Line: "processed_shrimp", Unit: "kg"},
	}[random.IntN(6)]
	goods.Commune, goods.BuyerSystem = communes[random.IntN(len(communes))], "saigon-coop"
	goods.Grade, goods.Stars = []string{"", "20-30", "gạch"}[random.IntN(3)], []int{0, 3, 4}[random.IntN(3)]
	goods.Ward = []string{"", "25747", "25750"}[random.IntN(3)]
	goods.ProducerID, goods.BuyerID, goods.ProductID = newID(), newID(), newID()
	return goods
}

func newHistory(t *testing.T, b *testBundle, seed uint64) *history {
	t.Helper()
	h := &history{
		testBundle: b, t: t, random: rand.New(rand.NewPCG(seed, 1)), volumes: make(map[[2]string]*ledger.Row),
	}
	communes := h.communes()
	for range 6 {
		a := &account{deal: newDeal(goodsOf(h.random, communes)), unit: quantity.Unit, quote: newID(), quotedIn: map[string]quantity.Quantity{}}
		a.on = day(2026, time.Month(1+h.random.IntN(12)), 1+h.random.IntN(28))
		h.deals = append(h.deals, a)
		supplied, wanted := h.amount(400)+a.unit, h.amount(400)+a.unit
		h.apply(a, nil, func(v *ledger.Row, w weigh) {
			a.free, a.open = supplied, wanted
			v.Offered += w(supplied)
			v.Requested += w(wanted)
		}, a.supply(ledger.OfferOpened, supplied), a.demand(ledger.DemandOpened, wanted))
		h.hold(a)
	}
	return h
}

func (h *history) communes() []string {
	communes := []string{}
	for _, commune := range h.Book.Communes() {
		if commune.Province == "96" {
			communes = append(communes, commune.Code)
		}
	}
	return communes
}

// amount is a random whole number of units, also nothing.
func (h *history) amount(most int) quantity.Quantity { return kg(h.random.Int64N(int64(most))) }

type weigh func(quantity.Quantity) quantity.Quantity

// apply posts; the books change when the ledger accepts, and only then. want is the refusal that
// must come, nil when it must not.
func (h *history) apply(a *account, want *fault.Definition, book func(v *ledger.Row, w weigh), postings ...ledger.Posting) {
	h.t.Helper()
	h.applyBy(h.post, a, want, book, postings...)
}

func (h *history) applyBy(post func(...ledger.Posting) error, a *account, want *fault.Definition, book func(v *ledger.Row, w weigh), postings ...ledger.Posting) {
	h.t.Helper()
	err := post(postings...)
	if want != nil {
		require.ErrorIs(h.t, err, want)
		h.refused++
		return
	}
	require.NoError(h.t, err)
	unit, w := a.goods.Unit, func(q quantity.Quantity) quantity.Quantity { return q }
	if a.goods.UnitWeight > 0 {
		unit, w = "kg", func(q quantity.Quantity) quantity.Quantity { return q * a.goods.UnitWeight / quantity.Unit }
	}
	key := [2]string{a.goods.Line, unit}
	if h.volumes[key] == nil {
		h.volumes[key] = &ledger.Row{}
	}
	book(h.volumes[key], w)
}

func (h *history) hold(a *account) {
	held := min(h.amount(50), a.free)
	if held == 0 {
		a.quote = uuid.Nil
		return
	}
	h.apply(a, nil, func(*ledger.Row, weigh) { a.free, a.reserved = a.free-held, held },
		a.hold(held, a.quote, time.Now().Add(time.Hour)))
}

// refusal picks the first refusal whose condition holds.
func refusal(cases ...any) *fault.Definition {
	for i := 0; i < len(cases); i += 2 {
		if cases[i].(bool) {
			return cases[i+1].(*fault.Definition)
		}
	}
	return nil
}

// step does one random thing to one deal.
func (h *history) step() {
	a, q := h.deals[h.random.IntN(len(h.deals))], h.amount(60)
	switch h.random.IntN(10) {
	case 0:
		h.apply(a, nil, func(v *ledger.Row, w weigh) { a.free += q; v.Offered += w(q) }, a.supply(ledger.OfferRaised, q))
	case 1:
		h.apply(a, refusal(q > a.free, ledger.ErrOfferExhausted),
			func(v *ledger.Row, w weigh) { a.free -= q; v.Offered -= w(q) }, a.supply(ledger.OfferLowered, q))
	case 2:
		h.apply(a, refusal(q > a.open, ledger.ErrLineFilled),
			func(v *ledger.Row, w weigh) { a.open -= q; v.Requested -= w(q) }, a.demand(ledger.DemandLowered, q))
	case 3:
		h.quoteIt(a, q)
	case 4:
		h.letGo(a)
	case 5, 6:
		h.award(a, q)
	case 7:
		if a.everAwarded {
			h.cancel(a, q)
		}
	case 8:
		if a.everAwarded {
			h.dispatch(a, q)
		}
	default:
		if a.everAwarded {
			h.receive(a)
		}
	}
}

func (h *history) letGo(a *account) {
	require.NoError(h.t, h.App.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		return ledger.ReleaseTx(ctx, tx, h.who, "withdrawn", a.quote)
	}))
	a.free, a.reserved = a.free+a.reserved, 0
}

// award opens the deal's award the first time and others later; the books add them up, so the
// later ones get a deal of their own on the same offer and line only in other tests.
func (h *history) award(a *account, q quantity.Quantity) {
	if a.everAwarded || q == 0 {
		return
	}
	parts := h.inParts(a, q)
	h.apply(a, refusal(q > a.open, ledger.ErrLineFilled, q > a.free, ledger.ErrOfferExhausted), func(v *ledger.Row, w weigh) {
		a.everAwarded, a.parts = true, parts
		a.free, a.committed = a.free-q, a.committed+q
		a.open, a.awarded = a.open-q, a.awarded+q
		a.awardCommitted += q
		v.Awarded += w(q)
		if len(parts) > 1 {
			h.parted++
		}
	}, dated(a.trade(ledger.Awarded, q), parts)...)
}

// cancel releases: the last dates go first.
func (h *history) cancel(a *account, q quantity.Quantity) {
	movement := []ledger.Movement{ledger.AwardReleased, ledger.Shortfall}[h.random.IntN(2)]
	h.applyBy(h.release, a, refusal(q > a.awardCommitted, ledger.ErrAwardExceeded), func(v *ledger.Row, w weigh) {
		a.free, a.committed = a.free+q, a.committed-q
		a.open, a.awarded = a.open+q, a.awarded-q
		a.awardCommitted, a.released = a.awardCommitted-q, a.released+q
		v.Awarded -= w(q)
		v.Released += w(q)
		for at, left := len(a.parts)-1, q; at >= 0; at-- {
			takes := min(left, a.parts[at].quantity)
			a.parts[at].quantity, left = a.parts[at].quantity-takes, left-takes
		}
	}, a.trade(movement, q))
}

func (h *history) dispatch(a *account, q quantity.Quantity) {
	h.apply(a, refusal(q > a.awardCommitted, ledger.ErrAwardExceeded), func(v *ledger.Row, w weigh) {
		a.committed, a.dispatched = a.committed-q, a.dispatched+q
		a.awardCommitted, a.awardDispatched = a.awardCommitted-q, a.awardDispatched+q
		v.Dispatched += w(q)
	}, a.trade(ledger.Dispatched, q))
}

// receive splits an amount into accepted, rejected and lost; now and then it is more than is on
// the way.
func (h *history) receive(a *account) {
	good, bad, lost := h.amount(30), h.amount(10), h.amount(4)
	all := good + bad + lost
	h.apply(a, refusal(all > a.awardDispatched, ledger.ErrAwardExceeded), func(v *ledger.Row, w weigh) {
		a.dispatched, a.accepted, a.committed = a.dispatched-all, a.accepted+good, a.committed+bad+lost
		a.awarded, a.delivered, a.rejected = a.awarded-good, a.delivered+good, a.rejected+bad
		a.awardDispatched, a.awardAccepted = a.awardDispatched-all, a.awardAccepted+good
		a.awardCommitted, a.bad, a.lost = a.awardCommitted+bad+lost, a.bad+bad, a.lost+lost
		v.Delivered += w(good)
		v.Rejected += w(bad)
		v.ValueVND += money.Value(250_000, good)
	}, a.trade(ledger.Accepted, good), a.trade(ledger.Rejected, bad), a.trade(ledger.Lost, lost))
}

// compare checks every balance against the history's own books.
func (h *history) compare() {
	ctx, t := context.Background(), h.t
	for _, a := range h.deals {
		offers, err := ledger.OfferBalances(ctx, h.App, []uuid.UUID{a.offer})
		require.NoError(t, err)
		committed := a.committed + a.dispatched + a.accepted
		require.Equal(t, ledger.OfferBalance{
			OfferID: a.offer, Supplied: a.free + a.reserved + committed, Committed: committed, Remaining: a.free,
		}, offers[a.offer])
		lines, err := ledger.LineBalances(ctx, h.App, []uuid.UUID{a.line})
		require.NoError(t, err)
		require.Equal(t, ledger.LineBalance{
			InquiryLineID: a.line, Requested: a.open + a.awarded + a.delivered, Quoted: a.quoted, Awarded: a.awarded + a.delivered,
			Delivered: a.delivered, Rejected: a.rejected, Open: a.open,
		}, lines[a.line])
		if !a.everAwarded {
			continue
		}
		awards, err := ledger.AwardBalances(ctx, h.App, []uuid.UUID{a.award})
		require.NoError(t, err)
		require.Equal(t, ledger.AwardBalance{
			AwardID: a.award, Committed: a.awardCommitted, Dispatched: a.awardDispatched, Accepted: a.awardAccepted,
			Released: a.released, Rejected: a.bad, Lost: a.lost,
		}, awards[a.award])
	}
	require.Empty(t, h.audit(t))
}

// sameVolumes checks that a grouping adds up to the history's own totals.
func (h *history) sameVolumes(by ...ledger.Dimension) {
	h.t.Helper()
	rows, err := ledger.Volumes(context.Background(), h.App,
		ledger.Query{By: by, From: day(2026, time.January, 1), To: day(2026, time.December, 31)})
	require.NoError(h.t, err)
	sums := make(map[[2]string]*ledger.Row)
	for _, row := range rows {
		require.NotEmpty(h.t, row.Line, "lines are never totalled together")
		require.NotEmpty(h.t, row.Unit)
		require.Len(h.t, row.Dimensions, len(by))
		sum := sums[[2]string{row.Line, row.Unit}]
		if sum == nil {
			sum = &ledger.Row{}
			sums[[2]string{row.Line, row.Unit}] = sum
		}
		sum.Offered, sum.Requested, sum.Quoted = sum.Offered+row.Offered, sum.Requested+row.Requested, sum.Quoted+row.Quoted
		sum.Awarded, sum.Dispatched, sum.Delivered = sum.Awarded+row.Awarded, sum.Dispatched+row.Dispatched, sum.Delivered+row.Delivered
		sum.Rejected, sum.Released, sum.ValueVND = sum.Rejected+row.Rejected, sum.Released+row.Released, sum.ValueVND+row.ValueVND
	}
	require.Equal(h.t, h.volumes, sums, "by %v", by)
}

func TestBalancesAndVolumesFollowFromAnyHistory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			h := newHistory(t, setup(t), seed)
			for range 120 {
				h.step()
			}
			h.compare()
			require.Positive(t, h.refused, "the history must hold refused movements, seed %d", seed)
			require.Positive(t, h.parted)
			h.sameMonths()
			for _, by := range [][]ledger.Dimension{
				nil,
				{ledger.ByMonth}, {ledger.ByWeek}, {ledger.ByQuarter}, {ledger.ByHalfYear}, {ledger.ByYear}, {ledger.ByForm},
				{ledger.ByCommune}, {ledger.ByBuyerSystem}, {ledger.ByProducer}, {ledger.ByBuyer},
				{ledger.ByMonth, ledger.ByCommune, ledger.ByBuyerSystem, ledger.ByProducer, ledger.ByForm},
			} {
				h.sameVolumes(by...)
			}
		})
	}
}
