package identity_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/identity"
)

// key makes an API key and returns its secret.
func (b *bench) key(t testing.TB, owner person, scopes ...string) string {
	t.Helper()
	made, err := b.service.CreateKey(t.Context(), owner.who, identity.KeyRequest{Name: "ERP", Scopes: scopes})
	require.NoError(t, err)
	return made.Key
}

func TestAPIKeysAreShownOnceScopedAndRevocable(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	made := b.send(t, http.MethodPost, "/v1/api-keys", owner.token, map[string]any{"name": "ERP", "scopes": []string{"trade:write", "catalogue:read"}},
		"Idempotency-Key", "k1")
	require.Equal(t, http.StatusCreated, made.status, made.text)
	secret, _ := made.get("key").(string)
	require.True(t, strings.HasPrefix(secret, "ocopk_"))
	again := b.send(t, http.MethodPost, "/v1/api-keys", owner.token, map[string]any{"name": "ERP", "scopes": []string{"trade:write", "catalogue:read"}},
		"Idempotency-Key", "k1")
	require.Equal(t, http.StatusConflict, again.status, "a secret is never answered twice: %s", again.text)

	list := b.send(t, http.MethodGet, "/v1/api-keys", owner.token, nil)
	require.Len(t, list.items(), 1)
	require.NotContains(t, list.text, secret)
	require.Equal(t, secret[:14], list.items()[0]["prefix"])
	require.Zero(t, b.count(t, `SELECT count(*) FROM identity.api_keys WHERE key_hash = $1::text::bytea`, secret))

	who, err := b.service.Principal(t.Context(), secret, uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, owner.organisation, who.OrganisationID)
	require.Equal(t, owner.user, who.UserID)
	require.NoError(t, who.MayWrite("trade"))
	require.NoError(t, who.MayRead("trade"))
	require.NoError(t, who.MayRead("catalogue"))
	require.ErrorIs(t, who.MayWrite("catalogue"), identity.ErrScopeMissing)
	require.ErrorIs(t, who.MayRead("supply"), identity.ErrScopeMissing)

	me := b.send(t, http.MethodGet, "/v1/me", secret, nil)
	require.Equal(t, http.StatusOK, me.status, me.text)
	require.Equal(t, owner.organisation.String(), me.get("organisation.id"))
	require.NotContains(t, me.text, "owner@test.example")
	for _, refused := range []struct{ method, target string }{
		{http.MethodGet, "/v1/sessions"},
		{http.MethodGet, "/v1/api-keys"},
		{http.MethodPost, "/v1/api-keys"},
		{http.MethodPost, "/v1/members"},
		{http.MethodGet, "/v1/members"},
		{http.MethodPatch, "/v1/me"},
		{http.MethodGet, "/v1/audit-events"},
		{http.MethodGet, "/v1/organisations/" + owner.organisation.String()},
	} {
		var body any
		switch refused.method + refused.target {
		case "POST/v1/api-keys":
			body = map[string]any{"name": "x", "scopes": []string{"trade:read"}}
		case "POST/v1/members":
			body = map[string]any{"name": "x", "email": "x@test.example", "role": "owner"}
		case "PATCH/v1/me":
			body = map[string]any{"name": "x"}
		}
		got := b.send(t, refused.method, refused.target, secret, body)
		require.Equal(t, http.StatusForbidden, got.status, "%v: %s", refused, got.text)
	}
	other := b.join(t, b.producer("other@test.example"), true)
	got := b.send(t, http.MethodGet, "/v1/me", secret, nil, "Ocop-Organisation", other.organisation.String())
	require.Equal(t, "not_a_member", got.code())

	id, _ := made.get("id").(string)
	require.Equal(t, http.StatusNotFound, b.send(t, http.MethodDelete, "/v1/api-keys/"+id, other.token, nil).status)
	require.Equal(t, http.StatusNoContent, b.send(t, http.MethodDelete, "/v1/api-keys/"+id, owner.token, nil).status)
	require.Equal(t, http.StatusUnauthorized, b.send(t, http.MethodGet, "/v1/me", secret, nil).status)
	require.Equal(t, http.StatusNotFound, b.send(t, http.MethodDelete, "/v1/api-keys/"+id, owner.token, nil).status)
}

func TestAPIKeyRequestsAreChecked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	past := time.Now().Add(-time.Hour)
	for _, scene := range []struct {
		request identity.KeyRequest
		code    string
	}{
		{identity.KeyRequest{Name: "", Scopes: []string{"trade:read"}}, "required"},
		{identity.KeyRequest{Name: "x"}, "required"},
		{identity.KeyRequest{Name: "x", Scopes: []string{"trade:read", "everything"}}, "unknown_value"},
		{identity.KeyRequest{Name: "x", Scopes: []string{"trade:read"}, ExpiresAt: &past}, "in_the_past"},
	} {
		_, err := b.service.CreateKey(t.Context(), owner.who, scene.request)
		require.Equal(t, scene.code, code(err))
	}
	applicant := b.join(t, b.producer("applicant@test.example"), false)
	_, err := b.service.CreateKey(t.Context(), applicant.who, identity.KeyRequest{Name: "x", Scopes: []string{"trade:read"}})
	require.ErrorIs(t, err, identity.ErrNotApproved)
	b.exec(t, `INSERT INTO identity.api_keys (id, organisation_id, name, prefix, key_hash, scopes, created_by, created_at)
		SELECT gen_random_uuid(), $1, 'x', 'x', sha256(n::text::bytea), '{trade:read}', $2, now() FROM generate_series(1, 50) n`, owner.organisation, owner.user)
	_, err = b.service.CreateKey(t.Context(), owner.who, identity.KeyRequest{Name: "x", Scopes: []string{"trade:read"}})
	require.ErrorIs(t, err, identity.ErrTooManyKeys)
}

func TestAKeyExpiresAndItsUseIsNotedLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	secret := b.key(t, owner, "trade:read")
	_, err := b.service.Principal(t.Context(), secret, uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM identity.api_keys WHERE last_used_at IS NULL`))
	require.NoError(t, b.service.Touch(t.Context()))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM identity.api_keys WHERE last_used_at > now() - interval '1 minute'`))
	b.exec(t, `UPDATE identity.api_keys SET expires_at = now()`)
	_, err = b.service.Principal(t.Context(), secret, uuid.Nil)
	require.ErrorIs(t, err, fault.ErrUnauthenticated)
}
