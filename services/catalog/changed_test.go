package catalog

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
)

// Promise 7: to the person who changed it, nothing old is shown at all.
func TestWhoChangedSomethingReadsPastTheCache(t *testing.T) {
	t.Parallel()
	who := identity.Principal{UserID: uuid.New(), OrganisationID: uuid.New(), Kind: identity.Buyer, Approved: true}
	require.True(t, viewerOf(who).cached)
	who.ChangedLately = true
	require.False(t, viewerOf(who).cached)
	require.Equal(t, buyer, viewerOf(who).class, "what the reader may see is the same")
	require.True(t, viewerOf(identity.Principal{}).cached)
}
