package inquiry_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// course is a random history of awards: both sides do whatever occurs to them, also what is refused.
type course struct {
	*market

	random   *rand.Rand
	buyer    limitedBuyer
	producer identity.Principal
	today    int
	// quotes by how they can be awarded; awards, call-offs and so on by their ids.
	quotes                                                    []inquiry.Quote
	proposals, awards, frameworks, calls, sent, cancellations []uuid.UUID
	done, refused                                             int
	did                                                       map[string]int
}

func pickFrom[T any](random *rand.Rand, list []T) T { return list[random.IntN(len(list))] }

// note counts a step: a refusal is fine, anything else is not.
func (c *course) note(what string, err error) bool {
	c.t.Helper()
	var refusal *fault.Error
	if err != nil && !errors.As(err, &refusal) {
		c.t.Fatalf("%s: %v", what, err)
	}
	if err != nil {
		c.refused++
		return false
	}
	c.done++
	c.did[what]++
	return true
}

func (c *course) amount() quantity.Quantity { return quantity.Quantity(1 + c.random.Int64N(40_000)) }

func (c *course) side() identity.Principal {
	return pickFrom(c.random, []identity.Principal{c.buyer.owner, c.producer})
}

// step does one random thing on some day.
func (c *course) step() {
	now, ctx := c.in(c.today), c.t.Context()
	switch c.random.IntN(15) {
	case 0:
		quote := pickFrom(c.random, c.quotes)
		act := inquiry.Act{Allocations: []inquiry.Allocation{{QuoteID: quote.ID, Quantity: c.amount()}}}
		if quote.Framework != nil {
			act.Framework = &inquiry.Period{From: quote.Framework.From.AddDays(c.today), To: quote.Framework.To}
		}
		made, err := now.Decide(ctx, c.buyer.clerk, quote.InquiryID, act)
		if c.note("award", err) && made.Proposal != nil {
			c.proposals = append(c.proposals, made.Proposal.ID)
			c.did["propose"]++
		}
		for _, award := range made.Awards {
			c.took(award.ID, act.Framework != nil)
		}
	case 1, 2:
		c.decideProposal(now)
	case 3:
		c.today += c.random.IntN(8) / 7
	case 4, 5, 13, 14:
		c.callOff(now)
	case 6, 7, 8:
		c.deliver(now)
	case 9:
		c.receive(now)
	default:
		c.endSomething(now)
	}
}

func (c *course) decideProposal(now *inquiry.Service) {
	if len(c.proposals) == 0 {
		return
	}
	who := pickFrom(c.random, []identity.Principal{c.buyer.owner, c.buyer.marked, c.buyer.clerk})
	move := pickFrom(c.random, []inquiry.ProposalMove{inquiry.MoveApprove, inquiry.MoveApprove, inquiry.MoveReject, inquiry.MoveWithdraw})
	decided, err := now.DecideProposal(c.t.Context(), who, pickFrom(c.random, c.proposals), move, "thử")
	if c.note(string(move), err) {
		for _, award := range decided.Awards {
			c.took(award, decided.Framework != nil)
		}
	}
}

// took notes an award.
func (c *course) took(award uuid.UUID, framework bool) {
	if c.awards = append(c.awards, award); framework {
		c.frameworks = append(c.frameworks, award)
	}
}

func (c *course) callOff(now *inquiry.Service) {
	if len(c.frameworks) == 0 {
		return
	}
	if len(c.calls) > 0 && c.random.IntN(2) == 0 {
		move := pickFrom(c.random, []inquiry.CallOffMove{inquiry.MoveConfirmCall, inquiry.MoveConfirmCall, inquiry.MoveRefuseCall, inquiry.MoveCancelCall})
		who := map[inquiry.CallOffMove]identity.Principal{inquiry.MoveCancelCall: c.buyer.owner}[move]
		if who.UserID == uuid.Nil {
			who = c.producer
		}
		if c.random.IntN(5) == 0 {
			who = c.side()
		}
		_, err := now.DecideCallOff(c.t.Context(), who, pickFrom(c.random, c.calls), move, "thử")
		c.note(string(move)+" a call-off", err)
		return
	}
	call := c.call(1, pickFrom(c.random, []money.VND{0, 300_000}))
	call.Quantity, call.DeliverOn = c.amount(), c.market.today.AddDays(c.today+c.random.IntN(3))
	made, err := now.CallOff(c.t.Context(), c.buyer.owner, pickFrom(c.random, c.frameworks), call)
	if c.note("call off", err) {
		c.calls = append(c.calls, made.ID)
	}
}

func (c *course) deliver(now *inquiry.Service) {
	if len(c.awards) == 0 {
		return
	}
	award, dispatch := pickFrom(c.random, c.awards), inquiry.Dispatch{Quantity: c.amount()/4 + 1}
	if len(c.calls) > 0 && c.random.IntN(2) == 0 {
		dispatch.CallOffID = pickFrom(c.random, c.calls)
		require.NoError(c.t, c.db.Get(c.t.Context(), &award, `SELECT award_id FROM inquiry.call_offs WHERE id = $1`, dispatch.CallOffID))
	}
	made, err := now.Deliver(c.t.Context(), c.producer, award, dispatch)
	if c.note("deliver", err) {
		c.sent = append(c.sent, made.ID)
	}
}

func (c *course) receive(now *inquiry.Service) {
	if len(c.sent) == 0 {
		return
	}
	id := pickFrom(c.random, c.sent)
	if c.random.IntN(4) > 0 { // one that nobody received
		const waiting = `SELECT coalesce((SELECT id FROM inquiry.deliveries WHERE received_at IS NULL ORDER BY id LIMIT 1), $1)`
		require.NoError(c.t, c.db.Get(c.t.Context(), &id, waiting, id))
	}
	delivery, err := now.GetDelivery(c.t.Context(), c.buyer.owner, id)
	require.NoError(c.t, err)
	whole := delivery.Dispatched.Quantity
	bad := quantity.Quantity(c.random.Int64N(int64(whole) + 1))
	lost := quantity.Quantity(c.random.Int64N(int64(whole-bad) + 1))
	_, err = now.Receive(c.t.Context(), c.buyer.owner, id, inquiry.Receipt{Accepted: whole - bad - lost, Rejected: bad, Loss: lost})
	c.note("receive", err)
}

// endSomething cancels, asks, agrees, announces a shortfall or comes to the end of a period.
func (c *course) endSomething(now *inquiry.Service) {
	if len(c.awards) == 0 {
		return
	}
	award, ctx := pickFrom(c.random, c.awards), c.t.Context()
	if c.random.IntN(2) == 0 { // one with goods on their way
		const moving = `SELECT coalesce((SELECT award_id FROM inquiry.deliveries WHERE received_at IS NULL ORDER BY id DESC LIMIT 1), $1)`
		require.NoError(c.t, c.db.Get(ctx, &award, moving, award))
	}
	switch c.random.IntN(6) {
	case 0:
		_, err := now.CancelAward(ctx, c.side(), award, pickFrom(c.random, []string{"weather", "weather", "default"}), "")
		c.note("cancel", err)
	case 1:
		asked, err := now.AskCancellation(ctx, c.side(), award, "weather", "")
		if c.note("ask", err) {
			c.cancellations = append(c.cancellations, asked.ID)
		}
	case 2, 3:
		if len(c.cancellations) > 0 {
			move := pickFrom(c.random, []inquiry.CancellationMove{inquiry.MoveAgree, inquiry.MoveAgree, inquiry.MoveRefuse, inquiry.MoveTakeBack})
			_, err := now.DecideCancellation(ctx, c.side(), c.cancellations[len(c.cancellations)-1], move, "")
			c.note(string(move), err)
		}
	case 4:
		_, err := now.Shortfall(ctx, c.producer, award, c.amount(), "")
		c.note("shortfall", err)
	default:
		require.NoError(c.t, now.EndFramework(ctx, award))
	}
}

// broken are what must never be, each a statement that finds whatever breaks it.
var broken = map[string]string{
	"an award is not what its balance says": `
		SELECT a.id FROM inquiry.awards a JOIN ledger.awards b ON b.award_id = a.id
		 WHERE a.quantity <> b.committed + b.dispatched + b.accepted + b.released`,
	"a cancelled award still owes": `
		SELECT a.id FROM inquiry.awards a JOIN ledger.awards b ON b.award_id = a.id WHERE a.cancelled_at IS NOT NULL AND b.committed > 0`,
	"a quote is awarded beyond its awards": `
		SELECT q.id FROM inquiry.quotes q
		 WHERE q.awarded <> (SELECT coalesce(sum(a.quantity), 0) FROM inquiry.awards a WHERE a.quote_id = q.id)`,
	"a framework counts other call-offs than it has": `
		SELECT a.id FROM inquiry.awards a
		 WHERE a.called <> (SELECT coalesce(sum(CASE WHEN c.state IN ('proposed', 'confirmed') THEN c.quantity ELSE c.drawn END), 0)
		                      FROM inquiry.call_offs c WHERE c.award_id = a.id)`,
	"a framework is freed of other than the ledger released": `
		SELECT a.id FROM inquiry.awards a JOIN ledger.awards b ON b.award_id = a.id WHERE a.period_from IS NOT NULL AND a.freed <> b.released`,
	"live call-offs exceed what remains": `
		SELECT a.id FROM inquiry.awards a JOIN ledger.awards b ON b.award_id = a.id
		 WHERE b.committed < (SELECT coalesce(sum(c.quantity - c.drawn), 0) FROM inquiry.call_offs c
		                       WHERE c.award_id = a.id AND c.state IN ('proposed', 'confirmed'))`,
	"what was sent against a call-off is not what it counts": `
		SELECT c.id FROM inquiry.call_offs c
		 WHERE c.drawn <> (SELECT coalesce(sum(d.quantity - d.rejected - d.loss), 0) FROM inquiry.deliveries d WHERE d.call_off_id = c.id)`,
	"an ended framework keeps what nobody called": `
		SELECT a.id FROM inquiry.awards a WHERE a.ended_at IS NOT NULL AND a.called + a.freed <> a.quantity`,
	"a framework sent goods nobody called": `
		SELECT d.id FROM inquiry.deliveries d JOIN inquiry.awards a ON a.id = d.award_id WHERE (a.period_from IS NOT NULL) <> (d.call_off_id IS NOT NULL)`,
	"a default is told as something else": `
		SELECT a.id FROM inquiry.awards a
		 WHERE a.cancelled_as IS NOT NULL AND (a.cancelled_as = 'default') <> EXISTS (
		       SELECT FROM ledger.postings p WHERE p.award_id = a.id AND p.movement = 'defaulted')`,
	"a proposal was decided by who made it, or made other awards": `
		SELECT p.id FROM inquiry.award_proposals p
		 WHERE p.state = 'approved' AND (p.decided_by = p.proposed_by OR cardinality(p.awards) <> jsonb_array_length(p.act -> 'allocations'))`,
}

func (c *course) requireWhole() {
	c.t.Helper()
	for what, query := range broken {
		var found []uuid.UUID
		require.NoError(c.t, c.db.Select(c.t.Context(), &found, query), what)
		require.Empty(c.t, found, what)
	}
	requireAudited(c.t, c.market)
}

func TestAwardsStayWholeThroughAnyHistory(t *testing.T) {
	t.Parallel()
	did := map[string]int{}
	for seed := range uint64(3) {
		m := newMarket(t)
		c := &course{market: m, random: rand.New(rand.NewPCG(seed, 4)), buyer: m.limitedBuyer(8_000_000), producer: m.organisation(identity.Producer), did: did}
		for at, form := range []string{"iced", "iced", "live", "iced", "iced"} {
			offer := m.offer(c.producer, m.shrimp(c.producer, form).ID, quantity.Of(250))
			asked := m.placed(c.buyer.owner, m.demand(quantity.Of(300)))
			quote := inquiry.NewQuote{
				OfferID: offer, Quantity: quantity.Of(250), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: new(at%2 == 0),
				ValidUntil: inquiry.Until{Time: m.today.AddDays(30).In(time.UTC)},
			}
			if at%3 != 0 {
				quote.Framework = &inquiry.FrameworkQuote{Period: inquiry.Period{From: m.today, To: m.today.AddDays(9)}, Indicative: at == 1}
			}
			made, err := m.Quote(t.Context(), c.producer, asked.ID, quote)
			require.NoError(t, err)
			c.quotes = append(c.quotes, made)
		}
		for n := range 400 {
			if c.step(); n%80 == 79 {
				c.requireWhole()
			}
		}
		require.Positive(t, c.done)
		require.Positive(t, c.refused, "the history must hold refusals, seed %d", seed)
	}
	for _, what := range []string{"award", "propose", "approve", "call off", "confirm a call-off", "refuse a call-off", "cancel a call-off", "deliver", "receive", "cancel", "ask", "agree", "shortfall"} {
		require.Positive(t, did[what], "%s never happened: %v", what, did)
	}
}
