package inquiry_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// colleague adds a person to somebody's organisation.
func (m *market) colleague(of identity.Principal, role identity.Role) identity.Principal {
	m.t.Helper()
	email := fmt.Sprintf("cung%d@ocop.example", m.made.Add(1))
	added, err := m.identity.Invite(context.Background(), of, identity.Invitation{Name: "Người thử", Email: email, Role: role})
	require.NoError(m.t, err)
	// Accepting is the invited person's, by a link in a letter; here it is the table that matters.
	_, err = m.db.Exec(context.Background(), `UPDATE identity.memberships SET accepted_at = now() WHERE user_id = $1`, added.UserID)
	require.NoError(m.t, err)
	one := of
	one.UserID, one.Role = added.UserID, role
	return one
}

// limitedBuyer is a buyer with a limit, a second owner, an approver and a clerk.
type limitedBuyer struct {
	owner, second, marked, clerk identity.Principal
}

func (m *market) limitedBuyer(limit money.VND) limitedBuyer {
	m.t.Helper()
	b := limitedBuyer{owner: m.organisation(identity.Buyer)}
	b.second, b.marked, b.clerk = m.colleague(b.owner, identity.Owner), m.colleague(b.owner, identity.Member), m.colleague(b.owner, identity.Member)
	_, err := m.SetPurchasing(context.Background(), b.owner, nil, inquiry.PurchasingChange{AwardLimitVND: &limit, Approvers: &[]uuid.UUID{b.marked.UserID}})
	require.NoError(m.t, err)
	return b
}

// proposed is an act above the limit: 100 kg at 250 000 đồng.
func (m *market) proposed(b limitedBuyer, producer identity.Principal, offer uuid.UUID, reserve bool) (inquiry.Proposal, inquiry.Quote) {
	m.t.Helper()
	asked := m.placed(b.clerk, m.demand(quantity.Of(300)))
	quote, err := m.Quote(context.Background(), producer, asked.ID, inquiry.NewQuote{
		OfferID: offer, Quantity: quantity.Of(200), PriceVND: 250_000, DeliverOn: m.today.AddDays(5), Reserve: &reserve,
	})
	require.NoError(m.t, err)
	made, err := m.Decide(context.Background(), b.clerk, asked.ID, inquiry.Act{Allocations: []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(100)}}})
	require.NoError(m.t, err)
	require.Empty(m.t, made.Awards)
	require.NotNil(m.t, made.Proposal)
	return *made.Proposal, quote
}

func TestAnAwardAboveTheLimitWaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	b, producer := m.limitedBuyer(24_999_999), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	proposal, quote := m.proposed(b, producer, offer, true)
	require.Equal(t, inquiry.Proposed, proposal.State)
	require.Equal(t, money.VND(25_000_000), proposal.ValueVND)
	require.True(t, proposal.Allocations[0].Reserved, "the quote holds it")
	require.WithinDuration(t, time.Now().Add(24*time.Hour), proposal.ExpiresAt, time.Minute)
	require.Zero(t, m.committed(offer))
	require.Equal(t, quantity.Of(800), m.remaining(offer))

	// The producer learns nothing.
	seen, err := m.GetQuote(ctx, producer, quote.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.QuoteState(inquiry.QuoteSubmitted), seen.State)
	awards, err := m.Awards(ctx, producer, uuid.Nil, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Empty(t, awards)
	_, err = m.GetProposal(ctx, producer, proposal.ID)
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.GetProposal(ctx, m.organisation(identity.Buyer), proposal.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)

	// Not the proposer, not a clerk, no viewer, no key.
	_, err = m.DecideProposal(ctx, b.clerk, proposal.ID, inquiry.MoveApprove, "")
	require.ErrorIs(t, err, inquiry.ErrSecondPerson)
	_, err = m.DecideProposal(ctx, m.colleague(b.owner, identity.Member), proposal.ID, inquiry.MoveApprove, "")
	require.ErrorIs(t, err, inquiry.ErrNotApprover)
	_, err = m.DecideProposal(ctx, m.colleague(b.owner, identity.Viewer), proposal.ID, inquiry.MoveApprove, "")
	require.ErrorIs(t, err, identity.ErrReadOnly)
	key := b.owner
	key.KeyID, key.Scopes = uuid.New(), []string{"trade:write"}
	_, err = m.DecideProposal(ctx, key, proposal.ID, inquiry.MoveApprove, "")
	require.ErrorIs(t, err, inquiry.ErrNotApprover)
	_, err = m.DecideProposal(ctx, m.organisation(identity.Buyer), proposal.ID, inquiry.MoveApprove, "")
	require.ErrorIs(t, err, fault.ErrNotFound)
	require.Zero(t, m.committed(offer))

	decided, err := m.DecideProposal(ctx, b.marked, proposal.ID, inquiry.MoveApprove, "")
	require.NoError(t, err)
	require.Equal(t, inquiry.ProposalApproved, decided.State)
	require.Equal(t, b.marked.UserID, *decided.DecidedBy)
	require.Len(t, decided.Awards, 1)
	award, err := m.GetAward(ctx, producer, decided.Awards[0])
	require.NoError(t, err)
	require.Equal(t, quantity.Of(100), award.Quantity)
	require.Equal(t, quantity.Of(100), m.committed(offer))
	_, err = m.DecideProposal(ctx, b.owner, proposal.ID, inquiry.MoveApprove, "")
	require.ErrorIs(t, err, inquiry.ErrProposalState)

	// At the limit an act is an award at once.
	asked := m.placed(b.clerk, m.demand(quantity.Of(300)))
	small := m.quote(producer, asked, offer, quantity.Of(99), 250_000)
	made, err := m.Decide(ctx, b.clerk, asked.ID, inquiry.Act{Allocations: []inquiry.Allocation{{QuoteID: small.ID, Quantity: quantity.Of(99)}}})
	require.NoError(t, err)
	require.Len(t, made.Awards, 1)
	require.Nil(t, made.Proposal)
	var events []string
	require.NoError(t, m.db.Select(ctx, &events, `SELECT action FROM identity.audit_events WHERE subject_id = $1 ORDER BY id`, proposal.ID))
	require.Equal(t, []string{"award_proposal.proposed", "award_proposal.approved"}, events)
	requireAudited(t, m)
}

func TestAProposalIsRejectedWithdrawnOrRunsOut(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	b, producer := m.limitedBuyer(1), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))

	rejected, _ := m.proposed(b, producer, offer, false)
	require.False(t, rejected.Allocations[0].Reserved, "a quote that reserves nothing promises nothing")
	require.Equal(t, quantity.Of(1000), m.remaining(offer))
	_, err := m.DecideProposal(ctx, b.second, rejected.ID, inquiry.MoveReject, " ")
	require.ErrorIs(t, err, fault.ErrRequired)
	rejected, err = m.DecideProposal(ctx, b.second, rejected.ID, inquiry.MoveReject, "đắt quá")
	require.NoError(t, err)
	require.Equal(t, inquiry.ProposalRejected, rejected.State)
	require.Equal(t, "đắt quá", rejected.Reason)

	withdrawn, _ := m.proposed(b, producer, offer, false)
	_, err = m.DecideProposal(ctx, b.owner, withdrawn.ID, inquiry.MoveWithdraw, "")
	require.ErrorIs(t, err, fault.ErrForbidden)
	withdrawn, err = m.DecideProposal(ctx, b.clerk, withdrawn.ID, inquiry.MoveWithdraw, "")
	require.NoError(t, err)
	require.Equal(t, inquiry.ProposalWithdrawn, withdrawn.State)

	old, _ := m.proposed(b, producer, offer, false)
	later := m.On(m.db.WithClock(func() time.Time { return old.ExpiresAt }))
	_, err = later.DecideProposal(ctx, b.owner, old.ID, inquiry.MoveApprove, "")
	require.ErrorIs(t, err, inquiry.ErrProposalState)
	refusal, _ := fault.From(err)
	require.Equal(t, "expired", refusal.Params["state"])

	// Gone from under it: the usual refusal, and it goes on to wait.
	gone, quote := m.proposed(b, producer, offer, false)
	_, err = m.catalog.ChangeOffer(ctx, producer, offer, nil, catalog.OfferChange{Quantity: new(quantity.Of(50))})
	require.NoError(t, err)
	_, err = m.DecideProposal(ctx, b.owner, gone.ID, inquiry.MoveApprove, "")
	require.ErrorIs(t, err, ledger.ErrOfferExhausted)
	refusal, _ = fault.From(err)
	require.Equal(t, "allocations[0].quantity", refusal.Fields[0].Pointer)
	_, err = m.Withdraw(ctx, producer, quote.ID)
	require.NoError(t, err)
	_, err = m.DecideProposal(ctx, b.owner, gone.ID, inquiry.MoveApprove, "")
	require.ErrorIs(t, err, inquiry.ErrQuoteState)
	waiting, err := m.Proposals(ctx, b.clerk, inquiry.Proposed, inquiry.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, waiting, 2)
	all, err := m.CountProposals(ctx, b.clerk, "")
	require.NoError(t, err)
	require.Equal(t, 4, all)
	requireAudited(t, m)
}

// Many people press at once: one decision counts.
func TestAProposalIsDecidedOnce(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	b, producer := m.limitedBuyer(1), m.organisation(identity.Producer)
	offer := m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000))
	proposal, _ := m.proposed(b, producer, offer, true)
	var group sync.WaitGroup
	var mutex sync.Mutex
	counted := map[bool]int{}
	for n := range 12 {
		group.Go(func() {
			who, move := []identity.Principal{b.owner, b.second, b.clerk}[n%3], []inquiry.ProposalMove{inquiry.MoveApprove, inquiry.MoveReject, inquiry.MoveWithdraw}[n%3]
			_, err := m.DecideProposal(context.Background(), who, proposal.ID, move, "thôi")
			if err != nil && !errors.Is(err, inquiry.ErrProposalState) {
				t.Errorf("deciding: %v", err)
			}
			mutex.Lock()
			defer mutex.Unlock()
			counted[err == nil]++
		})
	}
	group.Wait()
	require.Equal(t, map[bool]int{true: 1, false: 11}, counted)
	requireAudited(t, m)
}

func TestOnlyAnOwnerSetsTheLimit(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	owner := m.organisation(identity.Buyer)
	clerk, viewer := m.colleague(owner, identity.Member), m.colleague(owner, identity.Viewer)
	limit := money.VND(5_000_000)
	before, err := m.Purchasing(ctx, clerk)
	require.NoError(t, err)
	require.Equal(t, inquiry.Purchasing{ProposalHours: 24, Approvers: []uuid.UUID{}}, before)
	_, err = m.SetPurchasing(ctx, clerk, nil, inquiry.PurchasingChange{AwardLimitVND: &limit})
	require.ErrorIs(t, err, identity.ErrOwnerOnly)
	for _, nobody := range []uuid.UUID{viewer.UserID, uuid.New(), m.organisation(identity.Buyer).UserID} {
		_, err = m.SetPurchasing(ctx, owner, nil, inquiry.PurchasingChange{Approvers: &[]uuid.UUID{nobody}})
		require.ErrorIs(t, err, inquiry.ErrNotAColleague)
	}
	for _, wrong := range []inquiry.PurchasingChange{{AwardLimitVND: new(money.VND(-1))}, {ProposalHours: new(0)}, {ProposalHours: new(169)}} {
		_, err = m.SetPurchasing(ctx, owner, nil, wrong)
		require.ErrorIs(t, err, fault.ErrOutOfRange)
	}
	_, err = m.SetPurchasing(ctx, owner, nil, inquiry.PurchasingChange{AwardLimitVND: &limit, Approvers: &[]uuid.UUID{clerk.UserID}})
	require.NoError(t, err)
	set, err := m.SetPurchasing(ctx, owner, nil, inquiry.PurchasingChange{ProposalHours: new(2)})
	require.NoError(t, err)
	require.Equal(t, []any{limit, 2, []uuid.UUID{clerk.UserID}, int64(2), owner.UserID},
		[]any{set.AwardLimitVND, set.ProposalHours, set.Approvers, set.Version, *set.SetBy})
	_, err = m.SetPurchasing(ctx, owner, func(version int64) error {
		require.Equal(t, int64(2), version)
		return fault.ErrStale.With()
	}, inquiry.PurchasingChange{ProposalHours: new(3)})
	require.ErrorIs(t, err, fault.ErrStale)
	var versions int
	require.NoError(t, m.db.Get(ctx, &versions, `SELECT count(*) FROM inquiry.purchasing_rules WHERE set_by = $1`, owner.UserID))
	require.Equal(t, 2, versions, "what was before stays")
	_, err = m.Purchasing(ctx, m.organisation(identity.Producer))
	require.ErrorIs(t, err, fault.ErrForbidden)
}
