package inquiry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// counter is a buyer's side of a market: inquiries with a quote each, all on one offer.
type counter struct {
	*market

	buyer, producer identity.Principal
	offer           uuid.UUID
	asked           []inquiry.Inquiry
	quotes          []inquiry.Quote
}

// counterOf has so many inquiries for 300 kg, each with a quote of 200 on an offer of so much.
func counterOf(t *testing.T, inquiries int, supplied int64) *counter {
	t.Helper()
	m := newMarket(t)
	c := &counter{market: m, buyer: m.organisation(identity.Buyer), producer: m.organisation(identity.Producer)}
	c.offer = m.offer(c.producer, m.shrimp(c.producer, "iced").ID, quantity.Of(supplied))
	for range inquiries {
		asked, quote := m.part(c.buyer, c.producer, c.offer)
		c.asked, c.quotes = append(c.asked, asked), append(c.quotes, quote)
	}
	return c
}

// act asks for so many kilograms of the quote on an inquiry, under a key of its own.
func (c *counter) act(at int, kilograms int64) inquiry.Asked {
	return inquiry.Asked{
		Who: c.buyer, InquiryID: c.asked[at].ID, Key: &idempotency.Request{Scope: "test", Key: uuid.NewString(), Fingerprint: []byte{1}},
		Allocations: []inquiry.Allocation{{QuoteID: c.quotes[at].ID, Quantity: quantity.Of(kilograms)}},
	}
}

// acts asks for the same of every inquiry.
func (c *counter) acts(kilograms int64) []inquiry.Asked {
	acts := make([]inquiry.Asked, len(c.asked))
	for at := range acts {
		acts[at] = c.act(at, kilograms)
	}
	return acts
}

// byItself decides an act as a request that comes alone.
func (c *counter) byItself(act inquiry.Asked) (inquiry.Awards, error) {
	ctx := context.Background()
	if act.Key != nil {
		ctx = idempotency.WithRequest(ctx, act.Key)
	}
	return c.Decide(ctx, act.Who, act.InquiryID, inquiry.Act{Allocations: act.Allocations})
}

// keys counts how many of the acts' keys stand.
func (c *counter) keys(acts ...inquiry.Asked) int {
	c.t.Helper()
	count := 0
	for _, act := range acts {
		var stands int
		require.NoError(c.t, c.db.Get(context.Background(), &stands,
			`SELECT count(*) FROM idempotency.keys WHERE scope = $1 AND key = $2 AND answer IS NOT NULL`, act.Key.Scope, act.Key.Key))
		count += stands
	}
	return count
}

// Many awards that wait at the same time cost as many statements as one, and the offer comes last.
func TestAwardsTogetherCostAsMuchAsOne(t *testing.T) {
	t.Parallel()
	c := counterOf(t, 8, 3000)
	var statements []string
	counted := c.On(c.db.WithCounter(func(statement string) { statements = append(statements, strings.TrimSpace(statement)) }))
	for _, many := range []int{2, 8} {
		statements = nil
		acts := c.acts(1)[:many]
		for _, became := range counted.DecideTogether(t.Context(), acts...) {
			require.NoError(t, became.Err)
			require.Len(t, became.Made.Awards, 1)
		}
		require.LessOrEqual(t, len(statements), 4, strings.Join(statements, "\n"))
		require.Regexp(t, `, ledger\.post\([^()]*\)$`, statements[len(statements)-1], "the offer is locked last")
		require.Equal(t, many, c.keys(acts...))
	}
	require.Equal(t, quantity.Of(10), c.committed(c.offer))
	requireAudited(t, c.market)
}

// What the rules refuse is refused alone, with what those before it took counted in; what cannot be told
// together, and a repeated key, is left to be decided by itself. Nothing of it is kept under a key.
func TestARefusalIsOneActsAlone(t *testing.T) {
	t.Parallel()
	c := counterOf(t, 3, 3000)
	foreign := c.act(0, 10)
	foreign.Who = c.organisation(identity.Buyer)
	strange := c.act(0, 10)
	strange.Allocations[0].QuoteID = c.quotes[1].ID
	repeated := c.act(1, 10)
	_, err := c.byItself(repeated)
	require.NoError(t, err)
	first, twin := c.act(2, 10), c.act(2, 10)
	twin.Key = &idempotency.Request{Scope: first.Key.Scope, Key: first.Key.Key, Fingerprint: []byte{1}}
	acts := []inquiry.Asked{c.act(0, 150), c.act(0, 51), foreign, c.act(0, 50), strange, repeated, first, twin, c.act(1, 190)}
	became := c.DecideTogether(t.Context(), acts...)
	for at, is := range []string{"made", "refused", "alone", "made", "alone", "alone", "made", "alone", "made"} {
		got := map[bool]string{true: "refused", false: "made"}[became[at].Err != nil]
		if became[at].Alone {
			got = "alone"
		}
		require.Equal(t, is, got, "act %d: %v", at, became[at].Err)
	}
	require.ErrorIs(t, became[1].Err, inquiry.ErrQuoteExceeded)
	refusal, _ := fault.From(became[1].Err)
	require.Equal(t, quantity.Of(50), refusal.Fields[0].Params["remaining"], "what the first left")
	require.Zero(t, c.keys(acts[1], foreign, strange))
	require.Equal(t, quantity.Of(150+50+10+10+190), c.committed(c.offer))

	_, err = c.byItself(foreign)
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = c.byItself(strange)
	require.ErrorIs(t, err, inquiry.ErrForeignQuote)
	replayed, err := c.byItself(twin)
	require.NoError(t, err)
	require.True(t, twin.Key.Replayed)
	require.Equal(t, became[6].Made.Awards[0].ID, replayed.Awards[0].ID)
	requireAudited(t, c.market)
}

// An act is answered the same, whoever else was there: what is made, what is refused and why.
func TestAnswersAreTheSameTogether(t *testing.T) {
	t.Parallel()
	together, single := counterOf(t, 3, 3000), counterOf(t, 3, 3000)
	answer := func(c *counter, made inquiry.Awards, err error) string {
		if refusal, ok := fault.From(err); ok {
			require.ErrorIs(t, err, refusal.Definition)
			fields, err := json.Marshal(refusal.Fields)
			require.NoError(t, err)
			return refusal.Code + " " + refusal.Error() + " " + string(fields)
		}
		require.NoError(t, err)
		body, err := json.Marshal(made)
		require.NoError(t, err)
		text := string(body)
		for at := range c.asked {
			text = strings.NewReplacer(c.asked[at].ID.String(), "inquiry", c.asked[at].Lines[0].ID.String(), "line", c.quotes[at].ID.String(), "quote").Replace(text)
		}
		for _, one := range made.Awards {
			text = strings.NewReplacer(one.ID.String(), "award", one.CreatedAt.Format(time.RFC3339Nano), "then", one.ProductID.String(), "product").Replace(text)
		}
		return strings.NewReplacer(c.offer.String(), "offer", c.buyer.OrganisationID.String(), "buyer", c.producer.OrganisationID.String(), "producer").Replace(text)
	}
	asked := func(c *counter) []inquiry.Asked {
		return []inquiry.Asked{c.act(0, 20), c.act(1, 201), c.act(0, 181), c.act(0, 180), c.act(0, 1), c.act(2, 7)}
	}
	became := together.DecideTogether(t.Context(), asked(together)...)
	for at, act := range asked(single) {
		made, err := single.byItself(act)
		require.False(t, became[at].Alone)
		require.Equal(t, answer(single, made, err), answer(together, became[at].Made, became[at].Err))
	}
	var kept []string
	require.NoError(t, together.db.Select(t.Context(), &kept, `SELECT answer ->> 'awards' FROM idempotency.keys WHERE scope = 'test' ORDER BY created_at`))
	require.Len(t, kept, 3)
	var traces []string
	require.NoError(t, together.db.Select(t.Context(), &traces,
		`SELECT concat_ws(' ', trace_id, actor_id = $1, organisation_id = $2) FROM identity.audit_events WHERE action = 'award.made' OR subject_kind = 'award'`, together.buyer.UserID, together.buyer.OrganisationID))
	require.Equal(t, []string{"together t t", "together t t", "together t t"}, traces)
}

// What the database refuses takes all back; then each is decided by itself, as is what seems not to fit.
func TestWhatTheDatabaseRefusesIsDecidedSingly(t *testing.T) {
	t.Parallel()
	c := counterOf(t, 4, 100)
	var once sync.Once
	disturbed := c.On(c.db.WithCounter(func(statement string) {
		if strings.Contains(statement, "inquiry.write_awards") {
			once.Do(func() {
				_, err := c.byItself(c.act(3, 95)) // takes what the others have seen
				require.NoError(t, err)
			})
		}
	}))
	acts := c.acts(4)[:3]
	for _, became := range disturbed.DecideTogether(t.Context(), acts...) {
		require.Equal(t, inquiry.Became{Alone: true}, became)
	}
	require.Equal(t, quantity.Of(95), c.committed(c.offer))
	require.Zero(t, c.keys(acts...))
	_, err := c.byItself(acts[0])
	require.NoError(t, err)
	_, err = c.byItself(acts[1])
	require.ErrorIs(t, err, ledger.ErrOfferExhausted)
	requireAudited(t, c.market)
}

// Of an offer that is nearly exhausted exactly those are made that fit, whether it is seen before or not.
func TestOfANearlyExhaustedOfferWhatFitsIsMade(t *testing.T) {
	t.Parallel()
	c := counterOf(t, 6, 105)
	fit := 0
	for at, became := range c.DecideTogether(t.Context(), append(c.acts(10), c.acts(10)...)...) {
		require.NoError(t, became.Err)
		require.Equal(t, at >= 10, became.Alone)
		fit += len(became.Made.Awards)
	}
	require.Equal(t, 10, fit)

	crowd := counterOf(t, 6, 105)
	var clients sync.WaitGroup
	made, refused := make(chan struct{}, 40), make(chan struct{}, 40)
	for n := range 40 {
		clients.Go(func() {
			_, err := crowd.byItself(crowd.act(n%6, 10))
			if err == nil {
				made <- struct{}{}
				return
			}
			if refusal, ok := fault.From(err); ok && refusal.Definition == ledger.ErrOfferExhausted {
				refused <- struct{}{}
				return
			}
			t.Errorf("award: %v", err)
		})
	}
	clients.Wait()
	require.Len(t, made, 10)
	require.Len(t, refused, 30)
	requireAudited(t, crowd.market)
}

// When the answer of a commit is lost, those with keys are tried again and find it; those without are
// told that nobody knows.
func TestALostCommitHappensOnceForAll(t *testing.T) {
	t.Parallel()
	c := counterOf(t, 3, 3000)
	wire := pgtest.LayWire(t, c.address())
	there := c.On(pgtest.Open(t, wire.Through(c.address())))
	var once sync.Once
	wire.Lose(func(sent []byte) (lost bool) {
		if bytes.Contains(sent, []byte("COMMIT\x00")) {
			once.Do(func() { lost = true })
		}
		return lost
	})
	acts := c.acts(10)
	acts[2].Key = nil
	became := there.DecideTogether(t.Context(), acts...)
	require.True(t, became[0].Alone && became[1].Alone)
	require.ErrorIs(t, became[2].Err, fault.ErrUnavailable)
	require.False(t, became[2].Alone, "it might happen twice")
	for _, act := range acts[:2] {
		_, err := c.byItself(act)
		require.NoError(t, err)
		require.True(t, act.Key.Replayed)
	}
	require.Equal(t, quantity.Of(30), c.committed(c.offer))
	requireAudited(t, c.market)
}
