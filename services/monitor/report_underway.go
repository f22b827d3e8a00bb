package monitor

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// ReportUnderway is a report that was asked for and is not made yet.
type ReportUnderway struct {
	// ID is the edition's once it is made.
	ID     uuid.UUID
	Period string
	// Stage says whether it waits, is being made, is tried again or was given up.
	Stage jobs.Stage
	// Since is when it was asked for, or when the making began.
	Since time.Time
}

// How many reports under way are looked at, and for how long one that was given up is told of.
const (
	mostUnderway  = 100
	forsakenShown = 24 * time.Hour
)

// ReportsUnderway lists the reports of a province that people asked for and that are not made yet, those asked
// for first first. It refuses as RequestReport does, but for whom only reads.
func (s *Service) ReportsUnderway(ctx context.Context, who identity.Principal, province string) ([]ReportUnderway, error) {
	if err := mayReport(who, &province, who.MayRead); err != nil {
		return nil, err
	}
	undone, err := jobs.UndoneOf[makeReport](ctx, s.db, forsakenShown, mostUnderway)
	var underway []ReportUnderway
	for _, each := range undone {
		if each.Args.Province == province {
			underway = append(underway, ReportUnderway{ID: each.Args.ID, Period: each.Args.Period, Stage: each.Stage, Since: each.Since})
		}
	}
	return underway, err
}

// ReportPeriod is a stretch of time that may be reported.
type ReportPeriod struct {
	reference.Names

	Period   string
	From, To civil.Date
	// Over says that receipts of it have to be in: its report is not preliminary.
	Over bool
}

// Recent are the latest periods of the kind that have begun by a day, so many of them, the latest first.
func (k ReportKind) Recent(today civil.Date, n int) []ReportPeriod {
	var found []ReportPeriod
	each := period{ReportKind: k, year: today.Year - 1 - n, number: 1}
	for ; !each.first().After(today); each = each.next() {
		found = append([]ReportPeriod{{Names: each.named(), Period: each.text(), From: each.first(), To: each.last(), Over: each.over(today)}}, found...)
	}
	return found[:min(n, len(found))]
}

// PeriodNames is what people call a period of one of the kinds; its text where it is none.
func PeriodNames(kinds []ReportKind, text string) reference.Names {
	found, err := readPeriod(kinds, text)
	if err != nil {
		return reference.Names{Name: text, NameEN: text}
	}
	return found.named()
}
