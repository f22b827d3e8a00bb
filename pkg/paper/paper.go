// Package paper sets short documents as PDF on A4: a title, pairs of a label and what it says, tables,
// pictures. Vietnamese is set right: the typeface (Liberation Sans, a Go module) has all its letters
// and is embedded, as far as it is used.
//
// The same document has the same bytes: nothing in it depends on the clock or on chance. Text from
// strangers is only text: what the typeface cannot show becomes a box, control characters blanks.
package paper

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
)

// About is what a document says of itself.
type About struct {
	Title, Author string
	// Language is that of the text, such as "vi".
	Language string
	// Made is the instant the document is of; it must not be the clock's where the same document
	// is to have the same bytes.
	Made time.Time
	// Foot stands at the foot of every page, beside the page's number.
	Foot string
}

// Millimetres of the page (ISO 216) and of what stands on it.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	margin     = 18.0
	labelWidth = 52.0
	inner      = pageWidth - 2*margin
	bottom     = pageHeight - 20.0
	// lineHeight is that of running text; smallHeight that of a label's second language.
	lineHeight  = 5.2
	smallHeight = 3.6
)

// Sizes of type, in points.
const (
	titleSize = 16.0
	headSize  = 11.5
	textSize  = 10.0
	smallSize = 7.5
	family    = "sans"
)

// ErrFont says that the typeface cannot be read: a mistake of this program.
var ErrFont = errors.New("paper: the typeface cannot be read")

// Paper is a document being set, from top to bottom. It is not for several goroutines.
type Paper struct {
	pdf   *fpdf.Fpdf
	about About
	y     float64
	glyph sfnt.Buffer
	// pictures counts them; each has a name of its own.
	pictures int
}

//nolint:gochecknoglobals // read once, never changed
var typeface = sync.OnceValues(func() (*sfnt.Font, error) { return sfnt.Parse(liberationsansregular.TTF) })

// New begins a document.
func New(about About) *Paper {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetCellMargin(0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(about.Made.UTC())
	pdf.SetModificationDate(about.Made.UTC())
	pdf.SetTitle(about.Title, true)
	pdf.SetAuthor(about.Author, true)
	pdf.SetCreator(about.Author, true)
	pdf.SetProducer(about.Author, true)
	pdf.SetLang(about.Language)
	pdf.AddUTF8FontFromBytes(family, "", liberationsansregular.TTF)
	pdf.AddUTF8FontFromBytes(family, "B", liberationsansbold.TTF)
	p := &Paper{pdf: pdf, about: about}
	p.page()
	return p
}

func (p *Paper) page() {
	p.pdf.AddPage()
	p.y = margin
}

// room begins a new page unless so much height is left.
func (p *Paper) room(height float64) {
	if p.y+height > bottom {
		p.page()
	}
}

// shown is a text as the typeface can show it.
func (p *Paper) shown(text string) string {
	font, err := typeface()
	if err != nil {
		p.pdf.SetError(fmt.Errorf("%w: %w", ErrFont, err))
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		if unicode.IsControl(r) || unicode.IsSpace(r) && r != '\u00a0' {
			return ' '
		}
		if at, err := font.GlyphIndex(&p.glyph, r); err != nil || at == 0 || r > 0xffff {
			return '□'
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

type style struct {
	weight string
	size   float64
	height float64
	grey   int
	align  string
}

func (p *Paper) set(s style) {
	p.pdf.SetFont(family, s.weight, s.size)
	p.pdf.SetTextColor(s.grey, s.grey, s.grey)
}

// split breaks a text into lines of a width.
func (p *Paper) split(s style, width float64, text string) []string {
	p.set(s)
	lines := p.pdf.SplitText(p.shown(text), width)
	if len(lines) == 0 {
		return []string{""}
	}
	return lines
}

// put sets one line at a place.
func (p *Paper) put(s style, x, y, width float64, line string) {
	p.set(s)
	p.pdf.SetXY(x, y)
	align := s.align
	if align == "" {
		align = "L"
	}
	p.pdf.CellFormat(width, s.height, strings.TrimSpace(line), "", 0, align+"M", false, 0, "")
}

// flow sets a text over the whole width, page after page.
func (p *Paper) flow(s style, text string) {
	for _, line := range p.split(s, inner, text) {
		p.room(s.height)
		p.put(s, margin, p.y, inner, line)
		p.y += s.height
	}
}

// Title heads the document; under says it again in another language, or more of it.
func (p *Paper) Title(text, under string) {
	p.flow(style{weight: "B", size: titleSize, height: 8}, text)
	if under != "" {
		p.flow(style{size: textSize, height: lineHeight, grey: 90}, under)
	}
	p.y += 2
}

// Notice is a text that must not be overlooked, in a frame.
func (p *Paper) Notice(text string) {
	s := style{weight: "B", size: textSize, height: lineHeight}
	lines := p.split(s, inner-8, text)
	high := float64(len(lines))*s.height + 4
	p.room(high)
	p.pdf.SetDrawColor(0, 0, 0)
	p.pdf.SetLineWidth(0.5)
	p.pdf.Rect(margin, p.y, inner, high, "D")
	for at, line := range lines {
		p.put(s, margin+4, p.y+2+float64(at)*s.height, inner-8, line)
	}
	p.y += high + 3
}

// Section begins a part of the document.
func (p *Paper) Section(text, under string) {
	p.room(headHeight + 2*lineHeight)
	p.y += 2
	s := style{weight: "B", size: headSize, height: 6}
	p.put(s, margin, p.y, inner, p.shown(text))
	p.put(style{size: smallSize, height: 6, grey: 90, align: "R"}, margin, p.y, inner, p.shown(under))
	p.y += 6
	p.rule(140, 0.3)
	p.y++
}

const headHeight = 10.0

func (p *Paper) rule(grey int, width float64) {
	p.pdf.SetDrawColor(grey, grey, grey)
	p.pdf.SetLineWidth(width)
	p.pdf.Line(margin, p.y, margin+inner, p.y)
}

// Pair says something under a label, which stands in two languages. Nothing is set for an empty
// text.
func (p *Paper) Pair(label, under, text string) {
	if text == "" {
		return
	}
	left, small := style{size: textSize, height: lineHeight, grey: 60}, style{size: smallSize, height: smallHeight, grey: 110}
	labels, unders := p.split(left, labelWidth-3, label), p.split(small, labelWidth-3, under)
	high := float64(len(labels))*left.height + float64(len(unders))*small.height
	p.room(high)
	top := p.y
	for at, line := range labels {
		p.put(left, margin, top+float64(at)*left.height, labelWidth, line)
	}
	for at, line := range unders {
		p.put(small, margin, top+float64(len(labels))*left.height+float64(at)*small.height, labelWidth, line)
	}
	page := p.pdf.PageNo()
	value := style{size: textSize, height: lineHeight}
	for _, line := range p.split(value, inner-labelWidth, text) {
		p.room(value.height)
		p.put(value, margin+labelWidth, p.y, inner-labelWidth, line)
		p.y += value.height
	}
	if p.pdf.PageNo() == page {
		p.y = max(p.y, top+high)
	}
	p.y += 0.8
}

// Column is one of a table.
type Column struct {
	// Head names it, in two lines at most; Under is the second where it is in another language.
	Head, Under string
	// Share is how much of the width it has, beside the others' shares.
	Share float64
	// Number sets what stands in it to the right.
	Number bool
}

// Table sets rows under headings, which stand again on every page.
func (p *Paper) Table(columns []Column, rows [][]string) {
	var sum float64
	for _, column := range columns {
		sum += column.Share
	}
	widths := make([]float64, len(columns))
	for at, column := range columns {
		widths[at] = inner * column.Share / sum
	}
	p.room(headHeight + lineHeight)
	p.heads(columns, widths)
	for _, row := range rows {
		p.row(columns, widths, row)
	}
	p.y += 2
}

// gap parts the columns of a table; leastSize is that of a number that has no room for more.
const (
	gap       = 3.0
	leastSize = 5.5
)

func alignment(column Column) string {
	if column.Number {
		return "R"
	}
	return "L"
}

func (p *Paper) heads(columns []Column, widths []float64) {
	x := margin
	for at, column := range columns {
		align := alignment(column)
		head := style{weight: "B", size: 9, height: 4.6, align: align}
		lines := []string{p.shown(column.Head)}
		if column.Under == "" {
			head.size, head.height = 8, 4
			lines = p.split(head, widths[at]-gap, column.Head)
		}
		for line, text := range lines[:min(len(lines), 2)] {
			p.put(head, x, p.y+float64(line)*head.height, widths[at]-gap, text)
		}
		p.put(style{size: smallSize, height: smallHeight, grey: 110, align: align}, x, p.y+4.6, widths[at]-gap, p.shown(column.Under))
		x += widths[at]
	}
	p.y += 9
	p.rule(180, 0.2)
	p.y += 0.8
}

func (p *Paper) row(columns []Column, widths []float64, row []string) {
	s := style{size: textSize, height: lineHeight}
	cells, most := make([][]string, len(columns)), 1
	sizes := make([]float64, len(columns))
	for at, column := range columns {
		fitting := s
		for cells[at] = p.split(fitting, widths[at]-gap, row[at]); column.Number && len(cells[at]) > 1 && fitting.size > leastSize; {
			fitting.size -= 0.5 // a number in two lines would be two numbers
			cells[at] = p.split(fitting, widths[at]-gap, row[at])
		}
		sizes[at] = fitting.size
		most = max(most, len(cells[at]))
	}
	for line := range most {
		if p.y+s.height > bottom {
			p.page()
			p.heads(columns, widths)
		}
		x := margin
		for at := range columns {
			if line < len(cells[at]) {
				s.align, s.size = alignment(columns[at]), sizes[at]
				p.put(s, x, p.y, widths[at]-gap, cells[at][line])
			}
			x += widths[at]
		}
		p.y += s.height
	}
}

// Picture sets a PNG so many millimetres wide and high, with texts to its right, the first bold.
func (p *Paper) Picture(png []byte, size float64, texts ...string) {
	p.room(size)
	p.pictures++
	name, options := "picture "+strconv.Itoa(p.pictures), fpdf.ImageOptions{ImageType: "PNG"}
	p.pdf.RegisterImageOptionsReader(name, options, bytes.NewReader(png))
	p.pdf.ImageOptions(name, margin, p.y, size, size, false, options, 0, "")
	top := p.y
	weight := "B"
	for _, text := range texts {
		s := style{weight: weight, size: 9, height: 4.6}
		for _, line := range p.split(s, inner-size-5, text) {
			p.room(s.height)
			p.put(s, margin+size+5, p.y, inner-size-5, line)
			p.y += s.height
		}
		p.y++
		weight = ""
	}
	p.y = max(p.y, top+size) + 2
}

// Bytes ends the document and returns it.
func (p *Paper) Bytes() ([]byte, error) {
	pages := p.pdf.PageCount()
	for page := 1; page <= pages; page++ {
		p.pdf.SetPage(page)
		s := style{size: smallSize, height: smallHeight, grey: 110}
		p.put(s, margin, pageHeight-13, inner-20, p.shown(p.about.Foot))
		s.align = "R"
		p.put(s, margin, pageHeight-13, inner, fmt.Sprintf("%d / %d", page, pages))
	}
	var out bytes.Buffer
	if err := p.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("setting a document: %w", err)
	}
	return out.Bytes(), nil
}
