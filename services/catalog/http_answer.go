package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

// answer puts an answer together, or takes one of the last moment for those who may be shown it,
// and sends it, or 304 to a client that has it.
func (s *Service) answer(c *gin.Context, kind, query string, render func(ctx context.Context, who viewer) (Page, error)) {
	ctx := c.Request.Context()
	who := viewerOf(identity.FromContext(ctx))
	page, err := s.pageFor(ctx, who, kind, query, render)
	send(c, who, page, err)
}

// pageFor is what answer sends.
func (s *Service) pageFor(ctx context.Context, who viewer, kind, query string, render func(ctx context.Context, who viewer) (Page, error)) (Page, error) {
	if !who.cached {
		page, err := render(ctx, who)
		page.tier = bypassed
		s.answers.metrics.served(bypassed, 0)
		return page, err
	}
	return s.answers.page(ctx, answerKey{kind, who.class, query}, s.today(), func(ctx context.Context) (Page, error) {
		began := time.Now()
		page, err := render(ctx, who)
		if page.asOf.IsZero() {
			page.asOf, page.tier = began, fromDatabase
			s.answers.metrics.served(fromDatabase, time.Since(began))
		}
		return page, err
	})
}

// Headers of answers, as net/http holds them; it reads them only.
//
//nolint:gochecknoglobals // constants, if slices could be
var (
	forAnybody = []string{"no-cache"}
	forOne     = []string{"private, no-cache"}
	varying    = []string{"Authorization, Cookie, Accept-Encoding"}
	// RFC 9211.
	cacheStatus = map[tier][]string{
		fromLocal:    {"ocop; hit"},
		fromShared:   {"ocop; hit; detail=shared"},
		fromDatabase: {"ocop; fwd=miss"},
		bypassed:     {"ocop; fwd=bypass"},
	}
)

// send sends a page, or says why there is none. A page that may be older than Staleness says so:
// Age (RFC 9111, 5.1) tells by how much.
func send(c *gin.Context, who viewer, page Page, err error) {
	if err != nil {
		web.Fail(c, err)
		return
	}
	header := c.Writer.Header()
	header["Cache-Control"] = forAnybody
	if who.class != anybody || who.own != uuid.Nil {
		header["Cache-Control"] = forOne
	}
	header["Vary"] = varying
	header["Cache-Status"] = cacheStatus[page.tier]
	if page.tier == fromStale {
		age := int64(time.Since(page.asOf) / time.Second)
		header["Age"] = []string{strconv.FormatInt(age, 10)}
		header["Cache-Status"] = []string{"ocop; hit; detail=stale; ttl=-" + strconv.FormatInt(age, 10)}
	}
	if page.Next != "" {
		header["Link"] = []string{"<" + page.Next + `>; rel="next"`}
	}
	page.Send(c)
}

// written renders an answer as JSON; version, when positive, begins the ETag.
func written(version int64, answer any) (*web.Rendition, error) {
	return writtenAs(jsonType, version, answer)
}

func writtenAs(mediaType string, version int64, answer any) (*web.Rendition, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		return nil, fmt.Errorf("writing an answer: %w", err)
	}
	prefix := ""
	if version > 0 {
		prefix = strings.Trim(web.ETag(version), `"`)
	}
	return web.Render(mediaType, prefix, bytes.TrimSuffix(body.Bytes(), []byte("\n"))), nil
}

// pageOf renders an answer that is not kept by a version.
func pageOf(answer any) (Page, error) {
	rendition, err := written(0, answer)
	return Page{Rendition: rendition}, err
}
