package ledger

import (
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the database packs is taken apart as it was, and what is not what was asked for is refused.
func TestPackedRowsAreTakenApart(t *testing.T) {
	t.Parallel()
	known := numbers{goods: []uint32{9, 4, 7}, demands: []uint32{2, 5}}
	rows, err := hex.DecodeString("00000002" + "00000001" + "00001f03" + "fffffffffffffff4" + "8000000000000000" +
		"00000000" + "00000001" + "ffffff06" + "0000000000000bb8" + "0000000000000000")
	require.NoError(t, err)
	months := make(unsorted)
	require.NoError(t, months.take(rows, known))
	require.Equal(t, unsorted{
		31:  {{goods: 7, demand: 5, movement: 3, day: 0, amount: -12, value: worthless}}, // 1 February 1970
		-31: {{goods: 9, demand: 5, movement: 6, day: 30, amount: 3000, value: 0}},       // 31 December 1969
	}, months)
	require.ErrorIs(t, make(unsorted).take(rows[:len(rows)-1], known), errPacked)
	require.NoError(t, make(unsorted).take(nil, known), "pages may be empty")
}

// Counting puts the cells of a month, and of its total, in the order that comparing them does.
func TestCellsAreSortedByCounting(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(1, 2))
	const goods, demands = 5, 3
	var cells []cell
	for range 300 {
		one := cell{goods: chance.Uint32N(goods), demand: chance.Uint32N(demands), movement: uint8(chance.UintN(256)), day: uint8(chance.UintN(31)), amount: chance.Int64N(9)}
		if !slices.ContainsFunc(cells, func(c cell) bool { return c.compare(one) == 0 }) {
			cells = append(cells, one)
		}
	}
	compared := slices.SortedFunc(slices.Values(cells), cell.compare)
	expected := emptyMonth(31, 0).with(compared)
	require.Less(t, len(expected.total.amount), len(expected.amount))
	require.Equal(t, expected, inOrder(31, cells, goods, demands))
}
