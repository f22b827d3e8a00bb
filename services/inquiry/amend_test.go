package inquiry_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// An amended inquiry outdates the quotes that were given against what it asked before: they are not
// awarded until their producers confirm or revise them. The ledger follows what is wanted.
func TestAmendingOutdatesQuotes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, first, second := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	line := asked.Lines[0].ID
	more := func(amount int64) inquiry.Amendment {
		return inquiry.Amendment{Lines: []inquiry.LineAmendment{{ID: line, Quantity: new(quantity.Of(amount)), DeliverFrom: new(m.today.AddDays(4))}}}
	}
	stale := func(int64) error { return fault.ErrStale.With() }
	_, err := m.Amend(ctx, buyer, asked.ID, stale, more(200))
	require.ErrorIs(t, err, fault.ErrStale)
	amended, err := m.Amend(ctx, buyer, asked.ID, nil, more(150))
	require.NoError(t, err)
	require.Equal(t, quantity.Of(150), amended.Totals.Requested)
	require.Equal(t, asked.Version+1, amended.Version)

	one := m.quote(first, asked, m.offer(first, m.shrimp(first, "iced").ID, quantity.Of(1000)), quantity.Of(100), 250_000)
	other := m.quote(second, asked, m.offer(second, m.shrimp(second, "iced").ID, quantity.Of(1000)), quantity.Of(100), 250_000)
	require.False(t, one.Outdated)
	take := func(quote uuid.UUID, amount int64) error {
		_, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote, Quantity: quantity.Of(amount)}})
		return err
	}
	require.NoError(t, take(one.ID, 30))
	_, err = m.Amend(ctx, buyer, asked.ID, nil, more(29))
	require.ErrorIs(t, err, inquiry.ErrBelowAwarded)
	_, err = m.Amend(ctx, buyer, asked.ID, nil, inquiry.Amendment{Terms: &inquiry.Terms{PaymentDays: 30}})
	require.NoError(t, err)
	require.ErrorIs(t, take(one.ID, 10), inquiry.ErrQuoteOutdated)
	listed, err := m.Quotes(ctx, buyer, asked.ID, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.True(t, listed[0].Outdated && listed[1].Outdated)

	_, err = m.Confirm(ctx, second, one.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	confirmed, err := m.Confirm(ctx, first, one.ID)
	require.NoError(t, err)
	require.False(t, confirmed.Outdated)
	require.NoError(t, take(one.ID, 10))
	revised, err := m.Revise(ctx, second, other.ID, inquiry.NewQuote{Quantity: quantity.Of(50), PriceVND: 240_000, DeliverOn: m.today.AddDays(5)})
	require.NoError(t, err)
	require.False(t, revised.Outdated)
	_, err = m.Confirm(ctx, second, other.ID)
	require.ErrorIs(t, err, inquiry.ErrQuoteState)
	require.NoError(t, take(revised.ID, 10))
	requireAudited(t, m)

	_, err = m.Amend(ctx, buyer, asked.ID, nil, more(50))
	require.NoError(t, err)
	seen, err := m.Get(ctx, buyer, asked.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.StateAwardedInFull, seen.State, "as much as was awarded is wanted")
	_, err = m.Amend(ctx, m.organisation(identity.Buyer), asked.ID, nil, more(60))
	require.ErrorIs(t, err, fault.ErrNotFound)
	requireAudited(t, m)
}

// Once open a deadline is only put off, which outdates nothing; where sealed quotes were opened, not
// even that. A draft moves as its buyer likes.
func TestDeadlinesAreOnlyPutOff(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	quote := m.quote(producer, asked, m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000)), quantity.Of(100), 250_000)
	due := func(id uuid.UUID, by time.Time) error {
		_, err := m.Amend(ctx, buyer, id, nil, inquiry.Amendment{QuotesDueAt: &by})
		return err
	}
	require.ErrorIs(t, due(asked.ID, asked.QuotesDueAt.Add(-time.Minute)), inquiry.ErrDeadlineShortened)
	require.ErrorIs(t, due(asked.ID, time.Now()), inquiry.ErrDeadlinePast)
	m.over(asked.ID)
	require.NoError(t, due(asked.ID, time.Now().Add(time.Hour)))
	read, err := m.GetQuote(ctx, buyer, quote.ID)
	require.NoError(t, err)
	require.False(t, read.Outdated)
	_, err = m.Revise(ctx, producer, quote.ID, inquiry.NewQuote{Quantity: quantity.Of(90), PriceVND: 240_000, DeliverOn: m.today.AddDays(5)})
	require.NoError(t, err)

	demand := m.demand(quantity.Of(100))
	demand.QuotesSealed = true
	sealed := m.placed(buyer, demand)
	m.over(sealed.ID)
	require.ErrorIs(t, due(sealed.ID, time.Now().Add(time.Hour)), inquiry.ErrUnsealed)
	demand.Draft = true
	draft := m.placed(buyer, demand)
	require.NoError(t, due(draft.ID, time.Now().Add(time.Hour)))
	opened, err := m.Open(ctx, buyer, draft.ID)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(time.Hour), opened.QuotesDueAt, time.Minute)
}

func TestCopiesLieWholeWeeksAhead(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	demand := m.demand(quantity.Of(100))
	demand.Visibility, demand.InvitedProducers = inquiry.Invited, []uuid.UUID{producer.OrganisationID}
	demand.Lines = append(demand.Lines, demand.Lines[0])
	demand.Lines[1].ProductLine, demand.Lines[1].OfferID = "", m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	asked := m.placed(buyer, demand)
	copied, err := m.Copy(ctx, buyer, asked.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.StateDraft, copied.State)
	require.NotEqual(t, asked.ID, copied.ID)
	require.Equal(t, asked.QuotesDueAt.AddDate(0, 0, 7), copied.QuotesDueAt)
	require.Equal(t, asked.InvitedProducers, copied.InvitedProducers)
	for at, line := range copied.Lines {
		require.Equal(t, asked.Lines[at].DeliverFrom.AddDays(7), line.DeliverFrom)
		require.Equal(t, asked.Lines[at].OfferID, line.OfferID)
		require.Equal(t, asked.Lines[at].ProductLine, line.ProductLine)
	}
	_, err = m.db.Exec(ctx, `UPDATE inquiry.inquiries SET quotes_due_at = quotes_due_at - interval '30 days' WHERE id = $1`, asked.ID)
	require.NoError(t, err)
	copied, err = m.Copy(ctx, buyer, asked.ID)
	require.NoError(t, err)
	require.WithinDuration(t, asked.QuotesDueAt.AddDate(0, 0, 5), copied.QuotesDueAt, time.Second, "five weeks after what is 30 days ago")
	_, err = m.Copy(ctx, m.organisation(identity.Buyer), asked.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
}

// Only the buyer sees who asks; all read the answer, with the question and without a name.
func TestQuestionsAreAnsweredForAll(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, asker, rival := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	asked := m.placed(buyer, m.demand(quantity.Of(100)))
	_, err := m.Ask(ctx, asker, asked.ID, "  ")
	require.ErrorIs(t, err, fault.ErrRequired)
	question, err := m.Ask(ctx, asker, asked.ID, "Giao mấy giờ?")
	require.NoError(t, err)
	list := func(who identity.Principal) []inquiry.Question {
		t.Helper()
		found, err := m.Questions(ctx, who, asked.ID, inquiry.Page{Limit: 10})
		require.NoError(t, err)
		return found
	}
	require.Empty(t, list(rival))
	for who, want := range map[*identity.Principal]int{&buyer: 1, &asker: 1, &rival: 0} {
		total, err := m.CountQuestions(ctx, *who, asked.ID)
		require.NoError(t, err)
		require.Equal(t, want, total)
	}
	require.True(t, list(asker)[0].Mine)
	require.Equal(t, asker.OrganisationID, list(buyer)[0].Asker.ID)
	_, err = m.Answer(ctx, m.organisation(identity.Buyer), question.ID, "03:00")
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.Answer(ctx, buyer, question.ID, "03:00")
	require.NoError(t, err)
	_, err = m.Answer(ctx, buyer, question.ID, "04:00")
	require.ErrorIs(t, err, inquiry.ErrQuestionAnswered)
	seen := list(rival)[0]
	require.Equal(t, "Giao mấy giờ?", seen.Question)
	require.Equal(t, "03:00", seen.Answer)
	require.Nil(t, seen.Asker)
	require.Nil(t, seen.AskedAt)
	require.False(t, seen.Mine)
	_, err = m.Cancel(ctx, buyer, asked.ID, "")
	require.NoError(t, err)
	_, err = m.Ask(ctx, asker, asked.ID, "Còn không?")
	require.ErrorIs(t, err, inquiry.ErrNotOpen)
}

// What an organisation may do in a day is a row; beyond it is refused until midnight, and others are
// not concerned.
func TestQuotasOfADay(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, other, producer := m.organisation(identity.Buyer), m.organisation(identity.Buyer), m.organisation(identity.Producer)
	var least int64
	require.NoError(t, m.db.Get(ctx, &least, `SELECT min(per_day) FROM inquiry.quotas WHERE what <> 'questions'`))
	require.GreaterOrEqual(t, least, int64(5000))
	_, err := m.lent.Owner.Exec(ctx, `UPDATE inquiry.quotas SET per_day = 2`)
	require.NoError(t, err)
	refused := func(err error, want *fault.Definition) {
		t.Helper()
		require.ErrorIs(t, err, want)
		refusal, _ := fault.From(err)
		require.Positive(t, refusal.RetryAfter)
		require.LessOrEqual(t, refusal.RetryAfter, 24*time.Hour)
	}
	first, second := m.placed(buyer, m.demand(quantity.Of(10))), m.placed(buyer, m.demand(quantity.Of(10)))
	_, err = m.Place(ctx, buyer, m.demand(quantity.Of(10)))
	refused(err, inquiry.ErrTooManyInquiries)
	third := m.placed(other, m.demand(quantity.Of(10)))
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	m.quote(producer, first, offer, quantity.Of(10), 1000)
	m.quote(producer, second, offer, quantity.Of(10), 1000)
	_, err = m.Quote(ctx, producer, third.ID, inquiry.NewQuote{OfferID: offer, Quantity: quantity.Of(1), PriceVND: 1000, DeliverOn: m.today.AddDays(5)})
	refused(err, inquiry.ErrTooManyQuotes)
	for range 2 {
		_, err = m.Ask(ctx, producer, first.ID, "Còn không?")
		require.NoError(t, err)
	}
	_, err = m.Ask(ctx, producer, first.ID, "Còn không?")
	refused(err, inquiry.ErrTooManyQuestions)
	_, err = m.db.Exec(ctx, `UPDATE inquiry.usage SET day = day - 1`)
	require.NoError(t, err)
	m.placed(buyer, m.demand(quantity.Of(10)))
}
