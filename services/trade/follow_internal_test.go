package trade

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
)

// number makes a small id, so that things meet each other.
func number(n int) uuid.UUID { return uuid.UUID{15: byte(n)} }

func drawMemorandum(r *rapid.T, at int) Memorandum {
	signed := civil.New(2026, time.January, rapid.IntRange(1, 28).Draw(r, "signed"))
	m := Memorandum{
		ID: number(100 + at), Producer: Party{ID: number(rapid.IntRange(1, 2).Draw(r, "producer"))}, Buyer: Party{ID: number(rapid.IntRange(11, 12).Draw(r, "buyer"))},
		SignedOn: signed, TermFrom: signed, TermTo: signed.AddDays(rapid.IntRange(0, 40).Draw(r, "term")),
		State: rapid.SampledFrom([]MemorandumState{Recorded, Confirmed, Contested, Ended, Withdrawn}).Draw(r, "state"),
	}
	if m.State == Ended {
		m.EndedOn = signed.AddDays(rapid.IntRange(0, 40).Draw(r, "ended"))
	}
	for n, k := range drawKinds(r) {
		m.Lines = append(m.Lines, MemorandumLine{N: n + 1, Goods: Goods{Line: k.line, Form: k.form}, Dried: k.dried, MeasuredIn: k.unit})
	}
	return m
}

// drawKinds draws kinds that differ, as a constraint has it.
func drawKinds(r *rapid.T) []kind {
	all := []kind{
		{"shrimp", "", false, "kg"}, {"shrimp", "frozen", false, "kg"}, {"shrimp", "dried", true, "kg"}, {"shrimp", "frozen", false, "box"}, {"rice", "", false, "kg"},
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, len(all), func(k kind) kind { return k }).Draw(r, "lines")
}

func drawDeal(r *rapid.T, at int) ledger.Deal {
	of := rapid.SampledFrom([]kind{
		{"shrimp", "live", false, "kg"}, {"shrimp", "frozen", false, "kg"}, {"shrimp", "dried", true, "kg"}, {"shrimp", "frozen", false, "box"}, {"rice", "", false, "kg"},
	}).Draw(r, "goods")
	return ledger.Deal{
		AwardID: number(200 + at), InquiryID: number(rapid.IntRange(151, 155).Draw(r, "inquiry")), ProducerID: number(rapid.IntRange(1, 2).Draw(r, "producer")),
		BuyerID: number(rapid.IntRange(11, 12).Draw(r, "buyer")), Line: of.line, Form: of.form, Dried: of.dried, Unit: of.unit,
		AwardedAt: time.Date(2026, 1, rapid.IntRange(1, 70).Draw(r, "day"), rapid.IntRange(0, 23).Draw(r, "hour"), 0, 0, 0, time.UTC),
		Awarded:   quantity.Of(int64(rapid.IntRange(0, 9).Draw(r, "awarded"))), Delivered: quantity.Of(int64(rapid.IntRange(0, 9).Draw(r, "delivered"))),
		ValueVND: money.VND(rapid.IntRange(0, 9).Draw(r, "value")),
	}
}

// Whatever memoranda, links and deals there are: each deal follows from one line at most, of a
// memorandum between its parties that stands; a linked one comes first; within the term the earliest;
// nothing that has a place is left out; and the sums are those of the deals.
func TestNothingIsCountedTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var memoranda []Memorandum
		links := map[uuid.UUID]uuid.UUID{}
		for at := range rapid.IntRange(0, 6).Draw(r, "memoranda") {
			memoranda = append(memoranda, drawMemorandum(r, at))
			if rapid.Bool().Draw(r, "linked") {
				links[number(rapid.IntRange(151, 155).Draw(r, "inquiry"))] = number(100 + at)
			}
		}
		var deals []ledger.Deal
		for at := range rapid.IntRange(0, 12).Draw(r, "deals") {
			deals = append(deals, drawDeal(r, at))
		}
		all := follow(memoranda, links, deals)
		seen, total, of := map[uuid.UUID]followed{}, progress{}, map[uuid.UUID]*Memorandum{}
		for at := range memoranda {
			of[memoranda[at].ID] = &memoranda[at]
		}
		for _, one := range all {
			require.NotContains(r, seen, one.deal.AwardID, "counted twice")
			seen[one.deal.AwardID] = one
			total.awarded += one.deal.Awarded
			total.confirmed += one.deal.Delivered
			total.value += one.deal.ValueVND
			m := of[one.memorandum]
			require.True(r, m.Producer.ID == one.deal.ProducerID && m.Buyer.ID == one.deal.BuyerID, "of its parties")
			require.True(r, m.State != Contested && m.State != Withdrawn, m.State)
			line := m.Lines[one.n-1]
			require.True(r, line.Line == one.deal.Line && line.MeasuredIn == one.deal.Unit && line.Dried == one.deal.Dried, "of its goods")
			require.Equal(r, one.how == linked, links[one.deal.InquiryID] == m.ID)
		}
		for _, deal := range deals {
			checkPlace(r, memoranda, links, deal, seen)
		}
		var sums progress
		for _, p := range sum(all) {
			sums.awarded += p.awarded
			sums.confirmed += p.confirmed
			sums.value += p.value
		}
		require.Equal(r, total, sums)
	})
}

// checkPlace finds a deal's place by looking at every memorandum, and compares.
func checkPlace(r *rapid.T, memoranda []Memorandum, links map[uuid.UUID]uuid.UUID, deal ledger.Deal, seen map[uuid.UUID]followed) {
	var best *Memorandum
	for at := range memoranda {
		m := &memoranda[at]
		if m.Producer.ID != deal.ProducerID || m.Buyer.ID != deal.BuyerID || m.State == Contested || m.State == Withdrawn || m.lineFor(kindOf(deal)) == 0 {
			continue
		}
		if links[deal.InquiryID] == m.ID {
			best = m
			break
		}
		day := civil.Of(deal.AwardedAt, time.FixedZone("Vietnam", 7*3600))
		if day.Before(m.TermFrom) || day.After(m.TermTo) || m.State == Ended && day.After(m.EndedOn) {
			continue
		}
		if best == nil || m.SignedOn.Before(best.SignedOn) || m.SignedOn == best.SignedOn && m.ID.String() < best.ID.String() {
			best = m
		}
	}
	one, counted := seen[deal.AwardID]
	require.Equal(r, best != nil, counted)
	if best != nil {
		require.Equal(r, best.ID, one.memorandum)
	}
}

func TestALineThatNamesItsFormComesFirst(t *testing.T) {
	t.Parallel()
	m := Memorandum{Lines: []MemorandumLine{
		{N: 1, Goods: Goods{Line: "shrimp"}, MeasuredIn: "kg"}, {N: 2, Goods: Goods{Line: "shrimp", Form: "frozen"}, MeasuredIn: "kg"},
	}}
	for n, deal := range []ledger.Deal{
		{Line: "shrimp", Form: "dried", Dried: true, Unit: "kg"}, {Line: "shrimp", Form: "live", Unit: "kg"}, {Line: "shrimp", Form: "frozen", Unit: "kg"},
	} {
		require.Equal(t, n, m.lineFor(kindOf(deal)))
	}
	require.Zero(t, m.lineFor(kind{"shrimp", "frozen", false, "box"}))
	require.Zero(t, m.lineFor(kind{"rice", "", false, "kg"}))
}

func TestPercent(t *testing.T) {
	t.Parallel()
	for part, want := range map[quantity.Quantity]string{0: "0", quantity.Of(1): "33.3", quantity.Of(2): "66.7", quantity.Of(3): "100", quantity.Of(4): "133.3"} {
		require.Equal(t, want, percent(part, quantity.Of(3)).String())
	}
	require.Equal(t, "100", percent(quantity.Max, quantity.Max).String())
	require.Equal(t, "0.1", percent(1, 2000).String(), "half up")
	require.Nil(t, percent(1, 0))
}
