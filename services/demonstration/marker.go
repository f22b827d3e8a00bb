package demonstration

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Loaded reports whether the demonstration is in the database, complete. It reads with either
// role.
func Loaded(ctx context.Context, reader postgres.Reader) (bool, error) {
	began, finished, err := marker(ctx, reader)
	return !began.IsZero() && finished, err
}

// Invented reports whether anything in the database is made up, by Load or by Generate, so that
// pages and exports must carry [Notice]. It reads with either role.
func Invented(ctx context.Context, reader postgres.Reader) (bool, error) {
	const query = `SELECT EXISTS (SELECT FROM identity.organisations WHERE fictional)`
	var found bool
	err := reader.Get(ctx, &found, query)
	return found, err
}

// marker reads when a load began, if one did, and whether it came to its end.
func marker(ctx context.Context, reader postgres.Reader) (began time.Time, finished bool, err error) {
	const query = `SELECT began_at, finished_at IS NOT NULL AS finished FROM demonstration.loaded`
	var found struct {
		Began    time.Time `db:"began_at"`
		Finished bool      `db:"finished"`
	}
	err = reader.Get(ctx, &found, query)
	if errors.Is(err, postgres.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return found.Began, found.Finished, err
}

// begin notes that a load begins and reports whether there is anything to do. The note is
// committed before the first step, so that an interruption is seen.
func begin(ctx context.Context, owner *postgres.DB, c *cast, now time.Time) (fresh bool, err error) {
	err = owner.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		fresh = false
		// Two that start at once: the second waits here and then finds the work done or under way.
		if _, err := tx.Exec(ctx, `LOCK TABLE demonstration.loaded IN ACCESS EXCLUSIVE MODE`); err != nil {
			return err
		}
		began, finished, err := marker(ctx, tx)
		if err != nil || finished {
			return err
		}
		if !began.IsZero() {
			if err := wipe(ctx, tx, c, began); err != nil {
				return err
			}
		}
		var used bool
		if err := tx.Get(ctx, &used, `SELECT EXISTS (SELECT FROM identity.organisations)`); err != nil || used {
			return err
		}
		fresh = true
		const note = `INSERT INTO demonstration.loaded (began_at, seed) VALUES ($1, $2)`
		_, err = tx.Exec(ctx, note, now.UTC(), Seed)
		return err
	})
	return fresh, err
}

// wipe takes away what an interrupted load has written, or refuses with ErrInterrupted when an
// organisation is there that no load writes.
func wipe(ctx context.Context, tx *postgres.Tx, c *cast, began time.Time) error {
	names := make([]string, 0, len(c.organisations))
	for _, o := range c.organisations {
		names = append(names, o.name)
	}
	const strangers = `SELECT count(*) FROM identity.organisations WHERE name <> ALL (CAST($1 AS text[]))`
	var foreign int
	if err := tx.Get(ctx, &foreign, strangers, postgres.Array(names)); err != nil {
		return err
	}
	if foreign > 0 {
		return ErrInterrupted.With("began_at", began.Format(time.RFC3339), "foreign", foreign)
	}
	// Everything of a deal, a product or a person hangs on these by foreign keys; the ledger and
	// the audit trail hold bare ids.
	const truncate = `
		TRUNCATE identity.organisations, identity.users, identity.audit_events, identity.audit_seals,
		         ledger.postings, ledger.seals, ledger.offers, ledger.lines, ledger.awards, ledger.reservations,
		         ledger.daily, ledger.goods, ledger.demands,
		         demonstration.loaded CASCADE`
	if _, err := tx.Exec(ctx, truncate); err != nil {
		return fmt.Errorf("clearing an interrupted load: %w", err)
	}
	const again = `UPDATE ledger.rollup_place SET xact = '0', id = '00000000-0000-0000-0000-000000000000', epoch = epoch + 1`
	if _, err := tx.Exec(ctx, again); err != nil {
		return fmt.Errorf("beginning the volumes anew: %w", err)
	}
	return nil
}

// finish notes that the load is complete and refreshes the statistics that the planner of the
// database works with.
func finish(ctx context.Context, owner *postgres.DB) error {
	const note = `UPDATE demonstration.loaded SET finished_at = now()`
	if _, err := owner.Exec(ctx, note); err != nil {
		return err
	}
	_, err := owner.Exec(ctx, `ANALYZE`)
	return err
}
