package shelf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/gs1"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

// Verdict is whether a requirement is met.
type Verdict string

// The verdicts. Unknown is what the reader may not see, or what was never told in a way that can be
// compared; it never counts as met.
const (
	Met           Verdict = "met"
	NotMet        Verdict = "not_met"
	Unknown       Verdict = "unknown"
	NotApplicable Verdict = "not_applicable"
)

// Check is one requirement held against a product.
type Check struct {
	Requirement

	Verdict    Verdict    `json:"verdict"               enum:"met,not_met,unknown,not_applicable"`
	Why        string     `json:"why"`
	WhyEN      string     `json:"why_en"`
	Todo       string     `json:"todo,omitempty"        doc:"What to do next, where something is to be done."`
	TodoEN     string     `json:"todo_en,omitempty"`
	Action     string     `json:"action,omitempty"      doc:"Where it is done."`
	ValidUntil civil.Date `json:"valid_until,omitzero"  doc:"Until when what meets it is good."`
	DocumentID *uuid.UUID `json:"document_id,omitempty" doc:"The document that was looked at."`
}

// Readiness is what stands between a product and the shelf of a system.
type Readiness struct {
	ProductID   uuid.UUID  `json:"product_id"`
	ProductName string     `json:"product_name"`
	System      string     `json:"system,omitempty"     doc:"Absent: what is demanded by every system."`
	SystemName  string     `json:"system_name,omitempty"`
	On          civil.Date `json:"on"`
	Ready       bool       `json:"ready"                doc:"All that is mandatory is met."`
	Met         int        `json:"met"`
	Total       int        `json:"total"                doc:"Requirements that apply."`
	Summary     string     `json:"summary"              example:"8/10; còn thiếu: Mã số mã vạch, Kiểm nghiệm"`
	SummaryEN   string     `json:"summary_en"           example:"8 of 10; missing: Barcode, Test report"`
	Unverified  bool       `json:"unverified,omitempty" doc:"The system has told nothing of its own: this is common ground, for orientation."`
	Checks      []Check    `json:"checks,omitempty"     doc:"In lists only what is not met."`
	GreenTick   *Tick      `json:"green_tick,omitempty" doc:"The product's Green Tick in the system."`
	Invented    bool       `json:"invented,omitempty"   doc:"Demonstration data."`
}

// evidence is all that requirements are held against.
type evidence struct {
	product   catalog.Product
	state     string // of the product's form
	weighed   bool   // the scale decides the quantity
	documents []Document
	facts     Facts // of the product
	terms     Facts // of the producer
	words     vocabulary
	book      *reference.Book
	on        civil.Date
}

// window is within how many days volume counts towards a month.
const window = 30

// evidenceOf gathers what concerns a product from what was read for many.
func evidenceOf(book *reference.Book, words vocabulary, product catalog.Product, on civil.Date) evidence {
	e := evidence{product: product, words: words, book: book, on: on}
	if line, known := book.Line(product.Line); known {
		if form, known := line.Form(product.Form); known {
			e.state = form.State
		}
	}
	unit, known := book.Unit(product.Unit)
	e.weighed = known && unit.Weighed
	return e
}

// judge holds all requirements against a product.
func judge(requirements []Requirement, e evidence) Readiness {
	found := Readiness{ProductID: e.product.ID, ProductName: e.product.Name, On: e.on, Ready: true, Invented: e.product.Invented}
	var missing, missingEN []string
	for _, r := range requirements {
		check := e.check(r)
		found.Checks = append(found.Checks, check)
		if check.Verdict == NotApplicable {
			continue
		}
		found.Total++
		if check.Verdict == Met {
			found.Met++
			continue
		}
		found.Ready = found.Ready && !r.Mandatory
		missing = append(missing, r.Name)
		missingEN = append(missingEN, or(r.NameEN, r.Name))
	}
	found.Summary, found.SummaryEN = fmt.Sprintf("%d/%d", found.Met, found.Total), fmt.Sprintf("%d of %d", found.Met, found.Total)
	if len(missing) > 0 {
		found.Summary += "; còn thiếu: " + strings.Join(missing, ", ")
		found.SummaryEN += "; missing: " + strings.Join(missingEN, ", ")
	}
	return found
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

// check holds one requirement against a product.
func (e evidence) check(r Requirement) Check {
	if len(r.States) > 0 && !slices.Contains(r.States, e.state) {
		return Check{
			Requirement: r, Verdict: NotApplicable,
			Why: "Không áp dụng cho dạng hàng này.", WhyEN: "Does not concern goods of this form.",
		}
	}
	var c Check
	switch r.Kind {
	case KindDocument:
		c = e.document(r.Params)
	case KindMark:
		c = e.mark(r.Params)
	case KindGTIN:
		c = e.gtin()
	case KindFact:
		c = e.fact(r.Params)
	case KindMonthlyVolume:
		c = e.volume(r.Params)
	default: // a newer release's kind, met by this one in the database
		c = Check{Verdict: Unknown, Why: "Chưa kiểm tra được yêu cầu này.", WhyEN: "This cannot be checked here."}
	}
	c.Requirement = r
	return c
}

// document looks for the document that is good for longest.
func (e evidence) document(p Params) Check {
	kind := e.words.types[p.Document]
	const action = "POST /v1/documents"
	var best *Document
	for i, d := range e.documents {
		if d.Type != p.Document || d.Withdrawn || (d.ProductID != nil && *d.ProductID != e.product.ID) {
			continue
		}
		if best == nil || d.ValidUntil.IsZero() || (!best.ValidUntil.IsZero() && d.ValidUntil.After(best.ValidUntil)) {
			best = &e.documents[i]
		}
	}
	if best == nil {
		return Check{
			Verdict: NotMet, Why: "Chưa có " + kind.Name + ".", WhyEN: "There is no document: " + kind.NameEN + ".",
			Todo: "Gửi một lần, dùng cho mọi hệ thống. " + kind.Help, TodoEN: "Send it once, for every system. " + kind.HelpEN, Action: action,
		}
	}
	c := Check{Verdict: Met, Why: "Số " + best.Number + ".", WhyEN: "Number " + best.Number + ".", ValidUntil: best.ValidUntil, DocumentID: &best.ID}
	switch best.stateOn(e.on) {
	case DocumentExpired:
		c.Verdict, c.Why, c.WhyEN = NotMet, "Đã hết hạn ngày "+best.ValidUntil.String()+".", "It ended on "+best.ValidUntil.String()+"."
		c.Todo, c.TodoEN, c.Action = "Gửi bản mới. "+kind.Help, "Send a new one. "+kind.HelpEN, action
	case DocumentExpiring:
		c.Todo, c.TodoEN, c.Action = "Sắp hết hạn: chuẩn bị bản mới.", "It ends soon: prepare the next one.", action
	case DocumentValid, DocumentWithdrawn:
	}
	return c
}

// mark looks for a mark that the product may show today.
func (e evidence) mark(p Params) Check {
	names, namesEN := make([]string, 0, len(p.Schemes)), make([]string, 0, len(p.Schemes))
	var best *catalog.Mark
	for _, code := range p.Schemes {
		scheme, _ := e.book.Scheme(code)
		names, namesEN = append(names, or(scheme.Name, code)), append(namesEN, or(scheme.NameEN, code))
		for i, mark := range e.product.Certificates {
			if mark.Scheme == code && (best == nil || mark.ValidUntil.IsZero() || !best.ValidUntil.IsZero() && mark.ValidUntil.After(best.ValidUntil)) {
				best = &e.product.Certificates[i]
			}
		}
	}
	if best == nil {
		return Check{
			Verdict: NotMet, Action: "POST /v1/certificates",
			Why: "Chưa có chứng nhận được xác minh và còn hiệu lực.", WhyEN: "There is no certificate that is verified and valid.",
			Todo:   "Nộp một trong các chứng nhận: " + strings.Join(names, ", ") + ".",
			TodoEN: "Submit one of: " + strings.Join(namesEN, ", ") + ".",
		}
	}
	scheme, _ := e.book.Scheme(best.Scheme)
	return Check{Verdict: Met, Why: scheme.Name + " " + best.Number + ".", WhyEN: or(scheme.NameEN, scheme.Name) + " " + best.Number + ".", ValidUntil: best.ValidUntil}
}

func (e evidence) gtin() Check {
	action := "PATCH /v1/products/" + e.product.ID.String()
	number, err := gs1.ParseGTIN(e.product.GTIN)
	switch {
	case e.product.GTIN == "" && e.weighed:
		return Check{Verdict: NotApplicable, Why: "Hàng bán theo cân có thể không có mã.", WhyEN: "Goods that are weighed may have none."}
	case e.product.GTIN == "":
		return Check{
			Verdict: NotMet, Why: "Sản phẩm chưa có mã GTIN.", WhyEN: "The product has no GTIN.", Action: action,
			Todo:   "Đăng ký mã tại GS1 Việt Nam (Trung tâm Mã số, mã vạch Quốc gia), rồi ghi vào sản phẩm.",
			TodoEN: "Apply to GS1 Vietnam (National Barcode Centre), then enter the number.",
		}
	case err != nil || number.Restricted():
		return Check{
			Verdict: NotMet, Why: "Mã không phải GTIN dùng được ngoài cửa hàng.", WhyEN: "The number is no GTIN that counts outside a shop.", Action: action,
			Todo: "Kiểm tra lại mã trên giấy của GS1.", TodoEN: "Check the number on GS1's paper.",
		}
	}
	c := Check{Verdict: Met, Why: number.Short() + ".", WhyEN: number.Short() + "."}
	if !number.Vietnamese() {
		c.Todo, c.TodoEN = "Mã không bắt đầu bằng 893: kiểm tra nếu không phải mã cấp ở nước ngoài.", "It does not begin with 893: check it, unless it was given out abroad."
	}
	return c
}

// fact looks at what was told of the label, or at a term the producer accepts.
func (e evidence) fact(p Params) Check {
	field := e.words.fields[p.Field]
	told, action := e.facts, "PUT /v1/products/"+e.product.ID.String()+"/facts"
	if field.Subject == aboutProducer {
		told, action = e.terms, "PUT /v1/shelf/terms"
	}
	value, known := told[p.Field]
	missing := Check{
		Verdict: NotMet, Why: "Chưa khai: " + field.Name + ".", WhyEN: "Not told: " + field.NameEN + ".", Action: action,
		Todo: "Khai " + field.Name + ".", TodoEN: "Tell: " + field.NameEN + ".",
	}
	if !known {
		return missing
	}
	switch v := value.(type) {
	case bool:
		if !v {
			missing.Why, missing.WhyEN = "Không: "+field.Name+".", "No: "+field.NameEN+"."
			missing.Todo, missing.TodoEN = "Chỉ khai có khi thực hiện được.", "Say yes only when it is so."
			return missing
		}
		return Check{Verdict: Met, Why: "Có.", WhyEN: "Yes."}
	case float64:
		text := strings.TrimSpace(fmt.Sprintf("%d %s", int(v), field.Unit))
		if int(v) < p.Least {
			missing.Why, missing.WhyEN = fmt.Sprintf("%s, cần ít nhất %d.", text, p.Least), fmt.Sprintf("%s; at least %d is needed.", text, p.Least)
			missing.Todo, missing.TodoEN = "Xem lại điều kiện này.", "See whether this can be met."
			return missing
		}
		return Check{Verdict: Met, Why: text + ".", WhyEN: text + "."}
	case string:
		return Check{Verdict: Met, Why: v, WhyEN: v}
	default:
		return missing
	}
}

// volume adds up what the reader may see on offer within the next thirty days.
func (e evidence) volume(p Params) Check {
	if p.Quantity == nil {
		return Check{Verdict: Unknown, Why: "Yêu cầu chưa nêu sản lượng.", WhyEN: "The requirement names no volume."}
	}
	total, hidden, foreign := quantity.Quantity(0), false, false
	for _, offer := range e.product.Offers {
		if offer.State != catalog.OfferOpen || offer.AvailableFrom.After(e.on.AddDays(window)) || offer.AvailableTo.Before(e.on) {
			continue
		}
		if offer.Remaining == nil {
			hidden = true
			continue
		}
		amount, fits := inUnit(*offer.Remaining, offer.Unit, p.Unit, e.product.UnitWeightKg)
		foreign = foreign || !fits
		total += amount
	}
	said := fmt.Sprintf("%s / %s %s trong %d ngày tới.", total, *p.Quantity, p.Unit, window)
	saidEN := fmt.Sprintf("%s of %s %s within %d days.", total, *p.Quantity, p.Unit, window)
	switch {
	case total >= *p.Quantity:
		return Check{Verdict: Met, Why: said, WhyEN: saidEN}
	case foreign:
		return Check{
			Verdict: Unknown, Why: "Nguồn cung tính theo đơn vị khác.", WhyEN: "The offers are counted in another unit.",
			Todo: "Ghi khối lượng mỗi đơn vị vào sản phẩm.", TodoEN: "Enter the unit's weight.", Action: "PATCH /v1/products/" + e.product.ID.String(),
		}
	case hidden:
		return Check{Verdict: Unknown, Why: "Nhà sản xuất không công khai sản lượng.", WhyEN: "The producer does not show the volume.", Todo: "Hỏi nhà sản xuất.", TodoEN: "Ask the producer."}
	default:
		return Check{Verdict: NotMet, Why: said, WhyEN: saidEN, Todo: "Mở thêm nguồn cung.", TodoEN: "Offer more.", Action: "POST /v1/offers"}
	}
}

// inUnit says an amount in another unit: counted goods by their weight, in kilograms.
func inUnit(amount quantity.Quantity, unit, wanted string, weight *quantity.Quantity) (quantity.Quantity, bool) {
	switch {
	case unit == wanted:
		return amount, true
	case wanted == "kg" && weight != nil && *weight > 0 && amount/quantity.Unit <= quantity.Max / *weight:
		return amount * *weight / quantity.Unit, true
	default:
		return 0, false
	}
}
