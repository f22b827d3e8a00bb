package exchange

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// importJob carries one import through.
type importJob struct {
	ID uuid.UUID `json:"id"`
}

// Kind implements jobs.Args.
func (importJob) Kind() string { return "exchange.import" }

// purgeJob removes old files.
type purgeJob struct{}

// Kind implements jobs.Args.
func (purgeJob) Kind() string { return "exchange.purge" }

// Jobs adds what this service does after its transactions.
func (s *Service) Jobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, func(ctx context.Context, job importJob) error { return s.Work(ctx, job.ID) }, jobs.Within(workTime))
	jobs.AddWorker(workers, func(ctx context.Context, _ purgeJob) error {
		_, err := s.Purge(ctx)
		return err
	})
	jobs.Every(workers, time.Hour, purgeJob{})
}

// Sweep adds a job for every import that lost its process: nobody holds it, and it has not moved for
// a while. One whose process lives after all does no harm: only one of the two gets each batch.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		// A batch that is on its way, however long it takes, holds its import.
		const touch = `
			UPDATE exchange.imports SET touched_at = $1
			 WHERE id IN (SELECT i.id FROM exchange.imports i
			               WHERE i.state = 'running' AND i.touched_at < $2 OR i.state = 'waiting' AND i.touched_at < $3
			                 FOR UPDATE SKIP LOCKED)
			RETURNING id`
		var ids []uuid.UUID
		if err := tx.Select(ctx, &ids, touch, tx.Now, tx.Now.Add(-standsStill), tx.Now.Add(-waitsLong)); err != nil {
			return err
		}
		for _, id := range ids {
			if err := jobs.InsertTx(ctx, tx, importJob{ID: id}); err != nil {
				return err
			}
		}
		return nil
	})
}

// run is one attempt to carry an import through.
type run struct {
	importRow

	list  layout
	rules *rules
	// rows are the rows' numbers by what they mean, to find those that mean the same; subjects the
	// same by the things that were found.
	rows     map[string]int
	subjects map[uuid.UUID]int
}

// errStopped says that an import is no longer this run's to carry on: it was cancelled, or
// another process works on it.
var errStopped = errors.New("the import is not this run's any more")

// errDryRun rolls a dry run's batch back.
var errDryRun = errors.New("a dry run leaves nothing behind")

// Work carries an import through, from where it stopped. It is the job's work, for tests too. An
// import that ended is nothing to do.
func (s *Service) Work(ctx context.Context, id uuid.UUID) error {
	r, err := s.takeUp(ctx, id)
	if err != nil || r == nil {
		return err
	}
	content, err := fileOf(ctx, s.db, id)
	if err != nil {
		return err
	}
	file, list, err := s.look(content, r.Kind)
	if err != nil {
		return s.fail(ctx, r, err)
	}
	r.list = list
	err = s.carry(ctx, r, file)
	if errors.Is(err, errStopped) {
		return nil
	}
	return err
}

// takeUp says that an import runs; nil when it has ended.
func (s *Service) takeUp(ctx context.Context, id uuid.UUID) (*run, error) {
	r := &run{rules: &rules{wording: s.wording, lexicon: s.lexicon, remembered: map[string]remembered{}}, rows: map[string]int{}}
	ended := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var err error
		if r.importRow, err = lockImport(ctx, tx, id); err != nil {
			return err
		}
		if ended = r.FinishedAt != nil; ended {
			return nil
		}
		r.State = Running
		return setState(ctx, tx, id, Running, nil)
	})
	if err != nil || ended {
		return nil, err
	}
	before, err := outcomesOf(ctx, s.db, id)
	r.subjects = make(map[uuid.UUID]int, len(before))
	for _, o := range before {
		if o.Subject != uuid.Nil {
			r.subjects[o.Subject] = o.Row
		}
	}
	return r, err
}

// carry puts the rows through, batch by batch.
func (s *Service) carry(ctx context.Context, r *run, file *sheet.File) error {
	var batch []sheet.Row
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		if err := s.putBatch(ctx, r, batch); err != nil {
			return err
		}
		r.Done += len(batch)
		batch = batch[:0]
		return nil
	}
	skip := r.Done
	err := r.list.eachRow(file, func(at int, row sheet.Row) error {
		if at < skip { // through already: only what it means must be known
			r.remember(row)
			return nil
		}
		if batch = append(batch, row); len(batch) < batchRows {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return err
	}
	return s.finish(ctx, r)
}

// keyOf is what tells rows apart that mean the same thing.
func (r *run) keyOf(row sheet.Row) string {
	reader := r.rules.read(r.list.values(row))
	switch r.Kind {
	case Offers:
		return reader.offer().key()
	case Receipts:
		return reader.receipt().key()
	default:
		return reader.product("id").key()
	}
}

func (r *run) remember(row sheet.Row) {
	if key := r.keyOf(row); r.rows[key] == 0 {
		r.rows[key] = row.Number
	}
}

// putBatch puts some rows through in one transaction, with the note of how far it got. A dry run
// takes back what it did and notes it in another.
func (s *Service) putBatch(ctx context.Context, r *run, rows []sheet.Row) error {
	var outcomes []outcome
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if err := r.hold(ctx, tx); err != nil {
			return err
		}
		who, err := identity.ActingTx(ctx, tx, r.UserID, r.OrganisationID, r.KeyID.UUID)
		if err != nil {
			return err
		}
		if outcomes, err = s.putRows(ctx, tx, who, r, rows); err != nil {
			return err
		}
		if r.DryRun {
			return errDryRun
		}
		return advance(ctx, tx, r.ID, outcomes)
	})
	if errors.Is(err, errDryRun) {
		for i := range outcomes {
			if outcomes[i].Verdict == catalog.Created && r.Kind != Receipts {
				outcomes[i].Subject = uuid.Nil // it does not exist; a delivery does
			}
		}
		err = s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
			if err := r.hold(ctx, tx); err != nil {
				return err
			}
			return advance(ctx, tx, r.ID, outcomes)
		})
	}
	if _, named := fault.From(err); err != nil && named && !errors.Is(err, fault.ErrUnavailable) && !postgres.Retryable(err) {
		return s.fail(ctx, r, err)
	}
	if err != nil {
		return err
	}
	for _, row := range rows {
		r.remember(row)
	}
	for _, o := range outcomes {
		if o.Subject != uuid.Nil {
			r.subjects[o.Subject] = o.Row
		}
	}
	return nil
}

// hold keeps the import to this transaction, if it still runs and stands where this run left it.
func (r *run) hold(ctx context.Context, tx *postgres.Tx) error {
	now, err := lockImport(ctx, tx, r.ID)
	if err == nil && (now.State != Running || now.Done != r.Done) {
		err = errStopped
	}
	return err
}

// fail ends an import that nobody may carry on, such as of an organisation that was suspended.
func (s *Service) fail(ctx context.Context, r *run, cause error) error {
	reasons, named := s.wording.complaints(&r.list, cause)
	if !named {
		return cause
	}
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if err := r.hold(ctx, tx); err != nil {
			return err
		}
		return setState(ctx, tx, r.ID, Failed, &reasons[0])
	})
	if err != nil {
		return err
	}
	s.log.InfoContext(ctx, "an import failed", "import", r.ID, "reason", reasons[0].Code)
	return errStopped
}

// finish ends an import whose rows are all through.
func (s *Service) finish(ctx context.Context, r *run) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		now, err := lockImport(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		if now.State != Running || now.Done != now.Rows {
			return fmt.Errorf("%w: %s at %d of %d", errStopped, now.State, now.Done, now.Rows)
		}
		if err := setState(ctx, tx, r.ID, Done, nil); err != nil {
			return err
		}
		who := identity.Principal{UserID: r.UserID, OrganisationID: r.OrganisationID, KeyID: r.KeyID.UUID}
		counts := Counts{Created: now.Created, Updated: now.Updated, Unchanged: now.Unchanged, Refused: now.Refused}
		return identity.RecordTx(ctx, tx, who, "import.finished", identity.Subject{Kind: "import", ID: r.ID}, counts)
	})
}

// complain is the outcome of a row that is refused.
func (r *run) complain(row sheet.Row, err error) (outcome, error) {
	complaints, named := r.rules.complaints(&r.list, err)
	if !named {
		return outcome{}, err
	}
	place := make(map[string]int, len(r.list.fields))
	for i, field := range r.list.fields {
		place[field] = i + 1
	}
	slices.SortStableFunc(complaints, func(a, b Complaint) int { return place[a.Field] - place[b.Field] })
	return outcome{Row: row.Number, Verdict: catalog.Refused, Complaints: complaints}, nil
}

// twice finds the row that means the same as this one: earlier in the file, or in the batch.
func (r *run) twice(key string, batch map[string]int, row int) int {
	if earlier := r.rows[key]; earlier != 0 {
		return earlier
	}
	if earlier := batch[key]; earlier != 0 {
		return earlier
	}
	batch[key] = row
	return 0
}

// taken finds the row that changed the same thing under another name.
func (r *run) taken(id uuid.UUID, batch map[uuid.UUID]int, row int) int {
	if id == uuid.Nil {
		return 0
	}
	if earlier := r.subjects[id]; earlier != 0 {
		return earlier
	}
	if earlier := batch[id]; earlier != 0 {
		return earlier
	}
	batch[id] = row
	return 0
}

// keysOf are the texts of rows by which things are looked up, without blanks and repetitions.
func keysOf(texts ...string) []string {
	set := map[string]bool{}
	for _, text := range texts {
		if text != "" {
			set[text] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}
