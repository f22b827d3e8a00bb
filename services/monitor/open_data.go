package monitor

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// openDataVersion moves when the columns change in a way that breaks readers.
const openDataVersion = "1"

// longestOpenData is the longest time that one answer is about, in months.
const longestOpenData = 60

// OpenFigure is a figure that everybody may know: of one line, condition and unit, of one month and
// commune, or of several where one alone would tell what few organisations moved.
type OpenFigure struct {
	Measure     string            `json:"measure"      enum:"offered,delivered" doc:"offered: supply published, by the month in which it begins, of at least three producers. delivered: accepted by buyers, by the month of receipt, of at least three producers and three buyers."`
	Months      []string          `json:"months"       doc:"2026-03; several where one alone combines too few organisations."`
	Line        string            `json:"line"         doc:"Different lines must never be totalled together."`
	Dried       bool              `json:"dried"        doc:"Nor fresh goods with dried ones."`
	Unit        string            `json:"unit"         doc:"kg for whatever has a weight, else the goods' own unit."`
	Communes    []string          `json:"communes"     doc:"Five-digit codes of where the goods come from; an empty text where that is not known. Several where one alone combines too few organisations."`
	Quantity    quantity.Quantity `json:"quantity"     minimum:"-1000000000"`
	Edition     int               `json:"edition"      doc:"Rises when enough organisations have added something new to it."`
	PublishedAt time.Time         `json:"published_at"`
	KeptBack    bool              `json:"kept_back,omitempty" doc:"There were changes since that are not in it: too few organisations stand behind them to be told yet."`
}

// OpenData answers GET /v1/open-data/volumes.
type OpenData struct {
	Version string       `json:"version" doc:"Of the columns."`
	From    string       `json:"from"    doc:"First month."`
	To      string       `json:"to"      doc:"Last month."`
	Figures []OpenFigure `json:"figures"`
	Notes   []string     `json:"notes"`
	// Demonstration says that invented data is among the figures.
	Demonstration bool `json:"demonstration,omitempty"`
}

// OpenQuery says which figures to show; a figure that lies partly within is shown whole.
type OpenQuery struct {
	// From and To are days in the first and the last month; zero: the last twelve months.
	From, To civil.Date
	// Line and Commune keep what is about them; empty keeps all.
	Line, Commune string
}

// OpenData lists the figures that everybody may know. Refused: fault.ErrDateOrder and ErrTooManyMonths at
// "to", fault.ErrUnknownValue at a line or commune that does not exist.
func (s *Service) OpenData(ctx context.Context, q OpenQuery) (OpenData, error) {
	answer := OpenData{Version: openDataVersion, Figures: []OpenFigure{}, Notes: []string{}}
	err := s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		from, to, err := q.months(reference.Day(tx.Now))
		if err != nil {
			return err
		}
		if err := checkOpenQuery(ctx, tx, q); err != nil {
			return err
		}
		answer.From, answer.To = monthText(from), monthText(to)
		for _, book := range []string{offeredBook, deliveredBook} {
			board, err := boardTx(ctx, tx, book, from, to)
			if err != nil {
				return err
			}
			answer.Figures = append(answer.Figures, openFigures(board, book, q)...)
		}
		if s.options.Demonstration != nil {
			answer.Demonstration, err = s.options.Demonstration(ctx, tx)
		}
		return err
	})
	return answer, err
}

// months are the first days of the first and the last month asked for.
func (q OpenQuery) months(today civil.Date) (from, to civil.Date, err error) {
	from, to = civil.New(q.From.Year, q.From.Month, 1), civil.New(q.To.Year, q.To.Month, 1)
	if q.To.IsZero() {
		to = civil.New(today.Year, today.Month, 1)
	}
	if q.From.IsZero() {
		from = to.AddMonths(-11)
	}
	switch {
	case to.Before(from):
		return from, to, fault.ErrDateOrder.At("to")
	case from.AddMonths(longestOpenData).Before(to.AddDays(1)):
		return from, to, ErrTooManyMonths.At("to", "max", longestOpenData)
	default:
		return from, to, nil
	}
}

func checkOpenQuery(ctx context.Context, reader postgres.Reader, q OpenQuery) error {
	const missing = `
		SELECT asked.field FROM (VALUES ('line', $1), ('commune', $2)) AS asked (field, value)
		 WHERE asked.value <> '' AND NOT CASE asked.field
		       WHEN 'line' THEN EXISTS (SELECT FROM reference.product_lines r WHERE r.code = asked.value)
		       ELSE EXISTS (SELECT FROM reference.communes r WHERE r.code = asked.value) END
		 ORDER BY asked.field`
	var unknown []string
	if err := reader.Select(ctx, &unknown, missing, q.Line, q.Commune); err != nil {
		return err
	}
	var wrong fault.Collector
	for _, field := range unknown {
		value, listed := q.Line, "/v1/reference/lines"
		if field == "commune" {
			value, listed = q.Commune, "/v1/reference/communes"
		}
		wrong.Add(field, fault.ErrUnknownValue, "value", value, "allowed", listed)
	}
	return wrong.Err()
}

func openFigures(board figureBoard, book string, q OpenQuery) []OpenFigure {
	var figures []OpenFigure
	for goods, blocks := range board.blocks {
		if q.Line != "" && goods.Line != q.Line {
			continue
		}
		for _, block := range blocks {
			one := OpenFigure{
				Measure: book, Line: goods.Line, Dried: goods.Dried, Unit: goods.Unit,
				Quantity: block.Quantity, Edition: block.Edition, PublishedAt: block.PublishedAt.UTC(), KeptBack: block.keptBack,
			}
			for _, cell := range block.cells {
				one.Months, one.Communes = append(one.Months, monthText(cell.Month)), append(one.Communes, cell.Commune)
			}
			one.Months, one.Communes = distinct(one.Months), distinct(one.Communes)
			if q.Commune == "" || slices.Contains(one.Communes, q.Commune) {
				figures = append(figures, one)
			}
		}
	}
	slices.SortFunc(figures, func(x, y OpenFigure) int {
		return cmp.Or(slices.Compare(x.Months, y.Months), cmp.Compare(x.Line, y.Line),
			cmp.Compare(strconv.FormatBool(x.Dried), strconv.FormatBool(y.Dried)),
			cmp.Compare(x.Unit, y.Unit), slices.Compare(x.Communes, y.Communes))
	})
	return figures
}

func distinct(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

func monthText(month civil.Date) string { return month.String()[:len("2026-03")] }

// table writes the figures as a spreadsheet shows them; several months or communes stand in one cell.
func (o OpenData) table() table {
	result := table{header: []string{"version", "measure", "months", "line", "dried", "unit", "communes", "quantity", "edition", "published_at", "kept_back"}}
	if o.Demonstration {
		result.header = append(result.header, "note")
	}
	for _, one := range o.Figures {
		row := []string{
			o.Version, one.Measure, strings.Join(one.Months, ";"), one.Line, strconv.FormatBool(one.Dried), one.Unit,
			strings.Join(one.Communes, ";"), one.Quantity.String(), strconv.Itoa(one.Edition), one.PublishedAt.Format(time.RFC3339),
			strconv.FormatBool(one.KeptBack),
		}
		if o.Demonstration {
			row = append(row, demonstrationNote)
		}
		result.rows = append(result.rows, row)
	}
	return result
}
