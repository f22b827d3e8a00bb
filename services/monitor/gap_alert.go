package monitor

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// EventGapNoted is the event of the audit trail for a gap that an authority is to be told of; its detail names
// the authority, the line, the month, how much is wanting and its unit.
const EventGapNoted = "gap.noted"

// GapAlert is a gap that an authority was told of, as it was then.
type GapAlert struct {
	ID        uuid.UUID         `db:"id"           json:"id"`
	Line      string            `db:"product_line" json:"line"`
	Dried     bool              `db:"dried"        json:"dried"`
	Unit      string            `db:"unit"         json:"unit"`
	Month     string            `db:"month"        json:"month"     doc:"2026-03: of delivery."`
	Scheme    string            `db:"scheme"       json:"scheme"    doc:"Empty where none was asked for."`
	Uncovered int               `db:"uncovered"    json:"uncovered_percent" doc:"The threshold that was crossed."`
	Least     quantity.Quantity `db:"least"        json:"least"`
	Requested quantity.Quantity `db:"requested"    json:"requested"`
	Available quantity.Quantity `db:"available"    json:"available"`
	NotedAt   time.Time         `db:"noted_at"     json:"noted_at"`
}

// GapAlerts lists what the principal's authority was told of, newest first: those before an id, or from the
// newest with the zero one. It refuses whoever is no official with fault.ErrForbidden.
func (s *Service) GapAlerts(ctx context.Context, who identity.Principal, before uuid.UUID, limit int) ([]GapAlert, error) {
	if err := mayOrder(who, who.MayRead); err != nil {
		return nil, err
	}
	const query = `
		SELECT id, product_line, dried, unit, to_char(month, 'YYYY-MM') AS month, scheme, uncovered, least, requested, available, noted_at
		  FROM monitor.gap_alerts WHERE organisation_id = $1 AND ($2 OR id < $3) ORDER BY id DESC LIMIT $4`
	alerts := []GapAlert{}
	err := s.db.Select(ctx, &alerts, query, who.OrganisationID, before == uuid.Nil, before, limit)
	return alerts, err
}

// CountGapAlerts counts what GapAlerts would list.
func (s *Service) CountGapAlerts(ctx context.Context, who identity.Principal) (int, error) {
	if err := mayOrder(who, who.MayRead); err != nil {
		return 0, err
	}
	count := 0
	err := s.db.Get(ctx, &count, `SELECT count(*) FROM monitor.gap_alerts WHERE organisation_id = $1`, who.OrganisationID)
	return count, err
}

// gapsDue is the job that notes gaps.
type gapsDue struct{}

// Kind implements jobs.Args.
func (gapsDue) Kind() string { return "monitor.gaps_due" }

const gapsEvery = 24 * time.Hour

func (s *Service) gapJobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, func(ctx context.Context, _ gapsDue) error {
		_, err := s.NoteGaps(ctx)
		return err
	})
	jobs.Every(workers, gapsEvery, gapsDue{})
}

// NoteGaps notes the gaps that cross a threshold, each once for it, so that their authorities are told, and returns how
// many were new. Run it as often as you like.
func (s *Service) NoteGaps(ctx context.Context) (int, error) {
	var rows []standing
	err := s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) (err error) {
		today := reference.Day(tx.Now)
		rows, err = standings(ctx, tx, ahead(ledger.Query{}, today), today)
		return err
	})
	if err != nil {
		return 0, err
	}
	noted := 0
	err = s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		noted = 0
		authorities, err := identity.ApprovedOrganisations(ctx, tx, identity.Authority)
		if err != nil {
			return err
		}
		for _, authority := range authorities {
			thresholds, err := gapThresholds(ctx, tx, authority.ID)
			if err != nil {
				return err
			}
			added, err := noteFor(ctx, tx, authority.ID, thresholds, rows)
			if noted += added; err != nil {
				return err
			}
		}
		return nil
	})
	return noted, err
}

// noteFor notes what crosses the thresholds of an authority.
func noteFor(ctx context.Context, tx *postgres.Tx, authority uuid.UUID, thresholds []GapThreshold, rows []standing) (int, error) {
	noted := 0
	for _, row := range rows {
		key := row.gapKey
		month, err := civil.Parse(key.month + "-01")
		if err != nil {
			return noted, err
		}
		free := row.available()
		threshold, crosses := crossed(thresholds, key.Line, month, reference.Day(tx.Now), row.open, free)
		if !crosses {
			continue
		}
		id, err := uuid.NewV7()
		if err != nil {
			return noted, fmt.Errorf("naming an alert: %w", err)
		}
		const insert = `
			INSERT INTO monitor.gap_alerts (id, organisation_id, threshold_id, product_line, dried, unit, month, scheme, uncovered, least, requested, available, noted_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT ON CONSTRAINT gap_alert_once DO NOTHING`
		added, err := tx.Exec(ctx, insert, id, authority, threshold.ID, key.Line, key.Dried, key.Unit, month, key.scheme, threshold.Uncovered,
			int64(threshold.Least), int64(row.open), int64(free), tx.Now)
		if err != nil {
			return noted, err
		}
		if added == 0 {
			continue
		}
		noted++
		err = identity.RecordTx(ctx, tx, identity.SystemPrincipal(), EventGapNoted, identity.Subject{Kind: "gap_alert", ID: id}, map[string]any{
			"organisation_id": authority, "line": key.Line, "month": key.month, "wanting": row.open - free, "unit": key.Unit,
		})
		if err != nil {
			return noted, err
		}
	}
	return noted, nil
}
