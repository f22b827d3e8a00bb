package inquiry_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// What was due before a window counts in it when it was received or settled within, and not otherwise.
func TestWhatWasDueLongAgoCountsWhenItHappens(t *testing.T) {
	t.Parallel()
	s := newSold(t, "iced", quantity.Of(100))
	s.owner(`ALTER TABLE inquiry.deliveries DISABLE TRIGGER USER`)
	received := func(daysAgo int) uuid.UUID {
		award := s.awarded(s.buyer, s.producer)
		got := s.fulfilled(s.buyer, s.producer, award, quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(90), Rejected: quantity.Of(10)})
		s.owner(`UPDATE inquiry.awards SET deliver_on = $2 WHERE id = $1`, award.ID, s.today.AddDays(-400))
		s.owner(`UPDATE inquiry.deliveries SET received_at = received_at - make_interval(days => $2), dispatched_at = dispatched_at - make_interval(days => $2)
		          WHERE id = $1`, got.ID, daysAgo)
		return got.ID
	}
	received(380)
	received(0)
	settled := received(390)
	s.settled(s.buyer, s.producer, settled, inquiry.Receipt{Accepted: quantity.Of(80), Rejected: quantity.Of(20)})
	s.owner(`ALTER TABLE inquiry.deliveries ENABLE TRIGGER USER`)
	for _, who := range []identity.Principal{s.buyer, s.producer} {
		require.Equal(t, 1, s.measured(s.producer, who.OrganisationID, "rejected").Cases, "the late one")
		require.Equal(t, 1, s.measured(s.producer, who.OrganisationID, "disputes_lost").Cases, "the one that was settled")
	}
	require.Zero(t, s.measured(s.producer, s.producer.OrganisationID, "on_time").Cases, "due before")
}
