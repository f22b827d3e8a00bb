package trade

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

const selectMemorandum = `
	SELECT m.id, m.event_id, t.number, m.producer_id, t.producer_name, m.buyer_id, t.buyer_name, m.signed_on, t.term_from, t.term_to, t.note,
	       m.state, m.recorded_by, m.recorded_as, m.producer_agreed_at, m.buyer_agreed_at, m.ended_on, m.terms, coalesce(m.proposed, 0) AS proposed,
	       m.invented, m.version, m.created_at, m.updated_at
	  FROM trade.memoranda m
	  JOIN trade.terms t ON t.memorandum_id = m.id AND t.version = m.terms`

type memorandumRow struct {
	ID               uuid.UUID       `db:"id"`
	EventID          uuid.NullUUID   `db:"event_id"`
	Number           string          `db:"number"`
	ProducerID       uuid.NullUUID   `db:"producer_id"`
	ProducerName     string          `db:"producer_name"`
	BuyerID          uuid.NullUUID   `db:"buyer_id"`
	BuyerName        string          `db:"buyer_name"`
	SignedOn         civil.Date      `db:"signed_on"`
	TermFrom         civil.Date      `db:"term_from"`
	TermTo           civil.Date      `db:"term_to"`
	Note             string          `db:"note"`
	State            MemorandumState `db:"state"`
	RecordedBy       uuid.UUID       `db:"recorded_by"`
	RecordedAs       Side            `db:"recorded_as"`
	ProducerAgreedAt *time.Time      `db:"producer_agreed_at"`
	BuyerAgreedAt    *time.Time      `db:"buyer_agreed_at"`
	EndedOn          civil.Date      `db:"ended_on"`
	Terms            int             `db:"terms"`
	Proposed         int             `db:"proposed"`
	Invented         bool            `db:"invented"`
	Version          int64           `db:"version"`
	CreatedAt        time.Time       `db:"created_at"`
	UpdatedAt        time.Time       `db:"updated_at"`
}

func (r *memorandumRow) memorandum() Memorandum {
	return Memorandum{
		ID: r.ID, EventID: r.EventID.UUID, Number: r.Number, Producer: Party{ID: r.ProducerID.UUID, Name: r.ProducerName},
		Buyer: Party{ID: r.BuyerID.UUID, Name: r.BuyerName}, SignedOn: r.SignedOn, TermFrom: r.TermFrom, TermTo: r.TermTo, Note: r.Note,
		State: r.State, RecordedAs: r.RecordedAs, ProducerAgreedAt: r.ProducerAgreedAt, BuyerAgreedAt: r.BuyerAgreedAt, EndedOn: r.EndedOn,
		Lines: []MemorandumLine{}, Terms: r.Terms, Proposed: r.Proposed, Invented: r.Invented, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		recordedBy: r.RecordedBy,
	}
}

// withLines reads the lines that stand of memoranda, in their order.
func withLines(ctx context.Context, reader postgres.Reader, book *reference.Book, rows []memorandumRow) ([]Memorandum, error) {
	const query = selectTermLines + `
		  JOIN trade.memoranda m ON m.id = l.memorandum_id AND m.terms = l.version
		 WHERE l.memorandum_id = ANY ($1) ORDER BY l.memorandum_id, l.n`
	memoranda, at, ids := make([]Memorandum, len(rows)), map[uuid.UUID]int{}, make([]uuid.UUID, len(rows))
	for i := range rows {
		memoranda[i], ids[i] = rows[i].memorandum(), rows[i].ID
		at[rows[i].ID] = i
	}
	var lines []termLineRow
	if err := reader.Select(ctx, &lines, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	for _, line := range lines {
		m := &memoranda[at[line.MemorandumID]]
		m.Lines = append(m.Lines, line.line(book))
	}
	return memoranda, nil
}

// readMemoranda reads the memoranda that a statement selects, with their lines.
func readMemoranda(ctx context.Context, reader postgres.Reader, book *reference.Book, query string, args ...any) ([]Memorandum, error) {
	var rows []memorandumRow
	if err := reader.Select(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	return withLines(ctx, reader, book, rows)
}

// readMemorandum reads one; fault.ErrNotFound when there is none.
func readMemorandum(ctx context.Context, reader postgres.Reader, book *reference.Book, id uuid.UUID) (Memorandum, error) {
	const query = selectMemorandum + ` WHERE m.id = $1`
	found, err := readMemoranda(ctx, reader, book, query, id)
	switch {
	case err != nil:
		return Memorandum{}, err
	case len(found) == 0:
		return Memorandum{}, fault.ErrNotFound.With()
	}
	return found[0], nil
}

// siblings reads all memoranda between the parties of some.
func siblings(ctx context.Context, reader postgres.Reader, book *reference.Book, of []Memorandum) ([]Memorandum, error) {
	const query = selectMemorandum + `
		 WHERE (m.producer_id, m.buyer_id) IN (SELECT p.producer_id, p.buyer_id FROM unnest(CAST($1 AS uuid[]), CAST($2 AS uuid[])) AS p (producer_id, buyer_id))
		 ORDER BY m.id`
	pairs := pairsOf(of)
	producers, buyers := make([]uuid.UUID, len(pairs)), make([]uuid.UUID, len(pairs))
	for at, pair := range pairs {
		producers[at], buyers[at] = pair.ProducerID, pair.BuyerID
	}
	return readMemoranda(ctx, reader, book, query, postgres.Array(producers), postgres.Array(buyers))
}

// linksOf reads which inquiries are linked to memoranda.
func linksOf(ctx context.Context, reader postgres.Reader, memoranda []Memorandum) (map[uuid.UUID]uuid.UUID, error) {
	const query = `SELECT inquiry_id, memorandum_id FROM trade.memorandum_links WHERE memorandum_id = ANY ($1)`
	var rows []struct {
		InquiryID    uuid.UUID `db:"inquiry_id"`
		MemorandumID uuid.UUID `db:"memorandum_id"`
	}
	ids := make([]uuid.UUID, len(memoranda))
	for at := range memoranda {
		ids[at] = memoranda[at].ID
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	links := make(map[uuid.UUID]uuid.UUID, len(rows))
	for _, row := range rows {
		links[row.InquiryID] = row.MemorandumID
	}
	return links, nil
}

func insertMemorandum(ctx context.Context, tx *postgres.Tx, m *Memorandum) error {
	const insert = `
		INSERT INTO trade.memoranda (id, event_id, number, producer_id, producer_name, buyer_id, buyer_name, signed_on, term_from, term_to, note,
		       state, recorded_by, recorded_as, producer_agreed_at, buyer_agreed_at, invented, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18)`
	_, err := tx.Exec(ctx, insert, m.ID, postgres.NullID(m.EventID), m.Number, postgres.NullID(m.Producer.ID), m.Producer.Name,
		postgres.NullID(m.Buyer.ID), m.Buyer.Name, m.SignedOn, m.TermFrom, m.TermTo, m.Note, m.State, m.recordedBy, m.RecordedAs,
		m.ProducerAgreedAt, m.BuyerAgreedAt, m.Invented, tx.Now)
	if err != nil {
		return err
	}
	const insertLine = `
		INSERT INTO trade.memorandum_lines (memorandum_id, n, line, form, quantity, unit, weight, value_vnd)
		VALUES ($1, $2, $3, nullif($4, ''), $5, $6, $7, $8)`
	for _, line := range m.Lines {
		_, err := tx.Exec(ctx, insertLine, m.ID, line.N, line.Line, line.Form, line.Quantity, line.Unit, line.weighs(), line.ValueVND)
		if err != nil {
			return err
		}
	}
	return nil
}

func updateMemorandum(ctx context.Context, tx *postgres.Tx, m *Memorandum) error {
	const update = `
		UPDATE trade.memoranda SET state = $2, producer_agreed_at = $3, buyer_agreed_at = $4, ended_on = $5, terms = $6, proposed = nullif($7, 0),
		       version = version + 1, updated_at = $8
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, m.ID, m.State, m.ProducerAgreedAt, m.BuyerAgreedAt, m.EndedOn, m.Terms, m.Proposed, tx.Now)
	return err
}

func insertMemorandumStep(ctx context.Context, tx *postgres.Tx, m *Memorandum, organisation uuid.UUID, step MemorandumStep) error {
	const insert = `
		INSERT INTO trade.memorandum_steps (memorandum_id, n, at, move, actor, organisation_id, from_state, to_state, reason)
		SELECT $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM trade.memorandum_steps WHERE memorandum_id = $1`
	_, err := tx.Exec(ctx, insert, m.ID, tx.Now, step.Move, step.Actor, postgres.NullID(organisation), step.From, step.To, step.Reason)
	return err
}

func memorandumHistory(ctx context.Context, reader postgres.Reader, id uuid.UUID) ([]MemorandumStep, error) {
	const query = `SELECT at, move, actor, from_state, to_state, reason FROM trade.memorandum_steps WHERE memorandum_id = $1 ORDER BY n`
	steps := []MemorandumStep{}
	err := reader.Select(ctx, &steps, query, id)
	return steps, err
}

// lockMemorandum holds one until the transaction ends; fault.ErrNotFound when there is none.
func lockMemorandum(ctx context.Context, tx *postgres.Tx, id uuid.UUID) error {
	const lock = `SELECT id FROM trade.memoranda WHERE id = $1 FOR UPDATE`
	err := tx.Get(ctx, &id, lock, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return fault.ErrNotFound.With()
	}
	return err
}
