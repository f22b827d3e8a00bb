package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
)

func TestNumbersAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	half := quantity.Quantity(500)
	var none *quantity.Quantity
	for _, test := range []struct {
		value               any
		vietnamese, english string
	}{
		{1_000_000_000, "1.000.000.000", "1,000,000,000"},
		{int64(-1_234_567), "-1.234.567", "-1,234,567"},
		{1e9, "1.000.000.000", "1,000,000,000"},
		{0.5, "0,5", "0.5"},
		{999, "999", "999"}, {0, "0", "0"}, {1000, "1.000", "1,000"},
		{quantity.Max, "1.000.000.000", "1,000,000,000"},
		{quantity.Quantity(1_234_567), "1.234,567", "1,234.567"},
		{&half, "0,5", "0.5"},
		{money.VND(1_250_000), "1.250.000 ₫", "1,250,000 ₫"},
		{"1000000", "1000000", "1000000"}, {none, "<nil>", "<nil>"}, {true, "true", "true"},
	} {
		params := map[string]any{"value": test.value}
		require.Equal(t, test.vietnamese, fault.Fill("{value}", web.Worded(params, web.Vietnamese)))
		require.Equal(t, test.english, fault.Fill("{value}", web.Worded(params, web.English)))
		require.Equal(t, test.value, params["value"], "the member stays as it is")
	}
}

func TestLimitsAreWholeNumbers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	type input struct {
		Body struct {
			Price  money.VND         `json:"price_vnd" minimum:"1000" maximum:"1000000000"`
			Share  float64           `json:"share" minimum:"0.25"`
			Change quantity.Quantity `json:"change,omitzero" minimum:"-1000000000"`
		}
	}
	web.Register(b.api, web.Operation{ID: "priced", Method: http.MethodPost, Path: "/priced", Access: web.Access{Anonymous: true}},
		func(context.Context, *input) (*struct{}, error) { return nil, nil })
	for _, test := range []struct{ body, vietnamese, english, member string }{
		{`{"price_vnd":1000000001,"share":1}`, "Giá trị không được quá 1.000.000.000.", "The value must be at most 1,000,000,000.", `"max":1000000000`},
		{`{"price_vnd":1,"share":1}`, "Giá trị phải từ 1.000 trở lên.", "The value must be at least 1,000.", `"min":1000`},
		{`{"price_vnd":1000,"share":0.1}`, "Giá trị phải từ 0,25 trở lên.", "The value must be at least 0.25.", `"min":0.25`},
	} {
		a := b.send(t, http.MethodPost, "/priced", test.body)
		require.Equal(t, test.vietnamese, a.problem.Detail)
		require.Contains(t, a.Body.String(), test.member)
		require.Equal(t, test.english, b.send(t, http.MethodPost, "/priced", test.body, "Accept-Language", "en").problem.Detail)
	}
	for _, language := range []string{"vi", "en"} {
		a := b.send(t, http.MethodPost, "/v1/boxes", `{"name":"x","lines":[{"good":"tôm","quantity":"-1"}]}`, "Accept-Language", language)
		a.requireRefused(t, 422, "not_a_quantity", "body.lines[0].quantity")
		require.NotRegexp(t, `[-−][0-9]|e\+`, a.problem.Detail)
		require.Regexp(t, `1[.,]000[.,]000[.,]000`, a.problem.Detail)
		require.NotContains(t, b.send(t, http.MethodGet, "/docs?lang="+language, "").Body.String(), "e+")
	}
}

func TestAFieldMaySayThatItsQuantityGoesBelowZero(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	type input struct {
		Least quantity.Quantity `query:"least" minimum:"-1000"`
		Body  struct {
			Change quantity.Quantity `json:"change" minimum:"-1000"`
		}
	}
	type output struct{ Body []string }
	web.Register(b.api, web.Operation{ID: "change", Method: http.MethodPost, Path: "/change", Access: web.Access{Anonymous: true}},
		func(_ context.Context, in *input) (*output, error) {
			return &output{Body: []string{in.Least.String(), in.Body.Change.String()}}, nil
		})
	for body, want := range map[string]string{`"-12.5"`: "-12.5", `-12.5`: "-12.5", `"3"`: "3"} {
		a := b.send(t, http.MethodPost, "/change?least=-0.5", `{"change":`+body+`}`)
		require.Equal(t, 200, a.Code, a.Body.String())
		var got []string
		require.NoError(t, json.Unmarshal(a.Body.Bytes(), &got))
		require.Equal(t, []string{"-0.5", want}, got)
	}
	b.send(t, http.MethodPost, "/change", `{"change":-1001}`).requireRefused(t, 422, "not_a_quantity", "body.change")
}
