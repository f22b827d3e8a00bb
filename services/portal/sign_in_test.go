package portal_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func credentials(name, phrase string) url.Values {
	return url.Values{"login": {name + "@ocop.example"}, "password": {phrase}, "next": {"/monitor"}}
}

func TestSigningInAndOut(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	wrong := m.submit(t, "", "/sign-in", credentials("camau", "another phrase"))
	require.Equal(t, http.StatusUnauthorized, wrong.Code)
	require.Contains(t, wrong.Body.String(), "sign_in_failed")
	require.Contains(t, wrong.Body.String(), `value="camau@ocop.example"`, "the login need not be typed again")
	require.NotContains(t, wrong.Body.String(), "another phrase")
	require.Empty(t, wrong.Result().Cookies())

	opened := m.submit(t, "", "/sign-in", credentials("camau", password))
	require.Equal(t, "/monitor", opened.Header().Get("Location"))
	kept := opened.Result().Cookies()[0]
	require.True(t, kept.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, kept.SameSite)
	m.cookies["camau"] = kept.Name + "=" + kept.Value
	require.Equal(t, http.StatusOK, m.get(t, "camau", "/monitor").Code)
	require.Equal(t, http.StatusOK, m.get(t, "camau", "/v1/me").Code, "links into the API work")

	left := m.submit(t, "camau", "/sign-out", nil)
	require.Equal(t, "/sign-in", left.Header().Get("Location"))
	require.Negative(t, left.Result().Cookies()[0].MaxAge)
	require.Equal(t, http.StatusSeeOther, m.get(t, "camau", "/monitor").Code, "the token is no good any more, wherever it is")
	require.Equal(t, http.StatusUnauthorized, m.get(t, "camau", "/v1/me").Code)
}

// No other site can sign anybody in or out, or change anything else.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for path, form := range map[string]url.Values{
		"/sign-in": credentials("camau", password), "/sign-out": nil, "/language": {"language": {"en"}},
	} {
		for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://elsewhere.example"}} {
			for _, reader := range []string{"anonymous", "camau"} {
				refused := m.submit(t, reader, path, form, headers...)
				require.Equal(t, http.StatusForbidden, refused.Code, path)
				require.Contains(t, refused.Body.String(), "cross_origin")
				require.Empty(t, refused.Result().Cookies())
			}
		}
	}
	require.Equal(t, http.StatusOK, m.get(t, "camau", "/monitor").Code, "still signed in")
	require.Equal(t, http.StatusSeeOther, m.submit(t, "camau", "/sign-out", nil, "Sec-Fetch-Site", "same-origin").Code)
}

// Failures on the page and in the API are the same failures.
func TestFailuresCountTogetherWithThoseOfTheAPI(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	last := 0
	for range 10 {
		last = m.submit(t, "", "/sign-in", credentials("buyer", "another phrase")).Code
	}
	require.Equal(t, http.StatusTooManyRequests, last)
	require.Equal(t, http.StatusTooManyRequests, m.submit(t, "", "/sign-in", credentials("buyer", password)).Code)
	_, err := m.identity.SignIn(t.Context(), "buyer@ocop.example", password)
	require.ErrorContains(t, err, "too_many_attempts")
}

// Signing in leads to no other site, whatever the address says.
func TestSignInLeadsToNoOtherSite(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for next, leads := range map[string]string{
		"/monitor/volumes?by=month": "/monitor/volumes?by=month", "": "/", "monitor": "/", "https://elsewhere.example": "/",
		"//elsewhere.example": "/", `/\elsewhere.example`: "/", "javascript:alert(1)": "/", "/%zz": "/",
	} {
		form := credentials("camau", password)
		form.Set("next", next)
		require.Equal(t, leads, m.submit(t, "", "/sign-in", form).Header().Get("Location"), next)
	}
}

func TestWhatASignInMustHold(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	empty := m.submit(t, "", "/sign-in", url.Values{})
	require.Equal(t, http.StatusUnprocessableEntity, empty.Code)
	require.Contains(t, empty.Body.String(), "required")
	long := m.submit(t, "", "/sign-in", url.Values{"login": {"a"}, "password": {string(make([]byte, 17<<10))}})
	require.Equal(t, http.StatusBadRequest, long.Code)
	require.Contains(t, long.Body.String(), "malformed_form")
	hidden := m.submit(t, "", "/sign-in", url.Values{"login": {"a\u202eb"}, "password": {"x"}})
	require.Contains(t, hidden.Body.String(), "forbidden_character")
}
