package monitor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
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
	SeenAt    *time.Time        `db:"seen_at"      json:"seen_at,omitempty" doc:"When somebody of the authority first said that it was looked at; until then it waits on the desk, as long as the month is not over."`
}

// alertRows are alerts with their acknowledgements.
const alertRows = `
	SELECT a.id, a.product_line, a.dried, a.unit, to_char(a.month, 'YYYY-MM') AS month, a.scheme, a.uncovered, a.least, a.requested, a.available, a.noted_at,
	       k.at AS seen_at
	  FROM monitor.gap_alerts a LEFT JOIN monitor.gap_acknowledgements k ON k.alert_id = a.id`

// GapAlerts lists what the principal's authority was told of, newest first: those before an id, or from the
// newest with the zero one. It refuses whoever is no official with fault.ErrForbidden.
func (s *Service) GapAlerts(ctx context.Context, who identity.Principal, before uuid.UUID, limit int) ([]GapAlert, error) {
	if err := mayOrder(who, who.MayRead); err != nil {
		return nil, err
	}
	const query = alertRows + ` WHERE a.organisation_id = $1 AND ($2 OR a.id < $3) ORDER BY a.id DESC LIMIT $4`
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

// AcknowledgeGap says that somebody of the principal's authority looked at a gap that it was told of: it waits on
// the desk no more. Said again it changes nothing. Refused: whoever is no official with fault.ErrForbidden, what
// MayWrite refuses, fault.ErrNotFound for what the authority was not told of.
func (s *Service) AcknowledgeGap(ctx context.Context, who identity.Principal, id uuid.UUID) (GapAlert, error) {
	if err := mayOrder(who, who.MayWrite); err != nil {
		return GapAlert{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (GapAlert, error) {
		const acknowledge = `
			INSERT INTO monitor.gap_acknowledgements (alert_id, user_id, at)
			SELECT a.id, $3, $4 FROM monitor.gap_alerts a WHERE a.id = $1 AND a.organisation_id = $2
			    ON CONFLICT ON CONSTRAINT gap_acknowledged_once DO NOTHING`
		added, err := tx.Exec(ctx, acknowledge, id, who.OrganisationID, who.UserID, tx.Now)
		if err != nil {
			return GapAlert{}, err
		}
		const read = alertRows + ` WHERE a.id = $1 AND a.organisation_id = $2`
		var alert GapAlert
		err = tx.Get(ctx, &alert, read, id, who.OrganisationID)
		if errors.Is(err, postgres.ErrNoRows) {
			return GapAlert{}, fault.ErrNotFound.With()
		}
		if err != nil || added == 0 {
			return alert, err
		}
		return alert, identity.RecordTx(ctx, tx, who, "gap.acknowledged", identity.Subject{Kind: "gap_alert", ID: id}, nil)
	})
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
		rows, err = standings(ctx, tx, nil, ahead(ledger.Query{}, today), today)
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
