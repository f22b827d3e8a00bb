package monitor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/shelf"
)

// certified has a certificate of the producer verified that runs out on a day; it may renew another.
func (m *trade) certified(t *testing.T, n, days int, renews catalog.Certificate) catalog.Certificate {
	t.Helper()
	today := reference.Day(time.Now())
	made, err := m.goods.SubmitCertificate(t.Context(), m.producer, catalog.NewCertificate{
		Scheme: "ASC_FARM", Number: fmt.Sprintf("DEMO-%d", n), Issuer: "Demo", IssuedOn: today.AddDays(-300), ValidUntil: today.AddDays(days),
		Scope: catalog.Scope{Kind: "farm_area", Lines: []string{"black_tiger_shrimp"}}, RenewsID: renews.ID,
	})
	require.NoError(t, err)
	made, err = m.goods.Verify(t.Context(), m.cast["official.camau"], made.ID, nil)
	require.NoError(t, err)
	return made
}

// proposed lets the job look a time from now, and returns the facts of what it proposed of the producer.
func (m *trade) proposed(t *testing.T, later time.Duration) []monitor.WatchFact {
	t.Helper()
	clock := m.App.WithClock(func() time.Time { return time.Now().Add(later) })
	_, err := monitor.NewService(clock, monitor.Options{}).ProposeWatches(t.Context())
	require.NoError(t, err)
	found := read[watchList](t, m.testBundle, "official.camau", "/v1/watches?state=proposed&organisation_id="+m.producer.OrganisationID.String()).Items
	require.Empty(t, read[watchList](t, m.testBundle, "official.tphcm", "/v1/watches").Items)
	if len(found) == 0 {
		return nil
	}
	return found[0].Facts
}

// Certificates that lapse under an open deal propose a watch: three of them, verified and renewed by nothing.
func TestLapsedCertificatesProposeAWatch(t *testing.T) {
	t.Parallel()
	m := newTrade(t)
	var last catalog.Certificate
	for n := range 3 {
		last = m.certified(t, n, 1+n, catalog.Certificate{})
	}
	m.award(t, "live", 100)
	const day = 24 * time.Hour
	require.Nil(t, m.proposed(t, day), "all are valid")
	require.Nil(t, m.proposed(t, 3*day), "two have lapsed, the third is valid on its last day")
	renewal := m.certified(t, 9, 200, last)
	require.Equal(t, last.ID, renewal.RenewsID)
	require.Nil(t, m.proposed(t, 9*day), "the third was renewed")
	m.certified(t, 10, 4, catalog.Certificate{})
	m.tamper(t, `UPDATE identity.organisations SET state = 'suspended' WHERE id = $1`, m.producer.OrganisationID)
	require.Nil(t, m.proposed(t, 9*day), "who is suspended does not trade")
	m.tamper(t, `UPDATE identity.organisations SET state = 'approved' WHERE id = $1`, m.producer.OrganisationID)
	require.Nil(t, m.proposed(t, 400*day), "of the last twelve months")
	require.Equal(t, []monitor.WatchFact{{Rule: "lapsed_certificates", Cases: 3}}, m.proposed(t, 9*day))
}

// Confirmed breaches of the Green Tick propose a watch; one that was reported and cleared is none.
func TestConfirmedBreachesProposeAWatch(t *testing.T) {
	t.Parallel()
	m := newTrade(t)
	m.award(t, "live", 100)
	products, _, err := m.goods.OwnProducts(t.Context(), m.producer, uuid.Nil, 1)
	require.NoError(t, err)
	breach := func(system string, decide shelf.TickMove) {
		official := m.cast["official.tphcm"]
		marks := func(db *postgres.DB) *shelf.Service { return shelf.NewService(db, m.Book, m.goods, nil) }
		tick, err := marks(m.App).Apply(t.Context(), m.producer, products[0].ID, system)
		require.NoError(t, err)
		for _, step := range []struct {
			who  identity.Principal
			move shelf.TickMove
		}{{official, shelf.MoveApprove}, {official, shelf.MoveReport}, {m.producer, shelf.MoveAnswer}, {official, decide}} {
			_, err := marks(m.App).Move(t.Context(), step.who, tick.ID, nil, step.move, "thử")
			require.NoError(t, err, step.move)
		}
	}
	breach("satra", shelf.MoveConfirm)
	breach("kingfood", shelf.MoveClear)
	require.Nil(t, m.proposed(t, 0), "one was confirmed")
	breach("bach-hoa-xanh", shelf.MoveConfirm)
	require.Nil(t, m.proposed(t, 366*24*time.Hour))
	require.Equal(t, []monitor.WatchFact{{Rule: "green_tick_breaches", Cases: 2}}, m.proposed(t, 0))
}
