package monitor

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// ReportKind is a length of time that is reported, as the table monitor.report_kinds says.
type ReportKind struct {
	reference.Names

	Kind string `db:"kind" json:"kind"`
	// Months is how long it is; the first of a year begins in the month BeginsIn.
	Months   int `db:"months"    json:"months"`
	BeginsIn int `db:"begins_in" json:"begins_in" doc:"The month in which the first of a year begins: 4 for the price-stabilisation year."`
	// Marker stands before the number in the period's name.
	Marker string `db:"marker" json:"marker" doc:"2026-Q1 for the marker Q; a month is 2026-03, a year 2026."`
	// GraceDays is how long after its end receipts are waited for.
	GraceDays int `db:"grace_days" json:"grace_days" doc:"Days after its end on which the report is made for who ordered it."`
}

// period is one stretch of time of a kind.
type period struct {
	ReportKind

	year, number int
}

// text is the period's name: 2026-03, 2026-Q1, 2026-H1, 2026, 2026-S1.
func (p period) text() string {
	switch year := strconv.Itoa(p.year); {
	case p.Months == 12 && p.Marker == "":
		return year
	case p.Marker == "":
		return fmt.Sprintf("%s-%02d", year, p.number)
	default:
		return year + "-" + p.Marker + strconv.Itoa(p.number)
	}
}

// first and last are the period's days, both included.
func (p period) first() civil.Date {
	return civil.New(p.year, time.Month(p.BeginsIn), 1).AddMonths((p.number - 1) * p.Months)
}

func (p period) last() civil.Date { return p.first().AddMonths(p.Months).AddDays(-1) }

// named is what people call it: "Quý 1/2026", "Quarter 1/2026", "Năm 2026".
func (p period) named() reference.Names {
	number := strconv.Itoa(p.year)
	switch {
	case p.first().Year != p.last().Year:
		number += "–" + strconv.Itoa(p.last().Year)
	case p.Months < 12:
		number = strconv.Itoa(p.number) + "/" + number
	}
	return reference.Names{Name: p.Name + " " + number, NameEN: p.NameEN + " " + number}
}

// Around is the period of the kind in which a day is: its days and what people call it.
func (k ReportKind) Around(day civil.Date) (ledger.Span, reference.Names) {
	found := period{ReportKind: k, year: day.Year - 1, number: 1}
	for found.last().Before(day) {
		found = found.next()
	}
	return ledger.Span{From: found.first(), To: found.last()}, found.named()
}

// over reports whether the period ended so long before a day that it may be reported.
func (p period) over(today civil.Date) bool { return p.last().AddDays(p.GraceDays).Before(today) }

// latest is the last period of a kind that is over on a day.
func (k ReportKind) latest(today civil.Date) period {
	found := period{ReportKind: k, year: today.Year - 2, number: 1}
	for next := found; next.over(today); next = next.next() {
		found = next
	}
	return found
}

func (p period) next() period {
	p.number++
	if p.number > 12/p.Months {
		p.year, p.number = p.year+1, 1
	}
	return p
}

// ReportKinds lists the lengths of time that are reported, the shortest first.
func (s *Service) ReportKinds(ctx context.Context) ([]ReportKind, error) {
	return reportKinds(ctx, s.db)
}

func reportKinds(ctx context.Context, reader postgres.Reader) ([]ReportKind, error) {
	const query = `
		SELECT kind, name_vi, name_en, months, begins_in, marker, grace_days FROM monitor.report_kinds ORDER BY position`
	kinds := []ReportKind{}
	err := reader.Select(ctx, &kinds, query)
	return kinds, err
}

// readPeriod finds the period of a name; ErrNoPeriod when there is none.
func readPeriod(kinds []ReportKind, text string) (period, error) {
	for _, kind := range kinds {
		for number := range 12 / kind.Months {
			year, err := strconv.Atoi(text[:min(len(text), 4)])
			if err != nil || year < 2000 || year > 2999 {
				continue
			}
			if found := (period{ReportKind: kind, year: year, number: number + 1}); found.text() == text {
				return found, nil
			}
		}
	}
	return period{}, ErrNoPeriod.At("period", "value", text)
}
