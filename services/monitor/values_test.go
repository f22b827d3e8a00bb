package monitor_test

import (
	"context"
	"fmt"
	"math/bits"
	"math/rand/v2"
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
// that any figure, shown or computed, names exactly the deliveries behind it.
type secrets struct {
	*testBundle

	producers, buyers []uuid.UUID // of delivery i
	communes          []string
}

// deliveries is how many there are; the largest value stays within the prices and quantities that
// are allowed.
const deliveries = 36

func newSecrets(t *testing.T, seed uint64) *secrets {
	t.Helper()
	s := &secrets{testBundle: setup(t, monitor.Options{})}
	chance := rand.New(rand.NewPCG(seed, 1))
	people := make([]uuid.UUID, 10)
	for i := range people {
		people[i] = newID()
		s.enter(t, []identity.OrganisationKind{identity.Producer, identity.Buyer}[i%2], people[i])
	}
	for _, commune := range s.Book.Communes() {
		if commune.Province == "96" && len(s.communes) < 2 {
			s.communes = append(s.communes, commune.Code)
		}
	}
	for i := range deliveries {
		one := shrimpSale(1)
		one.on = civil.New(2026, time.Month(3+chance.IntN(2)), 1+chance.IntN(30))
		one.goods.ProducerID, one.goods.BuyerID = people[2*chance.IntN(5)], people[2*chance.IntN(5)+1]
		one.goods.Commune, one.goods.Schemes = s.communes[chance.IntN(2)], [][]string{nil, {"OCOP"}, {"ASC_FARM"}}[chance.IntN(3)]
		switch chance.IntN(4) { // some months of a line are of few, some are not
		case 0:
			one.goods.Line, one.goods.Form = "rice", "milled"
		case 1:
			one.goods.Line, one.goods.Form = "mud_crab", "live"
		}
		if chance.IntN(3) == 0 {
			one.goods.BuyerSystem = "satra"
		}
		one.price, one.amount = money.VND(1)<<min(i, 29), quantity.Of(1)<<max(i-29, 0)
		s.producers, s.buyers = append(s.producers, one.goods.ProducerID), append(s.buyers, one.goods.BuyerID)
		s.record(t, one)
	}
	return s
}

// questions are those an attacker asks: every grouping, and filters on every dimension, over ranges
// that differ by days and by months.
func (s *secrets) questions() []ledger.Query {
	month := func(m time.Month, from, to int) [2]civil.Date {
		return [2]civil.Date{civil.New(2026, m, from), civil.New(2026, m, to)}
	}
	ranges := [][2]civil.Date{
		{civil.New(2026, time.January, 1), civil.New(2026, time.December, 31)}, {civil.New(2026, time.March, 1), civil.New(2026, time.April, 30)},
		month(time.March, 1, 31), month(time.March, 2, 31), month(time.March, 1, 30), month(time.March, 1, 15), month(time.April, 1, 30),
		month(time.April, 5, 30), month(time.April, 1, 29), month(time.April, 1, 31),
	}
	filters := []map[ledger.Dimension]string{nil, {ledger.ByScheme: "OCOP"}, {ledger.ByForm: "live"}, {ledger.ByCommune: s.communes[0]},
		{ledger.ByBuyerSystem: "satra"}, {ledger.ByProducer: s.producers[0].String()}, {ledger.ByBuyer: s.buyers[0].String()},
		{ledger.ByMonth: "2026-03"}, {ledger.ByLine: "rice"}, {ledger.ByLine: "rice", ledger.ByScheme: "OCOP"}}
	plain := [][]ledger.Dimension{nil, {ledger.ByMonth, ledger.ByLine}, {ledger.ByMonth, ledger.ByMonth}}
	fine := plain
	for _, dimension := range ledger.Dimensions() {
		fine = append(fine, []ledger.Dimension{dimension}, []ledger.Dimension{ledger.ByMonth, ledger.ByLine, dimension})
	}
	questions := []ledger.Query{}
	for _, days := range ranges {
		for _, only := range filters {
			groupings := plain
			if only == nil {
				groupings = fine
			}
			for _, by := range groupings {
				questions = append(questions, ledger.Query{By: by, From: days[0], To: days[1], Only: only})
			}
		}
	}
	return questions
}

// few returns why a figure tells of fewer than three organisations, "" when it does not.
func (s *secrets) few(figure uint64) string {
	producers, buyers := make(map[uuid.UUID]bool), make(map[uuid.UUID]bool)
	for rest := figure; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros64(rest)
		producers[s.producers[i]], buyers[s.buyers[i]] = true, true
	}
	if len(producers) < 3 || len(buyers) < 3 {
		return fmt.Sprintf("%d producers and %d buyers behind %b", len(producers), len(buyers), figure)
	}
	return ""
}

// No official finds what few were paid, neither in a table nor by taking tables from one another.
func TestNoValueOfFewCanBeFoundBySubtraction(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s := newSecrets(t, seed)
			shown, hidden := s.ask(t)
			require.NotEmpty(t, shown, "an answer without any value proves nothing")
			require.Positive(t, hidden)
			for figure := range computed(shown) {
				require.Empty(t, s.few(figure))
			}
		})
	}
}

// ask puts all questions, and returns the distinct values shown and how many were hidden.
func (s *secrets) ask(t *testing.T) (shown map[uint64]bool, hidden int) {
	t.Helper()
	shown = make(map[uint64]bool)
	service := monitor.NewService(s.App, monitor.Options{})
	for _, question := range s.questions() {
		answer, err := service.Volumes(context.Background(), s.cast["administrator"], question)
		require.NoError(t, err)
		for _, row := range answer.Rows {
			switch {
			case row.ValueVND != nil:
				require.False(t, row.ValueSuppressed)
				shown[uint64(*row.ValueVND)] = true
			case row.ValueSuppressed:
				hidden++
			default:
				require.Zero(t, row.Delivered, "a value is shown or said to be hidden")
			}
		}
	}
	return shown, hidden
}

// computed are all figures that follow from those shown: sums of what has nothing in common,
// and differences of what lies within another.
func computed(shown map[uint64]bool) map[uint64]bool {
	known, fresh := make(map[uint64]bool), shown
	const enough = 2000 // the first steps find what there is to find
	for len(fresh) > 0 && len(known) < enough {
		for figure := range fresh {
			known[figure] = true
		}
		next := make(map[uint64]bool)
		for a := range fresh {
			for b := range known {
				for _, figure := range []uint64{a &^ b, b &^ a, a | b} {
					nested, apart := a&b == a || a&b == b, a&b == 0
					if figure != 0 && !known[figure] && (nested || (apart && figure == a|b)) {
						next[figure] = true
					}
				}
			}
		}
		fresh = next
	}
	for figure := range fresh {
		known[figure] = true
	}
	return known
}
