package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// totals is the frame of every report. Weight is told in kilograms and everything else in its own
// unit, so that what is added up is of one line, one condition and one unit.
//
// Postings are first added up by what the report needs of them and by movement: a year of them
// becomes a few thousand rows before schemes are unfolded and organisations counted, which on
// the postings themselves took three times as long.
const totals = `
	WITH p AS (
		SELECT %[1]s, CAST(sum(coalesce(p.weight, p.quantity)) AS bigint) AS amount, sum(p.value_vnd) AS value_vnd
		  FROM %[10]s p
		 WHERE p.business_date BETWEEN $1 AND $2%[2]s
		 GROUP BY %[3]s
	)
	SELECT %[4]s p.product_line, coalesce(d.dried, false), p.unit, %[5]s
	  FROM p
	  JOIN ledger.movements m USING (movement)
	  LEFT JOIN reference.dried_goods d ON d.line = p.product_line AND d.form = coalesce(p.form, '')
	  %[6]s
	 WHERE true%[7]s
	 GROUP BY %[8]s
	 ORDER BY %[8]s
	 LIMIT %[9]d`

// needed lists what totals first adds up by. Everything longer than a week begins with a month.
func needed(by []Dimension, parts []part) []string {
	day := "CAST(date_trunc('month', p.business_date) AS date) AS business_date"
	if slices.Contains(by, ByWeek) {
		day = "p.business_date"
	}
	columns := []string{day, "CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END AS unit", "p.movement", "p.product_line", "p.form"}
	var more []string
	for _, dimension := range by {
		more = append(more, axes[dimension].columns...)
	}
	if counts(parts, ofProducers) {
		more = append(more, "producer_id", "buyer_id")
	}
	for _, column := range more {
		if !slices.Contains(columns, "p."+column) {
			columns = append(columns, "p."+column)
		}
	}
	return columns
}

// counts reports whether a measure of this kind is among the parts.
func counts(parts []part, of amountOf) bool {
	return slices.ContainsFunc(parts, func(p part) bool { return p.of == of })
}

// sums writes the measures over postings p that were added up beforehand, each with its movement m.
func sums(parts []part) string {
	texts := make([]string, len(parts))
	for i, each := range parts {
		switch each.of {
		case ofVolume:
			texts[i] = "CAST(sum(p.amount * (" + each.moves + ")) AS bigint)"
		case ofUnconfirmed:
			texts[i] = "CAST(coalesce(sum(p.amount) FILTER (WHERE p.unconfirmed), 0) AS bigint)"
		case ofValue:
			texts[i] = "CAST(coalesce(sum(p.value_vnd * (" + each.moves + ")), 0) AS bigint)"
		case ofProducers:
			texts[i] = "count(DISTINCT p.producer_id) FILTER (WHERE " + each.moves + " <> 0 AND p.value_vnd IS NOT NULL)"
		case ofBuyers:
			texts[i] = "count(DISTINCT p.buyer_id) FILTER (WHERE " + each.moves + " <> 0 AND p.value_vnd IS NOT NULL)"
		}
	}
	return strings.Join(texts, ", ")
}

// asked lists the dimensions that rows show, each once; the line is always there.
func (q Query) asked() []Dimension {
	var by []Dimension
	for _, dimension := range q.By {
		if dimension != ByLine && !slices.Contains(by, dimension) {
			by = append(by, dimension)
		}
	}
	return by
}

// source is where the rows p of a statement come from.
type source int

const (
	fromPostings source = iota
	// fromRollup is the rollup and what was posted since.
	fromRollup
)

// rows writes the source; unconfirmed is the parameter of the unconfirmed deliveries, if any.
func (s source) rows(unconfirmed string) string {
	if s == fromPostings {
		return "ledger.postings"
	}
	if unconfirmed == "" {
		return fmt.Sprintf(rollupRows, "")
	}
	return fmt.Sprintf(rollupRows, fmt.Sprintf(unconfirmedRows, unconfirmed))
}

// statement writes the query for measures; every text in it comes from this package.
func (q Query) statement(parts []part, from source) (by []Dimension, query string, args []any) {
	var expressions, joins, conditions, unfolded strings.Builder
	by = q.asked()
	for _, dimension := range by {
		expressions.WriteString(axes[dimension].expression + ", ")
		joins.WriteString(axes[dimension].join + "\n")
	}
	args = []any{q.From, q.To}
	for _, dimension := range Dimensions() { // not the map's order: the same question is the same statement
		value := q.Only[dimension]
		if value == "" {
			continue
		}
		args = append(args, value)
		reading, parameter := axes[dimension], fmt.Sprintf("CAST($%d AS text)", len(args))
		if reading.within != "" {
			conditions.WriteString(" AND " + fmt.Sprintf(reading.within, parameter))
		} else {
			conditions.WriteString(" AND " + reading.expression + " = " + parameter)
		}
		// A posting of two schemes belongs to the one asked for, and must not bring a row of the other.
		if reading.overlaps() && slices.Contains(by, dimension) {
			unfolded.WriteString(" AND " + reading.expression + " = " + parameter)
		}
	}
	columns, unconfirmed := needed(by, parts), ""
	if counts(parts, ofUnconfirmed) {
		args = append(args, postgres.Array(q.Unconfirmed))
		unconfirmed = fmt.Sprintf("CAST($%d AS uuid[])", len(args))
		columns = append(columns, "coalesce(p.movement = 'dispatched' AND p.delivery_id = ANY ("+unconfirmed+"), false) AS unconfirmed")
	}
	query = fmt.Sprintf(totals, strings.Join(columns, ", "), conditions.String(), positions(len(columns)),
		expressions.String(), sums(parts), joins.String(), unfolded.String(), positions(len(by)+3), q.most()+1, from.rows(unconfirmed))
	return by, query, args
}

// positions writes "1, 2, …, n".
func positions(n int) string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprint(i + 1)
	}
	return strings.Join(texts, ", ")
}

// group is a pointer to a row of a report.
type group[R any] interface {
	*R
	key() *Key
	// measures points at what the sums are scanned into, in the order of the statement.
	measures() []any
	// empty reports that nothing is left, because its amounts cancel out.
	empty() bool
}

// total runs a report.
func total[R any, P group[R]](ctx context.Context, reader postgres.Reader, q Query, parts []part, from source) ([]R, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	by, query, args := q.statement(parts, from)
	answer, read := []R{}, 0
	err := reader.Each(ctx, query, args, func(scan func(dest ...any) error) error {
		if read++; read > q.most() {
			return ErrTooManyRows.With("max", q.most())
		}
		var row R
		key, values := P(&row).key(), make([]string, len(by))
		into := make([]any, 0, len(by)+16)
		for i := range values {
			into = append(into, &values[i])
		}
		into = append(into, &key.Line, &key.Dried, &key.Unit)
		if err := scan(append(into, P(&row).measures()...)...); err != nil {
			return fmt.Errorf("reading a total: %w", err)
		}
		key.Dimensions = make(map[Dimension]string, len(by))
		for i, dimension := range by {
			key.Dimensions[dimension] = values[i]
		}
		if !P(&row).empty() {
			answer = append(answer, row)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	sortRows[R, P](answer, by)
	return answer, nil
}

// sortRows puts rows in the order of what they are about, the same whatever the database sorts by.
func sortRows[R any, P group[R]](rows []R, by []Dimension) {
	type sorted struct {
		texts []string
		row   R
	}
	all := make([]sorted, len(rows))
	for i := range rows {
		key := P(&rows[i]).key()
		texts := make([]string, 0, len(by)+3)
		for _, dimension := range by {
			texts = append(texts, key.Dimensions[dimension])
		}
		all[i] = sorted{append(texts, key.Line, strconv.FormatBool(key.Dried), key.Unit), rows[i]}
	}
	slices.SortFunc(all, func(a, b sorted) int { return slices.Compare(a.texts, b.texts) })
	for i := range all {
		rows[i] = all[i].row
	}
}
