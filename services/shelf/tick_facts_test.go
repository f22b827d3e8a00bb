package shelf_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/shelf"
)

// stop is what keeps the buyers of a system from a product now; nil: nothing.
func (m *market) stop(product uuid.UUID, system string) *catalog.SalesStop {
	m.t.Helper()
	var found *catalog.SalesStop
	require.NoError(m.t, m.db.InTx(m.t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		stops, err := catalog.SalesStopsTx(ctx, tx, []uuid.UUID{product}, system)
		if stop, stopped := stops[product]; stopped {
			found = &stop
		}
		return err
	}))
	return found
}

// shown is what a reader is told of a product's ticks: by system, and since when it is stopped.
func (m *market) shown(who identity.Principal, product uuid.UUID) map[string]*time.Time {
	m.t.Helper()
	ticks, err := m.catalog.ProductTicks(m.t.Context(), who, product)
	require.NoError(m.t, err)
	told := make(map[string]*time.Time)
	for _, tick := range ticks {
		require.Equal(m.t, tick.Since != nil, tick.State == "stopped")
		require.Equal(m.t, tick.Since != nil, tick.CaseOf != "")
		told[tick.System] = tick.Since
	}
	return told
}

// Any history leaves the catalogue with what the ticks say: a system sells a product that has its
// tick exactly while the tick is in force, or was never in question.
func TestTheCatalogueKnowsOfEveryMove(t *testing.T) {
	t.Parallel()
	moves := []shelf.TickMove{
		shelf.MoveApply, shelf.MoveWithdraw, shelf.MoveApprove, shelf.MoveRefuse, shelf.MoveReport, shelf.MoveReport, shelf.MoveAnswer,
		shelf.MoveClear, shelf.MoveConfirm, shelf.MoveLift,
	}
	for seed := range uint64(3) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			m, random := openMarket(t), rand.New(rand.NewPCG(seed, 8))
			a, b := m.ticked(m.driedShrimp(m.ann, gtin(1)))
			seen := make(map[shelf.TickState]int)
			halted := 0
			for range 250 {
				tick := []shelf.Tick{a, b}[random.IntN(2)]
				move := moves[random.IntN(len(moves))]
				who := m.hoChiMinh
				if move == shelf.MoveApply || move == shelf.MoveWithdraw || move == shelf.MoveAnswer {
					who = m.ann
				}
				if _, err := m.Move(t.Context(), who, tick.ID, nil, move, "thử"); err != nil {
					require.True(t, errors.Is(err, shelf.ErrTickState) || errors.Is(err, shelf.ErrAnswerPending), "%v", err)
				}
				if random.IntN(3) == 0 {
					m.wait(time.Duration(random.IntN(20)) * time.Hour)
				}
				for _, tick := range []shelf.Tick{a, b} {
					now, stop := m.tick(m.hoChiMinh, tick), m.stop(tick.ProductID, tick.System)
					seen[now.State]++
					switch now.State {
					case shelf.TickApproved:
						require.Equal(t, now.InForce, stop == nil)
						if !now.InForce {
							halted++
							require.Equal(t, now.HaltedBy, stop.Case)
						}
					case shelf.TickSuspended, shelf.TickAnswered, shelf.TickRevoked:
						require.NotNil(t, stop)
						require.Equal(t, tick.System, stop.Case)
						require.Equal(t, now.AnswerDueAt.UTC().Add(-shelf.AnswerWithin), stop.Since)
					case shelf.TickApplied, shelf.TickRefused, shelf.TickWithdrawn:
						require.Nil(t, stop, "it is not sold under the Green Tick there")
					}
				}
			}
			require.Positive(t, halted)
			require.Len(t, seen, 7, "every state")
		})
	}
}

// Who learns of a breach when: the system, the producer and officials at once; the buyers of other
// systems only when it has reached them, and then since when.
func TestABreachIsToldToOthersWhenItReachesThem(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	a, _ := m.ticked(m.driedShrimp(m.ann, gtin(1)))
	product := a.ProductID
	fine := map[string]*time.Time{systemA: nil, systemB: nil}
	insiders := map[string]identity.Principal{"the system": m.buyerA, "the producer": m.ann, "Cà Mau": m.caMau, "TPHCM": m.hoChiMinh, "the administrator": m.administrator}
	outsiders := map[string]identity.Principal{"another system": m.buyerB, "a caterer": m.caterer}
	tell := func(who map[string]identity.Principal, want map[string]*time.Time, when string) {
		t.Helper()
		for name, reader := range who {
			require.Equal(t, want, m.shown(reader, product), "%s, %s", name, when)
		}
	}
	tell(insiders, fine, "before")
	tell(outsiders, fine, "before")
	m.move(m.buyerA, a, shelf.MoveReport, "thử")
	stopped := map[string]*time.Time{systemA: new(noon), systemB: nil}
	tell(insiders, stopped, "reported")
	tell(outsiders, fine, "reported")
	m.wait(24*time.Hour - time.Second)
	tell(outsiders, fine, "a second before the day is over")
	m.wait(time.Second)
	day := noon.Add(24 * time.Hour)
	tell(outsiders, map[string]*time.Time{systemA: &day, systemB: &day}, "not answered")
	tell(insiders, map[string]*time.Time{systemA: new(noon), systemB: &day}, "not answered")
	m.move(m.buyerA, a, shelf.MoveClear, "")
	tell(insiders, fine, "cleared")
	tell(outsiders, fine, "cleared")

	m.move(m.buyerA, a, shelf.MoveReport, "thử")
	m.wait(time.Hour)
	m.move(m.ann, a, shelf.MoveAnswer, "thử")
	m.wait(48 * time.Hour)
	tell(outsiders, fine, "answered in time")
	m.move(m.buyerA, a, shelf.MoveConfirm, "thử")
	confirmed := m.now()
	tell(outsiders, map[string]*time.Time{systemA: &confirmed, systemB: &confirmed}, "confirmed")
	m.move(m.hoChiMinh, a, shelf.MoveLift, "thử")
	tell(outsiders, map[string]*time.Time{systemB: nil}, "lifted: the tick is gone where the breach was")

	for name, c := range map[string]struct {
		who  identity.Principal
		want error
	}{
		"nobody": {identity.Principal{}, fault.ErrUnauthenticated}, "another producer": {m.ben, fault.ErrNotFound},
		"a buyer who is not approved": {identity.Principal{UserID: uuid.New(), OrganisationID: uuid.New(), Kind: identity.Buyer, Role: identity.Owner}, identity.ErrNotApproved},
	} {
		_, err := m.catalog.ProductTicks(t.Context(), c.who, product)
		require.ErrorIs(t, err, c.want, name)
	}
	_, err := m.catalog.ProductTicks(t.Context(), m.buyerA, uuid.New())
	require.ErrorIs(t, err, fault.ErrNotFound)
}
