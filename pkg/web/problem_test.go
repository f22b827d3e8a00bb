package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

func TestErrorsOfHandlers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for path, want := range map[string]struct {
		status        int
		code, pointer string
	}{
		"full":     {409, "box_full", ""},
		"secret":   {500, "internal", ""},
		"panic":    {500, "internal", ""},
		"deadline": {504, "timeout", ""},
		"gone":     {499, "client_closed_request", ""},
		"fields":   {422, "required", "body.lines[0].quantity"},
		"huma":     {404, "not_found", ""},
	} {
		a := b.send(t, http.MethodPost, "/fail/"+path, "")
		a.requireRefused(t, want.status, want.code, want.pointer)
		require.NotContains(t, a.Body.String(), "hunter2")
		require.Equal(t, "/fail/"+path, a.problem.Instance)
	}
	require.Contains(t, b.log.String(), "password of the database is hunter2", "the cause is for the log")
	require.Contains(t, b.log.String(), `"stack"`)
	full := b.send(t, http.MethodPost, "/fail/full", "")
	require.Equal(t, 3, full.problem.Left, "parameters are members")
	require.Equal(t, "Hộp đã đầy: còn 3.", full.problem.Detail)
	require.Equal(t, "lines[0].quantity", b.send(t, http.MethodPost, "/fail/fields", "").problem.Errors[0].Field)
}

func TestAccidentsTellNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *web.Options) {
		o.Authenticate = func(ctx context.Context, r *http.Request) (context.Context, web.Caller, error) {
			if r.Header.Get("Authorization") != "" {
				panic("hunter2")
			}
			return ctx, web.Caller{}, nil
		}
	})
	for path, accident := range map[string]any{
		"text": "hunter2", "error": errors.New("hunter2"), "fault": errFull.With("left", "hunter2"), "thing": struct{ Secret string }{"hunter2"}, "nil": nil,
	} {
		b.api.Raw(web.Operation{ID: "accident-" + path, Method: http.MethodPost, Path: "/accident/" + path, Access: web.Access{Anonymous: true}}, nil,
			func(c *gin.Context) {
				c.Header("ETag", `"hunter2"`)
				panic(accident)
			})
		web.Register(b.api, web.Operation{ID: "mishap-" + path, Method: http.MethodPost, Path: "/mishap/" + path, Access: web.Access{Anonymous: true}},
			func(context.Context, *struct{}) (*struct{}, error) { panic(accident) })
	}
	for _, place := range []string{"/accident/", "/mishap/"} {
		for _, path := range []string{"text", "error", "fault", "thing", "nil"} {
			a := b.send(t, http.MethodPost, place+path, "")
			a.requireRefused(t, 500, "internal", "")
			require.Equal(t, web.ErrInternal.Vietnamese, a.problem.Detail)
			require.NotContains(t, a.Body.String()+fmt.Sprint(a.Header()), "hunter2")
			require.NotContains(t, a.Body.String(), ".go")
		}
	}
	a := b.send(t, http.MethodGet, "/v1/boxes", "", "Authorization", "x")
	a.requireRefused(t, 500, "internal", "")
	require.NotContains(t, a.Body.String(), "hunter2")
}

func TestOnlyAccidentsAreLoggedAsErrors(t *testing.T) {
	t.Parallel()
	for path, level := range map[string]string{
		"/fail/deadline": "WARN", "/fail/unavailable": "WARN", "/fail/secret": "ERROR", "/fail/panic": "ERROR", "/fail/full": "INFO", "/readyz": "INFO",
	} {
		b := newBench(t)
		b.api.Health(func(context.Context) error { return errors.New("still loading") })
		method := http.MethodPost
		if path == "/readyz" {
			method = http.MethodGet
		}
		require.GreaterOrEqual(t, b.send(t, method, path, "").Code, 400)
		worst, lines := "INFO", 0
		for line := range strings.Lines(b.log.String()) {
			lines++
			var entry struct{ Level string }
			require.NoError(t, json.Unmarshal([]byte(line), &entry))
			if entry.Level == "ERROR" || entry.Level == "WARN" && worst != "ERROR" {
				worst = entry.Level
			}
		}
		require.Equal(t, level, worst, "%s: %s", path, b.log)
		require.Positive(t, lines)
	}
}

func TestLanguageOfRefusals(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for header, want := range map[string]string{
		"": "vi", "vi": "vi", "en": "en", "en-GB,en;q=0.9": "en", "vi-VN,vi;q=0.9,en;q=0.8": "vi", "fr": "vi", "fr,en;q=0.5": "en",
		"en;q=0.2,vi;q=0.9": "vi", "en;q=0": "vi", "*": "vi", "…": "vi", ";;;": "vi", "de-DE,en-US;q=0.7": "en", "zh, vi;q=0.1": "vi",
	} {
		a := b.send(t, http.MethodPost, "/fail/full", "", "Accept-Language", header)
		require.Equal(t, want, a.Header().Get("Content-Language"), header)
		require.Contains(t, a.Header().Values("Vary"), "Accept-Language")
		detail := map[string]string{"vi": "Hộp đã đầy: còn 3.", "en": "The box is full: 3 left."}[want]
		require.Equal(t, detail, a.problem.Detail, header)
	}
	body := strings.Replace(goodBox, `"live"`, `"undead"`, 1)
	require.Equal(t, "There is no such value. Use one of: live, frozen.",
		b.send(t, http.MethodPost, "/v1/boxes", body, "Accept-Language", "en").problem.Errors[0].Detail)
	require.Equal(t, "Không có giá trị này. Các giá trị dùng được: live, frozen.",
		b.send(t, http.MethodPost, "/v1/boxes", body).problem.Errors[0].Detail)
}

func TestFaultsAreComplete(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{}
	for _, definition := range append(fault.General(), web.Faults()...) {
		require.False(t, codes[definition.Code], definition.Code)
		codes[definition.Code] = true
		require.NotEmpty(t, definition.Vietnamese)
		require.NotEmpty(t, definition.English)
		require.NotEqual(t, definition.Vietnamese, definition.English)
		require.GreaterOrEqual(t, definition.Status, 400)
	}
}

func TestAccess(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const path = "/v1/boxes/01941f29-7c00-7000-8000-000000000000"
	for token, want := range map[string]int{"": 401, "Bearer forged": 401, "Bearer buyer": 403, "Bearer key": 403, "Bearer producer": 200} {
		a := b.send(t, http.MethodGet, path, "", "Authorization", token)
		require.Equal(t, want, a.Code, token)
		if want == 401 {
			require.Contains(t, a.Header().Get("WWW-Authenticate"), "Bearer")
		}
	}
	b.send(t, http.MethodGet, "/v1/boxes", "", "Authorization", "Bearer forged").requireRefused(t, 401, "unauthenticated", "")
	require.Contains(t, b.log.String(), `"caller":"user:1"`)
	require.NotContains(t, b.log.String(), "Bearer")
	require.NotContains(t, b.log.String(), "forged")
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *web.Options) { o.RequestsPerSecond = 3 })
	refused := 0
	for i := range 8 {
		a := b.send(t, http.MethodGet, "/v1/boxes", "", "X-Forwarded-For", "10.0.0."+string(rune('0'+i)), "X-Real-Ip", "10.1.1.1", "Forwarded", "for=10.2.2.2")
		require.NotEmpty(t, a.Header().Get("RateLimit"))
		require.Equal(t, `"requests";q=3;w=1`, a.Header().Get("RateLimit-Policy"))
		if a.Code == http.StatusTooManyRequests {
			refused++
			a.requireRefused(t, 429, "too_many_requests", "")
			require.Equal(t, "1", a.Header().Get("Retry-After"))
		}
	}
	require.GreaterOrEqual(t, refused, 4, "forged addresses change nothing")
	require.Equal(t, 200, b.send(t, http.MethodGet, "/v1/boxes", "", "Authorization", "Bearer producer").Code, "callers have their own budget")
	require.Equal(t, 429, b.send(t, http.MethodGet, "/nowhere", "").Code)
}

func TestGuessedTokensCostTheAddressItsBudget(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *web.Options) { o.RequestsPerSecond = 3 })
	last := 0
	for range 6 {
		last = b.send(t, http.MethodGet, "/v1/boxes", "", "Authorization", "Bearer forged").Code
	}
	require.Equal(t, http.StatusTooManyRequests, last)
}
