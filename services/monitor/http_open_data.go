package monitor

import (
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

type openDataInput struct {
	From    civil.Date `query:"from"    doc:"A day in the first month; by default eleven months before the last."`
	To      civil.Date `query:"to"      doc:"A day in the last month; by default the running one. At most 60 months at once."`
	Line    string     `query:"line"`
	Commune string     `query:"commune" doc:"Five-digit code: figures that are about it, also together with others."`
}

// openDataCache lets anybody keep the answer for an hour: months that have ended change seldom.
const openDataCache = "public, max-age=3600"

func mountOpenData(api *web.API, service *Service) {
	api.Raw(web.Operation{
		ID: "get-open-volumes", Method: http.MethodGet, Path: "/v1/open-data/volumes", Tag: "monitoring",
		Summary: "Open data: volumes by month, line and commune",
		Description: "For everybody, without signing in. Every figure combines at least three producers and, where it is about deliveries, " +
			"at least three buyers. Where one month and commune alone would not, several are told together, and no figure overlaps another: whatever " +
			"is added or subtracted, nothing about few organisations follows. Months are published some days after they end; a later correction " +
			"raises the edition of a figure once as many organisations have added something to it that no figure told before; until then kept_back is true. version rises when columns change. There are no values and no prices. " +
			"Also as text/csv, where several months or communes of one figure stand in a cell, joined by semicolons.",
		Access: web.Access{Anonymous: true},
		Faults: []*fault.Definition{fault.ErrUnknownValue, fault.ErrDateOrder, ErrTooManyMonths}, Produces: []string{jsonType, csvType}, Input: openDataInput{},
	}, OpenData{}, service.sendOpenData)
}

func (s *Service) sendOpenData(c *gin.Context) {
	ctx := c.Request.Context()
	values := c.Request.URL.Query()
	var wrong fault.Collector
	query := OpenQuery{
		From: readDate(values, "from", &wrong), To: readDate(values, "to", &wrong), Line: values.Get("line"), Commune: values.Get("commune"),
	}
	if err := wrong.Err(); err != nil {
		web.Fail(c, err)
		return
	}
	answer, err := s.OpenData(ctx, query)
	if err != nil {
		web.Fail(c, inQuery(err))
		return
	}
	answer.Notes = answer.Noted(web.Language(ctx))
	header := c.Writer.Header()
	header.Set("Cache-Control", openDataCache)
	header.Set("Vary", "Accept, Accept-Language, Accept-Encoding")
	if web.Accepted(c.Request, jsonType, csvType) == csvType {
		header.Set("Content-Disposition", `attachment; filename="volumes.csv"`)
		web.Render(csvType+"; charset=utf-8; header=present", "", answer.CSV()).Send(c)
		return
	}
	body, err := json.Marshal(answer)
	if err != nil {
		web.Fail(c, err)
		return
	}
	web.Render(jsonType, "", body).Send(c)
}

// Noted says how to read the figures, in a language.
func (o OpenData) Noted(language string) []string {
	told := []string{
		"Mỗi số liệu gộp từ ba nhà sản xuất (và ba bên mua, nếu là hàng đã giao) trở lên. Không cộng các ngành hàng khác nhau, không cộng hàng tươi với hàng khô.",
	}
	if language == web.English {
		told[0] = "Each figure combines at least three producers (and three buyers, where goods were delivered). Never total different lines, nor fresh goods with dried ones."
	}
	if o.Demonstration {
		told = append(told, demonstrationNote)
	}
	return told
}

// CSV is the figures as a file for spreadsheets; several months or communes of one figure stand in a cell.
func (o OpenData) CSV() []byte { return o.table().csv() }
