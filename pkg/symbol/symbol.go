// Package symbol draws what scanners read: QR codes and the bars of EAN-13 and EAN-8, as PNG and as
// SVG, with the quiet zone that each must have around it.
//
// A symbol is a matrix of modules, and a module is a whole number of pixels: nothing is smoothed.
package symbol

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/ean"
	"github.com/boombuler/barcode/qr"
)

// Why nothing is drawn.
var (
	ErrContent = errors.New("symbol: it cannot hold this")
	ErrSize    = errors.New("symbol: a module needs at least one pixel")
)

// Symbol is a matrix of dark and light modules with its quiet zone. It never changes.
type Symbol struct {
	dark [][]bool // rows; a bar code has one
	// left, right and around are light modules of the quiet zone.
	left, right, above int
	// height of a bar code's only row in modules; 0 for a matrix.
	height int
}

// QR returns the QR code of a text with error correction M: up to 15 % of it may be soiled
// (ISO/IEC 18004). The quiet zone is 4 modules. It fails with ErrContent for a text that is too long.
func QR(text string) (Symbol, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return Symbol{}, fmt.Errorf("%w: %w", ErrContent, err)
	}
	return Symbol{dark: modules(code), left: 4, right: 4, above: 4}, nil
}

// EAN returns the bars of a number of 13 or 8 digits with its check digit. The quiet zones are 11
// and 7 modules, 7 and 7 for the short one; the bars are 69 modules high, 60 for the short one
// (GS1 General Specifications 5.2.3). It fails with ErrContent for anything else.
func EAN(digits string) (Symbol, error) {
	code, err := ean.Encode(digits)
	switch {
	case err != nil:
		return Symbol{}, fmt.Errorf("%w: %w", ErrContent, err)
	case len(digits) == 13:
		return Symbol{dark: modules(code), left: 11, right: 7, height: 69}, nil
	case len(digits) == 8:
		return Symbol{dark: modules(code), left: 7, right: 7, height: 60}, nil
	default:
		return Symbol{}, ErrContent
	}
}

func modules(code barcode.Barcode) [][]bool {
	bounds := code.Bounds()
	rows := make([][]bool, bounds.Dy())
	for y := range rows {
		rows[y] = make([]bool, bounds.Dx())
		for x := range rows[y] {
			r, _, _, _ := code.At(bounds.Min.X+x, bounds.Min.Y+y).RGBA()
			rows[y][x] = r == 0
		}
	}
	return rows
}

// width and heights in modules, quiet zone included.
func (s Symbol) width() int { return s.left + len(s.dark[0]) + s.right }

func (s Symbol) tall() int {
	if s.height > 0 {
		return s.height
	}
	return s.above + len(s.dark) + s.above
}

// Least is the smallest width, in pixels, at which it can be drawn.
func (s Symbol) Least() int { return s.width() }

// PNG draws it exactly size pixels wide: every module the same whole number of pixels, and what is
// left over light. It fails with ErrSize below Least.
func (s Symbol) PNG(size int) ([]byte, error) {
	pixels := size / s.width()
	if pixels < 1 {
		return nil, ErrSize
	}
	tall := s.tall() * pixels
	if s.height == 0 {
		tall = size
	}
	picture := image.NewPaletted(image.Rect(0, 0, size, tall), color.Palette{color.White, color.Black})
	aside := (size - s.width()*pixels) / 2
	for y := range tall {
		row := 0
		if s.height == 0 {
			row = (y-aside)/pixels - s.above
			if y < aside || row < 0 || row >= len(s.dark) {
				continue
			}
		}
		for x, dark := range s.dark[row] {
			if !dark {
				continue
			}
			for i := range pixels {
				picture.SetColorIndex(aside+(s.left+x)*pixels+i, y, 1)
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("writing a PNG: %w", err)
	}
	return out.Bytes(), nil
}

// captionHeight is the room below the bars for what they say, in modules.
const captionHeight = 9

// SVG draws it size pixels wide; any size is sharp. A bar code bears caption, what people read,
// below its bars; a matrix has it as its title only.
func (s Symbol) SVG(size int, caption string) []byte {
	width, tall := s.width(), s.tall()
	if s.height > 0 {
		tall += captionHeight
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" shape-rendering="crispEdges">`,
		size, size*tall/width, width, tall)
	fmt.Fprintf(&out, `<title>%s</title><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, html.EscapeString(caption), width, tall)
	for y, row := range s.dark {
		high := max(s.height, 1)
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			run := 1
			for x+run < len(row) && row[x+run] {
				run++
			}
			fmt.Fprintf(&out, "M%d %dh%dv%dh-%dz", s.left+x, s.above+y, run, high, run)
			x += run
		}
	}
	out.WriteString(`"/>`)
	if s.height > 0 {
		fmt.Fprintf(&out, `<text x="%d" y="%d" font-family="monospace" font-size="%d" text-anchor="middle">%s</text>`,
			width/2, tall-2, captionHeight-1, html.EscapeString(caption))
	}
	out.WriteString("</svg>")
	return []byte(out.String())
}
