package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
)

type boxChange struct {
	Name     web.Optional[string]            `json:"name,omitzero" maxLength:"5" doc:"null removes it."`
	From     web.Optional[civil.Date]        `json:"from,omitzero"`
	Quantity web.Optional[quantity.Quantity] `json:"quantity,omitzero"`
	Tags     web.Optional[[]string]          `json:"tags,omitzero"`
	Note     *string                         `json:"note,omitempty"`
	Mark     *string                         `json:"mark,omitempty" nullable:"true"`
	Extra    any                             `json:"extra,omitempty"`
}

type changeInput struct {
	Body boxChange
}

type changeOutput struct {
	Body boxChange
}

func newChanges(t *testing.T) (*bench, *boxChange) {
	t.Helper()
	b, got := newBench(t), &boxChange{}
	web.Register(b.api, web.Operation{ID: "change-box", Method: http.MethodPatch, Path: "/v1/change", Summary: "Change", Access: web.Access{Anonymous: true}},
		func(_ context.Context, in *changeInput) (*changeOutput, error) {
			*got = in.Body
			return &changeOutput{Body: in.Body}, nil
		})
	return b, got
}

func TestOptionalTellsLeftOutFromNull(t *testing.T) {
	t.Parallel()
	b, got := newChanges(t)
	for body, want := range map[string]boxChange{
		`{}`:                    {},
		`{"name":null}`:         {Name: web.Null[string]()},
		`{"name":""}`:           {Name: web.Some("")},
		`{"name":"Hộp"}`:        {Name: web.Some("Hộp")},
		`{"from":null}`:         {From: web.Null[civil.Date]()},
		`{"from":"2026-01-31"}`: {From: web.Some(civil.New(2026, 1, 31))},
		`{"quantity":null}`:     {Quantity: web.Null[quantity.Quantity]()},
		`{"quantity":"12.5"}`:   {Quantity: web.Some(quantity.Quantity(12_500))},
		`{"tags":null}`:         {Tags: web.Null[[]string]()},
		`{"tags":["a"]}`:        {Tags: web.Some([]string{"a"})},
		`{"mark":null}`:         {},
	} {
		a := b.send(t, http.MethodPatch, "/v1/change", body)
		require.Equal(t, 200, a.Code, "%s: %s", body, a.Body)
		require.Equal(t, want, *got, body)
		if body != `{"mark":null}` {
			require.JSONEq(t, body, a.Body.String())
		}
	}
	require.Equal(t, 200, b.send(t, http.MethodPatch, "/v1/change", `{"extra":{"a":[null]}}`).Code, "what has no schema may hold null")
}

func TestOptionalValuesKeepTheirRules(t *testing.T) {
	t.Parallel()
	b, _ := newChanges(t)
	for body, want := range map[string][2]string{
		`{"name":"Hộp hộp"}`:           {"too_long", "body.name"},
		`{"name":5}`:                   {"wrong_type", "body.name"},
		`{"from":"2026-02-30"}`:        {"not_a_date", "body.from"},
		`{"quantity":"x"}`:             {"not_a_quantity", "body.quantity"},
		`{"quantity":1.2345}`:          {"not_a_quantity", "body.quantity"},
		`{"quantity":-1}`:              {"not_a_quantity", "body.quantity"},
		`{"tags":[null]}`:              {"wrong_type", "body.tags[0]"},
		`{"note":null}`:                {"wrong_type", "body.note"},
		`{"notes":null}`:               {"unknown_field", "body.notes"},
		`{"note":null,"tags":["a",1]}`: {"wrong_type", "body.note"},
	} {
		b.send(t, http.MethodPatch, "/v1/change", body).requireRefused(t, 422, want[0], want[1])
	}
	flood := b.send(t, http.MethodPatch, "/v1/change", `{"tags":[`+strings.Repeat("null,", 50_000)+`null]}`)
	flood.requireRefused(t, 422, "invalid", "body.tags[0]")
	require.Len(t, flood.problem.Errors, 100)
}

func TestTheDocumentSaysWhatMayBeNull(t *testing.T) {
	t.Parallel()
	b, _ := newChanges(t)
	printed, err := b.api.OpenAPI()
	require.NoError(t, err)
	var document struct {
		Components struct {
			Schemas map[string]struct{ Properties map[string]map[string]any }
		}
	}
	require.NoError(t, json.Unmarshal(printed, &document))
	change := document.Components.Schemas["BoxChange"].Properties
	for name, kind := range map[string]any{
		"name": []any{"string", "null"}, "from": []any{"string", "null"}, "tags": []any{"array", "null"}, "mark": []any{"string", "null"},
		"note": "string", "quantity": nil,
	} {
		require.Equal(t, kind, change[name]["type"], name)
	}
	require.Contains(t, change["quantity"]["anyOf"], map[string]any{"enum": []any{nil}})
	require.InDelta(t, 5, change["name"]["maxLength"], 0)
	require.Panics(t, func() {
		web.Register(b.api, web.Operation{ID: "bad", Method: http.MethodPatch, Path: "/bad", Access: web.Access{Anonymous: true}},
			func(context.Context, *struct {
				Body struct{ Line web.Optional[line] }
			}) (*struct{}, error) {
				return nil, nil
			})
	})
}
