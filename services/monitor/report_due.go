package monitor

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// reportsDue is the job that has the reports made that authorities ordered.
type reportsDue struct{}

// Kind implements jobs.Args.
func (reportsDue) Kind() string { return "monitor.reports_due" }

// reportsEvery bounds how long after a period may be reported its report is made, and how long a correction
// waits for the next edition at most.
const reportsEvery = 6 * time.Hour

func (s *Service) reportJobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, s.makeEdition, jobs.Within(reportWithin))
	jobs.AddWorker(workers, func(ctx context.Context, _ reportsDue) error {
		_, err := s.DueReports(ctx)
		return err
	})
	jobs.Every(workers, reportsEvery, reportsDue{})
}

// DueReports has those reports made that an authority ordered: of the last period of each kind that may be
// reported, where there is none or the newest has been corrected since. It returns how many it asked for.
func (s *Service) DueReports(ctx context.Context) (int, error) {
	if err := s.follow(ctx); err != nil {
		return 0, err
	}
	asked := 0
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		asked = 0
		kinds, err := reportKinds(ctx, tx)
		if err != nil {
			return err
		}
		for _, kind := range kinds {
			added, err := dueOf(ctx, tx, kind.latest(reference.Day(tx.Now)))
			if asked += added; err != nil {
				return err
			}
		}
		return nil
	})
	return asked, err
}

// dueOf has the reports of a period made that were ordered and are missing, preliminary or corrected.
func dueOf(ctx context.Context, tx *postgres.Tx, p period) (int, error) {
	const due = `
		SELECT DISTINCT o.province, r.edition IS NOT NULL AS again
		  FROM monitor.report_orders w
		  JOIN identity.organisations o ON o.id = w.organisation_id AND o.state = 'approved'
		  LEFT JOIN LATERAL (SELECT e.edition, e.preliminary, e.seq, e.first_day, e.last_day FROM monitor.reports e
		                      WHERE e.province = o.province AND e.period = $2 ORDER BY e.edition DESC LIMIT 1) r ON true
		 WHERE w.kind = $1 AND (r.edition IS NULL OR r.preliminary OR ` + corrected + `)
		 ORDER BY o.province`
	var missing []struct {
		Province string `db:"province"`
		Again    bool   `db:"again"`
	}
	if err := tx.Select(ctx, &missing, due, p.Kind, p.text()); err != nil {
		return 0, err
	}
	for at, each := range missing {
		id, err := uuid.NewV7()
		if err != nil {
			return at, fmt.Errorf("naming a report: %w", err)
		}
		job := makeReport{ID: id, Period: p.text(), Province: each.Province, MadeBy: identity.SystemPrincipal().UserID}
		if each.Again {
			job.Reason = "có số liệu điều chỉnh / corrected figures"
		}
		if err := jobs.InsertTx(ctx, tx, job); err != nil {
			return at, err
		}
	}
	return len(missing), nil
}
