package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
)

// The service of these tests: boxes with lines.

var errFull = fault.Define("box_full", http.StatusConflict, "Hộp đã đầy: còn {left}.", "The box is full: {left} left.")

type line struct {
	Good     string            `json:"good" minLength:"2" maxLength:"20"`
	Quantity quantity.Quantity `json:"quantity"`
	Price    money.VND         `json:"price_vnd,omitempty" minimum:"0"`
	From     civil.Date        `json:"from,omitzero"`
	Offer    *uuid.UUID        `json:"offer_id,omitempty"`
	Form     string            `json:"form,omitempty" enum:"live,frozen"`
	Count    int               `json:"count,omitempty" maximum:"9000000000000000000"`
}

type box struct {
	Name     string   `json:"name" maxLength:"100"`
	Password string   `json:"password,omitempty" maxLength:"10"`
	Tags     []string `json:"tags,omitempty" maxItems:"3" uniqueItems:"true"`
	Lines    []line   `json:"lines" minItems:"1" maxItems:"10"`
}

type boxInput struct {
	Body box
}

type boxOutput struct {
	ETag string `header:"ETag"`
	Body box
}

type listInput struct {
	web.Page

	Query   string            `query:"q"`
	Minimum quantity.Quantity `query:"min_quantity"`
	From    civil.Date        `query:"from"`
	Offer   uuid.UUID         `query:"offer_id"`
	Forms   []string          `query:"forms"`
}

type seen struct {
	Query   string            `json:"q"`
	Minimum quantity.Quantity `json:"min"`
	From    civil.Date        `json:"from,omitzero"`
	Forms   []string          `json:"forms"`
	Limit   int               `json:"limit"`
}

type listOutput struct {
	Body web.List[seen]
}

type uploadData struct {
	Number string        `form:"number"`
	Scope  line          `form:"scope" contentType:"application/json" required:"false"`
	Scan   huma.FormFile `form:"scan" contentType:"text/plain" required:"false"`
}

type formInput struct {
	RawBody huma.MultipartFormFiles[struct {
		Scan huma.FormFile `form:"scan" contentType:"text/plain"`
	}]
}

type bench struct {
	api    *web.API
	server http.Handler
	log    *bytes.Buffer
	got    *box
}

func newBench(t testing.TB, change ...func(*web.Options)) *bench {
	t.Helper()
	b := &bench{log: &bytes.Buffer{}}
	options := web.Options{
		Title: "Boxes", Version: "1.0.0", Description: "Boxes for tests.",
		Log:               slog.New(slog.NewJSONHandler(b.log, nil)),
		Registry:          prometheus.NewRegistry(),
		Authenticate:      authenticate,
		RequestsPerSecond: -1,
	}
	for _, f := range change {
		f(&options)
	}
	b.api = web.New(options)
	b.register()
	b.server = b.api.Handler()
	return b
}

func authenticate(ctx context.Context, r *http.Request) (context.Context, web.Caller, error) {
	switch token := r.Header.Get("Authorization"); token {
	case "":
		return ctx, web.Caller{}, nil
	case "Bearer producer":
		return ctx, web.Caller{Scope: "user:1", Groups: []string{"producer"}}, nil
	case "Bearer buyer":
		return ctx, web.Caller{Scope: "user:2", Groups: []string{"buyer"}}, nil
	case "Bearer key":
		return ctx, web.Caller{Scope: "key:3", Groups: []string{"producer"}, Areas: []string{"catalogue"}}, nil
	default:
		return ctx, web.Caller{}, fault.ErrUnauthenticated
	}
}

func (b *bench) register() {
	open := web.Access{Anonymous: true}
	web.Register(b.api, web.Operation{
		ID: "create-box", Method: http.MethodPost, Path: "/v1/boxes", Summary: "Make a box", Tag: "boxes", Access: open,
		Status: http.StatusCreated, Faults: []*fault.Definition{errFull},
	}, func(_ context.Context, in *boxInput) (*boxOutput, error) {
		b.got = &in.Body
		return &boxOutput{ETag: web.ETag(1), Body: in.Body}, nil
	})
	web.Register(b.api, web.Operation{
		ID: "list-boxes", Method: http.MethodGet, Path: "/v1/boxes", Summary: "List boxes", Tag: "boxes", Access: open,
	}, func(ctx context.Context, in *listInput) (*listOutput, error) {
		out := &listOutput{}
		out.Body.Items = []seen{{Query: in.Query, Minimum: in.Minimum, From: in.From, Forms: in.Forms, Limit: in.Limit}}
		if in.Cursor == "" {
			out.Body.NextCursor = web.EncodeCursor(web.CursorScope(ctx), 17, "Cà Mau")
			return out, nil
		}
		var id int
		var place string
		return out, web.DecodeCursor(in.Cursor, web.CursorScope(ctx), &id, &place)
	})
	web.Register(b.api, web.Operation{
		ID: "get-box", Method: http.MethodGet, Path: "/v1/boxes/{id}", Summary: "Get a box", Tag: "boxes",
		Access: web.Access{Groups: []string{"producer"}, Scope: "trade"},
	}, func(_ context.Context, in *struct {
		ID uuid.UUID `path:"id"`
	}) (*boxOutput, error) {
		return &boxOutput{Body: box{Name: in.ID.String()}}, nil
	})
	web.Register(b.api, web.Operation{
		ID: "close-box", Method: http.MethodPost, Path: "/v1/boxes/{id}/close", Summary: "Close a box", Tag: "boxes", Access: open,
	}, func(context.Context, *struct {
		ID      uuid.UUID `path:"id"`
		IfMatch string    `header:"If-Match"`
	}) (*struct{}, error) {
		return nil, nil
	})
	web.Register(b.api, web.Operation{
		ID: "upload", Method: http.MethodPost, Path: "/v1/uploads", Summary: "Upload a scan", Tag: "boxes", Access: open, MaxBody: 2 << 20,
	}, func(_ context.Context, in *struct {
		RawBody huma.MultipartFormFiles[uploadData]
	}) (*struct {
		Body struct{ Number, Name, Text string }
	}, error) {
		out := &struct {
			Body struct{ Number, Name, Text string }
		}{}
		data := in.RawBody.Data()
		out.Body.Number = data.Number
		if data.Scan.IsSet {
			text, _ := io.ReadAll(data.Scan)
			out.Body.Name, out.Body.Text = data.Scan.Filename, string(text)
		}
		return out, nil
	})
	b.api.Raw(web.Operation{
		ID: "hot", Method: http.MethodGet, Path: "/v1/hot", Summary: "Hot reads", Tag: "boxes", Access: open,
		Input: struct {
			Query string `query:"q"`
		}{},
	}, seen{}, func(c *gin.Context) {
		if c.Query("q") == "bad" {
			web.Fail(c, errFull.With("left", 3))
			return
		}
		c.Data(http.StatusOK, "application/json", []byte(`{"q":"`+c.Query("q")+`"}`))
	})
	b.registerFailures(open)
}

func (b *bench) registerFailures(open web.Access) {
	for path, fail := range map[string]func() error{
		"full":        func() error { return errFull.With("left", 3) },
		"secret":      func() error { return errors.New("password of the database is hunter2") },
		"panic":       func() error { panic("hunter2") },
		"deadline":    func() error { return context.DeadlineExceeded },
		"unavailable": func() error { return fault.ErrUnavailable },
		"gone":        func() error { return context.Canceled },
		"fields":      func() error { return fault.ErrRequired.At("lines[0].quantity") },
		"huma":        func() error { return huma.Error404NotFound("hunter2") },
	} {
		web.Register(b.api, web.Operation{ID: "fail-" + path, Method: http.MethodPost, Path: "/fail/" + path, Access: open, Hidden: true},
			func(context.Context, *struct{}) (*struct{}, error) { return nil, fail() })
	}
}

type answer struct {
	*httptest.ResponseRecorder

	problem problem
}

type problem struct {
	Type     string
	Title    string
	Status   int
	Detail   string
	Code     string
	Instance string
	TraceID  string `json:"trace_id"`
	Errors   []struct{ Pointer, Field, Code, Detail string }
	Left     int
}

// send makes a request; headers come in pairs.
func (b *bench) send(t testing.TB, method, target, body string, headers ...string) answer {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, target, reader)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	return b.do(t, r)
}

func (b *bench) do(t testing.TB, r *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	b.server.ServeHTTP(w, r)
	a := answer{ResponseRecorder: w}
	if w.Code >= http.StatusBadRequest && r.Method != http.MethodHead {
		require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"), w.Body.String())
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &a.problem), w.Body.String())
		require.Equal(t, w.Code, a.problem.Status)
		require.Equal(t, "/problems/"+a.problem.Code, a.problem.Type)
		require.NotEmpty(t, a.problem.Title)
		require.NotEmpty(t, a.problem.Detail)
		require.Equal(t, w.Header().Get("Trace-Id"), a.problem.TraceID)
	}
	return a
}

func (a answer) requireRefused(t testing.TB, status int, code, pointer string) {
	t.Helper()
	require.Equal(t, status, a.Code, a.Body.String())
	require.Equal(t, code, a.problem.Code, a.Body.String())
	if pointer == "" {
		return
	}
	require.NotEmpty(t, a.problem.Errors, a.Body.String())
	require.Equal(t, pointer, a.problem.Errors[0].Pointer)
}
