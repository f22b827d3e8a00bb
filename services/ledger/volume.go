package ledger

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// ErrTooManyRows is the refusal of a report that nobody can read.
var ErrTooManyRows = fault.Define("too_many_rows", http.StatusUnprocessableEntity,
	"Kết quả nhiều hơn {max} dòng. Chọn khoảng ngày ngắn hơn, lọc thêm hoặc bớt cách phân nhóm.",
	"The answer has more than {max} rows. Choose a shorter time, filter more or group by less.")

// MaxVolumeRows is the largest number of rows that Volumes answers, unless a query says otherwise.
const MaxVolumeRows = 10_000

// Dimension is something that volumes can be grouped by and filtered on.
type Dimension string

// The dimensions. Months and their like are of the business date, which is Vietnam's.
const (
	ByWeek        Dimension = "week"
	ByMonth       Dimension = "month"
	ByQuarter     Dimension = "quarter"
	ByHalfYear    Dimension = "half_year"
	ByYear        Dimension = "year"
	ByLine        Dimension = "line"
	ByForm        Dimension = "form"
	ByCommune     Dimension = "commune"
	ByDistrict    Dimension = "district"
	ByScheme      Dimension = "scheme"
	ByBuyerSystem Dimension = "buyer_system"
	ByProducer    Dimension = "producer"
	ByBuyer       Dimension = "buyer"
	ByGrade       Dimension = "grade"
	ByStars       Dimension = "stars"
	ByWard        Dimension = "ward"
)

// Dimensions lists all of them.
func Dimensions() []Dimension {
	return []Dimension{
		ByWeek, ByMonth, ByQuarter, ByHalfYear, ByYear, ByLine, ByForm, ByCommune, ByDistrict, ByScheme, ByBuyerSystem,
		ByProducer, ByBuyer, ByGrade, ByStars, ByWard,
	}
}

// axis is how a dimension is read from a posting p.
type axis struct {
	// expression is the text a row shows; '' where the posting says nothing.
	expression string
	// join adds the rows that expression reads, where one posting belongs to several.
	join string
	// within is the condition on p that it belongs to %s; empty: expression = %s.
	within string
	// columns of the posting that the expression and the join read.
	columns []string
}

// overlaps reports whether one posting may stand in several rows.
func (a axis) overlaps() bool { return a.join != "" }

// axes is the only source of the SQL of dimensions; what a client sends is looked up here and
// never becomes part of a statement.
//
//nolint:gochecknoglobals // an immutable table
var axes = map[Dimension]axis{
	ByWeek:        {expression: `to_char(p.business_date, 'IYYY"-W"IW')`},
	ByMonth:       {expression: `to_char(p.business_date, 'YYYY-MM')`},
	ByQuarter:     {expression: `to_char(p.business_date, 'YYYY"-Q"Q')`},
	ByHalfYear:    {expression: `to_char(p.business_date, 'YYYY"-H"') || CASE WHEN extract(month FROM p.business_date) <= 6 THEN '1' ELSE '2' END`},
	ByYear:        {expression: `to_char(p.business_date, 'YYYY')`},
	ByLine:        {expression: `p.product_line`, columns: []string{"product_line"}},
	ByForm:        {expression: `coalesce(p.form, '')`, columns: []string{"form"}},
	ByCommune:     {expression: `coalesce(p.commune, '')`, columns: []string{"commune"}},
	ByBuyerSystem: {expression: `coalesce(p.buyer_system, '')`, columns: []string{"buyer_system"}},
	ByGrade:       {expression: `coalesce(p.grade, '')`, columns: []string{"grade"}},
	ByStars:       {expression: `coalesce(CAST(p.stars AS text), '')`, columns: []string{"stars"}},
	ByWard:        {expression: `coalesce(p.ward, '')`, columns: []string{"ward"}},
	ByProducer: {
		expression: `coalesce(CAST(p.producer_id AS text), '')`, within: `p.producer_id = CAST(%s AS uuid)`, columns: []string{"producer_id"},
	},
	ByBuyer: {
		expression: `coalesce(CAST(p.buyer_id AS text), '')`, within: `p.buyer_id = CAST(%s AS uuid)`, columns: []string{"buyer_id"},
	},
	ByScheme: {
		expression: `coalesce(claimed.scheme, '')`,
		join:       `LEFT JOIN LATERAL (SELECT DISTINCT unnest(p.schemes) AS scheme) claimed ON true`,
		within:     `%s = ANY (p.schemes)`,
		columns:    []string{"schemes"},
	},
	ByDistrict: {
		expression: `coalesce(former.former_district, '')`,
		join:       `LEFT JOIN reference.commune_former_districts former ON former.commune = p.commune`,
		within: `p.commune IN (SELECT c.commune FROM reference.commune_former_districts c
			WHERE c.former_district = %s)`,
		columns: []string{"commune"},
	},
}

// Query says which volumes to total and how.
type Query struct {
	// By groups rows. The product line, whether the goods are dried, and the unit are always
	// told apart, whatever it says.
	By []Dimension
	// From and To bound the business date, both included.
	From, To civil.Date
	// Only keeps postings with this value of a dimension; an empty value keeps all.
	Only map[Dimension]string
	// Unconfirmed are deliveries that left and that nobody confirmed in time; the ledger cannot know
	// them. Read them and the totals at one instant.
	Unconfirmed []uuid.UUID
	// Most is how many rows the answer may have; 0 means MaxVolumeRows. More are for questions whose answer is counted
	// and not shown.
	Most int
}

// most is how many rows the answer may have.
func (q Query) most() int { return cmp.Or(q.Most, MaxVolumeRows) }

// Check refuses a query that cannot be answered: fault.ErrUnknownValue at "by",
// fault.ErrRequired or fault.ErrDateOrder at the dates.
func (q Query) Check() error {
	var wrong fault.Collector
	for _, dimension := range q.By {
		if _, known := axes[dimension]; !known {
			wrong.Add("by", fault.ErrUnknownValue, "value", dimension, "allowed", join(Dimensions(), ", "))
		}
	}
	for dimension, value := range q.Only {
		if _, known := axes[dimension]; !known {
			wrong.Add(string(dimension), fault.ErrUnknownValue, "value", dimension, "allowed", join(Dimensions(), ", "))
		} else if dimension == ByProducer || dimension == ByBuyer {
			if value != "" && uuid.Validate(value) != nil {
				wrong.Add(string(dimension), fault.ErrUnknownValue, "value", value, "allowed", "UUID")
			}
		}
	}
	switch {
	case q.From.IsZero():
		wrong.Add("from", fault.ErrRequired)
	case q.To.IsZero():
		wrong.Add("to", fault.ErrRequired)
	case q.To.Before(q.From):
		wrong.Add("to", fault.ErrDateOrder)
	}
	return wrong.Err()
}

func join(dimensions []Dimension, separator string) string {
	texts := make([]string, len(dimensions))
	for i, dimension := range dimensions {
		texts[i] = string(dimension)
	}
	return strings.Join(texts, separator)
}

// Overlapping lists the dimensions in whose rows the same volume stands more than once, so that
// the rows must not be added up: a product may carry two schemes, a commune span two districts.
func (q Query) Overlapping() []Dimension {
	overlapping := []Dimension{}
	for _, dimension := range q.By {
		if axes[dimension].overlaps() && q.Only[dimension] == "" && !slices.Contains(overlapping, dimension) {
			overlapping = append(overlapping, dimension)
		}
	}
	return overlapping
}

// Key says what a row is about.
type Key struct {
	// Dimensions holds the value of each dimension asked for; "" where postings say nothing.
	Dimensions map[Dimension]string
	Line       string
	// Dried keeps dried goods apart within a line that has both. A demand that names no form
	// counts as its line does when all its forms are dried, else as not dried.
	Dried bool
	// Unit is kg for all goods that have a weight, else the goods' own.
	Unit string
}

func (k *Key) key() *Key { return k }

// Row is the volume of one group, net of what was withdrawn or released again.
type Row struct {
	Key

	Offered, Requested, Quoted quantity.Quantity
	// Awarded counts what is committed or delivered, Dispatched all that ever left.
	Awarded, Dispatched quantity.Quantity
	// Unconfirmed is what was dispatched with [Query.Unconfirmed]: part of Dispatched, never of Delivered.
	Unconfirmed                   quantity.Quantity
	Delivered, Rejected, Released quantity.Quantity
	// ValueVND is that of what was delivered, as far as it has a price.
	ValueVND money.VND
	// Producers and Buyers count the organisations behind ValueVND.
	Producers, Buyers int
}

// part is one measure: what it adds up of postings p, whose movement is m.
type part struct {
	of amountOf
	// moves is an expression over m: how often the movement counts.
	moves string
}

// amountOf says what a measure adds up or counts.
type amountOf int

const (
	ofVolume amountOf = iota
	// ofUnconfirmed adds up the postings of [Query.Unconfirmed].
	ofUnconfirmed
	ofValue
	// The organisations behind a value.
	ofProducers
	ofBuyers
)

const (
	supplied  = "m.offer_free + m.offer_reserved + m.offer_committed + m.offer_dispatched + m.offer_accepted"
	delivered = "m.line_delivered + m.line_over"
)

//nolint:gochecknoglobals // immutable; in the order of Row.measures
var volumeParts = []part{
	{ofVolume, supplied}, {ofVolume, "m.line_open + m.line_awarded + m.line_delivered"}, {ofVolume, "m.line_quoted"},
	{ofVolume, "m.line_awarded + m.line_delivered"},
	{ofVolume, "m.award_dispatched + m.award_accepted + m.award_rejected + m.award_lost + m.award_over"}, {ofUnconfirmed, ""},
	{ofVolume, delivered}, {ofVolume, "m.line_rejected"}, {ofVolume, "m.award_released"},
	{ofValue, delivered}, {ofProducers, delivered}, {ofBuyers, delivered},
}

// Volumes totals the postings of a query, one by one: what everything else is held against. Groups in
// which nothing is left are not answered. Rows are in the order of their texts. Refused: what
// [Query.Check] refuses, and ErrTooManyRows.
func Volumes(ctx context.Context, reader postgres.Reader, q Query) ([]Row, error) {
	return total[Row](ctx, reader, q, volumeParts, fromPostings)
}

func (r *Row) measures() []any {
	return []any{
		&r.Offered, &r.Requested, &r.Quoted, &r.Awarded, &r.Dispatched, &r.Unconfirmed, &r.Delivered, &r.Rejected, &r.Released,
		&r.ValueVND, &r.Producers, &r.Buyers,
	}
}

func (r *Row) empty() bool {
	return r.Offered|r.Requested|r.Quoted|r.Awarded|r.Dispatched|r.Delivered|r.Rejected|r.Released == 0
}

// Supply is what was offered and delivered of one group, as [Row] has it.
type Supply struct {
	Key

	Offered, Delivered quantity.Quantity
}

//nolint:gochecknoglobals // immutable; in the order of Supply.measures
var supplyParts = []part{{ofVolume, supplied}, {ofVolume, delivered}}

func (s *Supply) measures() []any { return []any{&s.Offered, &s.Delivered} }

func (s *Supply) empty() bool { return s.Offered|s.Delivered == 0 }
