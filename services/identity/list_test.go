package identity_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
)

// walk reads a list page by page and returns the ids, which must have no gap and nothing twice.
func (b *bench) walk(t *testing.T, token, target, name string, limit int) []string {
	t.Helper()
	ids, cursor := []string{}, ""
	for range 20 {
		page := b.send(t, http.MethodGet, fmt.Sprintf("%s?limit=%d&cursor=%s", target, limit, url.QueryEscape(cursor)), token, nil)
		require.Equal(t, http.StatusOK, page.status, page.text)
		require.LessOrEqual(t, len(page.items()), limit)
		require.NotContains(t, page.body, "total", "only when asked for")
		for _, item := range page.items() {
			id, _ := item[name].(string)
			ids = append(ids, id)
		}
		if cursor, _ = page.body["next_cursor"].(string); cursor == "" {
			require.Empty(t, page.header.Get("Link"))
			return ids
		}
		require.Contains(t, page.header.Get("Link"), `rel="next"`)
	}
	require.Fail(t, "the list has no end")
	return nil
}

func TestSessionsMembersAndKeysAreListedInPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	stranger := b.join(t, b.producer("stranger@test.example"), true)
	b.key(t, stranger, "trade:read")
	for i := range 6 {
		b.signIn(t, "owner@test.example", owner.organisation)
		b.key(t, owner, "trade:read")
		_, err := b.service.Invite(t.Context(), owner.who, identity.Invitation{
			Name: "x", Email: fmt.Sprintf("clerk%d@test.example", i), Role: identity.Member,
		})
		require.NoError(t, err)
	}
	// Of one instant are told apart by their ids.
	b.exec(t, `UPDATE identity.memberships SET created_at = '2026-01-01T00:00:00Z' WHERE organisation_id = $1`, owner.organisation)
	b.exec(t, `UPDATE identity.api_keys SET created_at = '2026-01-01T00:00:00Z'`)
	for target, list := range map[string]struct {
		name  string
		total int
	}{"/v1/sessions": {"id", 7}, "/v1/members": {"user_id", 7}, "/v1/api-keys": {"id", 6}} {
		whole := b.walk(t, owner.token, target, list.name, 100)
		require.Len(t, whole, list.total, target)
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(whole))), list.total, target)
		for _, limit := range []int{1, 2, 3} {
			require.Equal(t, whole, b.walk(t, owner.token, target, list.name, limit), "%s by %d", target, limit)
		}
		counted := b.send(t, http.MethodGet, target+"?limit=2&count=true", owner.token, nil)
		require.EqualValues(t, list.total, counted.get("total"), target)
		require.Len(t, counted.items(), 2, target)
		require.Equal(t, "invalid_cursor", b.send(t, http.MethodGet, target+"?cursor=nonsense", owner.token, nil).code(), target)
	}
}

func TestWhatIsMadeSaysWhereItIs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	further := b.producer("x@test.example").Organisation
	for _, scene := range []struct {
		target, token string
		body          any
		place, id     string
	}{
		{"/v1/members", owner.token, map[string]any{"name": "x", "email": "clerk@test.example", "role": "member"}, "/v1/members/", "user_id"},
		{"/v1/organisations", owner.token, further, "/v1/organisations/", "id"},
		{"/v1/api-keys", owner.token, map[string]any{"name": "ERP", "scopes": []string{"trade:read"}}, "/v1/api-keys/", "id"},
		{"/v1/registrations", "", b.producer("new@test.example"), "/v1/organisations/", "organisation.id"},
		{"/v1/registrations", "", b.producer("owner@test.example"), "/v1/organisations/", "organisation.id"}, // known, and not told apart
	} {
		made := b.send(t, http.MethodPost, scene.target, scene.token, scene.body)
		require.Equal(t, http.StatusCreated, made.status, made.text)
		require.Equal(t, scene.place+fmt.Sprint(made.get(scene.id)), made.header.Get("Location"), scene.target)
	}
	body := map[string]any{"name": "x", "email": "again@test.example", "role": "member"}
	first := b.send(t, http.MethodPost, "/v1/members", owner.token, body, "Idempotency-Key", "k")
	again := b.send(t, http.MethodPost, "/v1/members", owner.token, body, "Idempotency-Key", "k")
	require.NotEmpty(t, first.header.Get("Location"))
	require.Equal(t, first.header.Get("Location"), again.header.Get("Location"), "repeated, it is where it was")
}

// Demonstration loads act as the platform: nobody at an invented address is written to.
func TestThePlatformWritesToNobody(t *testing.T) {
	t.Parallel()
	b, system := setup(t), identity.SystemPrincipal()
	for _, domain := range []string{"example", "invalid", "test"} {
		received, err := b.service.Register(t.Context(), system, b.producer("clerk@ocop."+domain))
		require.NoError(t, err)
		refused, err := b.service.Register(t.Context(), system, b.buyer("buyer@ocop."+domain))
		require.NoError(t, err)
		_, err = b.service.Register(t.Context(), system, b.buyer("buyer@ocop."+domain))
		require.ErrorIs(t, err, identity.ErrLoginTaken)
		_, err = b.service.Approve(t.Context(), system, received.Organisation.ID)
		require.NoError(t, err)
		_, err = b.service.Suspend(t.Context(), system, received.Organisation.ID, "x")
		require.NoError(t, err)
		_, err = b.service.Reinstate(t.Context(), system, received.Organisation.ID)
		require.NoError(t, err)
		_, err = b.service.Reject(t.Context(), system, refused.Organisation.ID, "x")
		require.NoError(t, err)
	}
	b.administrator(t)
	require.Zero(t, b.count(t, `SELECT count(*) FROM identity.messages`))
}
