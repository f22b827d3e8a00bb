package exchange

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// Service takes lists in and gives lists out. It is safe for concurrent use.
type Service struct {
	db      *postgres.DB
	catalog *catalog.Service
	inquiry *inquiry.Service
	book    *reference.Book
	wording *wording
	lexicon *lexicon
	log     *slog.Logger
	exports chan struct{}
}

// NewService puts the service together.
func NewService(db *postgres.DB, book *reference.Book, catalog *catalog.Service, inquiry *inquiry.Service, log *slog.Logger) *Service {
	wording, _ := newWording(book) // fails for malformed data in the program itself: TestWordingIsWhole
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Service{
		db: db, catalog: catalog, inquiry: inquiry, book: book, wording: wording, lexicon: newLexicon(book), log: log,
		exports: make(chan struct{}, maxExports),
	}
}

// Order is what somebody asks of an import.
type Order struct {
	// Kind is guessed when it is "": of a producer's list from the headings; a buyer's is of receipts.
	Kind     Kind
	DryRun   bool
	FileName string
	File     io.Reader
}

// Import takes a file in and leaves the work to a job. Refused: whatever MayWrite refuses,
// fault.ErrForbidden for a list that is not for a producer, or not for a buyer, ErrFileTooLarge, ErrNoHeadings, ErrHeadingTwice,
// ErrNoRows, ErrImportRunning, and what sheet refuses.
func (s *Service) Import(ctx context.Context, who identity.Principal, order Order) (Import, error) {
	if err := mayChange(who); err != nil {
		return Import{}, err
	}
	buyer := who.Is(identity.Buyer)
	switch {
	case order.Kind == "" && buyer:
		order.Kind = Receipts
	case order.Kind == "":
	case !order.Kind.known():
		return Import{}, order.Kind.check()
	case (order.Kind == Receipts) != buyer:
		return Import{}, fault.ErrForbidden.With()
	}
	content, err := io.ReadAll(io.LimitReader(order.File, MaxFileBytes+1))
	if err != nil {
		return Import{}, fmt.Errorf("reading a file to import: %w", err)
	}
	if len(content) > MaxFileBytes {
		return Import{}, ErrFileTooLarge.At("file", "max", MaxFileBytes>>20)
	}
	file, list, err := s.look(content, order.Kind)
	if err != nil {
		return Import{}, at("file", err)
	}
	row := importRow{
		OrganisationID: who.OrganisationID, UserID: who.UserID, KeyID: postgres.NullID(who.KeyID), Kind: list.kind, DryRun: order.DryRun,
		FileName: clip(order.FileName), Format: file.Format, Unknown: list.unknown, Ignored: list.ignored, Rows: list.rows,
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Import, error) { return begin(ctx, tx, who, row, content) })
}

// mayChange refuses whoever may not change what lists of its organisation are about.
func mayChange(who identity.Principal) error {
	if who.Is(identity.Buyer) {
		return inquiry.MayReceive(who)
	}
	return catalog.MaySupply(who)
}

// mayRead refuses whoever has no imports to read.
func mayRead(who identity.Principal) error {
	if who.Is(identity.Buyer) {
		return inquiry.MayReadReceipts(who)
	}
	return catalog.MayReadSupply(who)
}

// look opens a file and finds its list.
func (s *Service) look(content []byte, kind Kind) (*sheet.File, layout, error) {
	file, err := sheet.Open(content, fileLimits())
	if err != nil {
		return nil, layout{}, err
	}
	list, err := s.wording.findLayout(file, kind)
	return file, list, err
}

func begin(ctx context.Context, tx *postgres.Tx, who identity.Principal, row importRow, content []byte) (Import, error) {
	var err error
	if row.ID, err = uuid.NewV7(); err != nil {
		return Import{}, fmt.Errorf("naming an import: %w", err)
	}
	if err := insertImport(ctx, tx, row, content); err != nil {
		return Import{}, err
	}
	if err := jobs.InsertTx(ctx, tx, importJob{ID: row.ID}); err != nil {
		return Import{}, err
	}
	detail := map[string]any{"kind": row.Kind, "rows": row.Rows, "dry_run": row.DryRun}
	if err := identity.RecordTx(ctx, tx, who, "import.begun", identity.Subject{Kind: "import", ID: row.ID}, detail); err != nil {
		return Import{}, err
	}
	row, err = ownImport(ctx, tx, row.OrganisationID, row.ID)
	return row.whole([]Refusal{}), err
}

// Imports is a page of an organisation's imports, newest first. After is the id where the page before
// ended.
func (s *Service) Imports(ctx context.Context, who identity.Principal, after uuid.UUID, limit int) ([]Import, error) {
	if err := mayRead(who); err != nil {
		return nil, err
	}
	const query = `
		SELECT ` + importColumns + `
		  FROM exchange.imports
		 WHERE organisation_id = $1 AND (CAST($2 AS uuid) IS NULL OR id < $2)
		 ORDER BY id DESC LIMIT $3`
	var rows []importRow
	if err := s.db.Select(ctx, &rows, query, who.OrganisationID, postgres.NullID(after), limit); err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	refusals, err := refusalsOf(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	imports := make([]Import, len(rows))
	for i, row := range rows {
		imports[i] = row.whole(refusals[row.ID])
	}
	return imports, nil
}

// CountImports counts what Imports lists.
func (s *Service) CountImports(ctx context.Context, who identity.Principal) (int, error) {
	if err := mayRead(who); err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*) FROM (SELECT 1 FROM exchange.imports WHERE organisation_id = $1 LIMIT $2) AS found`
	var total int
	err := s.db.Get(ctx, &total, query, who.OrganisationID, catalog.MaxTotal)
	return total, err
}

// Status returns one import of an organisation's; fault.ErrNotFound for a foreign one.
func (s *Service) Status(ctx context.Context, who identity.Principal, id uuid.UUID) (Import, error) {
	if err := mayRead(who); err != nil {
		return Import{}, err
	}
	return status(ctx, s.db, who, id)
}

func status(ctx context.Context, reader postgres.Reader, who identity.Principal, id uuid.UUID) (Import, error) {
	row, err := ownImport(ctx, reader, who.OrganisationID, id)
	if err != nil {
		return Import{}, err
	}
	refusals, err := refusalsOf(ctx, reader, []uuid.UUID{id})
	return row.whole(refusals[id]), err
}

// Cancel ends an import that waits or runs; the rows that are through stay. Refused: whatever
// MayWrite refuses, fault.ErrNotFound for a foreign one, ErrImportEnded.
func (s *Service) Cancel(ctx context.Context, who identity.Principal, id uuid.UUID) (Import, error) {
	if err := mayChange(who); err != nil {
		return Import{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Import, error) {
		row, err := lockImport(ctx, tx, id)
		switch {
		case err != nil:
			return Import{}, err
		case row.OrganisationID != who.OrganisationID:
			return Import{}, fault.ErrNotFound.With()
		case row.FinishedAt != nil:
			return Import{}, ErrImportEnded.With()
		}
		if err := setState(ctx, tx, id, Cancelled, nil); err != nil {
			return Import{}, err
		}
		detail := map[string]any{"done": row.Done, "rows": row.Rows}
		if err := identity.RecordTx(ctx, tx, who, "import.cancelled", identity.Subject{Kind: "import", ID: id}, detail); err != nil {
			return Import{}, err
		}
		return status(ctx, tx, who, id)
	})
}

// Purge removes files and row results of imports that ended longer ago than KeepFiles, a bounded
// number at a time, and returns how many.
func (s *Service) Purge(ctx context.Context) (int64, error) {
	var purged int64
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		const mark = `
			UPDATE exchange.imports SET purged_at = $1
			 WHERE id IN (SELECT id FROM exchange.imports WHERE finished_at < $2 AND purged_at IS NULL LIMIT 100)
			RETURNING id`
		var ids []uuid.UUID
		if err := tx.Select(ctx, &ids, mark, tx.Now, tx.Now.Add(-KeepFiles)); err != nil {
			return err
		}
		purged = int64(len(ids))
		const files = `DELETE FROM exchange.files WHERE import_id = ANY (CAST($1 AS uuid[]))`
		if _, err := tx.Exec(ctx, files, postgres.Array(ids)); err != nil {
			return err
		}
		const outcomes = `DELETE FROM exchange.outcomes WHERE import_id = ANY (CAST($1 AS uuid[]))`
		_, err := tx.Exec(ctx, outcomes, postgres.Array(ids))
		return err
	})
	return purged, err
}

// Result writes the file of an import again, in its format, with what became of each row and why.
// Refused: fault.ErrNotFound for a foreign import, ErrPurged.
func (s *Service) Result(ctx context.Context, who identity.Principal, id uuid.UUID) (Download, error) {
	if err := mayRead(who); err != nil {
		return Download{}, err
	}
	row, err := ownImport(ctx, s.db, who.OrganisationID, id)
	if err != nil {
		return Download{}, err
	}
	content, err := fileOf(ctx, s.db, id)
	if err != nil {
		return Download{}, err
	}
	file, list, err := s.look(content, row.Kind)
	if err != nil {
		return Download{}, err
	}
	outcomes, err := outcomesOf(ctx, s.db, id)
	if err != nil {
		return Download{}, err
	}
	return Download{
		Name: resultName(row.FileName, file.Format), Format: file.Format,
		Write: func(to io.Writer) error { return s.writeResult(to, file, list, outcomes) },
	}, nil
}

// Download is a list ready to be written.
type Download struct {
	Name   string
	Format sheet.Format
	// Write writes it whole; it may be called once.
	Write func(to io.Writer) error
}
