package portal

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

const memorandaPath = "/trade/memoranda"

//nolint:gochecknoglobals // immutable texts
var (
	memorandaTitle    = text("Biên bản ghi nhớ", "Memoranda")
	memorandumTitle   = text("Một biên bản ghi nhớ", "A memorandum")
	memorandaIntro    = text("Biên bản ghi nhớ là kỳ vọng hai bên đã ký, không phải nhu cầu và không bao giờ tính vào sản lượng. Đã chốt mua và đã nhận lấy từ sổ sản lượng, đã khai theo lời bên khai; các cột đặt cạnh nhau và không cộng lại.", "A memorandum is what two parties signed as an expectation: it is no demand and never counts as volume. What was awarded and accepted comes from the ledger, what was declared is the word of who declared it; the columns stand beside each other and are not added up.")
	memorandaNone     = text("Không có biên bản nào.", "There are no memoranda.")
	memorandaNumber   = text("Số", "Number")
	memorandaParties  = text("Các bên", "Parties")
	memorandaSigned   = text("Ngày ký", "Signed on")
	memorandaTerm     = text("Hiệu lực", "Term")
	memorandaGoods    = text("Hàng hoá", "Goods")
	memorandaNoNumber = text("(không số)", "(no number)")
	memorandaTotals   = text("Các biên bản hai bên đã xác nhận, theo năm ký", "Memoranda that both sides confirmed, by the year of signing")
	memorandaYear     = text("Năm ký", "Signed in")
	memorandaCount    = text("Số biên bản", "Memoranda")
	memorandaExpected = text("Kỳ vọng", "Expected")
	memorandaAwarded  = text("Đã chốt mua", "Awarded")
	memorandaReceived = text("Đã nhận", "Accepted")
	memorandaDeclared = text("Đã khai ngoài sàn", "Declared off platform")
	memorandaPercent  = text("Đã nhận so với kỳ vọng", "Accepted of expected")
	memorandaWorth    = text("Giá trị kỳ vọng (đồng)", "Expected value (VND)")
	memorandaHidden   = text("Ẩn: chưa đủ ba nhà sản xuất và ba bên mua đứng sau giá trị này.", "Hidden: fewer than three producers and three buyers stand behind the value.")
	memorandaUnsaid   = text("Chỉ hiện khi hai bên đã xác nhận biên bản.", "Shown once both sides have confirmed the memorandum.")
	memorandumBy      = text("Người nhập", "Entered by")
	memorandumEvent   = text("Ký tại sự kiện", "Signed at")
	memorandumAgreed  = text("Các bên xác nhận", "Agreed by")
	memorandumEnded   = text("Kết thúc ngày", "Ended on")
	memorandumLines   = text("Kỳ vọng và những gì đã diễn ra", "What was expected and what came of it")
	memorandumHistory = text("Diễn biến", "What was done")
	memorandumStep    = text("Bước", "Step")
	memorandumActor   = text("Bởi", "By")
	memorandumFollows = text("Yêu cầu mua, lượt chốt mua và giao hàng theo biên bản này chỉ hai bên xem được từng mục; cơ quan quản lý xem các tổng ở trên.", "Which inquiries, awards and deliveries follow from it is shown one by one to its two parties alone; authorities read the totals above.")
	memorandumOff     = text("không trên sàn", "not on the platform")
)

// memorandumStates are what people call the states of a memorandum, with how they are marked.
//
//nolint:gochecknoglobals // an immutable table
var memorandumStates = map[trade.MemorandumState]struct {
	names reference.Names
	mark  string
}{
	trade.Recorded:  {text("chờ xác nhận", "waits to be confirmed"), markWaits},
	trade.Confirmed: {text("hai bên đã xác nhận", "confirmed by both"), markGood},
	trade.Contested: {text("bị phản đối", "contested"), markBad},
	trade.Ended:     {text("đã kết thúc", "ended"), markPlain},
	trade.Withdrawn: {text("đã rút", "withdrawn"), markPlain},
}

// memorandumMoves are what people call the steps of a memorandum; any other stands as it is.
//
//nolint:gochecknoglobals // an immutable table
var memorandumMoves = map[string]reference.Names{
	"record": text("nhập", "recorded"), "confirm": text("xác nhận", "confirmed"), "contest": text("phản đối", "contested"),
	"end": text("kết thúc", "ended"), "withdraw": text("rút", "withdrawn"), "amend": text("sửa hoặc đề nghị sửa", "changed, or a change proposed"),
	string(trade.Agreed): text("đồng ý bản sửa", "change agreed to"), string(trade.Refused): text("từ chối bản sửa", "change refused"),
	string(trade.TakenBack): text("rút đề nghị sửa", "proposed change taken back"),
}

// tradeSides are what people call who acts.
//
//nolint:gochecknoglobals // an immutable table
var tradeSides = map[trade.Side]reference.Names{
	trade.ByProducer: text("nhà sản xuất", "producer"), trade.ByBuyer: text("bên mua", "buyer"), trade.ByOfficial: text("cơ quan quản lý", "authority"),
}

func memorandumPath(id uuid.UUID) string { return memorandaPath + "/" + id.String() }

// memorandaView is what the list of memoranda shows.
type memorandaView struct {
	states       []choice
	list, totals listing
	next         templ.SafeURL
	writes       bool
}

func showMemoranda(ctx context.Context, s *Service, v *visit) error {
	view := &memorandaView{writes: v.who.MayWrite("monitor") == nil}
	for _, state := range []trade.MemorandumState{trade.Recorded, trade.Confirmed, trade.Contested, trade.Ended, trade.Withdrawn} {
		view.states = append(view.states, choice{value: string(state), label: v.say(memorandumStates[state].names), chosen: v.query.Get("state") == string(state)})
	}
	filter := trade.MemorandumFilter{State: trade.MemorandumState(v.query.Get("state")), Page: trade.Page{Limit: tradeRows + 1}}
	if asked := v.query.Get("event_id"); asked != "" {
		id, err := idIn(asked)
		if err != nil {
			return err
		}
		filter.EventID = id
	}
	if err := v.after(&filter.After); err != nil {
		return err
	}
	memoranda, err := s.trade.Memoranda(ctx, v.who, filter)
	if err != nil {
		return err
	}
	if len(memoranda) > tradeRows {
		memoranda = memoranda[:tradeRows]
		view.next = v.further(memoranda[tradeRows-1].ID)
	}
	totals, err := s.trade.MemorandaTotals(ctx, v.who)
	if err != nil {
		return err
	}
	names := s.naming(v)
	view.list = listing{caption: v.say(memorandaTitle), none: v.say(memorandaNone), heads: append(heads(
		v.say(memorandaNumber), v.say(memorandaParties), v.formField("state"), v.say(memorandaGoods)), besideHeads(v)...)}
	for at := range memoranda {
		view.list.rows = append(view.list.rows, memorandumRows(v, names, &memoranda[at])...)
	}
	view.total(v, names, totals)
	v.content = memorandaPageOf(v, view)
	return nil
}

// besideHeads are the columns of what stands beside each other.
func besideHeads(v *visit) []head {
	return heads("#"+v.say(memorandaExpected), "#"+v.say(memorandaAwarded), "#"+v.say(memorandaReceived), "#"+v.say(memorandaDeclared), "#"+v.say(memorandaPercent), v.say(volumesUnit))
}

// beside are what stands beside each other of a line.
func beside(v *visit, names naming, a trade.Amounts, unit string) []listed {
	why := ""
	if a.Awarded == nil {
		why = v.say(memorandaUnsaid)
	}
	return []listed{
		{text: v.amount(a.Expected)}, {text: amountOr(v, a.Awarded), why: why}, {text: amountOr(v, a.Confirmed), why: why},
		{text: amountOr(v, a.Declared), why: why}, {text: percentOr(v, a.Percent), why: why}, {text: names.unit(unit)},
	}
}

// memorandumRows are a memorandum with a row for each of its lines.
func memorandumRows(v *visit, names naming, m *trade.Memorandum) [][]listed {
	rows := make([][]listed, 0, len(m.Lines))
	state, number := memorandumStates[m.State], m.Number
	if number == "" {
		number = v.say(memorandaNoNumber)
	}
	for at := range m.Lines {
		line := &m.Lines[at]
		rows = append(rows, append([]listed{
			{text: number, link: templ.SafeURL(memorandumPath(m.ID)), under: v.day(m.SignedOn)},
			{text: partyName(v, m.Producer), under: partyName(v, m.Buyer), long: true}, {text: v.say(state.names), mark: state.mark, under: v.day(m.TermFrom) + " – " + v.day(m.TermTo)},
			{text: goodsName(names, line.Line, line.Form, line.Dried), long: true},
		}, beside(v, names, line.Amounts, line.MeasuredIn)...))
	}
	return rows
}

// partyName is what a party is called, as far as the reader may know.
func partyName(v *visit, p trade.Party) string {
	switch {
	case p.Masked:
		return v.say(postingsMasked)
	case p.ID == uuid.Nil:
		return p.Name + " (" + v.say(memorandumOff) + ")"
	default:
		return p.Name
	}
}

// goodsName is what goods are called, with their form where one is named.
func goodsName(names naming, line, form string, dried bool) string {
	called := names.goods(line, dried)
	if form != "" {
		called += ", " + names.form(form)
	}
	return called
}

// total makes the table of totals.
func (view *memorandaView) total(v *visit, names naming, totals []trade.MemorandaTotal) {
	view.totals = listing{caption: v.say(memorandaTotals), none: v.say(memorandaNone), heads: append(append(heads(
		v.say(memorandaYear), v.say(memorandaGoods), "#"+v.say(memorandaCount)), besideHeads(v)...), head{text: v.say(memorandaWorth), number: true})}
	for _, each := range totals {
		worth := listed{text: "–"}
		switch {
		case each.ExpectedVND != nil && each.ValueSuppressed:
			worth = listed{text: v.value(*each.ExpectedVND) + " *", why: v.say(volumesKept)}
		case each.ExpectedVND != nil:
			worth = listed{text: v.value(*each.ExpectedVND)}
		case each.ValueSuppressed:
			worth = listed{text: v.say(figuresHidden), why: v.say(memorandaHidden)}
		}
		amounts := trade.Amounts{Expected: each.Expected, Awarded: &each.Awarded, Confirmed: &each.Confirmed, Declared: &each.Declared, Percent: each.Percent}
		row := append([]listed{{text: strconv.Itoa(each.Year)}, {text: names.goods(each.Line, each.Dried), long: true}, {text: v.count(each.Memoranda)}},
			beside(v, names, amounts, each.Unit)...)
		view.totals.rows = append(view.totals.rows, append(row, worth))
	}
}

// memorandumView is what the page of one memorandum shows.
type memorandumView struct {
	name         string
	state        listed
	facts        []listedFact
	lines, steps listing
}

func showMemorandum(ctx context.Context, s *Service, v *visit) error {
	id, err := v.pathID()
	if err != nil {
		return err
	}
	m, err := s.trade.Memorandum(ctx, v.who, id)
	if err != nil {
		return err
	}
	names, state := s.naming(v), memorandumStates[m.State]
	view := &memorandumView{name: m.Number, state: listed{text: v.say(state.names), mark: state.mark}}
	if view.name == "" {
		view.name = v.say(memorandaNoNumber)
	}
	event := listed{}
	if m.EventID != uuid.Nil {
		if found, err := s.trade.Event(ctx, v.who, m.EventID); err == nil {
			event = listed{text: found.Name, link: templ.SafeURL(eventPath(m.EventID))}
		}
	}
	view.fill(v, &m, event)
	view.lines = listing{caption: v.say(memorandumLines), none: v.say(listNone), heads: append(heads(v.say(memorandaGoods)), besideHeads(v)...)}
	for at := range m.Lines {
		line := &m.Lines[at]
		view.lines.rows = append(view.lines.rows, append([]listed{{text: goodsName(names, line.Line, line.Form, line.Dried), long: true}}, beside(v, names, line.Amounts, line.MeasuredIn)...))
	}
	view.steps = listing{caption: v.say(memorandumHistory), none: v.say(listNone), heads: heads(v.say(certificateAt), v.say(memorandumStep), v.say(memorandumActor), v.formField("reason"))}
	for _, each := range m.History {
		step := each.Move
		if known, found := memorandumMoves[each.Move]; found {
			step = v.say(known)
		}
		view.steps.rows = append(view.steps.rows, []listed{{text: v.instant(each.At)}, {text: step}, {text: v.say(tradeSides[each.Actor])}, {text: each.Reason, long: true}})
	}
	v.content = memorandumPageOf(v, view)
	return nil
}

// fill says what is known of a memorandum.
func (view *memorandumView) fill(v *visit, m *trade.Memorandum, event listed) {
	var agreed []string
	if m.ProducerAgreedAt != nil {
		agreed = append(agreed, v.say(tradeSides[trade.ByProducer])+", "+v.instant(*m.ProducerAgreedAt))
	}
	if m.BuyerAgreedAt != nil {
		agreed = append(agreed, v.say(tradeSides[trade.ByBuyer])+", "+v.instant(*m.BuyerAgreedAt))
	}
	ended := ""
	if !m.EndedOn.IsZero() {
		ended = v.day(m.EndedOn)
	}
	view.facts = known(
		listedFact{v.formField("producer"), listed{text: partyName(v, m.Producer)}}, listedFact{v.formField("buyer"), listed{text: partyName(v, m.Buyer)}},
		listedFact{v.say(memorandaSigned), listed{text: v.day(m.SignedOn)}}, listedFact{v.say(memorandaTerm), listed{text: v.day(m.TermFrom) + " – " + v.day(m.TermTo)}},
		listedFact{v.say(memorandumEvent), event}, listedFact{v.say(memorandumBy), listed{text: v.say(tradeSides[m.RecordedAs])}},
		listedFact{v.say(memorandumAgreed), listed{text: strings.Join(agreed, "; ")}}, listedFact{v.say(memorandumEnded), listed{text: ended}},
		listedFact{v.formField("note"), listed{text: m.Note, long: true}}, listedFact{v.say(textNote), listed{text: inventedText(v, m.Invented)}},
	)
}
