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
	jobs.AddWorker(workers, s.makeDue, jobs.Within(reportWithin))
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

// makeDueReport is the job that makes the next edition of an ordered report, if it is still due then. There is
// one of it at a time, however long the queue.
type makeDueReport struct {
	Period   string `json:"period"`
	Province string `json:"province"`
}

// Kind implements jobs.Args.
func (makeDueReport) Kind() string { return "monitor.make_due_report" }

// makeDue is the job: done again it finds that nothing is due any more.
func (s *Service) makeDue(ctx context.Context, job makeDueReport) error {
	var due []dueReport
	err := s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		kinds, err := reportKinds(ctx, tx)
		if err != nil {
			return err
		}
		p, err := readPeriod(kinds, job.Period)
		if err != nil {
			return err
		}
		due, err = dueIn(ctx, tx, p)
		return err
	})
	if err != nil {
		return err
	}
	for _, each := range due {
		if each.Province != job.Province {
			continue
		}
		edition := makeReport{Period: job.Period, Province: job.Province, MadeBy: identity.SystemPrincipal().UserID, Edition: each.Newest + 1}
		if edition.ID, err = uuid.NewV7(); err != nil {
			return fmt.Errorf("naming a report: %w", err)
		}
		if each.Newest > 0 {
			edition.Reason = "có số liệu điều chỉnh / corrected figures"
		}
		return s.makeEdition(ctx, edition)
	}
	return nil
}

// dueReport is an ordered report that is missing, or whose newest edition is preliminary or corrected.
type dueReport struct {
	Province string `db:"province"`
	Newest   int    `db:"newest"` // 0 when it is missing
}

// dueIn are the reports of a period that are due.
func dueIn(ctx context.Context, tx *postgres.Tx, p period) ([]dueReport, error) {
	const query = `
		SELECT DISTINCT o.province, coalesce(r.edition, 0) AS newest
		  FROM monitor.report_orders w
		  JOIN identity.organisations o ON o.id = w.organisation_id AND o.state = 'approved'
		  LEFT JOIN LATERAL (SELECT e.edition, e.preliminary, e.seq, e.declarations, e.first_day, e.last_day FROM monitor.reports e
		                      WHERE e.province = o.province AND e.period = $2 ORDER BY e.edition DESC LIMIT 1) r ON true
		 WHERE w.kind = $1 AND (r.edition IS NULL OR r.preliminary OR ` + corrected + `)
		 ORDER BY o.province`
	var due []dueReport
	err := tx.Select(ctx, &due, query, p.Kind, p.text())
	return due, err
}

// dueOf has the reports of a period made that were ordered and are due.
func dueOf(ctx context.Context, tx *postgres.Tx, p period) (int, error) {
	due, err := dueIn(ctx, tx, p)
	if err != nil {
		return 0, err
	}
	for at, each := range due {
		if err := jobs.InsertTx(ctx, tx, makeDueReport{Period: p.text(), Province: each.Province}, jobs.Unique()); err != nil {
			return at, err
		}
	}
	return len(due), nil
}
