package trade_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/trade"
)

const shrimp = "black_tiger_shrimp"

// signed is a memorandum between two parties of a year's shrimp.
func signed(producer, buyer identity.Principal) trade.NewMemorandum {
	return trade.NewMemorandum{
		Number: "01/BBGN", Producer: trade.Party{ID: producer.OrganisationID}, Buyer: trade.Party{ID: buyer.OrganisationID},
		SignedOn: today, TermTo: today.AddMonths(12), Note: "giá theo ngày",
		Lines: []trade.NewMemorandumLine{{Goods: trade.Goods{Line: shrimp, Quantity: kg(1000), Unit: "kg"}, ValueVND: 300_000_000}},
	}
}

func (m *market) recorded(who identity.Principal, n trade.NewMemorandum) trade.Memorandum {
	m.t.Helper()
	made, err := m.RecordMemorandum(m.t.Context(), who, n)
	require.NoError(m.t, err)
	return made
}

func (m *market) confirmed(producer, buyer identity.Principal) trade.Memorandum {
	m.t.Helper()
	made := m.recorded(producer, signed(producer, buyer))
	made, err := m.MoveMemorandum(m.t.Context(), buyer, made.ID, nil, trade.MoveConfirm, "")
	require.NoError(m.t, err)
	require.Equal(m.t, trade.Confirmed, made.State)
	return made
}

// A memorandum from its signing to what came of it: expected, awarded and confirmed side by side, the
// linked award and the matched one once each.
func TestAMemorandumAndWhatFollows(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	made := m.confirmed(m.ann, m.may)
	m.wait(24 * time.Hour)
	asked, other := m.inquiry(m.may), m.inquiry(m.may)
	_, err := m.LinkInquiry(ctx, m.may, made.ID, asked)
	require.NoError(t, err)
	follows := m.sell(sale{producer: m.ann, buyer: m.may, inquiry: asked, line: shrimp, form: "live", awarded: kg(100), delivered: kg(60), price: 300_000})
	m.sell(sale{producer: m.ann, buyer: m.may, inquiry: other, line: shrimp, form: "iced", awarded: kg(50), delivered: kg(50), price: 200_000})
	m.sell(sale{producer: m.ben, buyer: m.may, inquiry: asked, line: shrimp, form: "live", awarded: kg(7), delivered: kg(7), price: 1})  // a rival's
	m.sell(sale{producer: m.ann, buyer: m.sum, inquiry: m.inquiry(m.sum), line: shrimp, form: "live", awarded: kg(9), delivered: kg(9)}) // another buyer's
	m.sell(sale{producer: m.ann, buyer: m.may, inquiry: asked, line: "mud_crab", form: "live", awarded: kg(3), delivered: kg(3)})        // other goods

	seen, err := m.Memorandum(ctx, m.ann, made.ID)
	require.NoError(t, err)
	line := seen.Lines[0]
	require.Equal(t, "1000", line.Expected.String())
	require.Equal(t, kg(150), *line.Awarded)
	require.Equal(t, kg(110), *line.Confirmed)
	require.Equal(t, "11", line.Percent.String())
	require.EqualValues(t, 60*300_000+50*200_000, *line.ConfirmedVND)
	require.Zero(t, *line.Declared)
	require.Len(t, seen.Awards, 2)
	require.Equal(t, trade.FollowedAward{AwardID: follows, InquiryID: asked, N: 1, How: "linked", Awarded: kg(100), Confirmed: kg(60), Unit: "kg"}, seen.Awards[0])
	require.Equal(t, "matched", seen.Awards[1].How)
	require.Equal(t, []uuid.UUID{asked}, seen.Inquiries)
	require.Len(t, seen.History, 2)

	again := m.recorded(m.may, signed(m.ann, m.may))
	_, err = m.LinkInquiry(ctx, m.may, again.ID, asked)
	require.ErrorIs(t, err, trade.ErrInquiryLinked)
	require.Zero(t, *again.Lines[0].Awarded, "what follows from the earlier one is not counted again")
	unlinked, err := m.UnlinkInquiry(ctx, m.may, made.ID, asked)
	require.NoError(t, err)
	require.Empty(t, unlinked.Inquiries)
	require.Equal(t, kg(150), *unlinked.Lines[0].Awarded, "it is matched now")
	moved, err := m.LinkInquiry(ctx, m.may, again.ID, asked)
	require.NoError(t, err)
	require.Equal(t, kg(100), *moved.Lines[0].Awarded)
	_, err = m.UnlinkInquiry(ctx, m.may, made.ID, asked)
	require.ErrorIs(t, err, fault.ErrNotFound)
}

// An ended memorandum keeps what followed and takes no more; a contested one keeps nothing.
func TestWhatFollowsEndsWithTheMemorandum(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	made := m.confirmed(m.ann, m.may)
	deal := sale{producer: m.ann, buyer: m.may, line: shrimp, form: "live", awarded: kg(10), delivered: kg(10)}
	deal.inquiry = m.inquiry(m.may)
	m.sell(deal)
	_, err := m.MoveMemorandum(ctx, m.ann, made.ID, nil, trade.MoveEnd, "  ")
	require.ErrorIs(t, err, fault.ErrRequired)
	_, err = m.MoveMemorandum(ctx, m.ann, made.ID, nil, trade.MoveEnd, "mất mùa")
	require.NoError(t, err)
	m.wait(24 * time.Hour)
	deal.inquiry = m.inquiry(m.may)
	m.sell(deal)
	seen, err := m.Memorandum(ctx, m.may, made.ID)
	require.NoError(t, err)
	require.Equal(t, kg(10), *seen.Lines[0].Confirmed)
	_, err = m.LinkInquiry(ctx, m.may, made.ID, deal.inquiry)
	require.ErrorIs(t, err, trade.ErrMemorandumState)

	later := m.recorded(m.ann, signed(m.ann, m.may))
	contested, err := m.MoveMemorandum(ctx, m.may, later.ID, nil, trade.MoveContest, "chưa ký")
	require.NoError(t, err)
	require.Zero(t, *contested.Lines[0].Awarded)
}

// A memorandum is never demand and never volume: the ledger is the same with it and without.
func TestAMemorandumPostsNothing(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.sell(sale{producer: m.ann, buyer: m.may, inquiry: m.inquiry(m.may), line: shrimp, form: "live", awarded: kg(10), delivered: kg(4)})
	volumes := func() (rows []ledger.Row, balances string, postings int) {
		q := ledger.Query{From: today.AddMonths(-12), To: today.AddMonths(24), By: []ledger.Dimension{ledger.ByMonth, ledger.ByProducer, ledger.ByBuyer}}
		rows, err := ledger.Volumes(context.Background(), m.db, q)
		require.NoError(t, err)
		require.NoError(t, m.db.Get(context.Background(), &balances, `
			SELECT concat((SELECT string_agg(CAST(o AS text), ' ' ORDER BY o.offer_id) FROM ledger.offers o),
			              (SELECT string_agg(CAST(l AS text), ' ' ORDER BY l.inquiry_line_id) FROM ledger.lines l))`))
		require.NoError(t, m.db.Get(context.Background(), &postings, `SELECT count(*) FROM ledger.postings`))
		return rows, balances, postings
	}
	rows, balances, postings := volumes()
	require.NotEmpty(t, balances)
	require.NotEmpty(t, rows)
	made := m.confirmed(m.ann, m.may)
	_, err := m.LinkInquiry(t.Context(), m.may, made.ID, m.inquiry(m.may))
	require.NoError(t, err)
	after, afterBalances, afterPostings := volumes()
	require.Equal(t, rows, after)
	require.Equal(t, balances, afterBalances)
	require.Equal(t, postings, afterPostings)
}

// Who is not a party reads no values and no words; an authority reads the name of the side it
// oversees, and volumes once both sides agree.
func TestWhatOfficialsReadOfAMemorandum(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	made := m.recorded(m.caMau, signed(m.ann, m.may))
	require.Equal(t, trade.ByOfficial, made.RecordedAs)
	require.True(t, made.Buyer.Masked, "even to the authority that entered it")
	m.sell(sale{producer: m.ann, buyer: m.may, inquiry: m.inquiry(m.may), line: shrimp, form: "live", awarded: kg(10), delivered: kg(4), price: 1000})
	for _, who := range []identity.Principal{m.caMau, m.hoChiMinh, m.administrator} {
		seen, err := m.Memorandum(ctx, who, made.ID)
		require.NoError(t, err)
		require.Nil(t, seen.Lines[0].Awarded, "nobody agreed yet: an authority could have made it up to look")
		require.Nil(t, seen.Lines[0].Confirmed)
		require.Nil(t, seen.Lines[0].Percent)
	}
	for _, who := range []identity.Principal{m.ann, m.may} {
		_, err := m.MoveMemorandum(ctx, who, made.ID, nil, trade.MoveConfirm, "")
		require.NoError(t, err)
	}
	names := func(p trade.Party) bool { return p.ID != uuid.Nil && p.Name != "" && !p.Masked }
	for _, one := range []struct {
		who                    identity.Principal
		producer, buyer, party bool
	}{
		{m.ann, true, true, true}, {m.may, true, true, true},
		{m.caMau, true, false, false}, {m.hoChiMinh, false, true, false}, {m.administrator, true, true, false},
	} {
		seen, err := m.Memorandum(ctx, one.who, made.ID)
		require.NoError(t, err)
		list, err := m.Memoranda(ctx, one.who, trade.MemorandumFilter{Page: trade.Page{Limit: 9}})
		require.NoError(t, err)
		require.Len(t, list, 1)
		for _, shown := range []trade.Memorandum{seen, list[0]} {
			line := shown.Lines[0]
			require.Equal(t, one.producer, names(shown.Producer))
			require.Equal(t, !one.producer, shown.Producer == trade.Party{Masked: true})
			require.Equal(t, one.buyer, names(shown.Buyer))
			require.Equal(t, !one.buyer, shown.Buyer == trade.Party{Masked: true})
			require.Equal(t, one.party, line.ValueVND != nil)
			require.Equal(t, one.party, line.ConfirmedVND != nil)
			require.Equal(t, one.party, shown.Note != "")
			require.Equal(t, quantity.Of(4), *line.Confirmed)
		}
		require.Equal(t, one.party, len(seen.Awards) == 1)
	}
	for _, who := range []identity.Principal{m.ben, m.sum} {
		_, err := m.Memorandum(ctx, who, made.ID)
		require.ErrorIs(t, err, fault.ErrNotFound)
		_, err = m.MoveMemorandum(ctx, who, made.ID, nil, trade.MoveEnd, "x")
		require.ErrorIs(t, err, fault.ErrNotFound)
		_, err = m.LinkInquiry(ctx, who, made.ID, uuid.New())
		require.ErrorIs(t, err, fault.ErrNotFound)
		list, err := m.Memoranda(ctx, who, trade.MemorandumFilter{Page: trade.Page{Limit: 9}})
		require.NoError(t, err)
		require.Empty(t, list)
	}
	_, err := m.LinkInquiry(ctx, m.ann, made.ID, m.inquiry(m.may))
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.LinkInquiry(ctx, m.may, made.ID, m.inquiry(m.sum))
	require.ErrorIs(t, err, fault.ErrUnknownValue)
	_, err = m.LinkInquiry(ctx, m.may, made.ID, uuid.New())
	require.ErrorIs(t, err, fault.ErrUnknownValue, "a foreign inquiry answers as a missing one")
}

func TestWhatIsWrongWithAMemorandum(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	for name, one := range map[string]struct {
		change func(n *trade.NewMemorandum)
		err    error
	}{
		"no party":          {func(n *trade.NewMemorandum) { n.Buyer = trade.Party{} }, trade.ErrParty},
		"id and name":       {func(n *trade.NewMemorandum) { n.Buyer.Name = "x" }, trade.ErrParty},
		"of others":         {func(n *trade.NewMemorandum) { n.Producer.ID = m.ben.OrganisationID }, trade.ErrNotOwnMemorandum},
		"no buyer":          {func(n *trade.NewMemorandum) { n.Buyer.ID = m.ben.OrganisationID }, fault.ErrUnknownValue},
		"tomorrow":          {func(n *trade.NewMemorandum) { n.SignedOn = today.AddDays(1) }, trade.ErrSignedInFuture},
		"term before":       {func(n *trade.NewMemorandum) { n.TermFrom = today.AddDays(-1) }, fault.ErrDateOrder},
		"term of 11 years":  {func(n *trade.NewMemorandum) { n.TermTo = today.AddMonths(132) }, fault.ErrDateOrder},
		"no lines":          {func(n *trade.NewMemorandum) { n.Lines = nil }, fault.ErrOutOfRange},
		"nothing":           {func(n *trade.NewMemorandum) { n.Lines[0].Quantity = 0 }, fault.ErrOutOfRange},
		"unknown line":      {func(n *trade.NewMemorandum) { n.Lines[0].Line = "gold" }, fault.ErrUnknownValue},
		"unknown form":      {func(n *trade.NewMemorandum) { n.Lines[0].Form = "gold" }, fault.ErrUnknownValue},
		"unknown unit":      {func(n *trade.NewMemorandum) { n.Lines[0].Unit = "ell" }, fault.ErrUnknownValue},
		"weight of a kg":    {func(n *trade.NewMemorandum) { n.Lines[0].UnitWeightKg = new(kg(1)) }, fault.ErrNotAllowedHere},
		"the same twice":    {func(n *trade.NewMemorandum) { n.Lines = append(n.Lines, n.Lines[0]) }, trade.ErrMemorandumLineTwice},
		"unknown event":     {func(n *trade.NewMemorandum) { n.EventID = uuid.New() }, fault.ErrUnknownValue},
		"value beyond sane": {func(n *trade.NewMemorandum) { n.Lines[0].ValueVND = 1e16 }, fault.ErrOutOfRange},
	} {
		n := signed(m.ann, m.may)
		one.change(&n)
		_, err := m.RecordMemorandum(t.Context(), m.ann, n)
		require.ErrorIs(t, err, one.err, name)
	}
	n := signed(m.ann, m.may)
	n.Buyer = trade.Party{Name: " Siêu thị ngoài sàn "}
	n.Lines[0] = trade.NewMemorandumLine{Goods: trade.Goods{Line: "dried_shrimp", Form: "dried", Quantity: kg(10), Unit: "pack", UnitWeightKg: new(quantity.Quantity(500))}}
	made := m.recorded(m.ann, n)
	require.Equal(t, "Siêu thị ngoài sàn", made.Buyer.Name)
	require.Equal(t, "5", made.Lines[0].Expected.String(), "ten packs of half a kilogram")
	require.Equal(t, "kg", made.Lines[0].MeasuredIn)
	require.True(t, made.Lines[0].Dried)
	_, err := m.MoveMemorandum(t.Context(), m.ann, made.ID, nil, trade.MoveConfirm, "")
	require.ErrorIs(t, err, fault.ErrForbidden, "nobody confirms his own word")
}

// The sum of what few signed is not shown, nor one that an authority could take apart because it
// entered the others.
func TestTotalsOfMemorandaTellNoValueOfFew(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	sides := [7][2]identity.Principal{{m.ann, m.may}, {m.ben, m.sum}}
	for at := 2; at < len(sides); at++ {
		sides[at] = [2]identity.Principal{m.organisation(identity.Producer, "96"), m.organisation(identity.Buyer, "79")}
	}
	total := func(who identity.Principal) trade.MemorandaTotal {
		totals, err := m.MemorandaTotals(t.Context(), who)
		require.NoError(t, err)
		require.Len(t, totals, 1)
		return totals[0]
	}
	enter := func(who identity.Principal, pair [2]identity.Principal) {
		made := m.recorded(who, signed(pair[0], pair[1]))
		for _, party := range pair {
			if party.OrganisationID != who.OrganisationID {
				_, err := m.MoveMemorandum(t.Context(), party, made.ID, nil, trade.MoveConfirm, "")
				require.NoError(t, err)
			}
		}
	}
	enter(sides[0][0], sides[0])
	enter(sides[1][1], sides[1])
	m.recorded(sides[2][0], signed(sides[2][0], sides[2][1])) // counts once it is confirmed
	m.sell(sale{producer: m.ann, buyer: m.may, inquiry: m.inquiry(m.may), line: shrimp, form: "live", awarded: kg(500), delivered: kg(100), price: 9})
	two := total(m.caMau)
	require.Equal(t, 2, two.Memoranda)
	require.Equal(t, "2000", two.Expected.String())
	require.Equal(t, "500", two.Awarded.String())
	require.Equal(t, "100", two.Confirmed.String())
	require.Equal(t, "5", two.Percent.String())
	require.True(t, two.ValueSuppressed)
	require.Nil(t, two.ExpectedVND)
	enter(m.caMau, sides[3])
	require.True(t, total(m.caMau).ValueSuppressed, "it knows what it entered")
	three := total(m.hoChiMinh)
	require.False(t, three.ValueSuppressed)
	require.EqualValues(t, 900_000_000, *three.ExpectedVND)
	for at, told := range []int64{900_000_000, 900_000_000, 1_800_000_000} {
		m.wait(time.Hour)
		enter(sides[4+at][0], sides[4+at])
		more := total(m.hoChiMinh)
		require.Equal(t, 4+at, more.Memoranda)
		require.EqualValues(t, told, *more.ExpectedVND, "the day before subtracted, each would tell of one")
		require.Equal(t, at < 2, more.ValueSuppressed)
	}
	_, err := m.MemorandaTotals(t.Context(), m.ann)
	require.ErrorIs(t, err, fault.ErrForbidden)
}
