package trade

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

const selectProgramme = `
	SELECT p.id, p.kind, p.name, p.counts, p.organiser_id, p.note, p.invented, p.version, p.created_at, p.updated_at FROM trade.programmes p`

type programmeRow struct {
	ID          uuid.UUID `db:"id"`
	Kind        string    `db:"kind"`
	Name        string    `db:"name"`
	Counts      Counts    `db:"counts"`
	OrganiserID uuid.UUID `db:"organiser_id"`
	Note        string    `db:"note"`
	Invented    bool      `db:"invented"`
	Version     int64     `db:"version"`
	CreatedAt   time.Time `db:"created_at"`
	UpdatedAt   time.Time `db:"updated_at"`
}

// readProgrammes reads those that a statement selects, with members and targets.
func readProgrammes(ctx context.Context, reader postgres.Reader, book *reference.Book, query string, args ...any) ([]Programme, error) {
	var rows []programmeRow
	if err := reader.Select(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	programmes, at, ids := make([]Programme, len(rows)), map[uuid.UUID]*Programme{}, make([]uuid.UUID, len(rows))
	for i, r := range rows {
		programmes[i] = Programme{
			ID: r.ID, Kind: r.Kind, Name: r.Name, Counts: r.Counts, OrganiserID: r.OrganiserID, Note: r.Note, Members: []ProgrammeMember{},
			Targets: []ProgrammeTarget{}, Invented: r.Invented, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		}
		at[r.ID], ids[i] = &programmes[i], r.ID
	}
	if err := addMembers(ctx, reader, book, ids, at); err != nil {
		return nil, err
	}
	return programmes, addTargets(ctx, reader, book, ids, at)
}

func addMembers(ctx context.Context, reader postgres.Reader, book *reference.Book, ids []uuid.UUID, at map[uuid.UUID]*Programme) error {
	const query = `
		SELECT m.programme_id, m.id, m.side, m.organisation_id, coalesce(o.name, '') AS name, coalesce(m.commune, '') AS commune,
		       coalesce(m.commune, o.commune_code, '') AS seat, lower(m.during) AS from_day, upper(m.during) - 1 AS to_day
		  FROM trade.programme_members m LEFT JOIN identity.organisations o ON o.id = m.organisation_id
		 WHERE m.programme_id = ANY ($1) ORDER BY m.id`
	var rows []struct {
		ProgrammeMember

		ProgrammeID uuid.UUID `db:"programme_id"`
		Seat        string    `db:"seat"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return err
	}
	for _, row := range rows {
		row.seat = row.Seat
		if commune, known := book.Commune(row.CommuneCode); known {
			row.Name = commune.Name
		}
		at[row.ProgrammeID].all = append(at[row.ProgrammeID].all, row.ProgrammeMember)
	}
	return nil
}

func addTargets(ctx context.Context, reader postgres.Reader, book *reference.Book, ids []uuid.UUID, at map[uuid.UUID]*Programme) error {
	const query = `
		SELECT t.programme_id, t.id, t.organisation_id, t.line, coalesce(t.form, '') AS form, coalesce(t.weight, t.quantity) AS amount,
		       CASE WHEN t.weight IS NULL THEN t.unit ELSE 'kg' END AS unit, lower(t.during) AS from_day, upper(t.during) - 1 AS to_day
		  FROM trade.programme_targets t
		 WHERE t.programme_id = ANY ($1) AND t.withdrawn_at IS NULL ORDER BY lower(t.during), t.line, t.id`
	var rows []struct {
		ProgrammeID    uuid.UUID         `db:"programme_id"`
		ID             uuid.UUID         `db:"id"`
		OrganisationID *uuid.UUID        `db:"organisation_id"`
		Line           string            `db:"line"`
		Form           string            `db:"form"`
		Amount         quantity.Quantity `db:"amount"`
		Unit           string            `db:"unit"`
		From           civil.Date        `db:"from_day"`
		To             civil.Date        `db:"to_day"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return err
	}
	for _, row := range rows {
		p := at[row.ProgrammeID]
		p.Targets = append(p.Targets, ProgrammeTarget{
			ID: row.ID, OrganisationID: row.OrganisationID, Line: row.Line, Form: row.Form, Dried: isDried(book, row.Line, row.Form), Unit: row.Unit,
			From: row.From, To: row.To, Committed: row.Amount,
		})
	}
	return nil
}

// readProgramme reads one; fault.ErrNotFound when there is none.
func readProgramme(ctx context.Context, reader postgres.Reader, book *reference.Book, id uuid.UUID) (Programme, error) {
	const query = selectProgramme + ` WHERE p.id = $1`
	found, err := readProgrammes(ctx, reader, book, query, id)
	switch {
	case err != nil:
		return Programme{}, err
	case len(found) == 0:
		return Programme{}, fault.ErrNotFound.With()
	}
	return found[0], nil
}

// declaredBy reads what the producers of a group declared for the months that a period touches and in
// which they belonged to it, with the ids of who declared it; of one of them where that is set.
func declaredBy(ctx context.Context, reader postgres.Reader, programme uuid.UUID, from, to civil.Date, of uuid.UUID) (map[kind]declaredAmount, error) {
	const query = `
		SELECT d.line, d.form, d.dried, d.unit, CAST(sum(d.amount) AS bigint) AS amount,
		       array_agg(DISTINCT CAST(d.organisation_id AS text)) AS producers
		  FROM trade.declared d
		 WHERE d.amount > 0 AND d.month BETWEEN date_trunc('month', CAST($2 AS date)) AND $3 AND (CAST($4 AS uuid) IS NULL OR d.organisation_id = $4)
		   AND EXISTS (SELECT FROM trade.programme_members m
		                WHERE m.programme_id = $1 AND m.side = 'producers' AND (m.organisation_id = d.organisation_id OR m.commune = d.commune)
		                  AND m.during && daterange(d.month, CAST(d.month + interval '1 month' AS date)))
		 GROUP BY d.line, d.form, d.dried, d.unit`
	var rows []struct {
		declaredAmount

		Line  string `db:"line"`
		Form  string `db:"form"`
		Dried bool   `db:"dried"`
		Unit  string `db:"unit"`
	}
	err := reader.Select(ctx, &rows, query, programme, from, to, postgres.NullID(of))
	amounts := make(map[kind]declaredAmount, len(rows))
	for _, row := range rows {
		amounts[kind{row.Line, row.Form, row.Dried, row.Unit}] = row.declaredAmount
	}
	return amounts, err
}

// declaredAmount is how much was declared, and by whom.
type declaredAmount struct {
	Amount    quantity.Quantity `db:"amount"`
	Producers postgres.Strings  `db:"producers"`
}
