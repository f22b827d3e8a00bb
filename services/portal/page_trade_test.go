package portal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

// fair is an event with two participants who meet.
func (m *market) fair(t *testing.T) uuid.UUID {
	t.Helper()
	today := reference.Day(time.Now())
	e, err := m.trade.DraftEvent(t.Context(), m.who["camau"], trade.NewEvent{
		Kind: "conference", Name: "Hội nghị <script>alert(3)</script>", CommuneCode: "32065", Place: "Nhà văn hoá", From: today.AddDays(1), To: today.AddDays(2),
	})
	require.NoError(t, err)
	area := quantity.Of(9)
	var both []uuid.UUID
	for _, n := range []trade.NewParticipant{
		{OrganisationID: m.who["producer"].OrganisationID, Booth: "A-7", BoothArea: &area}, {Name: "Chợ đầu mối thử"},
	} {
		p, err := m.trade.AddParticipant(t.Context(), m.who["camau"], e.ID, n)
		require.NoError(t, err)
		both = append(both, p.ID)
	}
	from := today.AddDays(1).In(reference.Zone()).Add(9 * time.Hour)
	_, err = m.trade.ArrangeMeeting(t.Context(), m.who["camau"], e.ID, trade.NewMeeting{Participants: both, From: from, To: from.Add(30 * time.Minute)})
	require.NoError(t, err)
	return e.ID
}

// signed is a memorandum of the producer with the buyer.
func (m *market) signed(t *testing.T, event uuid.UUID) uuid.UUID {
	t.Helper()
	today := reference.Day(time.Now())
	made, err := m.trade.RecordMemorandum(t.Context(), m.who["camau"], trade.NewMemorandum{
		EventID: event, Number: "BB-01", Producer: trade.Party{ID: m.who["producer"].OrganisationID}, Buyer: trade.Party{ID: m.who["buyer"].OrganisationID},
		SignedOn: today, TermTo: today.AddMonths(6),
		Lines: []trade.NewMemorandumLine{{Goods: trade.Goods{Line: "black_tiger_shrimp", Form: "live", Quantity: quantity.Of(12_500), Unit: "kg"}, ValueVND: 3_000_000_000}},
	})
	require.NoError(t, err)
	for _, party := range []string{"producer", "buyer"} {
		_, err = m.trade.MoveMemorandum(t.Context(), m.who[party], made.ID, nil, trade.MoveConfirm, "")
		require.NoError(t, err)
	}
	return made.ID
}

// An event is shown with who takes part, their booths and meetings.
func TestAnEventIsShown(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	id := m.fair(t)
	for _, reader := range []string{"camau", "tphcm", "administrator"} {
		list := m.shown(t, reader, "/trade?state=draft")
		require.Contains(t, words(list), "Hội nghị <script>alert(3)</script>")
		require.Contains(t, list.Body.String(), "/trade/events/"+id.String())
		page := words(m.shown(t, reader, "/trade/events/"+id.String()))
		for _, part := range []string{"A-7", "Chợ đầu mối thử not on the platform", "& bạn – Chợ đầu mối thử", "09:00:00"} {
			require.Contains(t, page, part)
		}
	}
	require.Contains(t, words(m.shown(t, "camau", "/trade?state=held")), "There are no events.")
}

// A memorandum says what was expected beside what came of it, and that it is no volume; values and the other side's name are not shown.
func TestAMemorandumIsShown(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	id := m.signed(t, uuid.Nil)
	one := "/trade/memoranda/" + id.String()
	for _, path := range []string{"/trade/memoranda", one} {
		page := words(m.shown(t, "camau", path))
		require.Contains(t, page, "never counts as volume")
		require.Contains(t, page, "12,500 0 0 0 0 % kg")
		require.NotContains(t, page, "3,000,000,000")
	}
	require.Contains(t, words(m.shown(t, "camau", one)), "& bạn")
	other := m.shown(t, "tphcm", one)
	require.NotContains(t, words(other), "& bạn", "producers are Cà Mau's to see")
	require.Contains(t, words(other), "(not shown)")
	require.Contains(t, words(m.get(t, "camau", one)), "12.500", "numbers as the reader writes them")
}

// A programme says what is committed beside what came of it; what would tell of few is hidden, with the reason.
func TestAProgrammeIsShown(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	today := reference.Day(time.Now())
	p, err := m.trade.SetUpProgramme(t.Context(), m.who["camau"], trade.NewProgramme{Kind: ask[string](t, m, `SELECT code FROM trade.programme_kinds ORDER BY position LIMIT 1`), Name: "Bình ổn giá thử", Counts: trade.CountsProducers})
	require.NoError(t, err)
	_, err = m.trade.AddMember(t.Context(), m.who["camau"], p.ID, trade.NewMember{OrganisationID: m.who["producer"].OrganisationID})
	require.NoError(t, err)
	_, err = m.trade.AddTarget(t.Context(), m.who["camau"], p.ID, trade.NewTarget{
		Goods: trade.Goods{Line: "black_tiger_shrimp", Form: "live", Quantity: quantity.Of(700), Unit: "kg"}, From: today, To: today.AddMonths(3),
	})
	require.NoError(t, err)
	path := "/trade/programmes/" + p.ID.String()
	require.Contains(t, m.shown(t, "camau", "/trade/programmes").Body.String(), path)
	own := words(m.shown(t, "camau", path))
	require.Contains(t, own, "700 0 0 0 0 % kg")
	require.Contains(t, own, "1 producers and 0 buyers are members")
	other := m.shown(t, "tphcm", path)
	require.Contains(t, words(other), "700 hidden hidden hidden hidden kg")
	require.Contains(t, other.Body.String(), `title="Hidden: fewer than three organisations`)
	require.NotContains(t, words(other), "& bạn")
}

// Declarations are listed for the authority of the producers, totals for either.
func TestDeclarationsAreShown(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	channel := ask[string](t, m, `SELECT code FROM trade.channels ORDER BY position LIMIT 1`)
	_, err := m.trade.Declare(t.Context(), m.who["camau"], trade.NewDeclaration{
		Goods:          trade.Goods{Line: "black_tiger_shrimp", Form: "live", Quantity: quantity.Of(321), Unit: "kg"},
		OrganisationID: m.who["producer"].OrganisationID, Month: now().Format("2006-01"), Channel: channel, Source: "sổ <b>tay</b>",
	})
	require.NoError(t, err)
	page := words(m.shown(t, "camau", "/trade/declarations"))
	require.Contains(t, page, "never added to the platform's volumes")
	require.Contains(t, page, "sổ <b>tay</b>")
	other := words(m.shown(t, "tphcm", "/trade/declarations"))
	require.NotContains(t, other, "sổ <b>tay</b>")
	require.Contains(t, other, "321 kg 1", "totals name nobody")
	require.Contains(t, words(m.shown(t, "camau", "/trade/declarations?line=rice")), "There are no declarations.")
}

// Both languages have every page, and a list that is read page by page refuses a cursor of another.
func TestPagesOfWorkSpeakBothLanguages(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	for path, said := range map[string][2]string{
		"/monitor/desk": {"Việc cần xử lý", "Desk"}, "/monitor/watches": {"Theo dõi tổ chức", "Watches"}, "/monitor/reports": {"Báo cáo", "Reports"},
		"/trade": {"Sự kiện xúc tiến", "Trade events"}, "/trade/memoranda": {"Biên bản ghi nhớ", "Memoranda"},
		"/trade/programmes": {"Chương trình", "Programmes"}, "/trade/declarations": {"Khai báo ngoài sàn", "Declarations"},
	} {
		for at, language := range []string{"vi", "en"} {
			page := m.get(t, "camau", path, "Accept-Language", language)
			require.Equal(t, http.StatusOK, page.Code, path)
			require.Contains(t, page.Body.String(), "<h1>"+said[at]+"</h1>", path)
			require.Equal(t, language, page.Header().Get("Content-Language"))
		}
		if path != "/monitor/desk" {
			require.Equal(t, http.StatusUnprocessableEntity, m.get(t, "camau", path+"?cursor=x").Code, path)
		}
	}
}

// What an official enters on the pages is there, refused with the form as it was filled in where it is wrong.
func TestTradePromotionIsEnteredOnThePages(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	from, to := now().AddDate(0, 0, 3).Format("2006-01-02"), now().AddDate(0, 0, 4).Format("2006-01-02")
	const event = "/trade/events/new"
	refused := m.refused(t, http.StatusUnprocessableEntity, "date_order", "tphcm", event, "act", "draft-event", "kind", "fair", "name", "Hội chợ <i>thử</i>", "place", "Bến", "from", to, "to", from)
	require.Contains(t, refused.Body.String(), `value="Hội chợ &lt;i&gt;thử&lt;/i&gt;"`)
	drafted := m.sent(t, "tphcm", event, "act", "draft-event", "kind", "conference", "name", "Hội chợ thử", "place", "Bến", "from", from, "to", to, "key", "e")
	require.Equal(t, http.StatusSeeOther, drafted.Code, words(drafted))
	id := ask[uuid.UUID](t, m, `SELECT id FROM trade.events WHERE name = 'Hội chợ thử' AND state = 'draft'`)
	one := "/trade/events/" + id.String()
	require.Contains(t, drafted.Header().Get("Location"), one+"?done=draft-event.")
	m.refused(t, http.StatusUnprocessableEntity, "required", "tphcm", one, "act", "announce-event", "version", "1")
	m.refused(t, http.StatusPreconditionFailed, "stale", "tphcm", one, "act", "announce-event", "version", "9", "sure", "yes")
	m.done(t, "tphcm", one, "act", "announce-event", "version", "1", "sure", "yes")
	m.done(t, "tphcm", one, "act", "cancel-event", "version", "2", "sure", "yes", "reason", "bão")
	require.Equal(t, "cancelled", ask[string](t, m, `SELECT state FROM trade.events WHERE id = $1`, id))
	require.Contains(t, words(m.shown(t, "tphcm", one)), "bão")

	const memorandum = "/trade/memoranda/new"
	form := []string{
		"act", "record-memorandum", "number", "BB-77", "signed_on", now().Format("2006-01-02"), "term_to", to, "producer", m.who["producer"].OrganisationID.String(),
		"buyer_name", "Chợ thử", "lines[0].line", "black_tiger_shrimp", "lines[0].form", "live", "lines[0].unit", "kg", "lines[0].value_vnd", "2,500,000", "lines[0].quantity",
	}
	for _, wrong := range []string{"1.234,5", "12,34", "1.2345", "-5", ""} {
		m.sent(t, "camau", memorandum, append(form, wrong)...)
	}
	require.Zero(t, ask[int](t, m, `SELECT count(*) FROM trade.memoranda`), "an amount that could be read in two ways is none")
	require.Contains(t, m.sent(t, "camau", memorandum, append(form, "1.234,5")...).Body.String(), `value="1.234,5"`)
	m.done(t, "camau", memorandum, append(form, "1,234.5")...)
	require.Equal(t, "1234500 2500000", ask[string](t, m, `SELECT l.quantity || ' ' || l.value_vnd FROM trade.memorandum_lines l`))
	require.Equal(t, 1, m.recorded(t, "camau", "memorandum.recorded"))

	const declaration = "/trade/declarations/new"
	told := []string{
		"act", "declare", "organisation_id", m.who["producer"].OrganisationID.String(), "month", now().Format("2006-01"), "line", "black_tiger_shrimp", "form", "live",
		"quantity", "50", "unit", "kg", "channel", ask[string](t, m, `SELECT code FROM trade.channels ORDER BY position LIMIT 1`), "source", "hoá đơn",
	}
	require.GreaterOrEqual(t, m.sent(t, "tphcm", declaration, told...).Code, http.StatusForbidden, "the producer is the other authority's")
	require.Zero(t, ask[int](t, m, `SELECT count(*) FROM trade.declarations`))
	m.done(t, "camau", declaration, told...)
	require.Equal(t, 50_000, ask[int](t, m, `SELECT quantity FROM trade.declarations`))
}

// What was done with the terms of a memorandum is worded.
func TestAmendmentsOfAMemorandumAreWorded(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	id, note := m.signed(t, uuid.Nil), "other"
	_, err := m.trade.AmendMemorandum(t.Context(), m.who["producer"], id, nil, trade.MemorandumChange{Note: &note})
	require.NoError(t, err)
	_, err = m.trade.DecideAmendment(t.Context(), m.who["buyer"], id, 2, trade.Refused, "no")
	require.NoError(t, err)
	page := words(m.get(t, "camau", "/trade/memoranda/"+id.String()))
	require.Contains(t, page, "sửa hoặc đề nghị sửa")
	require.Contains(t, page, "từ chối bản sửa")
}
