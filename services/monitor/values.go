package monitor

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
)

// opensValues reports whether the rows of a query may be sums of published figures: about whole
// calendar months, and by nothing that a figure does not tell apart. The dates must be filled in.
func opensValues(q ledger.Query) bool {
	told := []ledger.Dimension{
		ledger.ByMonth, ledger.ByQuarter, ledger.ByHalfYear, ledger.ByYear, ledger.ByLine, ledger.ByCommune, ledger.ByDistrict,
	}
	for _, dimension := range q.By {
		if !slices.Contains(told, dimension) {
			return false
		}
	}
	for dimension, value := range q.Only {
		if value != "" && !slices.Contains(told[4:], dimension) {
			return false
		}
	}
	return q.From.Day == 1 && q.To.AddDays(1).Day == 1
}

// values are the published values that the rows of a query may show.
type values struct {
	figureBoard

	query ledger.Query
	// districts are the former districts of communes.
	districts map[string][]string
	// open is false when no row of the query may show one.
	open bool
}

// valuesTx reads the values for a query with its dates filled in.
func valuesTx(ctx context.Context, tx *postgres.Tx, q ledger.Query) (values, error) {
	if !opensValues(q) {
		return values{}, nil
	}
	board, err := boardTx(ctx, tx, deliveredBook, q.From, q.To)
	found := values{figureBoard: board, query: q, districts: make(map[string][]string), open: true}
	if err != nil || !slices.Contains(q.By, ledger.ByDistrict) && q.Only[ledger.ByDistrict] == "" {
		return found, err
	}
	found.districts, err = formerDistrictsTx(ctx, tx)
	return found, err
}

// formerDistrictsTx are the former districts of communes.
func formerDistrictsTx(ctx context.Context, tx *postgres.Tx) (map[string][]string, error) {
	const query = `SELECT commune, former_district FROM reference.commune_former_districts ORDER BY commune, former_district`
	districts := make(map[string][]string)
	err := tx.Each(ctx, query, nil, func(scan func(dest ...any) error) error {
		var commune, district string
		if err := scan(&commune, &district); err != nil {
			return fmt.Errorf("reading former districts: %w", err)
		}
		districts[commune] = append(districts[commune], district)
		return nil
	})
	return districts, err
}

// of is the value of a row; not known where it may not be told.
func (v values) of(key ledger.Key) figure {
	if !v.open {
		return figure{}
	}
	return v.sum(traded{Line: key.Line, Dried: key.Dried, Unit: key.Unit}, func(cell figureCell) bool { return v.within(key, cell) })
}

// within reports whether a cell belongs to a row and to the query.
func (v values) within(key ledger.Key, cell figureCell) bool {
	if cell.Month.Before(v.query.From) || cell.Month.After(v.query.To) {
		return false
	}
	for dimension, value := range key.Dimensions {
		if !v.matches(dimension, value, cell) {
			return false
		}
	}
	for dimension, value := range v.query.Only {
		if value != "" && !v.matches(dimension, value, cell) {
			return false
		}
	}
	return true
}

// matches reports whether a cell has a value of a dimension; the line is the row's already.
func (v values) matches(dimension ledger.Dimension, value string, cell figureCell) bool {
	if text, is := periodOf(dimension, cell.Month); is {
		return value == text
	}
	switch dimension {
	case ledger.ByCommune:
		return value == cell.Commune
	case ledger.ByDistrict:
		former := v.districts[cell.Commune]
		return slices.Contains(former, value) || value == "" && len(former) == 0
	default:
		return true
	}
}

// periodOf is how the ledger writes the period of a dimension that a month falls in; not so for what is no
// period, or shorter than a month.
func periodOf(dimension ledger.Dimension, first civil.Date) (text string, is bool) {
	year, month := strconv.Itoa(first.Year), int(first.Month)
	switch dimension {
	case ledger.ByMonth:
		return monthText(first), true
	case ledger.ByQuarter:
		return year + "-Q" + strconv.Itoa((month+2)/3), true
	case ledger.ByHalfYear:
		return year + "-H" + strconv.Itoa((month+5)/6), true
	case ledger.ByYear:
		return year, true
	default:
		return "", false
	}
}
