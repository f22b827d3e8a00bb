package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/reference"
)

// idsFor names the thing that a route is asked for: one of the producer's or the buyer's.
func (s *stage) idsFor(route web.Operation) map[string]string {
	id := s.idByRoute(route)
	code := "not_found"
	if strings.HasPrefix(route.Path, "/v1/shelf/systems/") {
		code = "satra" // buyer's
	}
	if strings.HasPrefix(route.Path, "/v1/contracts/") {
		code = s.contract
	}
	if strings.HasPrefix(route.Path, "/v1/dock/") {
		code = s.dock.Code
	}
	kind := "month"
	if strings.HasPrefix(route.Path, "/v1/desk/") {
		kind = "watches"
	}
	photo := s.photo
	if strings.HasPrefix(route.Path, "/v1/deliveries/") {
		photo = s.receiptPhoto
	}
	return map[string]string{
		"id": id.String(), "user_id": s.member.String(), "photo": photo.String(), "size": "thumb.jpg", "code": code, "link": s.dock.ID.String(),
		"period": "2026-01", "kind": kind,
		"version": "1", "participant": s.participant.String(), "meeting": s.meeting.String(), "inquiry": s.inquiry.String(),
		"member": s.joined.String(), "target": s.target.String(),
	}
}

func (s *stage) idByRoute(route web.Operation) uuid.UUID {
	if id, named := s.things[route.ID]; named {
		return id
	}
	switch route.ID {
	case "get-organisation", "amend-organisation", "get-performance":
		return s.who["producer"].OrganisationID
	case "suspend-product", "reinstate-product":
		return s.product2
	case "revise-quote", "withdraw-quote", "confirm-quote":
		return s.openQuote
	case "cancel-award":
		return s.openAward
	}
	for prefix, id := range map[string]uuid.UUID{
		"/v1/imports/":       s.imported,
		"/v1/organisations/": s.applicant, "/v1/products/": s.product, "/v1/offers/": s.offer, "/v1/certificates/": s.certificate,
		"/v1/inquiries/": s.inquiry, "/v1/quotes/": s.quote, "/v1/awards/": s.award, "/v1/deliveries/": s.sending,
		"/v1/api-keys/": s.key, "/v1/sessions/": s.session, "/v1/producers/": s.who["producer"].OrganisationID,
		"/v1/offer-series/": s.series, "/v1/lots/": s.lot,
		"/v1/photos/":                s.photo,
		"/v1/invitations/":           s.who["producer"].OrganisationID,
		"/v1/notices/":               s.notice,
		"/v1/documents/":             s.document,
		"/v1/award-proposals/":       s.proposal,
		"/v1/inquiry-series/":        s.recurring,
		"/v1/cancellation-requests/": s.ending, "/v1/call-offs/": s.callOff,
		"/v1/payments/":     s.payment,
		"/v1/green-ticks/":  s.tick,
		"/v1/trade-events/": s.event, "/v1/memoranda/": s.memorandum, "/v1/declarations/": s.declaration, "/v1/programmes/": s.programme,
		"/v1/watches/":     s.watch,
		"/v1/gap-alerts/":  s.gap,
		"/v1/questions/":   s.question,
		"/v1/attachments/": s.attachment,
	} {
		if strings.HasPrefix(route.Path, prefix) {
			return id
		}
	}
	return uuid.New()
}

// formFor is the multipart body of a route that takes one, with its type; nil for all others.
func formFor(operation string) (io.Reader, string) {
	files := map[string]struct{ part, name, content string }{
		"put-certificate-scan": {"scan", "scan.pdf", "%PDF-1.4\n%%EOF\n"},
		"attach-paper":         {"paper", "plan.pdf", "%PDF-1.4\n%%EOF\n"},
		"put-document-scan":    {"scan", "scan.pdf", "%PDF-1.4\n%%EOF\n"},
		"begin-import":         {"file", "list.csv", "name,line\nx,rice\n"},
		"add-product-photo":    {"photo", "photo.png", onePixel()},
		"add-receipt-photo":    {"photo", "photo.png", onePixel()},
		"add-dock-photo":       {"photo", "photo.png", onePixel()},
	}
	file, ok := files[operation]
	if !ok {
		return nil, ""
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(file.part, file.name)
	if err == nil {
		_, err = io.WriteString(part, file.content)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return nil, ""
	}
	return &body, form.FormDataContentType()
}

// onePixel is a photo.
func onePixel() string {
	var content bytes.Buffer
	if err := png.Encode(&content, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		return ""
	}
	return content.String()
}

// weeklySeries asks for a recurring inquiry.
func weeklySeries(from civil.Date) string {
	return fmt.Sprintf(`{"rhythm": {"kind": "weekly", "weekdays": [1], "from": %q}, "lead_days": 2, "quotes_due": {"days_before": 1, "at": "17:00"},
		"visibility": "open", "deliver_to": {"commune_code": "25747"}, "lines": [{"line": "black_tiger_shrimp", "quantity": "10", "unit": "kg"}]}`, from)
}

// hourOfToday is an hour of the stage's trade event, as a request names it.
func hourOfToday(hour int) string {
	from := reference.Day(time.Now()).In(reference.Zone()).Add(time.Duration(hour) * time.Hour)
	return fmt.Sprintf(`"from": %q, "to": %q`, from.Format(time.RFC3339), from.Add(time.Hour).Format(time.RFC3339))
}

// bodyFor is a body that the route would accept of the right caller, so that what refuses the
// others is who they are.
func (s *stage) bodyFor(operation string) string {
	day := reference.Day(time.Now()).AddDays(3)
	bodies := map[string]string{
		"set-product-facts":              `{"facts": {"origin": "Việt Nam"}}`,
		"set-gap-thresholds":             `{"thresholds": [{"uncovered_percent": 50, "least": "100", "weeks": 8}]}`,
		"set-terms":                      `{"facts": {"e_invoice": true}}`,
		"set-requirements":               `{"requirements": []}`,
		"apply-for-green-tick":           `{"system": "kingfood"}`,
		"change-product":                 `{"description": "khác"}`,
		"change-product-photo":           `{"caption": "khác"}`,
		"change-offer":                   `{"min_order": "1"}`,
		"declare-lot":                    `{"code": "DEMO-2"}`,
		"add-lot-sources":                `{"sources": [{"name": "Vuông thử (hư cấu)", "quantity": 1}]}`,
		"change-offer-series":            `{"quantity": "50"}`,
		"preview-offer-series-change":    `{"quantity": "50"}`,
		"submit-quote":                   fmt.Sprintf(`{"line_id": %q, "quantity": "5", "price_vnd": 1000, "deliver_on": %q, "alternative": true}`, s.line, day),
		"revise-quote":                   fmt.Sprintf(`{"quantity": "5", "price_vnd": 900, "deliver_on": %q}`, day),
		"plan-inquiry-series":            weeklySeries(day),
		"preview-inquiry-series":         weeklySeries(day),
		"skip-inquiry-series-date":       fmt.Sprintf(`{"deliver_on": %q}`, day),
		"award-quotes":                   fmt.Sprintf(`{"allocations": [{"quote_id": %q, "quantity": "1"}]}`, s.quote),
		"open-round":                     fmt.Sprintf(`{"until": %q}`, time.Now().Add(time.Hour).Format(time.RFC3339)),
		"put-quoting":                    `{}`,
		"amend-inquiry":                  `{"terms": {"payment_days": 7}}`,
		"ask-question":                   `{"question": "Giao mấy giờ?"}`,
		"answer-question":                `{"answer": "03:00"}`,
		"announce-shortfall":             `{"quantity": "1"}`,
		"reject-award-proposal":          `{"reason": "thử"}`,
		"ask-cancellation":               `{"reason": "weather"}`,
		"call-off":                       fmt.Sprintf(`{"quantity": "1", "deliver_on": %q, "commune_code": "25747"}`, day),
		"refuse-call-off":                `{"reason": "thử"}`,
		"cancel-call-off":                `{"reason": "thử"}`,
		"change-purchasing":              `{"award_limit_vnd": 1000000}`,
		"dispatch-delivery":              `{"quantity": "1"}`,
		"schedule-delivery":              fmt.Sprintf(`{"quantity": "1", "day": %q}`, day),
		"dispatch-planned-delivery":      `{"quantity": "1"}`,
		"dispute-delivery":               `{"reason": "weight"}`,
		"propose-settlement":             `{"accepted": "5", "rejected": "0"}`,
		"agree-settlement":               fmt.Sprintf(`{"proposal_id": %q}`, s.quote),
		"receive-at-dock":                `{"accepted": "1", "rejected": "0"}`,
		"receive-delivery":               `{"accepted": "5", "rejected": "0"}`,
		"amend-organisation":             `{"name_en": "A trial cooperative"}`,
		"change-member":                  `{"role": "viewer"}`,
		"suspend-organisation":           `{"reason": "thử"}`,
		"reject-organisation":            `{"reason": "thử"}`,
		"reject-certificate":             `{"reason": "thử"}`,
		"revoke-certificate":             `{"reason": "thử"}`,
		"record-surveillance":            fmt.Sprintf(`{"done_on": %q, "passed": true}`, day.AddDays(-3)),
		"suspend-product":                `{"reason": "thử"}`,
		"act-for":                        fmt.Sprintf(`{"organisation_id": %q}`, s.who["producer"].OrganisationID),
		"create-api-key":                 `{"name": "thử", "scopes": ["trade:read"]}`,
		"invite-member":                  `{"name": "Người thử", "email": "another@ocop.example", "role": "viewer"}`,
		"change-me":                      `{"name": "Người thử"}`,
		"draft-trade-event":              fmt.Sprintf(`{"kind": "fair", "name": "thử", "place": "thử", "from": %q, "to": %q}`, day, day),
		"amend-trade-event":              `{"place": "thử"}`,
		"cancel-trade-event":             `{"reason": "thử"}`,
		"add-trade-event-participant":    `{"name": "Đoàn thử"}`,
		"change-trade-event-participant": `{"booth": "A1"}`,
		"arrange-trade-event-meeting":    fmt.Sprintf(`{"participants": [%q, %q], %s}`, s.participant, s.participant2, hourOfToday(10)),
		"move-trade-event-meeting":       `{` + hourOfToday(12) + `}`,
		"correct-declaration":            `{"quantity": "1", "source": "thử"}`,
		"set-up-programme":               `{"kind": "pairing", "name": "thử", "counts": "both"}`,
		"amend-programme":                `{"note": "thử"}`,
		"add-programme-member":           `{"commune_code": "32065"}`,
		"add-programme-target":           fmt.Sprintf(`{"line": "rice", "quantity": "1", "unit": "kg", "from": %q, "to": %q}`, day, day),
		"end-programme-member":           fmt.Sprintf(`{"on": %q}`, day),
		"amend-memorandum":               `{"note": "thử"}`,
		"refuse-memorandum-version":      `{"reason": "thử"}`,
		"contest-memorandum":             `{"reason": "thử"}`,
		"end-memorandum":                 `{"reason": "thử"}`,
		"withdraw-memorandum":            `{"reason": "thử"}`,
		"link-memorandum-inquiry":        fmt.Sprintf(`{"inquiry_id": %q}`, s.inquiry),
		"request-password-reset":         `{"login": "nobody@ocop.example"}`,
		"confirm-password-reset":         `{"token": "nothing", "password": "a long enough phrase"}`,
		"sign-in":                        `{"login": "nobody@ocop.example", "password": "wrong"}`,
		"record-payment":                 `{"kind": "payment", "amount_vnd": 1000, "paid_on": "` + day.AddDays(-3).String() + `"}`,
		"contest-payment":                `{"reason": "chưa nhận"}`,
		"put-under-watch":                fmt.Sprintf(`{"reason": "other", "text": "thử", "review_on": %q}`, day),
		"accept-watch":                   fmt.Sprintf(`{"text": "thử", "review_on": %q}`, day),
		"review-watch":                   fmt.Sprintf(`{"text": "thử", "review_on": %q}`, day),
		"dismiss-watch":                  `{"text": "thử"}`,
		"end-watch":                      `{"text": "thử"}`,
	}
	if body, ok := bodies[operation]; ok {
		return body
	}
	switch operation {
	case "place-inquiry", "create-product", "open-offer", "open-offer-series", "preview-offer-series", "submit-certificate", "register", "found-organisation", "send-document", "record-memorandum", "declare-volume":
		return `{}`
	default:
		return ""
	}
}
