package portal

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

const declarationsPath = "/trade/declarations"

//nolint:gochecknoglobals // immutable texts
var (
	declarationsTitle    = text("Khai báo ngoài sàn", "Declarations")
	declarationsIntro    = text("Hàng bán ngoài sàn theo lời bên khai, không ai xác nhận; có cột riêng và không bao giờ cộng vào sản lượng của sàn.", "Goods sold off the platform, by the word of who declared them and confirmed by nobody; they have a column of their own and are never added to the platform's volumes.")
	declarationsNone     = text("Không có khai báo nào.", "There are no declarations.")
	declarationsMonth    = text("Tháng", "Month")
	declarationsWho      = text("Nhà sản xuất", "Producer")
	declarationsAmount   = text("Lượng", "Quantity")
	declarationsChannel  = text("Kênh bán", "Channel")
	declarationsSource   = text("Nguồn thông tin", "Known from")
	declarationsBy       = text("Người khai", "Declared by")
	declarationsReplaced = text("đã được sửa", "corrected since")
	declarationsHistory  = text("Cả bản đã sửa", "Also what was corrected")
	declarationsTotals   = text("Tổng đã khai, theo tháng và mặt hàng", "Totals declared, by month and goods")
	declarationsHow      = text("Số nhà sản xuất", "Producers")
	tradeProducers       = text("Nhà sản xuất", "Producers")
	tradeBuyers          = text("Bên mua", "Buyers")
)

// totalledMonths is how many months the totals of declarations reach back.
const totalledMonths = 12

// declarationsView is what the page shows.
type declarationsView struct {
	lines, channels []choice
	history         bool
	list, totals    listing
	next            templ.SafeURL
	writes          bool
}

func showDeclarations(ctx context.Context, s *Service, v *visit) error {
	kinds, err := s.tradeKinds(ctx)
	if err != nil {
		return err
	}
	names := s.naming(v)
	view := &declarationsView{
		lines: chosenOf(names.choices(ledger.ByLine), v.query.Get("line")), channels: kinds.choices(v, kindOfChannel, v.query.Get("channel")),
		history: v.query.Get("history") != "", writes: v.who.MayWrite("monitor") == nil && v.who.Official() && v.who.Province == reference.CaMau,
	}
	filter := trade.DeclarationFilter{Line: v.query.Get("line"), Channel: v.query.Get("channel"), History: view.history, Page: trade.Page{Limit: tradeRows + 1}}
	if err := v.after(&filter.After); err != nil {
		return err
	}
	declarations, err := s.trade.Declarations(ctx, v.who, filter)
	if err != nil {
		return err
	}
	if len(declarations) > tradeRows {
		declarations = declarations[:tradeRows]
		view.next = v.further(declarations[tradeRows-1].ID)
	}
	var ids []string
	for _, each := range declarations {
		ids = append(ids, each.OrganisationID.String())
	}
	if err := names.learn(ctx, s, ids); err != nil {
		return err
	}
	view.fill(v, names, kinds, declarations)
	today := reference.Day(time.Now())
	totals, err := s.trade.DeclaredTotals(ctx, v.who, today.AddMonths(-totalledMonths), civil.Date{})
	if err != nil {
		return err
	}
	view.totals = listing{caption: v.say(declarationsTotals), none: v.say(declarationsNone), heads: heads(
		v.say(declarationsMonth), v.say(memorandaGoods), "#"+v.say(declarationsAmount), v.say(volumesUnit), "#"+v.say(declarationsHow),
	)}
	for _, each := range totals {
		view.totals.rows = append(view.totals.rows, []listed{
			{text: names.of(ledger.ByMonth, each.Month)}, {text: goodsName(names, each.Line, each.Form, each.Dried), long: true}, {text: v.amount(each.Declared)},
			{text: names.unit(each.Unit)}, {text: v.count(each.Producers)},
		})
	}
	v.content = declarationsPageOf(v, view)
	return nil
}

// fill makes the table of declarations.
func (view *declarationsView) fill(v *visit, names naming, kinds tradeKinds, declarations []trade.Declaration) {
	view.list = listing{caption: v.say(declarationsTitle), none: v.say(declarationsNone), heads: heads(
		v.say(declarationsMonth), v.say(declarationsWho), v.say(memorandaGoods), "#"+v.say(declarationsAmount), v.say(volumesUnit), v.say(declarationsChannel),
		v.say(declarationsSource), v.say(declarationsBy),
	)}
	for _, each := range declarations {
		by := listed{text: v.say(tradeSides[each.DeclaredAs])}
		if each.ReplacedBy != nil {
			by.under = v.say(declarationsReplaced)
		}
		view.list.rows = append(view.list.rows, []listed{
			{text: names.of(ledger.ByMonth, each.Month)}, {text: names.of(ledger.ByProducer, each.OrganisationID.String()), long: true},
			{text: goodsName(names, each.Line, each.Form, false), long: true}, {text: v.amount(each.Quantity)}, {text: names.unit(each.Unit)},
			{text: kinds.name(v, kindOfChannel, each.Channel), long: true}, {text: each.Source, long: true}, by,
		})
	}
}
