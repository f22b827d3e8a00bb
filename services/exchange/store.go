package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

const importColumns = `
	id, organisation_id, user_id, key_id, kind, dry_run, file_name, format, unknown, ignored, state, reason, rows, done,
	created, updated, unchanged, refused, created_at, started_at, finished_at, purged_at`

func insertImport(ctx context.Context, tx *postgres.Tx, row importRow, content []byte) error {
	const insert = `
		INSERT INTO exchange.imports (id, organisation_id, user_id, key_id, kind, dry_run, file_name, format, unknown, ignored, state,
		       rows, created_at, touched_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', $11, $12, $12)`
	_, err := tx.Exec(ctx, insert, row.ID, row.OrganisationID, row.UserID, row.KeyID, string(row.Kind), row.DryRun, row.FileName,
		string(row.Format), postgres.Array(row.Unknown), postgres.Array(row.Ignored), row.Rows, tx.Now)
	if err != nil {
		return postgres.MapConstraint(err, byConstraint)
	}
	const keep = `INSERT INTO exchange.files (import_id, content) VALUES ($1, $2)`
	_, err = tx.Exec(ctx, keep, row.ID, content)
	return err
}

// ownImport reads an import of an organisation; fault.ErrNotFound when there is none.
func ownImport(ctx context.Context, reader postgres.Reader, organisation, id uuid.UUID) (importRow, error) {
	const query = `SELECT ` + importColumns + ` FROM exchange.imports WHERE id = $1 AND organisation_id = $2`
	var row importRow
	err := reader.Get(ctx, &row, query, id, organisation)
	if errors.Is(err, postgres.ErrNoRows) {
		err = fault.ErrNotFound.With()
	}
	return row, err
}

// lockImport holds an import until the transaction ends: whoever moves it on holds it.
func lockImport(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (importRow, error) {
	const query = `SELECT ` + importColumns + ` FROM exchange.imports WHERE id = $1 FOR UPDATE`
	var row importRow
	err := tx.Get(ctx, &row, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		err = fault.ErrNotFound.With()
	}
	return row, err
}

func fileOf(ctx context.Context, reader postgres.Reader, id uuid.UUID) ([]byte, error) {
	const query = `SELECT content FROM exchange.files WHERE import_id = $1`
	var content []byte
	err := reader.Get(ctx, &content, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		err = ErrPurged.With("days", int(KeepFiles.Hours())/24)
	}
	return content, err
}

// setState writes a state that an import goes into; an ended one is finished now.
func setState(ctx context.Context, tx *postgres.Tx, id uuid.UUID, state State, reason *Complaint) error {
	const update = `
		UPDATE exchange.imports
		   SET state = $2, reason = $3, touched_at = $4,
		       started_at = coalesce(started_at, CASE WHEN $2 = 'running' THEN CAST($4 AS timestamptz) END),
		       finished_at = CASE WHEN $2 IN ('done', 'failed', 'cancelled') THEN CAST($4 AS timestamptz) END
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, id, string(state), postgres.JSON[*Complaint]{V: reason}, tx.Now)
	return err
}

// advance moves an import past the rows with these outcomes.
func advance(ctx context.Context, tx *postgres.Tx, id uuid.UUID, outcomes []outcome) error {
	var counts Counts
	counts.add(outcomes)
	const update = `
		UPDATE exchange.imports
		   SET done = done + $2, created = created + $3, updated = updated + $4, unchanged = unchanged + $5, refused = refused + $6,
		       touched_at = $7
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, id, len(outcomes), counts.Created, counts.Updated, counts.Unchanged, counts.Refused, tx.Now)
	if err != nil {
		return err
	}
	const insert = `
		INSERT INTO exchange.outcomes (import_id, row, verdict, subject_id, complaints)
		SELECT $1, o.row, o.verdict, CAST(nullif(o.subject, '') AS uuid), CAST(o.complaints AS jsonb)
		  FROM unnest(CAST($2 AS int[]), CAST($3 AS text[]), CAST($4 AS text[]), CAST($5 AS text[])) AS o(row, verdict, subject, complaints)`
	rows, verdicts := make([]int64, len(outcomes)), make([]string, len(outcomes))
	subjects, complaints := make([]string, len(outcomes)), make([]string, len(outcomes))
	for i, o := range outcomes {
		rows[i], verdicts[i], complaints[i] = int64(o.Row), string(o.Verdict), "[]"
		if o.Subject != uuid.Nil {
			subjects[i] = o.Subject.String()
		}
		if len(o.Complaints) > 0 {
			text, err := json.Marshal(o.Complaints)
			if err != nil {
				return fmt.Errorf("writing complaints: %w", err)
			}
			complaints[i] = string(text)
		}
	}
	_, err = tx.Exec(ctx, insert, id, postgres.Array(rows), postgres.Array(verdicts), postgres.Array(subjects), postgres.Array(complaints))
	return err
}

// refusalsOf reads the first refused rows of each import.
func refusalsOf(ctx context.Context, reader postgres.Reader, ids []uuid.UUID) (map[uuid.UUID][]Refusal, error) {
	const query = `
		SELECT i.id, o.row, o.complaints
		  FROM unnest(CAST($1 AS uuid[])) AS i(id)
		  JOIN LATERAL (SELECT r.row, r.complaints FROM exchange.outcomes r
		                 WHERE r.import_id = i.id AND r.verdict = 'refused' ORDER BY r.row LIMIT $2) o ON true
		 ORDER BY i.id, o.row`
	var rows []struct {
		ID         uuid.UUID                  `db:"id"`
		Row        int                        `db:"row"`
		Complaints postgres.JSON[[]Complaint] `db:"complaints"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids), InlineRefusals); err != nil {
		return nil, err
	}
	refusals := make(map[uuid.UUID][]Refusal, len(ids))
	for _, id := range ids {
		refusals[id] = []Refusal{}
	}
	for _, row := range rows {
		refusals[row.ID] = append(refusals[row.ID], Refusal{Row: row.Row, Errors: row.Complaints.V})
	}
	return refusals, nil
}

// outcomesOf reads what became of the rows of an import, by the rows' numbers.
func outcomesOf(ctx context.Context, reader postgres.Reader, id uuid.UUID) (map[int]outcome, error) {
	const query = `SELECT row, verdict, subject_id, complaints FROM exchange.outcomes WHERE import_id = $1`
	outcomes := make(map[int]outcome)
	err := reader.Each(ctx, query, []any{id}, func(scan func(dest ...any) error) error {
		var o outcome
		var subject uuid.NullUUID
		var complaints postgres.JSON[[]Complaint]
		if err := scan(&o.Row, &o.Verdict, &subject, &complaints); err != nil {
			return fmt.Errorf("reading an outcome: %w", err)
		}
		o.Subject, o.Complaints = subject.UUID, complaints.V
		outcomes[o.Row] = o
		return nil
	})
	return outcomes, err
}
