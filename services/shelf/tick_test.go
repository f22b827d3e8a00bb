package shelf_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/shelf"
)

// ticked gives a product the Green Ticks of both systems.
func (m *market) ticked(product catalog.Product) (a, b shelf.Tick) {
	m.t.Helper()
	ctx := m.t.Context()
	for _, system := range []string{systemA, systemB} {
		applied, err := m.Apply(ctx, m.ann, product.ID, system)
		require.NoError(m.t, err)
		require.Equal(m.t, shelf.TickApplied, applied.State)
		require.False(m.t, applied.InForce)
		buyer := map[string]identity.Principal{systemA: m.buyerA, systemB: m.buyerB}[system]
		approved, err := m.Move(ctx, buyer, applied.ID, nil, shelf.MoveApprove, "")
		require.NoError(m.t, err)
		require.True(m.t, approved.InForce)
		a, b = b, approved
	}
	return a, b
}

func (m *market) move(who identity.Principal, tick shelf.Tick, move shelf.TickMove, reason string) shelf.Tick {
	m.t.Helper()
	moved, err := m.Move(m.t.Context(), who, tick.ID, nil, move, reason)
	require.NoError(m.t, err)
	return moved
}

func (m *market) tick(who identity.Principal, tick shelf.Tick) shelf.Tick {
	m.t.Helper()
	read, err := m.Tick(m.t.Context(), who, tick.ID)
	require.NoError(m.t, err)
	return read
}

// A breach stops the product where it was found, and elsewhere only when it is not answered in time.
func TestABreachReachesTheOthersWhenNobodyAnswers(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	a, b := m.ticked(m.driedShrimp(m.ann, gtin(1)))
	reported := m.move(m.buyerA, a, shelf.MoveReport, "phát hiện sai nhãn (thử)")
	require.Equal(t, shelf.TickSuspended, reported.State)
	require.False(t, reported.InForce, "at once")
	require.Equal(t, noon.Add(24*time.Hour), reported.AnswerDueAt.UTC())
	require.True(t, m.tick(m.buyerB, b).InForce, "nobody else's business yet")
	_, err := m.Move(t.Context(), m.buyerA, a.ID, nil, shelf.MoveConfirm, "sai")
	require.ErrorIs(t, err, shelf.ErrAnswerPending)
	m.wait(24*time.Hour - time.Second)
	require.True(t, m.tick(m.buyerB, b).InForce)
	m.wait(time.Second)
	halted := m.tick(m.buyerB, b)
	require.False(t, halted.InForce)
	require.Equal(t, systemA, halted.HaltedBy)
	require.Equal(t, shelf.TickApproved, halted.State, "its own state stands")
	m.move(m.ann, a, shelf.MoveAnswer, "đã thay nhãn (thử)")
	require.False(t, m.tick(m.buyerB, b).InForce, "too late: the system must decide")
	m.move(m.buyerA, a, shelf.MoveClear, "")
	require.True(t, m.tick(m.buyerB, b).InForce)
	require.True(t, m.tick(m.buyerA, a).InForce)
}

func TestABreachAnsweredInTimeStaysWhereItIs(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	a, b := m.ticked(m.driedShrimp(m.ann, gtin(1)))
	m.move(m.buyerA, a, shelf.MoveReport, "thử")
	m.wait(time.Hour)
	m.move(m.ann, a, shelf.MoveAnswer, "thử")
	m.wait(100 * time.Hour)
	require.True(t, m.tick(m.buyerB, b).InForce)
	require.False(t, m.tick(m.buyerA, a).InForce)

	// Confirmed, it reaches them, until an official lifts it or the system approves it anew.
	m.move(m.buyerA, a, shelf.MoveConfirm, "thử")
	require.Equal(t, systemA, m.tick(m.buyerB, b).HaltedBy)
	m.move(m.hoChiMinh, a, shelf.MoveLift, "thử")
	require.True(t, m.tick(m.buyerB, b).InForce)
	m.move(m.hoChiMinh, b, shelf.MoveReport, "thử")
	again, err := m.Apply(t.Context(), m.ann, a.ProductID, systemA)
	require.NoError(t, err)
	require.Equal(t, a.ID, again.ID)
	moves := []shelf.TickMove{}
	for _, event := range again.History {
		moves = append(moves, event.Move)
	}
	require.Equal(t, []shelf.TickMove{
		shelf.MoveApply, shelf.MoveApprove, shelf.MoveReport, shelf.MoveAnswer, shelf.MoveConfirm, shelf.MoveLift, shelf.MoveApply,
	}, moves, "nothing is forgotten")
	require.Equal(t, shelf.ByOfficial, again.History[5].Actor)
	require.Empty(t, again.History[0].From)
}

// Another product of the same producer is not touched.
func TestABreachIsOfOneProduct(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	a, _ := m.ticked(m.driedShrimp(m.ann, gtin(1)))
	_, other := m.ticked(m.driedShrimp(m.ann, gtin(2)))
	m.move(m.buyerA, a, shelf.MoveReport, "thử")
	m.wait(48 * time.Hour)
	require.True(t, m.tick(m.buyerB, other).InForce)
}

func TestWhoMovesAGreenTick(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	product := m.driedShrimp(m.ann, gtin(1))
	applied, err := m.Apply(ctx, m.ann, product.ID, systemA)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		who  identity.Principal
		want error
	}{
		"nobody": {identity.Principal{}, fault.ErrUnauthenticated}, "its producer": {m.ann, fault.ErrForbidden}, "another producer": {m.ben, fault.ErrNotFound},
		"another system": {m.buyerB, fault.ErrNotFound}, "a caterer": {m.caterer, fault.ErrNotFound}, "Cà Mau": {m.caMau, fault.ErrForbidden},
		"a viewer": {m.buyerAViewer, identity.ErrReadOnly},
	} {
		_, err := m.Move(ctx, c.who, applied.ID, nil, shelf.MoveApprove, "")
		require.ErrorIs(t, err, c.want, name)
	}
	for name, c := range map[string]struct {
		who  identity.Principal
		want error
	}{
		"its producer": {m.ann, nil}, "another producer": {m.ben, fault.ErrNotFound}, "its system": {m.buyerA, nil}, "another system": {m.buyerB, fault.ErrNotFound},
		"Cà Mau": {m.caMau, nil}, "TPHCM": {m.hoChiMinh, nil}, "the administrator": {m.administrator, nil},
	} {
		_, err := m.Tick(ctx, c.who, applied.ID)
		require.ErrorIs(t, err, c.want, name)
	}
	_, err = m.Apply(ctx, m.ann, product.ID, systemA)
	require.ErrorIs(t, err, shelf.ErrTickState, "asked for already")
	_, err = m.Apply(ctx, m.ben, product.ID, systemB)
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.Apply(ctx, m.buyerA, product.ID, systemB)
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.Apply(ctx, m.ann, product.ID, "x")
	require.ErrorIs(t, err, shelf.ErrSystem)
	_, err = m.Move(ctx, m.buyerA, applied.ID, nil, shelf.MoveRefuse, " ")
	require.ErrorIs(t, err, fault.ErrRequired)
	_, err = m.Move(ctx, m.buyerA, uuid.New(), nil, shelf.MoveRefuse, "thử")
	require.ErrorIs(t, err, fault.ErrNotFound)
	draft, err := m.catalog.CreateProduct(ctx, m.ann, catalog.NewProduct{Name: "Nháp", Line: "dried_shrimp", Form: "dried", Unit: "kg", Grade: map[string]any{"count_per_100g": 50}})
	require.NoError(t, err)
	_, err = m.Apply(ctx, m.ann, draft.ID, systemA)
	require.ErrorIs(t, err, shelf.ErrProductNotPublished)
}

func TestGreenTicksAreListedToWhomTheyConcern(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	a, b := m.ticked(m.driedShrimp(m.ann, gtin(1)))
	list := func(who identity.Principal, filter shelf.TickFilter) (ids []uuid.UUID) {
		filter.Limit = 10
		ticks, err := m.Ticks(t.Context(), who, filter)
		require.NoError(t, err)
		for _, tick := range ticks {
			ids = append(ids, tick.ID)
		}
		return ids
	}
	require.ElementsMatch(t, []uuid.UUID{a.ID, b.ID}, list(m.ann, shelf.TickFilter{}))
	require.Equal(t, []uuid.UUID{a.ID}, list(m.buyerA, shelf.TickFilter{}))
	require.Empty(t, list(m.buyerA, shelf.TickFilter{System: systemB}))
	require.Empty(t, list(m.ben, shelf.TickFilter{}))
	require.Equal(t, []uuid.UUID{b.ID}, list(m.hoChiMinh, shelf.TickFilter{System: systemB, State: shelf.TickApproved, ProductID: b.ProductID}))
	require.Len(t, list(m.caMau, shelf.TickFilter{}), 2)
	all := list(m.hoChiMinh, shelf.TickFilter{})
	require.Equal(t, all[1:], list(m.hoChiMinh, shelf.TickFilter{After: all[0]}))
	_, err := m.Ticks(t.Context(), m.caterer, shelf.TickFilter{Limit: 1})
	require.ErrorIs(t, err, shelf.ErrNoSystem)

	shown := m.readiness(m.buyerA, catalog.Product{ID: a.ProductID}, "")
	require.Equal(t, a.ID, shown.GreenTick.ID)
	require.True(t, shown.GreenTick.InForce)
	all2, err := m.Readiness(t.Context(), m.ann, a.ProductID, "")
	require.NoError(t, err)
	require.Len(t, all2, 3, "both systems, because the product has their Green Tick, and what all demand")
}

// Of two people who decide at once, one does.
func TestDecisionsHappenOnce(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	applied, err := m.Apply(t.Context(), m.ann, m.driedShrimp(m.ann, gtin(1)).ID, systemA)
	require.NoError(t, err)
	var group sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		move := []shelf.TickMove{shelf.MoveApprove, shelf.MoveRefuse}[i%2]
		group.Go(func() { _, results[i] = m.Move(t.Context(), m.buyerA, applied.ID, nil, move, "thử") })
	}
	group.Wait()
	done := 0
	for _, err := range results {
		if err == nil {
			done++
			continue
		}
		require.ErrorIs(t, err, shelf.ErrTickState)
	}
	require.Equal(t, 1, done)
	require.Len(t, m.tick(m.ann, applied).History, 2)
}

// What was done cannot be changed by the service's role.
func TestHistoryIsKeptByRights(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	for _, statement := range []string{
		`UPDATE shelf.tick_events SET reason = ''`, `DELETE FROM shelf.tick_events`, `DELETE FROM shelf.ticks`, `UPDATE shelf.profiles SET note_vi = ''`,
		`UPDATE shelf.requirements SET mandatory = false`, `DELETE FROM shelf.requirements`, `DELETE FROM shelf.documents`, `UPDATE shelf.document_types SET name_vi = 'x'`,
	} {
		_, err := m.db.Exec(t.Context(), statement)
		require.ErrorContains(t, err, "permission denied", statement)
	}
}
