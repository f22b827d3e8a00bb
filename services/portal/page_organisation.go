package portal

import (
	"cmp"
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

//nolint:gochecknoglobals // immutable texts
var (
	organisationTitle     = text("Tổ chức", "Organisation")
	deskApplication       = text("Hồ sơ đăng ký tham gia", "Application to take part")
	deskBack              = text("Về danh sách việc", "Back to the desk")
	organisationApprove   = text("Duyệt", "Approve")
	organisationReject    = text("Từ chối", "Reject")
	organisationSuspend   = text("Tạm đình chỉ", "Suspend")
	organisationReinstate = text("Cho hoạt động lại", "Reinstate")
	organisationWhy       = text("Lý do (gửi cho tổ chức)", "Reason (the organisation is told)")
	organisationSure      = text("Tôi đã đọc hồ sơ. Từ chối không rút lại được; tổ chức có thể sửa hồ sơ và nộp lại.", "I have read the application. A rejection cannot be taken back; the organisation may amend the application and put it forward again.")
	organisationIn        = text("Đã duyệt tổ chức; tổ chức được báo qua thư.", "The organisation is approved and told by mail.")
	organisationOut       = text("Đã từ chối hồ sơ; tổ chức được báo lý do qua thư.", "The application is rejected; the organisation is told why by mail.")
	organisationStopped   = text("Đã tạm đình chỉ tổ chức; tổ chức được báo lý do qua thư.", "The organisation is suspended and told why by mail.")
	organisationBackIn    = text("Tổ chức hoạt động trở lại.", "The organisation is reinstated.")
	organisationSide      = text("Bên", "Side")
	organisationForm      = text("Loại hình", "Legal form")
	organisationSeat      = text("Trụ sở", "Seat")
	organisationTax       = text("Mã số thuế", "Tax code")
	organisationSystem    = text("Hệ thống phân phối", "Retail system")
	organisationSubject   = text("Chủ thể OCOP", "OCOP subject")
	organisationApplied   = text("Nộp hồ sơ", "Applied on")
	organisationChanged   = text("Thay đổi gần nhất", "Last change")
	organisationReason    = text("Lý do đã nêu", "Reason given")
	organisationWatch     = text("Đưa vào theo dõi", "Put under watch")
	textYes               = text("có", "yes")
	textNo                = text("không", "no")
	textNote              = text("Ghi chú", "Note")
)

// organisationStates are what people call the states of an organisation, with how they are marked.
//
//nolint:gochecknoglobals // an immutable table
var organisationStates = map[identity.OrganisationState]struct {
	names reference.Names
	mark  string
}{
	identity.Applied:   {text("chờ duyệt", "waits for approval"), markWaits},
	identity.Approved:  {text("đã duyệt", "approved"), markGood},
	identity.Rejected:  {text("bị từ chối", "rejected"), markBad},
	identity.Suspended: {text("tạm đình chỉ", "suspended"), markBad},
}

// organisationKinds are what people call the sides.
//
//nolint:gochecknoglobals // an immutable table
var organisationKinds = map[identity.OrganisationKind]reference.Names{
	identity.Producer: text("nhà sản xuất", "producer"), identity.Buyer: text("bên mua", "buyer"), identity.Authority: text("cơ quan quản lý", "authority"),
}

// decision is a form by which an official decides about a thing.
type decision struct {
	act, title, sure string
	version          int64
	fields           []entryField
	// harm says that it is against whom it is about.
	harm bool
}

func organisationPage() page {
	decides := func(decide func(ctx context.Context, s *Service, v *visit, id uuid.UUID) error) func(context.Context, *Service, *visit) (string, error) {
		return func(ctx context.Context, s *Service, v *visit) (string, error) {
			id, err := v.pathID()
			if err == nil {
				err = decide(ctx, s, v, id)
			}
			return "", err
		}
	}
	return page{
		path: "/monitor/desk/organisations/:id", title: organisationTitle, groups: watchers(), show: showOrganisation,
		acts: map[string]act{
			"approve-organisation": {said: organisationIn, do: decides(func(ctx context.Context, s *Service, v *visit, id uuid.UUID) error {
				_, err := s.identity.Approve(ctx, v.who, id, v.match())
				return err
			})},
			"reject-organisation": {said: organisationOut, final: true, do: decides(func(ctx context.Context, s *Service, v *visit, id uuid.UUID) error {
				_, err := s.identity.Reject(ctx, v.who, id, v.typed.Get("reason"), v.match())
				return err
			})},
			"suspend-organisation": {said: organisationStopped, do: decides(func(ctx context.Context, s *Service, v *visit, id uuid.UUID) error {
				_, err := s.identity.Suspend(ctx, v.who, id, v.typed.Get("reason"), v.match())
				return err
			})},
			"reinstate-organisation": {said: organisationBackIn, do: decides(func(ctx context.Context, s *Service, v *visit, id uuid.UUID) error {
				_, err := s.identity.Reinstate(ctx, v.who, id, v.match())
				return err
			})},
		},
	}
}

// organisationOf is the organisation of the address, for whom it overseen by.
func (s *Service) organisationOf(ctx context.Context, v *visit) (identity.Organisation, error) {
	id, err := v.pathID()
	if err != nil {
		return identity.Organisation{}, err
	}
	return s.identity.Organisation(ctx, v.who, id)
}

// organisationView is what the page shows.
type organisationView struct {
	name    string
	state   listed
	facts   []listedFact
	forms   []decision
	decides bool
	back    string
}

func showOrganisation(ctx context.Context, s *Service, v *visit) error {
	o, err := s.organisationOf(ctx, v)
	if err != nil {
		return err
	}
	forms, err := identity.LegalForms(ctx, s.db)
	if err != nil {
		return err
	}
	names, state := s.naming(v), organisationStates[o.State]
	view := &organisationView{
		name: o.Name, state: listed{text: v.say(state.names), mark: state.mark}, back: string(v.at(deskPath, nil, "kind", deskApplications)),
		decides: v.who.Oversees(o.Kind) && v.who.MayWrite("identity") == nil,
	}
	legal := o.LegalForm
	for _, each := range forms {
		if each.Code == o.LegalForm {
			legal = v.say(reference.Names{Name: each.NameVI, NameEN: each.NameEN})
		}
	}
	subject := ""
	if o.Kind == identity.Producer {
		subject = v.say(map[bool]reference.Names{true: textYes, false: textNo}[o.OCOPSubject])
	}
	seat := ""
	if o.CommuneCode != "" {
		seat = names.of(ledger.ByCommune, o.CommuneCode)
	}
	system := ""
	if o.BuyerSystem != "" {
		system = names.of(ledger.ByBuyerSystem, o.BuyerSystem)
	}
	view.facts = known(
		listedFact{v.say(organisationSide), listed{text: v.say(organisationKinds[o.Kind])}},
		listedFact{v.say(organisationForm), listed{text: legal}},
		listedFact{v.say(organisationSubject), listed{text: subject}},
		listedFact{v.say(organisationSeat), listed{text: seat}},
		listedFact{v.say(organisationSystem), listed{text: system}},
		listedFact{v.say(organisationTax), listed{text: o.TaxCode}},
		listedFact{v.say(organisationApplied), listed{text: v.instant(o.CreatedAt)}},
		listedFact{v.say(organisationChanged), listed{text: v.instant(o.UpdatedAt)}},
		listedFact{v.say(organisationReason), listed{text: o.Reason, long: true}},
	)
	if o.State == identity.Approved && view.decides && o.Kind != identity.Authority {
		view.facts = append(view.facts, listedFact{v.say(watchesTitle), listed{text: v.say(organisationWatch), link: v.at(watchesPath, nil, "organisation", o.ID.String())}})
	}
	view.forms = organisationForms(v, o)
	v.content = organisationPageOf(v, view)
	return nil
}

// organisationForms are the decisions that the state of an organisation allows.
func organisationForms(v *visit, o identity.Organisation) []decision {
	reason := func(act string) []entryField {
		return []entryField{{act: act, name: "reason", label: v.say(organisationWhy), kind: "text-lines", most: 1000, needed: true}}
	}
	switch o.State {
	case identity.Applied:
		return []decision{
			{act: "approve-organisation", title: v.say(organisationApprove), version: o.Version},
			{act: "reject-organisation", title: v.say(organisationReject), version: o.Version, fields: reason("reject-organisation"), sure: v.say(organisationSure), harm: true},
		}
	case identity.Approved:
		return []decision{{act: "suspend-organisation", title: v.say(organisationSuspend), version: o.Version, fields: reason("suspend-organisation"), harm: true}}
	case identity.Suspended:
		return []decision{{act: "reinstate-organisation", title: v.say(organisationReinstate), version: o.Version}}
	default:
		return nil
	}
}

// known leaves out what nothing is known of.
func known(list ...listedFact) []listedFact {
	var found []listedFact
	for _, each := range list {
		if strings.TrimSpace(cmp.Or(each.item.text, string(each.item.link))) != "" {
			found = append(found, each)
		}
	}
	return found
}
