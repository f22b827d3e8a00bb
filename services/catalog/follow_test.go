package catalog_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// A producer that takes another name is found by the new one, and no longer by the old.
func TestANewNameIsFollowed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := openMarket(t)
	m.publish(m.ann, shrimp())
	found := func(text string) int {
		answer, err := m.service.Search(ctx, m.buyer, catalog.Query{Text: text, Limit: 10})
		require.NoError(t, err)
		return len(answer.Products)
	}
	people := identity.NewService(m.lent.App, m.book, identity.Options{})
	name := "Hợp tác xã Bình Minh Thử"
	owner := m.ann
	owner.Role, owner.SessionID = identity.Owner, owner.UserID
	_, err := people.Amend(ctx, owner, m.ann.OrganisationID, func(int64) error { return nil }, identity.OrganisationChange{Name: &name})
	require.NoError(t, err)
	require.Zero(t, found("binh minh thu"))

	require.Eventually(t, func() bool {
		_, err := identity.AuditChain().Seal(ctx, m.lent.App)
		require.NoError(t, err)
		_, err = m.service.Follow(ctx)
		require.NoError(t, err)
		return found("binh minh thu") == 1
	}, 10*time.Second, 50*time.Millisecond, "sealing waits for older transactions")
}
