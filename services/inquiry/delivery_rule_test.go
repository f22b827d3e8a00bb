package inquiry_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// Every rule says from when it holds, where it comes from in both languages, and whether it is assumed.
func TestDeliveryRulesSayWhereTheyComeFrom(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	rules, err := m.DeliveryRules(context.Background())
	require.NoError(t, err)
	type told struct {
		rule, form string
		value      int
		assumption bool
	}
	var got []told
	for _, rule := range rules {
		require.NotEmpty(t, rule.SourceVI, rule.Rule)
		require.NotEmpty(t, rule.SourceEN, rule.Rule)
		require.False(t, rule.ValidFrom.IsZero())
		got = append(got, told{rule.Rule, rule.Form, rule.Value, rule.Assumption})
	}
	require.Equal(t, []told{
		{"confirm_hours", "live", 24, false}, {"dispute_days", "", 7, true}, {"dispute_days", "live", 2, true}, {"over", "", 2000, true},
	}, got)
}

// A rule holds for what is awarded while it is valid, and changes no deal that was made before.
func TestARuleHoldsForWhatIsAwardedWhileItIsValid(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	over := inquiry.Receipt{Accepted: quantity.Of(103), Over: quantity.Of(3)}
	for name, test := range map[string]struct {
		from, until int
		holds       bool
	}{
		"from today":      {0, 0, true},
		"ended yesterday": {-9, -1, false},
		"from tomorrow":   {1, 9, false},
	} {
		s := newSold(t, "iced", quantity.Of(100))
		s.owner(`INSERT INTO inquiry.delivery_rules (rule, line, value, valid_from, valid_until, source, source_vi)
			VALUES ('over', 'black_tiger_shrimp', 3000, $1, $2, 'test', 'thử')`, s.today.AddDays(test.from), s.today.AddDays(test.until))
		_, err := s.Receive(ctx, s.buyer, s.sent(quantity.Of(100)).ID, over)
		if test.holds {
			require.NoError(t, err, name)
		} else {
			require.ErrorIs(t, err, inquiry.ErrOver, name)
		}
	}
	_, err := newMarket(t).db.Exec(ctx, `UPDATE inquiry.delivery_rules SET value = 9000`)
	require.ErrorContains(t, err, "permission denied", "the service changes no rule")
}
