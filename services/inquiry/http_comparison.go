package inquiry

import (
	"bytes"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

const jsonType = "application/json"

type comparisonInput struct {
	ID       uuid.UUID `path:"id"`
	Format   string    `query:"format"   enum:"json,csv,xlsx" doc:"By Accept when left out."`
	Language string    `query:"language" enum:"vi,en"         doc:"Of names, reasons and headings; by Accept-Language when left out."`
	Sort     string    `query:"sort"     enum:"price,on_time,in_full" doc:"What meets everything first and by price when left out; by record, the best first whatever they miss, those with too few cases last."`
}

func mountComparison(api *web.API, service *Service) {
	api.Raw(web.Operation{
		ID: "compare-quotes", Method: http.MethodGet, Path: "/v1/inquiries/{id}/comparison", Tag: tag, Access: buyers,
		Summary: "Compare the quotes on an inquiry",
		Description: "Line by line, every current quote beside what was asked: price, landed price, value, quantity, dates, certificates on the delivery " +
			"date, what it misses and why, how the producer kept its word so far (over all its deals, without their volumes), and its rank by landed " +
			"price among those that meet everything. Freight is never guessed. Refusals and silence are told apart. Sealed quotes are refused before " +
			"the deadline. Also as Excel and CSV.",
		Produces: []string{jsonType, sheet.XLSX.MediaType(), sheet.CSV.MediaType()}, Input: comparisonInput{},
		Faults: []*fault.Definition{fault.ErrNotFound, ErrSealed, fault.ErrUnknownValue, identity.ErrNotApproved, identity.ErrScopeMissing},
	}, Comparison{}, service.sendComparison)
}

// sendComparison answers in the form the client wants. It is confidential and changes with every
// quote: nobody keeps it.
func (s *Service) sendComparison(c *gin.Context) {
	ctx := c.Request.Context()
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		web.Fail(c, fault.ErrNotFound)
		return
	}
	language, format, err := formOf(c)
	if err != nil {
		web.Fail(c, err)
		return
	}
	sort := c.Query("sort")
	if !slices.Contains([]string{"", "price", measureOnTime, measureInFull}, sort) {
		web.Fail(c, fault.ErrUnknownValue.At("query.sort", "value", sort, "allowed", "price, on_time, in_full"))
		return
	}
	comparison, err := s.Comparison(ctx, identity.FromContext(ctx), id, language)
	if err != nil {
		web.Fail(c, err)
		return
	}
	comparison.sortBy(sort)
	c.Header("Cache-Control", "private, no-store")
	c.Header("Vary", "Accept, Accept-Language, Authorization")
	c.Header("X-Content-Type-Options", "nosniff")
	if format == "" {
		c.JSON(http.StatusOK, comparison)
		return
	}
	var list bytes.Buffer
	if err := comparison.sheet(&list, format, wording{s.book, language}); err != nil {
		web.Fail(c, err)
		return
	}
	mediaType := format.MediaType()
	if format == sheet.CSV {
		mediaType += "; charset=utf-8; header=present"
	}
	c.Header("Content-Disposition", `attachment; filename="comparison-`+id.String()+"."+string(format)+`"`)
	c.Data(http.StatusOK, mediaType, list.Bytes())
}

// formOf reads how a comparison is wanted; an empty format is JSON.
func formOf(c *gin.Context) (language string, format sheet.Format, err error) {
	var complaints fault.Collector
	language = languageOf(c, &complaints)
	switch asked := c.Query("format"); asked {
	case "json":
	case "csv", "xlsx":
		format = sheet.Format(asked)
	case "":
		switch web.Accepted(c.Request, jsonType, sheet.XLSX.MediaType(), sheet.CSV.MediaType()) {
		case sheet.XLSX.MediaType():
			format = sheet.XLSX
		case sheet.CSV.MediaType():
			format = sheet.CSV
		}
	default:
		complaints.Add("query.format", fault.ErrUnknownValue, "value", asked, "allowed", "json, csv, xlsx")
	}
	return language, format, complaints.Err()
}

// languageOf reads which language is wanted: the query's, else the request's.
func languageOf(c *gin.Context, complaints *fault.Collector) string {
	switch language := c.Query("language"); language {
	case "":
		return web.Language(c.Request.Context())
	case web.Vietnamese, web.English:
		return language
	default:
		complaints.Add("query.language", fault.ErrUnknownValue, "value", language, "allowed", "vi, en")
		return web.Vietnamese
	}
}
