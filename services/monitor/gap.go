package monitor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// GapThreshold says from when on an authority is told of a gap.
type GapThreshold struct {
	ID   uuid.UUID `db:"id"           json:"-"`
	Line string    `db:"product_line" json:"line,omitempty" doc:"The line that it is for; left out: every line that has none of its own."`
	// Uncovered is a percentage of the open demand.
	Uncovered int               `db:"uncovered" json:"uncovered_percent" minimum:"1" maximum:"100" doc:"Percent of the open demand that no supply left could meet."`
	Least     quantity.Quantity `db:"least"     json:"least"             doc:"Smaller gaps are not told; in the unit of the row."`
	Weeks     int               `db:"weeks"     json:"weeks"             minimum:"1" maximum:"52" doc:"How many weeks ahead a month may begin."`
}

// maxThresholds bounds what an authority sets: one for each line, and some more.
const maxThresholds = 200

// GapThresholds lists those of the principal's authority: the general one first, then by line. It refuses whoever
// is no official with fault.ErrForbidden.
func (s *Service) GapThresholds(ctx context.Context, who identity.Principal) ([]GapThreshold, error) {
	if err := mayOrder(who, who.MayRead); err != nil {
		return nil, err
	}
	return gapThresholds(ctx, s.db, who.OrganisationID)
}

func gapThresholds(ctx context.Context, reader postgres.Reader, authority uuid.UUID) ([]GapThreshold, error) {
	const query = `
		SELECT id, coalesce(product_line, '') AS product_line, uncovered, least, weeks FROM monitor.gap_thresholds
		 WHERE organisation_id = $1 ORDER BY product_line NULLS FIRST`
	thresholds := []GapThreshold{}
	err := reader.Select(ctx, &thresholds, query, authority)
	return thresholds, err
}

// SetGapThresholds puts these in the place of all that the principal's authority had; those that stay the same
// stay, and what was told for them is not told again. match decides by [ThresholdsVersion] whether those that
// there are may go; nil takes any. Refused: whoever is no official with fault.ErrForbidden, an
// unknown line with fault.ErrUnknownValue, numbers out of bounds with fault.ErrOutOfRange, two for a line with
// ErrThresholdTwice, and what match refuses.
func (s *Service) SetGapThresholds(ctx context.Context, who identity.Principal, match func(version int64) error, thresholds []GapThreshold) ([]GapThreshold, error) {
	if err := mayOrder(who, who.MayWrite); err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) ([]GapThreshold, error) {
		if err := checkThresholds(ctx, tx, thresholds); err != nil {
			return nil, err
		}
		// One after the other: what is compared is what is replaced, also where there is no row yet to lock.
		const alone = `SELECT pg_advisory_xact_lock(hashtextextended('gap_thresholds ' || $1, 0))`
		if _, err := tx.Exec(ctx, alone, who.OrganisationID); err != nil {
			return nil, err
		}
		had, err := gapThresholds(ctx, tx, who.OrganisationID)
		if err != nil {
			return nil, err
		}
		if match != nil {
			if err := match(ThresholdsVersion(had)); err != nil {
				return nil, err
			}
		}
		kept := []uuid.UUID{}
		fresh := slices.DeleteFunc(slices.Clone(thresholds), func(t GapThreshold) bool {
			at := slices.IndexFunc(had, t.same)
			if at >= 0 {
				kept = append(kept, had[at].ID)
			}
			return at >= 0
		})
		if len(fresh) == 0 && len(kept) == len(had) {
			return had, nil
		}
		const end = `DELETE FROM monitor.gap_thresholds WHERE organisation_id = $1 AND id <> ALL (CAST($2 AS uuid[]))`
		if _, err := tx.Exec(ctx, end, who.OrganisationID, postgres.Array(kept)); err != nil {
			return nil, err
		}
		for _, each := range fresh {
			if err := insertThreshold(ctx, tx, who, each); err != nil {
				return nil, err
			}
		}
		err = identity.RecordTx(ctx, tx, who, "gap_thresholds.set", identity.Subject{Kind: "organisation", ID: who.OrganisationID},
			map[string]any{"before": had, "after": thresholds})
		if err != nil {
			return nil, err
		}
		return gapThresholds(ctx, tx, who.OrganisationID)
	})
}

// ThresholdsVersion tells sets of thresholds of an authority apart: it changes with every change of one. Of none it
// is 0, and never negative.
func ThresholdsVersion(thresholds []GapThreshold) int64 {
	ids := make([][]byte, 0, len(thresholds))
	for _, each := range thresholds {
		ids = append(ids, each.ID[:]) // whatever changes gets an id of its own
	}
	if len(ids) == 0 {
		return 0
	}
	slices.SortFunc(ids, bytes.Compare)
	sum := sha256.Sum256(bytes.Join(ids, nil))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 1)
}

func (t GapThreshold) same(other GapThreshold) bool {
	t.ID = other.ID
	return t == other
}

func insertThreshold(ctx context.Context, tx *postgres.Tx, who identity.Principal, t GapThreshold) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("naming a threshold: %w", err)
	}
	const insert = `
		INSERT INTO monitor.gap_thresholds (id, organisation_id, product_line, uncovered, least, weeks, set_by, set_at)
		VALUES ($1, $2, nullif($3, ''), $4, $5, $6, $7, $8)`
	_, err = tx.Exec(ctx, insert, id, who.OrganisationID, t.Line, t.Uncovered, int64(t.Least), t.Weeks, who.UserID, tx.Now)
	if postgres.Constraint(err) == "threshold_once" { // another official of the authority set them meanwhile
		return ErrThresholdTwice.With()
	}
	return err
}

func checkThresholds(ctx context.Context, tx *postgres.Tx, thresholds []GapThreshold) error {
	var wrong fault.Collector
	if len(thresholds) > maxThresholds {
		wrong.Add("thresholds", fault.ErrTooLong, "max", maxThresholds)
		return wrong.Err()
	}
	names, err := readNames(ctx, tx)
	if err != nil {
		return err
	}
	lines := make(map[string]bool, len(thresholds))
	for at, each := range thresholds {
		field := "thresholds[" + strconv.Itoa(at) + "]"
		if _, known := names[ledger.ByLine][each.Line]; each.Line != "" && !known {
			wrong.Add(field+".line", fault.ErrUnknownValue, "value", each.Line, "allowed", "/v1/reference/lines")
		}
		if lines[each.Line] {
			wrong.Add(field+".line", ErrThresholdTwice)
		}
		lines[each.Line] = true
		if each.Uncovered < 1 || each.Uncovered > 100 {
			wrong.Add(field+".uncovered_percent", fault.ErrOutOfRange, "min", 1, "max", 100)
		}
		if each.Least < 0 {
			wrong.Add(field+".least", fault.ErrOutOfRange, "min", 0, "max", quantity.Max)
		}
		if each.Weeks < 1 || each.Weeks > 52 {
			wrong.Add(field+".weeks", fault.ErrOutOfRange, "min", 1, "max", 52)
		}
	}
	return wrong.Err()
}

// crossed is the threshold that a gap of a line in a month crosses on a day: that of the line where there is
// one, else the general one. The current month has begun, and counts.
func crossed(thresholds []GapThreshold, line string, month, today civil.Date, open, free quantity.Quantity) (GapThreshold, bool) {
	at := slices.IndexFunc(thresholds, func(t GapThreshold) bool { return t.Line == line })
	if at < 0 {
		at = slices.IndexFunc(thresholds, func(t GapThreshold) bool { return t.Line == "" })
	}
	if at < 0 {
		return GapThreshold{}, false
	}
	t, gap := thresholds[at], open-free
	return t, open > 0 && gap > 0 && gap >= t.Least && gap*100 >= open*quantity.Quantity(t.Uncovered) &&
		month.AddMonths(1).After(today) && !month.After(today.AddDays(7*t.Weeks))
}
