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

// The authority of the province is told of its report, once and with a letter; the other is not.
func TestAuthoritiesAreToldOfTheirReports(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	authority := func(province string) identity.Principal {
		who := official()
		who.Province = province
		_, err := m.lent.Owner.Exec(t.Context(), `
			INSERT INTO identity.organisations (id, kind, name, name_folded, state, province, created_at, updated_at)
			VALUES ($1, 'authority', 'Sở thử (hư cấu)', 'so thu hu cau', 'approved', $2, now(), now())`, who.OrganisationID, province)
		require.NoError(t, err)
		return who
	}
	supply, demand := authority("96"), authority("79")
	require.NoError(t, m.db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		return identity.RecordTx(ctx, tx, identity.SystemPrincipal(), monitor.EventReportMade, identity.Subject{Kind: "report", ID: uuid.New()},
			map[string]any{"province": "96", "period": "2026-Q1", "edition": 2})
	}))
	m.follow()
	m.follow()
	require.Equal(t, []string{"report_made"}, m.heard(supply))
	require.Empty(t, m.heard(demand))
	require.Contains(t, m.notices(supply, "vi")[0].Text, "2026-Q1, ấn bản 2")
	require.Contains(t, m.notices(supply, "en")[0].Title, "The report of 2026-Q1")
}
