package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/web"
)

// TestHumasMessagesAreTranslated takes the messages from huma itself, so that a new version
// with other words fails here.
func TestHumasMessagesAreTranslated(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ message, code, pointer string }{
		{validation.MsgUnexpectedProperty, "unknown_field", ""},
		{validation.MsgExpectedRFC3339DateTime, "wrong_format", ""},
		{validation.MsgExpectedRFC1123DateTime, "wrong_format", ""},
		{validation.MsgExpectedRFC3339Date, "not_a_date", ""},
		{validation.MsgExpectedRFC3339Time, "wrong_format", ""},
		{fmt.Sprintf(validation.MsgExpectedRFC5322Email, "mail: hunter2"), "wrong_format", ""},
		{validation.MsgExpectedRFC5322EmailBare, "wrong_format", ""},
		{validation.MsgExpectedRFC5890Hostname, "wrong_format", ""},
		{validation.MsgExpectedRFCIPAddr, "wrong_format", ""},
		{fmt.Sprintf(validation.MsgExpectedRFC3986URI, "hunter2"), "wrong_format", ""},
		{validation.MsgExpectedRFC3986AbsoluteURI, "wrong_format", ""},
		{fmt.Sprintf(validation.MsgExpectedRFC4122UUID, "hunter2"), "wrong_format", ""},
		{validation.MsgExpectedMatchAtLeastOneSchema, "not_a_quantity", ""},
		{validation.MsgExpectedBoolean, "wrong_type", ""},
		{validation.MsgExpectedNumber, "wrong_type", ""},
		{validation.MsgExpectedInteger, "wrong_type", ""},
		{validation.MsgExpectedString, "wrong_type", ""},
		{validation.MsgExpectedArray, "wrong_type", ""},
		{validation.MsgExpectedObject, "wrong_type", ""},
		{fmt.Sprintf(validation.MsgExpectedDuration, "hunter2"), "wrong_format", ""},
		{validation.MsgExpectedBase64String, "wrong_format", ""},
		{validation.MsgExpectedArrayItemsUnique, "not_unique", ""},
		{fmt.Sprintf(validation.MsgExpectedOneOf, "a, b"), "unknown_value", ""},
		{fmt.Sprintf(validation.MsgExpectedConst, "a"), "unknown_value", ""},
		{fmt.Sprintf(validation.MsgExpectedMinimumNumber, 1), "out_of_range", ""},
		{fmt.Sprintf(validation.MsgExpectedExclusiveMinimumNumber, 1), "out_of_range", ""},
		{fmt.Sprintf(validation.MsgExpectedMaximumNumber, 1), "out_of_range", ""},
		{fmt.Sprintf(validation.MsgExpectedExclusiveMaximumNumber, 1), "out_of_range", ""},
		{fmt.Sprintf(validation.MsgExpectedNumberBeMultipleOf, 5), "wrong_format", ""},
		{fmt.Sprintf(validation.MsgExpectedMinLength, 1), "too_short", ""},
		{fmt.Sprintf(validation.MsgExpectedMaxLength, 1), "too_long", ""},
		{fmt.Sprintf(validation.MsgExpectedBePattern, "a phone number"), "wrong_format", ""},
		{fmt.Sprintf(validation.MsgExpectedMatchPattern, "^a$"), "pattern", ""},
		{fmt.Sprintf(validation.MsgExpectedMinItems, 1), "too_few", ""},
		{fmt.Sprintf(validation.MsgExpectedMaxItems, 1), "too_many", ""},
		{fmt.Sprintf(validation.MsgExpectedMinProperties, 1), "too_few", ""},
		{fmt.Sprintf(validation.MsgExpectedMaxProperties, 1), "too_many", ""},
		{fmt.Sprintf(validation.MsgExpectedRequiredProperty, "name"), "required", "body.place.name"},
		{fmt.Sprintf(validation.MsgExpectedDependentRequiredProperty, "name", "other"), "required", "body.place.name"},
		{"required query parameter is missing", "required", ""},
		{"invalid integer", "wrong_type", ""},
		{"invalid boolean", "wrong_type", ""},
		{"words nobody has thought of: hunter2", "wrong_format", ""},
	} {
		refusal := web.Translate(test.message, "hunter2")
		require.Equal(t, test.code, refusal.Code, test.message)
		require.Equal(t, 422, refusal.Status, test.message)
		pointer := test.pointer
		if pointer == "" {
			pointer = "body.place"
		}
		require.Equal(t, pointer, refusal.Fields[0].Pointer, test.message)
		require.NotContains(t, refusal.Error(), "hunter2", "values are not echoed")
		require.NotContains(t, refusal.Error(), "{", "every place of the text is filled: %s", refusal)
	}
	require.Equal(t, "wrong_type", web.Translate(validation.MsgExpectedString, nil).Code, "null is not left out")
}

func TestIdempotencyRequestsSayWhoAndWhat(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var got *idempotency.Request
	type output struct{ Body struct{} }
	for path, secret := range map[string]bool{"/keyed": false, "/secret": true} {
		web.Register(b.api, web.Operation{ID: "key" + path[1:], Method: http.MethodPost, Path: path, Access: web.Access{Anonymous: true}, Secret: secret},
			func(ctx context.Context, _ *struct {
				Query string `query:"q"`
				Body  struct {
					Name string `json:"name"`
				}
			}) (*output, error) {
				got = web.KeyOf(ctx)
				if got != nil {
					got.Replayed = got.Key == "again"
				}
				return &output{}, nil
			})
	}
	ask := func(target, body string, headers ...string) (*idempotency.Request, answer) {
		got = nil
		a := b.send(t, http.MethodPost, target, body, headers...)
		require.Equal(t, 200, a.Code, a.Body.String())
		return got, a
	}
	none, _ := ask("/keyed", `{"name":"a"}`)
	require.Nil(t, none)
	first, a := ask("/keyed", `{"name":"a"}`, "Idempotency-Key", "k")
	require.Equal(t, "address:192.0.2.1", first.Scope)
	require.Len(t, first.Fingerprint, 32)
	require.Empty(t, a.Header().Get("Idempotent-Replayed"))
	same, a := ask("/keyed", `{"name":"a"}`, "Idempotency-Key", "again")
	require.Equal(t, first.Fingerprint, same.Fingerprint)
	require.Equal(t, "true", a.Header().Get("Idempotent-Replayed"))
	mine, _ := ask("/keyed", `{"name":"a"}`, "Idempotency-Key", "k", "Authorization", "Bearer producer")
	require.Equal(t, "user:1", mine.Scope)
	for _, other := range []struct{ target, body string }{{"/keyed", `{"name":"b"}`}, {"/keyed?q=1", `{"name":"a"}`}, {"/secret", `{"name":"a"}`}} {
		different, _ := ask(other.target, other.body, "Idempotency-Key", "k")
		require.NotEqual(t, first.Fingerprint, different.Fingerprint)
		require.Equal(t, other.target == "/secret", different.Secret)
	}
}

func TestFingerprintOfAFormIgnoresTheBoundary(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var got []byte
	web.Register(b.api, web.Operation{ID: "form", Method: http.MethodPost, Path: "/form", Access: web.Access{Anonymous: true}},
		func(ctx context.Context, _ *formInput) (*struct{}, error) {
			got = web.KeyOf(ctx).Fingerprint
			return nil, nil
		})
	ask := func(boundary, content string) string {
		body := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n" +
			content + "\r\n--" + boundary + "--\r\n"
		a := b.send(t, http.MethodPost, "/form", body, "Content-Type", "", "Content-Type", "multipart/form-data; boundary="+boundary, "Idempotency-Key", "k")
		require.Equal(t, 204, a.Code, a.Body.String())
		return string(got)
	}
	require.Equal(t, ask("one", "hello"), ask("two", "hello"))
	require.NotEqual(t, ask("one", "hello"), ask("one", "hullo"))
}

func TestNetworks(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "2001:db8::1": "2001:db8::/64", "2001:db8:0:0:ffff::9": "2001:db8::/64", "2001:db8:0:1::1": "2001:db8:0:1::/64",
		"::ffff:192.0.2.1": "::ffff:192.0.2.1", "fe80::1%eth0": "fe80::/64", "@": "@", "": "",
	} {
		require.Equal(t, want, web.Network(address))
	}
}

// FuzzStrictJSON holds the strict decoder against encoding/json: what it accepts is JSON there,
// too, and means the same but for normalisation; doing it twice changes nothing.
func FuzzStrictJSON(f *testing.F) {
	for _, seed := range []string{
		goodBox, "null", "0", `""`, "[]", "{}", `{"a":{"a":1}}`, `"\ud83e\udd90"`, `"\ud800"`, `"e\u0301"`, "{\"e\u0301\":1,\"é\":2}", "1e400", "-0",
		strings.Repeat("[", 64) + strings.Repeat("]", 64), strings.Repeat("[", 65), `{"a":1,"a":2}`, "\"\\u0000\"", "[1] x", "\xff", "[1,]", " 1 ",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		clean, err := web.StrictJSON(data)
		require.Equal(t, before, data, "the input is not changed")
		if err != nil {
			return
		}
		var ours, theirs any
		require.NoError(t, json.Unmarshal(data, &theirs))
		require.NoError(t, json.Unmarshal(clean, &ours))
		require.Equal(t, normal(theirs), ours)
		require.NotContains(t, string(clean), "\x00")
		again, err := web.StrictJSON(clean)
		require.NoError(t, err)
		require.Equal(t, string(clean), string(again))
	})
}

func normal(value any) any {
	switch v := value.(type) {
	case string:
		return norm.NFC.String(v)
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[norm.NFC.String(name)] = normal(member)
		}
		return out
	}
	return value
}
