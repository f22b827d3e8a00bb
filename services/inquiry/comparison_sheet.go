package inquiry

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/reference"
)

// comparedColumn is a column of a comparison as a list; what a row does not know stays blank.
type comparedColumn struct {
	heading reference.Names
	width   int
	cell    func(w wording, l ComparedLine, q ComparedQuote) sheet.Cell
}

// answerNames say what a producer did.
//
//nolint:gochecknoglobals // constant texts
var answerNames = map[string]reference.Names{
	"quoted":                        said("đã báo giá", "quoted"),
	"declined":                      said("không có hàng", "nothing to offer"),
	"withdrawn":                     said("đã rút báo giá", "quote withdrawn"),
	"silent":                        said("chưa trả lời", "no answer"),
	string(QuoteSubmitted):          said("đang chào", "submitted"),
	string(StateQuoteExpired):       said("hết hiệu lực", "expired"),
	string(StateQuoteAwardedInPart): said("chốt một phần", "awarded in part"),
	string(StateQuoteAwardedInFull): said("chốt hết", "awarded in full"),
	"yes":                           said("có", "yes"),
	"no":                            said("không", "no"),
	"not_chosen":                    said("không được chọn", "not chosen"),
}

// The places of the columns that a producer without a quote fills, too.
const (
	producerColumn = 7
	answerColumn   = 8
)

// comparedColumns are the columns in their order: what is asked, who answered, what is offered.
func comparedColumns() []comparedColumn {
	return append(askedColumns(), offeredColumns()...)
}

func askedColumns() []comparedColumn {
	return []comparedColumn{
		{said("Dòng", "Line"), 6, func(_ wording, l ComparedLine, _ ComparedQuote) sheet.Cell { return sheet.N(strconv.Itoa(l.Position)) }},
		{said("Mặt hàng cần", "Goods asked for"), 20, func(w wording, l ComparedLine, _ ComparedQuote) sheet.Cell {
			return sheet.T(joined(l.LineName, w.form(l.ProductLine, l.Form), l.Grade))
		}},
		{said("Chứng nhận cần", "Certificates asked for"), 18, func(w wording, l ComparedLine, _ ComparedQuote) sheet.Cell { return sheet.T(w.schemes(l.Schemes)) }},
		{said("Số lượng cần", "Quantity asked for"), 12, func(_ wording, l ComparedLine, _ ComparedQuote) sheet.Cell { return sheet.N(l.Quantity.String()) }},
		{said("Đơn vị", "Unit"), 8, func(w wording, l ComparedLine, _ ComparedQuote) sheet.Cell { return sheet.T(w.unit(l.Unit)) }},
		{said("Cần từ ngày", "Wanted from"), 12, func(_ wording, l ComparedLine, _ ComparedQuote) sheet.Cell { return sheet.D(l.DeliverFrom.String()) }},
		{said("Cần đến ngày", "Wanted until"), 12, func(_ wording, l ComparedLine, _ ComparedQuote) sheet.Cell { return sheet.D(l.DeliverTo.String()) }},
	}
}

func offeredColumns() []comparedColumn {
	return []comparedColumn{
		{said("Nhà sản xuất", "Producer"), 30, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return sheet.T(q.Producer.Name) }},
		{said("Trả lời", "Answer"), 16, func(w wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return sheet.T(w.state(q.State)) }},
		{said("Hạng", "Rank"), 6, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell {
			if q.Rank == nil {
				return sheet.Cell{}
			}
			return sheet.N(strconv.Itoa(*q.Rank))
		}},
		{said("Đạt yêu cầu", "Meets everything"), 10, func(w wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return sheet.T(w.yes(q.Meets)) }},
		{said("Chưa đạt vì", "Misses"), 40, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return deviated(q, true) }},
		{said("Lưu ý", "Worth knowing"), 30, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return deviated(q, false) }},
		{said("Hàng chào", "Goods offered"), 30, func(w wording, l ComparedLine, q ComparedQuote) sheet.Cell {
			return sheet.T(joined(q.ProductName, w.form(l.ProductLine, q.Form), q.Grade))
		}},
		{said("Giá (đ/đơn vị)", "Price (đ per unit)"), 14, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return dong(q.Price.PriceVND) }},
		{said("Cách tính giá", "What the price is"), 30, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return sheet.T(q.Price.Explanation) }},
		{said("Cước (đ/đơn vị)", "Freight (đ per unit)"), 12, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell {
			if q.FreightVND == nil {
				return sheet.Cell{}
			}
			return dong(*q.FreightVND)
		}},
		{said("Giá đến nơi (đ/đơn vị)", "Landed price (đ per unit)"), 14, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell {
			if q.LandedPriceVND == nil {
				return sheet.Cell{}
			}
			return dong(*q.LandedPriceVND)
		}},
		{said("Vì sao chưa rõ giá đến nơi", "Why the landed price is unknown"), 24, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell {
			if q.LandedUnknown == nil {
				return sheet.Cell{}
			}
			return sheet.T(q.LandedUnknown.Text)
		}},
		{said("Số lượng chào", "Quantity offered"), 12, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return sheet.N(q.Quantity.String()) }},
		{said("Số lượng tính giá trị", "Quantity valued"), 12, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return sheet.N(q.Compared.String()) }},
		{said("Giá trị (đ)", "Value (đ)"), 16, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return dong(q.ValueVND) }},
		{said("Ngày giao", "Delivery on"), 12, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return sheet.D(q.DeliverOn.String()) }},
		{said("Đúng khoảng cần", "In the window"), 10, func(w wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return sheet.T(w.yes(q.InWindow)) }},
		{said("Hiệu lực đến", "Valid until"), 18, func(w wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return sheet.T(w.instant(q.ValidUntil)) }},
		{said("Hiệu lực còn (giờ)", "Valid for (hours)"), 10, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell {
			return sheet.N(strconv.FormatInt(q.ValidForMinutes/60, 10))
		}},
		{said("Chứng nhận ngày giao", "Certificates on the delivery date"), 24, func(w wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return w.marks(q.Claims) }},
		{said("Chứng nhận hết hạn trước ngày giao", "Certificates that lapse before"), 24, func(w wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return w.marks(q.Lapsing) }},
		{said("Chứng nhận còn thiếu", "Certificates missing"), 18, func(w wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return sheet.T(w.schemes(q.Missing)) }},
		{said("Giao đúng hẹn (%)", "On time (%)"), 10, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return percent(q.Performance.OnTime) }},
		{said("Số chuyến giao", "Deliveries"), 8, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return cases(q.Performance.OnTime) }},
		{said("Giao đủ (%)", "In full (%)"), 10, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return percent(q.Performance.InFull) }},
		{said("Số lần chốt đã xong", "Awards ended"), 8, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return cases(q.Performance.InFull) }},
		{said("Bị trả lại (%)", "Rejected (%)"), 10, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return percent(q.Performance.Rejected) }},
		{said("Số chuyến đã nhận cùng ngành", "Deliveries of the line received"), 8, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell { return cases(q.Performance.Rejected) }},
		{said("Ghi chú", "Note"), 24, func(_ wording, _ ComparedLine, q ComparedQuote) sheet.Cell {
			if q.Invented {
				return sheet.T(invented)
			}
			return sheet.Cell{}
		}},
	}
}

func joined(parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ", ")
}

func dong(v money.VND) sheet.Cell { return sheet.N(strconv.FormatInt(int64(v), 10)) }

func percent(share Share) sheet.Cell {
	if share.Percent == nil {
		return sheet.T(share.Text)
	}
	return sheet.N(share.Percent.String())
}

func cases(share Share) sheet.Cell { return sheet.N(strconv.Itoa(share.Cases)) }

func deviated(q ComparedQuote, misses bool) sheet.Cell {
	var texts []string
	for _, deviation := range q.Deviations {
		if deviation.Miss == misses {
			texts = append(texts, deviation.Text)
		}
	}
	return sheet.T(strings.Join(texts, " "))
}

func (w wording) schemes(codes []string) string {
	names := make([]string, len(codes))
	for at, code := range codes {
		names[at] = w.scheme(code)
	}
	return strings.Join(names, ", ")
}

func (w wording) marks(marks []ComparedMark) sheet.Cell {
	texts := make([]string, len(marks))
	for at, mark := range marks {
		texts[at] = mark.Name + " " + mark.Number
		if !mark.ValidUntil.IsZero() {
			texts[at] += " (" + w.day(mark.ValidUntil) + ")"
		}
	}
	return sheet.T(strings.Join(texts, "; "))
}

func (w wording) yes(is bool) string {
	if is {
		return w.say(answerNames["yes"])
	}
	return w.say(answerNames["no"])
}

func (w wording) state(state QuoteState) string {
	if state == QuoteState(QuoteDeclined) {
		return w.say(answerNames["not_chosen"])
	}
	return w.say(answerNames[string(state)])
}

// sheet writes a comparison as a list: a row for each quote, in the order of the lines and ranks,
// then one for each producer who was asked or answered and has none, saying whether it declined or
// kept silent. Prices, quantities and shares are numbers, days are dates; no text is a formula.
func (c *Comparison) sheet(to io.Writer, format sheet.Format, w wording) error {
	columns := comparedColumns()
	outline := sheet.Sheet{Name: w.say(said("So sánh báo giá", "Comparison of quotes")), Heads: 1}
	heads := make([]sheet.Cell, len(columns))
	for at, column := range columns {
		heads[at] = sheet.T(w.say(column.heading))
		outline.Widths = append(outline.Widths, column.width)
	}
	out, err := newSheet(to, format, outline, w.language)
	if err != nil {
		return err
	}
	rows := [][]sheet.Cell{heads}
	for _, line := range c.Lines {
		for _, quote := range line.Quotes {
			row := make([]sheet.Cell, len(columns))
			for at, column := range columns {
				row[at] = column.cell(w, line, quote)
			}
			rows = append(rows, row)
		}
	}
	for _, answer := range c.Answers {
		if answer.Answer == "quoted" {
			continue
		}
		row := make([]sheet.Cell, len(columns))
		row[producerColumn] = sheet.T(answer.Producer.Name)
		row[answerColumn] = sheet.T(joined(w.say(answerNames[answer.Answer]), answer.Note))
		rows = append(rows, row)
	}
	for _, row := range rows {
		if err := out.Write(row); err != nil {
			return fmt.Errorf("writing a comparison: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("writing a comparison: %w", err)
	}
	return nil
}

// newSheet writes lists as spreadsheets of the language expect them: Vietnamese ones take a comma
// for the decimal mark, so a semicolon parts their cells.
func newSheet(to io.Writer, format sheet.Format, outline sheet.Sheet, language string) (sheet.Writer, error) { //nolint:ireturn // formats are interchangeable
	if format == sheet.XLSX {
		return sheet.NewXLSX(to, outline)
	}
	separator := ';'
	if language == reference.English {
		separator = ','
	}
	return sheet.NewCSV(to, separator)
}
