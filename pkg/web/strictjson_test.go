package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const goodBox = `{"name":"Hộp","lines":[{"good":"tôm sú","quantity":"12.5","price_vnd":250000,"from":"2026-01-31","form":"live"}]}`

func TestAGoodBodyArrives(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.send(t, http.MethodPost, "/v1/boxes", goodBox)
	require.Equal(t, http.StatusCreated, a.Code, a.Body.String())
	require.JSONEq(t, goodBox, a.Body.String())
	require.Equal(t, `"v1"`, a.Header().Get("ETag"))
	for _, body := range []string{
		strings.Replace(goodBox, `"12.5"`, `12.5`, 1),
		strings.Replace(goodBox, `"tôm sú"`, `"tôm s\u00fa"`, 1),
		strings.Replace(goodBox, `"tôm sú"`, `"🦐🦐"`, 1),
		strings.Replace(goodBox, `"tôm sú"`, `"\ud83e\udd90\ud83e\udd90"`, 1),
		" \n\t" + goodBox + " \r\n",
		strings.Replace(goodBox, `"tôm sú"`, `"a\tb\r\n👨\u200d👩"`, 1),
		strings.Replace(goodBox, `"12.5"`, `0`, 1),
	} {
		require.Equal(t, http.StatusCreated, b.send(t, http.MethodPost, "/v1/boxes", body).Code, body)
	}
}

func TestTextsArriveInNormalForm(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, decomposed := range []string{"to\u0302m su\u0301", `to\u0302m su\u0301`} {
		body := strings.Replace(goodBox, "tôm sú", decomposed, 1)
		require.Equal(t, http.StatusCreated, b.send(t, http.MethodPost, "/v1/boxes", body).Code)
		require.Equal(t, "tôm sú", b.got.Lines[0].Good)
		require.Equal(t, "12.5", b.got.Lines[0].Quantity.String())
	}
	a := b.send(t, http.MethodGet, "/v1/boxes?q=to%CC%82m", "")
	require.Contains(t, a.Body.String(), "tôm")
}

func TestBadBodiesAreRefusedWithTheFieldNamed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	swap := func(old, replacement string) string { return strings.Replace(goodBox, old, replacement, 1) }
	for name, test := range map[string]struct {
		body, code, pointer string
		status              int
	}{
		"empty object":            {"{}", "invalid", "body.lines", 422},
		"no body":                 {"", "body_required", "", 400},
		"blank":                   {"  ", "malformed_json", "", 400},
		"cut short":               {goodBox[:40], "malformed_json", "", 400},
		"trailing value":          {goodBox + `{}`, "malformed_json", "", 400},
		"trailing bytes":          {goodBox + `x`, "malformed_json", "", 400},
		"trailing NUL":            {goodBox + "\x00", "malformed_json", "", 400},
		"byte order mark":         {"\ufeff" + goodBox, "malformed_json", "", 400},
		"comment":                 {"/* */" + goodBox, "malformed_json", "", 400},
		"invalid UTF-8":           {swap("tôm", "t\xff"), "malformed_json", "body.lines[0].good", 400},
		"overlong UTF-8":          {swap("tôm", "t\xc0\x80"), "malformed_json", "body.lines[0].good", 400},
		"raw surrogate":           {swap("tôm", "t\xed\xa0\x80"), "malformed_json", "body.lines[0].good", 400},
		"lone high surrogate":     {swap("tôm", `t\ud800`), "malformed_json", "body.lines[0].good", 400},
		"lone low surrogate":      {swap("tôm", `t\udc00x`), "malformed_json", "body.lines[0].good", 400},
		"reversed surrogates":     {swap("tôm", `t\udd90\ud83e`), "malformed_json", "body.lines[0].good", 400},
		"NUL":                     {swap("tôm", "t\x00"), "malformed_json", "body.lines[0].good", 400},
		"escaped NUL":             {swap("tôm", `t\u0000`), "forbidden_character", "body.lines[0].good", 422},
		"escaped escape":          {swap(`tôm`, `t\u001b[31m`), "forbidden_character", "body.lines[0].good", 422},
		"delete":                  {swap(`tôm`, "t\x7f"), "forbidden_character", "body.lines[0].good", 422},
		"right-to-left override":  {swap(`tôm`, "t\u202e"), "forbidden_character", "body.lines[0].good", 422},
		"escaped override":        {swap(`tôm`, `t\u202E`), "forbidden_character", "body.lines[0].good", 422},
		"direction isolate":       {swap(`tôm`, "t\u2066"), "forbidden_character", "body.lines[0].good", 422},
		"end of isolate":          {swap(`tôm`, "t\u2069"), "forbidden_character", "body.lines[0].good", 422},
		"BOM inside":              {swap(`tôm`, "t\ufeff"), "forbidden_character", "body.lines[0].good", 422},
		"zero width space":        {swap(`Hộp`, "H\u200bộp"), "forbidden_character", "body.name", 422},
		"override in a name":      {swap(`"form"`, "\"fo\u202erm\""), "forbidden_character", "body.lines[0].fo\ufffdrm", 422},
		"NUL in a name":           {swap(`"form"`, `"fo\u0000"`), "forbidden_character", "", 422},
		"raw control character":   {swap("tôm", "t\x01"), "malformed_json", "body.lines[0].good", 400},
		"duplicate":               {swap(`"name":"Hộp"`, `"name":"a","name":"b"`), "duplicate_member", "body.name", 400},
		"duplicate deep":          {swap(`"form":"live"`, `"form":"live","form":"frozen"`), "duplicate_member", "body.lines[0].form", 400},
		"duplicate by escape":     {swap(`"name":"Hộp"`, `"name":"a","n\u0061me":"b"`), "duplicate_member", "body.name", 400},
		"duplicate by form":       {swap(`"name":"Hộp"`, `"name":"a","e\u0301":1,"\u00e9":2`), "duplicate_member", "body.é", 400},
		"unknown":                 {swap(`"name"`, `"surprise":1,"name"`), "unknown_field", "body.surprise", 422},
		"unknown deep":            {swap(`"form"`, `"forms"`), "unknown_field", "body.lines[0].forms", 422},
		"case variant":            {swap(`"form"`, `"Form"`), "unknown_field", "body.lines[0].Form", 422},
		"1e400":                   {swap(`250000`, `1e400`), "out_of_range", "body.lines[0].price_vnd", 422},
		"-1e400":                  {swap(`"12.5"`, `-1e400`), "out_of_range", "body.lines[0].quantity", 422},
		"long number":             {swap(`250000`, strings.Repeat("9", 1000)), "out_of_range", "body.lines[0].price_vnd", 422},
		"NaN":                     {swap(`250000`, `NaN`), "malformed_json", "", 400},
		"Infinity":                {swap(`250000`, `Infinity`), "malformed_json", "", 400},
		"leading zero":            {swap(`250000`, `0250000`), "malformed_json", "", 400},
		"exponent in integer":     {swap(`250000`, `25e4`), "wrong_type", "body.lines[0].price_vnd", 422},
		"fraction in integer":     {swap(`250000`, `250000.0`), "wrong_type", "body.lines[0].price_vnd", 422},
		"half a đồng":             {swap(`250000`, `0.5`), "wrong_type", "body.lines[0].price_vnd", 422},
		"2^63":                    {swap(`250000`, `9223372036854775808`), "out_of_range", "body.lines[0].price_vnd", 422},
		"2^63 in a count":         {swap(`"form"`, `"count":9223372036854775808,"form"`), "out_of_range", "body.lines[0].count", 422},
		"negative":                {swap(`250000`, `-1`), "out_of_range", "body.lines[0].price_vnd", 422},
		"integer in quotes":       {swap(`250000`, `"250000"`), "wrong_type", "body.lines[0].price_vnd", 422},
		"four decimals":           {swap(`12.5`, `12.5001`), "not_a_quantity", "body.lines[0].quantity", 422},
		"four decimals, number":   {swap(`"12.5"`, `12.5001`), "not_a_quantity", "body.lines[0].quantity", 422},
		"exponent in quantity":    {swap(`"12.5"`, `1e2`), "not_a_quantity", "body.lines[0].quantity", 422},
		"huge quantity":           {swap(`"12.5"`, `9999999999`), "not_a_quantity", "body.lines[0].quantity", 422},
		"leading zeros":           {swap(`12.5`, `007`), "not_a_quantity", "body.lines[0].quantity", 422},
		"negative quantity":       {swap(`12.5`, `-1`), "not_a_quantity", "body.lines[0].quantity", 422},
		"negative number":         {swap(`"12.5"`, `-0.5`), "not_a_quantity", "body.lines[0].quantity", 422},
		"text for quantity":       {swap(`"12.5"`, `"một"`), "not_a_quantity", "body.lines[0].quantity", 422},
		"object for quantity":     {swap(`"12.5"`, `{}`), "not_a_quantity", "body.lines[0].quantity", 422},
		"null for quantity":       {swap(`"12.5"`, `null`), "wrong_type", "body.lines[0].quantity", 422},
		"quantity left out":       {swap(`"quantity":"12.5",`, ``), "required", "body.lines[0].quantity", 422},
		"number for text":         {swap(`"Hộp"`, `5`), "wrong_type", "body.name", 422},
		"null for text":           {swap(`"Hộp"`, `null`), "wrong_type", "body.name", 422},
		"object for list":         {`{"name":"Hộp","lines":{}}`, "wrong_type", "body.lines", 422},
		"list for object":         {`[]`, "wrong_type", "body", 422},
		"text for object":         {`"box"`, "wrong_type", "body", 422},
		"null for object":         {`null`, "wrong_type", "body", 422},
		"null for an optional":    {swap(`"2026-01-31"`, `null`), "wrong_type", "body.lines[0].from", 422},
		"null for a pointer":      {swap(`"form":"live"`, `"offer_id":null`), "wrong_type", "body.lines[0].offer_id", 422},
		"null for a list":         {swap(`"name"`, `"tags":null,"name"`), "wrong_type", "body.tags", 422},
		"null in a list":          {swap(`"name"`, `"tags":["a",null],"name"`), "wrong_type", "body.tags[1]", 422},
		"null of an unknown name": {swap(`"name"`, `"surprise":null,"name"`), "unknown_field", "body.surprise", 422},
		"no such day":             {swap("2026-01-31", "2026-02-30"), "not_a_date", "body.lines[0].from", 422},
		"date and time":           {swap("2026-01-31", "2026-01-31T00:00:00Z"), "not_a_date", "body.lines[0].from", 422},
		"no such form":            {swap(`"live"`, `"undead"`), "unknown_value", "body.lines[0].form", 422},
		"no UUID":                 {swap(`"form":"live"`, `"offer_id":"7"`), "wrong_format", "body.lines[0].offer_id", 422},
		"too short":               {swap(`"tôm sú"`, `"t"`), "too_short", "body.lines[0].good", 422},
		"too long":                {swap(`"tôm sú"`, `"`+strings.Repeat("ô", 21)+`"`), "too_long", "body.lines[0].good", 422},
		"too few":                 {`{"name":"Hộp","lines":[]}`, "too_few", "body.lines", 422},
		"too many":                {swap(`"name"`, `"tags":["a","b","c","d"],"name"`), "too_many", "body.tags", 422},
		"not unique":              {swap(`"name"`, `"tags":["a","a"],"name"`), "not_unique", "body.tags", 422},
		"nesting of 65":           {strings.Repeat("[", 65) + strings.Repeat("]", 65), "too_deep", "", 400},
		"nesting of 100 000":      {strings.Repeat("[", 100_000), "too_deep", "", 400},
		"objects of 100 000":      {strings.Repeat(`{"a":`, 100_000), "too_deep", "", 400},
		"very long unknown names": {swap(`"form"`, `"`+strings.Repeat("k", 5000)+`"`), "unknown_field", "", 422},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := b.send(t, http.MethodPost, "/v1/boxes", test.body)
			a.requireRefused(t, test.status, test.code, test.pointer)
			require.Less(t, a.Body.Len(), 2000)
		})
	}
}

func TestAllComplaintsAreTold(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.send(t, http.MethodPost, "/v1/boxes",
		`{"lines":[{"good":"t","quantity":"x"},{"good":"tôm","quantity":"1.2345"},{"good":"tôm","quantity":"1","extra":1}]}`)
	a.requireRefused(t, 422, "invalid", "body.lines[0].good")
	var told []string
	for _, complaint := range a.problem.Errors {
		told = append(told, complaint.Pointer+" "+complaint.Code)
	}
	require.Equal(t, []string{
		"body.lines[0].good too_short", "body.lines[0].quantity not_a_quantity", "body.lines[1].quantity not_a_quantity",
		"body.name required", "body.lines[2].extra unknown_field",
	}, told)
	a = b.send(t, http.MethodPost, "/v1/boxes", strings.ReplaceAll(
		`{"name":"x","lines":[{"good":"tôm","quantity":Q},{"good":"tôm","quantity":Q}]}`, "Q", "1.2345"))
	require.Len(t, a.problem.Errors, 2, "the decoder gathers quantities, too")
}

func TestSubmittedValuesAreNeverEchoed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, body := range []string{
		strings.Replace(goodBox, `"name"`, `"password":"hunter2-and-more","name"`, 1),
		strings.Replace(goodBox, `"live"`, `"hunter2"`, 1),
		strings.Replace(goodBox, `"12.5"`, `"hunter2"`, 1),
		strings.Replace(goodBox, `250000`, `"hunter2"`, 1),
		`{"password":"hunter2`,
	} {
		a := b.send(t, http.MethodPost, "/v1/boxes", body)
		require.GreaterOrEqual(t, a.Code, 400)
		require.NotContains(t, a.Body.String(), "hunter2")
		require.NotContains(t, b.log.String(), "hunter2")
	}
}
