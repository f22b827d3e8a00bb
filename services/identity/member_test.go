package identity_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/identity"
)

// invite adds somebody known, who accepts.
func (b *bench) invite(t *testing.T, owner person, application identity.Application, role identity.Role) person {
	t.Helper()
	invited := b.join(t, application, false)
	_, err := b.service.Invite(t.Context(), owner.who, identity.Invitation{Name: "x", Email: application.User.Email, Role: role})
	require.NoError(t, err)
	require.NoError(t, b.service.AcceptInvitation(t.Context(), invited.who, owner.organisation))
	who, err := b.service.Principal(t.Context(), invited.token, owner.organisation)
	require.NoError(t, err)
	invited.who, invited.organisation = who, owner.organisation
	return invited
}

func TestANewPersonJoinsByTheLinkInTheInvitation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	got := b.send(t, http.MethodPost, "/v1/members", owner.token, map[string]any{"name": "Nhân viên mới", "phone": "0912 345 678", "role": "member"})
	require.Equal(t, http.StatusCreated, got.status, got.text)
	require.Equal(t, false, got.get("accepted"))
	require.Equal(t, "+84912345678", got.get("phone"))
	_, err := b.service.SignIn(t.Context(), "0912345678", "")
	require.ErrorIs(t, err, identity.ErrSignInFailed)

	letters := b.letters(t)
	require.Len(t, letters, 1)
	require.Contains(t, letters[0], "+84912345678@sms.invalid")
	require.Contains(t, letters[0], "Hợp tác xã Thử nghiệm")
	secret := token(t, letters[0])
	require.Equal(t, http.StatusNoContent,
		b.send(t, http.MethodPost, "/v1/password-resets/confirm", "", map[string]any{"token": secret, "password": password}).status)
	clerk := b.signIn(t, "0912345678", owner.organisation)
	require.Equal(t, owner.organisation, clerk.who.OrganisationID)
	require.Equal(t, identity.Member, clerk.who.Role)
	require.True(t, clerk.who.Approved)
	list := b.send(t, http.MethodGet, "/v1/members", clerk.token, nil)
	require.Len(t, list.items(), 2)
	require.Equal(t, true, list.items()[1]["accepted"])
}

func TestAnInvitationShowsNothingOfAKnownPersonAndGivesNothingBeforeItIsAccepted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	application := b.buyer("known@test.example")
	application.User.Name, application.User.Phone = "Tên Thật", "0987 654 321"
	known := b.join(t, application, true)

	got := b.send(t, http.MethodPost, "/v1/members", owner.token, map[string]any{"name": "Ai đó", "email": "KNOWN@test.example", "role": "viewer"})
	require.Equal(t, http.StatusCreated, got.status, got.text)
	list := b.send(t, http.MethodGet, "/v1/members", owner.token, nil)
	for _, secret := range []string{"Tên Thật", "987654321"} {
		require.NotContains(t, got.text+list.text, secret)
	}
	require.Contains(t, list.text, "Ai đó")
	again := b.send(t, http.MethodPost, "/v1/members", owner.token, map[string]any{"name": "Ai đó", "email": "known@test.example", "role": "viewer"})
	require.Equal(t, "already_member", again.code(), again.text)

	refused := b.send(t, http.MethodGet, "/v1/me", known.token, nil, "Ocop-Organisation", owner.organisation.String())
	require.Equal(t, "not_a_member", refused.code())
	require.Contains(t, b.send(t, http.MethodGet, "/v1/me", known.token, nil).text, owner.organisation.String())
	target := "/v1/invitations/" + owner.organisation.String()
	require.Equal(t, http.StatusNotFound, b.send(t, http.MethodPost, target+"/accept", owner.token, nil).status)
	require.Equal(t, http.StatusNoContent, b.send(t, http.MethodPost, target+"/accept", known.token, nil).status)
	require.Equal(t, http.StatusNotFound, b.send(t, http.MethodPost, target+"/accept", known.token, nil).status)
	require.Equal(t, http.StatusNotFound, b.send(t, http.MethodDelete, target, known.token, nil).status)
	me := b.send(t, http.MethodGet, "/v1/me", known.token, nil, "Ocop-Organisation", owner.organisation.String())
	require.Equal(t, "viewer", me.get("organisation.role"), me.text)
	require.Contains(t, b.send(t, http.MethodGet, "/v1/members", owner.token, nil).text, "Tên Thật")
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM identity.audit_events WHERE action = 'member.joined' AND organisation_id = $1`, owner.organisation))
}

func TestADeclinedInvitationIsGone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	known := b.join(t, b.buyer("known@test.example"), true)
	_, err := b.service.Invite(t.Context(), owner.who, identity.Invitation{Name: "x", Email: "known@test.example", Role: identity.Member})
	require.NoError(t, err)
	require.NoError(t, b.service.DeclineInvitation(t.Context(), known.who, owner.organisation))
	require.ErrorIs(t, b.service.AcceptInvitation(t.Context(), known.who, owner.organisation), fault.ErrNotFound)
	members, err := b.service.Members(t.Context(), owner.who, identity.Position{}, 10)
	require.NoError(t, err)
	require.Len(t, members, 1)
}

func TestOnlyOwnersManageMembers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	for _, role := range []identity.Role{identity.Member, identity.Viewer} {
		other := b.invite(t, owner, b.buyer(string(role)+"@test.example"), role)
		members, err := b.service.Members(t.Context(), other.who, identity.Position{}, 10)
		require.NoError(t, err)
		require.NotEmpty(t, members)
		_, err = b.service.Invite(t.Context(), other.who, identity.Invitation{Name: "x", Email: "x@test.example", Role: identity.Member})
		require.ErrorIs(t, err, identity.ErrOwnerOnly)
		_, err = b.service.ChangeRole(t.Context(), other.who, other.user, identity.Owner)
		require.ErrorIs(t, err, identity.ErrOwnerOnly)
		require.ErrorIs(t, b.service.RemoveMember(t.Context(), other.who, owner.user), identity.ErrOwnerOnly)
		_, err = b.service.CreateKey(t.Context(), other.who, identity.KeyRequest{Name: "x", Scopes: []string{"trade:read"}})
		require.ErrorIs(t, err, identity.ErrOwnerOnly)
		_, err = b.service.Events(t.Context(), other.who, identity.EventFilter{}, identity.Position{}, 10)
		require.ErrorIs(t, err, fault.ErrForbidden)
		_, err = b.service.Amend(t.Context(), other.who, owner.organisation, func(int64) error { return nil }, identity.OrganisationChange{})
		require.ErrorIs(t, err, identity.ErrOwnerOnly)
	}
	foreign := b.join(t, b.producer("foreign@test.example"), true)
	_, err := b.service.ChangeRole(t.Context(), foreign.who, owner.user, identity.Viewer)
	require.ErrorIs(t, err, fault.ErrNotFound)
	require.ErrorIs(t, b.service.RemoveMember(t.Context(), foreign.who, owner.user), fault.ErrNotFound)
}

func TestAnOrganisationKeepsAnOwner(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	require.ErrorIs(t, b.service.RemoveMember(t.Context(), owner.who, owner.user), identity.ErrLastOwner)
	_, err := b.service.ChangeRole(t.Context(), owner.who, owner.user, identity.Member)
	require.ErrorIs(t, err, identity.ErrLastOwner)
	// An owner who has not accepted does not count.
	_, err = b.service.Invite(t.Context(), owner.who, identity.Invitation{Name: "x", Email: "open@test.example", Role: identity.Owner})
	require.NoError(t, err)
	require.ErrorIs(t, b.service.RemoveMember(t.Context(), owner.who, owner.user), identity.ErrLastOwner)

	second := b.invite(t, owner, b.buyer("second@test.example"), identity.Member)
	changed, err := b.service.ChangeRole(t.Context(), owner.who, second.user, identity.Owner)
	require.NoError(t, err)
	require.Equal(t, identity.Owner, changed.Role)
	secret := b.key(t, owner, "trade:read")
	got := b.send(t, http.MethodDelete, "/v1/members/"+owner.user.String(), owner.token, nil)
	require.Equal(t, http.StatusNoContent, got.status, got.text)
	who, err := b.service.Principal(t.Context(), owner.token, uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, uuid.Nil, who.OrganisationID, "at once, and still signed in")
	_, err = b.service.Principal(t.Context(), secret, uuid.Nil)
	require.ErrorIs(t, err, fault.ErrUnauthenticated, "who leaves keeps no way in")
	require.Equal(t, "no_organisation", code(who.MayRead("trade")))
}

func TestTwoOwnersCannotBothLeaveAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 5 {
		first := b.join(t, b.producer(strings.ToLower(uuid.NewString())+"@test.example"), true)
		second := b.invite(t, first, b.buyer(strings.ToLower(uuid.NewString())+"@test.example"), identity.Owner)
		left := make(chan error, 2)
		for _, who := range []person{first, second} {
			go func() { left <- b.service.RemoveMember(t.Context(), who.who, who.user) }()
		}
		outcome := []string{code(<-left), code(<-left)}
		require.ElementsMatch(t, []string{"", "last_owner"}, outcome)
	}
}
