package catalog

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

type supplyInput struct {
	web.Page

	Text          string     `query:"q"              doc:"The goods, as in a search of products."`
	Lines         string     `query:"line"           doc:"Product line; several joined by commas."`
	Schemes       string     `query:"scheme"         doc:"A mark it may show today, and on the first and the last day asked for; several joined by commas: any of them."`
	StarsMin      int        `query:"stars_min"      minimum:"3" maximum:"5" doc:"OCOP stars, at least."`
	Communes      string     `query:"commune"        doc:"Where the goods are: code or name of a commune, or name of a former district; several joined by commas."`
	Forms         string     `query:"form"           doc:"Form; several joined by commas."`
	Producer      uuid.UUID  `query:"producer"`
	ProducerKinds string     `query:"producer_kind"  doc:"Legal form of the producer; several joined by commas."`
	AvailableFrom civil.Date `query:"available_from" doc:"It can be delivered on a day from here on, the lead time counted from today."`
	AvailableTo   civil.Date `query:"available_to"`
	MinQuantity   string     `query:"min_quantity"   maxLength:"40" doc:"What is wanted: 2000 in the product's unit, or by weight: 500 kg, 2t, 2 tấn. Offers whose volume you may not see do not count." example:"2t"`
	PriceMax      int64      `query:"price_max_vnd"  minimum:"0" doc:"For that quantity, in the steps of the offer; daily prices and those you may not see do not count."`
	LeadDaysMax   int        `query:"lead_days_max"  minimum:"0" maximum:"365"`
	Sort          string     `query:"sort"           enum:"price,lead_time,remaining" doc:"What you may not see stands behind what you see."`
}

type supplyAnswer struct {
	web.List[Supply]

	Pools []Pool `json:"pools,omitempty" doc:"With min_quantity: whether several offers together reach it. On the first page."`
}

func mountSupply(api *web.API, s *Service) {
	api.Raw(web.Operation{
		ID: "search-supply", Method: http.MethodGet, Path: "/v1/supply", Tag: catalogueTag, Access: web.Access{Anonymous: true}, Input: supplyInput{},
		Summary: "Find who can supply what when, offer by offer",
		Description: "One question – goods, quantity, days, marks, price – answered by the offers of all producers, and by what several give together. " +
			"Prices and volumes you may not see are left out, and decide no filter, no order and no sum.",
		Faults: []*fault.Definition{ErrQuery, ErrAmount, fault.ErrOutOfRange, fault.ErrUnknownValue, fault.ErrDateOrder, ErrTooMany},
	}, supplyAnswer{}, s.sendSupply)
}

func (s *Service) sendSupply(c *gin.Context) {
	read := readQuery(c)
	goods, _ := read.search()
	query := SupplyQuery{Query: goods, SupplySort: goods.Sort}
	scope := web.CursorScope(c.Request.Context())
	if cursor := c.Query("cursor"); cursor != "" && read.err() == nil {
		if err := web.DecodeCursor(cursor, scope, &query.AfterRank, &query.AfterOffer); err != nil {
			web.Fail(c, err)
			return
		}
	}
	if err := read.err(); err != nil {
		web.Fail(c, err)
		return
	}
	address := c.Request.URL
	s.answer(c, "supply", address.Path+"?"+address.RawQuery+"&today="+s.today().String(), func(ctx context.Context, who viewer) (Page, error) {
		found, err := s.supply(ctx, who, query)
		if err != nil {
			return Page{}, err
		}
		answer := supplyAnswer{}
		answer.Items, answer.Total = found.Items, found.Total
		if query.AfterOffer == uuid.Nil {
			answer.Pools = found.Pools
		}
		if found.Next != uuid.Nil {
			answer.NextCursor = web.EncodeCursor(scope, found.NextRank, found.Next)
		}
		page, err := pageOf(answer)
		page.Next = nextPage(address, answer.NextCursor)
		page.asOf, page.tier = found.asOf, fromDatabase
		s.answers.metrics.served(fromDatabase, time.Since(found.asOf))
		return page, err
	})
}
