package monitor

import (
	"slices"
	"time"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// area is what API keys name in their scopes for this service.
const area = "monitor"

// weightUnit is the unit of all goods that have a weight, and so of every report.
const weightUnit = "kg"

// Dimensions are what a row of a report is about; those not asked for are absent, and an empty
// text means that the postings do not say.
type Dimensions struct {
	Week        *string `json:"week,omitempty"         doc:"ISO week, 2026-W09."`
	Month       *string `json:"month,omitempty"        doc:"2026-03, of the business date in Vietnam."`
	Quarter     *string `json:"quarter,omitempty"      doc:"2026-Q1."`
	HalfYear    *string `json:"half_year,omitempty"    doc:"2026-H1."`
	Year        *string `json:"year,omitempty"         doc:"2026."`
	Form        *string `json:"form,omitempty"`
	Commune     *string `json:"commune,omitempty"      doc:"Where the goods come from; empty for demand, which names no commune."`
	District    *string `json:"district,omitempty"     doc:"Former district; a commune may belong to two."`
	Scheme      *string `json:"scheme,omitempty"       doc:"Certification scheme; empty where none was claimed or asked for."`
	BuyerSystem *string `json:"buyer_system,omitempty" doc:"Empty for supply, which is for everybody, and for buyers of no system."`
	Producer    *string `json:"producer,omitempty"     doc:"Organisation; shown to the authority that oversees producers."`
	Buyer       *string `json:"buyer,omitempty"        doc:"Organisation; shown to the authority that oversees buyers."`
	Grade       *string `json:"grade,omitempty"        doc:"The grade by which volumes of the line are told apart, as people say it: 20-30, gạch, ST25; empty where none was said."`
	Stars       *string `json:"stars,omitempty"        doc:"OCOP stars of the goods; empty for goods without, and for demand, which names none."`
	Ward        *string `json:"ward,omitempty"         doc:"Commune or ward of delivery; empty for supply, which goes anywhere."`
	Line        string  `json:"line"                   doc:"Always there: different lines are never totalled together."`
	Dried       bool    `json:"dried"                  doc:"Whether the goods are dried; fresh and dried are never totalled together."`
	Unit        string  `json:"unit"                   doc:"kg for whatever has a weight, else the goods' own unit."`
}

// fields says where a row shows each dimension; the line is always there.
//
//nolint:gochecknoglobals // an immutable table
var fields = []struct {
	dimension ledger.Dimension
	of        func(*Dimensions) **string
}{
	{ledger.ByYear, func(d *Dimensions) **string { return &d.Year }},
	{ledger.ByHalfYear, func(d *Dimensions) **string { return &d.HalfYear }},
	{ledger.ByQuarter, func(d *Dimensions) **string { return &d.Quarter }},
	{ledger.ByMonth, func(d *Dimensions) **string { return &d.Month }},
	{ledger.ByWeek, func(d *Dimensions) **string { return &d.Week }},
	{ledger.ByForm, func(d *Dimensions) **string { return &d.Form }},
	{ledger.ByGrade, func(d *Dimensions) **string { return &d.Grade }},
	{ledger.ByStars, func(d *Dimensions) **string { return &d.Stars }},
	{ledger.ByDistrict, func(d *Dimensions) **string { return &d.District }},
	{ledger.ByCommune, func(d *Dimensions) **string { return &d.Commune }},
	{ledger.ByScheme, func(d *Dimensions) **string { return &d.Scheme }},
	{ledger.ByBuyerSystem, func(d *Dimensions) **string { return &d.BuyerSystem }},
	{ledger.ByWard, func(d *Dimensions) **string { return &d.Ward }},
	{ledger.ByProducer, func(d *Dimensions) **string { return &d.Producer }},
	{ledger.ByBuyer, func(d *Dimensions) **string { return &d.Buyer }},
}

// Value is that of a dimension; empty where it was not asked for, or where the postings do not say.
func (d *Dimensions) Value(dimension ledger.Dimension) string {
	if dimension == ledger.ByLine {
		return d.Line
	}
	for _, each := range fields {
		if field := *each.of(d); each.dimension == dimension && field != nil {
			return *field
		}
	}
	return ""
}

// dimensionsOf spreads a key of the ledger over the fields of a row.
func dimensionsOf(key ledger.Key) Dimensions {
	d := Dimensions{Line: key.Line, Dried: key.Dried, Unit: key.Unit}
	for _, each := range fields {
		if value, asked := key.Dimensions[each.dimension]; asked {
			*each.of(&d) = &value
		}
	}
	return d
}

// VolumeRow is the volume of one group, net of what was withdrawn or released again.
type VolumeRow struct {
	Dimensions

	Offered     quantity.Quantity `json:"offered"                    doc:"Supply published, dated by its start."`
	Requested   quantity.Quantity `json:"requested"                  doc:"Demand, dated by its delivery."`
	Quoted      quantity.Quantity `json:"quoted"`
	Awarded     quantity.Quantity `json:"awarded"                    doc:"Committed, delivered or not."`
	Dispatched  quantity.Quantity `json:"dispatched"                 doc:"All that left, also what came back."`
	Unconfirmed quantity.Quantity `json:"unconfirmed"                doc:"Part of dispatched, dated by it: live goods that nobody received within a day. Only the receiver can confirm them; until then they are never part of delivered."`
	Delivered   quantity.Quantity `json:"delivered"                  doc:"Accepted by the buyer, dated by receipt."`
	Rejected    quantity.Quantity `json:"rejected"`
	Released    quantity.Quantity `json:"released"                   doc:"Once awarded, then cancelled or announced as a shortfall."`
	// Declared is nil where declarations do not say what the query asks.
	Declared        *quantity.Quantity `json:"declared,omitempty"         doc:"Sold off the platform, by the word of who declared it and confirmed by nobody; part of no other column. Left out where by or a filter names what declarations do not say, or the days are not whole months."`
	ValueVND        *money.VND         `json:"value_vnd,omitempty"        doc:"Value of what was delivered, as published: of months that have ended, of at least three producers and three buyers, and only where what is not shown cannot be found by taking one value from another."`
	ValueSuppressed bool               `json:"value_suppressed,omitempty" doc:"There is a value, and it is not shown here."`
	ValueKeptBack   bool               `json:"value_kept_back,omitempty"  doc:"The value is not the newest: later changes are not in it, because too few organisations stand behind them to be told yet. Volumes are exact."`

	Previous   *Compared `json:"previous,omitempty"    doc:"With compare=previous or both: the row's period before, a month before a month; without periods the days before, as many. A row that had volume only then is answered with nothing now."`
	YearBefore *Compared `json:"year_before,omitempty" doc:"With compare=year_before or both: the same period a year before. A row that had volume only then is answered with nothing now."`
}

// volumeRowOf shows a row of the ledger with its value as far as that is published.
func volumeRowOf(row ledger.Row, value figure) VolumeRow {
	shown := VolumeRow{
		Dimensions: dimensionsOf(row.Key), Offered: row.Offered, Requested: row.Requested, Quoted: row.Quoted, Awarded: row.Awarded,
		Dispatched: row.Dispatched, Unconfirmed: row.Unconfirmed, Delivered: row.Delivered, Rejected: row.Rejected, Released: row.Released,
	}
	switch {
	case value.known:
		shown.ValueVND, shown.ValueKeptBack = &value.valueVND, value.keptBack
	case row.ValueVND != 0:
		shown.ValueSuppressed = true
	}
	return shown
}

// Report is what every report of volumes says about itself.
type Report struct {
	From        string             `json:"from"`
	To          string             `json:"to"             doc:"Inclusive."`
	AsOf        time.Time          `json:"as_of"          doc:"Postings committed by this instant are in the totals."`
	Unit        string             `json:"unit"           doc:"Always kg: the unit of the rows of goods that have a weight. Each row names its own."`
	Overlapping []ledger.Dimension `json:"overlapping"    doc:"Dimensions whose rows share volume and must not be added up."`
	Notes       []string           `json:"notes"          doc:"How to read the rows, in the language asked for."`
	// Previous and YearBefore are the days that rows are compared with, all together.
	Previous   *Days `json:"previous,omitempty"    doc:"The days that the rows are compared with, all together."`
	YearBefore *Days `json:"year_before,omitempty" doc:"The days that the rows are compared with, all together."`
	// Demonstration says that invented data is among the totals.
	Demonstration bool `json:"demonstration,omitempty"`
}

// Volumes answers GET /v1/volumes.
type Volumes struct {
	Rows   []VolumeRow `json:"rows"`
	Report             //nolint:embeddedstructfieldcheck // the answer begins with the rows

	// withoutDeclared says that what was declared cannot be told beside these rows.
	withoutDeclared bool
}

// GapRow is where supply and demand stand for one line, month and scheme.
type GapRow struct {
	Dimensions

	Requested quantity.Quantity `json:"requested" doc:"Demand that is still open, under the schemes that were asked for."`
	Offered   quantity.Quantity `json:"offered"   doc:"All supply of the month: available and committed."`
	Available quantity.Quantity `json:"available" doc:"Supply that can still be promised, held for quotes or not."`
	Reserved  quantity.Quantity `json:"reserved"  doc:"Part of available: held for quotes that have not been awarded."`
	Committed quantity.Quantity `json:"committed" doc:"Promised to awards, delivered or not."`
	Gap       quantity.Quantity `json:"gap"       doc:"requested − available: positive where goods are wanting." minimum:"-1000000000"`
	Alert     bool              `json:"alert"     doc:"The gap crosses the threshold that your authority set: PUT /v1/gap-thresholds."`
	Past      *PastMonth        `json:"past,omitempty" doc:"What the same month was in years before; left out where nothing was."`
	Seasons   []SeasonLevel     `json:"seasons"   doc:"How much the line yields in that month, by way of growing; none where it is not known."`
}

// PastMonth is the same month of years before.
type PastMonth struct {
	Years     int               `json:"years"     doc:"How many of the last five years had anything of the row."`
	Offered   quantity.Quantity `json:"offered"   doc:"The average of those years; dated as volumes are, by the start of the supply."`
	Delivered quantity.Quantity `json:"delivered" doc:"The average of those years."`
}

// SeasonLevel is how much a line yields in a month.
type SeasonLevel struct {
	Way   string `json:"way"   doc:"How it is grown or caught; empty where there is one way."`
	Level string `json:"level" enum:"none,some,high"`
}

func gapRowOf(row standing) GapRow {
	return GapRow{
		Dimensions: dimensionsOf(row.key()), Requested: row.open, Offered: row.available() + row.committed, Available: row.available(), Reserved: row.reserved,
		Committed: row.committed, Gap: row.gap(),
	}
}

// Gaps answers GET /v1/gaps.
type Gaps struct {
	Rows   []GapRow `json:"rows"`
	Report          //nolint:embeddedstructfieldcheck // the answer begins with the rows
}

// mayWatch refuses everybody but officials and administrators, and hides single organisations
// from the authority of the other side.
func mayWatch(who identity.Principal, q ledger.Query) error {
	if err := who.MayRead(area); err != nil {
		return err
	}
	if !who.Official() && !who.Administrator {
		return fault.ErrForbidden.With()
	}
	for dimension, kind := range map[ledger.Dimension]identity.OrganisationKind{
		ledger.ByProducer: identity.Producer, ledger.ByBuyer: identity.Buyer,
	} {
		if (slices.Contains(q.By, dimension) || q.Only[dimension] != "") && !who.Oversees(kind) {
			return ErrNotOverseen.With()
		}
	}
	return nil
}
