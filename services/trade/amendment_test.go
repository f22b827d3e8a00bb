package trade_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/trade"
)

// lines are of a quantity of shrimp with a value.
func lines(quantity int64, value money.VND) *[]trade.NewMemorandumLine {
	return &[]trade.NewMemorandumLine{{Goods: trade.Goods{Line: shrimp, Quantity: kg(quantity), Unit: "kg"}, ValueVND: value}}
}

func (m *market) versions(who identity.Principal, id uuid.UUID) []trade.MemorandumVersion {
	m.t.Helper()
	versions, err := m.MemorandumVersions(m.t.Context(), who, id)
	require.NoError(m.t, err)
	return versions
}

// What both agreed on stands, and what came of it is told beside that; every version stays.
func TestAMemorandumIsAmended(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	made := m.confirmed(m.ann, m.may)
	m.sell(sale{producer: m.ann, buyer: m.may, inquiry: m.inquiry(m.may), line: shrimp, form: "live", awarded: kg(100), delivered: kg(50), price: 9})
	m.wait(time.Hour)
	longer := made.TermTo.AddMonths(6)
	proposed, err := m.AmendMemorandum(ctx, m.ann, made.ID, nil, trade.MemorandumChange{
		Number: new(" 01/PL "), TermTo: &longer, Note: new("phụ lục"), Lines: lines(500, 150_000_000), Reason: "nuôi ít hơn",
	})
	require.NoError(t, err)
	require.Equal(t, []any{trade.Confirmed, 1, 2, "1000", "01/BBGN"},
		[]any{proposed.State, proposed.Terms, proposed.Proposed, proposed.Lines[0].Expected.String(), proposed.Number})
	_, err = m.AmendMemorandum(ctx, m.may, made.ID, nil, trade.MemorandumChange{Note: new("x")})
	require.ErrorIs(t, err, trade.ErrAmendmentWaits)
	official, err := m.Memorandum(ctx, m.caMau, made.ID)
	require.NoError(t, err)
	require.Zero(t, official.Proposed)
	require.Len(t, m.versions(m.hoChiMinh, made.ID), 1, "what is only proposed is between the parties")
	_, err = m.DecideAmendment(ctx, m.ann, made.ID, 2, trade.Agreed, "")
	require.ErrorIs(t, err, fault.ErrForbidden, "nobody agrees to his own word")
	_, err = m.DecideAmendment(ctx, m.may, made.ID, 3, trade.Agreed, "")
	require.ErrorIs(t, err, fault.ErrNotFound)

	stands, err := m.DecideAmendment(ctx, m.may, made.ID, 2, trade.Agreed, "")
	require.NoError(t, err)
	require.Equal(t, []any{2, 0, "500", "01/PL", longer}, []any{stands.Terms, stands.Proposed, stands.Lines[0].Expected.String(), stands.Number, stands.TermTo})
	require.Equal(t, "10", stands.Lines[0].Percent.String(), "fifty of five hundred")
	_, err = m.DecideAmendment(ctx, m.may, made.ID, 2, trade.Refused, "x")
	require.ErrorIs(t, err, trade.ErrAmendmentDecided)
	_, err = m.DecideAmendment(ctx, m.may, made.ID, 1, trade.Agreed, "")
	require.ErrorIs(t, err, trade.ErrAmendmentDecided)
	require.Equal(t, []string{"record", "confirm", "amend", "agreed"}, movesOf(stands.History))

	versions := m.versions(m.may, made.ID)
	require.Len(t, versions, 2)
	require.Equal(t, []any{trade.TermsReplaced, trade.ByProducer, "1000", "01/BBGN", "giá theo ngày", made.TermTo},
		[]any{versions[0].State, versions[0].As, versions[0].Lines[0].Expected.String(), versions[0].Number, versions[0].Note, versions[0].TermTo})
	require.Equal(t, []any{trade.TermsStand, trade.ByProducer, trade.ByBuyer, "nuôi ít hơn"},
		[]any{versions[1].State, versions[1].As, versions[1].DecidedAs, versions[1].Reason})
	require.EqualValues(t, 150_000_000, *versions[1].Lines[0].ValueVND)
	require.WithinDuration(t, noon.Add(time.Hour), versions[1].At, 0)
	seen := m.versions(m.caMau, made.ID)
	require.Len(t, seen, 2)
	for _, version := range seen {
		require.Equal(t, []any{"", "", true, false}, []any{version.Note, version.Reason, version.Buyer.Masked, version.Producer.Masked})
		require.Nil(t, version.Lines[0].ValueVND)
	}
	_, err = m.MemorandumVersions(ctx, m.ben, made.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
}

func movesOf(history []trade.MemorandumStep) []string {
	moves := make([]string, len(history))
	for at, step := range history {
		moves[at] = step.Move
	}
	return moves
}

// A refused change and one taken back leave what was signed as it was; the end of a memorandum ends what is proposed.
func TestAnAmendmentThatComesToNothing(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	made := m.confirmed(m.ann, m.may)
	propose := func(who identity.Principal) {
		_, err := m.AmendMemorandum(ctx, who, made.ID, nil, trade.MemorandumChange{Lines: lines(1, 0)})
		require.NoError(t, err)
	}
	propose(m.ann)
	_, err := m.DecideAmendment(ctx, m.may, made.ID, 2, trade.Refused, "  ")
	require.ErrorIs(t, err, fault.ErrRequired)
	_, err = m.DecideAmendment(ctx, m.may, made.ID, 2, trade.Refused, "đã đặt hàng")
	require.NoError(t, err)
	propose(m.may)
	_, err = m.DecideAmendment(ctx, m.may, made.ID, 3, trade.TakenBack, "")
	require.NoError(t, err)
	propose(m.may)
	ended, err := m.MoveMemorandum(ctx, m.ann, made.ID, nil, trade.MoveEnd, "thôi")
	require.NoError(t, err)
	require.Equal(t, "1000", ended.Lines[0].Expected.String())
	require.Zero(t, ended.Proposed, "nobody's word is waited for any more")
	_, err = m.DecideAmendment(ctx, m.ann, made.ID, 4, trade.Agreed, "")
	require.ErrorIs(t, err, trade.ErrMemorandumState)
	_, err = m.AmendMemorandum(ctx, m.ann, made.ID, nil, trade.MemorandumChange{Note: new("x")})
	require.ErrorIs(t, err, trade.ErrMemorandumState)
	states := []trade.TermsState{}
	for _, version := range m.versions(m.ann, made.ID) {
		states = append(states, version.State)
	}
	require.Equal(t, []trade.TermsState{trade.TermsStand, trade.TermsRefused, trade.TermsWithdrawn, trade.TermsLapsed}, states)
}

// Before it is confirmed, who entered a memorandum corrects it, also when it was contested; what was confirmed of the
// old one does not hold.
func TestWhatIsNotConfirmedIsCorrectedByWhoEnteredIt(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	made := m.recorded(m.caMau, signed(m.ann, m.may))
	move := func(who identity.Principal, move trade.MemorandumMove) trade.Memorandum {
		moved, err := m.MoveMemorandum(ctx, who, made.ID, nil, move, "sai khối lượng")
		require.NoError(t, err)
		return moved
	}
	move(m.ann, trade.MoveConfirm)
	move(m.may, trade.MoveContest)
	for _, who := range []identity.Principal{m.ann, m.may, m.hoChiMinh} {
		_, err := m.AmendMemorandum(ctx, who, made.ID, nil, trade.MemorandumChange{Note: new("x")})
		require.ErrorIs(t, err, fault.ErrForbidden)
	}
	_, err := m.AmendMemorandum(ctx, m.ben, made.ID, nil, trade.MemorandumChange{Note: new("x")})
	require.ErrorIs(t, err, fault.ErrNotFound)
	amended, err := m.AmendMemorandum(ctx, m.caMau, made.ID, nil, trade.MemorandumChange{Lines: lines(800, 0)})
	require.NoError(t, err)
	require.Equal(t, []any{trade.Recorded, 2, "800"}, []any{amended.State, amended.Terms, amended.Lines[0].Expected.String()})
	require.Nil(t, amended.ProducerAgreedAt)
	require.Equal(t, trade.Recorded, move(m.ann, trade.MoveConfirm).State)
	require.Equal(t, trade.Confirmed, move(m.may, trade.MoveConfirm).State)
	_, err = m.AmendMemorandum(ctx, m.caMau, made.ID, nil, trade.MemorandumChange{Note: new("x")})
	require.ErrorIs(t, err, fault.ErrForbidden, "what both signed is theirs to change")
}

func TestWhatIsWrongWithAnAmendment(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	n := signed(m.ann, m.may)
	n.Buyer = trade.Party{Name: "Chuỗi ngoài sàn"}
	made := m.recorded(m.ann, n)
	twice := append(*lines(1, 0), *lines(2, 0)...)
	for name, one := range map[string]struct {
		change trade.MemorandumChange
		err    error
	}{
		"nothing":              {trade.MemorandumChange{}, trade.ErrMemorandumUnchanged},
		"the same":             {trade.MemorandumChange{Note: new(" giá theo ngày "), Lines: lines(1000, 300_000_000)}, trade.ErrMemorandumUnchanged},
		"a reason alone":       {trade.MemorandumChange{Reason: "x"}, trade.ErrMemorandumUnchanged},
		"name on platform":     {trade.MemorandumChange{ProducerName: new("x")}, fault.ErrNotAllowedHere},
		"no name":              {trade.MemorandumChange{BuyerName: new("  ")}, fault.ErrRequired},
		"no lines":             {trade.MemorandumChange{Lines: &[]trade.NewMemorandumLine{}}, fault.ErrOutOfRange},
		"unknown line":         {trade.MemorandumChange{Lines: &[]trade.NewMemorandumLine{{Goods: trade.Goods{Line: "gold", Quantity: 1, Unit: "kg"}}}}, fault.ErrUnknownValue},
		"the same goods":       {trade.MemorandumChange{Lines: &twice}, trade.ErrMemorandumLineTwice},
		"before it was signed": {trade.MemorandumChange{TermFrom: new(today.AddDays(-1))}, fault.ErrDateOrder},
	} {
		_, err := m.AmendMemorandum(t.Context(), m.ann, made.ID, nil, one.change)
		require.ErrorIs(t, err, one.err, name)
	}
	renamed, err := m.AmendMemorandum(t.Context(), m.ann, made.ID, nil, trade.MemorandumChange{BuyerName: new("Chuỗi X")})
	require.NoError(t, err)
	require.Equal(t, "Chuỗi X", renamed.Buyer.Name)
	_, err = m.lent.Owner.Exec(t.Context(), `
		INSERT INTO trade.amendments SELECT memorandum_id, 100, at, actor, organisation_id, reason, number, producer_name, buyer_name, term_from, term_to, note
		  FROM trade.amendments`)
	require.NoError(t, err)
	_, err = m.AmendMemorandum(t.Context(), m.ann, made.ID, nil, trade.MemorandumChange{BuyerName: new("Chuỗi Y")})
	require.ErrorIs(t, err, trade.ErrAmendedTooOften)
}

// Whatever is proposed and decided at the same time, of a memorandum one change waits at a time and each is decided once.
func TestParallelAmendmentsAreDecidedOnce(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	made := m.confirmed(m.ann, m.may)
	together := func(acts ...func() error) (done int) {
		var group sync.WaitGroup
		errs := make([]error, len(acts))
		for at, act := range acts {
			group.Go(func() { errs[at] = act() })
		}
		group.Wait()
		for _, err := range errs {
			if err == nil {
				done++
				continue
			}
			_, named := fault.From(err)
			require.True(t, named, "%v", err)
		}
		return done
	}
	amend := func(who identity.Principal, note string) func() error {
		return func() error {
			_, err := m.AmendMemorandum(ctx, who, made.ID, nil, trade.MemorandumChange{Note: &note})
			return err
		}
	}
	decide := func(who identity.Principal, version int, outcome trade.AmendmentOutcome) func() error {
		return func() error {
			_, err := m.DecideAmendment(ctx, who, made.ID, version, outcome, "x")
			return err
		}
	}
	for version := 2; version < 8; version++ {
		note := time.Duration(version).String()
		require.Equal(t, 1, together(amend(m.ann, note+"a"), amend(m.may, note+"b"), amend(m.ann, note+"c"), amend(m.may, note+"d")))
		require.Equal(t, 1, together(
			decide(m.ann, version, trade.Agreed), decide(m.may, version, trade.Refused), decide(m.ann, version, trade.TakenBack),
		), "of the one who proposed it one decision, of the other one")
	}
}

// The value that an authority reads grows by what amendments of three producers and three buyers changed, never by that of few.
func TestAmendmentsTellNoValueOfFew(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	sides := [3][2]identity.Principal{{m.ann, m.may}, {m.ben, m.sum}, {m.organisation(identity.Producer, "96"), m.organisation(identity.Buyer, "79")}}
	var made [3]trade.Memorandum
	for at, pair := range sides {
		made[at] = m.confirmed(pair[0], pair[1])
		m.wait(time.Hour)
	}
	total := func() trade.MemorandaTotal {
		totals, err := m.MemorandaTotals(t.Context(), m.hoChiMinh)
		require.NoError(t, err)
		require.Len(t, totals, 1)
		return totals[0]
	}
	require.EqualValues(t, 900_000_000, *total().ExpectedVND)
	amend := func(at int, change trade.MemorandumChange) {
		m.wait(time.Hour)
		amended, err := m.AmendMemorandum(t.Context(), sides[at][0], made[at].ID, nil, change)
		require.NoError(t, err)
		_, err = m.DecideAmendment(t.Context(), sides[at][1], made[at].ID, amended.Proposed, trade.Agreed, "")
		require.NoError(t, err)
	}
	for _, step := range []struct {
		of       int
		change   trade.MemorandumChange
		told     money.VND
		expected quantity.Quantity
		waits    bool
	}{
		{0, trade.MemorandumChange{Lines: lines(900, 250_000_000)}, 900_000_000, kg(2900), true},
		{1, trade.MemorandumChange{Lines: lines(1000, 310_000_000)}, 900_000_000, kg(2900), true},
		{2, trade.MemorandumChange{Note: new("x")}, 900_000_000, kg(2900), true}, // changed no value: nobody stands behind it
		{0, trade.MemorandumChange{Lines: lines(900, 260_000_000)}, 900_000_000, kg(2900), true},
		{2, trade.MemorandumChange{Lines: lines(1000, 100_000_000)}, 670_000_000, kg(2900), false},
		{2, trade.MemorandumChange{Lines: lines(1000, 0)}, 670_000_000, kg(2900), true},
	} {
		amend(step.of, step.change)
		now := total()
		require.Equal(t, step.told, *now.ExpectedVND)
		require.Equal(t, step.expected, now.Expected)
		require.Equal(t, step.waits, now.ValueSuppressed)
	}
}

func TestAnAmendmentOverHTTP(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge()
	made := m.confirmed(m.ann, m.may)
	at := "/v1/memoranda/" + made.ID.String()
	tag := m.send(server, "ann", http.MethodGet, at, "").Header().Get("ETag")
	body := `{"lines": [{"line": "rice", "form": "milled", "quantity": "1.5", "unit": "kg"}]}`
	require.Equal(t, http.StatusPreconditionRequired, m.send(server, "ann", http.MethodPatch, at, body).Code)
	require.Equal(t, http.StatusPreconditionFailed, m.send(server, "ann", http.MethodPatch, at, body, "If-Match", `"v9"`).Code)
	amended := m.send(server, "ann", http.MethodPatch, at, body, "If-Match", tag)
	require.Equal(t, http.StatusOK, amended.Code, amended.Body)
	require.NotEqual(t, tag, amended.Header().Get("ETag"))
	require.Equal(t, http.StatusForbidden, m.send(server, "hoChiMinh", http.MethodPost, at+"/versions/2/agree", "").Code)
	require.Equal(t, http.StatusOK, m.send(server, "may", http.MethodPost, at+"/versions/2/agree", "").Code)
	require.Equal(t, http.StatusConflict, m.send(server, "may", http.MethodPost, at+"/versions/2/refuse", `{"reason": "x"}`).Code)
	require.Equal(t, "rice", read[trade.Memorandum](t, m.send(server, "may", http.MethodGet, at, "")).Lines[0].Line)
	versions := m.send(server, "caMau", http.MethodGet, at+"/versions", "")
	require.Equal(t, http.StatusOK, versions.Code)
	require.NotContains(t, versions.Body.String(), "vnd")
	require.NotContains(t, versions.Body.String(), m.may.OrganisationID.String())
}
