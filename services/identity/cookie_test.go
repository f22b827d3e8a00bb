package identity_test

import (
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
)

// plainly is a service that people reach without TLS, as on their own machine.
func plainly(options *identity.Options) { options.PublicURL = "http://127.0.0.1:8080" }

// What a page of this site asks for with the cookie of a session is done, what another site asks for is not.
func TestACookieCountsForThisSiteAlone(t *testing.T) {
	t.Parallel()
	b := setup(t, plainly)
	clerk := b.join(t, b.producer("clerk@test.example"), true)
	carried := "ocop_session=" + clerk.token
	require.Equal(t, http.StatusOK, b.send(t, http.MethodGet, "/v1/me", "", nil, "Cookie", carried).status)
	require.Equal(t, http.StatusOK, b.send(t, http.MethodGet, "/v1/me", "", nil, "Cookie", carried, "Sec-Fetch-Site", "cross-site").status,
		"what only reads is answered: other sites cannot see the answer")

	rename := map[string]string{"name": "Tên mới"}
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://elsewhere.example"}, {"Origin", "null"},
	} {
		refused := b.send(t, http.MethodPatch, "/v1/me", "", rename, append(headers, "Cookie", carried)...)
		require.Equal(t, http.StatusForbidden, refused.status, headers)
		require.Equal(t, "cross_origin", refused.code())
	}
	require.Equal(t, "Người dùng thử", b.send(t, http.MethodGet, "/v1/me", clerk.token, nil).get("user.name"))
	for _, headers := range [][]string{
		{"Cookie", carried, "Sec-Fetch-Site", "same-origin"}, {"Cookie", carried, "Origin", "http://example.com"}, {"Cookie", carried},
	} {
		require.Equal(t, http.StatusOK, b.send(t, http.MethodPatch, "/v1/me", "", rename, headers...).status, headers)
	}
	require.Equal(t, http.StatusOK, b.send(t, http.MethodPatch, "/v1/me", clerk.token, rename, "Cookie", carried, "Sec-Fetch-Site", "cross-site").status,
		"no other site can send a token that it does not know")
}

// The token in the header is who asks, whatever the cookie says; and only a cookie may be out of date.
func TestTheHeaderGoesBeforeTheCookie(t *testing.T) {
	t.Parallel()
	b := setup(t, plainly)
	clerk, buyer := b.join(t, b.producer("clerk@test.example"), true), b.join(t, b.buyer("buyer@test.example"), true)
	both := b.send(t, http.MethodGet, "/v1/me", buyer.token, nil, "Cookie", "ocop_session="+clerk.token)
	require.Equal(t, buyer.organisation.String(), both.get("organisation.id"))
	require.Equal(t, http.StatusUnauthorized, b.send(t, http.MethodGet, "/v1/me", "nonsense", nil, "Cookie", "ocop_session="+clerk.token).status)

	require.NoError(t, b.service.Revoke(t.Context(), clerk.who, clerk.who.SessionID))
	ended := "ocop_session=" + clerk.token
	wrong := map[string]string{"login": "clerk@test.example", "password": "another phrase"}
	require.Equal(t, "sign_in_failed", b.send(t, http.MethodPost, "/v1/sessions", "", wrong, "Cookie", ended).code(), "anybody may sign in again")
	require.Equal(t, http.StatusUnauthorized, b.send(t, http.MethodGet, "/v1/me", "", nil, "Cookie", ended).status)
	require.Equal(t, http.StatusUnauthorized, b.send(t, http.MethodGet, "/v1/me", "", nil, "Cookie", "ocop_session=nonsense").status)

	key := b.key(t, buyer, "trade:write")
	require.Equal(t, http.StatusUnauthorized, b.send(t, http.MethodGet, "/v1/me", "", nil, "Cookie", "ocop_session="+key).status, "a key is for programs")
}

// Over TLS the cookie has the prefix that keeps neighbours from setting it, and one without it is nobody's.
func TestTheCookieOverTLS(t *testing.T) {
	t.Parallel()
	b := setup(t)
	clerk := b.join(t, b.producer("clerk@test.example"), true)
	require.Equal(t, http.StatusOK, b.send(t, http.MethodGet, "/v1/me", "", nil, "Cookie", "__Host-ocop_session="+clerk.token).status)
	require.Equal(t, http.StatusUnauthorized, b.send(t, http.MethodGet, "/v1/me", "", nil, "Cookie", "ocop_session="+clerk.token).status)

	ends := time.Now().Add(time.Hour)
	opened := identity.SignIn{Token: clerk.token, ExpiresAt: ends}
	plain := identity.NewService(b.App, b.Book, identity.Options{PublicURL: "http://127.0.0.1:8080"})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", http.NoBody)
	require.NoError(t, err)
	kept := plain.SessionCookie(request, opened)
	require.Equal(t, http.Cookie{
		Name: "ocop_session", Value: clerk.token, Path: "/", Expires: ends, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}, *kept)
	require.Equal(t, -1, plain.EndedCookie(request).MaxAge)
	request.TLS = &tls.ConnectionState{}
	kept = plain.SessionCookie(request, opened)
	require.Equal(t, "__Host-ocop_session", kept.Name)
	require.True(t, kept.Secure)
	require.Empty(t, kept.Domain)
}
