package symbol_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/symbol"
	"github.com/ocop-market/ocop/pkg/symbol/symboltest"
)

// What was drawn is read back by the reader of symboltest, which shares nothing with the writer.
func TestAQRCodeSaysWhatItWasTold(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"https://id.gs1.org/01/08930000000017",
		"https://ocop.example/01/08930000000017/10/L%2F2026-12-01",
		"http://127.0.0.1:8080/01/09506000134352?17=261231&3103=000195",
		strings.Repeat("https://a.example/", 8),
	} {
		drawn, err := symbol.QR(text)
		require.NoError(t, err)
		for _, size := range []int{drawn.Least(), 400, 777} {
			picture := decodePNG(t, drawn, size)
			require.Equal(t, image.Pt(size, size), picture.Bounds().Size())
			require.Equal(t, text, symboltest.ReadQR(t, picture), "%d pixels", size)
		}
		require.Equal(t, text, symboltest.ReadMatrix(t, matrixOfSVG(t, drawn.SVG(300, text))), "SVG")
	}
	_, err := symbol.QR(strings.Repeat("a", 3000))
	require.ErrorIs(t, err, symbol.ErrContent)
	small, err := symbol.QR("x")
	require.NoError(t, err)
	_, err = small.PNG(small.Least() - 1)
	require.ErrorIs(t, err, symbol.ErrSize)
}

// The bars of the General Specifications' example: guards, then seven modules for each digit.
func TestBars(t *testing.T) {
	t.Parallel()
	drawn, err := symbol.EAN("5901234123457")
	require.NoError(t, err)
	const bars = "10100010110100111011001100100110111101001110101010110011011011001000010101110010011101000100101"
	picture := decodePNG(t, drawn, drawn.Least())
	var read strings.Builder
	for x := range drawn.Least() {
		read.WriteByte("01"[symboltest.Bit(picture, x, 5)])
	}
	require.Equal(t, strings.Repeat("0", 11)+bars+strings.Repeat("0", 7), read.String())
	svg := drawn.SVG(226, "5901234123457")
	require.NoError(t, xml.Unmarshal(svg, new(struct{})))
	require.Contains(t, string(svg), ">5901234123457</text>")
	short, err := symbol.EAN("96385074")
	require.NoError(t, err)
	require.Equal(t, 7+67+7, short.Least())
	for _, wrong := range []string{"", "5901234123456", "10614141000415", "036000291452", "59012341234AB"} {
		_, err := symbol.EAN(wrong)
		require.ErrorIs(t, err, symbol.ErrContent, wrong)
	}
}

func TestCaptionsAreText(t *testing.T) {
	t.Parallel()
	drawn, err := symbol.QR("x")
	require.NoError(t, err)
	svg := string(drawn.SVG(100, `<script>alert("x")</script>`))
	require.NotContains(t, svg, "<script")
	require.NoError(t, xml.Unmarshal([]byte(svg), new(struct{})))
}

func decodePNG(t *testing.T, drawn symbol.Symbol, size int) image.Image {
	t.Helper()
	data, err := drawn.PNG(size)
	require.NoError(t, err)
	picture, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	return picture
}

func matrixOfSVG(t *testing.T, svg []byte) [][]int {
	t.Helper()
	var drawing struct {
		ViewBox string `xml:"viewBox,attr"`
		Paths   []struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	require.NoError(t, xml.Unmarshal(svg, &drawing))
	var side int
	_, err := fmt.Sscanf(drawing.ViewBox, "0 0 %d", &side)
	require.NoError(t, err)
	matrix := make([][]int, side-8)
	for y := range matrix {
		matrix[y] = make([]int, side-8)
	}
	for _, move := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1`).FindAllStringSubmatch(drawing.Paths[1].D, -1) {
		x, _ := strconv.Atoi(move[1])
		y, _ := strconv.Atoi(move[2])
		run, _ := strconv.Atoi(move[3])
		for i := range run {
			matrix[y-4][x-4+i] = 1
		}
	}
	return matrix
}
