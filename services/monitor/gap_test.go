package monitor_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

// wanting opens demand for 100, and supply for it, in a month.
func (b *testBundle) wanting(t *testing.T, line string, on civil.Date, supply int64) {
	t.Helper()
	goods := shrimpSale(1).goods
	goods.Line, goods.Form, goods.Schemes = line, "", nil
	postings := []ledger.Posting{{Goods: goods, Movement: ledger.DemandOpened, Quantity: kg(100), BusinessDate: on, InquiryID: newID(), InquiryLineID: newID()}}
	if supply > 0 {
		postings = append(postings, ledger.Posting{Goods: goods, Movement: ledger.OfferOpened, Quantity: kg(supply), BusinessDate: on, OfferID: newID()})
	}
	require.NoError(t, b.App.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		return ledger.PostTx(ctx, tx, b.cast["buyer"], postings...)
	}))
	b.open(t)
}

// authorities enters the organisations of the officials.
func (b *testBundle) authorities(t *testing.T) {
	t.Helper()
	for _, who := range []string{"official.camau", "official.tphcm"} {
		b.enter(t, identity.Authority, b.cast[who].OrganisationID)
	}
}

type alertPage struct {
	Items      []monitor.GapAlert `json:"items"`
	NextCursor string             `json:"next_cursor"`
	Total      *int               `json:"total"`
}

func TestAnAuthorityIsToldOnceOfEachGapThatCrossesItsThreshold(t *testing.T) {
	t.Parallel()
	ctx, today := context.Background(), civil.New(2026, time.September, 10)
	r := newReporter(t, today)
	r.authorities(t)
	service := monitor.NewService(r.clock, monitor.Options{})
	r.wanting(t, "black_tiger_shrimp", civil.New(2026, time.October, 5), 60) // 40 of 100
	r.wanting(t, "rice", civil.New(2026, time.October, 5), 20)               // 80 of 100
	r.wanting(t, "rice", civil.New(2026, time.September, 5), 90)             // 10 of 100
	r.wanting(t, "rice", civil.New(2027, time.March, 5), 0)                  // too far ahead
	noted := func() int {
		n, err := service.NoteGaps(ctx)
		require.NoError(t, err)
		return n
	}
	alerts := func(who string) (told []string) {
		for _, a := range read[alertPage](t, r.testBundle, who, "/v1/gap-alerts").Items {
			told = append(told, fmt.Sprintf("%s %s %s of %s", a.Month, a.Line, a.Requested-a.Available, a.Requested))
		}
		return told
	}
	require.Zero(t, noted(), "nobody set a threshold")

	const set = `{"thresholds":[{"uncovered_percent":50,"least":"10","weeks":8},{"line":"black_tiger_shrimp","uncovered_percent":40,"least":"40","weeks":8}]}`
	require.Equal(t, http.StatusOK, r.send(t, "official.camau", http.MethodPut, "/v1/gap-thresholds", set).Code)
	require.Equal(t, 2, noted())
	require.Zero(t, noted(), "each is told once")
	require.Equal(t, []string{"2026-10 rice 80 of 100", "2026-10 black_tiger_shrimp 40 of 100"}, alerts("official.camau"))
	require.Empty(t, alerts("official.tphcm"), "the other authority set none")

	require.Equal(t, http.StatusOK, r.send(t, "official.camau", http.MethodPut, "/v1/gap-thresholds", set).Code)
	require.Zero(t, noted(), "the same thresholds stay the same")
	stricter := `{"thresholds":[{"uncovered_percent":10,"least":"10","weeks":8},{"line":"black_tiger_shrimp","uncovered_percent":40,"least":"40.001","weeks":8}]}`
	require.Equal(t, http.StatusOK, r.send(t, "official.camau", http.MethodPut, "/v1/gap-thresholds", stricter).Code)
	require.Equal(t, 2, noted(), "rice in both months; of shrimp too little is wanting now")
	require.Equal(t, 1, r.count(t, `SELECT count(*) FROM identity.audit_events WHERE action = 'gap_thresholds.set' AND organisation_id = $1 AND detail::text LIKE '%40001%' OR
		action = 'gap_thresholds.set' AND detail::text LIKE '%40.001%'`, r.cast["official.camau"].OrganisationID))

	gaps := read[monitor.Gaps](t, r.testBundle, "official.camau", "/v1/gaps?line=rice")
	alerted := map[string]bool{}
	for _, row := range gaps.Rows {
		alerted[*row.Month] = row.Alert
	}
	require.Equal(t, map[string]bool{"2026-09": true, "2026-10": true, "2027-03": false}, alerted)
	for _, row := range read[monitor.Gaps](t, r.testBundle, "official.tphcm", "/v1/gaps?line=rice").Rows {
		require.False(t, row.Alert, "thresholds are each authority's own")
	}

	first := read[alertPage](t, r.testBundle, "official.camau", "/v1/gap-alerts?limit=3&count=true")
	require.Len(t, first.Items, 3)
	require.Equal(t, 4, *first.Total)
	rest := read[alertPage](t, r.testBundle, "official.camau", "/v1/gap-alerts?limit=3&cursor="+first.NextCursor)
	require.Len(t, rest.Items, 1)
	require.NotContains(t, first.Items, rest.Items[0])
}

// count reads a number.
func (b *testBundle) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	n := 0
	require.NoError(t, b.Owner.Get(context.Background(), &n, query, args...))
	return n
}

func TestThresholdsThatAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	b.authorities(t)
	for body, code := range map[string]string{
		`{"thresholds":[{"line":"gold","uncovered_percent":50,"least":"1","weeks":4}]}`:                                  "unknown_value",
		`{"thresholds":[{"uncovered_percent":50,"least":"1","weeks":4},{"uncovered_percent":60,"least":"1","weeks":4}]}`: "threshold_twice",
		`{"thresholds":[{"line":"rice","uncovered_percent":0,"least":"1","weeks":4}]}`:                                   "thresholds[0].uncovered_percent",
		`{"thresholds":[{"line":"rice","uncovered_percent":5,"least":"-1","weeks":4}]}`:                                  "thresholds[0].least",
		`{"thresholds":[{"line":"rice","uncovered_percent":5,"least":"1","weeks":53}]}`:                                  "thresholds[0].weeks",
	} {
		refused := b.send(t, "official.camau", http.MethodPut, "/v1/gap-thresholds", body)
		require.Equal(t, http.StatusUnprocessableEntity, refused.Code, refused.Body.String())
		require.Contains(t, refused.Body.String(), code)
	}
	for who, status := range map[string]int{
		"anonymous": 401, "producer": 403, "buyer": 403, "applicant": 403, "administrator": 403, "viewer": 403, "key.monitor": 403, "official.tphcm": 200,
	} {
		require.Equal(t, status, b.send(t, who, http.MethodPut, "/v1/gap-thresholds", `{"thresholds":[]}`).Code, who)
	}
	status, code := b.code(t, "official.camau", "/v1/gap-alerts?cursor=x")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Equal(t, "invalid_cursor", code)
}

// The expectation beside a row is the average that plain arithmetic gives over the years that had anything.
func TestTheExpectationIsTheAverageOfYearsBefore(t *testing.T) {
	t.Parallel()
	r := newReporter(t, civil.New(2026, time.September, 10))
	chance := rand.New(rand.NewPCG(5, 5))
	delivered, years := quantity.Quantity(0), 0
	for ago := 1; ago <= 7; ago++ {
		had := false
		for range chance.IntN(4) {
			one := shrimpSale(int64(1 + chance.IntN(90)))
			one.goods.Schemes, one.on = nil, civil.New(2026-ago, time.October, 1+chance.IntN(31))
			r.record(t, one)
			if ago <= 5 {
				delivered, had = delivered+one.amount, true
			}
		}
		if had {
			years++
		}
	}
	require.Greater(t, years, 1)
	require.Less(t, years, 5, "in some years nothing was")
	elsewhere := shrimpSale(500)
	elsewhere.goods.Schemes, elsewhere.on = nil, civil.New(2025, time.November, 1)
	r.record(t, elsewhere)
	r.wanting(t, "black_tiger_shrimp", civil.New(2026, time.October, 5), 60)
	r.wanting(t, "rice", civil.New(2026, time.October, 5), 60)
	gaps := read[monitor.Gaps](t, r.testBundle, "official.tphcm", "/v1/gaps?from=2026-10-05&to=2026-10-20", "Accept-Language", "en")
	require.Len(t, gaps.Rows, 2)
	past := gaps.Rows[0].Past
	require.Equal(t, years, past.Years)
	require.Equal(t, (delivered+quantity.Quantity(years/2))/quantity.Quantity(years), past.Delivered)
	require.Equal(t, past.Delivered, past.Offered, "all that was offered was delivered")
	require.Nil(t, gaps.Rows[1].Past)
	require.NotEmpty(t, gaps.Rows[0].Seasons)
	require.Contains(t, gaps.Notes[len(gaps.Notes)-1], "not a promise")
	list := r.get(t, "official.tphcm", "/v1/gaps?from=2026-10-05&to=2026-10-20", "Accept", "text/csv")
	require.Contains(t, list.Body.String(), fmt.Sprintf("false,%d,%s,%s,", years, past.Offered, past.Delivered))
}
