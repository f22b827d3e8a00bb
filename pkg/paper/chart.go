package paper

import (
	"math"
	"strconv"
)

// Series are the values of one thing, one for each label of its chart.
type Series struct {
	Name   string
	Values []float64
}

// Chart is what [Paper.Bars] draws: values below nothing count as nothing.
type Chart struct {
	Labels []string
	Series []Series
	// Shown is how a number of the scale is written; as a plain decimal where it is nil.
	Shown func(number string) string
}

// Millimetres of a chart.
const (
	chartHeight = 58.0
	scaleWidth  = 22.0
	legendWide  = 58.0
)

// tones are what series are drawn in, one after the other: apart in print without colour, too, for
// those who do not see it (Okabe and Ito, Color Universal Design, 2008).
func tones() [][3]int {
	return [][3]int{{0, 114, 178}, {230, 159, 0}, {0, 158, 115}, {204, 121, 167}, {86, 180, 233}, {213, 94, 0}, {240, 228, 66}, {90, 90, 90}}
}

// Note is a text in small type over the whole width.
func (p *Paper) Note(text string) {
	p.flow(inNote(), text)
	p.y++
}

func inNote() style { return style{size: smallSize + 1, height: smallHeight + 0.8, grey: 90} }

// Ahead begins a new page unless the head of a section, its note and what it shows first – a chart, else the headings and a
// row of a table – fit on this one. It is called before [Paper.Section].
func (p *Paper) Ahead(note string, chart Chart) {
	height := headHeight + 1
	if note != "" {
		height += float64(len(p.split(inNote(), inner, note)))*inNote().height + 1
	}
	if shows := chart.height(); shows > 0 {
		p.room(height + shows)
		return
	}
	p.room(height + headHeight + 2*lineHeight)
}

// Bars draws the series side by side for each label, over a scale that begins at nothing, with a
// legend below.
func (p *Paper) Bars(chart Chart) {
	if len(chart.Labels) == 0 || len(chart.Series) == 0 {
		return
	}
	perRow, legend := chart.legend()
	p.room(chart.height())
	top, left, wide := p.y+2, margin+scaleWidth, inner-scaleWidth
	step, steps := scale(chart.most())
	for at := range steps + 1 {
		y := top + chartHeight*(1-float64(at)/float64(steps))
		p.pdf.SetDrawColor(210, 210, 210)
		p.pdf.SetLineWidth(0.15)
		p.pdf.Line(left, y, left+wide, y)
		p.put(style{size: smallSize, height: smallHeight, grey: 110, align: "R"}, margin, y-smallHeight/2, scaleWidth-2,
			p.shown(chart.number(step*float64(at))))
	}
	group := wide / float64(len(chart.Labels))
	bar := group * 0.8 / float64(len(chart.Series))
	for label, text := range chart.Labels {
		x := left + group*float64(label)
		for at, series := range chart.Series {
			high := chartHeight * max(series.Values[label], 0) / (step * float64(steps))
			p.tone(at)
			p.pdf.Rect(x+group*0.1+bar*float64(at), top+chartHeight-high, bar, high, "F")
		}
		p.put(style{size: smallSize, height: smallHeight, grey: 60, align: "C"}, x, top+chartHeight+1, group, p.shown(text))
	}
	p.y = top + chartHeight + 6
	for at, series := range chart.Series {
		x, y := margin+float64(at%perRow)*legendWide, p.y+float64(at/perRow)*4.6
		p.tone(at)
		p.pdf.Rect(x, y+0.8, 2.6, 2.6, "F")
		p.put(style{size: smallSize + 0.5, height: 4.2, grey: 40}, x+4, y, legendWide-5, p.shown(series.Name))
	}
	p.y += legend + 3
}

func (p *Paper) tone(at int) {
	tone := tones()[at%len(tones())]
	p.pdf.SetFillColor(tone[0], tone[1], tone[2])
}

// legend is how many entries stand beside each other in the legend, and how high it is.
func (c Chart) legend() (perRow int, height float64) {
	perRow = int(inner / legendWide)
	return perRow, float64((len(c.Series)+perRow-1)/perRow) * 4.6
}

// height is that of the chart, nothing of one that shows nothing.
func (c Chart) height() float64 {
	if len(c.Labels) == 0 || len(c.Series) == 0 {
		return 0
	}
	_, legend := c.legend()
	return chartHeight + 8 + legend
}

func (c Chart) number(value float64) string {
	text := strconv.FormatFloat(value, 'f', -1, 64)
	if c.Shown != nil {
		return c.Shown(text)
	}
	return text
}

func (c Chart) most() float64 {
	most := 0.0
	for _, series := range c.Series {
		for _, value := range series.Values {
			most = max(most, value)
		}
	}
	return most
}

// scale is a round step, and how many of them reach the greatest value: four or five, or a few more.
func scale(most float64) (step float64, steps int) {
	if most <= 0 {
		return 1, 1
	}
	rough := most / 4
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, factor := range []float64{1, 2, 5, 10} {
		if step = factor * power; step >= rough {
			break
		}
	}
	return step, int(math.Ceil(most / step))
}
