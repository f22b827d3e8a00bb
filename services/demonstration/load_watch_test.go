package demonstration_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
)

// checkWatch: one organisation is under watch, a fictional one, and the watch says that it is invented.
func checkWatch(t *testing.T, m *market) {
	t.Helper()
	watches, err := monitor.NewService(m.App, monitor.Options{}).Watches(t.Context(), identity.SystemPrincipal(), monitor.WatchPage{Limit: 10})
	require.NoError(t, err)
	require.Len(t, watches, 1)
	require.True(t, watches[0].Invented)
	require.Equal(t, monitor.Watched, watches[0].State)
	found, err := identity.OrganisationsIn(t.Context(), m.App, []uuid.UUID{watches[0].OrganisationID})
	require.NoError(t, err)
	require.True(t, found[watches[0].OrganisationID].Fictional)
}
