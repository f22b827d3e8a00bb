package monitor

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

type postingsInput struct {
	volumesFilters

	Limit   int    `query:"limit"   minimum:"1" maximum:"100" default:"20" doc:"How many items to answer."`
	Cursor  string `query:"cursor"  maxLength:"2048" doc:"Where to go on: next_cursor of the answer before."`
	Measure string `query:"measure" enum:"offered,requested,quoted,awarded,dispatched,unconfirmed,delivered,rejected,released" doc:"The column: only what counts in it, with what it counts for."`
	Dried   string `query:"dried"   enum:"true,false"`
	Unit    string `query:"unit"`
}

// mostPostings and somePostings are how many postings a page has at most, and unless it says so.
const (
	mostPostings = 100
	somePostings = 20
)

func mountDrill(api *web.API, service *Service) {
	api.Raw(web.Operation{
		ID: "list-volume-postings", Method: http.MethodGet, Path: "/v1/volumes/postings", Tag: "monitoring",
		Summary: "The postings behind a figure of volumes",
		Description: "Takes the filters of the report and, under the same names, what the row says: a parameter that is there and empty keeps " +
			"the postings that say nothing of it, as a row with an empty text does. measure names the column; then counted says what each " +
			"posting adds to the figure. Prices and values are never shown, and of organisations of the other side neither their ids nor " +
			"those of their offers and inquiries.",
		Access: watchers(), Faults: append(refusals(), web.ErrInvalidCursor), Produces: []string{jsonType}, Input: postingsInput{},
	}, web.List[VolumePosting]{}, service.sendPostings)
}

func (s *Service) sendPostings(c *gin.Context) {
	ctx := c.Request.Context()
	list, err := s.PostingsOf(ctx, identity.FromContext(ctx), c.Request.URL.Query())
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.Header("Cache-Control", "private, no-store")
	c.Header("Vary", "Accept, Accept-Language, Authorization")
	c.JSON(http.StatusOK, list)
}

// PostingsOf lists the postings behind a figure that parameters name, as GET /v1/volumes/postings has them, with
// the cursor of the page behind. What it does not know among them is left to the caller. It refuses as Behind
// does, and with fault.ErrUnknownValue, web.ErrNotADate, web.ErrWrongFormat and web.ErrInvalidCursor.
func (s *Service) PostingsOf(ctx context.Context, who identity.Principal, values url.Values) (web.List[VolumePosting], error) {
	cell, err := readCell(values, web.CursorScope(ctx))
	if err != nil {
		return web.List[VolumePosting]{}, err
	}
	limit := cell.Limit
	cell.Limit++
	postings, err := s.Behind(ctx, who, cell)
	if err != nil {
		return web.List[VolumePosting]{}, inQuery(err)
	}
	list := web.List[VolumePosting]{Items: postings}
	if len(postings) > limit {
		list.Items = postings[:limit]
		last := postings[limit-1]
		list.NextCursor = web.EncodeCursor(web.CursorScope(ctx), last.BusinessDate, last.ID)
	}
	return list, nil
}

// readCell reads which postings are asked for.
func readCell(values url.Values, scope string) (ledger.Cell, error) {
	query, err := readQuery(values)
	if err != nil {
		return ledger.Cell{}, err
	}
	cell := ledger.Cell{
		Query: query, Is: make(map[ledger.Dimension]string), Unit: values.Get("unit"), Measure: values.Get("measure"), Limit: somePostings,
	}
	for _, dimension := range ledger.Dimensions() {
		if values.Has(string(dimension)) && values.Get(string(dimension)) == "" && !ofTime(dimension) {
			cell.Is[dimension] = ""
		}
	}
	var wrong fault.Collector
	switch values.Get("dried") {
	case "":
	case "true", "false":
		cell.Dried = new(values.Get("dried") == "true")
	default:
		wrong.Add("query.dried", fault.ErrUnknownValue, "value", values.Get("dried"), "allowed", "true, false")
	}
	if text := values.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < 1 || limit > mostPostings {
			wrong.Add("query.limit", fault.ErrUnknownValue, "value", text, "allowed", "1–100")
		}
		cell.Limit = limit
	}
	if text := values.Get("cursor"); text != "" {
		if err := web.DecodeCursor(text, scope, &cell.AfterDay, &cell.AfterID); err != nil {
			return cell, err
		}
	}
	return cell, wrong.Err()
}
