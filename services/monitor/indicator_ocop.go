package monitor

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

func starsColumn() ReportColumn {
	return ReportColumn{Code: "stars", Names: called("Hạng sao", "Stars"), Kind: TextColumn}
}

func countColumn(code, vietnamese, english string) ReportColumn {
	return ReportColumn{Code: code, Names: called(vietnamese, english), Kind: CountColumn}
}

// ocopGroups counts products and subjects by stars and OCOP group.
func (i indicated) ocopGroups(ctx context.Context) (ReportSection, error) {
	section := ReportSection{
		Code: "ocop_groups", Names: called("Sản phẩm OCOP theo hạng sao và nhóm", "OCOP products by stars and group"), Overlapping: true,
		Columns: []ReportColumn{
			starsColumn(), {Code: "ocop_group", Names: called("Nhóm OCOP", "OCOP group"), Kind: TextColumn},
			countColumn("products", "Sản phẩm", "Products"), countColumn("subjects", "Chủ thể", "Subjects"),
		},
		Notes: []reference.Names{
			called("Tính đến ngày "+i.day.String()+": sản phẩm đang đăng bán mà chứng nhận còn hiệu lực vào ngày đó.",
				"As of "+i.day.String()+": products that are published, under certificates that hold on that day."),
			called("Một chủ thể có sản phẩm ở nhiều nhóm hoặc nhiều hạng sao được đếm ở từng dòng; không cộng cột chủ thể.",
				"A subject with products of several groups or stars counts in each row: do not add subjects up."),
		},
	}
	counts, err := catalog.OCOPByGroup(ctx, i.tx, i.day)
	if err != nil {
		return section, err
	}
	names, err := i.called(ctx, `SELECT code, name_vi, name_en FROM reference.ocop_groups`)
	section.Rows = ocopRows(counts, names)
	return section, err
}

// ocopForms counts subjects by stars and legal form, each once.
func (i indicated) ocopForms(ctx context.Context) (ReportSection, error) {
	section := ReportSection{
		Code: "ocop_forms", Names: called("Chủ thể OCOP theo hạng sao và loại hình", "OCOP subjects by stars and legal form"),
		Columns: []ReportColumn{
			starsColumn(), {Code: "legal_form", Names: called("Loại hình", "Legal form"), Kind: TextColumn},
			countColumn("products", "Sản phẩm", "Products"), countColumn("subjects", "Chủ thể", "Subjects"),
		},
		Notes: []reference.Names{called("Mỗi chủ thể được đếm một lần, ở hạng sao cao nhất của mình.", "Each subject counts once, under the most stars that it has.")},
	}
	counts, err := catalog.OCOPByForm(ctx, i.tx, i.day)
	if err != nil {
		return section, err
	}
	forms, err := identity.LegalForms(ctx, i.tx)
	if err != nil {
		return section, err
	}
	names := make(map[string]reference.Names, len(forms))
	for _, form := range forms {
		names[form.Code] = called(form.NameVI, form.NameEN)
	}
	section.Rows = ocopRows(counts, names)
	return section, nil
}

func ocopRows(counts []catalog.OCOPCount, names map[string]reference.Names) [][]ReportCell {
	rows := make([][]ReportCell, 0, len(counts))
	for _, each := range counts {
		stars := strconv.Itoa(each.Stars)
		rows = append(rows, []ReportCell{named(stars, called(stars, stars)), named(each.Of, names[each.Of]), counted(each.Products), counted(each.Subjects)})
	}
	return rows
}

// called reads what codes are called.
func (i indicated) called(ctx context.Context, query string) (map[string]reference.Names, error) {
	names := make(map[string]reference.Names)
	err := i.tx.Each(ctx, query, nil, func(scan func(dest ...any) error) error {
		var code string
		var name reference.Names
		if err := scan(&code, &name.Name, &name.NameEN); err != nil {
			return err
		}
		names[code] = name
		return nil
	})
	return names, err
}

// modernChannels is the share of OCOP subjects of whom something was delivered to a retail system of a
// modern kind.
func (i indicated) modernChannels(ctx context.Context) (ReportSection, error) {
	target := i.rules[ruleModernChannel]
	section := ReportSection{
		Code: "modern_channels", Names: called("Chủ thể OCOP bán vào kênh hiện đại", "OCOP subjects that sell in modern channels"),
		Columns: []ReportColumn{
			countColumn("subjects", "Chủ thể OCOP", "OCOP subjects"), countColumn("selling", "Bán vào kênh hiện đại", "Selling in modern channels"),
			{Code: "percent", Names: called("Tỷ lệ (%)", "Share (%)"), Kind: PercentColumn}, {Code: "target", Names: called("Mục tiêu (%)", "Target (%)"), Kind: PercentColumn},
		},
		Notes: []reference.Names{
			called("Có hàng được nhận trong kỳ bởi bên mua thuộc hệ thống bán lẻ loại hiện đại; ngoài hệ thống này không tính.",
				"Something was accepted within the period by a buyer of a modern retail system; what is sold outside this marketplace does not count."),
			called("Mục tiêu: "+target.Source+".", "Target: "+target.Source+"."),
		},
	}
	subjects, err := catalog.OCOPSubjects(ctx, i.tx, i.day)
	if err != nil {
		return section, err
	}
	sold, err := i.soldInModernChannels(ctx)
	if err != nil {
		return section, err
	}
	selling := 0
	for _, subject := range subjects {
		if sold[subject] {
			selling++
		}
	}
	section.Rows = [][]ReportCell{{
		counted(len(subjects)), counted(selling), percentOf(int64(selling), int64(len(subjects))), numbered(strconv.FormatInt(target.Value, 10)),
	}}
	return section, nil
}

// soldInModernChannels are the producers of whom something was delivered to a modern system.
func (i indicated) soldInModernChannels(ctx context.Context) (map[uuid.UUID]bool, error) {
	const query = `
		SELECT s.code FROM reference.buyer_systems s JOIN monitor.modern_kinds k ON k.system_kind = s.kind`
	var systems []string
	if err := i.tx.Select(ctx, &systems, query); err != nil {
		return nil, err
	}
	rows, err := i.delivered(ctx, i.from, i.to, ledger.ByProducer, ledger.ByBuyerSystem)
	if err != nil {
		return nil, err
	}
	sold := make(map[uuid.UUID]bool)
	for _, row := range rows {
		id, err := uuid.Parse(row.Dimensions[ledger.ByProducer])
		if err == nil && row.Delivered > 0 && slices.Contains(systems, row.Dimensions[ledger.ByBuyerSystem]) {
			sold[id] = true
		}
	}
	return sold, nil
}

// certificates counts what holds and what ended, by scheme.
func (i indicated) certificates(ctx context.Context) (ReportSection, error) {
	days := i.rules[ruleExpiringDays].Value
	text := strconv.FormatInt(days, 10)
	section := ReportSection{
		Code: "certificates", Names: called("Chứng nhận", "Certificates"), Rows: [][]ReportCell{},
		Columns: []ReportColumn{
			{Code: "scheme", Names: called("Chứng nhận", "Scheme"), Kind: TextColumn}, countColumn("in_force", "Còn hiệu lực", "In force"),
			countColumn("expiring", "Hết hạn trong "+text+" ngày", "Ending within "+text+" days"), countColumn("lapsed", "Đã hết hạn trong kỳ", "Lapsed in the period"),
			countColumn("revoked", "Bị thu hồi trong kỳ", "Revoked in the period"),
		},
		Notes: []reference.Names{called("Còn hiệu lực và sắp hết hạn tính vào ngày "+i.day.String()+", theo ngày cấp, ngày hết hạn và các quyết định.",
			"In force and ending are as of "+i.day.String()+", by dates and decisions.")},
	}
	counts, err := catalog.CountCertificates(ctx, i.tx, i.from, i.to, i.day, int(days))
	for _, each := range counts {
		section.Rows = append(section.Rows, []ReportCell{
			named(each.Scheme, i.names.of(ledger.ByScheme, each.Scheme)), counted(each.InForce), counted(each.Expiring), counted(each.Lapsed), counted(each.Revoked),
		})
	}
	return section, err
}
