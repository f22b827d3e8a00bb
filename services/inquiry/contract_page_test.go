package inquiry_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// browser is what a phone that scanned a code says it takes.
const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

var (
	styleOf = regexp.MustCompile(`(?s)<style>(.*)</style>`)
	tags    = regexp.MustCompile(`<[^>]*>`)
)

// shown is what of a page people read.
func shown(page string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(styleOf.ReplaceAllString(page, ""), " ")), " ")
}

// A phone that scans the code of a paper gets a page: the facts of the JSON and no more, in both
// languages, that loads nothing and runs nothing. Programs get JSON as before.
func TestAPhoneReadsTheCheckOfAPaper(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSigned(t)
	code := s.code(s.paper(s.buyer, "vi"))
	path := "/v1/contracts/" + code
	for _, accept := range []string{"", "*/*", "application/json", "application/json, text/html;q=0.9"} {
		require.Equal(t, "application/json; charset=utf-8", s.get(identity.Principal{}, path, "Accept", accept).Header().Get("Content-Type"), accept)
	}
	require.Equal(t, http.StatusNotAcceptable, s.get(identity.Principal{}, path, "Accept", "image/png").Code)
	check, err := s.CheckContract(ctx, code, inquiry.Reading{})
	require.NoError(t, err)

	answer := s.get(identity.Principal{}, path, "Accept", browser)
	require.Equal(t, http.StatusOK, answer.Code)
	header, page := answer.Header(), answer.Body.String()
	require.Equal(t, "text/html; charset=utf-8", header.Get("Content-Type"))
	require.Equal(t, "private, no-store", header.Get("Cache-Control"))
	require.Equal(t, "no-referrer", header.Get("Referrer-Policy"))
	require.Contains(t, strings.Join(header.Values("Vary"), ", "), "Accept")
	sum := sha256.Sum256([]byte(styleOf.FindStringSubmatch(page)[1]))
	require.Equal(t, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", header.Get("Content-Security-Policy"), "the style is the page's own, byte for byte")
	for _, never := range []string{"<script", "<img", "<link", "src=", "href=", "url(", "@import", " style=", "250000", "250.000", "16666750", "16.666.750", "Matches", s.award.ID.String()} {
		require.NotContains(t, page, never)
	}
	text := shown(page)
	for _, fact := range []string{
		check.Number, check.Seller, check.Buyer, check.ProductName, "66,667 kg", "66.667 kg", "tôm sú", vietnamese(check.DeliverOn), check.DeliverOn.String(),
		"đã chốt, chưa giao", "committed, nothing sent yet", check.Digest[:4] + " " + check.Digest[4:8], "Dữ liệu minh hoạ.", "Demonstration data.",
	} {
		require.Contains(t, text, fact)
	}
	require.Contains(t, page, `<html lang="vi">`)
	require.Contains(t, page, `<span lang="en">The code is that of a genuine paper</span>`)

	confirmed := shown(s.get(identity.Principal{}, path+"?digest="+check.Digest+"&value_vnd="+url.QueryEscape("16.666.750 ₫"), "Accept", browser).Body.String())
	require.Contains(t, confirmed, "Đúng như tờ đã lập.")
	forged := s.get(identity.Principal{}, path+"?digest=&value_vnd=26666750", "Accept", browser).Body.String()
	require.Contains(t, shown(forged), "KHÔNG đúng với tờ đã lập")
	require.Contains(t, forged, `role="alert"`)
	script := s.get(identity.Principal{}, path+"?digest="+url.QueryEscape(`"><script>alert(1)</script>`), "Accept", browser).Body.String()
	require.NotContains(t, script, "<script")
	for _, wrong := range []string{"value_vnd=-1", "value_vnd=1e9", "value_vnd=9223372036854775808", "digest=" + strings.Repeat("a", 101)} {
		require.Equal(t, http.StatusUnprocessableEntity, s.get(identity.Principal{}, path+"?"+wrong).Code, wrong)
	}

	unknown := s.get(identity.Principal{}, "/v1/contracts/"+strings.Repeat("a", 32), "Accept", browser)
	require.Equal(t, http.StatusNotFound, unknown.Code)
	require.Contains(t, shown(unknown.Body.String()), "Không có tờ nào mang mã này No paper bears this code")
	require.NotContains(t, unknown.Body.String(), "<form")
	require.Equal(t, "application/problem+json", s.get(identity.Principal{}, "/v1/contracts/"+strings.Repeat("a", 32)).Header().Get("Content-Type"))

	_, err = s.CancelAward(ctx, s.buyer, s.award.ID, "", "")
	require.NoError(t, err)
	require.Contains(t, shown(s.get(identity.Principal{}, path, "Accept", browser).Body.String()), "đã huỷ phần chưa giao")
}

// Several delivery dates stand there one below the other.
func TestACheckShowsTheSchedule(t *testing.T) {
	t.Parallel()
	s, quote := newSplit(t)
	award := s.take(quote, 100)
	_, err := s.ContractPaper(t.Context(), s.buyer, award.ID, "vi")
	require.NoError(t, err)
	var code string
	require.NoError(t, s.lent.Owner.Get(t.Context(), &code, `SELECT code FROM inquiry.contracts WHERE award_id = $1`, award.ID))
	check, err := s.CheckContract(t.Context(), code, inquiry.Reading{})
	require.NoError(t, err)
	require.Len(t, check.Schedule, 3)
	text := shown(s.get(identity.Principal{}, "/v1/contracts/"+code, "Accept", browser).Body.String())
	for _, part := range check.Schedule {
		require.Contains(t, text, vietnamese(part.DeliverOn)+": "+part.Quantity.String()+" kg")
	}
}
