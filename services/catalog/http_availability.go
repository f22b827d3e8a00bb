package catalog

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

type availabilityInput struct {
	ID   uuid.UUID  `path:"id"`
	From civil.Date `query:"from" doc:"Today when left out."`
	To   civil.Date `query:"to"   doc:"Left out: twelve weeks, thirty days or twelve months."`
	By   string     `query:"by"   enum:"day,week,month" doc:"Width of a period; weeks begin on Monday."`
}

func mountAvailability(api *web.API, s *Service) {
	faults := []*fault.Definition{fault.ErrNotFound, fault.ErrOutOfRange, fault.ErrUnknownValue, fault.ErrDateOrder, web.ErrNotADate}
	const how = "Period by period, in the solar and the lunar calendar, with the spring tides marked: how many offers can be delivered, what remains of them " +
		"and at which prices, as far as you may see them. Lead times are counted from today. At most 106 periods."
	api.Raw(web.Operation{
		ID: "get-product-availability", Method: http.MethodGet, Path: "/v1/products/{id}/availability", Tag: catalogueTag,
		Access: web.Access{Anonymous: true}, Input: availabilityInput{}, Summary: "When a product can be delivered", Description: how, Faults: faults,
	}, Availability{}, func(c *gin.Context) { s.sendCalendar(c, "availability", s.productCalendar) })
	api.Raw(web.Operation{
		ID: "get-producer-availability", Method: http.MethodGet, Path: "/v1/producers/{id}/availability", Tag: catalogueTag,
		Access: web.Access{Anonymous: true}, Input: availabilityInput{}, Summary: "When a producer's goods can be delivered", Description: how, Faults: faults,
	}, Availability{}, func(c *gin.Context) { s.sendCalendar(c, "producer_availability", s.producerCalendar) })
}

// sendCalendar answers from the cache; the day is part of the question, because lead times count from
// it.
func (s *Service) sendCalendar(c *gin.Context, kind string, read func(context.Context, viewer, uuid.UUID, span) (Availability, error)) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		web.Fail(c, fault.ErrNotFound)
		return
	}
	query := readQuery(c)
	asked := span{From: query.date("from"), To: query.date("to"), By: query.values.Get("by")}
	if err := query.err(); err != nil {
		web.Fail(c, err)
		return
	}
	asked, today, err := s.calendarOf(asked)
	if err != nil {
		web.Fail(c, err)
		return
	}
	question := fmt.Sprintf("%s?from=%s&to=%s&by=%s&today=%s", id, asked.From, asked.To, asked.By, today)
	s.answer(c, kind, question, func(ctx context.Context, who viewer) (Page, error) {
		calendar, err := read(ctx, who, id, asked)
		if err != nil {
			return Page{}, err
		}
		return pageOf(calendar)
	})
}
