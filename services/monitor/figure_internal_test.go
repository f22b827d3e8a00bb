package monitor

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Whatever was traded and taken back: every block combines enough, no cell is in two, a month that combines enough is
// told or given up once, at the end of its quarter, and nothing gets lost.
func TestBlocksOfAnything(t *testing.T) {
	t.Parallel()
	people := make([]uuid.UUID, 6)
	for i := range people {
		people[i] = uuid.New()
	}
	book := figureBook{Book: deliveredBook, LeastProducers: 3, LeastBuyers: 3, Valued: true}
	rapid.Check(t, func(t *rapid.T) {
		shares := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) share {
			return share{
				figureCell: figureCell{
					Month:   civil.New(2026, time.Month(rapid.IntRange(1, 6).Draw(t, "month")), 1),
					Commune: rapid.SampledFrom([]string{"", "31825", "31834", "31840"}).Draw(t, "commune"),
				},
				ProducerID: rapid.SampledFrom(people).Draw(t, "producer"), BuyerID: rapid.SampledFrom(people).Draw(t, "buyer"),
				Quantity: quantity.Quantity(rapid.IntRange(-2, 9).Draw(t, "quantity")),
				ValueVND: money.VND(rapid.IntRange(0, 9).Draw(t, "value")),
			}
		}), 0, 60).Draw(t, "shares")
		book := book
		book.takenBack = make(map[pair]amount)
		for _, producer := range rapid.SliceOfN(rapid.SampledFrom(people), 0, 2).Draw(t, "took back") {
			for _, buyer := range people {
				book.takenBack[pair{producer: producer, buyer: buyer}] = amount{5, 5}
			}
		}
		blocks := book.blocks(shares)
		of := make(map[figureCell]int)
		for at, block := range blocks {
			require.True(t, book.hides(block))
			for _, cell := range block.cells {
				require.NotContains(t, of, cell, "a cell in two blocks")
				of[cell] = at
			}
			var again part
			for _, one := range shares {
				if slices.Contains(block.cells, one.figureCell) {
					again = again.add(one)
				}
			}
			require.Equal(t, again.quantity, block.quantity)
			require.Equal(t, again.valueVND, block.valueVND)
			require.Equal(t, again.pairs, block.pairs)
		}
		for _, month := range months(shares) {
			var whole part
			for _, commune := range month {
				whole = whole.with(commune)
			}
			if !book.hides(whole) {
				continue
			}
			for _, cell := range whole.cells {
				require.Contains(t, of, cell, "a month that combines enough is told whole")
			}
			for _, cell := range whole.cells {
				for _, other := range blocks[of[cell]].cells {
					require.True(t, other.Month == cell.Month || endsQuarter(cell.Month) || endsQuarter(other.Month), "given up at the end of a quarter only")
				}
			}
		}
	})
}

func TestBlocksByExample(t *testing.T) {
	t.Parallel()
	people := make([]uuid.UUID, 6)
	for i := range people {
		people[i] = uuid.New()
	}
	book := figureBook{Book: deliveredBook, LeastProducers: 3, LeastBuyers: 3, Valued: true}
	of := func(month time.Month, commune string, pairs ...int) []share {
		var shares []share
		for _, pair := range pairs {
			shares = append(shares, share{
				figureCell: figureCell{Month: civil.New(2026, month, 1), Commune: commune},
				ProducerID: people[pair], BuyerID: people[pair], Quantity: 1, ValueVND: 1,
			})
		}
		return shares
	}
	cells := func(shares ...[]share) [][]string {
		var all []share
		for _, each := range shares {
			all = append(all, each...)
		}
		told := [][]string{}
		for _, block := range book.blocks(all) {
			var names []string
			for _, cell := range block.cells {
				names = append(names, monthText(cell.Month)[5:]+cell.Commune)
			}
			told = append(told, names)
		}
		return told
	}
	require.Empty(t, cells(of(1, "a", 0, 1)), "two tell of each other")
	require.Equal(t, [][]string{{"01a"}}, cells(of(1, "a", 0, 1, 2)))
	require.Equal(t, [][]string{{"01a"}, {"01b", "01c"}}, cells(of(1, "a", 0, 1, 2), of(1, "b", 3, 4), of(1, "c", 5)), "the rest together")
	require.Equal(t, [][]string{{"01a"}, {"01c", "01b"}}, cells(of(1, "a", 0, 1, 2, 3), of(1, "b", 0, 1, 2), of(1, "c", 5)),
		"a single small commune hides behind the smallest")
	require.Equal(t, [][]string{{"01a", "02a"}}, cells(of(1, "a", 0, 1), of(2, "a", 2)), "months that are few by themselves")
	require.Equal(t, [][]string{{"02a"}, {"03a", "01a"}}, cells(of(1, "a", 0), of(2, "a", 0, 1, 2), of(3, "a", 0, 1, 2)),
		"at the end of a quarter a month is given up, so that the quarter can be told")
	free := of(1, "a", 0, 1, 2)
	free[2].ValueVND = 0
	require.Empty(t, cells(free), "what had no price hides no price")
}

// Who only moved something from one cell of a part to another adds nothing to it, and who is not known
// hides nobody.
func TestWhoIsBehindAPart(t *testing.T) {
	t.Parallel()
	people := []uuid.UUID{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	adds := func(producer uuid.UUID, commune string, amount quantity.Quantity) share {
		return share{figureCell: figureCell{Month: civil.New(2026, time.January, 1), Commune: commune}, ProducerID: producer, Quantity: amount}
	}
	book := figureBook{Book: offeredBook, LeastProducers: 3}
	var added, moved, unnamed part
	for _, producer := range people[:3] {
		added = added.add(adds(producer, "a", 5))
		moved = moved.add(adds(producer, "a", -5)).add(adds(producer, "b", 5))
	}
	require.True(t, book.hides(added))
	moved = moved.add(adds(people[3], "b", 7))
	require.EqualValues(t, 7, moved.quantity)
	require.False(t, book.hides(moved), "7 is what one added")
	for _, producer := range []uuid.UUID{people[0], people[1], {}} {
		unnamed = unnamed.add(adds(producer, "a", 5))
	}
	require.False(t, book.hides(unnamed))
}
