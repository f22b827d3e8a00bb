package portal

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/trade"
)

const (
	newEventPath       = "/trade/events/new"
	newMemorandumPath  = "/trade/memoranda/new"
	newDeclarationPath = "/trade/declarations/new"
)

//nolint:gochecknoglobals // immutable texts
var (
	newEventTitle       = text("Nhập sự kiện xúc tiến", "Enter a trade event")
	newMemorandumTitle  = text("Nhập biên bản ghi nhớ đã ký", "Enter a memorandum that was signed")
	newDeclarationTitle = text("Nhập khai báo ngoài sàn", "Enter a declaration")
	newEventSaid        = text("Đã lưu bản nháp của sự kiện. Công bố để các bên thấy và đăng ký.", "The event is saved as a draft. Announce it for others to see it and enrol.")
	newMemorandumSaid   = text("Đã nhập biên bản; bên tham gia sàn được báo để xác nhận hoặc phản đối.", "The memorandum is entered; its parties on the platform are told, and confirm or contest it.")
	newDeclarationSaid  = text("Đã nhập khai báo.", "The declaration is entered.")
	eventAnnounce       = text("Công bố", "Announce")
	eventHold           = text("Ghi nhận đã tổ chức", "Note that it was held")
	eventCancel         = text("Huỷ sự kiện", "Cancel the event")
	eventAnnounced      = text("Đã công bố: các bên thấy sự kiện và đăng ký được.", "Announced: others see the event and may enrol.")
	eventHeldSaid       = text("Đã ghi nhận sự kiện đã tổ chức.", "It is noted that the event was held.")
	eventCancelledSaid  = text("Đã huỷ sự kiện; người tham gia được báo.", "The event is cancelled and participants are told.")
	eventFinal          = text("Tôi hiểu: bước này không rút lại được.", "I understand: this step cannot be taken back.")
	newPartyOn          = text("Chọn trên sàn", "On the platform")
	newPartyOff         = text("hoặc tên bên ngoài sàn", "or the name of one that is not")
	newPartyHint        = text("Gồm các bên tham gia sự kiện đã chọn và tổ chức thuộc bên bạn quản lý.", "Those who take part in the chosen event, and organisations of the side you oversee.")
	newEventChoose      = text("Ký tại sự kiện (chọn trước để có danh sách các bên)", "Signed at (choose first: its participants are then offered)")
	newAmountHint       = text("Viết như 1.234,5", "Write 1,234.5")
	newLine             = text("Mặt hàng %d", "Goods %d")
	newSave             = text("Lưu", "Save")
)

// memorandumGoods is how many kinds of goods the form of a memorandum takes; more are entered through the API.
const memorandumGoods = 3

// partiesOffered bounds the organisations that a form offers.
const partiesOffered = 500

// tradeForm is a form that enters something of trade promotion.
type tradeForm struct {
	act    string
	blocks []formBlock
	back   string
}

// formBlock are fields under a heading.
type formBlock struct {
	title  string
	fields []entryField
}

func newEventPage() page {
	return page{
		path: newEventPath, title: newEventTitle, groups: watchers(),
		acts: map[string]act{"draft-event": {said: newEventSaid, do: draftEvent}},
		show: func(ctx context.Context, s *Service, v *visit) error {
			kinds, err := s.tradeKinds(ctx)
			if err != nil {
				return err
			}
			if err := v.who.MayWrite("monitor"); err != nil {
				return err
			}
			const does = "draft-event"
			names := s.naming(v)
			communes := append(names.choices(ledger.ByCommune), names.choices(ledger.ByWard)...)
			v.content = tradeFormOf(v, tradeForm{act: does, back: eventsPath, blocks: []formBlock{{fields: []entryField{
				{act: does, name: "name", label: v.formField("name"), most: 300, needed: true}, {act: does, name: "kind", label: v.formField("kind"), choices: kinds.choices(v, kindOfEvent, ""), needed: true},
				{act: does, name: "from", label: v.fieldName("from"), kind: "date", needed: true}, {act: does, name: "to", label: v.fieldName("to"), kind: "date", needed: true},
				{act: does, name: "place", label: v.formField("place"), most: 300}, {act: does, name: "commune_code", label: v.formField("commune_code"), choices: communes},
			}}}})
			return nil
		},
	}
}

func draftEvent(ctx context.Context, s *Service, v *visit) (string, error) {
	from, err := v.typedDay("from")
	if err != nil {
		return "", err
	}
	to, err := v.typedDay("to")
	if err != nil {
		return "", err
	}
	if from.IsZero() {
		return "", fault.ErrRequired.At("from")
	}
	made, err := s.trade.DraftEvent(ctx, v.who, trade.NewEvent{
		Kind: v.typed.Get("kind"), Name: v.typed.Get("name"), Place: v.typed.Get("place"), CommuneCode: v.typed.Get("commune_code"), From: from, To: to,
	})
	return eventPath(made.ID), err
}

// eventActs are the steps of an event that officials take on its page.
func eventActs() map[string]act {
	moves := func(move trade.EventMove) func(context.Context, *Service, *visit) (string, error) {
		return func(ctx context.Context, s *Service, v *visit) (string, error) {
			id, err := v.pathID()
			if err == nil {
				_, err = s.trade.MoveEvent(ctx, v.who, id, v.match(), move, v.typed.Get("reason"))
			}
			return "", err
		}
	}
	return map[string]act{
		"announce-event": {said: eventAnnounced, final: true, do: moves(trade.MoveAnnounce)},
		"hold-event":     {said: eventHeldSaid, final: true, do: moves(trade.MoveHold)},
		"cancel-event":   {said: eventCancelledSaid, final: true, do: moves(trade.MoveCancel)},
	}
}

// eventForms are the steps that the state of an event allows.
func eventForms(v *visit, e trade.Event) []decision {
	sure := v.say(eventFinal)
	cancel := decision{act: "cancel-event", title: v.say(eventCancel), version: e.Version, sure: sure, harm: true, fields: []entryField{
		{act: "cancel-event", name: "reason", label: v.formField("reason"), kind: "text-lines", most: 500, needed: true},
	}}
	switch e.State {
	case trade.EventDraft:
		return []decision{{act: "announce-event", title: v.say(eventAnnounce), version: e.Version, sure: sure}, cancel}
	case trade.EventAnnounced:
		return []decision{{act: "hold-event", title: v.say(eventHold), version: e.Version, sure: sure}, cancel}
	default:
		return nil
	}
}

func newMemorandumPage() page {
	return page{
		path: newMemorandumPath, title: newMemorandumTitle, groups: watchers(), show: showNewMemorandum,
		acts: map[string]act{"record-memorandum": {said: newMemorandumSaid, do: recordMemorandum}},
	}
}

func showNewMemorandum(ctx context.Context, s *Service, v *visit) error {
	if err := v.who.MayWrite("monitor"); err != nil {
		return err
	}
	events, err := s.trade.Events(ctx, v.who, trade.EventFilter{Page: trade.Page{Limit: 100}})
	if err != nil {
		return err
	}
	offered := []choice{}
	for _, each := range events {
		offered = append(offered, choice{value: each.ID.String(), label: each.Name + " (" + v.day(each.From) + ")", chosen: v.query.Get("event_id") == each.ID.String()})
	}
	parties, err := s.partiesOffered(ctx, v)
	if err != nil {
		return err
	}
	const does = "record-memorandum"
	form := tradeForm{act: does, back: memorandaPath, blocks: []formBlock{{fields: []entryField{
		{act: does, name: "number", label: v.formField("number"), most: 60}, {act: does, name: "signed_on", label: v.formField("signed_on"), kind: "date", needed: true},
		{act: does, name: "term_from", label: v.formField("term_from"), kind: "date"}, {act: does, name: "term_to", label: v.formField("term_to"), kind: "date", needed: true},
	}}}}
	for _, side := range []identity.OrganisationKind{identity.Producer, identity.Buyer} {
		name := string(side)
		form.blocks = append(form.blocks, formBlock{title: v.formField(name), fields: []entryField{
			{act: does, name: name, label: v.say(newPartyOn), choices: parties[side], hint: v.say(newPartyHint)}, {act: does, name: name + "_name", label: v.say(newPartyOff), most: 200},
		}})
	}
	for n := range memorandumGoods {
		prefix := fmt.Sprintf("lines[%d].", n)
		fields := append(goodsFields(v, s.naming(v), s.book, does, prefix, n == 0), entryField{act: does, name: prefix + "value_vnd", label: v.formField("value_vnd"), kind: "amount", most: 20})
		form.blocks = append(form.blocks, formBlock{title: fmt.Sprintf(v.say(newLine), n+1), fields: fields})
	}
	form.blocks = append(form.blocks, formBlock{fields: []entryField{{act: does, name: "note", label: v.formField("note"), kind: "text-lines", most: 2000}}})
	v.content = newMemorandumOf(v, offered, form)
	return nil
}

// partiesOffered are the organisations that may be named on each side: those who take part in the event of the
// address, and those that the reader oversees.
func (s *Service) partiesOffered(ctx context.Context, v *visit) (map[identity.OrganisationKind][]choice, error) {
	called := map[uuid.UUID]identity.Organisation{}
	if asked := v.query.Get("event_id"); asked != "" {
		id, err := idIn(asked)
		if err != nil {
			return nil, err
		}
		participants, err := s.trade.Participants(ctx, v.who, id, trade.Page{Limit: partiesOffered})
		if err != nil {
			return nil, err
		}
		var ids []uuid.UUID
		for _, each := range participants {
			if each.OrganisationID != nil {
				ids = append(ids, *each.OrganisationID)
			}
		}
		if called, err = identity.OrganisationsIn(ctx, s.db, ids); err != nil {
			return nil, err
		}
	}
	own, err := s.identity.Organisations(ctx, v.who, identity.OrganisationFilter{State: identity.Approved}, identity.Position{}, partiesOffered)
	if err != nil {
		return nil, err
	}
	for _, each := range own {
		called[each.ID] = each
	}
	offered, names := map[identity.OrganisationKind][]choice{identity.Producer: {}, identity.Buyer: {}}, s.naming(v)
	for id, each := range called {
		offered[each.Kind] = append(offered[each.Kind], choice{value: id.String(), label: each.Name})
	}
	for kind := range offered {
		offered[kind] = names.sorted(offered[kind])
	}
	return offered, nil
}

func recordMemorandum(ctx context.Context, s *Service, v *visit) (string, error) {
	n, err := memorandumTyped(v)
	if err != nil {
		return "", err
	}
	made, err := s.trade.RecordMemorandum(ctx, v.who, n)
	return memorandumPath(made.ID), err
}

// memorandumTyped reads the form of a memorandum; all that is wrong at once.
func memorandumTyped(v *visit) (trade.NewMemorandum, error) {
	var found fault.Collector
	n := trade.NewMemorandum{Number: v.typed.Get("number"), Note: v.typed.Get("note"), Producer: partyTyped(v, "producer"), Buyer: partyTyped(v, "buyer")}
	if asked := v.query.Get("event_id"); asked != "" {
		id, err := idIn(asked)
		if err != nil {
			return n, err
		}
		n.EventID = id
	}
	for _, each := range []struct {
		field string
		day   *civil.Date
	}{{"signed_on", &n.SignedOn}, {"term_from", &n.TermFrom}, {"term_to", &n.TermTo}} {
		day, err := v.typedDay(each.field)
		if err := found.Merge("", err); err != nil {
			return n, err
		}
		if *each.day = day; err == nil && day.IsZero() && each.field != "term_from" {
			found.Add(each.field, fault.ErrRequired)
		}
	}
	for at := range memorandumGoods {
		prefix := fmt.Sprintf("lines[%d].", at)
		if at > 0 && v.typed.Get(prefix+"line")+v.typed.Get(prefix+"quantity") == "" {
			continue
		}
		goods, err := goodsTyped(v, prefix, &found)
		if err != nil {
			return n, err
		}
		n.Lines = append(n.Lines, trade.NewMemorandumLine{Goods: goods, ValueVND: dongTyped(v, prefix+"value_vnd", &found)})
	}
	return n, found.Err()
}

// partyTyped is a party of a form: an organisation that was chosen, a name that was written, or both, which is refused.
func partyTyped(v *visit, side string) trade.Party {
	id, _ := uuid.Parse(v.typed.Get(side)) // what is none is no party, and refused as that
	return trade.Party{ID: id, Name: v.typed.Get(side + "_name")}
}

func newDeclarationPage() page {
	return page{
		path: newDeclarationPath, title: newDeclarationTitle, groups: watchers(), show: showNewDeclaration,
		acts: map[string]act{"declare": {said: newDeclarationSaid, do: declare}},
	}
}

func showNewDeclaration(ctx context.Context, s *Service, v *visit) error {
	if err := v.who.MayWrite("monitor"); err != nil {
		return err
	}
	if !v.who.Official() || !v.who.Oversees(identity.Producer) {
		return fault.ErrForbidden.With()
	}
	kinds, err := s.tradeKinds(ctx)
	if err != nil {
		return err
	}
	parties, err := s.partiesOffered(ctx, v)
	if err != nil {
		return err
	}
	const does = "declare"
	fields := slices.Concat([]entryField{
		{act: does, name: "organisation_id", label: v.formField("producer"), choices: parties[identity.Producer], needed: true},
		{act: does, name: "month", label: v.formField("month"), kind: "month", needed: true},
	}, goodsFields(v, s.naming(v), s.book, does, "", true), []entryField{
		{act: does, name: "channel", label: v.formField("channel"), choices: kinds.choices(v, kindOfChannel, ""), needed: true},
		{act: does, name: "source", label: v.formField("source"), most: 500, needed: true},
	})
	v.content = tradeFormOf(v, tradeForm{act: does, back: declarationsPath, blocks: []formBlock{{fields: fields}}})
	return nil
}

func declare(ctx context.Context, s *Service, v *visit) (string, error) {
	var found fault.Collector
	goods, err := goodsTyped(v, "", &found)
	if err != nil {
		return "", err
	}
	producer, err := v.typedID("organisation_id")
	if err != nil {
		found.Add("organisation_id", fault.ErrRequired)
	}
	if err := found.Err(); err != nil {
		return "", err
	}
	_, err = s.trade.Declare(ctx, v.who, trade.NewDeclaration{
		Goods: goods, OrganisationID: producer, Month: v.typed.Get("month"), Channel: v.typed.Get("channel"), Source: v.typed.Get("source"),
	})
	return declarationsPath, err
}
