package portal

import (
	"context"
	"fmt"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

const programmesPath = "/trade/programmes"

//nolint:gochecknoglobals // immutable texts
var (
	programmesTitle   = text("Chương trình", "Programmes")
	programmeTitle    = text("Một chương trình", "A programme")
	programmesIntro   = text("Cam kết của chương trình đặt cạnh những gì sổ sản lượng đã ghi; không cộng các ngành hàng, không cộng hàng tươi với hàng khô.", "What a programme is committed to stands beside what the ledger has; neither lines nor fresh and dried goods are added up.")
	programmesNone    = text("Không có chương trình nào.", "There are no programmes.")
	programmesName    = text("Chương trình", "Programme")
	programmesMembers = text("Thành viên", "Members")
	programmesCounts  = text("Tính các giao dịch", "Deals that count")
	programmesTargets = text("Cam kết", "Commitments")
	programmeMember   = text("Của thành viên", "Of the member")
	programmeGroup    = text("cả nhóm", "the whole group")
	programmeFrom     = text("Từ ngày", "From")
	programmeTo       = text("Đến hết", "To")
	programmeOpen     = text("chưa định", "until further notice")
	programmeHidden   = text("Ẩn: chưa đủ ba tổ chức đứng sau con số này ở bên không do bạn quản lý, hoặc suy ra được từ con số khác.", "Hidden: fewer than three organisations stand behind it on the side that is not yours to see, or it would follow from another figure.")
	programmeSide     = text("Bên", "Side")
	programmeCommune  = text("mọi nhà sản xuất trong xã", "all producers of the commune")
	programmeMasked   = text("%s nhà sản xuất và %s bên mua là thành viên; tổ chức của bên do sở khác quản lý không hiện tên.", "%s producers and %s buyers are members; organisations of the other authority's side are not named.")
	programmePercent  = text("Đã nhận so với cam kết", "Accepted of committed")
	programmeAmount   = text("Cam kết", "Committed")
)

// programmeCounts are what people call which deals count.
//
//nolint:gochecknoglobals // an immutable table
var programmeCounts = map[trade.Counts]reference.Names{
	trade.CountsProducers: text("của nhà sản xuất trong nhóm", "of producers of the group"), trade.CountsBuyers: text("của bên mua trong nhóm", "of buyers of the group"),
	trade.CountsBoth: text("giữa hai bên trong nhóm", "between both of the group"),
}

// memberSides are what people call the side of a member.
//
//nolint:gochecknoglobals // an immutable table
var memberSides = map[trade.Counts]reference.Names{
	trade.CountsProducers: organisationKinds[identity.Producer], trade.CountsBuyers: organisationKinds[identity.Buyer],
}

func programmePath(id uuid.UUID) string { return programmesPath + "/" + id.String() }

// programmesView is what the list of programmes shows.
type programmesView struct {
	list listing
	next templ.SafeURL
}

func showProgrammes(ctx context.Context, s *Service, v *visit) error {
	page := trade.Page{Limit: tradeRows + 1}
	if err := v.after(&page.After); err != nil {
		return err
	}
	programmes, err := s.trade.Programmes(ctx, v.who, page)
	if err != nil {
		return err
	}
	kinds, err := s.tradeKinds(ctx)
	if err != nil {
		return err
	}
	view := &programmesView{}
	if len(programmes) > tradeRows {
		programmes = programmes[:tradeRows]
		view.next = v.further(programmes[tradeRows-1].ID)
	}
	view.list = listing{caption: v.say(programmesTitle), none: v.say(programmesNone), heads: heads(
		v.say(programmesName), v.say(programmesCounts), "#"+v.say(tradeProducers), "#"+v.say(tradeBuyers), "#"+v.say(programmesTargets),
	)}
	for at := range programmes {
		each := &programmes[at]
		view.list.rows = append(view.list.rows, []listed{
			{text: each.Name, link: templ.SafeURL(programmePath(each.ID)), under: kinds.name(v, kindOfProgramme, each.Kind), long: true},
			{text: v.say(programmeCounts[each.Counts]), long: true}, {text: v.count(each.Producers)}, {text: v.count(each.Buyers)}, {text: v.count(len(each.Targets))},
		})
	}
	v.content = programmesPageOf(v, view)
	return nil
}

// programmeView is what the page of one programme shows.
type programmeView struct {
	name             string
	facts            []listedFact
	targets, members listing
	masked           string
}

func showProgramme(ctx context.Context, s *Service, v *visit) error {
	id, err := v.pathID()
	if err != nil {
		return err
	}
	p, err := s.trade.Programme(ctx, v.who, id)
	if err != nil {
		return err
	}
	kinds, err := s.tradeKinds(ctx)
	if err != nil {
		return err
	}
	organisers, err := identity.OrganisationsIn(ctx, s.db, []uuid.UUID{p.OrganiserID})
	if err != nil {
		return err
	}
	view, names := &programmeView{name: p.Name}, s.naming(v)
	view.facts = known(
		listedFact{v.formField("kind"), listed{text: kinds.name(v, kindOfProgramme, p.Kind)}}, listedFact{v.say(programmesCounts), listed{text: v.say(programmeCounts[p.Counts])}},
		listedFact{v.say(eventOrganiser), listed{text: organisers[p.OrganiserID].Name}}, listedFact{v.formField("note"), listed{text: p.Note, long: true}},
		listedFact{v.say(textNote), listed{text: inventedText(v, p.Invented)}},
	)
	view.fill(v, names, &p)
	v.content = programmePageOf(v, view)
	return nil
}

// fill makes the tables of what is committed and who belongs to it.
func (view *programmeView) fill(v *visit, names naming, p *trade.Programme) {
	called := map[uuid.UUID]string{}
	view.members = listing{caption: v.say(programmesMembers), none: v.say(listNone), heads: heads(
		v.say(programmesMembers), v.say(programmeSide), v.say(programmeFrom), v.say(programmeTo),
	)}
	for _, each := range p.Members {
		name := listed{text: each.Name, long: true}
		if each.OrganisationID != nil {
			called[*each.OrganisationID] = each.Name
		} else {
			name.text, name.under = names.of(ledger.ByCommune, each.CommuneCode), v.say(programmeCommune)
		}
		until := v.say(programmeOpen)
		if !each.To.IsZero() {
			until = v.day(each.To)
		}
		view.members.rows = append(view.members.rows, []listed{name, {text: v.say(memberSides[each.Side])}, {text: v.day(each.From)}, {text: until}})
	}
	view.masked = fmt.Sprintf(v.say(programmeMasked), v.count(p.Producers), v.count(p.Buyers))
	view.targets = listing{caption: v.say(programmesTargets), none: v.say(listNone), heads: heads(
		v.say(memorandaGoods), v.say(programmeMember), v.say(memorandaTerm), "#"+v.say(programmeAmount), "#"+v.say(memorandaAwarded), "#"+v.say(memorandaReceived),
		"#"+v.say(memorandaDeclared), "#"+v.say(programmePercent), v.say(volumesUnit),
	)}
	for at := range p.Targets {
		target := &p.Targets[at]
		of := v.say(programmeGroup)
		if target.OrganisationID != nil {
			of = called[*target.OrganisationID]
			if of == "" {
				of = v.say(postingsMasked)
			}
		}
		row := []listed{
			{text: goodsName(names, target.Line, target.Form, target.Dried), long: true}, {text: of, long: true}, {text: v.day(target.From) + " – " + v.day(target.To)},
			{text: v.amount(target.Committed)}, {text: amountOr(v, target.Awarded)}, {text: amountOr(v, target.Confirmed)}, {text: amountOr(v, target.Declared)},
			{text: percentOr(v, target.Percent)}, {text: names.unit(target.Unit)},
		}
		if target.Suppressed {
			for place := 4; place < 8; place++ {
				row[place] = listed{text: v.say(figuresHidden), why: v.say(programmeHidden)}
			}
		}
		view.targets.rows = append(view.targets.rows, row)
	}
}
