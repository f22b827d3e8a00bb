package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
)

//go:embed assets
var assets embed.FS

// docs serves the contract: the document for programs, a page of it for people, and an
// explanation of every refusal. All of it is rendered from the registered operations at the
// first request and then kept; nothing comes from elsewhere.
type docs struct {
	api      *API
	template *template.Template

	render sync.Once
	json   *Rendition
	yaml   *Rendition
	page   map[string]*Rendition // by language
	faults map[string]*fault.Definition
	err    error
}

// docsPolicy lets the page load its own style and script and nothing else.
const docsPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// serveDocs registers the pages.
func (api *API) serveDocs() {
	d := &docs{
		api:      api,
		template: template.Must(template.New("docs").Funcs(template.FuncMap{"lower": strings.ToLower}).ParseFS(assets, "assets/*.html")),
		page:     map[string]*Rendition{},
	}
	add := func(id, path, summary string, handler func(c *gin.Context), produces ...string) {
		api.Raw(Operation{
			ID: id, Method: http.MethodGet, Path: path, Summary: summary, Tag: "operation", Hidden: true,
			Access: Access{Anonymous: true}, Produces: produces, Input: struct {
				Language string `query:"lang"`
			}{},
		}, nil, handler)
	}
	add("get-openapi-json", "/openapi.json", "The OpenAPI document", func(c *gin.Context) {
		d.send(c, func() *Rendition { return d.json })
	}, jsonType)
	add("get-openapi-yaml", "/openapi.yaml", "The OpenAPI document", func(c *gin.Context) {
		d.send(c, func() *Rendition { return d.yaml })
	}, "application/yaml")
	add("get-docs", "/docs", "The documentation", func(c *gin.Context) {
		d.send(c, func() *Rendition { return d.page[chosenLanguage(c)] })
	}, "text/html")
	add("get-docs-style", "/docs/docs.css", "Part of the page", d.asset("docs.css", "text/css"), "text/css")
	add("get-docs-script", "/docs/docs.js", "Part of the page", d.asset("docs.js", "text/javascript"), "text/javascript")
	add("get-problem", "/problems/{code}", "What a refusal means", d.problem, jsonType, "text/html")
}

const htmlType = "text/html; charset=utf-8"

// chosenLanguage follows the switch on the page and otherwise the browser.
func chosenLanguage(c *gin.Context) string {
	switch c.Query("lang") {
	case Vietnamese:
		return Vietnamese
	case English:
		return English
	default:
		return Language(c.Request.Context())
	}
}

func (d *docs) asset(name, mediaType string) gin.HandlerFunc {
	return func(c *gin.Context) {
		data, err := assets.ReadFile("assets/" + name)
		if err != nil {
			Fail(c, err)
			return
		}
		d.answer(c, mediaType+"; charset=utf-8", data)
	}
}

func (d *docs) send(c *gin.Context, content func() *Rendition) {
	d.render.Do(d.build)
	if d.err != nil {
		Fail(c, d.err)
		return
	}
	documentHeaders(c)
	content().Send(c)
}

func (d *docs) answer(c *gin.Context, mediaType string, content []byte) {
	documentHeaders(c)
	c.Data(http.StatusOK, mediaType, content)
}

func documentHeaders(c *gin.Context) {
	c.Header("Content-Security-Policy", docsPolicy)
	c.Header("Referrer-Policy", "same-origin")
	c.Header("Cache-Control", "no-cache")
	c.Header("Vary", "Accept-Language, Accept, Accept-Encoding")
}

// build renders everything once.
func (d *docs) build() {
	d.faults = d.api.allFaults()
	var document []byte
	if document, d.err = d.api.OpenAPI(); d.err != nil {
		return
	}
	d.json = Render(jsonType, "", document)
	if document, d.err = d.api.OpenAPIYAML(); d.err != nil {
		return
	}
	d.yaml = Render("application/yaml", "", document)
	for _, language := range []string{Vietnamese, English} {
		var buffer bytes.Buffer
		if err := d.template.ExecuteTemplate(&buffer, "docs.html", d.contents(language)); err != nil {
			d.err = fmt.Errorf("docs page: %w", err)
			return
		}
		d.page[language] = Render(htmlType, "", buffer.Bytes())
	}
}

// allFaults collects every refusal that any operation may give, by code.
func (api *API) allFaults() map[string]*fault.Definition {
	found := map[string]*fault.Definition{}
	all := slices.Concat(fault.General(), Faults(), idempotency.Faults())
	for _, op := range api.routes {
		all = append(all, op.Faults...)
	}
	for _, definition := range all {
		if found[definition.Code] == nil {
			found[definition.Code] = definition
		}
	}
	return found
}

// problem explains one refusal: a page for browsers, JSON for all others.
func (d *docs) problem(c *gin.Context) {
	d.render.Do(d.build)
	definition := d.faults[c.Param("code")]
	if definition == nil {
		Fail(c, ErrRouteNotFound)
		return
	}
	explained := struct {
		Code   string            `json:"code"`
		Status int               `json:"status"`
		Title  map[string]string `json:"title"`
		Detail map[string]string `json:"detail"`
	}{
		Code: definition.Code, Status: definition.Status,
		Title: map[string]string{
			Vietnamese: statusText(definition.Status, Vietnamese), English: statusText(definition.Status, English),
		},
		Detail: map[string]string{Vietnamese: definition.Vietnamese, English: definition.English},
	}
	var buffer bytes.Buffer
	mediaType := Accepted(c.Request, jsonType, "text/html")
	if mediaType != "text/html" {
		_ = writeJSON(&buffer, explained) // a buffer takes everything
		d.answer(c, jsonType, buffer.Bytes())
		return
	}
	if err := d.template.ExecuteTemplate(&buffer, "problem.html", explained); err != nil {
		Fail(c, fmt.Errorf("problem page: %w", err))
		return
	}
	d.answer(c, htmlType, buffer.Bytes())
}
