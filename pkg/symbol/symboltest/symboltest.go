// Package symboltest reads QR codes for tests. It shares nothing with what draws them.
package symboltest

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// ReadQR finds a clean QR code in a picture and reads it.
func ReadQR(t testing.TB, picture image.Image) string {
	t.Helper()
	return ReadMatrix(t, matrixOf(t, picture))
}

// Bit is 1 where a picture is dark.
func Bit(picture image.Image, x, y int) int {
	if r, _, _, _ := picture.At(x, y).RGBA(); r == 0 {
		return 1
	}
	return 0
}

// matrixOf finds the code in a picture: the dark corner at the top left, whose finder is seven
// modules wide, and a quiet zone of four all around.
func matrixOf(t testing.TB, picture image.Image) [][]int {
	t.Helper()
	size := picture.Bounds().Dx()
	first := 0
	for ; Bit(picture, first, first) == 0; first++ {
		require.Less(t, first, size)
	}
	run := 0
	for Bit(picture, first+run, first) == 1 {
		run++
	}
	pixels := run / 7
	require.GreaterOrEqual(t, first, 4*pixels, "the quiet zone")
	var matrix [][]int
	last := size - first
	for y := first; y+pixels <= last; y += pixels {
		row := []int{}
		for x := first; x+pixels <= last; x += pixels {
			row = append(row, Bit(picture, x+pixels/2, y+pixels/2))
		}
		matrix = append(matrix, row)
	}
	// What is left over beside the code is light and smaller than a module on one side.
	for len(matrix)%4 != 1 {
		matrix = matrix[:len(matrix)-1]
	}
	return matrix
}

// ReadMatrix reads a clean QR code in byte mode, by ISO/IEC 18004 alone: format bits, mask, the zigzag
// of the modules, the interleaved blocks. It corrects no errors, because there are none.
func ReadMatrix(t testing.TB, matrix [][]int) string {
	t.Helper()
	size := len(matrix)
	version := (size - 17) / 4
	format := 0
	for _, at := range [][2]int{{8, 0}, {8, 1}, {8, 2}, {8, 3}, {8, 4}, {8, 5}, {8, 7}, {8, 8}, {7, 8}, {5, 8}, {4, 8}, {3, 8}, {2, 8}, {1, 8}, {0, 8}} {
		format = format<<1 | matrix[at[0]][at[1]]
	}
	format ^= 0b101010000010010
	require.Equal(t, 0b00, format>>13, "error correction M")
	mask := format >> 10 & 7
	bits := []int{}
	up := true
	for x := size - 1; x > 0; x -= 2 {
		if x == 6 {
			x--
		}
		for i := range size {
			y := i
			if up {
				y = size - 1 - i
			}
			for _, column := range []int{x, x - 1} {
				if !fixed(version, size, column, y) {
					bits = append(bits, matrix[y][column]^masked(mask, column, y))
				}
			}
		}
		up = !up
	}
	stream := data(t, version, bytesOf(bits))
	return text(t, version, stream)
}

// fixed tells the modules that hold no data.
func fixed(version, size, x, y int) bool {
	if x < 9 && y < 9 || x >= size-8 && y < 9 || x < 9 && y >= size-8 || x == 6 || y == 6 {
		return true
	}
	if version >= 7 && (x >= size-11 && y < 6 || y >= size-11 && x < 6) {
		return true
	}
	centres := map[int][]int{2: {6, 18}, 3: {6, 22}, 4: {6, 26}, 5: {6, 30}, 6: {6, 34}, 7: {6, 22, 38}, 8: {6, 24, 42}, 9: {6, 26, 46}}[version]
	for _, cx := range centres {
		for _, cy := range centres {
			last := centres[len(centres)-1]
			if cx == 6 && cy == 6 || cx == 6 && cy == last || cx == last && cy == 6 {
				continue
			}
			if x >= cx-2 && x <= cx+2 && y >= cy-2 && y <= cy+2 {
				return true
			}
		}
	}
	return false
}

func masked(mask, x, y int) int {
	on := []bool{
		(x+y)%2 == 0, y%2 == 0, x%3 == 0, (x+y)%3 == 0, (y/2+x/3)%2 == 0, x*y%2+x*y%3 == 0, (x*y%2+x*y%3)%2 == 0, ((x+y)%2+x*y%3)%2 == 0,
	}[mask]
	if on {
		return 1
	}
	return 0
}

func bytesOf(bits []int) []byte {
	var out []byte
	for ; len(bits) >= 8; bits = bits[8:] {
		var b byte
		for _, bit := range bits[:8] {
			b = b<<1 | byte(bit)
		}
		out = append(out, b)
	}
	return out
}

// data puts the interleaved data codewords of level M back into their order.
func data(t testing.TB, version int, interleaved []byte) []byte {
	t.Helper()
	blocks := map[int][]int{
		1: {16}, 2: {28}, 3: {44}, 4: {32, 32}, 5: {43, 43}, 6: {27, 27, 27, 27}, 7: {31, 31, 31, 31}, 8: {38, 38, 39, 39}, 9: {36, 36, 36, 37, 37},
	}[version]
	require.NotNil(t, blocks, "version %d", version)
	parts := make([][]byte, len(blocks))
	at := 0
	for i := range blocks[len(blocks)-1] {
		for b := range blocks {
			if i < blocks[b] {
				parts[b] = append(parts[b], interleaved[at])
				at++
			}
		}
	}
	var out []byte
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}

func text(t testing.TB, version int, stream []byte) string {
	t.Helper()
	require.Less(t, version, 10, "the length of a text has eight bits up to version 9")
	at := 0
	take := func(n int) int {
		value := 0
		for range n {
			value = value<<1 | int(stream[at/8]>>(7-at%8)&1)
			at++
		}
		return value
	}
	require.Equal(t, 0b0100, take(4), "byte mode")
	out := make([]byte, take(8))
	for i := range out {
		out[i] = byte(take(8))
	}
	return string(out)
}
