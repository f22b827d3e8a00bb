package monitor

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

const pdfType = "application/pdf"

type reportInput struct {
	Period   string `path:"period"    doc:"2026-03, 2026-Q1, 2026-H1, 2026, or 2026-S1: the price-stabilisation year from 1 April 2026."`
	Edition  int    `query:"edition"  minimum:"0" doc:"The newest when left out."`
	Province string `query:"province" enum:"96,79" doc:"For administrators; officials read their own."`
	Format   string `query:"format"   enum:"json,csv,xlsx,pdf" doc:"By Accept when left out."`
	Language string `query:"language" enum:"vi,en" doc:"Of the Excel file and the PDF; by Accept-Language when left out."`
	Section  string `query:"section"  doc:"Which table the CSV holds: lines when left out."`
}

type reportsInput struct {
	web.Page

	Period   string `query:"period"   doc:"The editions of one period."`
	Province string `query:"province" enum:"96,79" doc:"For administrators; officials read their own."`
}

type reportsOutput struct{ Body web.List[ReportEntry] }

type editionInput struct {
	Period   string `path:"period"`
	Province string `query:"province" enum:"96,79" doc:"For administrators; officials have their own made."`
	Body     struct {
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"Why another edition is made; it stands in the report."`
	}
}

type editionOutput struct {
	Status int
	Body   RequestedReport
}

type orderInput struct {
	Kind string `path:"kind" doc:"A kind of GET /v1/report-kinds."`
}

type ordersOutput struct {
	Body struct {
		Items []ReportOrder `json:"items"`
	}
}

type kindsOutput struct {
	Body struct {
		Items []ReportKind `json:"items"`
	}
}

func mountReports(api *web.API, service *Service) {
	api.Raw(web.Operation{
		ID: "get-report", Method: http.MethodGet, Path: "/v1/reports/{period}", Tag: "monitoring", Access: watchers(), Input: reportInput{},
		Summary: "The report of a month, quarter, half-year, year or price-stabilisation year",
		Description: "As it was made: an edition never changes, and what was corrected later is in the next. As JSON with every table, as Excel with tables and " +
			"charts, as PDF, or one table as CSV. Without an edition 404 no_report: ask for one with POST.",
		Faults:   append(refusals(), ErrNoPeriod, ErrNoReport, fault.ErrNotFound),
		Produces: []string{jsonType, sheet.CSV.MediaType(), sheet.XLSX.MediaType(), pdfType},
	}, PeriodReport{}, service.sendReport)
	web.Register(api, web.Operation{
		ID: "list-reports", Method: http.MethodGet, Path: "/v1/reports", Tag: "monitoring", Access: watchers(),
		Summary: "Reports that were made", Description: "Of the official's province, those asked for last first. corrected says that the ledger has postings of the period that are not in it.",
		Faults: append(refusals(), web.ErrInvalidCursor, fault.ErrNotFound),
	}, service.listReports)
	web.Register(api, web.Operation{
		ID: "make-report", Method: http.MethodPost, Path: "/v1/reports/{period}/editions", Tag: "monitoring", Access: watchers(), Status: http.StatusAccepted,
		Summary:     "Have a report made",
		Description: "A job makes the next edition within seconds to minutes, and the authority is told. A period that is not over makes a preliminary report.",
		Faults:      append(refusals(), ErrNoPeriod, fault.ErrNotFound, fault.ErrTooLong),
	}, func(ctx context.Context, in *editionInput) (*editionOutput, error) {
		requested, err := service.RequestReport(ctx, identity.FromContext(ctx), in.Period, in.Province, in.Body.Reason)
		return &editionOutput{Status: http.StatusAccepted, Body: requested}, err
	})
	mountReportOrders(api, service)
}

func mountReportOrders(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "list-report-kinds", Method: http.MethodGet, Path: "/v1/report-kinds", Tag: "monitoring", Access: watchers(),
		Summary: "Which periods are reported", Description: "How long each is and when its report may be made.", Faults: refusals(),
	}, func(ctx context.Context, _ *struct{}) (*kindsOutput, error) {
		var out kindsOutput
		var err error
		out.Body.Items, err = service.ReportKinds(ctx)
		return &out, err
	})
	official := web.Access{Groups: []string{"official"}, Scope: area}
	web.Register(api, web.Operation{
		ID: "list-report-orders", Method: http.MethodGet, Path: "/v1/report-orders", Tag: "monitoring", Access: official,
		Summary: "Which reports your authority is sent", Description: "They are made by themselves once the period may be reported, and again when it is corrected.", Faults: refusals(),
	}, func(ctx context.Context, _ *struct{}) (*ordersOutput, error) {
		var out ordersOutput
		var err error
		out.Body.Items, err = service.ReportOrders(ctx, identity.FromContext(ctx))
		return &out, err
	})
	for _, each := range []struct {
		id, method, summary string
		wanted              bool
	}{
		{"order-reports", http.MethodPut, "Have a kind of report made and sent by itself", true},
		{"end-report-order", http.MethodDelete, "No longer have a kind of report made by itself", false},
	} {
		web.Register(api, web.Operation{
			ID: each.id, Method: each.method, Path: "/v1/report-orders/{kind}", Tag: "monitoring", Access: official, Status: http.StatusNoContent,
			Summary: each.summary, Description: "Done again it changes nothing.", Faults: refusals(),
		}, func(ctx context.Context, in *orderInput) (*struct{}, error) {
			return nil, service.OrderReports(ctx, identity.FromContext(ctx), in.Kind, each.wanted)
		})
	}
}

func (s *Service) listReports(ctx context.Context, in *reportsInput) (*reportsOutput, error) {
	who, scope := identity.FromContext(ctx), "reports "+in.Province+" "+in.Period
	page := ReportPage{Limit: in.Limit + 1, Period: in.Period}
	if in.Cursor != "" {
		if err := web.DecodeCursor(in.Cursor, scope, &page.Before); err != nil {
			return nil, err
		}
	}
	found, err := s.Reports(ctx, who, in.Province, page)
	if err != nil {
		return nil, err
	}
	out := &reportsOutput{Body: web.List[ReportEntry]{Items: found}}
	if len(found) > in.Limit {
		out.Body.Items = found[:in.Limit]
		out.Body.NextCursor = web.EncodeCursor(scope, found[in.Limit-1].ID)
	}
	if in.Count {
		total, err := s.CountReports(ctx, who, in.Province, page)
		if err != nil {
			return nil, err
		}
		out.Body.Total = &total
	}
	return out, nil
}

// sendReport answers in the form the client wants. Reports are confidential: nobody keeps them.
func (s *Service) sendReport(c *gin.Context) {
	ctx := c.Request.Context()
	edition, err := strconv.Atoi(c.DefaultQuery("edition", "0"))
	if err != nil {
		web.Fail(c, fault.ErrUnknownValue.At("query.edition", "value", c.Query("edition"), "allowed", "1, 2, …"))
		return
	}
	report, err := s.PeriodReport(ctx, identity.FromContext(ctx), c.Param("period"), c.Query("province"), edition)
	if err != nil {
		web.Fail(c, err)
		return
	}
	language := c.DefaultQuery("language", web.Language(ctx))
	mediaType, name := reportForm(c), "report-"+report.Period+"-"+strconv.Itoa(report.Edition)
	var body []byte
	switch mediaType {
	case sheet.XLSX.MediaType():
		body, err = report.workbook(language)
		name += ".xlsx"
	case pdfType:
		body, err = report.pdf(language)
		name += ".pdf"
	case sheet.CSV.MediaType():
		body, err = report.csv(c.DefaultQuery("section", "lines"))
		name += "-" + c.DefaultQuery("section", "lines") + ".csv"
		mediaType += "; charset=utf-8; header=present"
	default:
		body, err = json.Marshal(report)
		name = ""
	}
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.Header("Cache-Control", "private, no-store")
	c.Header("Vary", "Accept, Accept-Language, Authorization")
	if name != "" {
		c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	}
	c.Data(http.StatusOK, mediaType, body)
}

// reportForm is the media type to answer with.
func reportForm(c *gin.Context) string {
	forms := map[string]string{"json": jsonType, "csv": sheet.CSV.MediaType(), "xlsx": sheet.XLSX.MediaType(), "pdf": pdfType}
	if form := forms[c.Query("format")]; form != "" {
		return form
	}
	return web.Accepted(c.Request, jsonType, sheet.CSV.MediaType(), sheet.XLSX.MediaType(), pdfType)
}
