package portal_test

import (
	"bufio"
	_ "embed"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/portal"
)

// pagesTable says what each page answers each reader.
//
//go:embed testdata/pages.txt
var pagesTable string

// Every page has a row, every row a page, and every reader the answer that stands there.
func TestEveryPageKnowsItsReaders(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	var listed []string
	lines := bufio.NewScanner(strings.NewReader(pagesTable))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		require.Len(t, fields, 1+len(readers()), lines.Text())
		listed = append(listed, fields[0])
		for at, reader := range readers() {
			answer := m.get(t, reader, fields[0]+"?from=2026-01-01&to=2026-12-31")
			require.Equal(t, fields[1+at], symbol(answer.Code, answer.Header().Get("Location")), "%s as %s: %s", fields[0], reader, answer.Body)
		}
	}
	slices.Sort(listed)
	paths := portal.Paths()
	slices.Sort(paths)
	require.Equal(t, paths, listed, "testdata/pages.txt")
}

func symbol(status int, location string) string {
	switch {
	case status == http.StatusOK:
		return "."
	case status == http.StatusForbidden:
		return "3"
	case status == http.StatusNotFound:
		return "4"
	case status == http.StatusSeeOther && strings.HasPrefix(location, "/sign-in"):
		return ">"
	case status == http.StatusSeeOther && location == "/monitor":
		return "m"
	default:
		return http.StatusText(status)
	}
}

// Whom a page is not for is told so on a page, in words, and offered no menu of what they cannot open.
func TestWhomAPageIsNotFor(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	refused := m.get(t, "producer", "/monitor/volumes", "Accept-Language", "en").Body.String()
	require.Contains(t, refused, "<code>forbidden</code>")
	require.NotContains(t, refused, `href="/monitor/volumes"`)
	require.NotContains(t, refused, `id="figures"`)
	ofProducers := "/monitor/volumes?by=producer"
	require.Equal(t, http.StatusOK, m.get(t, "camau", ofProducers).Code)
	other := m.get(t, "tphcm", ofProducers)
	require.Equal(t, http.StatusForbidden, other.Code)
	require.Contains(t, other.Body.String(), "not_overseen", "what a service refuses, the page does")
	require.NotContains(t, m.get(t, "tphcm", "/monitor/volumes").Body.String(), `value="producer"`, "and does not offer")
}

// Who has to sign in first is led back to what they asked for.
func TestSignInLeadsBack(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	asked := m.get(t, "anonymous", "/monitor/volumes?by=month&line=rice")
	require.Equal(t, "/sign-in?next=%2Fmonitor%2Fvolumes%3Fby%3Dmonth%26line%3Drice", asked.Header().Get("Location"))
	form := m.get(t, "anonymous", asked.Header().Get("Location")).Body.String()
	require.Contains(t, form, `name="next" value="/monitor/volumes?by=month&amp;line=rice"`)
}

// An address at which there is nothing is a page for people, with the menu of what there is, and for programs what
// the API answers.
func TestAnUnknownAddressIsAPageForPeople(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	const html = "text/html,application/xhtml+xml,*/*;q=0.8"
	for _, reader := range []string{"", "camau"} {
		answer := m.get(t, reader, "/monitor/nothing", "Accept", html)
		require.Equal(t, http.StatusNotFound, answer.Code)
		require.Contains(t, answer.Body.String(), "<code>page_not_found</code>")
		require.Equal(t, reader != "", strings.Contains(answer.Body.String(), `href="/monitor/volumes"`))
	}
	for path, accept := range map[string]string{"/monitor/nothing": "application/json", "/v1/nothing": html} {
		answer := m.get(t, "camau", path, "Accept", accept)
		require.Equal(t, http.StatusNotFound, answer.Code)
		require.Contains(t, answer.Body.String(), `"route_not_found"`)
	}
}

// The menu shows where the reader is, on pages that are not in it, too.
func TestTheMenuShowsWhereOneIs(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for path, current := range map[string]string{
		"/monitor":                    `<a href="/monitor" aria-current="page"`,
		"/monitor/volumes/postings":   `<a href="/monitor/volumes" aria-current="true"`,
		"/trade/memoranda/new":        `<a href="/trade/memoranda" aria-current="true"`,
		"/trade/events/new":           `<a href="/trade" aria-current="true"`,
		"/monitor/desk/organisations": "",
	} {
		page := m.get(t, "camau", path, "Accept", "text/html").Body.String()
		require.Contains(t, page, current, path)
		require.LessOrEqual(t, strings.Count(page, "menu-active"), 1, path)
	}
}
