package identity

import (
	"net/http"
	"strings"
	"time"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

// The names of the cookie that holds a session's token. With the prefix a browser takes it from this host
// alone and over TLS alone (RFC 6265bis, 4.1.3.2), so that no neighbour can set one.
const (
	sessionCookie       = "ocop_session"
	secureSessionCookie = "__Host-" + sessionCookie
)

// Secure reports whether people reach this request over TLS: it came so, or whoever runs the service says
// that a proxy before it ends TLS (PublicURL).
func (s *Service) Secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(s.options.PublicURL, "https://")
}

// SessionCookie is the cookie by which pages keep a session: scripts cannot read it, and other sites' requests
// carry it only when somebody follows a link. It ends when the session does if that is not used.
func (s *Service) SessionCookie(r *http.Request, opened SignIn) *http.Cookie {
	return s.cookie(r, opened.Token, opened.ExpiresAt, 0)
}

// EndedCookie takes the cookie of a session back from the browser.
func (s *Service) EndedCookie(r *http.Request) *http.Cookie {
	return s.cookie(r, "", time.Time{}, -1)
}

func (s *Service) cookie(r *http.Request, value string, expires time.Time, maxAge int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure wherever people come over TLS
		Name: s.cookieName(r), Value: value, Expires: expires, MaxAge: maxAge, Path: "/",
		HttpOnly: true, Secure: s.Secure(r), SameSite: http.SameSiteLaxMode,
	}
}

func (s *Service) cookieName(r *http.Request) string {
	if s.Secure(r) {
		return secureSessionCookie
	}
	return sessionCookie
}

// cookieToken is the token of the session that a browser carries, "" without one. It counts for what a page
// of this site asks for: an unsafe request that another site makes is refused with web.ErrCrossOrigin.
func (s *Service) cookieToken(r *http.Request) (string, error) {
	cookie, err := r.Cookie(s.cookieName(r))
	if err != nil || !IsToken(cookie.Value, sessionPrefix) {
		return "", nil //nolint:nilerr // without a cookie of ours the caller is anonymous
	}
	return cookie.Value, web.SameOrigin(r)
}

// forgiven reports whether a token from a cookie is merely not good any more: whoever carries it did not say
// so, and is anonymous until they sign in again.
func forgiven(err error) bool {
	refusal, ok := fault.From(err)
	return ok && refusal.Definition == fault.ErrUnauthenticated
}
