package catalog

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/gs1"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

// identificationTag groups what scanners and machines ask.
const identificationTag = "identification"

// What an address may be answered with, the first for who does not care.
const (
	ldJSON      = "application/ld+json"
	plainJSON   = "application/json"
	linkSetJSON = "application/linkset+json"
	html        = "text/html"
)

type identifyInput struct {
	GTIN     string `path:"gtin"      doc:"8, 12, 13 or 14 digits."`
	LinkType string `query:"linkType" doc:"gs1:pip, gs1:defaultLink, gs1:masterData or gs1:traceability: redirects there. linkset or all: answers all links (RFC 9264)."`
	Expiry   string `query:"17"       doc:"Expiry date, YYMMDD; read and not used."`
	Weight   string `query:"3103"     doc:"Net weight in grams, six digits; read and not used."`
}

type identifyLotInput struct {
	identifyInput

	Lot string `path:"lot" doc:"Lot, percent-encoded."`
}

type drawInput struct {
	ID   uuid.UUID `path:"id"`
	Lot  string    `query:"lot"  doc:"Also say a lot, up to 20 characters."`
	Size int       `query:"size" doc:"Width in pixels; 400 when left out." maximum:"2000" minimum:"40"`
}

type drawBarsInput struct {
	ID   uuid.UUID `path:"id"`
	Size int       `query:"size" doc:"Width in pixels; 400 when left out." maximum:"2000" minimum:"40"`
}

func mountIdentification(api *web.API, s *Service) {
	open := web.Access{Anonymous: true}
	faults := []*fault.Definition{ErrGTIN, ErrGTINUnknown, ErrLot, ErrLinkFact, ErrLinkType}
	produces := []string{ldJSON, plainJSON, html, linkSetJSON}
	answers := map[string]any{linkSetJSON: linkSetDocument{}}
	const redirects = "To the product's page, for browsers; or where the type of link leads."
	const about = "A GS1 Digital Link. Programs get JSON-LD in the words of schema.org and GS1; browsers are sent to the product's page (307)."
	api.Raw(web.Operation{
		ID: "identify-product", Method: http.MethodGet, Path: "/01/{gtin}", Tag: identificationTag, Access: open, Input: identifyInput{},
		Summary: "Find a product by its GTIN", Description: about, Produces: produces, Answers: answers, Redirects: redirects, Faults: faults,
	}, linkedProduct{}, s.identify)
	api.Raw(web.Operation{
		ID: "identify-lot", Method: http.MethodGet, Path: "/01/{gtin}/10/{lot}", Tag: identificationTag, Access: open, Input: identifyLotInput{},
		Summary: "Find a product by its GTIN and lot", Description: about, Produces: produces, Answers: answers, Redirects: redirects, Faults: faults,
	}, linkedProduct{}, s.identify)
	for _, drawing := range []struct {
		kind, format, mediaType, summary string
		input                            any
		faults                           []*fault.Definition
	}{
		{drawQR, asPNG, "image/png", "The QR code of a product's Digital Link, as PNG", drawInput{}, []*fault.Definition{ErrNoLink, ErrLot}},
		{drawQR, asSVG, "image/svg+xml", "The QR code of a product's Digital Link, as SVG", drawInput{}, []*fault.Definition{ErrNoLink, ErrLot}},
		{drawBars, asPNG, "image/png", "The bars of a product's GTIN (EAN-13, EAN-8), as PNG", drawBarsInput{}, []*fault.Definition{ErrNoBars}},
		{drawBars, asSVG, "image/svg+xml", "The bars of a product's GTIN (EAN-13, EAN-8), as SVG", drawBarsInput{}, []*fault.Definition{ErrNoBars}},
	} {
		api.Raw(web.Operation{
			ID: "draw-" + drawing.kind + "-" + drawing.format, Method: http.MethodGet, Path: "/v1/products/{id}/" + drawing.kind + "." + drawing.format,
			Tag: identificationTag, Access: open, Summary: drawing.summary, Produces: []string{drawing.mediaType}, Input: drawing.input,
			Faults: append(drawing.faults, ErrNoGTIN, fault.ErrOutOfRange),
		}, nil, func(c *gin.Context) { s.sendDrawing(c, drawing.kind, drawing.format) })
	}
}

// readLink reads the address that was asked for. It is read as it was sent: a router that decodes
// it would turn the plus of a lot into a blank.
func (s *Service) readLink(c *gin.Context) (gs1.Link, error) {
	link, err := gs1.ParseLink(c.Request.URL.EscapedPath()+"?"+c.Request.URL.RawQuery, s.today())
	switch {
	case errors.Is(err, gs1.ErrDigits), errors.Is(err, gs1.ErrCheckDigit), errors.Is(err, gs1.ErrNoGTIN):
		return link, ErrGTIN.At("path.gtin")
	case errors.Is(err, gs1.ErrDate):
		return link, ErrLinkFact.At("query.17")
	case errors.Is(err, gs1.ErrWeight):
		return link, ErrLinkFact.At("query.3103")
	case err != nil:
		return link, ErrLot.At("path.lot")
	}
	return link, nil
}

// identify answers a Digital Link: by the type of link that was asked for, else by what the client
// takes.
func (s *Service) identify(c *gin.Context) {
	link, err := s.readLink(c)
	if err != nil {
		web.Fail(c, err)
		return
	}
	// The facts of one piece decide nothing here; without them all pieces of a lot share a page.
	link = gs1.Link{GTIN: link.GTIN, Lot: link.Lot}
	kind, accepted := linkTypeOf(c.Query("linkType")), web.Accepted(c.Request, ldJSON, plainJSON, html, linkSetJSON)
	c.Writer.Header().Add("Vary", "Accept")
	// Pages of any origin may ask, and see the links (GS1-Conformant resolver, CORS).
	c.Header("Access-Control-Allow-Origin", "*")
	c.Header("Access-Control-Expose-Headers", "Link")
	c.Header("Cross-Origin-Resource-Policy", "cross-origin")
	switch {
	case kind == linkSet || kind == linkAll || kind == "" && accepted == linkSetJSON:
		s.sendIdentification(c, "linkset", linkSetJSON, link, func(product Product, lot *Lot) any { return s.places.linkSetOf(product, lot, link) })
	case kind == "" && accepted != html:
		s.sendIdentification(c, "linked", accepted, link, func(product Product, lot *Lot) any {
			return s.places.linked(s.book, product, lot, link)
		})
	default:
		s.redirect(c, link, kind)
	}
}

// redirect sends people where the type of link leads, the default link without one. It is never
// cached for long: what a number leads to may change.
func (s *Service) redirect(c *gin.Context, link gs1.Link, kind string) {
	product, lot, err := s.identified(c.Request.Context(), link)
	if err != nil {
		web.Fail(c, err)
		return
	}
	if kind == "" {
		kind = linkDefault
	}
	address, found := s.places.redirection(product, lot, link, kind)
	if !found {
		web.Fail(c, ErrLinkType.With("link_type", c.Query("linkType"), "available", linkTypes()))
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Header("Link", "<"+s.places.link(link)+`>; rel="linkset"; type="`+linkSetJSON+`"`)
	c.Redirect(http.StatusTemporaryRedirect, address)
}

// sendIdentification sends one form of what is known of an address. It is the same for everybody.
func (s *Service) sendIdentification(c *gin.Context, form, mediaType string, link gs1.Link, document func(Product, *Lot) any) {
	ctx := c.Request.Context()
	who := viewer{class: anybody, cached: viewerOf(identity.FromContext(ctx)).cached}
	page, err := s.pageFor(ctx, who, form+" "+mediaType, s.places.link(link), func(ctx context.Context, _ viewer) (Page, error) {
		product, lot, err := s.identified(ctx, link)
		if err != nil {
			return Page{}, err
		}
		rendition, err := writtenAs(mediaType, 0, document(product, lot))
		return Page{Rendition: rendition}, err
	})
	if err != nil {
		web.Fail(c, err)
		return
	}
	if form != linkSet {
		c.Header("Link", "<"+s.places.link(link)+`>; rel="linkset"; type="`+linkSetJSON+`"`)
	}
	c.Header("Cache-Control", "no-cache")
	c.Writer.Header().Add("Vary", "Accept-Encoding")
	page.Send(c)
}

func (s *Service) sendDrawing(c *gin.Context, kind, format string) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		web.Fail(c, fault.ErrNotFound)
		return
	}
	read := readQuery(c)
	size := read.number("size", minDrawing, maxDrawing)
	if err := read.err(); err != nil {
		web.Fail(c, err)
		return
	}
	ctx := c.Request.Context()
	drawing, err := s.Draw(ctx, identity.FromContext(ctx), id, kind, format, c.Query("lot"), int(size))
	if err != nil {
		web.Fail(c, err)
		return
	}
	keep := "private, no-cache"
	if drawing.Public { // a number is on the packs already; that it is taken back is no secret
		keep = "public, max-age=86400"
	} else {
		c.Writer.Header().Add("Vary", "Authorization, Cookie")
	}
	c.Header("Cross-Origin-Resource-Policy", "cross-origin") // a producer shows it on pages of their own
	c.Header("Content-Security-Policy", web.SealedPolicy+"; style-src 'unsafe-inline'")
	c.Header("Cache-Control", keep)
	c.Writer.Header().Add("Vary", "Accept-Encoding")
	web.Render(drawing.Type, "", drawing.Body).Send(c)
}
