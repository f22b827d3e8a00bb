package inquiry

import (
	"github.com/ocop-market/ocop/services/reference"
)

// What a comparison says in words.
//
//nolint:gochecknoglobals // constant texts
var (
	priceQuoted  = said("Giá báo áp dụng cho mọi số lượng chốt.", "The quoted price holds for any quantity awarded.")
	priceByScale = said("Giá theo cỡ khi cân, từ {lowest} đến {highest}; chốt mua tạm tính theo giá báo.",
		"The sizes at the scale decide, from {lowest} to {highest}; an award is committed at the quoted price.")
	priceOfTier = said("Giá của bậc từ {from}; chốt số lượng khác thì theo bậc của số lượng ấy.",
		"The price of the tier from {from}; an award of another quantity takes the price of its own tier.")
	priceGross = said("Báo giá nêu {quoted} cả dây, {tie} cả dây cho mỗi 1 không dây; giá ở đây là giá không dây.",
		"Quoted at {quoted} with the tie, {tie} for each unit without it; the price here is without it.")
	freightUnknown   = said("Giá tại nơi bán; chưa biết cước vận chuyển.", "Priced at the farm gate; the freight is not known.")
	priceBasisUnsaid = said("Nhu cầu chưa nêu giá tại nơi bán hay giá đến nơi, nên chưa biết có gồm cước hay không.",
		"The inquiry does not say whether prices are farm gate or delivered, so whether freight is included is not known.")

	deviationTexts = map[string]reference.Names{
		"delivery_before_window": said("Giao ngày {day}, trước khoảng cần hàng {from} – {to}.", "Delivery on {day} is before the window, {from} to {to}."),
		"delivery_after_window":  said("Giao ngày {day}, sau khoảng cần hàng {from} – {to}.", "Delivery on {day} is after the window, {from} to {to}."),
		"less_than_asked":        said("Chào {offered}, ít hơn số cần {asked}.", "{offered} are offered, less than the {asked} asked for."),
		"other_form":             said("Hàng là {offered}, cần {asked}.", "The goods are {offered}; {asked} was asked for."),
		"other_grade":            said("{field}: không đạt quy cách cần ({asked}); hàng là {offered}.", "{field}: not the grade asked for ({asked}); the goods are {offered}."),
		"grade_differs":          said("{field}: khác quy cách nêu ({asked}); hàng là {offered}.", "{field}: other than was asked for ({asked}); the goods are {offered}."),
		"claim_missing":          said("Không có chứng nhận {scheme} còn hiệu lực ngày giao.", "No {scheme} certificate will be valid on the delivery date."),
		"claim_lapses":           said("Chứng nhận {scheme} hết hiệu lực ngày {until}, trước ngày giao {day}.", "The {scheme} certificate ends on {until}, before the delivery on {day}."),
		"expired":                said("Báo giá đã hết hiệu lực.", "The quote has expired."),
		"below_offer_minimum":    said("Ít hơn mức tối thiểu của nguồn cung.", "Less than the offer's own minimum."),
		"off_offer_multiple":     said("Lệch bước số lượng của nguồn cung.", "Off the steps of the offer."),
		"more_than_lot":          said("Nhiều hơn số lượng đã khai của lô.", "More than was declared of the lot."),
		"sooner_than_lead_time":  said("Giao sớm hơn thời gian chuẩn bị của nguồn cung.", "Sooner than the offer's lead time."),
		"above_target_price":     said("Cao hơn giá mong muốn {target}.", "Above the target price of {target}."),
	}
)

// notSaid stands for what the goods say nothing of.
//
//nolint:gochecknoglobals // a constant text
var notSaid = said("không nêu", "not said")

// misses tells the deviations by which a requirement is missed; the others are worth knowing.
func misses(code string) bool {
	switch code {
	case "delivery_before_window", "delivery_after_window", "less_than_asked", "other_form", "other_grade", "claim_missing", "claim_lapses", "expired":
		return true
	default:
		return false
	}
}

// deviations lists every respect in which a quote is not what the line asks for, in words.
func (c *comparer) deviations(line lineRecord, wanted reference.Grade, q *quoteRecord, compared ComparedQuote) []Deviation {
	found := []Deviation{}
	add := func(code, about string, pairs ...string) {
		found = append(found, Deviation{Code: code, About: about, Miss: misses(code), Text: c.say(deviationTexts[code], pairs...)})
	}
	for _, code := range q.deviations(line) {
		day := q.DeliverOn
		if code == "delivery_after_window" {
			day = last(q.DeliverOn, q.Split.V)
		}
		add(code, "", "day", c.day(day), "from", c.day(line.DeliverFrom), "to", c.day(line.DeliverTo),
			"offered", c.amount(q.Quantity, q.Unit), "asked", c.amount(line.Quantity, line.Unit))
	}
	if line.Form != "" && q.deal.Form != line.Form {
		add("other_form", "", "offered", c.form(q.deal.Line, q.deal.Form), "asked", c.form(line.ProductLine, line.Form))
	}
	c.gradeDeviations(line, wanted, q, add)
	end := last(q.DeliverOn, q.Split.V)
	for _, scheme := range compared.Missing {
		code, until := "claim_missing", ""
		for _, mark := range compared.Lapsing {
			if mark.Scheme == scheme && !mark.ValidUntil.IsZero() && mark.ValidUntil.Before(end) {
				code, until = "claim_lapses", c.day(mark.ValidUntil)
			}
		}
		add(code, scheme, "scheme", c.scheme(scheme), "until", until, "day", c.day(end))
	}
	if compared.State == StateQuoteExpired {
		add("expired", "")
	}
	if line.TargetPriceVND > 0 && compared.Price.PriceVND > line.TargetPriceVND {
		add("above_target_price", "", "target", c.wording.price(line.TargetPriceVND))
	}
	return found
}

func (c *comparer) gradeDeviations(line lineRecord, wanted reference.Grade, q *quoteRecord, add func(code, about string, pairs ...string)) {
	known, _ := c.book.Line(line.ProductLine)
	missed, differs := known.Misses(wanted, q.deal.Grade)
	for at, fields := range [][]reference.GradeField{missed, differs} {
		for _, field := range fields {
			offered := c.grade(line.ProductLine, q.deal.Grade)
			if offered == "" {
				offered = c.say(notSaid)
			}
			add([]string{"other_grade", "grade_differs"}[at], field.Code, "field", field.In(c.language),
				"asked", c.grade(line.ProductLine, wanted), "offered", offered)
		}
	}
}
