package monitor_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/monitor"
)

// What is told of concentration is what plain arithmetic on the deliveries gives, and is told of nothing
// but whole quarters that have ended, of three producers on either side and none above half.
func TestConcentrationOfAnything(t *testing.T) {
	t.Parallel()
	today := civil.New(2026, time.September, 30)
	r := newReporter(t, today)
	chance := rand.New(rand.NewPCG(11, 3))
	people := make([]uuid.UUID, 9)
	for i := range people {
		people[i] = newID()
	}
	sums := map[string]map[uuid.UUID]float64{}
	for month := time.January; month <= time.September; month++ {
		for range 7 {
			one := shrimpSale(int64(1 + chance.IntN(50)))
			one.on = civil.New(2026, month, 1+chance.IntN(28))
			one.goods.ProducerID = people[chance.IntN(len(people))]
			if month > time.March && chance.IntN(3) == 0 {
				one.goods.ProducerID, one.amount = people[0], kg(400)
			}
			r.record(t, one)
			quarter := "2026-Q" + strconv.Itoa((int(month)+2)/3)
			if sums[quarter] == nil {
				sums[quarter] = map[uuid.UUID]float64{}
			}
			sums[quarter][one.goods.ProducerID] += float64(one.amount) / 1000
		}
	}
	expected := [][]string{}
	for _, quarter := range []string{"2026-Q1", "2026-Q2"} { // the third ends today: it has not ended
		var all []float64
		total, squares, three := 0.0, 0.0, 0.0
		for _, amount := range sums[quarter] {
			all, total = append(all, amount), total+amount
		}
		slices.Sort(all)
		for at, amount := range all {
			if squares += amount / total * amount / total; at >= len(all)-3 {
				three += amount / total
			}
		}
		if len(all) >= 6 && all[len(all)-1] <= total/2 {
			expected = append(expected, []string{
				quarter, "black_tiger_shrimp", "", "kg", strconv.Itoa(int(math.Round(three * 100))), strconv.Itoa(int(math.Round(squares*100)) * 100),
			})
		}
	}
	require.Len(t, expected, 1, "one quarter is told, and one is kept back: of somebody who has more than half")
	answer := read[monitor.Indicators](t, r.testBundle, "official.tphcm", "/v1/indicators")
	found := tableOf(t, answer, "concentration")
	for _, row := range found {
		row[3] = "kg"
	}
	require.Equal(t, expected, found)
	for _, window := range []string{"from=2026-01-02&to=2026-03-31", "from=2026-01-01&to=2026-03-30", "from=2026-02-01&to=2026-04-30"} {
		answer := read[monitor.Indicators](t, r.testBundle, "official.tphcm", "/v1/indicators?"+window)
		require.Empty(t, tableOf(t, answer, "concentration"), window)
	}
	r.tamper(t, `INSERT INTO monitor.indicator_rules (code, effective_from, value, name_vi, name_en, source, verified)
		VALUES ('concentration_most_percent', '2026-01-01', 100, '', '', 'test', false)`)
	require.Len(t, tableOf(t, read[monitor.Indicators](t, r.testBundle, "official.tphcm", "/v1/indicators"), "concentration"), 2, "the bound is data")
}

// With fewer than six producers nothing is told: three on one side would tell of fewer on the other.
func TestConcentrationOfFiveIsNotTold(t *testing.T) {
	t.Parallel()
	r := newReporter(t, civil.New(2026, time.September, 30))
	for n := range 6 {
		answer := read[monitor.Indicators](t, r.testBundle, "official.tphcm", "/v1/indicators?to=2026-03-31&from=2026-01-01")
		require.Empty(t, tableOf(t, answer, "concentration"), n)
		r.record(t, shrimpSale(10))
	}
	answer := read[monitor.Indicators](t, r.testBundle, "official.tphcm", "/v1/indicators?to=2026-03-31&from=2026-01-01")
	require.Equal(t, []string{"50", "1700"}, tableOf(t, answer, "concentration")[0][4:])
}
