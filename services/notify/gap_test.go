package notify_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
)

// The authority whose threshold is crossed is told, once; the other of its province is not.
func TestAnAuthorityIsToldOfItsGaps(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	told, other := m.authority(), m.authority()
	require.NoError(t, m.db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		return identity.RecordTx(ctx, tx, identity.SystemPrincipal(), monitor.EventGapNoted, identity.Subject{Kind: "gap_alert", ID: uuid.New()},
			map[string]any{"organisation_id": told.OrganisationID, "line": "rice", "month": "2026-10", "wanting": "80.5", "unit": "kg"})
	}))
	m.follow()
	m.follow()
	require.Equal(t, []string{"gap_noted"}, m.heard(told))
	require.Empty(t, m.heard(other))
	require.Contains(t, m.notices(told, "vi")[0].Text, "2026-10 vượt nguồn cung còn lại 80,5 kg")
	require.Contains(t, m.notices(told, "en")[0].Title, "will be wanting in 2026-10")
}
