package portal

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

const (
	signInPath   = "/sign-in"
	signOutPath  = "/sign-out"
	languagePath = "/language"
)

// The most that a form which anybody may send holds, in bytes, and the fields of signing in, which are the API's.
const (
	maxForm     = 16 << 10
	maxLogin    = 254
	maxPassword = 200
)

//nolint:gochecknoglobals // immutable texts
var (
	signInTitle    = text("Đăng nhập", "Sign in")
	signInLogin    = text("E-mail hoặc số điện thoại", "E-mail or phone number")
	signInPassword = text("Mật khẩu", "Password")
	signInDo       = text("Đăng nhập", "Sign in")
	signOutDo      = text("Đăng xuất", "Sign out")
)

// signInPage is the page that asks who comes; it is not in the menu.
func signInPage() page { return page{path: signInPath, title: signInTitle} }

func (s *Service) showSignIn(c *gin.Context) {
	v, err := s.visit(c, signInPage())
	s.answer(c, v, signInForm(v, "", ownPath(v.query.Get("next"))), err)
}

// signIn opens a session as POST /v1/sessions does, with the same refusals and the same limits, and leaves it with
// the browser.
func (s *Service) signIn(c *gin.Context) {
	v, err := s.visit(c, signInPage())
	if err != nil {
		s.answer(c, v, nil, err)
		return
	}
	form, err := formOf(c, maxForm, web.MaxParameter)
	login, password := form.Get("login"), form.Get("password")
	if err == nil {
		err = checkSignIn(login, password)
	}
	if err != nil {
		s.answer(c, v, signInForm(v, login, ownPath(form.Get("next"))), err)
		return
	}
	opened, err := s.identity.SignIn(c.Request.Context(), login, password)
	if err != nil {
		s.answer(c, v, signInForm(v, login, ownPath(form.Get("next"))), err)
		return
	}
	http.SetCookie(c.Writer, s.identity.SessionCookie(c.Request, opened))
	seeOther(c, ownPath(form.Get("next")))
}

// checkSignIn refuses what the API's schema does.
func checkSignIn(login, password string) error {
	var wrong fault.Collector
	for _, field := range []struct {
		name, value string
		most        int
	}{{"login", login, maxLogin}, {"password", password, maxPassword}} {
		switch {
		case field.value == "":
			wrong.Add(field.name, fault.ErrRequired)
		case len([]rune(field.value)) > field.most:
			wrong.Add(field.name, fault.ErrTooLong, "max", field.most)
		}
	}
	return wrong.Err()
}

// signOut ends the session at once, here and wherever else its token is.
func (s *Service) signOut(c *gin.Context) {
	v, err := s.visit(c, signInPage())
	if err == nil && v.who.SignedIn() {
		err = s.identity.Revoke(c.Request.Context(), v.who, v.who.SessionID)
	}
	if err != nil {
		s.answer(c, v, nil, err)
		return
	}
	http.SetCookie(c.Writer, s.identity.EndedCookie(c.Request))
	seeOther(c, signInPath)
}

// chooseLanguage keeps the reader's language with the browser and goes on where they were.
func (s *Service) chooseLanguage(c *gin.Context) {
	form, err := formOf(c, maxForm, web.MaxParameter)
	if err != nil {
		web.Fail(c, err)
		return
	}
	chosen := form.Get("language")
	if chosen != web.Vietnamese && chosen != web.English {
		web.Fail(c, fault.ErrUnknownValue.At("language", "value", chosen, "allowed", "vi, en"))
		return
	}
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // secure wherever people come over TLS
		Name: languageCookie, Value: chosen, Path: "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true,
		Secure: s.identity.Secure(c.Request), SameSite: http.SameSiteLaxMode,
	})
	seeOther(c, ownPath(form.Get("next")))
}

// formOf reads the fields of a form, cleaned as a body of the API is; it and each field are of so many bytes at most.
func formOf(c *gin.Context, most, ofField int) (url.Values, error) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, int64(most))
	if err := c.Request.ParseForm(); err != nil {
		return nil, web.ErrMalformedForm.With().Because(err)
	}
	return c.Request.PostForm, web.Typed(c.Request.PostForm, ofField)
}
