package monitor_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	declaring "github.com/ocop-market/ocop/services/trade"
)

// ordered is a market in which reports of months were ordered by the authority of buyers.
func ordered(t *testing.T, today civil.Date) *reporter {
	t.Helper()
	r := newReporter(t, today)
	r.enter(t, identity.Authority, r.cast["official.tphcm"].OrganisationID)
	require.Equal(t, http.StatusNoContent, r.send(t, "official.tphcm", http.MethodPut, "/v1/report-orders/month", "").Code)
	return r
}

// due asks for what is due, and returns how many reports that were.
func (r *reporter) due(t *testing.T) int {
	t.Helper()
	asked, err := monitor.NewService(r.clock, reported()).DueReports(t.Context())
	require.NoError(t, err)
	return asked
}

// editions are those of April, the newest first.
func (r *reporter) editions(t *testing.T) []monitor.ReportEntry {
	t.Helper()
	return read[struct{ Items []monitor.ReportEntry }](t, r.testBundle, "official.tphcm", "/v1/reports?period=2026-04").Items
}

// What is declared of a month later, or declared otherwise, corrects its report as a posting does.
func TestDeclarationsCorrectAReport(t *testing.T) {
	t.Parallel()
	r := ordered(t, civil.New(2026, time.May, 20))
	r.several(t, 3, "", civil.New(2026, time.April, 10))
	r.enter(t, identity.Producer, fixedID(1))
	r.seal(t)
	desk := declaring.NewService(r.clock, r.Book)
	who := identity.Principal{UserID: newID(), OrganisationID: fixedID(1), Kind: identity.Producer, Role: identity.Owner, Approved: true}
	declare := func(month string) declaring.Declaration {
		made, err := desk.Declare(t.Context(), who, declaring.NewDeclaration{
			Goods: declaring.Goods{Line: "rice", Form: "milled", Unit: "kg", Quantity: quantity.Of(2_000)}, Month: month, Channel: "wet_market",
		})
		require.NoError(t, err)
		return made
	}
	said := declare("2026-04")
	declare("2026-05")
	require.Equal(t, 1, r.due(t))
	r.work(t)
	require.Zero(t, r.due(t))
	require.False(t, r.editions(t)[0].Corrected)
	declare("2026-03") // another period
	require.Zero(t, r.due(t))

	_, err := desk.CorrectDeclaration(t.Context(), who, said.ID, declaring.Correction{Quantity: quantity.Of(1_500)})
	require.NoError(t, err)
	require.True(t, r.editions(t)[0].Corrected)
	require.Equal(t, 1, waits(t, r.testBundle, "official.tphcm")["corrected_reports"])
	require.Equal(t, 1, r.due(t))
	r.work(t)
	require.Zero(t, r.due(t))
	made := r.editions(t)
	require.Len(t, made, 2)
	require.False(t, made[0].Corrected)
	require.Contains(t, r.get(t, "official.tphcm", "/v1/reports/2026-04").Body.String(), `"number":"1500"`)
	require.NotContains(t, r.get(t, "official.tphcm", "/v1/reports/2026-04?edition=1").Body.String(), `"number":"1500"`)
}

// A report that is due is asked for again and again while it waits in the queue, and is made once.
func TestADueReportIsMadeOnceHoweverLongTheQueue(t *testing.T) {
	t.Parallel()
	r := ordered(t, civil.New(2026, time.May, 20))
	r.several(t, 3, "", civil.New(2026, time.April, 10))
	r.seal(t)
	for range 3 {
		require.Equal(t, 1, r.due(t))
	}
	require.Equal(t, 1, r.count(t, `SELECT count(*) FROM jobs.river_job WHERE kind = 'monitor.make_due_report'`))
	r.tamper(t, `UPDATE jobs.river_job SET unique_key = NULL`) // and if there were two
	require.Equal(t, 1, r.due(t))
	require.Equal(t, 2, r.count(t, `SELECT count(*) FROM jobs.river_job WHERE kind = 'monitor.make_due_report'`))
	r.work(t)
	require.Len(t, r.editions(t), 1, "the second finds nothing due")
}

// What a report has seen before it was sealed corrects nothing: the report waits for the seals of its period.
func TestWhatIsSealedAfterAReportSawItCorrectsNothing(t *testing.T) {
	t.Parallel()
	r := ordered(t, civil.New(2026, time.May, 20))
	r.several(t, 3, "", civil.New(2026, time.April, 10))
	r.seal(t)
	r.several(t, 1, "", civil.New(2026, time.April, 30)) // not sealed yet
	require.Equal(t, 1, r.due(t))
	sealed := make(chan error, 1)
	go func() {
		assert.Eventually(t, func() bool { // the report is being made, and waits
			var running int
			err := r.Owner.Get(t.Context(), &running, `SELECT count(*) FROM jobs.river_job WHERE kind = 'monitor.make_due_report' AND state = 'running'`)
			return err == nil && running == 1
		}, 20*time.Second, 10*time.Millisecond)
		_, err := ledger.Seal(t.Context(), r.App)
		sealed <- err
	}()
	r.work(t)
	require.NoError(t, <-sealed)
	require.Zero(t, r.due(t))
	made := r.editions(t)
	require.Len(t, made, 1)
	require.False(t, made[0].Corrected)
}
