package portal

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

//nolint:gochecknoglobals // immutable texts
var (
	certificateTitle     = text("Chứng nhận", "Certificate")
	certificateCheck     = text("Kết quả kiểm tra", "What the check says")
	certificateNothing   = text("Không có điều gì cần lưu ý. Việc kiểm tra chỉ nhắc; cán bộ quyết định.", "There is nothing to remark on. The check only points things out; officials decide.")
	certificateScan      = text("Bản chụp", "Scan")
	certificateNoScan    = text("Chưa có bản chụp.", "There is no scan.")
	certificateOpenScan  = text("Mở bản chụp", "Open the scan")
	certificatePast      = text("Đã quyết định", "What was decided")
	certificateHolder    = text("Chủ thể", "Holder")
	certificateNumber    = text("Số", "Number")
	certificateIssuer    = text("Nơi cấp", "Issuer")
	certificateIssued    = text("Ngày cấp", "Issued on")
	certificateUntil     = text("Hiệu lực đến hết", "Valid until")
	certificateNoEnd     = text("không ghi thời hạn", "no end is set")
	certificateStars     = text("Số sao", "Stars")
	certificatePoints    = text("Điểm", "Points")
	certificateWaiting   = text("Đã chờ", "Has waited")
	certificateDays      = text("%d ngày", "%d days")
	certificateTwice     = text("Cùng số này, cùng chương trình: %s (%s, cấp ngày %s).", "The same number under the same scheme: %s (%s, issued on %s).")
	certificateFictional = text("Dữ liệu minh hoạ (hư cấu)", "Demonstration data (fictional)")
	certificateScopes    = text("Phạm vi", "Scope")
	certificateScopeOf   = text("Loại", "Kind")
	certificateCovers    = text("Gồm", "Covers")
	certificateProducts  = text("%d sản phẩm", "%d products")
	certificateMembers   = text("%d thành viên", "%d members")
	certificateCeiling   = text("Sản lượng tối đa mỗi năm (kg)", "Most in a year (kg)")
	certificateArea      = text("Diện tích (ha)", "Area (ha)")
	certificateDecision  = text("Quyết định", "Decision")
	certificateAt        = text("Lúc", "At")
	certificateFrom      = text("Tính từ", "Counts from")
	certificateBy        = text("Bởi", "By")
	certificateVerify    = text("Xác nhận", "Verify")
	certificateReject    = text("Từ chối", "Reject")
	certificateRevoke    = text("Thu hồi", "Revoke")
	certificateWhy       = text("Lý do bằng lời (gửi cho chủ thể)", "Reason in words (the holder is told)")
	certificateOne       = text("Chọn một lý do, ghi bằng lời, hoặc cả hai.", "Choose a reason, write one, or both.")
	certificateRejected  = text("Tôi đã xem bản chụp và kết quả kiểm tra. Từ chối không rút lại được; chủ thể nộp lại.", "I have seen the scan and what the check says. A rejection cannot be taken back; the holder submits again.")
	certificateRevoked   = text("Tôi hiểu: dấu của chứng nhận này mất ngay và không khôi phục được.", "I understand: the marks of this certificate are gone at once and do not come back.")
	certificateNowIn     = text("Đã xác nhận: dấu được hiển thị từ hôm nay.", "Verified: its marks are shown from today.")
	certificateNowOut    = text("Đã từ chối chứng nhận; chủ thể được báo lý do.", "The certificate is rejected; its holder is told why.")
	certificateNowGone   = text("Đã thu hồi: dấu của chứng nhận không còn hiển thị.", "Revoked: its marks are shown no more.")
)

// certificateStates are what people call the states of a certificate, with how they are marked.
//
//nolint:gochecknoglobals // an immutable table
var certificateStates = map[catalog.CertificateState]struct {
	names reference.Names
	mark  string
}{
	catalog.Submitted:   {text("chờ xác nhận", "waits to be verified"), markWaits},
	catalog.Verified:    {text("đã xác nhận", "verified"), markGood},
	catalog.Rejected:    {text("bị từ chối", "rejected"), markBad},
	catalog.Revoked:     {text("đã thu hồi", "revoked"), markBad},
	catalog.NotYetValid: {text("chưa có hiệu lực", "not yet valid"), markPlain},
	catalog.Valid:       {text("còn hiệu lực", "valid"), markGood},
	catalog.Expiring:    {text("sắp hết hiệu lực", "runs out soon"), markWaits},
	catalog.Expired:     {text("hết hiệu lực", "expired"), markBad},
}

func certificatePage() page {
	return page{
		path: "/monitor/desk/certificates/:id", title: certificateTitle, groups: watchers(), show: showCertificate,
		acts: map[string]act{
			"verify-certificate": {said: certificateNowIn, do: func(ctx context.Context, s *Service, v *visit) (string, error) {
				id, err := v.pathID()
				if err == nil {
					_, err = s.catalog.Verify(ctx, v.who, id, v.match())
				}
				return "", err
			}},
			"reject-certificate": {said: certificateNowOut, final: true, do: func(ctx context.Context, s *Service, v *visit) (string, error) {
				id, err := v.pathID()
				if err == nil {
					_, err = s.catalog.RejectFor(ctx, v.who, id, v.match(), catalog.Ruling{ReasonCode: v.typed.Get("reason_code"), Reason: v.typed.Get("reason")})
				}
				return "", err
			}},
			"revoke-certificate": {said: certificateNowGone, final: true, do: revokeCertificate},
		},
	}
}

func revokeCertificate(ctx context.Context, s *Service, v *visit) (string, error) {
	id, err := v.pathID()
	if err != nil {
		return "", err
	}
	ruling := catalog.Ruling{ReasonCode: v.typed.Get("reason_code"), Reason: v.typed.Get("reason")}
	from, err := v.typedDay("effective_at")
	if err != nil {
		return "", err
	}
	if !from.IsZero() {
		ruling.EffectiveAt = from.In(reference.Zone())
	}
	_, err = s.catalog.RevokeFor(ctx, v.who, id, v.match(), ruling)
	return "", err
}

// certificateView is what the page shows.
type certificateView struct {
	name           string
	state          listed
	facts          []listedFact
	remarks        []string
	scopes         listing
	scan, scanSays string
	// picture says that the scan can be shown on the page.
	picture bool
	past    listing
	forms   []decision
	decides bool
	back    string
}

// showCertificate shows a certificate with its scan, what the check says of it and what was decided.
func showCertificate(ctx context.Context, s *Service, v *visit) error {
	id, err := v.pathID()
	if err != nil {
		return err
	}
	c, err := s.catalog.Certificate(ctx, v.who, id)
	if err != nil {
		return err
	}
	history, err := s.catalog.CertificateHistory(ctx, v.who, id, civil.Date{})
	if err != nil {
		return err
	}
	names, state := s.naming(v), certificateStates[c.State]
	view := &certificateView{
		name: names.of(ledger.ByScheme, c.Scheme) + " · " + c.Number, state: listed{text: v.say(state.names), mark: state.mark},
		decides: v.who.Oversees(identity.Producer) && v.who.MayWrite("trade") == nil, back: string(v.at(deskPath, nil, "kind", deskCertificates)),
	}
	view.fill(v, c)
	view.cover(v, s.book, names, c.Scopes)
	view.history(v, history)
	view.forms = certificateForms(v, s.book, c, history)
	v.content = certificatePageOf(v, view)
	return nil
}

// fill says what is known of a certificate, and what the check has to say.
func (view *certificateView) fill(v *visit, c catalog.Certificate) {
	until := v.say(certificateNoEnd)
	if !c.ValidUntil.IsZero() {
		until = v.day(c.ValidUntil)
	}
	optional := func(said bool, text string) listed {
		if !said {
			return listed{}
		}
		return listed{text: text}
	}
	waited := 0
	if c.WaitingDays != nil {
		waited = *c.WaitingDays
	}
	view.facts = known(
		listedFact{v.say(certificateHolder), listed{text: c.Producer.Name, link: templ.SafeURL(organisationPath(c.ProducerID))}},
		listedFact{v.say(certificateNumber), listed{text: c.Number}},
		listedFact{v.say(certificateIssuer), listed{text: c.Issuer}},
		listedFact{v.say(certificateIssued), listed{text: v.day(c.IssuedOn)}},
		listedFact{v.say(certificateUntil), listed{text: until}},
		listedFact{v.say(certificateStars), optional(c.Stars > 0, strconv.Itoa(c.Stars)+" ★")},
		listedFact{v.say(certificatePoints), optional(c.Points > 0, v.amount(c.Points))},
		listedFact{v.say(certificateWaiting), optional(c.WaitingDays != nil, fmt.Sprintf(v.say(certificateDays), waited))},
		listedFact{v.say(organisationReason), listed{text: c.Reason, long: true}},
	)
	for _, note := range c.Notes {
		view.remarks = append(view.remarks, v.say(reference.Names{Name: note.Text, NameEN: note.TextEN}))
	}
	for _, other := range c.Duplicates {
		view.remarks = append(view.remarks, fmt.Sprintf(v.say(certificateTwice), other.Producer.Name, v.say(certificateStates[other.State].names), v.day(other.IssuedOn)))
	}
	if c.Invented {
		view.remarks = append(view.remarks, v.say(certificateFictional))
	}
	if c.ScanType != "" {
		view.scan = "/v1/certificates/" + c.ID.String() + "/scan"
		view.scanSays = "(" + c.ScanType + ", " + v.amount(quantity.Quantity(c.ScanSize/1024*1000)) + " kB)"
		view.picture = strings.HasPrefix(c.ScanType, "image/")
	}
}

// cover lists what a certificate covers.
func (view *certificateView) cover(v *visit, book *reference.Book, names naming, scopes []catalog.Scope) {
	view.scopes = listing{caption: v.say(certificateScopes), none: v.say(listNone), heads: heads(
		v.say(certificateScopeOf), v.say(certificateCovers), "#"+v.say(certificateArea), "#"+v.say(certificateCeiling),
	)}
	for _, each := range scopes {
		kind, _ := book.ScopeKind(each.Kind)
		var covers []string
		for _, text := range []string{each.Name, each.Site} {
			if text != "" {
				covers = append(covers, text)
			}
		}
		for _, line := range each.Lines {
			covers = append(covers, names.of(ledger.ByLine, line))
		}
		if len(each.ProductIDs) > 0 {
			covers = append(covers, fmt.Sprintf(v.say(certificateProducts), len(each.ProductIDs)))
		}
		if len(each.Members) > 0 {
			covers = append(covers, fmt.Sprintf(v.say(certificateMembers), len(each.Members)))
		}
		view.scopes.rows = append(view.scopes.rows, []listed{
			{text: v.say(kind.Names)}, {text: strings.Join(covers, "; "), long: true}, {text: unlessNone(v, each.AreaHa)}, {text: unlessNone(v, each.CeilingKg)},
		})
	}
}

// unlessNone is an amount, or a dash for none.
func unlessNone(v *visit, amount quantity.Quantity) string {
	if amount == 0 {
		return "–"
	}
	return v.amount(amount)
}

// history lists what was decided.
func (view *certificateView) history(v *visit, history catalog.History) {
	view.past = listing{caption: v.say(certificatePast), none: v.say(listNone), heads: heads(
		v.say(certificateDecision), v.say(certificateAt), v.say(certificateFrom), v.say(certificateBy), v.formField("reason"),
	)}
	for _, each := range history.Decisions {
		because := []string{}
		for _, text := range []string{v.say(reference.Names{Name: each.ReasonName, NameEN: each.ReasonNameEN}), each.Reason} {
			if text != "" {
				because = append(because, text)
			}
		}
		state, by := certificateStates[each.Decision], map[string]reference.Names{
			"producer": organisationKinds[identity.Producer], "authority": organisationKinds[identity.Authority], "platform": textPlatform,
		}[each.By]
		view.past.rows = append(view.past.rows, []listed{
			{text: v.say(state.names), mark: state.mark}, {text: v.instant(each.At)}, {text: v.day(each.EffectiveOn)}, {text: v.say(by)},
			{text: strings.Join(because, ": "), long: true},
		})
	}
}

// certificateForms are the decisions that the state of a certificate allows.
func certificateForms(v *visit, book *reference.Book, c catalog.Certificate, history catalog.History) []decision {
	why := func(act string, decided catalog.CertificateState) []entryField {
		reasons := []choice{}
		for _, each := range book.DecisionReasons() {
			if each.Decision == string(decided) {
				reasons = append(reasons, choice{value: each.Code, label: v.say(each.Names)})
			}
		}
		return []entryField{
			{act: act, name: "reason_code", label: v.formField("reason_code"), choices: reasons, hint: v.say(certificateOne)},
			{act: act, name: "reason", label: v.say(certificateWhy), kind: "text-lines", most: 1000},
		}
	}
	decided := catalog.Submitted
	if last := len(history.Decisions) - 1; last >= 0 {
		decided = history.Decisions[last].Decision
	}
	switch decided {
	case catalog.Submitted:
		return []decision{
			{act: "verify-certificate", title: v.say(certificateVerify), version: c.Version},
			{act: "reject-certificate", title: v.say(certificateReject), version: c.Version, fields: why("reject-certificate", catalog.Rejected), sure: v.say(certificateRejected), harm: true},
		}
	case catalog.Verified:
		fields := append(why("revoke-certificate", catalog.Revoked), entryField{act: "revoke-certificate", name: "effective_at", label: v.formField("effective_at"), kind: "date"})
		return []decision{{act: "revoke-certificate", title: v.say(certificateRevoke), version: c.Version, fields: fields, sure: v.say(certificateRevoked), harm: true}}
	default:
		return nil
	}
}
