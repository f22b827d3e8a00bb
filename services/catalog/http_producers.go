package catalog

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

func (s *Service) sendProducers(c *gin.Context) {
	read := readQuery(c)
	query := ProducerQuery{
		Text: c.Query("q"), Lines: read.list("line"), Communes: read.list("commune"), Schemes: read.list("scheme"),
		Kinds: read.list("producer_kind"), Limit: read.limit(),
		OnTimeMin: read.number("on_time_min", 0, 100), InFullMin: read.number("in_full_min", 0, 100),
	}
	switch sort := c.Query("sort"); sort {
	case "", "name":
	case SortByOnTime, SortByInFull:
		query.Sort = sort
	default:
		read.Add("query.sort", fault.ErrUnknownValue, "value", sort, "allowed", "name, on_time, in_full")
	}
	count, facets := read.flag("count"), read.flag("facets")
	scope := web.CursorScope(c.Request.Context())
	if cursor := c.Query("cursor"); cursor != "" {
		if err := web.DecodeCursor(cursor, scope, &query.AfterShare, &query.AfterName, &query.AfterID); err != nil {
			web.Fail(c, err)
			return
		}
	}
	if err := read.err(); err != nil {
		web.Fail(c, err)
		return
	}
	if query.needsRecords() && !identity.FromContext(c.Request.Context()).SignedIn() {
		web.Fail(c, fault.ErrUnauthenticated)
		return
	}
	address, limit := c.Request.URL, query.Limit
	query.Limit++
	s.answer(c, "producers", address.Path+"?"+address.RawQuery, func(ctx context.Context, who viewer) (Page, error) {
		query := query
		query.Records = who.class != anybody
		producers, err := s.Producers(ctx, query)
		if err != nil {
			return Page{}, err
		}
		answer := producersAnswer{}
		answer.Items = producers
		if count {
			total, err := s.CountProducers(ctx, query)
			if err != nil {
				return Page{}, err
			}
			answer.Total = &total
		}
		if facets {
			if answer.Facets, err = s.producerFacets(ctx, who, query); err != nil {
				return Page{}, err
			}
		}
		if len(producers) > limit {
			answer.Items = producers[:limit]
			last := producers[limit-1]
			answer.NextCursor = web.EncodeCursor(scope, query.share(last), last.Name, last.ID)
		}
		page, err := pageOf(answer)
		page.Next = nextPage(address, answer.NextCursor)
		return page, err
	})
}
