package inquiry

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

const (
	// recordsEvery is how often all records are computed anew, which takes a busy producer's 100 000
	// deliveries a second or so.
	recordsEvery = time.Hour
	// recordsLast is how long what was computed is shown.
	recordsLast = 2 * time.Hour
	// recordsAtOnce bounds how many organisations one statement computes.
	recordsAtOnce = 5
)

// recordsDue is the job that computes all records anew.
type recordsDue struct{}

// Kind implements jobs.Args.
func (recordsDue) Kind() string { return "inquiry.records" }

// recordsChanged is the job after a dispute of two parties was settled.
type recordsChanged struct {
	ProducerID uuid.UUID `json:"producer_id"`
	BuyerID    uuid.UUID `json:"buyer_id"`
}

// Kind implements jobs.Args.
func (recordsChanged) Kind() string { return "inquiry.records_changed" }

func (s *Service) recordJobs(workers *jobs.Workers) {
	jobs.Every(workers, recordsEvery, recordsDue{})
	jobs.AddWorker(workers, func(ctx context.Context, _ recordsDue) error { return s.KeepRecords(ctx) }, jobs.Within(recordsEvery/2))
	jobs.AddWorker(workers, func(ctx context.Context, job recordsChanged) error {
		if err := s.keepRecords(ctx, identity.Producer, []uuid.UUID{job.ProducerID}); err != nil {
			return err
		}
		return s.keepRecords(ctx, identity.Buyer, []uuid.UUID{job.BuyerID})
	}, jobs.Within(recordsEvery/2))
}

// KeepRecords computes the records of the last twelve months of all who traded, and tells the catalogue
// those of producers. Done again, or by two processes at once, it does no harm: the later one stays.
func (s *Service) KeepRecords(ctx context.Context) error {
	const sellers = `SELECT DISTINCT producer_id FROM inquiry.awards WHERE producer_id > $1 ORDER BY producer_id LIMIT $2`
	const buyers = `SELECT DISTINCT buyer_id FROM inquiry.awards WHERE buyer_id > $1 ORDER BY buyer_id LIMIT $2`
	for kind, query := range map[identity.OrganisationKind]string{identity.Producer: sellers, identity.Buyer: buyers} {
		last := uuid.Nil
		for {
			var ids []uuid.UUID
			if err := s.db.Select(ctx, &ids, query, last, recordsAtOnce); err != nil {
				return err
			}
			if len(ids) == 0 {
				break
			}
			if err := s.keepRecords(ctx, kind, ids); err != nil {
				return err
			}
			last = ids[len(ids)-1]
		}
	}
	return nil
}

func (s *Service) keepRecords(ctx context.Context, kind identity.OrganisationKind, ids []uuid.UUID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		// The usual limit is made for requests.
		const patient = `SELECT set_config('statement_timeout', '5min', true)`
		if _, err := tx.Exec(ctx, patient); err != nil {
			return err
		}
		rows, err := computed(ctx, tx, kind, ids, tx.Now)
		if err != nil {
			return err
		}
		if err := storeFacts(ctx, tx, ids, rows); err != nil || kind != identity.Producer {
			return err
		}
		return catalog.SetRecordsTx(ctx, tx, standings(rows))
	})
}

// computed are the facts of the last twelve months, from what happened.
func computed(ctx context.Context, reader postgres.Reader, kind identity.OrganisationKind, ids []uuid.UUID, now time.Time) ([]factRow, error) {
	today := reference.Day(now)
	within, err := Window{}.window(today)
	if err != nil {
		return nil, err
	}
	if kind == identity.Producer {
		return kept(ctx, reader, ids, within, today)
	}
	return bought(ctx, reader, ids, within)
}

// storeFacts keeps facts as of the transaction's instant, unless later ones are there, and drops the
// measures that have no cases any more.
func storeFacts(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID, rows []factRow) error {
	if rows == nil {
		rows = []factRow{}
	}
	facts, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("writing facts: %w", err)
	}
	const store = `
		INSERT INTO inquiry.performance AS p (organisation_id, measure, line, unit, cases, met, permille, minutes, as_of)
		SELECT f.organisation_id, f.measure, f.line, f.unit, f.cases, f.met, f.permille, f.minutes, $2
		  FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS f (organisation_id uuid, measure text, line text, unit text, cases integer, met integer,
		                                                   permille bigint, minutes bigint)
		 ORDER BY f.organisation_id, f.measure, f.line, f.unit
		    ON CONFLICT (organisation_id, measure, line, unit) DO UPDATE
		   SET cases = excluded.cases, met = excluded.met, permille = excluded.permille, minutes = excluded.minutes, as_of = excluded.as_of
		 WHERE p.as_of <= excluded.as_of`
	if _, err := tx.Exec(ctx, store, string(facts), tx.Now); err != nil {
		return err
	}
	const drop = `DELETE FROM inquiry.performance WHERE organisation_id = ANY (CAST($1 AS uuid[])) AND as_of < $2`
	_, err = tx.Exec(ctx, drop, postgres.Array(ids), tx.Now)
	return err
}

// storedRow is a fact as it was kept.
type storedRow struct {
	factRow

	AsOf time.Time `db:"as_of"`
}

// stored reads the facts of organisations that were kept after an instant; asOf is that of the earliest, or
// now.
func stored(ctx context.Context, reader postgres.Reader, ids []uuid.UUID, after, now time.Time) (rows []factRow, asOf time.Time, err error) {
	const query = `
		SELECT organisation_id, measure, line, unit, cases, met, permille, minutes, as_of
		  FROM inquiry.performance WHERE organisation_id = ANY (CAST($1 AS uuid[])) AND as_of > $2
		 ORDER BY organisation_id, measure, line, unit`
	var found []storedRow
	if err := reader.Select(ctx, &found, query, postgres.Array(ids), after); err != nil {
		return nil, now, err
	}
	for _, row := range found {
		rows = append(rows, row.factRow)
		if row.AsOf.Before(now) {
			now = row.AsOf
		}
	}
	return rows, now, nil
}

// facts are those of the last twelve months: as they were kept lately, else computed.
func facts(ctx context.Context, reader postgres.Reader, of identity.Organisation, now time.Time) ([]factRow, time.Time, error) {
	ids := []uuid.UUID{of.ID}
	rows, asOf, err := stored(ctx, reader, ids, now.Add(-recordsLast), now)
	if err == nil && len(rows) == 0 {
		rows, err = computed(ctx, reader, of.Kind, ids, now)
	}
	return rows, asOf, err
}

// standings are what the catalogue sorts producers by.
func standings(rows []factRow) []catalog.ProducerRecord {
	records := make([]catalog.ProducerRecord, 0, len(rows)/4)
	at := make(map[uuid.UUID]int)
	for _, row := range rows {
		place, known := at[row.OrganisationID]
		if !known {
			place = len(records)
			at[row.OrganisationID] = place
			records = append(records, catalog.ProducerRecord{ProducerID: row.OrganisationID})
		}
		standing := catalog.Standing{Cases: row.Cases}
		if row.Cases >= FewCases {
			standing.Permille = row.Permille
		}
		switch row.Measure {
		case measureOnTime:
			records[place].OnTime = standing
		case measureInFull:
			records[place].InFull = standing
		}
	}
	return records
}
