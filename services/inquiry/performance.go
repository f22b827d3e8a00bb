package inquiry

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// FewCases is below how many cases a share or a time is not shown: it would tell of single deals
// rather than of habits.
const FewCases = 5

// longestWindow bounds a window, in months.
const longestWindow = 60

// Window is a range of business days in Vietnam, both included.
type Window struct {
	From civil.Date `json:"from"`
	To   civil.Date `json:"to"`
}

// window fills in what is left out: the twelve months until today, or before the end that is named.
// Refused: fault.ErrDateOrder, and fault.ErrOutOfRange beyond longestWindow.
func (w Window) window(today civil.Date) (Window, error) {
	if w.To.IsZero() {
		w.To = today
	}
	if w.From.IsZero() {
		w.From = w.To.AddMonths(-12).AddDays(1)
	}
	earliest := w.To.AddMonths(-longestWindow)
	switch {
	case w.From.After(w.To):
		return w, fault.ErrDateOrder.At("query.from")
	case w.From.Before(earliest):
		return w, fault.ErrOutOfRange.At("query.from", "min", earliest, "max", w.To)
	}
	return w, nil
}

// PerformanceRecord is how an organisation kept its word within a window, over all its deals: no
// volume, price or other party is in it. It is computed from receipts, settlements, the ledger and
// the instants of answers; nothing but a settled dispute changes what was received.
type PerformanceRecord struct {
	Window

	OrganisationID uuid.UUID                 `json:"organisation_id"`
	Kind           identity.OrganisationKind `json:"kind"     enum:"producer,buyer"`
	AsOf           time.Time                 `json:"as_of"`
	Measures       []Measure                 `json:"measures" doc:"Always all of them; rejected once for each product line and unit."`
	Invented       bool                      `json:"invented,omitempty" doc:"Demonstration data."`
}

// Measure is one respect in which a word was kept, with the number of cases behind it.
type Measure struct {
	Code string `json:"code" enum:"answer_time,answered,inquiry_to_quote,quote_to_award,on_time,in_full,announced,defaulted,kept,rejected,lapsed,disputes_lost"`
	Name string `json:"name"`
	// Line and Unit are those of rejected goods.
	Line  string `json:"line,omitempty"`
	Unit  string `json:"unit,omitempty"`
	Cases int    `json:"cases"`
	// TooFew says that neither share nor time is shown.
	TooFew  bool               `json:"too_few,omitempty" doc:"Fewer than five cases: neither met, percent nor minutes are shown."`
	Met     *int               `json:"met,omitempty"     doc:"In how many cases it was so."`
	Percent *quantity.Quantity `json:"percent,omitempty" doc:"To a tenth, half up; of rejected goods by quantity, else of the cases."`
	Minutes *int64             `json:"minutes,omitempty" doc:"The median, in minutes."`
	Text    string             `json:"text"`
}

// Performance is how a producer kept its word in the last twelve months, whoever bought: shares
// without volumes. The measures are those of its record, as a job last computed them.
type Performance struct {
	OnTime   Share `json:"on_time"  doc:"What was owed, of which something came and nothing after the agreed day."`
	InFull   Share `json:"in_full"  doc:"What was owed and is done or overdue, and was accepted whole, within the tolerance of its line. What the buyer took back is left out."`
	Rejected Share `json:"rejected" doc:"Rejected of what was received of this product line and unit; cases are the deliveries behind it."`
}

// Share is a part of the cases there were.
type Share struct {
	Cases  int  `json:"cases"`
	TooFew bool `json:"too_few,omitempty" doc:"Fewer than five cases: no share is shown."`
	Met    int  `json:"met" doc:"In how many cases it was so; for rejected, in how many some was rejected. 0 where there are too few."`
	// Percent is exact to a tenth, half up.
	Percent *quantity.Quantity `json:"percent,omitempty" doc:"To a tenth, half up; left out when there are too few cases."`
	Text    string             `json:"text"`
}

// trackKey names a measure of how a producer kept its word; line and unit only where it is of goods.
type trackKey struct {
	producer            uuid.UUID
	measure, line, unit string
}

type trackRecords map[trackKey]factRow

func tracked(rows []factRow) trackRecords {
	records := make(trackRecords, len(rows))
	for _, row := range rows {
		records[trackKey{row.OrganisationID, row.Measure, row.Line, row.Unit}] = row
	}
	return records
}

// share shows a fact as a share; without enough cases it only says how many there are.
func (w wording) share(row factRow, text reference.Names) Share {
	switch {
	case row.Cases == 0:
		return Share{Text: w.say(noCases)}
	case row.Cases < FewCases || row.Permille == nil:
		return Share{Cases: row.Cases, TooFew: true, Text: w.say(fewCases, "cases", strconv.Itoa(row.Cases))}
	}
	percent := quantity.Quantity(*row.Permille) * quantity.Unit / 10
	return Share{Cases: row.Cases, Met: row.Met, Percent: &percent, Text: w.say(text,
		"met", strconv.Itoa(row.Met), "cases", strconv.Itoa(row.Cases), "percent", w.number(percent))}
}

func (c *comparer) performance(producer uuid.UUID, line lineRecord) Performance {
	return Performance{
		OnTime:   c.share(c.records[trackKey{producer, "on_time", "", ""}], ofCases),
		InFull:   c.share(c.records[trackKey{producer, "in_full", "", ""}], ofCases),
		Rejected: c.share(c.records[trackKey{producer, "rejected", line.ProductLine, line.Unit}], ofGoods),
	}
}

// sortBy puts the quotes of each line in the order of their producers' records, the best first and those
// with too few cases last; equal ones, and by anything else, stay in their order. Ranks stay as they are.
func (c *Comparison) sortBy(measure string) {
	share := func(q ComparedQuote) quantity.Quantity {
		of := q.Performance.OnTime
		if measure == measureInFull {
			of = q.Performance.InFull
		}
		if of.Percent == nil {
			return -1
		}
		return *of.Percent
	}
	if measure != measureOnTime && measure != measureInFull {
		return
	}
	for _, line := range c.Lines {
		slices.SortStableFunc(line.Quotes, func(a, b ComparedQuote) int { return cmp.Compare(share(b), share(a)) })
	}
}

// record words the facts of an organisation, each measure of its kind in the order of the table.
func (w wording) record(of identity.Organisation, within Window, now time.Time, rows []factRow) PerformanceRecord {
	record := PerformanceRecord{
		Window: within, OrganisationID: of.ID, Kind: of.Kind, AsOf: now, Measures: []Measure{}, Invented: of.Fictional,
	}
	for _, known := range measures[of.Kind] {
		found := false
		for _, row := range rows {
			if row.Measure == known.code {
				found = true
				record.Measures = append(record.Measures, w.measure(known, row))
			}
		}
		if !found && known.code != measureRejected {
			record.Measures = append(record.Measures, w.measure(known, factRow{}))
		}
	}
	return record
}

func (w wording) measure(known measureNamed, row factRow) Measure {
	m := Measure{Code: known.code, Name: w.say(known.name), Line: row.Line, Unit: row.Unit, Cases: row.Cases}
	if row.Minutes == nil {
		share := w.share(row, known.text)
		m.TooFew, m.Percent, m.Text = share.TooFew, share.Percent, share.Text
		if share.Percent != nil {
			m.Met = &share.Met
		}
		return m
	}
	if row.Cases < FewCases {
		m.TooFew, m.Text = true, w.say(fewCases, "cases", strconv.Itoa(row.Cases))
		return m
	}
	m.Minutes = row.Minutes
	m.Text = w.say(known.text, "cases", strconv.Itoa(row.Cases), "hours", strconv.FormatInt(*row.Minutes/60, 10), "minutes", strconv.FormatInt(*row.Minutes%60, 10))
	return m
}
