package exchange

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// wording of a list, in the query.
type wishInput struct {
	Language  string `query:"language"  enum:"vi,en" doc:"Of headings and names; by Accept-Language when left out."`
	Separator string `query:"separator" enum:"comma,semicolon,tab" doc:"Of CSV; when left out a semicolon in Vietnamese, where decimals have a comma, and a comma in English."`
}

type templateInput struct {
	wishInput

	Line string `query:"line" doc:"Only the grade columns of these product lines; several joined by commas."`
}

type catalogueInput struct {
	wishInput

	Text          string            `query:"q"              doc:"As in /v1/products, like all that follow."`
	Lines         string            `query:"line"`
	Schemes       string            `query:"scheme"`
	StarsMin      int               `query:"stars_min"      minimum:"3" maximum:"5"`
	Communes      string            `query:"commune"`
	Forms         string            `query:"form"`
	Producer      uuid.UUID         `query:"producer"`
	ProducerKinds string            `query:"producer_kind"`
	AvailableFrom civil.Date        `query:"available_from"`
	AvailableTo   civil.Date        `query:"available_to"`
	Months        string            `query:"month"`
	MinQuantity   quantity.Quantity `query:"min_quantity"`
	PriceMax      int64             `query:"price_max_vnd"  minimum:"0"`
	PriceBands    string            `query:"price_band"`
	LeadDaysMax   int               `query:"lead_days_max"  minimum:"0"`
	Sort          string            `query:"sort"`
}

// wishOf reads how a list is to be written.
func wishOf(c *gin.Context, format sheet.Format) (Wish, error) {
	wish := Wish{Format: format, Language: web.Language(c.Request.Context())}
	var complaints fault.Collector
	switch language := c.Query("language"); language {
	case "":
	case web.Vietnamese, web.English:
		wish.Language = language
	default:
		complaints.Add("query.language", fault.ErrUnknownValue, "value", language, "allowed", "vi, en")
	}
	switch separator := c.Query("separator"); separator {
	case "":
	case "comma":
		wish.Separator = ','
	case "semicolon":
		wish.Separator = ';'
	case "tab":
		wish.Separator = '\t'
	default:
		complaints.Add("query.separator", fault.ErrUnknownValue, "value", separator, "allowed", "comma, semicolon, tab")
	}
	return wish, complaints.Err()
}

// source makes a download of a request.
type source func(ctx context.Context, c *gin.Context, who identity.Principal, wish Wish) (Download, error)

// mountExports registers every list that goes out, in each format.
func mountExports(api *web.API, s *Service) {
	signedIn := web.Access{Scope: "catalogue"}
	for _, each := range []struct {
		id, path, summary, description string
		access                         web.Access
		input                          any
		faults                         []*fault.Definition
		source                         source
	}{
		{
			"get-%s-products-template", "/v1/imports/templates/products", "Download a template for products", "",
			web.Access{Anonymous: true}, templateInput{}, nil, s.templateOf(Products),
		},
		{
			"get-%s-offers-template", "/v1/imports/templates/offers", "Download a template for offers", "",
			web.Access{Anonymous: true}, templateInput{}, nil, s.templateOf(Offers),
		},
		{
			"get-%s-receipts-template", "/v1/imports/templates/receipts", "Download a template for receipts", "",
			web.Access{Anonymous: true}, templateInput{}, nil, s.templateOf(Receipts),
		},
		{
			"export-%s-products", "/v1/exports/products", "Download one's own products, in every state",
			"It can be imported again; unchanged, it changes nothing.",
			producers(), wishInput{}, []*fault.Definition{identity.ErrNotApproved, identity.ErrScopeMissing}, s.ownProducts,
		},
		{
			"export-%s-offers", "/v1/exports/offers", "Download one's own offers, in every state, with quantities and prices",
			"It can be imported again; unchanged, it changes nothing.",
			producers(), wishInput{}, []*fault.Definition{identity.ErrNotApproved, identity.ErrScopeMissing}, s.ownOffers,
		},
		{
			"export-%s-catalogue", "/v1/exports/catalogue", "Download what a search of the catalogue finds",
			"A row for each offer. What you may not see is blank, and decides no filter and no order.",
			signedIn, catalogueInput{}, []*fault.Definition{catalog.ErrQuery, fault.ErrOutOfRange, fault.ErrDateOrder, catalog.ErrTooMany}, s.foundProducts,
		},
	} {
		for _, format := range []sheet.Format{sheet.CSV, sheet.XLSX} {
			api.Raw(web.Operation{
				ID: strings.ReplaceAll(each.id, "%s", string(format)), Method: http.MethodGet, Path: each.path + "." + string(format), Tag: exchangeTag,
				Summary: each.summary + " (" + string(format) + ")", Description: each.description, Access: each.access,
				Produces: []string{format.MediaType()}, Input: each.input,
				Faults: append([]*fault.Definition{ErrTooManyExports, fault.ErrUnknownValue}, each.faults...),
			}, nil, func(c *gin.Context) { sendFrom(c, format, each.source) })
		}
	}
}

func sendFrom(c *gin.Context, format sheet.Format, from source) {
	ctx := c.Request.Context()
	wish, err := wishOf(c, format)
	if err != nil {
		web.Fail(c, err)
		return
	}
	download, err := from(ctx, c, identity.FromContext(ctx), wish)
	if err != nil {
		web.Fail(c, err)
		return
	}
	send(c, download)
}

func (s *Service) templateOf(kind Kind) source {
	return func(_ context.Context, c *gin.Context, _ identity.Principal, wish Wish) (Download, error) {
		var lines []string
		for part := range strings.SplitSeq(c.Query("line"), ",") {
			if part = strings.TrimSpace(part); part != "" {
				lines = append(lines, part)
			}
		}
		return s.Template(kind, lines, wish)
	}
}

func (s *Service) ownProducts(ctx context.Context, _ *gin.Context, who identity.Principal, wish Wish) (Download, error) {
	return s.ExportProducts(ctx, who, wish)
}

func (s *Service) ownOffers(ctx context.Context, _ *gin.Context, who identity.Principal, wish Wish) (Download, error) {
	return s.ExportOffers(ctx, who, wish)
}

func (s *Service) foundProducts(ctx context.Context, c *gin.Context, who identity.Principal, wish Wish) (Download, error) {
	query, err := catalog.ReadQuery(c)
	if err != nil {
		return Download{}, err
	}
	return s.ExportCatalogue(ctx, who, query, wish)
}
