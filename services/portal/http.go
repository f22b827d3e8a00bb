package portal

import (
	"bytes"
	"net/http"
	"path"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

// policy lets a page load its own script and style and ask this site, and nothing else. Images as data are those
// that the style draws itself.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const htmlType = "text/html; charset=utf-8"

// Mount adds the pages to the edge.
func Mount(api *web.API, s *Service) {
	engine := api.Gin()
	engine.GET("/assets/:print/:file", s.bundle.send)
	engine.GET(signInPath, s.showSignIn)
	engine.POST(signInPath, ownForms(s.signIn))
	engine.POST(signOutPath, ownForms(s.signOut))
	engine.POST(languagePath, ownForms(s.chooseLanguage))
	for _, each := range pages() {
		engine.GET(each.path, s.open(each))
		if each.csv != nil {
			engine.GET(each.path+csvEnding, s.send(each))
		}
	}
	mountActs(engine, s)
}

// ownForms takes forms of this site alone.
func ownForms(handle gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := web.SameOrigin(c.Request); err != nil {
			web.Fail(c, err)
			return
		}
		handle(c)
	}
}

// open answers with a page: who is not signed in is asked to, whom it is not for is told so.
func (s *Service) open(p page) gin.HandlerFunc {
	return func(c *gin.Context) {
		v, err := s.visit(c, p)
		if err == nil && !v.may(p) && v.who.SignedIn() {
			err = fault.ErrForbidden.With()
		}
		if err != nil {
			s.answer(c, v, nil, err)
			return
		}
		if at := v.leadsTo(c.Request.URL.RequestURI()); at != "" {
			seeOther(c, at)
			return
		}
		err = p.show(c.Request.Context(), s, v)
		s.answer(c, v, v.content, err)
	}
}

// send answers with a page's table as a file; with the page that says why where it is refused.
func (s *Service) send(p page) gin.HandlerFunc {
	return func(c *gin.Context) {
		v, err := s.visit(c, p)
		if at := v.leadsTo(string(v.here())); err == nil && at != "" {
			seeOther(c, at)
			return
		}
		if err == nil && !v.may(p) {
			err = fault.ErrForbidden.With()
		}
		var file []byte
		if err == nil {
			file, err = p.csv(c.Request.Context(), s, v)
		}
		if err != nil {
			s.answer(c, v, nil, err)
			return
		}
		c.Header("Content-Disposition", `attachment; filename="`+path.Base(p.path)+csvEnding+`"`)
		c.Header("Cache-Control", "private, no-store")
		c.Data(http.StatusOK, "text/csv; charset=utf-8; header=present", file)
	}
}

// answer sends the page with its content, and with why it is refused where it is.
func (s *Service) answer(c *gin.Context, v *visit, content templ.Component, err error) {
	ctx, status := c.Request.Context(), http.StatusOK
	if !s.bundle.complete() {
		content, err = nil, ErrNotBundled.With()
	}
	if err != nil {
		v.refusal = web.Refuse(ctx, err)
		status = v.refusal.Status
	}
	if content == nil {
		content = templ.NopComponent
	}
	var html bytes.Buffer
	if err := layout(v, acted(v, content)).Render(ctx, &html); err != nil {
		web.Fail(c, err)
		return
	}
	header := c.Writer.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cache-Control", "private, no-store")
	header.Set("Content-Language", v.language)
	header.Set("Vary", "Authorization, Cookie, Accept-Language, Accept-Encoding")
	if status != http.StatusOK {
		c.Data(status, htmlType, html.Bytes())
		return
	}
	web.Render(htmlType, "", html.Bytes()).Send(c)
}
