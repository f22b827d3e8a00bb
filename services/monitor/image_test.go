package monitor_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

// A question of volumes in memory costs two statements, whatever is grouped by: what is unconfirmed, and what
// was posted since.
func TestWhatAQuestionOfVolumesCosts(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	b.record(t, shrimpSale(30))
	var mutex sync.Mutex
	var statements []string
	counted := b.App.WithCounter(func(statement string) {
		mutex.Lock()
		defer mutex.Unlock()
		statements = append(statements, statement)
	})
	service := monitor.NewService(counted, monitor.Options{})
	require.Eventually(t, func() bool { // other tests' transactions hold the rollup back for a moment
		_, err := ledger.Follow(t.Context(), b.App)
		require.NoError(t, err)
		_, err = service.Follow(t.Context())
		require.NoError(t, err)
		statements = nil
		answer, err := service.Volumes(t.Context(), b.cast["administrator"], ledger.Query{By: ledger.Dimensions(), From: civil.New(2026, time.January, 1), To: civil.New(2026, time.December, 31)})
		require.NoError(t, err)
		return len(answer.Rows) > 0
	}, 20*time.Second, 10*time.Millisecond)
	require.Len(t, statements, 3, "the instant, and two of ours: %s", strings.Join(statements, "\n"))

	// What was posted a moment ago is in the answer before anybody follows.
	b.record(t, shrimpSale(12))
	statements = nil
	answer, err := service.Volumes(t.Context(), b.cast["administrator"], ledger.Query{By: []ledger.Dimension{ledger.ByYear}, From: civil.New(2026, time.January, 1), To: civil.New(2026, time.December, 31)})
	require.NoError(t, err)
	require.Equal(t, kg(42), answer.Rows[0].Delivered)
	require.Len(t, statements, 6, "and two of what was published and one of what was declared, where rows may show these")
	b.open(t)
	statements = nil
	gaps, err := service.Gaps(t.Context(), b.cast["administrator"], ledger.Query{From: civil.New(2026, time.January, 1), To: civil.New(2026, time.December, 31)})
	require.NoError(t, err)
	require.NotEmpty(t, gaps.Rows)
	require.Len(t, statements, 5, "the instant, the balances, all years before, the seasons, the thresholds: whatever there is")
	statements = nil
	_, err = service.Volumes(t.Context(), b.cast["administrator"], ledger.Query{By: ledger.Dimensions(), From: civil.New(2026, time.January, 1), To: civil.New(2026, time.December, 31)},
		ledger.WithPrevious)
	require.ErrorIs(t, err, monitor.ErrCompareWeeks)
	_, err = service.Volumes(t.Context(), b.cast["administrator"], ledger.Query{By: []ledger.Dimension{ledger.ByYear, ledger.ByGrade}, From: civil.New(2026, time.January, 1), To: civil.New(2026, time.December, 31)},
		ledger.WithPrevious, ledger.WithYearBefore)
	require.NoError(t, err)
	require.Len(t, statements, 3, "what is compared is read with the rest")
}

// Indicators cost as many statements as they have tables and what these are called by, whatever there was before.
func TestWhatIndicatorsCost(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	var mutex sync.Mutex
	var statements []string
	service := monitor.NewService(b.App.WithCounter(func(statement string) {
		mutex.Lock()
		defer mutex.Unlock()
		statements = append(statements, statement)
	}), monitor.Options{})
	market := inquiry.NewService(b.App, b.Book)
	cost := func() int {
		require.Eventually(t, func() bool { // other tests' transactions hold the rollup back for a moment
			_, err := ledger.Follow(t.Context(), b.App)
			require.NoError(t, err)
			_, err = market.FollowMarket(t.Context())
			require.NoError(t, err)
			more, err := service.Follow(t.Context())
			require.NoError(t, err)
			var waiting int
			require.NoError(t, b.App.Get(t.Context(), &waiting, `
				SELECT count(*) FROM ledger.deal_changes c JOIN inquiry.market_place p ON (c.xact, c.id) > (p.xact, p.id)`))
			return !more && waiting == 0
		}, 20*time.Second, 10*time.Millisecond)
		statements = nil
		_, err := service.Indicators(t.Context(), b.cast["administrator"], civil.New(2026, time.January, 1), civil.New(2026, time.September, 30))
		require.NoError(t, err)
		return len(statements)
	}
	before := cost()
	for n := range 20 {
		b.record(t, shrimpSale(int64(10+n)))
	}
	require.Equal(t, before, cost(), "however much was sold")
	require.Equal(t, 17, before, "the instant, one or two of each table, and four of how words were kept")
	for _, statement := range statements {
		require.NotContains(t, statement, "ledger.postings", "volumes and published bands are not added up from postings")
		require.NotContains(t, statement, "inquiry.deliveries", "nor words from deliveries, once they were followed")
	}
}
