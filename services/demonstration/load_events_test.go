package demonstration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/trade"
)

// checkMemoranda: a conference that was held, two memoranda from which something followed, programmes of
// each kind and declarations, all marked as invented.
func checkMemoranda(t *testing.T, m *market) {
	t.Helper()
	desk := trade.NewService(m.App, m.book)
	who := identity.SystemPrincipal()
	page := trade.Page{Limit: 50}
	events, err := desk.Events(t.Context(), who, trade.EventFilter{Page: page})
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.Equal(t, trade.EventHeld, events[0].State)
	require.Equal(t, 2, events[0].Memoranda)
	require.True(t, events[0].Invented)
	require.Greater(t, events[0].Attended, 10)
	memoranda, err := desk.Memoranda(t.Context(), who, trade.MemorandumFilter{Page: page})
	require.NoError(t, err)
	require.Len(t, memoranda, 2)
	for _, signed := range memoranda {
		require.True(t, signed.Invented)
		require.Positive(t, *signed.Lines[0].Awarded, "deals followed")
	}
	programmes, err := desk.Programmes(t.Context(), who, page)
	require.NoError(t, err)
	kinds, followed := map[string]bool{}, false
	for _, programme := range programmes {
		require.True(t, programme.Invented)
		kinds[programme.Kind] = true
		followed = followed || *programme.Targets[0].Confirmed > 0
	}
	require.Len(t, kinds, 3)
	require.True(t, followed)
	declared, err := desk.Declarations(t.Context(), who, trade.DeclarationFilter{Page: page})
	require.NoError(t, err)
	require.Len(t, declared, 4)
}
