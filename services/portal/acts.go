package portal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// act is something that a form of a page does: the form names it in its field "act".
type act struct {
	// said tells that it was done.
	said reference.Names
	// final says that it cannot be undone: the form has a field "sure", and nothing is done without it.
	final bool
	// do does it as the reader and says where to go on; "" stays at the page. What it refuses is shown with the
	// form as it was filled in.
	do func(ctx context.Context, s *Service, v *visit) (string, error)
}

// The fields of every form that does something.
const (
	actField     = "act"
	keyField     = "key"
	sureField    = "sure"
	versionField = "version"
	doneField    = "done"
)

// The most that a form which does something and its fields hold, in bytes: words of 2,000 letters, each of which may take
// four, and twelve as browsers send them.
const (
	maxWork  = 64 << 10
	maxWords = 4 * 2000
)

// take does what a form of a page asks for and leads on to what became of it; a form that is sent twice does it
// once. Refused, the page is shown again with what was filled in.
func (s *Service) take(p page) gin.HandlerFunc {
	return func(c *gin.Context) {
		v, err := s.visit(c, p)
		switch {
		case err == nil && !v.who.SignedIn():
			seeOther(c, signInPath+"?next="+url.QueryEscape(c.Request.URL.RequestURI()))
			return
		case err == nil && !v.may(p):
			err = fault.ErrForbidden.With()
		}
		if err == nil {
			v.typed, err = formOf(c, maxWork, maxWords)
		}
		if err != nil {
			s.answer(c, v, nil, err)
			return
		}
		next, err := s.done(c, v)
		if err != nil {
			if failed := p.show(c.Request.Context(), s, v); failed != nil {
				err = failed
			}
			s.answer(c, v, v.content, err)
			return
		}
		seeOther(c, next)
	}
}

// done does the act that the form names and returns the address that says so.
func (s *Service) done(c *gin.Context, v *visit) (string, error) {
	name := v.typed.Get(actField)
	chosen, known := v.page.acts[name]
	if !known {
		return "", fault.ErrNotFound.With()
	}
	if chosen.final && v.typed.Get(sureField) == "" {
		return "", fault.ErrRequired.At(sureField)
	}
	ctx := c.Request.Context()
	if key := v.typed.Get(keyField); key != "" {
		if len(key) > len(zeroID) {
			return "", fault.ErrTooLong.At(keyField, "max", len(zeroID))
		}
		sum := sha256.Sum256([]byte(c.Request.URL.RequestURI() + "\n" + v.typed.Encode()))
		ctx = idempotency.WithRequest(ctx, &idempotency.Request{Scope: "page:" + identity.CallerOf(v.who).Scope, Key: key, Fingerprint: sum[:]})
	}
	to, err := chosen.do(ctx, s, v)
	if err != nil {
		return "", err
	}
	if to == "" {
		to = string(v.here())
	}
	path, asked, _ := strings.Cut(to, "?")
	query, err := url.ParseQuery(asked)
	if err != nil {
		query = url.Values{} // only what this package made comes here
	}
	return string(v.at(path, query, doneField, v.doneMark(name))), nil
}

// doneMark names an act in the address that says it was done. It counts in the reader's own session: a link that
// somebody else made says nothing.
func (v *visit) doneMark(act string) string {
	sum := sha256.Sum256([]byte(v.who.SessionID.String() + "\n" + act))
	return act + "." + hex.EncodeToString(sum[:8])
}

// notice says what was just done; "" when nothing was, or nobody knows it.
func (v *visit) notice() string {
	name, _, _ := strings.Cut(v.did, ".")
	for _, each := range pages() {
		if made, known := each.acts[name]; known && v.did == v.doneMark(name) {
			return v.say(made.said)
		}
	}
	return ""
}

// refill is what a field of an act's form holds: what was typed when it was refused, else what is given.
func (v *visit) refill(act, field, otherwise string) string {
	if v.typed.Get(actField) == act && v.typed.Has(field) {
		return v.typed.Get(field)
	}
	return otherwise
}

// opened reports whether an act was asked for and refused: its form is shown open.
func (v *visit) opened(act string) bool { return v.typed.Get(actField) == act && v.refusal != nil }

// wrong is what is wrong with a field of an act's form; "" when nothing is.
func (v *visit) wrong(act, field string) string {
	if !v.opened(act) {
		return ""
	}
	for _, each := range v.refusal.Errors {
		if each.Field == field {
			return each.Detail
		}
	}
	return ""
}

// typedID is the id in a field: fault.ErrNotFound where there is none.
func (v *visit) typedID(field string) (uuid.UUID, error) { return idIn(v.typed.Get(field)) }

// pathID is the id in the address of the page: fault.ErrNotFound where there is none.
func (v *visit) pathID() (uuid.UUID, error) { return idIn(v.param("id")) }

func idIn(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || len(text) != len(zeroID) {
		return uuid.Nil, fault.ErrNotFound.With()
	}
	return id, nil
}

// typedDay is the day in a field, zero where it is empty; web.ErrNotADate where it is none.
func (v *visit) typedDay(field string) (civil.Date, error) {
	text := v.typed.Get(field)
	if text == "" {
		return civil.Date{}, nil
	}
	day, err := civil.Parse(text)
	if err != nil {
		return civil.Date{}, web.ErrNotADate.At(field).Because(err)
	}
	return day, nil
}

// match compares the version that the form was made of with the one that is stored.
func (v *visit) match() func(version int64) error {
	return func(version int64) error {
		if v.typed.Get(versionField) != strconv.FormatInt(version, 10) {
			return fault.ErrStale.With()
		}
		return nil
	}
}

// newKey names what a form does, so that it is done once however often it is sent.
func newKey() string { return uuid.NewString() }

// cursorOf are the parameters of the page that a cursor is bound to.
func (v *visit) cursorOf() string {
	kept := url.Values{}
	for name, values := range v.query {
		if name != "cursor" {
			kept[name] = values
		}
	}
	return v.page.path + "?" + kept.Encode()
}

// after reads the cursor of the address into keys; web.ErrInvalidCursor where it is none of this page.
func (v *visit) after(keys ...any) error {
	if cursor := v.query.Get("cursor"); cursor != "" {
		return web.DecodeCursor(cursor, v.cursorOf(), keys...)
	}
	return nil
}

// further is the address of what comes behind keys.
func (v *visit) further(keys ...any) templ.SafeURL {
	return v.here("cursor", web.EncodeCursor(v.cursorOf(), keys...))
}

// mountActs takes the forms of pages, of this site alone.
func mountActs(engine gin.IRoutes, s *Service) {
	for _, each := range pages() {
		if len(each.acts) > 0 {
			engine.Handle(http.MethodPost, each.path, ownForms(s.take(each)))
		}
	}
}
