package catalog

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/searchindex"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// crowded is a product with any number of offers: sold out, held, at a daily price, dearer by the
// tonne, of goods of any weight.
func crowded(random *rand.Rand, id uuid.UUID, producer uuid.UUID, now time.Time) document {
	today := dayNumber(reference.Day(now))
	weights := []quantity.Quantity{0, 1, 3, 333, 500, 1000, 1001, 12_500}
	d := document{
		ID: id, Producer: producer, Shown: true, PublishedAt: now.Add(time.Duration(random.IntN(1000)) * time.Second), Day: reference.Day(now),
		Name: "gạo", Line: "rice", Form: "milled", Unit: "bag", UnitWeight: weights[random.IntN(len(weights))],
	}
	count := random.IntN(4)
	if random.IntN(20) == 0 {
		count = places - 1 + random.IntN(4)
	}
	for range count {
		from := today + random.Int32N(40) - 20
		o := supply{
			ID: uuid.New(), From: from, To: from + random.Int32N(30), Visibility: []Visibility{Public, Buyers, OnRequest}[random.IntN(3)],
			Free: quantity.Quantity(random.Int64N(50)) * 100, Least: quantity.Of(random.Int64N(3)), LeadDays: random.Int32N(10),
			Multiple: quantity.Of(random.Int64N(3)), Place: []string{"", "32065", "32098", "32201"}[random.IntN(4)],
		}
		for tier := range random.IntN(4) {
			o.Tiers = append(o.Tiers, PriceTier{FromQuantity: quantity.Of(int64(2 * tier)), PriceVND: money.VND(1 + random.IntN(20))})
		}
		if random.IntN(10) == 0 {
			o.Held = []hold{{Quantity: 1000, Until: now.Add(time.Duration(random.IntN(3)-1) * time.Hour)}}
		}
		d.Offers = append(d.Offers, o)
	}
	return d
}

// anyWish asks for anything, or for nothing.
func anyWish(random *rand.Rand, now time.Time) wish {
	today := dayNumber(reference.Day(now))
	w := wish{day: today + random.Int32N(2), now: now, leadMax: -1}
	if random.IntN(2) == 0 {
		w.from = today + random.Int32N(20) - 5
	}
	if random.IntN(2) == 0 {
		w.to = max(w.from, today) + random.Int32N(10) - 1
	}
	if random.IntN(2) == 0 {
		w.least, w.byWeight = quantity.Quantity(random.Int64N(40))*100+quantity.Quantity(random.Int64N(2)), random.IntN(2) == 0
	}
	if random.IntN(2) == 0 {
		w.priceMax = money.VND(1 + random.IntN(20))
	}
	if random.IntN(3) == 0 {
		w.leadMax = random.Int32N(8)
	}
	return w
}

// TestMeasuresFindWhatLookingFinds: what is found by the measures of offers is what is found by
// looking at every offer, for every class of reader, before and after changes.
func TestMeasuresFindWhatLookingFinds(t *testing.T) {
	t.Parallel()
	now := time.Now() // the index asks the clock what is held
	random := rand.New(rand.NewPCG(3, 4))
	x := newSearchIndex(referencetest.Lend(t).Book)
	producers := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	var ids []uuid.UUID
	var documents []document
	for range 3000 {
		ids = append(ids, uuid.New())
		documents = append(documents, crowded(random, ids[len(ids)-1], producers[random.IntN(3)], now))
	}
	x.replaceAll(documents, reference.Day(now))
	met, sorted, listed := 0, 0, 0
	for range 40 {
		for range 25 {
			w := anyWish(random, now)
			if w.plain() && w.priceMax == 0 && w.leadMax < 0 {
				continue // nothing is asked of offers
			}
			x.engine.Read(func(r *searchindex.Reader[listing]) {
				for _, c := range []class{anybody, buyer, official} {
					s := &run{searchIndex: x, reader: r, who: viewer{class: c}, wish: w, parity: parity(w.day)}
					want := r.Collect(r.All(), func(p *listing) bool { return p.meets(s.who, &w) })
					met += int(want.GetCardinality())
					require.Equal(t, want.ToArray(), s.offering(r.All()).ToArray(), "%s %+v", c, w)
					for _, order := range []string{ByPrice, ByRemaining, ByLeadTime} {
						sorted += requireTheLeast(t, s, want, order)
					}
				}
			})
		}
		for range 25 {
			listed += requireSupply(t, x, random, producers, now)
		}
		var changed []document
		for range 20 {
			changed = append(changed, crowded(random, ids[random.IntN(len(ids))], producers[0], now))
		}
		x.apply(changed, []uuid.UUID{ids[random.IntN(len(ids))]})
	}
	require.Positive(t, met)
	require.Positive(t, sorted)
	require.Positive(t, listed)
}

// requireTheLeast pages through a set in an order: walking along what is known of products gives the
// pages that looking at all gives.
func requireTheLeast(t *testing.T, s *run, among *set, order string) int {
	t.Helper()
	by, walked := s.ordering(order), 0
	var last *hit
	behind := func(number uint32, v int64) bool { return last == nil || compareHits(hit{number, v}, *last) > 0 }
	for range 3 {
		want := s.least(among, s.who, by.value, behind, 4)
		require.Equal(t, want, s.along(among, s.who, by, behind, 4), "%s %s %+v", s.who.class, order, s.wish)
		if walked += len(want); len(want) == 4 {
			last = &want[3]
		}
	}
	return walked
}

// requireSupply asks for offers, page by page: those that the measures say come first are those that
// come first when all are looked at.
func requireSupply(t *testing.T, x *searchIndex, random *rand.Rand, producers []uuid.UUID, now time.Time) (listed int) {
	t.Helper()
	readers := []viewer{{class: anybody}, {class: buyer}, {class: official}, {class: anybody, own: producers[random.IntN(3)]}}
	who := readers[random.IntN(len(readers))]
	query := SupplyQuery{Query: Query{Limit: 5}, SupplySort: supplySorts()[random.IntN(3)]}
	w := anyWish(random, now)
	var where []string
	if random.IntN(3) == 0 {
		where = []string{"32065", "32098"}
	}
	for range 3 {
		x.engine.Read(func(r *searchindex.Reader[listing]) {
			asked := func() *supplySearch {
				s := &supplySearch{run: &run{searchIndex: x, reader: r, who: who, wish: w}, query: query, places: where, pools: map[kindOfGoods]*pooling{}}
				s.own = s.ownProducts()
				return s
			}
			one, other := asked(), asked()
			require.Equal(t, r.Collect(r.All(), one.look).ToArray(), other.find(r.All()).ToArray())
			require.Equal(t, one.total, other.total)
			require.Equal(t, one.page, other.page, "%+v %+v", query, w)
			require.Equal(t, one.pooled(), other.pooled(), "%+v %+v", query, w)
			if listed += len(one.page); len(one.page) > 0 {
				last := one.page[len(one.page)-1]
				query.AfterRank, query.AfterOffer = last.rank, last.offer
			}
		})
	}
	return listed
}
