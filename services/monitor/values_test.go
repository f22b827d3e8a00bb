package monitor_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

// secrets is a ledger whose values give themselves away: delivery number i is worth 2^i đồng, so
// that any figure shown names exactly the deliveries behind it.
type secrets struct {
	*testBundle

	chance            *rand.Rand
	people            []uuid.UUID // producers at even places, buyers at odd ones
	producers, buyers []uuid.UUID // of delivery i
	communes          []string
	// receipts are those of the deliveries as they were last posted; taken says that one was taken back.
	receipts []ledger.Posting
	taken    []bool
}

func newSecrets(t *testing.T, seed uint64) *secrets {
	t.Helper()
	s := &secrets{testBundle: setup(t, monitor.Options{}), chance: rand.New(rand.NewPCG(seed, 1)), people: make([]uuid.UUID, 12)}
	for i := range s.people {
		s.people[i] = newID()
		s.enter(t, []identity.OrganisationKind{identity.Producer, identity.Buyer}[i%2], s.people[i])
	}
	for _, commune := range s.Book.Communes() {
		if commune.Province == "96" && len(s.communes) < 3 {
			s.communes = append(s.communes, commune.Code)
		}
	}
	return s
}

// deliver lets something be delivered in a month; some months of a line are of few, some are not.
func (s *secrets) deliver(t *testing.T, month time.Month) {
	t.Helper()
	i, one := len(s.producers), shrimpSale(1)
	one.on = civil.New(2026, month, 1+s.chance.IntN(28))
	one.goods.ProducerID, one.goods.BuyerID = s.people[2*s.chance.IntN(6)], s.people[2*s.chance.IntN(6)+1]
	one.goods.Commune, one.goods.Schemes = s.communes[s.chance.IntN(3)], [][]string{nil, {"OCOP"}, {"ASC_FARM"}}[s.chance.IntN(3)]
	if s.chance.IntN(4) == 0 {
		one.goods.Line, one.goods.Form = "rice", "milled"
	}
	if s.chance.IntN(3) == 0 {
		one.goods.BuyerSystem = "satra"
	}
	one.price, one.amount = money.VND(1)<<min(i, 29), quantity.Of(1)<<max(i-29, 0)
	s.producers, s.buyers = append(s.producers, one.goods.ProducerID), append(s.buyers, one.goods.BuyerID)
	s.receipts = append(s.receipts, s.receiptOf(t, one))
	s.taken = append(s.taken, false)
}

// correct takes a receipt back, adds again one that was taken back, or moves one to another month and commune.
func (s *secrets) correct(t *testing.T, month time.Month) {
	t.Helper()
	i := s.chance.IntN(len(s.receipts))
	receipt, stood := &s.receipts[i], !s.taken[i]
	if stood {
		s.post(t, reversed(*receipt))
	}
	if s.taken[i] = stood && s.chance.IntN(2) == 0; s.taken[i] {
		return
	}
	if s.chance.IntN(2) == 0 {
		receipt.BusinessDate, receipt.Commune = civil.New(2026, time.Month(1+s.chance.IntN(int(month))), 1), s.communes[s.chance.IntN(3)]
	}
	s.post(t, *receipt)
}

// publish lets the job run on a day.
func (s *secrets) publish(t *testing.T, day civil.Date) int {
	t.Helper()
	s.seal(t)
	clock := s.App.WithClock(func() time.Time { return day.In(time.UTC).Add(12 * time.Hour) })
	published, err := monitor.NewService(clock, monitor.Options{}).PublishFigures(t.Context())
	require.NoError(t, err)
	return published
}

// questions are those an attacker asks: every grouping, and filters on every dimension, over ranges
// that differ by days and by months.
func (s *secrets) questions() []ledger.Query {
	day := func(month time.Month, day int) civil.Date { return civil.New(2026, month, day) }
	ranges := [][2]civil.Date{
		{day(1, 1), day(12, 31)}, {day(1, 1), day(3, 31)}, {day(1, 1), day(6, 30)}, {day(2, 1), day(4, 30)}, {day(1, 1), day(2, 28)},
		{day(1, 2), day(12, 31)}, {day(3, 1), day(3, 31)},
	}
	filters := []map[ledger.Dimension]string{
		{ledger.ByScheme: "OCOP"}, {ledger.ByForm: "live"}, {ledger.ByCommune: s.communes[0]}, {ledger.ByBuyerSystem: "satra"},
		{ledger.ByProducer: s.producers[0].String()}, {ledger.ByBuyer: s.buyers[0].String()}, {ledger.ByMonth: "2026-03"},
		{ledger.ByLine: "rice"}, {ledger.ByLine: "rice", ledger.ByCommune: s.communes[1]},
	}
	questions := []ledger.Query{}
	for _, days := range ranges {
		ask := func(only map[ledger.Dimension]string, by ...ledger.Dimension) {
			questions = append(questions, ledger.Query{By: by, From: days[0], To: days[1], Only: only})
		}
		for _, only := range filters {
			ask(only, ledger.ByMonth)
			ask(only, ledger.ByYear)
		}
		for _, dimension := range ledger.Dimensions() {
			ask(nil, dimension)
			ask(nil, ledger.ByQuarter, dimension, ledger.ByCommune)
		}
	}
	return questions
}

// ask puts questions, holds every value shown to be a sum of whole figures, adds the editions of figures told by
// now to those shown, and returns how many values were hidden.
//
// A delivery that was moved may be in two figures of which one is older, so what a sum of figures is about
// cannot be read off it; a figure holds each delivery once.
func (s *secrets) ask(t *testing.T, questions []ledger.Query, shown map[uint64]bool) (hidden int) {
	t.Helper()
	var editions, newest []uint64
	const told = `SELECT f.value_vnd FROM monitor.figures f JOIN monitor.figure_blocks b ON b.id = f.block_id WHERE b.book = 'delivered'`
	require.NoError(t, s.App.Select(t.Context(), &editions, told))
	const latest = told + ` AND f.edition = (SELECT max(g.edition) FROM monitor.figures g WHERE g.block_id = b.id) AND b.product_line = $1`
	sums := make(map[uint64]bool)
	for _, line := range []string{"black_tiger_shrimp", "rice"} {
		require.NoError(t, s.App.Select(t.Context(), &newest, latest, line))
		of := []uint64{0}
		for _, figure := range newest {
			for _, sum := range slices.Clone(of) {
				of = append(of, sum+figure)
				sums[sum+figure] = true
			}
		}
	}
	for _, figure := range editions {
		shown[figure] = true
	}
	service := monitor.NewService(s.App, monitor.Options{})
	for _, question := range questions {
		answer, err := service.Volumes(context.Background(), s.cast["administrator"], question)
		require.NoError(t, err)
		for _, row := range answer.Rows {
			switch {
			case row.ValueVND != nil:
				require.False(t, row.ValueSuppressed)
				require.Contains(t, sums, uint64(*row.ValueVND), "no sum of whole figures")
			case row.ValueSuppressed:
				hidden++
			default:
				require.Zero(t, row.Delivered, "a value is shown or said to be hidden")
			}
		}
	}
	return hidden
}

// found solves for what the figures shown tell of few: it returns a combination of them that is about
// two organisations of one kind and nobody else, if there is one.
//
// Each figure is a linear equation in the worth of the deliveries. Something about the deliveries of
// a few alone follows from all of them exactly when leaving those deliveries out makes equations
// depend on each other that did not.
func (s *secrets) found(shown map[uint64]bool) string {
	equations := make([]uint64, 0, len(shown))
	for figure := range shown {
		equations = append(equations, figure)
	}
	slices.Sort(equations)
	all := rank(equations)
	for side, of := range map[string][]uuid.UUID{"producers": s.producers, "buyers": s.buyers} {
		for first := range s.people {
			for second := range first {
				var few uint64
				for i, who := range of {
					if who == s.people[first] || who == s.people[second] {
						few |= 1 << i
					}
				}
				others := make([]uint64, len(equations))
				for at, equation := range equations {
					others[at] = equation &^ few
				}
				if rank(others) < all {
					return fmt.Sprintf("something about two %s alone, of the deliveries %b", side, few)
				}
			}
		}
	}
	return ""
}

// rank is the number of independent equations among those whose bits are their coefficients.
func rank(equations []uint64) int {
	var reduced [][]*big.Rat
	for _, equation := range equations {
		row := make([]*big.Rat, 64)
		for i := range row {
			row[i] = big.NewRat(int64(equation>>i&1), 1)
		}
		for _, known := range reduced {
			lead := leading(known)
			if row[lead].Sign() == 0 {
				continue
			}
			factor := new(big.Rat).Quo(row[lead], known[lead])
			for i := lead; i < len(row); i++ {
				row[i].Sub(row[i], new(big.Rat).Mul(factor, known[i]))
			}
		}
		if leading(row) < len(row) {
			reduced = append(reduced, row)
			slices.SortFunc(reduced, func(x, y []*big.Rat) int { return leading(x) - leading(y) })
		}
	}
	return len(reduced)
}

func leading(row []*big.Rat) int {
	at := slices.IndexFunc(row, func(x *big.Rat) bool { return x.Sign() != 0 })
	if at < 0 {
		return len(row)
	}
	return at
}

// Whoever asks every question, month after month while deliveries and late receipts come in, and receipts are taken
// back, moved and added again, and solves for what is not shown, learns nothing about one or two producers or buyers.
// Many more histories, of figures alone: TestNothingOfFewFollowsFromAllEditions.
func TestNoValueOfFewCanBeSolvedFor(t *testing.T) {
	t.Parallel()
	corrections := []int{1, 4}
	for seed := range uint64(len(corrections)) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s, shown, hidden := newSecrets(t, seed), make(map[uint64]bool), 0
			for month := time.January; month <= time.May; month++ {
				for range 8 {
					s.deliver(t, month)
				}
				for range 3 {
					s.deliver(t, time.Month(1+s.chance.IntN(int(month))))
				}
				for range corrections[seed] {
					s.correct(t, month)
				}
				s.publish(t, civil.New(2026, month+1, 10))
				questions := s.questions()
				if month < time.May { // some of them; in the end all
					s.chance.Shuffle(len(questions), func(i, j int) { questions[i], questions[j] = questions[j], questions[i] })
					questions = questions[:len(questions)/5]
				}
				hidden += s.ask(t, questions, shown)
			}
			require.Greater(t, len(shown), 5, "an answer without values proves nothing")
			require.Positive(t, hidden)
			require.Empty(t, s.found(shown))
			for _, check := range s.examine(t).Findings {
				require.NotContains(t, check.Table, "monitor.", "%v", check)
			}
			t.Logf("%d values shown, %d hidden", len(shown), hidden)
		})
	}
}

// The solver is no ornament: shown the values of single cells, it finds what they tell.
func TestTheSolverFindsWhatFollows(t *testing.T) {
	t.Parallel()
	a, b, c := newID(), newID(), newID()
	s := &secrets{people: []uuid.UUID{a, newID(), b, newID(), c, newID()}, producers: []uuid.UUID{a, b, c, c}}
	s.buyers = []uuid.UUID{s.people[1], s.people[3], s.people[5], s.people[1]}
	require.Empty(t, s.found(map[uint64]bool{0b0111: true}))
	require.NotEmpty(t, s.found(map[uint64]bool{0b0111: true, 0b1111: true}), "the difference is the last delivery")
	require.NotEmpty(t, s.found(map[uint64]bool{0b0011: true}), "two producers")
}
