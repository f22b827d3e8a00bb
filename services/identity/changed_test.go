package identity_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
)

// Whoever changed something a moment ago is known as such, on every process that asks the
// database; three seconds later no longer.
func TestWhoChangedSomethingIsKnownForAMoment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	changed := func() bool {
		who, err := b.service.Principal(t.Context(), owner.token, uuid.Nil)
		require.NoError(t, err)
		return who.ChangedLately
	}
	b.exec(t, `UPDATE identity.audit_events SET at = at - interval '4 seconds'`)
	require.False(t, changed())
	_, err := b.service.CreateKey(t.Context(), owner.who, identity.KeyRequest{Name: "ERP", Scopes: []string{"trade:read"}})
	require.NoError(t, err)
	require.True(t, changed())
	b.exec(t, `UPDATE identity.audit_events SET at = at - interval '4 seconds'`)
	require.False(t, changed())
}
