package inquiry_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// over moves an inquiry's deadline into the past, as time does.
func (m *market) over(id uuid.UUID) {
	m.t.Helper()
	_, err := m.db.Exec(context.Background(), `UPDATE inquiry.inquiries SET quotes_due_at = now() - interval '1 second' WHERE id = $1`, id)
	require.NoError(m.t, err)
}

// roundOver does the same to its open round.
func (m *market) roundOver(id uuid.UUID) {
	m.t.Helper()
	_, err := m.db.Exec(context.Background(),
		`UPDATE inquiry.rounds SET opened_at = opened_at - interval '1 hour', until = now() - interval '1 microsecond' WHERE inquiry_id = $1 AND ended_at IS NULL`, id)
	require.NoError(m.t, err)
}

// In a round those who are in it revise although the deadline is over; nobody else does, learns of
// it, or quotes anew. Superseded versions are not awarded.
func TestARoundOfRevision(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, in, out := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	next := inquiry.NewRound{Until: time.Now().Add(time.Hour), Note: "giá tốt hơn", Producers: []uuid.UUID{in.OrganisationID}}
	_, err := m.OpenRound(ctx, buyer, asked.ID, inquiry.NewRound{Until: next.Until})
	require.ErrorIs(t, err, inquiry.ErrNobodyQuoted)
	first := m.quote(in, asked, m.offer(in, m.shrimp(in, "iced").ID, quantity.Of(1000)), quantity.Of(100), 250_000)
	rival := m.quote(out, asked, m.offer(out, m.shrimp(out, "iced").ID, quantity.Of(1000)), quantity.Of(100), 240_000)
	m.over(asked.ID)
	better := inquiry.NewQuote{Quantity: quantity.Of(100), PriceVND: 230_000, DeliverOn: m.today.AddDays(5)}
	_, err = m.Revise(ctx, in, first.ID, better)
	require.ErrorIs(t, err, inquiry.ErrDeadlinePassed)

	_, err = m.OpenRound(ctx, buyer, asked.ID, inquiry.NewRound{Until: time.Now()})
	require.ErrorIs(t, err, inquiry.ErrDeadlinePast)
	_, err = m.OpenRound(ctx, buyer, asked.ID, inquiry.NewRound{Until: next.Until, Producers: []uuid.UUID{in.OrganisationID, buyer.OrganisationID}})
	require.ErrorIs(t, err, inquiry.ErrNotQuoted)
	before, err := m.Get(ctx, out, asked.ID)
	require.NoError(t, err)
	opened, err := m.OpenRound(ctx, buyer, asked.ID, next)
	require.NoError(t, err)
	require.Len(t, opened.Rounds, 1)
	require.Equal(t, next.Producers, opened.Rounds[0].Producers)
	require.True(t, opened.Rounds[0].Open)
	_, err = m.OpenRound(ctx, buyer, asked.ID, next)
	require.ErrorIs(t, err, inquiry.ErrRoundOpen)

	seen, err := m.Get(ctx, in, asked.ID)
	require.NoError(t, err)
	require.Equal(t, "giá tốt hơn", seen.Round.Note)
	require.Nil(t, seen.Rounds)
	seen, err = m.Get(ctx, out, asked.ID)
	require.NoError(t, err)
	require.Equal(t, before, seen, "nothing tells who is not in it")
	_, err = m.Revise(ctx, out, rival.ID, better)
	require.ErrorIs(t, err, inquiry.ErrDeadlinePassed)
	_, err = m.Quote(ctx, m.organisation(identity.Producer), asked.ID, better)
	require.ErrorIs(t, err, inquiry.ErrDeadlinePassed)

	second, err := m.Revise(ctx, in, first.ID, better)
	require.NoError(t, err)
	require.Equal(t, 2, second.Version)
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: first.ID, Quantity: quantity.Of(10)}})
	require.ErrorIs(t, err, inquiry.ErrQuoteState)
	m.roundOver(asked.ID)
	_, err = m.Revise(ctx, in, second.ID, better)
	require.ErrorIs(t, err, inquiry.ErrDeadlinePassed)
	_, err = m.EndRound(ctx, buyer, asked.ID)
	require.ErrorIs(t, err, inquiry.ErrNoRound)

	// The next counts on, with all whose quotes stand; the buyer may end it before.
	opened, err = m.OpenRound(ctx, buyer, asked.ID, inquiry.NewRound{Until: next.Until})
	require.NoError(t, err)
	require.Len(t, opened.Rounds, 2)
	require.Equal(t, 2, opened.Rounds[1].Number)
	require.False(t, opened.Rounds[0].Open)
	require.ElementsMatch(t, []uuid.UUID{in.OrganisationID, out.OrganisationID}, opened.Rounds[1].Producers)
	ended, err := m.EndRound(ctx, buyer, asked.ID)
	require.NoError(t, err)
	require.Nil(t, ended.Round)
	_, err = m.Revise(ctx, out, rival.ID, better)
	require.ErrorIs(t, err, inquiry.ErrDeadlinePassed)
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: second.ID, Quantity: quantity.Of(10)}})
	require.NoError(t, err)
	requireAudited(t, m)
}

// On a sealed inquiry a revision is as secret as a quote until the round ends: that there is one, too.
func TestRevisionsOfASealedInquiryAreSealed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	demand := m.demand(quantity.Of(100))
	demand.QuotesSealed = true
	asked := m.placed(buyer, demand)
	first := m.quote(producer, asked, m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000)), quantity.Of(100), 250_000)
	round := inquiry.NewRound{Until: time.Now().Add(time.Hour)}
	_, err := m.OpenRound(ctx, buyer, asked.ID, round)
	require.ErrorIs(t, err, inquiry.ErrSealed)
	m.over(asked.ID)
	_, err = m.OpenRound(ctx, buyer, asked.ID, round)
	require.NoError(t, err)

	reading := func() string {
		t.Helper()
		one, err := m.Get(ctx, buyer, asked.ID)
		require.NoError(t, err)
		all, err := m.Quotes(ctx, buyer, asked.ID, inquiry.Page{Limit: 10})
		require.NoError(t, err)
		count, err := m.CountQuotes(ctx, buyer, asked.ID)
		require.NoError(t, err)
		old, err := m.GetQuote(ctx, buyer, first.ID)
		require.NoError(t, err)
		text, err := json.Marshal([]any{one, all, count, old})
		require.NoError(t, err)
		return string(text)
	}
	before := reading()
	second, err := m.Revise(ctx, producer, first.ID, inquiry.NewQuote{Quantity: quantity.Of(90), PriceVND: 1000, DeliverOn: m.today.AddDays(5)})
	require.NoError(t, err)
	require.True(t, second.ValidUntil.After(round.Until), "it counts from when it can be awarded")
	require.Equal(t, before, reading())
	_, err = m.GetQuote(ctx, buyer, second.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	for _, id := range []uuid.UUID{first.ID, second.ID} {
		_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: id, Quantity: quantity.Of(10)}})
		require.ErrorIs(t, err, inquiry.ErrSealed)
	}
	own, err := m.Quotes(ctx, producer, asked.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, own, 2)
	require.Equal(t, inquiry.QuoteState(inquiry.QuoteSuperseded), own[1].State)

	m.roundOver(asked.ID)
	all, err := m.Quotes(ctx, buyer, asked.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.EqualValues(t, 1000, all[0].PriceVND)
	require.Equal(t, inquiry.QuoteState(inquiry.QuoteSuperseded), all[1].State)
	_, err = m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: second.ID, Quantity: quantity.Of(10)}})
	require.NoError(t, err)
}

// Of many that open a round at once one does.
func TestOneRoundIsOpenAtATime(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	m.quote(producer, asked, m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000)), quantity.Of(100), 250_000)
	var clients sync.WaitGroup
	var opened atomic.Int64
	for range 10 {
		clients.Go(func() {
			_, err := m.OpenRound(ctx, buyer, asked.ID, inquiry.NewRound{Until: time.Now().Add(time.Hour)})
			switch {
			case err == nil:
				opened.Add(1)
			case !errors.Is(err, inquiry.ErrRoundOpen):
				t.Errorf("%v", err)
			}
		})
	}
	clients.Wait()
	require.EqualValues(t, 1, opened.Load())
}
