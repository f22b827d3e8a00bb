package inquiry

import (
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/paper"
	"github.com/ocop-market/ocop/pkg/symbol"
	"github.com/ocop-market/ocop/services/reference"
)

// contractPaper lays a contract out. Labels stand in both languages, what they say in the reader's.
type contractPaper struct {
	wording

	contract  Contract
	record    *contractRecord
	url       string
	cancelled bool
}

// other is the second language of a label.
func (p contractPaper) other(text reference.Names) string {
	if p.language == reference.English {
		return text.Name
	}
	return text.NameEN
}

// The QR code's width on paper, mm, and in the file, pixels: many to a module, so that it prints sharp.
const (
	codeMillimetres = 38
	codePixels      = 600
)

func (p contractPaper) pdf() ([]byte, error) {
	title, cancelled := said("Tóm tắt chốt mua", "Summary of an award"), said("Phần chưa giao đã bị huỷ.", "What was not delivered is cancelled.")
	foot := p.say(said("Chốt mua {number}", "Award {number}"), "number", shortNumber(p.contract.AwardID))
	if p.contract.fictional() {
		foot += " · " + invented
	}
	sheet := paper.New(paper.About{
		Title: p.say(title) + " " + shortNumber(p.contract.AwardID), Author: "OCOP market", Language: p.language, Made: p.contract.SetDownAt, Foot: foot,
	})
	sheet.Title(p.say(title)+" "+shortNumber(p.contract.AwardID), p.other(title))
	if p.contract.fictional() {
		sheet.Notice(invented)
	}
	if p.cancelled {
		sheet.Notice(p.say(cancelled) + " / " + p.other(cancelled))
	}
	p.parties(sheet)
	p.goods(sheet)
	p.delivery(sheet)
	p.claims(sheet)
	p.terms(sheet)
	if err := p.verification(sheet); err != nil {
		return nil, err
	}
	return sheet.Bytes()
}

func (p contractPaper) section(sheet *paper.Paper, text reference.Names) {
	sheet.Section(p.say(text), p.other(text))
}

func (p contractPaper) pair(sheet *paper.Paper, label reference.Names, text string) {
	sheet.Pair(p.say(label), p.other(label), text)
}

func (p contractPaper) parties(sheet *paper.Paper) {
	c := p.contract
	p.section(sheet, said("Các bên và chốt mua", "Parties and award"))
	p.pair(sheet, said("Bên bán", "Seller"), p.party(c.Seller))
	p.pair(sheet, said("Bên mua", "Buyer"), p.party(c.Buyer))
	p.pair(sheet, said("Chốt mua", "Award"), c.AwardID.String())
	p.pair(sheet, said("Chốt lúc", "Awarded at"), p.instant(c.AwardedAt))
	p.pair(sheet, said("Nhu cầu mua, dòng", "Inquiry, line"), c.InquiryID.String()+" / "+strconv.Itoa(c.Position))
}

func (p contractPaper) party(party ContractParty) string {
	text := party.Name
	if party.NameEN != "" {
		text += "\n" + party.NameEN
	}
	if place := p.place(party.CommuneCode); place != "" {
		text += "\n" + place
	}
	if party.TaxCode != "" {
		text += "\n" + p.say(said("Mã số thuế {code}", "Tax code {code}"), "code", party.TaxCode)
	}
	return text
}

// place names a commune and its province.
func (p contractPaper) place(code string) string {
	commune, known := p.book.Commune(code)
	if !known {
		return code
	}
	for _, province := range p.book.Provinces() {
		if province.Code == commune.Province {
			return joined(commune.In(p.language), province.In(p.language))
		}
	}
	return commune.In(p.language)
}

func (p contractPaper) goods(sheet *paper.Paper) {
	c := p.contract
	p.section(sheet, said("Hàng hoá và giá", "Goods and price"))
	p.pair(sheet, said("Sản phẩm", "Product"), c.ProductName)
	p.pair(sheet, said("Ngành hàng, dạng", "Product line, form"), joined(p.line(c.ProductLine), p.form(c.ProductLine, c.Form)))
	p.pair(sheet, said("Quy cách", "Grade"), p.grade(c.ProductLine, c.Grade))
	p.pair(sheet, said("Quy cách được hỏi", "Grade asked for"), p.grade(c.ProductLine, c.Asked))
	p.pair(sheet, said("Số lượng", "Quantity"), p.amount(c.Quantity, c.Unit))
	p.pair(sheet, said("Đơn giá", "Price per unit"), p.price(c.PriceVND)+"/"+p.unit(c.Unit))
	p.tie(sheet)
	p.pair(sheet, said("Giá trị", "Value"), p.price(c.ValueVND))
	if c.FreightVND != nil {
		p.pair(sheet, said("Cước vận chuyển, ngoài giá", "Freight, beside the price"), p.price(*c.FreightVND)+"/"+p.unit(c.Unit))
	}
	if c.LandedVND != nil {
		p.pair(sheet, said("Giá trị gồm cước", "Value with freight"), p.price(*c.LandedVND))
	}
	if len(c.SizePrices) == 0 {
		return
	}
	scale := said("Cỡ xác định khi cân quyết định số tiền phải trả; giá trị trên tạm tính theo đơn giá.",
		"The sizes found at the scale decide what is owed; the value above is at the price per unit.")
	p.pair(sheet, said("Giá theo cỡ", "Price by size"), p.say(scale))
	rows := make([][]string, len(c.SizePrices))
	for at, size := range c.SizePrices {
		rows[at] = []string{size.Grade, p.price(size.PriceVND) + "/" + p.unit(c.Unit)}
	}
	size, price := said("Cỡ", "Size"), said("Đơn giá", "Price per unit")
	sheet.Table([]paper.Column{
		{Head: p.say(size), Under: p.other(size), Share: 2}, {Head: p.say(price), Under: p.other(price), Share: 1, Number: true},
	}, rows)
}

// tie says what binds the goods and that quantities and prices are without it; nothing where the
// quote named none.
func (p contractPaper) tie(sheet *paper.Paper) {
	c := p.contract
	if c.Tie == 0 {
		return
	}
	text := p.say(said("{gross} cả dây cho mỗi 1 {unit} không dây. Số lượng và giá trên tờ này là không dây; dây đo được khi nhận mà khác thì giá trị tính theo dây đo được.",
		"{gross} with the tie for each {unit} without it. Quantities and prices on this paper are without the tie; if another is measured on receipt, the value counts by that."),
		"gross", p.amount(c.Tie, c.Unit), "unit", p.unit(c.Unit))
	if c.PriceGross {
		text += "\n" + p.say(said("Báo giá nêu giá cả dây; đơn giá trên đã đổi sang giá không dây.",
			"The quote named its price with the tie; the price per unit above is the net one that follows."))
	}
	p.pair(sheet, said("Dây buộc", "Tie"), text)
}

func (p contractPaper) delivery(sheet *paper.Paper) {
	p.section(sheet, said("Giao hàng", "Delivery"))
	place := strings.TrimSpace(p.place(p.contract.DeliverTo.CommuneCode) + "\n" + p.contract.DeliverTo.Note)
	if len(p.contract.Schedule) == 0 {
		p.pair(sheet, said("Ngày giao", "Delivery on"), p.day(p.contract.DeliverOn))
		p.pair(sheet, said("Nơi giao", "Place"), place)
		return
	}
	p.pair(sheet, said("Nơi giao", "Place"), place)
	rows := make([][]string, len(p.contract.Schedule))
	for at, part := range p.contract.Schedule {
		rows[at] = []string{p.day(part.DeliverOn), p.amount(part.Quantity, p.contract.Unit)}
	}
	day, amount := said("Ngày giao", "Delivery on"), said("Số lượng", "Quantity")
	sheet.Table([]paper.Column{
		{Head: p.say(day), Under: p.other(day), Share: 2}, {Head: p.say(amount), Under: p.other(amount), Share: 1, Number: true},
	}, rows)
}

func (p contractPaper) claims(sheet *paper.Paper) {
	p.section(sheet, said("Chứng nhận của hàng bán", "Certificates the goods are sold with"))
	asked, claims := p.schemes(p.contract.Schemes), p.contract.Claims
	p.pair(sheet, said("Chứng nhận được hỏi", "Certificates asked for"), asked)
	if len(claims) == 0 {
		p.pair(sheet, said("Bán kèm", "Sold with"), p.say(said("không có chứng nhận", "no certificate")))
		return
	}
	rows := make([][]string, len(claims))
	for at, claim := range claims {
		rows[at] = []string{p.scheme(claim.Scheme), claim.Number, p.until(claim), p.say(claimState(claim))}
	}
	columns := make([]paper.Column, 0, 4)
	for _, head := range []struct {
		name  reference.Names
		share float64
	}{
		{said("Chứng nhận", "Certificate"), 3}, {said("Số", "Number"), 2.5}, {said("Hiệu lực đến hết", "Valid through"), 2},
		{said("Ngày giao hàng", "On the delivery date"), 2.5},
	} {
		columns = append(columns, paper.Column{Head: p.say(head.name), Under: p.other(head.name), Share: head.share})
	}
	sheet.Table(columns, rows)
}

func (p contractPaper) until(claim ContractClaim) string {
	switch {
	case claim.Number == "":
		return ""
	case claim.ValidUntil.IsZero():
		return p.say(said("không thời hạn", "no end set"))
	default:
		return p.day(claim.ValidUntil)
	}
}

func claimState(claim ContractClaim) reference.Names {
	switch {
	case claim.Lapses:
		return said("không còn hiệu lực", "no longer valid")
	case claim.Number == "":
		return said("đã mất hiệu lực sau khi chốt", "lost since the award")
	default:
		return said("còn hiệu lực", "valid")
	}
}

func (p contractPaper) terms(sheet *paper.Paper) {
	t := p.contract.Terms
	p.section(sheet, said("Điều kiện kèm theo", "Terms"))
	basis := map[string]reference.Names{
		basisFarmGate: said("tại nơi bán", "farm gate"), basisDelivered: said("giao đến nơi", "delivered"), "": said("chưa nêu", "not said"),
	}
	p.pair(sheet, said("Giá tính", "Price basis"), p.say(basis[t.PriceBasis]))
	invoicing := map[string]reference.Names{
		"own": said("hoá đơn điện tử của bên bán", "the seller's own e-invoice"), "partner": said("qua đối tác", "by a partner"),
		"purchase_list": said("bảng kê mua hàng", "a purchase list"),
	}
	p.pair(sheet, said("Hoá đơn", "Invoicing"), p.say(invoicing[t.Invoicing]))
	p.pair(sheet, said("Thuế", "Tax"), t.TaxTreatment)
	if t.PaymentDays > 0 {
		p.pair(sheet, said("Thanh toán", "Payment"), p.say(said("trong {days} ngày", "within {days} days"), "days", strconv.Itoa(t.PaymentDays)))
	}
	if t.DepositPercent > 0 {
		p.pair(sheet, said("Đặt cọc", "Deposit"), p.number(t.DepositPercent)+" %")
	}
	if t.DiscountPercent > 0 {
		p.pair(sheet, said("Chiết khấu", "Discount"), p.number(t.DiscountPercent)+" %")
	}
	p.pair(sheet, said("Trả hàng", "Returns"), t.Returns)
	if t.Consignment {
		p.pair(sheet, said("Ký gửi", "Consignment"), p.say(said("có", "yes")))
	}
	p.pair(sheet, said("Bao bì", "Packaging"), t.Packaging)
	p.pair(sheet, said("Ghi chú", "Note"), t.Note)
}

// verification sets the code that leads to where the paper is checked.
func (p contractPaper) verification(sheet *paper.Paper) error {
	address := p.url + "/v1/contracts/" + p.record.Code
	code, err := symbol.QR(address)
	if err != nil {
		return err
	}
	picture, err := code.PNG(codePixels)
	if err != nil {
		return err
	}
	p.section(sheet, said("Kiểm tra tờ này", "Check this paper"))
	sheet.Picture(picture, codeMillimetres,
		p.say(said("Quét mã để biết tờ này có thật hay không và chốt mua nay ra sao.", "Scan the code to learn whether this paper is genuine and where the award stands now.")),
		address,
		p.say(said("Dấu kiểm: {digest}", "Digest: {digest}"), "digest", grouped(p.record.digest())),
		p.say(said("Lập lúc {at} theo dữ liệu của chợ; nội dung tờ này không đổi về sau.", "Set down at {at} from the marketplace's data; what it states does not change afterwards."),
			"at", p.instant(p.contract.SetDownAt)))
	return nil
}

// grouped writes a digest in groups of four, as people read it.
func grouped(digest string) string {
	var groups []string
	for ; len(digest) > 4; digest = digest[4:] {
		groups = append(groups, digest[:4])
	}
	return strings.Join(append(groups, digest), " ")
}
