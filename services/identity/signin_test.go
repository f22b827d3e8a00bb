package identity_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/identity"
)

// code is a refusal's code, "" for none.
func code(err error) string {
	if err == nil {
		return ""
	}
	refusal, ok := fault.From(err)
	if !ok {
		return err.Error()
	}
	return refusal.Code
}

func (b *bench) try(t testing.TB, login, secret string, headers ...string) answer {
	t.Helper()
	return b.send(t, http.MethodPost, "/v1/sessions", "", map[string]any{"login": login, "password": secret}, headers...)
}

func TestAnUnknownLoginIsAnsweredLikeAWrongPassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join(t, b.producer("known@test.example"), true)
	var statements []string
	counted := identity.NewService(b.App.WithCounter(func(s string) { statements = append(statements, s) }), b.Book,
		identity.Options{Hashing: identity.Hashing{MemoryKiB: 64, Passes: 1}})

	known := b.try(t, "known@test.example", "wrong password")
	for _, login := range []string{"unknown@test.example", "0999999999", "nonsense", "a@b"} {
		unknown := b.try(t, login, "wrong password")
		require.Equal(t, http.StatusUnauthorized, unknown.status)
		require.Equal(t, known.status, unknown.status)
		delete(known.body, "trace_id")
		delete(unknown.body, "trace_id")
		require.Equal(t, known.body, unknown.body)
	}
	_, err := counted.SignIn(t.Context(), "known@test.example", "wrong password")
	require.ErrorIs(t, err, identity.ErrSignInFailed)
	forKnown := slices.Clone(statements)
	statements = nil
	_, err = counted.SignIn(t.Context(), "unknown2@test.example", "wrong password")
	require.ErrorIs(t, err, identity.ErrSignInFailed)
	require.Equal(t, forKnown, statements, "the same statements in the same order")
}

func TestTheTenthFailureIsRefusedWhateverHeadersSay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join(t, b.producer("known@test.example"), true)
	for _, login := range []string{"known@test.example", "unknown@test.example"} {
		for i := 1; i <= 12; i++ {
			// Another peer each time: it is the account that is counted here.
			got := b.try(t, login, "wrong password", "peer", fmt.Sprintf("192.0.2.%d:1", i), "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i))
			expected := http.StatusUnauthorized
			if i >= 10 {
				expected = http.StatusTooManyRequests
				require.Equal(t, "too_many_attempts", got.code())
				require.NotEmpty(t, got.header.Get("Retry-After"))
			}
			require.Equal(t, expected, got.status, "try %d of %s: %s", i, login, got.text)
		}
	}
	// The right password does not help until the window has passed.
	require.Equal(t, http.StatusTooManyRequests, b.try(t, "known@test.example", password).status)
	b.exec(t, `UPDATE identity.attempts SET started_at = started_at - interval '16 minutes'`)
	require.Equal(t, http.StatusCreated, b.try(t, "known@test.example", password).status)
}

func TestFailuresOfOneAddressAreCountedTenfold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join(t, b.producer("known@test.example"), true)
	for i := 1; i <= 100; i++ {
		got := b.try(t, fmt.Sprintf("nobody%d@test.example", i), "wrong password", "peer", "[2001:db8::"+fmt.Sprint(i)+"]:99", "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i), "Forwarded", "for=203.0.113.7", "X-Real-Ip", "203.0.113.8")
		require.Equal(t, i == 100, got.status == http.StatusTooManyRequests, "try %d: %s", i, got.text)
	}
	require.Equal(t, http.StatusTooManyRequests, b.try(t, "known@test.example", password, "peer", "[2001:db8::ffff]:1").status, "one subscriber's network")
	require.Equal(t, http.StatusCreated, b.try(t, "known@test.example", password, "peer", "[2001:db8:0:1::1]:1").status)
}

func TestOneForgottenPasswordDoesNotLockOutTheOffice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join(t, b.producer("forgetful@test.example"), true)
	colleague := b.join(t, b.producer("colleague@test.example"), true)
	const office = "192.0.2.1:1"
	for _, login := range []string{"forgetful@test.example", "unknown@test.example"} {
		for i := 1; i <= 12; i++ {
			got := b.try(t, login, "wrong password", "peer", office)
			require.Equal(t, i >= 10, got.status == http.StatusTooManyRequests, "try %d of %s: %s", i, login, got.text)
		}
	}
	require.Equal(t, http.StatusTooManyRequests, b.try(t, "forgetful@test.example", password, "peer", office).status)
	require.Equal(t, http.StatusUnauthorized, b.try(t, "colleague@test.example", "a slip of the hand", "peer", office).status)
	require.Equal(t, http.StatusCreated, b.try(t, "colleague@test.example", password, "peer", office).status)
	change := map[string]any{"password": "a new phrase for all", "current_password": password}
	require.Equal(t, http.StatusOK, b.send(t, http.MethodPatch, "/v1/me", colleague.token, change, "peer", office).status)
}

func TestSuccessIsNotCounted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join(t, b.producer("known@test.example"), true)
	for range 25 {
		require.Equal(t, http.StatusCreated, b.try(t, "known@test.example", password).status)
	}
	for range 8 {
		require.Equal(t, http.StatusUnauthorized, b.try(t, "known@test.example", "wrong password", "peer", "192.0.2.1:1").status)
	}
	require.Equal(t, http.StatusCreated, b.try(t, "known@test.example", password).status, "and forgives the account's failures")
	require.Equal(t, http.StatusUnauthorized, b.try(t, "known@test.example", "wrong password", "peer", "192.0.2.2:1").status)
}

func TestBothLoginsOfAPersonCountTogether(t *testing.T) {
	t.Parallel()
	b := setup(t)
	application := b.producer("known@test.example")
	application.User.Phone = "0912345678"
	b.join(t, application, true)
	for i := range 9 {
		login := []string{"known@test.example", "0912345678"}[i%2]
		require.Equal(t, http.StatusUnauthorized, b.try(t, login, "wrong", "peer", fmt.Sprintf("192.0.2.%d:1", i)).status)
	}
	require.Equal(t, http.StatusTooManyRequests, b.try(t, "0912345678", "wrong", "peer", "192.0.2.99:1").status)
}

func TestAFloodOfSignInsIsRefusedInsteadOfQueued(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *identity.Options) { o.HashWait = time.Nanosecond })
	answers := make(chan int, 200)
	for range cap(answers) {
		go func() {
			_, err := b.service.SignIn(t.Context(), "nobody@test.example", "wrong password")
			if errors.Is(err, fault.ErrUnavailable) {
				answers <- http.StatusServiceUnavailable
				return
			}
			answers <- 0
		}()
	}
	refused := 0
	for range cap(answers) {
		if <-answers == http.StatusServiceUnavailable {
			refused++
		}
	}
	require.Positive(t, refused)
}

func TestAuthenticatingIsOneStatement(t *testing.T) {
	t.Parallel()
	b := setup(t)
	clerk := b.join(t, b.producer("clerk@test.example"), true)
	key := b.key(t, clerk, "trade:write")
	statements := 0
	counted := identity.NewService(b.App.WithCounter(func(string) { statements++ }), b.Book, identity.Options{})
	for _, token := range []string{clerk.token, key} {
		statements = 0
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		ctx, caller, err := counted.Authenticate(t.Context(), r)
		require.NoError(t, err)
		require.Equal(t, clerk.organisation, identity.FromContext(ctx).OrganisationID)
		require.Equal(t, []string{"producer"}, caller.Groups)
		require.Equal(t, 1, statements)
	}
	for _, header := range []string{"", "Bearer nonsense", "Bearer ocops_short", "Basic " + clerk.token} {
		statements = 0
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", header)
		_, caller, err := counted.Authenticate(t.Context(), r)
		require.Equal(t, header != "", err != nil)
		require.Empty(t, caller.Scope)
		require.Zero(t, statements)
	}
}

func TestSessionsAreListedAndRevoked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.join(t, b.producer("clerk@test.example"), true)
	second := b.signIn(t, "clerk@test.example", first.organisation)
	stranger := b.join(t, b.producer("stranger@test.example"), true)

	list := b.send(t, http.MethodGet, "/v1/sessions", second.token, nil)
	require.Len(t, list.items(), 2)
	require.Equal(t, true, list.items()[0]["current"])
	require.NotContains(t, list.text, second.token)
	target := "/v1/sessions/" + first.who.SessionID.String()
	require.Equal(t, http.StatusNotFound, b.send(t, http.MethodDelete, target, stranger.token, nil).status)
	require.Equal(t, http.StatusOK, b.send(t, http.MethodGet, "/v1/me", first.token, nil).status)
	require.Equal(t, http.StatusNoContent, b.send(t, http.MethodDelete, target, second.token, nil).status)
	require.Equal(t, http.StatusUnauthorized, b.send(t, http.MethodGet, "/v1/me", first.token, nil).status)
	require.Equal(t, http.StatusNotFound, b.send(t, http.MethodDelete, target, second.token, nil).status)
	require.Equal(t, http.StatusOK, b.send(t, http.MethodGet, "/v1/me", second.token, nil).status)
}

func TestASessionSlidesButNotForEver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	clerk := b.join(t, b.producer("clerk@test.example"), true)
	expires := func() (at time.Time) {
		require.NoError(t, b.Owner.Get(t.Context(), &at, `SELECT expires_at FROM identity.sessions WHERE id = $1`, clerk.who.SessionID))
		return at
	}
	age := func(days int) {
		b.exec(t, `UPDATE identity.sessions SET created_at = now() - make_interval(days => $2), expires_at = now() + interval '1 day',
			last_used_at = now() - interval '1 day' WHERE id = $1`, clerk.who.SessionID, days)
	}
	use := func() error {
		_, err := b.service.Principal(t.Context(), clerk.token, uuid.Nil)
		require.NoError(t, b.service.Touch(t.Context()))
		return err
	}
	age(10)
	require.NoError(t, use())
	require.WithinDuration(t, time.Now().Add(30*24*time.Hour), expires(), time.Minute)
	age(80)
	require.NoError(t, use())
	require.WithinDuration(t, time.Now().Add(10*24*time.Hour), expires(), time.Minute)
	b.exec(t, `UPDATE identity.sessions SET expires_at = now() WHERE id = $1`, clerk.who.SessionID)
	require.ErrorIs(t, use(), fault.ErrUnauthenticated)
	b.exec(t, `UPDATE identity.sessions SET expires_at = now() - interval '31 days' WHERE id = $1`, clerk.who.SessionID)
	require.NoError(t, b.service.Purge(t.Context()))
	require.Zero(t, b.count(t, `SELECT count(*) FROM identity.sessions WHERE id = $1`, clerk.who.SessionID))
}
