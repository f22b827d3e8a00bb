package inquiry

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // its layout and style
	"encoding/base64"
	"fmt"
	"html/template"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/reference"
)

//go:embed contract_page.html
var contractPageLayout string

//go:embed contract_page.css
var contractPageStyle string

// contractPage shows a check of a contract to whoever scanned the code on its paper with a phone: in
// Vietnamese and English at once, what ContractCheck tells and nothing else. It loads nothing.
type contractPage struct {
	vietnamese, english wording

	template *template.Template
	style    template.CSS
	// policy lets the page have its own style and ask its own address again.
	policy string
}

func newContractPage(book *reference.Book) *contractPage {
	sum := sha256.Sum256([]byte(contractPageStyle))
	return &contractPage{
		vietnamese: wording{book, "vi"}, english: wording{book, reference.English},
		template: template.Must(template.New("contract").Parse(contractPageLayout)),
		style:    template.CSS(contractPageStyle), //nolint:gosec // our own
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	}
}

// The types below are what the template shows.
type (
	pageContents struct {
		Title   reference.Names
		Style   template.CSS
		Notices []pageNotice
		Facts   []pageFact
		// Of the form: what it is for, its labels, and what was sent with it.
		Confirm, DigestLabel, ValueLabel, Button reference.Names
		Digest, Value                            string
	}
	pageNotice struct {
		Names reference.Names
		Wrong bool
	}
	pageFact struct {
		Label reference.Names
		Says  []reference.Names
	}
)

// awardStateNames say where an award stands.
//
//nolint:gochecknoglobals // constant texts
var awardStateNames = map[AwardState]reference.Names{
	AwardCommitted:  said("đã chốt, chưa giao", "committed, nothing sent yet"),
	AwardDelivering: said("đang giao", "being delivered"),
	AwardCompleted:  said("đã giao xong", "completed"),
	AwardCancelled:  said("đã huỷ phần chưa giao", "what was not delivered is cancelled"),
}

// both says one thing in both languages.
func (p *contractPage) both(say func(w wording) string) reference.Names {
	return said(say(p.vietnamese), say(p.english))
}

func (p *contractPage) same(text string) []reference.Names {
	return []reference.Names{said(text, text)}
}

func (p *contractPage) day(date civil.Date) reference.Names {
	return p.both(func(w wording) string { return w.day(date) })
}

// facts are what a check tells, in the order of the paper.
func (p *contractPage) facts(check ContractCheck) []pageFact {
	only := func(names reference.Names) []reference.Names { return []reference.Names{names} }
	amount := func(part Part) reference.Names {
		return p.both(func(w wording) string { return w.amount(part.Quantity, check.Unit) })
	}
	on := pageFact{Label: said("Ngày giao", "Delivery on")}
	if len(check.Schedule) == 0 {
		on.Says = only(p.day(check.DeliverOn))
	}
	for _, part := range check.Schedule {
		day, much := p.day(part.DeliverOn), amount(part)
		on.Says = append(on.Says, said(day.Name+": "+much.Name, day.NameEN+": "+much.NameEN))
	}
	return []pageFact{
		{said("Chốt mua nay", "The award now stands"), only(awardStateNames[check.State])},
		{said("Chốt mua số", "Award number"), p.same(check.Number)},
		{said("Chốt ngày", "Awarded on"), only(p.day(check.AwardedOn))},
		{said("Bên bán", "Seller"), p.same(check.Seller)},
		{said("Bên mua", "Buyer"), p.same(check.Buyer)},
		{said("Sản phẩm", "Product"), p.same(check.ProductName)},
		{said("Ngành hàng", "Product line"), only(p.both(func(w wording) string { return w.line(check.ProductLine) }))},
		{said("Số lượng", "Quantity"), only(amount(Part{Quantity: check.Quantity}))},
		on,
		{said("Tờ này lập lúc", "The paper was set down at"), only(p.both(func(w wording) string { return w.instant(check.SetDownAt) }))},
		{said("Dấu kiểm", "Digest"), p.same(grouped(check.Digest))},
	}
}

// found is the page of a check; sent is what the reader sent to have it confirmed, as it was written.
func (p *contractPage) found(check ContractCheck, digest, value string) ([]byte, error) {
	contents := pageContents{
		Title: said("Mã này là của một tờ có thật", "The code is that of a genuine paper"), Facts: p.facts(check),
		Notices: []pageNotice{{Names: said("Hãy đối chiếu tờ giấy với những điều dưới đây; giá không hiện ở đây.",
			"Compare the paper with what follows; prices are not shown here.")}},
		Confirm:     said("Xác nhận điều ghi trên tờ giấy", "Have what the paper says confirmed"),
		DigestLabel: said("Dấu kiểm trên tờ giấy", "The digest on the paper"), ValueLabel: said("Giá trị trên tờ giấy (đồng)", "The value on the paper (đồng)"),
		Button: said("Đối chiếu", "Compare"), Digest: digest, Value: value,
	}
	if check.Matches != nil {
		verdict := pageNotice{Names: said("Đúng như tờ đã lập.", "As it was set down.")}
		if !*check.Matches {
			verdict = pageNotice{Names: said("KHÔNG đúng với tờ đã lập: tờ giấy có thể đã bị sửa.", "NOT as it was set down: the paper may have been altered."), Wrong: true}
		}
		contents.Notices = append([]pageNotice{verdict}, contents.Notices...)
	}
	if check.Invented {
		contents.Notices = append(contents.Notices, pageNotice{Names: said("Dữ liệu minh hoạ.", "Demonstration data.")})
	}
	return p.write(contents)
}

// missing is the page of a code that no paper bears.
func (p *contractPage) missing() ([]byte, error) {
	return p.write(pageContents{
		Title: said("Không có tờ nào mang mã này", "No paper bears this code"),
		Notices: []pageNotice{{Wrong: true, Names: said("Nếu mã được quét từ một tờ giấy thì tờ ấy không phải của chợ này. Nếu gõ tay, hãy kiểm tra lại từng ký tự.",
			"If the code was scanned from a paper, that is not one of this marketplace's. If it was typed, check every character.")}},
	})
}

func (p *contractPage) write(contents pageContents) ([]byte, error) {
	contents.Style = p.style
	var page bytes.Buffer
	if err := p.template.Execute(&page, contents); err != nil {
		return nil, fmt.Errorf("writing the page of a contract: %w", err)
	}
	return page.Bytes(), nil
}
