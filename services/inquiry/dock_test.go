package inquiry_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// linked is a delivery of so much with a link for the dock.
func (s *sold) linked(amount quantity.Quantity) (inquiry.Delivery, inquiry.NewDockLink) {
	s.t.Helper()
	sent := s.sent(amount)
	link, err := s.MakeDockLink(context.Background(), s.buyer, sent.ID, inquiry.DockLinkRequest{})
	require.NoError(s.t, err)
	return sent, link
}

func TestADockReceivesOnceWithoutSigningIn(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	sent, link := s.linked(quantity.Of(60))
	require.GreaterOrEqual(t, len(link.Code), len("ocopd_")+22, "at least 128 bits in base64")
	require.WithinDuration(t, time.Now().Add(72*time.Hour), link.ExpiresAt, time.Minute)

	seen, err := s.Dock(ctx, link.Code)
	require.NoError(t, err)
	require.Equal(t, inquiry.DeliveryDispatched, seen.State)
	require.Equal(t, quantity.Of(60), seen.Dispatched.Quantity)
	require.NotEmpty(t, seen.Product)
	require.Equal(t, s.award.Producer.Name, seen.Supplier)
	text, err := json.Marshal(seen)
	require.NoError(t, err)
	for _, kept := range []string{"250000", "price", "value", s.award.ID.String(), s.buyer.OrganisationID.String()} {
		require.NotContains(t, string(text), kept)
	}

	got, err := s.DockReceive(ctx, link.Code, inquiry.Receipt{
		Accepted: quantity.Of(55), Rejected: quantity.Of(3), Loss: quantity.Of(2), Reasons: []string{"temperature"},
	})
	require.NoError(t, err)
	require.Equal(t, inquiry.DeliveryReceived, got.State)
	_, err = s.DockReceive(ctx, link.Code, inquiry.Receipt{Accepted: quantity.Of(60)})
	require.ErrorIs(t, err, inquiry.ErrDockReceived)
	refusal, _ := fault.From(err)
	require.Equal(t, quantity.Of(55), refusal.Params["accepted"])
	require.Equal(t, quantity.Of(3), refusal.Params["rejected"])
	require.Equal(t, quantity.Of(2), refusal.Params["loss"])
	_, err = s.Receive(ctx, s.buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(60)})
	require.ErrorIs(t, err, inquiry.ErrReceived)
	_, err = s.MakeDockLink(ctx, s.buyer, sent.ID, inquiry.DockLinkRequest{})
	require.ErrorIs(t, err, inquiry.ErrDeliveryState)

	// The buyer sees it, and the audit trail tells the dock from a person.
	whole, err := s.GetDelivery(ctx, s.buyer, sent.ID)
	require.NoError(t, err)
	require.Equal(t, quantity.Of(55), whole.Received.Accepted)
	var actors []struct {
		Actor        uuid.UUID `db:"actor_id"`
		Organisation uuid.UUID `db:"organisation_id"`
		Link         string    `db:"link"`
	}
	require.NoError(t, s.db.Select(ctx, &actors, `
		SELECT actor_id, organisation_id, coalesce(detail ->> 'dock_link_id', '') AS link FROM identity.audit_events
		 WHERE action = 'delivery.received' AND subject_id = $1`, sent.ID))
	require.Len(t, actors, 1)
	require.Equal(t, uuid.MustParse("00000000-0000-7000-8000-000000000002"), actors[0].Actor)
	require.Equal(t, s.buyer.OrganisationID, actors[0].Organisation)
	require.Equal(t, link.ID.String(), actors[0].Link)
	var kept int
	require.NoError(t, s.db.Get(ctx, &kept, `SELECT count(*) FROM inquiry.dock_links k WHERE strpos(CAST(k AS text), $1) > 0`,
		strings.TrimPrefix(link.Code, "ocopd_")))
	require.Zero(t, kept, "the code is kept nowhere")
	requireAudited(t, s.market)
}

// A code that is unknown, has expired, was revoked or is of a suspended buyer: the same answer.
func TestACodeThatOpensNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	unknown := "ocopd_" + strings.Repeat("A", 43)
	codes := []string{unknown, "", "nonsense"}
	_, expired := s.linked(quantity.Of(10))
	s.owner(`UPDATE inquiry.dock_links SET created_at = now() - interval '2 days', expires_at = now() WHERE id = $1`, expired.ID)
	sent, revoked := s.linked(quantity.Of(10))
	_, err := s.RevokeDockLink(ctx, s.producer, sent.ID, revoked.ID)
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = s.RevokeDockLink(ctx, s.organisation(identity.Buyer), sent.ID, revoked.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = s.RevokeDockLink(ctx, s.buyer, sent.ID, expired.ID)
	require.ErrorIs(t, err, fault.ErrNotFound, "a link of another delivery")
	ended, err := s.RevokeDockLink(ctx, s.buyer, sent.ID, revoked.ID)
	require.NoError(t, err)
	require.NotNil(t, ended.RevokedAt)
	links, err := s.DockLinks(ctx, s.buyer, sent.ID)
	require.NoError(t, err)
	require.Equal(t, []inquiry.DockLink{ended}, links)
	codes = append(codes, expired.Code, revoked.Code)

	want, _ := fault.From(fault.ErrNotFound.With())
	for _, code := range codes {
		_, err := s.Dock(ctx, code)
		require.Equal(t, want, err, code)
		_, err = s.DockReceive(ctx, code, inquiry.Receipt{Accepted: quantity.Of(10)})
		require.Equal(t, want, err, code)
	}
	_, live := s.linked(quantity.Of(10))
	_, err = s.Dock(ctx, live.Code)
	require.NoError(t, err)
	_, err = s.identity.Suspend(ctx, identity.SystemPrincipal(), s.buyer.OrganisationID, "thử")
	require.NoError(t, err)
	_, err = s.DockReceive(ctx, live.Code, inquiry.Receipt{Accepted: quantity.Of(10)})
	require.Equal(t, want, err)
}

func TestWhoMayMakeALinkForTheDock(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	sent := s.sent(quantity.Of(10))
	_, err := s.MakeDockLink(ctx, s.producer, sent.ID, inquiry.DockLinkRequest{})
	require.ErrorIs(t, err, fault.ErrForbidden, "a supplier must not receive what it sent")
	_, err = s.MakeDockLink(ctx, s.organisation(identity.Buyer), sent.ID, inquiry.DockLinkRequest{})
	require.ErrorIs(t, err, fault.ErrNotFound)
	for _, hours := range []int{-1, 337} {
		_, err = s.MakeDockLink(ctx, s.buyer, sent.ID, inquiry.DockLinkRequest{Hours: hours})
		require.ErrorIs(t, err, fault.ErrOutOfRange)
	}
	_, err = s.DockLinks(ctx, s.producer, sent.ID)
	require.ErrorIs(t, err, fault.ErrForbidden)

	// A link may be made before the goods leave; it receives once they have.
	plan, err := s.Schedule(ctx, s.producer, s.award.ID, inquiry.Plan{Quantity: quantity.Of(20), Day: s.today})
	require.NoError(t, err)
	link, err := s.MakeDockLink(ctx, s.buyer, plan.ID, inquiry.DockLinkRequest{Hours: 1})
	require.NoError(t, err)
	seen, err := s.Dock(ctx, link.Code)
	require.NoError(t, err)
	require.Equal(t, quantity.Of(20), seen.Planned.Quantity)
	_, err = s.DockReceive(ctx, link.Code, inquiry.Receipt{Accepted: quantity.Of(20)})
	require.ErrorIs(t, err, inquiry.ErrDeliveryState)
	_, err = s.DispatchPlanned(ctx, s.producer, plan.ID, inquiry.Dispatch{Quantity: quantity.Of(20)})
	require.NoError(t, err)
	_, err = s.DockReceive(ctx, link.Code, inquiry.Receipt{Accepted: quantity.Of(19)})
	require.ErrorIs(t, err, inquiry.ErrReceiptSum)
	_, err = s.DockReceive(ctx, link.Code, inquiry.Receipt{Accepted: quantity.Of(20)})
	require.NoError(t, err)
}

// From where too many wrong codes came, the right one is refused as well; elsewhere it works.
func TestWrongCodesAreCounted(t *testing.T) {
	t.Parallel()
	s := newSold(t, "iced", quantity.Of(100))
	_, link := s.linked(quantity.Of(10))
	from := func(address string) context.Context {
		return identity.WithOrigin(context.Background(), identity.Origin{Address: address})
	}
	wrong := "ocopd_" + strings.Repeat("A", 43)
	for n := range 99 {
		_, err := s.Dock(from("192.0.2.1"), wrong)
		require.ErrorIs(t, err, fault.ErrNotFound, n)
	}
	_, err := s.Dock(from("192.0.2.1"), link.Code)
	require.NoError(t, err)
	_, err = s.DockReceive(from("192.0.2.1"), wrong, inquiry.Receipt{})
	require.ErrorIs(t, err, identity.ErrTooManyGuesses)
	_, err = s.Dock(from("192.0.2.1"), link.Code)
	require.ErrorIs(t, err, identity.ErrTooManyGuesses)
	_, err = s.Dock(from("192.0.2.2"), link.Code)
	require.NoError(t, err)
}

// Whoever receives at the same moment: one receipt.
func TestParallelReceiptsAtTheDock(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	sent, link := s.linked(quantity.Of(60))
	const people = 6
	refused := make([]error, people)
	var all sync.WaitGroup
	for n := range people {
		all.Go(func() {
			if n == 0 {
				_, refused[n] = s.Receive(ctx, s.buyer, sent.ID, inquiry.Receipt{Accepted: quantity.Of(60)})
				return
			}
			_, refused[n] = s.DockReceive(ctx, link.Code, inquiry.Receipt{Accepted: quantity.Of(60)})
		})
	}
	all.Wait()
	done := 0
	for n, err := range refused {
		switch {
		case err == nil:
			done++
		case n == 0:
			require.ErrorIs(t, err, inquiry.ErrReceived)
		default:
			require.ErrorIs(t, err, inquiry.ErrDockReceived)
		}
	}
	require.Equal(t, 1, done)
	requireAudited(t, s.market)
}
