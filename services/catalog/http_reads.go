package catalog

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

// The reads of this file are what everybody does all the time: plain handlers that send bytes,
// from the cache when the reader may be shown them.

type searchInput struct {
	web.Page

	Text          string     `query:"q"              doc:"Free text, with marks or without: tôm sú, tom su, black tiger, Đầm Dơi, ASC, 4 sao, 20 con/kg, tháng 12."`
	Lines         string     `query:"line"           doc:"Product line; several joined by commas."`
	Schemes       string     `query:"scheme"         doc:"A mark it may show today; several joined by commas: any of them."`
	StarsMin      int        `query:"stars_min"      minimum:"3" maximum:"5" doc:"OCOP stars, at least."`
	Communes      string     `query:"commune"        doc:"Code of the producer's commune, or its name, or the name of a former district; several joined by commas."`
	Forms         string     `query:"form"           doc:"Form; several joined by commas."`
	Producer      uuid.UUID  `query:"producer"`
	ProducerKinds string     `query:"producer_kind"  doc:"Legal form of the producer; several joined by commas; see /v1/legal-forms."`
	AvailableFrom civil.Date `query:"available_from" doc:"An offer must be there, its lead time counted from today, on a day from here on."`
	AvailableTo   civil.Date `query:"available_to"`
	Months        string     `query:"month"          doc:"Month in which something can be ordered, YYYY-MM; several joined by commas."`
	MinQuantity   string     `query:"min_quantity"   maxLength:"40" doc:"Remaining on one offer whose volume you may see: 2000 in the product's unit, or by weight: 500 kg, 2t, 2 tấn." example:"2t"`
	PriceMax      int64      `query:"price_max_vnd"  minimum:"0" doc:"For min_quantity, or the smallest order, on an offer whose price you may see."`
	PriceBands    string     `query:"price_band"     doc:"Band of the least price you may see, for the smallest order; several joined by commas. The facet names them."`
	LeadDaysMax   int        `query:"lead_days_max"  minimum:"0" maximum:"365" doc:"Days from the order until the goods leave, at most."`
	Sort          string     `query:"sort"           enum:"relevance,newest,price,remaining,lead_time,name" doc:"What you may not see stands last, in the order of publishing."`
	Facets        bool       `query:"facets"         doc:"Also count the products found by line, scheme, stars, commune, form, producer_kind, price_band and month. The values of a property are counted as if nothing were asked of it, so that the others can be chosen, too."`
	Mine          bool       `query:"mine"           doc:"A producer's own products, drafts too, newest first; every other filter is ignored."`
}

type searchAnswer struct {
	web.List[Product]

	Facets  *Facets `json:"facets,omitempty"`
	Similar bool    `json:"similar,omitempty" doc:"Not all words were found as they were typed; these are near to them."`
}

type suggestionsInput struct {
	Text string `query:"q" doc:"What was typed so far."`
}

type suggestionsAnswer struct {
	Items []Suggestion `json:"items"`
}

type producersInput struct {
	web.Page

	Text     string `query:"q"`
	Lines    string `query:"line"    doc:"Product line; several joined by commas."`
	Communes string `query:"commune" doc:"Code or name of a commune, or the name of a former district; several joined by commas."`
	Schemes  string `query:"scheme"  doc:"A mark that one of its products may show today; several joined by commas: any of them."`
	Kinds    string `query:"producer_kind" doc:"Legal form; several joined by commas; see /v1/legal-forms."`
	Sort     string `query:"sort"        enum:"name,on_time,in_full" doc:"By name when left out; by record, the best first and those with too few cases last. By record only for approved buyers and officials."`
	OnTime   int    `query:"on_time_min" minimum:"0" maximum:"100" doc:"Percentage of the last twelve months; those with too few cases reach none. For approved buyers and officials."`
	InFull   int    `query:"in_full_min" minimum:"0" maximum:"100" doc:"As on_time_min."`
	Facets   bool   `query:"facets"  doc:"Also count the producers found by line, scheme, commune and producer_kind. The values of a property are counted as if nothing were asked of it, so that the others can be chosen, too."`
}

type producersAnswer struct {
	web.List[Producer]

	Facets *ProducerFacets `json:"facets,omitempty"`
}

type idInput struct {
	ID uuid.UUID `path:"id"`
}

func mountReads(api *web.API, s *Service) {
	open := web.Access{Anonymous: true}
	api.Raw(web.Operation{
		ID: "search-products", Method: http.MethodGet, Path: "/v1/products", Tag: catalogueTag, Access: open, Input: searchInput{},
		Summary:     "Search products",
		Description: "No state older than one second is shown. Prices and volumes you may not see are left out, and decide no filter and no order.",
		Faults:      []*fault.Definition{ErrQuery, fault.ErrOutOfRange, fault.ErrUnknownValue, fault.ErrDateOrder, ErrTooMany, ErrAmount},
	}, searchAnswer{}, s.sendSearch)
	api.Raw(web.Operation{
		ID: "get-product", Method: http.MethodGet, Path: "/v1/products/{id}", Tag: catalogueTag, Access: open, Input: idInput{},
		Summary: "Read a product",
	}, Product{}, s.sendProduct)
	api.Raw(web.Operation{
		ID: "suggest", Method: http.MethodGet, Path: "/v1/suggestions", Tag: catalogueTag, Access: open, Input: suggestionsInput{},
		Summary: "Finish what was typed",
	}, suggestionsAnswer{}, s.sendSuggestions)
	api.Raw(web.Operation{
		ID: "list-producers", Method: http.MethodGet, Path: "/v1/producers", Tag: catalogueTag, Access: open, Input: producersInput{},
		Summary: "List producers with published products, by name or record", Faults: []*fault.Definition{fault.ErrOutOfRange, fault.ErrUnknownValue, fault.ErrForbidden, ErrTooMany},
	}, producersAnswer{}, s.sendProducers)
	api.Raw(web.Operation{
		ID: "get-producer", Method: http.MethodGet, Path: "/v1/producers/{id}", Tag: catalogueTag, Access: open, Input: idInput{},
		Summary: "Read a producer",
	}, Producer{}, s.sendProducer)
}

func (s *Service) sendProduct(c *gin.Context) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		web.Fail(c, fault.ErrNotFound)
		return
	}
	who := viewerOf(identity.FromContext(c.Request.Context()))
	page, err := s.productPage(c.Request.Context(), who, id)
	send(c, who, page, err)
}

func (s *Service) sendProducer(c *gin.Context) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		web.Fail(c, fault.ErrNotFound)
		return
	}
	s.answer(c, "producer", id.String(), func(ctx context.Context, _ viewer) (Page, error) {
		producer, err := s.Producer(ctx, id)
		if err != nil {
			return Page{}, err
		}
		return pageOf(producer)
	})
}

func (s *Service) sendSuggestions(c *gin.Context) {
	text := c.Query("q")
	s.answer(c, "suggestions", text, func(ctx context.Context, _ viewer) (Page, error) {
		items, err := s.Suggest(ctx, text)
		if err != nil {
			return Page{}, err
		}
		return pageOf(suggestionsAnswer{Items: items})
	})
}

func (s *Service) sendSearch(c *gin.Context) {
	ctx := c.Request.Context()
	read := readQuery(c)
	query, mine := read.search()
	scope := web.CursorScope(ctx)
	if cursor := c.Query("cursor"); cursor != "" && read.err() == nil {
		query.After = &Position{}
		if err := web.DecodeCursor(cursor, scope, &query.After.Rank, &query.After.Text, &query.After.ID); err != nil {
			web.Fail(c, err)
			return
		}
	}
	if err := read.err(); err != nil {
		web.Fail(c, err)
		return
	}
	address := c.Request.URL
	render := func(ctx context.Context, who viewer) (Page, error) {
		return s.renderSearch(ctx, who, query, scope, address)
	}
	if mine {
		if who := identity.FromContext(ctx); !who.Is(identity.Producer) {
			web.Fail(c, refusal(who))
			return
		}
		render = func(ctx context.Context, _ viewer) (Page, error) { return s.renderOwn(ctx, query, scope, address) }
	}
	s.answer(c, "search", address.Path+"?"+address.RawQuery, render)
}

// refusal is for who asks for what only producers have.
func refusal(who identity.Principal) error {
	if !who.SignedIn() {
		return fault.ErrUnauthenticated
	}
	return fault.ErrForbidden
}

// renderOwn lists a producer's own products; it is never cached, because it is asked by
// producers only.
func (s *Service) renderOwn(ctx context.Context, query Query, scope string, address *url.URL) (Page, error) {
	var after uuid.UUID
	if query.After != nil {
		after = query.After.ID
	}
	products, more, err := s.OwnProducts(ctx, identity.FromContext(ctx), after, query.Limit)
	if err != nil {
		return Page{}, err
	}
	answer := searchAnswer{}
	answer.Items = products
	if more {
		answer.NextCursor = web.EncodeCursor(scope, 0, "", products[len(products)-1].ID)
	}
	page, err := pageOf(answer)
	page.Next = nextPage(address, answer.NextCursor)
	return page, err
}

// nextPage is the address of the next page of a list.
func nextPage(address *url.URL, cursor string) string {
	if cursor == "" {
		return ""
	}
	query := address.Query()
	query.Set("cursor", cursor)
	return (&url.URL{Path: address.Path, RawQuery: query.Encode()}).String()
}
