package portal

import (
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

const watchesPath = "/monitor/watches"

//nolint:gochecknoglobals // immutable texts
var (
	watchesTitle    = text("Theo dõi tổ chức", "Watches")
	watchTitle      = text("Một trường hợp theo dõi", "A watch")
	watchesIntro    = text("Theo dõi là cơ quan xem xét kỹ hơn một tổ chức thuộc bên mình quản lý; không hạn chế gì. Tổ chức được báo lý do và ngày xem lại; không ai khác biết. Nền tảng chỉ đề xuất, cán bộ quyết định.", "A watch means that an authority looks at an organisation of its side more closely; it restricts nothing. The organisation is told why and when it is looked at again; nobody else learns of it. The platform only proposes, officials decide.")
	watchesNone     = text("Không có trường hợp nào.", "There are none.")
	watchesAll      = text("Tất cả trạng thái", "Any state")
	watchesReason   = text("Lý do", "Reason")
	watchesWords    = text("Lời của cơ quan", "The authority's words")
	watchesReview   = text("Ngày xem lại", "Day of review")
	watchesChanged  = text("Cập nhật", "Changed")
	watchesPut      = text("Đưa một tổ chức vào theo dõi", "Put an organisation under watch")
	watchesFind     = text("Tên tổ chức (có hoặc không dấu)", "Name of the organisation, with or without marks")
	watchesSearch   = text("Tìm", "Find")
	watchesChoose   = text("Chọn", "Choose")
	watchesNobody   = text("Không có tổ chức đã duyệt nào có tên như vậy.", "No approved organisation is called so.")
	watchBegin      = text("Bắt đầu theo dõi", "Begin the watch")
	watchTold       = text("Nội dung (gửi cho tổ chức)", "Words (the organisation is told)")
	watchTelling    = text("Tôi hiểu: tổ chức được báo ngay lý do và nội dung này.", "I understand: the organisation is told this reason and these words at once.")
	watchAccept     = text("Chấp nhận đề xuất", "Accept the proposal")
	watchDismiss    = text("Bác đề xuất", "Dismiss the proposal")
	watchReviewed   = text("Tiếp tục theo dõi", "Go on watching")
	watchEnd        = text("Kết thúc theo dõi", "End the watch")
	watchEnds       = text("Kết thúc không rút lại được; muốn theo dõi lại phải bắt đầu trường hợp mới.", "An end cannot be taken back; watching again is a new watch.")
	watchDismisses  = text("Bác không rút lại được; nền tảng không đề xuất lại trong một thời gian.", "A dismissal cannot be taken back; nothing is proposed again for a while.")
	watchInternal   = text("Lý do bác (chỉ lưu nội bộ)", "Why it is dismissed (kept by the authority)")
	watchNowBegun   = text("Tổ chức đã được đưa vào theo dõi và được báo.", "The organisation is under watch and is told.")
	watchNowOut     = text("Đã bác đề xuất.", "The proposal is dismissed.")
	watchNowOn      = text("Tiếp tục theo dõi đến ngày xem lại mới; tổ chức được báo.", "It is watched until the new day of review and is told.")
	watchNowEnded   = text("Đã kết thúc theo dõi; tổ chức được báo.", "The watch has ended and the organisation is told.")
	watchFacts      = text("Vì sao được đề xuất (mười hai tháng qua)", "Why it was proposed (of the last twelve months)")
	watchFactRule   = text("Quy tắc", "Rule")
	watchFactCases  = text("Số trường hợp", "Cases")
	watchFactShare  = text("Tỷ lệ", "Share")
	watchHistory    = text("Diễn biến", "What was done")
	watchStep       = text("Bước", "Step")
	watchesBack     = text("Về danh sách theo dõi", "Back to the watches")
	watchesOrg      = text("Tổ chức", "Organisation")
	watchesProposed = text("Đề xuất từ quy tắc", "Proposed by a rule")
)

// watchStates are what people call the states of a watch, with how they are marked.
//
//nolint:gochecknoglobals // an immutable table
var watchStates = map[monitor.WatchState]struct {
	names reference.Names
	mark  string
}{
	monitor.Proposed:  {text("đề xuất", "proposed"), markWaits},
	monitor.Watched:   {text("đang theo dõi", "under watch"), markBad},
	monitor.Dismissed: {text("đã bác", "dismissed"), markPlain},
	monitor.WatchOver: {text("đã kết thúc", "ended"), markPlain},
}

// watchMoves are what people call the steps of a watch.
//
//nolint:gochecknoglobals // an immutable table
var watchMoves = map[monitor.WatchMove]reference.Names{
	monitor.MovePropose: text("nền tảng đề xuất", "proposed by the platform"), monitor.MovePut: text("bắt đầu theo dõi", "begun"),
	monitor.MoveAccept: text("chấp nhận đề xuất", "proposal accepted"), monitor.MoveDismiss: text("bác đề xuất", "proposal dismissed"),
	monitor.MoveReview: text("xem lại, tiếp tục", "reviewed, goes on"), monitor.MoveEnd: text("kết thúc", "ended"),
}

// watchesRows is how many watches a page of the list has, organisationsFound how many organisations are offered.
const (
	watchesRows        = 25
	organisationsFound = 20
)

func watchesPage() page {
	return page{
		path: watchesPath, title: watchesTitle, under: menuMonitor, groups: watchers(), show: showWatches,
		acts: map[string]act{"put-under-watch": {said: watchNowBegun, final: true, do: func(ctx context.Context, s *Service, v *visit) (string, error) {
			id, err := idIn(v.query.Get("organisation"))
			if err != nil {
				return "", err
			}
			word, err := watchWord(v)
			if err != nil {
				return "", err
			}
			made, err := s.monitor.PutUnderWatch(ctx, v.who, id, word)
			return watchPath(made.ID), err
		}}},
	}
}

// watchWord is what a form of a watch says.
func watchWord(v *visit) (monitor.WatchWord, error) {
	day, err := v.typedDay("review_on")
	return monitor.WatchWord{Reason: v.typed.Get("reason"), Text: v.typed.Get("text"), ReviewOn: day}, err
}

// watchesView is what the list of watches shows.
type watchesView struct {
	states []choice
	list   listing
	next   templ.SafeURL
	// asked is the name that was searched for, found the organisations that have it.
	asked string
	found []choice
	// whom is the organisation that a watch may be begun of; "" for none.
	whom   string
	form   decision
	writes bool
}

func showWatches(ctx context.Context, s *Service, v *visit) error {
	view := &watchesView{writes: v.who.MayWrite("monitor") == nil, asked: v.query.Get("q")}
	for _, state := range []monitor.WatchState{monitor.Proposed, monitor.Watched, monitor.Dismissed, monitor.WatchOver} {
		view.states = append(view.states, choice{value: string(state), label: v.say(watchStates[state].names), chosen: v.query.Get("state") == string(state)})
	}
	reasons, err := monitor.WatchReasonsIn(ctx, s.db)
	if err != nil {
		return err
	}
	if err := view.whomToWatch(ctx, s, v, reasons); err != nil {
		return err
	}
	page := monitor.WatchPage{State: monitor.WatchState(v.query.Get("state")), Limit: watchesRows + 1}
	if err := v.after(&page.Before); err != nil {
		return err
	}
	watches, err := s.monitor.Watches(ctx, v.who, page)
	if err != nil {
		return err
	}
	if len(watches) > watchesRows {
		watches = watches[:watchesRows]
		view.next = v.further(watches[watchesRows-1].ID)
	}
	view.list = listing{caption: v.say(watchesTitle), none: v.say(watchesNone), heads: heads(
		v.say(watchesOrg), v.formField("state"), v.say(watchesReason), v.say(watchesWords), v.say(watchesReview), v.say(watchesChanged),
	)}
	for _, each := range watches {
		view.list.rows = append(view.list.rows, watchRow(v, reasons, each))
	}
	v.content = watchesPageOf(v, view)
	return nil
}

func watchRow(v *visit, reasons []monitor.WatchReason, w monitor.Watch) []listed {
	state, review := watchStates[w.State], "–"
	if !w.ReviewOn.IsZero() {
		review = v.day(w.ReviewOn)
	}
	words := w.Text
	if w.State == monitor.Proposed {
		words = v.say(watchesProposed)
	}
	return []listed{
		{text: w.Organisation, link: templ.SafeURL(watchPath(w.ID)), long: true}, {text: v.say(state.names), mark: state.mark},
		{text: reasonName(v, reasons, w.Reason), long: true}, {text: words, long: true}, {text: review}, {text: v.instant(w.UpdatedAt)},
	}
}

func reasonName(v *visit, reasons []monitor.WatchReason, code string) string {
	for _, each := range reasons {
		if each.Code == code {
			return v.say(each.Names)
		}
	}
	return code
}

// whomToWatch finds the organisation that a watch is to be begun of, and makes the form.
func (view *watchesView) whomToWatch(ctx context.Context, s *Service, v *visit, reasons []monitor.WatchReason) error {
	if asked := v.query.Get("organisation"); asked != "" {
		id, err := idIn(asked)
		if err != nil {
			return err
		}
		o, err := s.identity.Organisation(ctx, v.who, id)
		if err != nil {
			return err
		}
		view.whom, view.form = o.Name, beginWatch(v, reasons)
		return nil
	}
	if view.asked == "" {
		return nil
	}
	filter := identity.OrganisationFilter{Text: view.asked, State: identity.Approved}
	organisations, err := s.identity.Organisations(ctx, v.who, filter, identity.Position{}, organisationsFound)
	for _, each := range organisations {
		if each.Kind != identity.Authority {
			view.found = append(view.found, choice{value: string(v.at(watchesPath, nil, "organisation", each.ID.String())), label: each.Name})
		}
	}
	return err
}

func beginWatch(v *visit, reasons []monitor.WatchReason) decision {
	const does = "put-under-watch"
	return decision{act: does, title: v.say(watchBegin), sure: v.say(watchTelling), harm: true, fields: []entryField{
		watchReasonField(v, does, reasons, ""), watchTextField(v, does, watchTold), watchReviewField(v, does),
	}}
}

func watchReasonField(v *visit, does string, reasons []monitor.WatchReason, chosen string) entryField {
	choices := make([]choice, 0, len(reasons))
	for _, each := range reasons {
		choices = append(choices, choice{value: each.Code, label: v.say(each.Names)})
	}
	return entryField{act: does, name: "reason", label: v.formField("reason"), choices: choices, needed: true, value: chosen}
}

func watchTextField(v *visit, does string, label reference.Names) entryField {
	return entryField{act: does, name: "text", label: v.say(label), kind: "text-lines", most: 1000, needed: true}
}

func watchReviewField(v *visit, does string) entryField {
	return entryField{act: does, name: "review_on", label: v.formField("review_on"), kind: "date", needed: true}
}

func watchPage() page {
	moves := func(move monitor.WatchMove) func(context.Context, *Service, *visit) (string, error) {
		return func(ctx context.Context, s *Service, v *visit) (string, error) {
			id, err := v.pathID()
			if err != nil {
				return "", err
			}
			word, err := watchWord(v)
			if err != nil {
				return "", err
			}
			_, err = s.monitor.MoveWatch(ctx, v.who, id, move, word, v.match())
			return "", err
		}
	}
	return page{
		path: watchesPath + "/:id", title: watchTitle, groups: watchers(), show: showWatch,
		acts: map[string]act{
			"accept-watch":  {said: watchNowBegun, final: true, do: moves(monitor.MoveAccept)},
			"dismiss-watch": {said: watchNowOut, final: true, do: moves(monitor.MoveDismiss)},
			"review-watch":  {said: watchNowOn, do: moves(monitor.MoveReview)},
			"end-watch":     {said: watchNowEnded, final: true, do: moves(monitor.MoveEnd)},
		},
	}
}

// watchView is what the page of one watch shows.
type watchView struct {
	name           string
	state          listed
	facts          []listedFact
	because, steps listing
	forms          []decision
	writes         bool
}

func showWatch(ctx context.Context, s *Service, v *visit) error {
	id, err := v.pathID()
	if err != nil {
		return err
	}
	w, err := s.monitor.Watch(ctx, v.who, id)
	if err != nil {
		return err
	}
	terms, err := s.monitor.WatchTerms(ctx)
	if err != nil {
		return err
	}
	reasons := terms.Reasons
	state := watchStates[w.State]
	view := &watchView{name: w.Organisation, state: listed{text: v.say(state.names), mark: state.mark}, writes: v.who.MayWrite("monitor") == nil}
	review := ""
	if !w.ReviewOn.IsZero() {
		review = v.day(w.ReviewOn)
	}
	invented := ""
	if w.Invented {
		invented = v.say(certificateFictional)
	}
	view.facts = known(
		listedFact{v.say(watchesReason), listed{text: reasonName(v, reasons, w.Reason)}}, listedFact{v.say(watchesReview), listed{text: review}},
		listedFact{v.say(watchesChanged), listed{text: v.instant(w.UpdatedAt)}}, listedFact{v.say(watchesWords), listed{text: w.Text, long: true}},
		listedFact{v.say(textNote), listed{text: invented}},
	)
	view.because = watchBecause(v, s.naming(v), terms, w.Facts)
	view.steps = listing{caption: v.say(watchHistory), none: v.say(listNone), heads: heads(v.say(certificateAt), v.say(watchStep), v.formField("text"), v.say(watchesReview))}
	for _, each := range w.History {
		until := "–"
		if !each.ReviewOn.IsZero() {
			until = v.day(each.ReviewOn)
		}
		view.steps.rows = append(view.steps.rows, []listed{{text: v.instant(each.At)}, {text: v.say(watchMoves[each.Move])}, {text: each.Word, long: true}, {text: until}})
	}
	view.forms = watchForms(v, reasons, w)
	v.content = watchPageOf(v, view)
	return nil
}

// watchBecause lists the facts for which a watch was proposed.
func watchBecause(v *visit, names naming, terms monitor.WatchTerms, facts []monitor.WatchFact) listing {
	made := listing{caption: v.say(watchFacts), none: v.say(listNone), heads: heads(
		v.say(watchFactRule), v.say(monitor.DimensionNames(ledger.ByLine)), "#"+v.say(watchFactCases), "#"+v.say(watchFactShare),
	)}
	for _, each := range facts {
		share, line, because := "–", "–", each.Rule
		for _, rule := range terms.Rules {
			if rule.Code == each.Rule {
				because = rule.Reason
			}
		}
		if each.Permille > 0 {
			share = strings.TrimSuffix(fmt.Sprintf("%d,%d", each.Permille/10, each.Permille%10), ",0") + " %"
			if v.language == "en" {
				share = strings.Replace(share, ",", ".", 1)
			}
		}
		if each.Line != "" {
			line = names.of(ledger.ByLine, each.Line)
		}
		made.rows = append(made.rows, []listed{{text: reasonName(v, terms.Reasons, because)}, {text: line}, {text: v.count(each.Cases)}, {text: share}})
	}
	return made
}

// watchForms are the moves that the state of a watch allows.
func watchForms(v *visit, reasons []monitor.WatchReason, w monitor.Watch) []decision {
	switch w.State {
	case monitor.Proposed:
		return []decision{
			{act: "accept-watch", title: v.say(watchAccept), version: w.Version, sure: v.say(watchTelling), harm: true, fields: []entryField{
				watchReasonField(v, "accept-watch", reasons, w.Reason), watchTextField(v, "accept-watch", watchTold), watchReviewField(v, "accept-watch"),
			}},
			{act: "dismiss-watch", title: v.say(watchDismiss), version: w.Version, sure: v.say(watchDismisses), fields: []entryField{watchTextField(v, "dismiss-watch", watchInternal)}},
		}
	case monitor.Watched:
		return []decision{
			{act: "review-watch", title: v.say(watchReviewed), version: w.Version, fields: []entryField{watchTextField(v, "review-watch", watchTold), watchReviewField(v, "review-watch")}},
			{act: "end-watch", title: v.say(watchEnd), version: w.Version, sure: v.say(watchEnds), fields: []entryField{watchTextField(v, "end-watch", watchTold)}},
		}
	default:
		return nil
	}
}
