package exchange

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

const (
	exchangeTag = "exchange"
	supplyArea  = "supply"
	// sendPatience is how long a list may take to be sent.
	sendPatience = 10 * time.Minute
)

// Mount registers the endpoints of imports and exports.
func Mount(api *web.API, s *Service) {
	mountImports(api, s)
	mountDownloads(api, s)
	mountExports(api, s)
}

// traders may import: producers with keys of supply, buyers with keys of trade, as the service decides.
func traders() web.Access {
	return web.Access{Groups: []string{string(identity.Producer), string(identity.Buyer)}}
}

func producers() web.Access {
	return web.Access{Groups: []string{string(identity.Producer)}, Scope: supplyArea}
}

type importForm struct {
	File   huma.FormFile `form:"file"    contentType:"text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,application/octet-stream" required:"true" doc:"CSV or Excel workbook (.xlsx), 10 MB and 20 000 rows at most. What it is follows from its bytes."`
	Kind   string        `form:"kind"    required:"false" enum:"products,offers,receipts" doc:"What its rows are: of a producer products or offers, guessed from the headings when left out; of a buyer receipts."`
	DryRun bool          `form:"dry_run" required:"false" doc:"Find what would happen and change nothing."`
}

type importInput struct {
	RawBody huma.MultipartFormFiles[importForm]
}

type importAnswer struct {
	Location string `header:"Location"`
	Body     Import
}

type oneImport struct {
	Body Import
}

type importID struct {
	ID uuid.UUID `path:"id"`
}

type importsInput struct {
	web.Page
}

type importsAnswer struct {
	Body web.List[Import]
}

func mountImports(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "begin-import", Method: http.MethodPost, Path: "/v1/imports", Tag: exchangeTag, Summary: "Import products, offers or receipts from a file",
		Description: "CSV or Excel, with Vietnamese or English headings in any order. The answer comes at once; ask for the import to see how far it is. " +
			"A row that is refused refuses only itself. The same file twice changes nothing. Blank cells change nothing, a dash removes what was there. " +
			"Producers import products and offers, buyers what they received; keys need the scope supply:write, or trade:write.",
		Access: traders(), Status: http.StatusCreated, MaxBody: MaxFileBytes + web.FormOverhead,
		Faults: append(sheet.Faults(), ErrFileTooLarge, ErrNoHeadings, ErrHeadingTwice, ErrNoRows, ErrImportRunning,
			fault.ErrUnknownValue, identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing),
	}, func(ctx context.Context, in *importInput) (*importAnswer, error) {
		form := in.RawBody.Data()
		begun, err := s.Import(ctx, identity.FromContext(ctx), Order{
			Kind: Kind(form.Kind), DryRun: form.DryRun, FileName: form.File.Filename, File: form.File,
		})
		if err != nil {
			return nil, err
		}
		return &importAnswer{Location: "/v1/imports/" + begun.ID.String(), Body: begun}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-imports", Method: http.MethodGet, Path: "/v1/imports", Tag: exchangeTag, Summary: "List imports, newest first",
		Access: traders(), Faults: []*fault.Definition{identity.ErrNotApproved, identity.ErrScopeMissing},
	}, s.listImports)
	web.Register(api, web.Operation{
		ID: "get-import", Method: http.MethodGet, Path: "/v1/imports/{id}", Tag: exchangeTag, Summary: "See how far an import is",
		Access: traders(), Faults: []*fault.Definition{identity.ErrNotApproved, identity.ErrScopeMissing},
	}, func(ctx context.Context, in *importID) (*oneImport, error) {
		found, err := s.Status(ctx, identity.FromContext(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &oneImport{Body: found}, nil
	})
	web.Register(api, web.Operation{
		ID: "cancel-import", Method: http.MethodPost, Path: "/v1/imports/{id}/cancel", Tag: exchangeTag,
		Summary: "Stop an import; the rows that are through stay", Access: traders(),
		Faults: []*fault.Definition{ErrImportEnded, identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing},
	}, func(ctx context.Context, in *importID) (*oneImport, error) {
		ended, err := s.Cancel(ctx, identity.FromContext(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &oneImport{Body: ended}, nil
	})
}

func (s *Service) listImports(ctx context.Context, in *importsInput) (*importsAnswer, error) {
	who := identity.FromContext(ctx)
	const scope = "imports"
	var after uuid.UUID
	if in.Cursor != "" {
		if err := web.DecodeCursor(in.Cursor, scope+who.OrganisationID.String(), &after); err != nil {
			return nil, err
		}
	}
	imports, err := s.Imports(ctx, who, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	answer := &importsAnswer{}
	if len(imports) > in.Limit {
		imports = imports[:in.Limit]
		answer.Body.NextCursor = web.EncodeCursor(scope+who.OrganisationID.String(), imports[in.Limit-1].ID)
	}
	answer.Body.Items = imports
	if in.Count {
		total, err := s.CountImports(ctx, who)
		if err != nil {
			return nil, err
		}
		answer.Body.Total = &total
	}
	return answer, nil
}

func mountDownloads(api *web.API, s *Service) {
	api.Raw(web.Operation{
		ID: "get-import-result", Method: http.MethodGet, Path: "/v1/imports/{id}/result", Tag: exchangeTag,
		Summary:  "Download the file again, with what became of each row and why",
		Access:   traders(),
		Produces: []string{sheet.CSV.MediaType(), sheet.XLSX.MediaType()}, Input: importID{},
		Faults: []*fault.Definition{ErrPurged, identity.ErrNotApproved, identity.ErrScopeMissing},
	}, nil, func(c *gin.Context) {
		id, err := uuid.Parse(c.Param("id"))
		if err != nil {
			web.Fail(c, fault.ErrNotFound)
			return
		}
		download, err := s.Result(c.Request.Context(), identity.FromContext(c.Request.Context()), id)
		if err != nil {
			web.Fail(c, err)
			return
		}
		send(c, download)
	})
}

// send writes a list as an attachment. What fails in the middle can only be seen from a file that
// ends too early, so the connection is cut.
func send(c *gin.Context, download Download) {
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(sendPatience)) // without it the usual one holds
	header := c.Writer.Header()
	header.Set("Content-Type", contentType(download.Format))
	header.Set("Content-Disposition", `attachment; filename="list.`+string(download.Format)+`"; filename*=UTF-8''`+url.PathEscape(download.Name))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "private, no-store")
	c.Status(http.StatusOK)
	if err := download.Write(c.Writer); err != nil {
		if !c.Writer.Written() {
			web.Fail(c, err)
			return
		}
		web.Log(c.Request.Context()).WarnContext(c.Request.Context(), "a download was cut off", "error", err)
		cut(c)
	}
}

// cut ends the connection, so that no client takes half a list for a whole one.
func cut(c *gin.Context) {
	if connection, _, err := http.NewResponseController(c.Writer).Hijack(); err == nil {
		_ = connection.Close() // there is nobody left to tell
	}
}

func contentType(format sheet.Format) string {
	if format == sheet.CSV {
		return format.MediaType() + "; charset=utf-8"
	}
	return format.MediaType()
}
