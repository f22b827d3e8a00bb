package reference_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

func TestHTTP(t *testing.T) {
	t.Parallel()
	api := web.New(web.Options{Title: "test", Version: "0", Log: slog.New(slog.DiscardHandler)})
	reference.Mount(api, referencetest.Lend(t).Book)
	handler := api.Handler()
	for name, test := range map[string]func(*testing.T, http.Handler){
		"whole lists":          wholeLists,
		"commune filters":      communeFilters,
		"conditional requests": conditionalRequests,
		"facts as they look":   factsAsTheyLook,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, handler)
		})
	}
}

func get(t *testing.T, handler http.Handler, path, ifNoneMatch string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	if ifNoneMatch != "" {
		request.Header.Set("If-None-Match", ifNoneMatch)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

// items returns the codes of a list.
func items(t *testing.T, answer *httptest.ResponseRecorder) []string {
	t.Helper()
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	var list struct {
		Items []struct {
			Code string `json:"code"`
			Name string `json:"name"`
			EN   string `json:"name_en"`
		} `json:"items"`
	}
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &list))
	require.NotNil(t, list.Items, "an empty list is [], not null")
	found := []string{}
	for _, item := range list.Items {
		require.NotEmpty(t, item.Name)
		require.NotEmpty(t, item.EN)
		found = append(found, item.Code)
	}
	return found
}

func wholeLists(t *testing.T, handler http.Handler) {
	t.Helper()
	for path, count := range map[string]int{
		"communes": 232, "lines": 28, "schemes": 19, "ocop-groups": 6, "units": 9, "buyer-systems": 15,
	} {
		answer := get(t, handler, "/v1/reference/"+path, "")
		require.Len(t, items(t, answer), count, path)
		require.Equal(t, "no-cache", answer.Header().Get("Cache-Control"), path)
		require.Regexp(t, `^"[0-9a-f]{24}"$`, answer.Header().Get("ETag"), path)
	}
}

func communeFilters(t *testing.T, handler http.Handler) {
	t.Helper()
	for _, test := range []struct {
		query url.Values
		want  []string
	}{
		{url.Values{"q": {"dam doi"}}, []string{"32152"}},
		{url.Values{"q": {"Ðầm Dơi"}}, []string{"32152"}},
		{url.Values{"former_district": {"thoi binh"}}, []string{"32065", "32069", "32071", "32083", "32092"}},
		{url.Values{"former_district": {"Huyện Thới Bình"}, "q": {"tri phai"}}, []string{"32071"}},
		{url.Values{"former_district": {"Thới Bình"}, "province": {"79"}}, []string{}},
		{url.Values{"former_district": {"nowhere"}}, []string{}},
		{url.Values{"q": {"con dao"}, "province": {"79"}}, []string{"26732"}},
	} {
		require.Equal(t, test.want, items(t, get(t, handler, "/v1/reference/communes?"+test.query.Encode(), "")), test.query)
	}
	require.Len(t, items(t, get(t, handler, "/v1/reference/communes?province=96", "")), 64)
	require.Len(t, items(t, get(t, handler, "/v1/reference/communes?province=79", "")), 168)

	refused := get(t, handler, "/v1/reference/communes?province=95", "")
	require.Equal(t, http.StatusUnprocessableEntity, refused.Code)
	require.Contains(t, refused.Body.String(), "unknown_value")
}

func conditionalRequests(t *testing.T, handler http.Handler) {
	t.Helper()
	seen := map[string]string{}
	for _, path := range []string{
		"/v1/reference/lines", "/v1/reference/schemes", "/v1/reference/units", "/v1/reference/communes",
		"/v1/reference/communes?province=96", "/v1/reference/communes?q=dam+doi",
	} {
		tag := get(t, handler, path, "").Header().Get("ETag")
		require.NotContains(t, seen, tag, "%s and %s", path, seen[tag])
		seen[tag] = path
		for _, known := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			answer := get(t, handler, path, known)
			require.Equal(t, http.StatusNotModified, answer.Code, "%s %s", path, known)
			require.Empty(t, answer.Body.String())
			require.Equal(t, tag, answer.Header().Get("ETag"))
			require.Equal(t, "no-cache", answer.Header().Get("Cache-Control"))
		}
		require.Equal(t, http.StatusOK, get(t, handler, path, `"other"`).Code)
	}
}

func factsAsTheyLook(t *testing.T, handler http.Handler) {
	t.Helper()
	var list struct {
		Items []map[string]any `json:"items"`
	}
	answer := get(t, handler, "/v1/reference/communes?q=hoa+binh&province=96", "")
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &list), answer.Body.String())
	require.Equal(t, map[string]any{
		"code": "31891", "name": "Xã Hoà Bình", "name_en": "Hoa Binh Commune", "kind": "commune", "province": "96",
		"former_districts": []any{
			map[string]any{
				"code": "bac-lieu-hoa-binh", "name": "Huyện Hoà Bình", "name_en": "Hoa Binh District",
				"former_province": "Tỉnh Bạc Liêu", "valid_until": "2025-06-30",
			},
			map[string]any{
				"code": "bac-lieu-vinh-loi", "name": "Huyện Vĩnh Lợi", "name_en": "Vinh Loi District",
				"former_province": "Tỉnh Bạc Liêu", "valid_until": "2025-06-30",
			},
		},
	}, list.Items[0])

	answer = get(t, handler, "/v1/reference/lines", "")
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &list))
	for _, line := range list.Items {
		if line["code"] != "mud_crab" {
			continue
		}
		fields, ok := line["grade_fields"].([]any)
		require.True(t, ok)
		require.Equal(t, map[string]any{
			"code": "tie_percent", "name": "tỷ lệ dây (%)", "name_en": "tie share (%)", "type": "decimal", "form_state": "live", "reported": false,
			"required": false, "min": "0", "max": "100", "suffix": "%", "suffix_en": "%",
		}, fields[4])
		return
	}
	require.Fail(t, "no mud crab")
}
