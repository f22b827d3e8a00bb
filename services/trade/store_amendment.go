package trade

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

const selectTermLines = `
		SELECT l.memorandum_id, l.version, l.n, l.line, coalesce(l.form, '') AS form, l.quantity, l.unit, l.weight, l.value_vnd
		  FROM trade.term_lines l`

type termLineRow struct {
	MemorandumID uuid.UUID          `db:"memorandum_id"`
	Version      int                `db:"version"`
	N            int                `db:"n"`
	Line         string             `db:"line"`
	Form         string             `db:"form"`
	Quantity     quantity.Quantity  `db:"quantity"`
	Unit         string             `db:"unit"`
	Weight       *quantity.Quantity `db:"weight"`
	ValueVND     *money.VND         `db:"value_vnd"`
}

func (r *termLineRow) line(book *reference.Book) MemorandumLine {
	shown := MemorandumLine{
		N: r.N, Goods: Goods{Line: r.Line, Form: r.Form, Quantity: r.Quantity, Unit: r.Unit}, ValueVND: r.ValueVND,
		Dried: isDried(book, r.Line, r.Form), MeasuredIn: r.Unit, Amounts: Amounts{Expected: r.Quantity},
	}
	if r.Weight != nil {
		shown.MeasuredIn, shown.Expected = kilogram, *r.Weight
	}
	return shown
}

type termsRow struct {
	MemorandumID uuid.UUID        `db:"memorandum_id"`
	Version      int              `db:"version"`
	At           time.Time        `db:"at"`
	Actor        Side             `db:"actor"`
	Reason       string           `db:"reason"`
	Number       string           `db:"number"`
	ProducerName string           `db:"producer_name"`
	BuyerName    string           `db:"buyer_name"`
	TermFrom     civil.Date       `db:"term_from"`
	TermTo       civil.Date       `db:"term_to"`
	Note         string           `db:"note"`
	Outcome      AmendmentOutcome `db:"outcome"`
	DecidedAt    *time.Time       `db:"decided_at"`
	DecidedBy    Side             `db:"decided_by"`
	Answer       string           `db:"answer"`
}

// versionsOf reads all versions of memoranda with their lines, each memorandum's in their order.
func versionsOf(ctx context.Context, reader postgres.Reader, book *reference.Book, memoranda []Memorandum) (map[uuid.UUID][]MemorandumVersion, error) {
	const query = `
		SELECT memorandum_id, version, at, actor, reason, number, producer_name, buyer_name, term_from, term_to, note, outcome, decided_at,
		       decided_by, answer
		  FROM trade.terms WHERE memorandum_id = ANY ($1) ORDER BY memorandum_id, version`
	const queryLines = selectTermLines + ` WHERE l.memorandum_id = ANY ($1) ORDER BY l.memorandum_id, l.version, l.n`
	of, ids := map[uuid.UUID]*Memorandum{}, make([]uuid.UUID, len(memoranda))
	for at := range memoranda {
		ids[at] = memoranda[at].ID
		of[ids[at]] = &memoranda[at]
	}
	var rows []termsRow
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	var lines []termLineRow
	if err := reader.Select(ctx, &lines, queryLines, postgres.Array(ids)); err != nil {
		return nil, err
	}
	versions := make(map[uuid.UUID][]MemorandumVersion, len(memoranda))
	for _, r := range rows {
		m := of[r.MemorandumID]
		version := MemorandumVersion{
			N: r.Version, At: r.At.UTC(), As: r.Actor, Reason: r.Reason, DecidedAt: r.DecidedAt, DecidedAs: r.DecidedBy, Answer: r.Answer,
			Number: r.Number, Producer: Party{ID: m.Producer.ID, Name: r.ProducerName}, Buyer: Party{ID: m.Buyer.ID, Name: r.BuyerName},
			TermFrom: r.TermFrom, TermTo: r.TermTo, Note: r.Note, Lines: []MemorandumLine{}, outcome: r.Outcome,
		}
		version.State = version.stateIn(m)
		versions[m.ID] = append(versions[m.ID], version)
	}
	for _, line := range lines {
		for at := range versions[line.MemorandumID] {
			if version := &versions[line.MemorandumID][at]; version.N == line.Version {
				version.Lines = append(version.Lines, line.line(book))
			}
		}
	}
	return versions, nil
}

// insertAmendment keeps a version of a memorandum.
func insertAmendment(ctx context.Context, tx *postgres.Tx, m *Memorandum, version int, by Side, organisation uuid.UUID, reason string) error {
	const insert = `
		INSERT INTO trade.amendments (memorandum_id, version, at, actor, organisation_id, reason, number, producer_name, buyer_name, term_from,
		       term_to, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	const insertLine = `
		INSERT INTO trade.amendment_lines (memorandum_id, version, n, line, form, quantity, unit, weight, value_vnd)
		VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7, $8, $9)`
	_, err := tx.Exec(ctx, insert, m.ID, version, tx.Now, by, postgres.NullID(organisation), reason, m.Number, m.Producer.Name, m.Buyer.Name,
		m.TermFrom, m.TermTo, m.Note)
	if err != nil {
		return err
	}
	for _, line := range m.Lines {
		_, err := tx.Exec(ctx, insertLine, m.ID, version, line.N, line.Line, line.Form, line.Quantity, line.Unit, line.weighs(), line.ValueVND)
		if err != nil {
			return err
		}
	}
	return nil
}

func insertAmendmentOutcome(
	ctx context.Context, tx *postgres.Tx, id uuid.UUID, version int, outcome AmendmentOutcome, by Side, organisation uuid.UUID, reason string,
) error {
	const insert = `
		INSERT INTO trade.amendment_outcomes (memorandum_id, version, at, outcome, actor, organisation_id, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	_, err := tx.Exec(ctx, insert, id, version, tx.Now, outcome, by, postgres.NullID(organisation), reason)
	return err
}

// latestTerms is the number of the newest version of a memorandum, whatever became of it.
func latestTerms(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (int, error) {
	const query = `SELECT coalesce(max(version), 1) FROM trade.amendments WHERE memorandum_id = $1`
	var latest int
	err := tx.Get(ctx, &latest, query, id)
	return latest, err
}
