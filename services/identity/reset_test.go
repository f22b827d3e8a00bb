package identity_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/identity"
)

func TestAForgottenPasswordIsChosenAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	clerk := b.join(t, b.producer("clerk@test.example"), true)
	for range 2 {
		require.Equal(t, http.StatusAccepted, b.send(t, http.MethodPost, "/v1/password-resets", "", map[string]any{"login": "clerk@test.example"}).status)
	}
	letters := b.letters(t)
	require.Len(t, letters, 2)
	first, second := token(t, letters[0]), token(t, letters[1])
	require.Contains(t, letters[0], "https://market.example/reset-password?token=")
	require.Zero(t, b.count(t, `SELECT count(*) FROM identity.messages WHERE params::text LIKE '%ocopr%'`), "no token stands in the outbox")

	confirm := func(token, password string) answer {
		return b.send(t, http.MethodPost, "/v1/password-resets/confirm", "", map[string]any{"token": token, "password": password})
	}
	require.Equal(t, "password_too_short", confirm(first, "short").code())
	require.Equal(t, "password_is_login", confirm(first, "Clerk@test.example").code())
	require.Equal(t, "reset_token_invalid", confirm("nonsense", "a new phrase for all").code())
	require.Equal(t, "reset_token_invalid", confirm("ocopr_"+strings.Repeat("A", 43), "a new phrase for all").code())
	got := confirm(first, "a new phrase for all")
	require.Equal(t, http.StatusNoContent, got.status, got.text)
	require.Empty(t, got.text)
	for _, used := range []string{first, second} {
		require.Equal(t, "reset_token_invalid", confirm(used, "yet another phrase").code())
	}
	_, err := b.service.Principal(t.Context(), clerk.token, uuid.Nil)
	require.ErrorIs(t, err, fault.ErrUnauthenticated, "all sessions have ended")
	require.Equal(t, http.StatusUnauthorized, b.try(t, "clerk@test.example", password).status)
	require.Equal(t, http.StatusCreated, b.try(t, "clerk@test.example", "a new phrase for all").status)
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM identity.audit_events WHERE action = 'password.reset' AND subject_id = $1`, clerk.user))
}

func TestALinkWorksForAnHour(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join(t, b.producer("clerk@test.example"), true)
	require.NoError(t, b.service.RequestReset(t.Context(), "clerk@test.example"))
	secret := token(t, b.letters(t)[0])
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM identity.password_resets WHERE expires_at = created_at + interval '1 hour'`))
	b.exec(t, `UPDATE identity.password_resets SET expires_at = now()`)
	require.ErrorIs(t, b.service.ConfirmReset(t.Context(), secret, "a new phrase for all"), identity.ErrResetToken)
}

func TestAskingForAResetDoesNotTellWhetherTheLoginIsKnown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join(t, b.producer("known@test.example"), true)
	var statements []string
	counted := identity.NewService(b.App.WithCounter(func(s string) { statements = append(statements, s) }), b.Book, identity.Options{})
	require.NoError(t, counted.RequestReset(t.Context(), "known@test.example"))
	forKnown := slices.Clone(statements)
	for _, login := range []string{"unknown@test.example", "0999999999", "nonsense"} {
		statements = nil
		require.NoError(t, counted.RequestReset(t.Context(), login))
		require.Equal(t, forKnown, statements, "the same statements in the same order")
		known := b.send(t, http.MethodPost, "/v1/password-resets", "", map[string]any{"login": "known@test.example"}, "peer", "192.0.2.1:1")
		unknown := b.send(t, http.MethodPost, "/v1/password-resets", "", map[string]any{"login": login}, "peer", "192.0.2.1:1")
		require.Equal(t, known.status, unknown.status)
		require.Equal(t, known.text, unknown.text)
	}
	require.Len(t, b.letters(t), 4, "only the known login gets mail")
	require.Zero(t, b.count(t, `SELECT count(*) FROM identity.messages WHERE sent_at IS NULL`))
}

func TestTheTenthResetRequestForALoginAndTheHundredthOfAnAddressAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ask := func(login, peer string, i int) int {
		return b.send(t, http.MethodPost, "/v1/password-resets", "", map[string]any{"login": login}, "peer", peer, "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i)).status
	}
	refusedFrom := func(limit, i int) int {
		if i >= limit {
			return http.StatusTooManyRequests
		}
		return http.StatusAccepted
	}
	for i := 1; i <= 10; i++ {
		require.Equal(t, refusedFrom(10, i), ask("one@test.example", fmt.Sprintf("192.0.2.%d:1", i), i))
	}
	for i := 1; i <= 100; i++ {
		require.Equal(t, refusedFrom(100, i), ask(fmt.Sprintf("many%d@test.example", i), "203.0.113.1:1", i), "an address is shared by many: %d", i)
	}
}

func TestChangingThePasswordNeedsTheCurrentOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	here := b.join(t, b.producer("clerk@test.example"), true)
	there := b.signIn(t, "clerk@test.example", here.organisation)
	got := b.send(t, http.MethodPatch, "/v1/me", here.token, map[string]any{"password": "a new phrase for all", "current_password": "wrong password"})
	require.Equal(t, "current_password_wrong", got.code(), got.text)
	got = b.send(t, http.MethodPatch, "/v1/me", here.token, map[string]any{"password": "short", "current_password": password})
	require.Equal(t, "password_too_short", got.code(), got.text)
	got = b.send(t, http.MethodPatch, "/v1/me", here.token, map[string]any{"name": "Tên Mới", "password": "a new phrase for all", "current_password": password})
	require.Equal(t, http.StatusOK, got.status, got.text)
	require.Equal(t, "Tên Mới", got.get("name"))
	_, err := b.service.Principal(t.Context(), here.token, uuid.Nil)
	require.NoError(t, err, "the session that changed it goes on")
	_, err = b.service.Principal(t.Context(), there.token, uuid.Nil)
	require.ErrorIs(t, err, fault.ErrUnauthenticated)
	require.Equal(t, http.StatusCreated, b.try(t, "clerk@test.example", "a new phrase for all").status)
	require.Zero(t, b.count(t, `SELECT count(*) FROM identity.audit_events WHERE detail::text LIKE '%phrase%' OR detail::text LIKE '%Tên%'`))
	for range 8 {
		b.send(t, http.MethodPatch, "/v1/me", here.token, map[string]any{"password": "yet another phrase", "current_password": "wrong password"}, "peer", "192.0.2.7:1")
	}
	for range 2 {
		got = b.send(t, http.MethodPatch, "/v1/me", here.token, map[string]any{"password": "yet another phrase", "current_password": "wrong password"}, "peer", "192.0.2.8:1")
	}
	require.Equal(t, "too_many_attempts", got.code(), "a stolen session is no way to guess")
}

func TestMailIsTriedAgainAndWaitsWithoutAFolder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join(t, b.producer("clerk@test.example"), true)
	require.NoError(t, b.service.RequestReset(t.Context(), "clerk@test.example"))
	waiting := identity.NewService(b.App, b.Book, identity.Options{})
	n, err := waiting.DeliverMail(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
	broken := identity.NewService(b.App, b.Book, identity.Options{MailFolder: "/proc/nowhere"})
	_, err = broken.DeliverMail(t.Context())
	require.Error(t, err)
	require.Empty(t, b.letters(t), "taken by the worker that failed, for a minute")
	b.exec(t, `UPDATE identity.messages SET due_at = now()`)
	require.Len(t, b.letters(t), 1)
}
