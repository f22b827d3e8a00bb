package portal

import (
	"cmp"
	"context"
	"net/url"

	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

const postingsPath = "/monitor/volumes/postings"

//nolint:gochecknoglobals // immutable texts
var (
	postingsTitle    = text("Bút toán sau một con số", "The postings behind a figure")
	postingsIntro    = text("Mỗi dòng là một bút toán của sổ sản lượng; cột cuối cộng lại đúng bằng con số đã chọn. Giá và giá trị không hiển thị.", "Each row is a posting of the volume ledger; the last column adds up to the figure that was chosen. Prices and values are not shown.")
	postingsDay      = text("Ngày", "Day")
	postingsMovement = text("Biến động", "Movement")
	postingsAmount   = text("Lượng", "Quantity")
	postingsCounted  = text("Tính vào con số", "Counts towards the figure")
	postingsMasked   = text("(không hiển thị)", "(not shown)")
	postingsMaskedBy = text("Tổ chức thuộc bên do sở khác quản lý.", "The organisation is of the other authority's side.")
	postingsNext     = text("Các bút toán tiếp theo", "Further postings")
	postingsBack     = text("Về bảng sản lượng", "Back to the volumes")
)

// postingsView is what the page shows.
type postingsView struct {
	about []choice // what the figure is of: names and values
	table figures
	next  string
}

// showPostings lists what is behind a figure, as GET /v1/volumes/postings does.
func showPostings(ctx context.Context, s *Service, v *visit) error {
	list, err := s.monitor.PostingsOf(ctx, v.who, v.query)
	if err != nil {
		return err
	}
	names := s.naming(v)
	var ids []string
	for _, each := range list.Items {
		ids = append(ids, each.Producer.String(), each.Buyer.String())
	}
	ids = append(ids, v.query.Get("producer"), v.query.Get("buyer"))
	if err := names.learn(ctx, s, ids); err != nil {
		return err
	}
	movements, err := ledger.MovementNames(ctx, s.db)
	if err != nil {
		return err
	}
	view := &postingsView{next: list.NextCursor, about: postingsAbout(v, names), table: figures{caption: v.say(postingsTitle)}}
	view.table.heads = []head{
		{text: v.say(postingsDay)}, {text: v.say(postingsMovement)},
		{text: v.say(monitor.DimensionNames(ledger.ByLine))}, {text: v.say(monitor.DimensionNames(ledger.ByGrade))},
		{text: v.say(monitor.DimensionNames(ledger.ByCommune))}, {text: v.say(monitor.DimensionNames(ledger.ByProducer))},
		{text: v.say(monitor.DimensionNames(ledger.ByBuyer))}, {text: v.say(volumesUnit)},
		{text: v.say(postingsAmount), number: true}, {text: v.say(postingsCounted), number: true},
	}
	for _, each := range list.Items {
		view.table.rows = append(view.table.rows, postingRow(v, names, movements[each.Movement], each))
	}
	v.content = postings(v, view)
	return nil
}

func postingRow(v *visit, names naming, movement reference.Names, p monitor.VolumePosting) []cell {
	counted := cell{text: "–"}
	if p.Counted != nil {
		counted = cell{text: v.amount(*p.Counted)}
	}
	organisation := func(dimension ledger.Dimension, id string) cell {
		switch {
		case id != zeroID:
			return cell{text: names.of(dimension, id)}
		case p.Masked:
			return cell{text: v.say(postingsMasked), why: v.say(postingsMaskedBy)}
		default:
			return cell{text: "–"}
		}
	}
	return []cell{
		{text: v.day(p.BusinessDate)}, {text: v.say(movement)}, {text: names.of(ledger.ByLine, p.Line)}, {text: cmp.Or(p.Grade, "–")},
		{text: cmp.Or(named(names, ledger.ByCommune, p.Commune), "–")}, organisation(ledger.ByProducer, p.Producer.String()),
		organisation(ledger.ByBuyer, p.Buyer.String()), {text: names.unit(p.Unit)}, {text: v.amount(p.Quantity)}, counted,
	}
}

// zeroID is the id of nothing.
const zeroID = "00000000-0000-0000-0000-000000000000"

func named(names naming, dimension ledger.Dimension, value string) string {
	if value == "" {
		return ""
	}
	return names.of(dimension, value)
}

// postingsAbout says which figure the postings are behind.
func postingsAbout(v *visit, names naming) []choice {
	var about []choice
	if measure := v.query.Get("measure"); measure != "" {
		about = append(about, choice{value: v.say(postingsAmount), label: v.measureName(measure)})
	}
	for _, bound := range []struct{ name, words string }{{"from", v.say(volumesFrom)}, {"to", v.say(volumesTo)}} {
		if day := v.query.Get(bound.name); day != "" {
			about = append(about, choice{value: bound.words, label: v.dayText(day)})
		}
	}
	for _, dimension := range ledger.Dimensions() {
		if v.query.Has(string(dimension)) {
			about = append(about, choice{value: v.say(monitor.DimensionNames(dimension)), label: names.of(dimension, v.query.Get(string(dimension)))})
		}
	}
	if v.query.Get("dried") == "true" {
		about = append(about, choice{value: v.say(monitor.DimensionNames(ledger.ByForm)), label: v.say(namingDried)})
	}
	return about
}

// postingsFrom are the days of the figure, for the way back to its table.
func postingsFrom(v *visit) url.Values {
	return url.Values{"from": {v.query.Get("from")}, "to": {v.query.Get("to")}, "line": {v.query.Get("line")}}
}
