package portal

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

// visit is one request for a page: who reads it and in which language, and what the address asks for.
type visit struct {
	who      identity.Principal
	me       identity.Me
	language string
	page     page
	// query holds the parameters of the address, cleaned.
	query  url.Values
	bundle *bundle
	// param is a part of the address that the page's path names.
	param func(name string) string
	// typed are the fields of the form that was sent; nil when none was.
	typed url.Values
	// did is what was just done, as doneMark names it.
	did string
	// content is what stands on the page; nil: nothing.
	content templ.Component
	// refusal is why the page does not show what it was asked for; nil when it does.
	refusal *web.Problem
}

// languageCookie keeps what a reader chose with the switch.
const languageCookie = "ocop_language"

// visit reads who comes and what for. Its query is refused where it is no text.
func (s *Service) visit(c *gin.Context, p page) (*visit, error) {
	ctx := c.Request.Context()
	if chosen, err := c.Request.Cookie(languageCookie); err == nil {
		web.Speak(ctx, chosen.Value)
	}
	v := &visit{who: identity.FromContext(ctx), language: web.Language(ctx), page: p, bundle: s.bundle, query: url.Values{}, param: c.Param}
	if strings.Contains(p.path, "/:") {
		v.page.path = c.Request.URL.EscapedPath()
	}
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return v, web.ErrMalformedRequest.With().Because(err)
	}
	if err := web.Typed(query, web.MaxParameter); err != nil {
		return v, err
	}
	v.did = query.Get(doneField)
	query.Del(doneField)
	v.query = query
	if v.who.SignedIn() {
		v.me, err = s.identity.Me(ctx, v.who)
	}
	return v, err
}

// named is for whom the reader acts.
func (v *visit) named() string {
	if v.me.Organisation != nil {
		return v.me.Organisation.Name
	}
	return v.me.User.Name
}

// may reports whether a page is for the reader.
func (v *visit) may(p page) bool {
	return p.groups == nil || slices.ContainsFunc(v.who.Groups(), func(group string) bool { return slices.Contains(p.groups, group) })
}

// leadsTo is where the reader goes instead: to sign in and back, or from the first address to the page that is
// theirs; "" where they stay.
func (v *visit) leadsTo(asked string) string {
	switch {
	case !v.who.SignedIn() && v.page.path == homePath:
		return signInPath
	case !v.who.SignedIn() && v.page.groups != nil:
		return signInPath + "?next=" + url.QueryEscape(asked)
	case v.page.path == homePath && v.firstPage() != homePath:
		return v.firstPage()
	default:
		return ""
	}
}

// here is the address of this page with some parameters changed: names and values in turn, "" taking one away.
func (v *visit) here(change ...string) templ.SafeURL { return v.at(v.page.path, v.query, change...) }

// file is the address of this page's table as CSV, with some parameters changed.
func (v *visit) file(change ...string) templ.SafeURL {
	return v.at(v.page.path+csvEnding, v.query, change...)
}

// at is an address of the pages with parameters, some of them changed.
func (v *visit) at(path string, query url.Values, change ...string) templ.SafeURL {
	changed := url.Values{}
	for name, values := range query {
		for _, value := range values {
			if value != "" {
				changed.Add(name, value)
			}
		}
	}
	for i := 0; i+1 < len(change); i += 2 {
		if changed.Del(change[i]); change[i+1] != "" {
			changed.Set(change[i], change[i+1])
		}
	}
	if len(changed) == 0 {
		return templ.SafeURL(path)
	}
	return templ.SafeURL(path + "?" + changed.Encode())
}

// ownPath is an address of this site that a request names as the next one; "/" for any other, so that nobody is
// led away from here after signing in.
func ownPath(next string) string {
	parsed, err := url.Parse(next)
	if err != nil || parsed.Host != "" || parsed.Scheme != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) {
		return "/"
	}
	return next
}

// seeOther leads on after something was done, or to where it can be.
func seeOther(c *gin.Context, path string) {
	c.Header("Location", path)
	c.Status(http.StatusSeeOther)
}

// kept are the parameters of the address but for one, in the order of their names: name as value, value as label.
func (v *visit) kept(except string) []choice {
	var found []choice
	for _, name := range slices.Sorted(maps.Keys(v.query)) {
		for _, value := range v.query[name] {
			if name != except && value != "" {
				found = append(found, choice{value: name, label: value})
			}
		}
	}
	return found
}
