package inquiry_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// What is done most, and what others wait for, is counted in statements: the transaction's own
// beginning and end left out. The posting, which locks the offer that everybody wants, comes last.
func TestWhatADealCosts(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	var statements []string
	counted := m.On(m.db.WithCounter(func(statement string) { statements = append(statements, strings.TrimSpace(statement)) }))

	demand := m.demand(quantity.Of(500))
	for len(demand.Lines) < 10 {
		demand.Lines = append(demand.Lines, demand.Lines[0])
	}
	asked, err := counted.Place(keyed(), buyer, demand)
	require.NoError(t, err)
	require.LessOrEqual(t, len(statements), 6, "an inquiry of ten lines: %s", strings.Join(statements, "\n"))

	var allocations []inquiry.Allocation
	for _, line := range asked.Lines[:3] {
		quote, err := m.Quote(t.Context(), producer, asked.ID, inquiry.NewQuote{
			LineID: line.ID, OfferID: offer, Quantity: quantity.Of(100), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: new(false),
		})
		require.NoError(t, err)
		allocations = append(allocations, inquiry.Allocation{QuoteID: quote.ID, Quantity: quantity.Of(10)})
	}
	for count := range allocations {
		statements = nil
		_, err = counted.Award(keyed(), buyer, asked.ID, allocations[:count+1])
		require.NoError(t, err)
		require.LessOrEqual(t, len(statements), 4, "an award of %d quotes: %s", count+1, strings.Join(statements, "\n"))
		require.Regexp(t, `, ledger\.post\([^()]*\)$`, statements[len(statements)-1], "the offer is locked last")
	}
}
