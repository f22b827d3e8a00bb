package identity_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
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
	require.True(t, changed(), "signing in is recorded for the organisation")
	b.exec(t, `UPDATE identity.audit_events SET at = at - interval '4 seconds'`)
	require.False(t, changed())
}
