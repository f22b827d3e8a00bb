package ledger_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
)

// follow follows until the rollup and the image have all that is posted; other tests' transactions hold
// them back for a moment.
func (b *testBundle) follow(t *testing.T, image *ledger.Image) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := ledger.Follow(t.Context(), b.App)
		require.NoError(t, err)
		_, err = image.Follow(t.Context())
		require.NoError(t, err)
		var behind int
		require.NoError(t, b.App.Get(t.Context(), &behind, `
			SELECT count(*) FROM ledger.postings p JOIN ledger.rollup_place r ON (p.xact, p.id) > (r.xact, r.id)`))
		return behind == 0
	}, 20*time.Second, 5*time.Millisecond)
}

// unlike collects what differs between the rollup and the postings.
func (b *testBundle) unlike(t *testing.T) []ledger.Finding {
	t.Helper()
	var findings []ledger.Finding
	_, err := ledger.RollupMatches(t.Context(), b.App, func(f ledger.Finding) error {
		findings = append(findings, f)
		return nil
	})
	require.NoError(t, err)
	return findings
}

// same asks the postings, the rollup in the database and the image, in one snapshot.
func (b *testBundle) same(t require.TestingT, view *ledger.View, q ledger.Query) []ledger.Row {
	var oracle []ledger.Row
	err := b.App.InSnapshot(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		var err error
		oracle, err = ledger.Volumes(ctx, tx, q)
		if err != nil {
			return err
		}
		for name, each := range map[string]*ledger.View{"in the database": nil, "in memory": view} {
			rows, err := each.Volumes(ctx, tx, q)
			require.NoError(t, err)
			require.Equal(t, oracle, rows, "%s: %+v", name, q)
			supplies, err := each.SuppliesOf(ctx, tx, q, ledger.Span{From: q.From, To: q.To})
			require.NoError(t, err)
			require.Equal(t, suppliesIn(oracle), supplies[0], "%s: supplies of %+v", name, q)
		}
		return nil
	})
	require.NoError(t, err)
	return oracle
}

// suppliesIn are the rows of which something was offered or delivered, without the other measures.
func suppliesIn(rows []ledger.Row) []ledger.Supply {
	supplies := []ledger.Supply{}
	for _, row := range rows {
		if row.Offered != 0 || row.Delivered != 0 {
			supplies = append(supplies, ledger.Supply{Key: row.Key, Offered: row.Offered, Delivered: row.Delivered})
		}
	}
	return supplies
}

// traded is a history of trade with deliveries that have names, some of them corrected long after.
type traded struct {
	*history

	deliveries []uuid.UUID
	goods      []ledger.Goods
	// on are the days on which the goods were awarded.
	on []civil.Date
}

func (h *traded) deliver() {
	d := newDeal(goodsOf(h.random, h.communes()))
	if len(h.goods) > 0 && h.random.IntN(2) == 0 {
		d.goods = h.goods[h.random.IntN(len(h.goods))]
	}
	if h.random.IntN(3) == 0 {
		d.goods.BuyerSystem = ""
	}
	h.goods = append(h.goods, d.goods)
	d.on = day(2026, time.Month(1+h.random.IntN(12)), 1+h.random.IntN(28))
	h.on = append(h.on, d.on)
	require.NoError(h.t, h.post(d.supply(ledger.OfferOpened, kg(100)), d.demand(ledger.DemandOpened, kg(90)), d.trade(ledger.Awarded, kg(50))))
	delivery := newID()
	h.deliveries = append(h.deliveries, delivery)
	part := func(movement ledger.Movement, amount int64) ledger.Posting {
		posting := d.trade(movement, kg(amount))
		posting.DeliveryID, posting.BusinessDate = delivery, d.on.AddDays(h.random.IntN(9))
		posting.PriceVND *= 1 // some deliveries have no price
		if d.goods.Stars == 3 {
			posting.PriceVND = 0
		}
		return posting
	}
	require.NoError(h.t, h.post(part(ledger.Dispatched, 40)))
	if h.random.IntN(3) == 0 {
		return
	}
	require.NoError(h.t, h.post(part(ledger.Accepted, 30), part(ledger.Rejected, 10)))
	if h.random.IntN(2) == 0 {
		return
	}
	require.NoError(h.t, h.App.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		postings, err := ledger.ReversalsTx(ctx, tx, d.inquiry, delivery)
		if err != nil {
			return err
		}
		return ledger.PostTx(ctx, tx, h.who, append(postings, part(ledger.Accepted, 25), part(ledger.Rejected, 15))...)
	}))
}

// anyQuery draws a grouping and filters; values are drawn from those that rows have.
func (h *traded) anyQuery(t *rapid.T) ledger.Query {
	q := ledger.Query{
		By:   rapid.SliceOfNDistinct(rapid.SampledFrom(ledger.Dimensions()), 0, 5, rapid.ID).Draw(t, "by"),
		Only: make(map[ledger.Dimension]string),
		From: day(2026, 1, 1).AddDays(rapid.IntRange(-20, 300).Draw(t, "from")),
	}
	q.To = q.From.AddDays(rapid.IntRange(0, 400).Draw(t, "days"))
	goods := rapid.SampledFrom(h.goods).Draw(t, "goods")
	month := rapid.IntRange(1, 12).Draw(t, "month")
	values := map[ledger.Dimension][]string{
		ledger.ByWeek: {"2026-W11", "2026-W20"}, ledger.ByMonth: {civil.New(2026, time.Month(month), 1).String()[:7]},
		ledger.ByQuarter: {"2026-Q1", "2026-Q4"}, ledger.ByHalfYear: {"2026-H1"}, ledger.ByYear: {"2026", "2025"},
		ledger.ByLine: {goods.Line}, ledger.ByForm: {goods.Form}, ledger.ByCommune: {goods.Commune}, ledger.ByDistrict: h.districts(goods.Commune),
		ledger.ByScheme: {"OCOP", "ASC_FARM"}, ledger.ByBuyerSystem: {"saigon-coop"}, ledger.ByProducer: {goods.ProducerID.String()},
		ledger.ByBuyer: {goods.BuyerID.String()}, ledger.ByGrade: {"20-30", "gạch"}, ledger.ByStars: {"3", "4"}, ledger.ByWard: {"25747"},
	}
	for _, dimension := range rapid.SliceOfNDistinct(rapid.SampledFrom(ledger.Dimensions()), 0, 2, rapid.ID).Draw(t, "only") {
		if len(values[dimension]) > 0 {
			q.Only[dimension] = rapid.SampledFrom(values[dimension]).Draw(t, "value")
		}
	}
	for _, delivery := range h.deliveries {
		if rapid.Bool().Draw(t, "unconfirmed") {
			q.Unconfirmed = append(q.Unconfirmed, delivery)
		}
	}
	return q
}

func (h *traded) districts(commune string) []string {
	var codes []string
	for _, each := range h.Book.Communes() {
		for _, district := range each.FormerDistricts {
			if each.Code == commune {
				codes = append(codes, district.Code)
			}
		}
	}
	return codes
}

// Whatever happened and whatever is asked, the rollup answers what the postings say: behind them, level with
// them, from the database and from memory, late corrections and all.
func TestVolumesFromTheRollupAreThoseOfThePostings(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			h := &traded{history: newHistory(t, b, seed)}
			image := ledger.NewImage(b.App)
			for n := range 90 {
				switch n % 3 {
				case 0:
					h.deliver()
				default:
					h.step()
				}
				if h.random.IntN(10) == 0 {
					_, err := ledger.Follow(t.Context(), b.App)
					require.NoError(t, err)
				}
				if n == 30 || h.random.IntN(20) == 0 {
					_, err := image.Follow(t.Context())
					require.NoError(t, err)
				}
			}
			view := image.View()
			require.NotNil(t, view)
			rows := 0
			rapid.Check(t, func(t *rapid.T) { rows += len(b.same(t, view, h.anyQuery(t))) })
			b.follow(t, image)
			require.Empty(t, b.unlike(t))
			rapid.Check(t, func(t *rapid.T) { rows += len(b.same(t, image.View(), h.anyQuery(t))) })
			require.Greater(t, rows, 300, "the questions must have answers")
		})
	}
}

// A posting that commits after a later one is not passed over.
func TestTheRollupWaitsForWhatBeganBefore(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), setup(t)
	image := ledger.NewImage(b.App)
	b.wholeDeal(t, newDeal(graded()))
	b.follow(t, image)
	inside, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- b.App.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
			defer func() { <-release }()
			defer close(inside)
			return ledger.PostTx(ctx, tx, b.who, newDeal(graded()).supply(ledger.OfferOpened, kg(7)))
		})
	}()
	<-inside
	require.NoError(t, b.post(newDeal(graded()).supply(ledger.OfferOpened, kg(5))))
	taken, err := ledger.Follow(ctx, b.App)
	require.NoError(t, err)
	require.Zero(t, taken, "an older transaction has not ended")
	_, err = image.Follow(ctx)
	require.NoError(t, err)
	require.Equal(t, kg(105), b.same(t, image.View(), year())[0].Offered, "what was posted since is in the answer all the same")
	close(release)
	require.NoError(t, <-done)
	require.Equal(t, kg(112), b.same(t, image.View(), year())[0].Offered)
	b.follow(t, image)
	require.Equal(t, kg(112), b.same(t, image.View(), year())[0].Offered)
	require.Empty(t, b.unlike(t))
}

// A question's snapshot may be older than the image that others ask meanwhile.
func TestAViewStaysAsItWas(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), setup(t)
	image := ledger.NewImage(b.App)
	require.Nil(t, image.View())
	b.wholeDeal(t, newDeal(graded()))
	b.follow(t, image)
	view := image.View()
	require.NoError(t, b.App.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		before, err := ledger.Volumes(ctx, tx, year(ledger.ByProducer))
		require.NoError(t, err)
		b.wholeDeal(t, newDeal(graded()))
		b.follow(t, image)
		after, err := view.Volumes(ctx, tx, year(ledger.ByProducer))
		require.NoError(t, err)
		require.Equal(t, before, after)
		return nil
	}))
	require.Len(t, b.same(t, image.View(), year(ledger.ByProducer)), 2+1, "two producers' supply and trade, and demand of nobody's")
}

// Several processes follow while others post; one of them dies midway, one gives up.
func TestFollowersAddEachPostingOnce(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), setup(t)
	goods := graded()
	var posting, following sync.WaitGroup
	over := make(chan struct{})
	for n := range 3 {
		posting.Go(func() {
			for range 12 {
				d := newDeal(goods)
				d.on = day(2026, time.Month(1+n), 1+rand.IntN(28))
				assert.NoError(t, b.post(d.supply(ledger.OfferOpened, kg(100)), d.demand(ledger.DemandOpened, kg(80)), d.trade(ledger.Awarded, kg(50))))
			}
		})
	}
	for n := range 4 {
		following.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				err := b.App.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
					var taken, process int
					if err := tx.Get(ctx, &taken, `SELECT ledger.follow($1)`, 1+n*3); err != nil {
						return err
					}
					switch {
					case taken == 0 || rand.IntN(4) > 0:
						return nil
					case n == 0:
						return errGivesUp
					}
					if err := tx.Get(ctx, &process, `SELECT pg_backend_pid()`); err != nil {
						return err
					}
					_, err := b.Owner.Exec(ctx, `SELECT pg_terminate_backend($1)`, process)
					return err
				})
				_ = err // what fails is done again by another
			}
		})
	}
	posting.Wait()
	image := ledger.NewImage(b.App)
	b.follow(t, image)
	close(over)
	following.Wait()
	b.follow(t, image)
	require.Empty(t, b.unlike(t))
	rows := b.same(t, image.View(), year())
	require.Equal(t, kg(3600), rows[0].Offered)
	require.Equal(t, kg(1800), rows[0].Awarded)
}

var errGivesUp = errors.New("the follower gives up")

func TestTheRollupIsTheOwnersToWrite(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.wholeDeal(t, newDeal(graded()))
	b.follow(t, ledger.NewImage(b.App))
	for _, statement := range []string{
		"UPDATE ledger.daily SET amount = 0", "DELETE FROM ledger.daily", "INSERT INTO ledger.daily SELECT * FROM ledger.daily",
		"UPDATE ledger.rollup_place SET epoch = 2", "DELETE FROM ledger.goods", "UPDATE ledger.demands SET ward = ''",
	} {
		_, err := b.App.Exec(t.Context(), statement)
		require.Equal(t, "42501", postgres.Code(err), statement)
	}
	for at, statement := range []string{
		"UPDATE ledger.daily SET amount = amount + $1 WHERE movement = (SELECT code FROM ledger.movements WHERE movement = 'accepted')",
		"UPDATE ledger.daily SET value_vnd = $1 WHERE movement = (SELECT code FROM ledger.movements WHERE movement = 'awarded')",
		"UPDATE ledger.goods SET stars = 5 WHERE stars = 4 AND $1 = 1",
		"DELETE FROM ledger.daily WHERE movement = (SELECT code FROM ledger.movements WHERE movement = 'quoted') AND $1 = 1",
	} {
		before := b.unlike(t)
		b.tamper(t, statement, 1)
		require.False(t, slices.Equal(before, b.unlike(t)), "%d: %s", at, statement)
	}
}

// A rollup that is begun anew is not added to what was read of the one before.
func TestARollupBegunAnewIsReadAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	image := ledger.NewImage(b.App)
	b.wholeDeal(t, newDeal(graded()))
	b.follow(t, image)
	b.tamper(t, "TRUNCATE ledger.postings, ledger.daily, ledger.goods, ledger.demands CASCADE")
	b.tamper(t, "UPDATE ledger.rollup_place SET xact = '0', id = $1, epoch = epoch + 1", uuid.Nil)
	require.Empty(t, b.same(t, nil, year()))
	b.wholeDeal(t, newDeal(graded()))
	require.Equal(t, kg(100), b.same(t, nil, year())[0].Offered, "what is not rolled up is read from the postings")
	b.follow(t, image)
	require.Empty(t, b.unlike(t))
	require.Equal(t, kg(100), b.same(t, image.View(), year())[0].Offered)
	require.Equal(t, 12, image.View().Cells(), "twelve movements, each once")
}
