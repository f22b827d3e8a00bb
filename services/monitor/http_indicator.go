package monitor

import (
	"cmp"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type indicatorsInput struct {
	From    civil.Date `query:"from"    doc:"First day in Vietnam; without dates the current year."`
	To      civil.Date `query:"to"      doc:"Last day, included."`
	Section string     `query:"section" doc:"Which table the CSV holds: ocop_groups when left out."`
}

func mountIndicators(api *web.API, service *Service) {
	api.Raw(web.Operation{
		ID: "get-indicators", Method: http.MethodGet, Path: "/v1/indicators", Tag: "monitoring", Access: watchers(), Input: indicatorsInput{},
		Summary: "Indicators of the market within a period",
		Description: "Tables as in the reports of periods: OCOP products and subjects by stars, group and legal form as of the last day; the share of subjects that " +
			"sell in modern channels beside its target; certificates in force, ending, lapsed and revoked; answer times and kept words over the whole market; reasons of rejections; concentration and price bands of " +
			"whole quarters that have ended, where enough organisations stand behind them. Each table says in notes how to read it. " +
			"No organisation is named. As JSON with every table, or one table as text/csv.",
		Faults: refusals(), Produces: []string{jsonType, csvType},
	}, Indicators{}, service.sendIndicators)
}

func (s *Service) sendIndicators(c *gin.Context) {
	ctx, values := c.Request.Context(), c.Request.URL.Query()
	var wrong fault.Collector
	from, to := readDate(values, "from", &wrong), readDate(values, "to", &wrong)
	if err := wrong.Err(); err != nil {
		web.Fail(c, err)
		return
	}
	indicators, err := s.Indicators(ctx, identity.FromContext(ctx), from, to)
	if err != nil {
		web.Fail(c, inQuery(err))
		return
	}
	c.Header("Cache-Control", "private, no-store")
	c.Header("Vary", "Accept, Accept-Language, Authorization")
	if web.Accepted(c.Request, jsonType, csvType) != csvType {
		indicators.Notes = indicators.Noted(web.Language(ctx))
		c.JSON(http.StatusOK, indicators)
		return
	}
	section := c.DefaultQuery("section", firstIndicators)
	body, err := indicators.CSV(section)
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="indicators-`+section+`.csv"`)
	c.Data(http.StatusOK, sheet.CSV.MediaType()+"; charset=utf-8; header=present", body)
}

// firstIndicators is the table that a file holds when none is named.
const firstIndicators = "ocop_groups"

// CSV is one of the tables as a file for spreadsheets, with codes beside names; the first for an empty code. It
// refuses a code that no table has with fault.ErrUnknownValue.
func (i Indicators) CSV(section string) ([]byte, error) {
	return PeriodReport{Sections: i.Sections, Demonstration: i.Demonstration}.csv(cmp.Or(section, firstIndicators))
}

// Noted says how to read the tables, in a language.
func (i Indicators) Noted(language string) []string { return notes(language, i.Report, nil) }
