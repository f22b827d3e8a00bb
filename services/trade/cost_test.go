package trade_test

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/trade"
)

// Memoranda are read in as many statements however many there are and however much followed; of programmes each
// period and member with targets costs two more, each member and target none.
func TestWhatMemorandaAndProgrammesCost(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	var statements atomic.Int64
	desk := trade.NewService(m.db.WithCounter(func(string) { statements.Add(1) }), m.lent.Book)
	cost := func(ask func() error) int64 {
		statements.Store(0)
		require.NoError(t, ask())
		return statements.Load()
	}
	list := func() error {
		_, err := desk.Memoranda(ctx, m.caMau, trade.MemorandumFilter{Page: trade.Page{Limit: 99}})
		return err
	}
	totals := func() error {
		_, err := desk.MemorandaTotals(ctx, m.hoChiMinh)
		return err
	}
	programmes := func() error {
		_, err := desk.Programmes(ctx, m.hoChiMinh, trade.Page{Limit: 99})
		return err
	}
	grow := func() {
		for _, producer := range []identity.Principal{m.ann, m.ben, m.organisation(identity.Producer, "96")} {
			made := m.recorded(producer, signed(producer, m.may))
			_, err := m.MoveMemorandum(ctx, m.may, made.ID, nil, trade.MoveConfirm, "")
			require.NoError(t, err)
			m.sell(sale{producer: producer, buyer: m.may, inquiry: m.inquiry(m.may), line: shrimp, form: "live", awarded: kg(10), delivered: kg(10)})
		}
	}
	grow()
	one := [2]int64{cost(list), cost(totals)}
	for range 4 {
		grow()
	}
	require.Equal(t, one[0], cost(list))
	require.Equal(t, one[1], cost(totals))
	require.LessOrEqual(t, max(one[0], one[1]), int64(10))

	p := m.programme(trade.CountsProducers)
	none := cost(programmes)
	require.LessOrEqual(t, none, int64(8))
	for _, producer := range []identity.Principal{m.ann, m.ben, m.organisation(identity.Producer, "96")} {
		m.join(m.caMau, p.ID, trade.NewMember{OrganisationID: producer.OrganisationID, From: today})
	}
	m.target(p.ID, ofYear(shrimp, "", 100))
	m.target(p.ID, ofYear("mud_crab", "", 100))
	require.Equal(t, none+2, cost(programmes))
	other := m.programme(trade.CountsProducers)
	for range 3 {
		m.join(m.caMau, other.ID, trade.NewMember{OrganisationID: m.organisation(identity.Producer, "96").OrganisationID, From: today})
	}
	m.target(other.ID, ofYear(shrimp, "", 100))
	require.Equal(t, none+4, cost(programmes))
}
