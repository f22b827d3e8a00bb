package inquiry_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// What changes without a posting changes what is measured, too: at once, and no otherwise once it was followed.
func TestWhatPostsNothingIsMeasured(t *testing.T) {
	t.Parallel()
	s := newSold(t, "iced", quantity.Of(100))
	ctx, day := t.Context(), reference.Day(time.Now())
	asked := s.placed(s.buyer, s.demand(quantity.Of(100)))
	framework := s.frame(s.buyer, s.producer, "iced", false)
	got := s.fulfilled(s.buyer, s.producer, s.awarded(s.buyer, s.producer), quantity.Of(100),
		inquiry.Receipt{Accepted: quantity.Of(90), Rejected: quantity.Of(10), Reasons: []string{"wrong_size"}})
	measured := func() inquiry.MarketRecord {
		record, err := inquiry.Market(ctx, s.lent.App, inquiry.Window{From: day, To: day.AddDays(30)}, day.AddDays(31))
		require.NoError(t, err)
		return record
	}
	var called inquiry.CallOff
	for _, each := range []struct {
		name string
		act  func()
	}{
		{"a refusal", func() {
			_, err := s.Decline(ctx, s.producer, asked.ID, "")
			require.NoError(t, err)
		}},
		{"a refusal forgotten", func() { s.owner(`UPDATE inquiry.invitations SET declined_at = NULL WHERE inquiry_id = $1`, asked.ID) }},
		{"a call-off", func() {
			var err error
			called, err = s.CallOff(ctx, s.buyer, framework.ID, s.call(40, 0))
			require.NoError(t, err)
		}},
		{"a call-off put off", func() { s.owner(`UPDATE inquiry.call_offs SET deliver_on = deliver_on + 60 WHERE id = $1`, called.ID) }},
		{"an opening", func() { s.owner(`UPDATE inquiry.inquiries SET opened_at = opened_at - interval '60 days'`) }},
		{"an agreed day", func() { s.owner(`UPDATE inquiry.awards SET deliver_on = deliver_on + 60 WHERE period_from IS NULL`) }},
		{"other reasons, which are posted as if they were other amounts", func() {
			s.settled(s.buyer, s.producer, got.ID, inquiry.Receipt{Accepted: quantity.Of(90), Rejected: quantity.Of(10), Reasons: []string{"spoiled"}})
		}},
		{"an instant of awards", func() { s.owner(`UPDATE inquiry.awards SET created_at = created_at - interval '60 days'`) }},
	} {
		s.followed()
		before := measured()
		each.act()
		late := measured()
		require.NotEqual(t, before, late, each.name)
		s.followed()
		require.Equal(t, late, measured(), each.name)
		s.requireNoFinding()
	}
}

// The doctor names what is kept of the market and is not so.
func TestTheDoctorFindsFactsThatAreNotSo(t *testing.T) {
	t.Parallel()
	s := newSold(t, "iced", quantity.Of(100))
	got := s.fulfilled(s.buyer, s.producer, s.awarded(s.buyer, s.producer), quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(90), Rejected: quantity.Of(10)})
	s.followed()
	s.requireNoFinding()
	found := func() map[string]string {
		details := map[string]string{}
		_, err := inquiry.MarketMatches(t.Context(), s.lent.App, func(f ledger.Finding) error {
			details[f.Table] += f.ID + ": " + f.Detail + "\n"
			return nil
		})
		require.NoError(t, err)
		return details
	}
	s.owner(`UPDATE inquiry.market_sums SET part = part + 1 WHERE span = 'month' AND kind = 'goods'`)
	require.Contains(t, found()["inquiry.market_sums"], "of facts 1 1 10000 100000 kept 1 1 10001 100000")
	s.owner(`UPDATE inquiry.market_sums SET part = part - 1 WHERE span = 'month' AND kind = 'goods'`)
	s.owner(`UPDATE inquiry.market_minutes SET cases = cases + 1 WHERE kind = 'quote_to_award' AND span = 'day'`)
	require.Contains(t, found()["inquiry.market_sums"], "quote_to_award")
	s.owner(`UPDATE inquiry.market_minutes SET cases = cases - 1 WHERE kind = 'quote_to_award' AND span = 'day'`)
	s.requireNoFinding()
	s.owner(`UPDATE inquiry.market_facts SET day = day - 1 WHERE subject = $1 AND kind = 'goods'`, got.AwardID)
	require.Contains(t, found()["inquiry.market_facts"], got.AwardID.String()+": kept goods")
	s.owner(`UPDATE inquiry.market_facts SET subject = $2 WHERE subject = $1`, got.AwardID, got.ID)
	require.Contains(t, found()["inquiry.market_facts"], got.ID.String()+": kept of nothing")
}
