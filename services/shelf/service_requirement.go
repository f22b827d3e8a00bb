package shelf

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Requirements lists what a system demands on a day, of all its goods and, where a line is named, of
// that line: everybody's profile first. A zero day is today. Refused: fault.ErrNotFound for an
// unknown system, and for another system's buyers, whose business its terms are not.
func (s *Service) Requirements(ctx context.Context, who identity.Principal, system, line string, on civil.Date) ([]Profile, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return nil, err
	}
	if _, known := s.book.BuyerSystem(system); !known {
		return nil, fault.ErrNotFound.With()
	}
	if _, known := s.book.Line(line); line != "" && !known {
		return nil, fault.ErrUnknownValue.At("query.line", "value", line, "allowed", "/v1/reference/lines")
	}
	var profiles []Profile
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		own, err := systemOf(ctx, tx, who)
		if err != nil {
			return err
		}
		if who.Is(identity.Buyer) && own != system {
			return fault.ErrNotFound.With()
		}
		if on.IsZero() {
			on = reference.Day(tx.Now)
		}
		all, err := readProfiles(ctx, tx, []string{system}, on)
		profiles = profilesFor(all, system, line)
		return err
	})
	return profiles, err
}

// SetRequirements adds a version of what a buyer's own system demands. It replaces the version
// before from its day on; what was demanded until then stays readable. Refused: whatever MayWrite
// refuses, fault.ErrForbidden for who is no buyer, ErrNoSystem, fault.ErrNotFound for another
// system, and every rule of a profile.
func (s *Service) SetRequirements(ctx context.Context, who identity.Principal, system string, profile NewProfile) (Profile, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Profile, error) {
		if err := mayWriteAs(who, identity.Buyer); err != nil {
			return Profile{}, err
		}
		own, err := systemOf(ctx, tx, who)
		switch {
		case err != nil:
			return Profile{}, err
		case own == "":
			return Profile{}, ErrNoSystem.With()
		case own != system:
			return Profile{}, fault.ErrNotFound.With()
		}
		words, err := s.vocabulary(ctx, tx)
		if err != nil {
			return Profile{}, err
		}
		checked, err := profile.check(s.book, words, reference.Day(tx.Now))
		if err != nil {
			return Profile{}, err
		}
		return addProfile(ctx, tx, who, system, checked)
	})
}

func addProfile(ctx context.Context, tx *postgres.Tx, who identity.Principal, system string, p NewProfile) (Profile, error) {
	const insert = `
		INSERT INTO shelf.profiles (id, system, line, version, effective_from, note_vi, note_en, invented, created_by, created_at)
		SELECT $1, $2, nullif($3, ''), 1 + coalesce(max(o.version), 0), $4, $5, $6, $7, $8, $9
		  FROM shelf.profiles o WHERE o.system = $2 AND coalesce(o.line, '') = $3`
	const insertRequirements = `
		INSERT INTO shelf.requirements (profile_id, n, code, kind, params, states, mandatory, name_vi, name_en, source, unverified)
		SELECT $1, r.n, r.code, r.kind, coalesce(r.params, '{}'), coalesce(r.states, '{}'), r.mandatory, r.name, coalesce(r.name_en, ''),
		       coalesce(r.source, ''), coalesce(r.unverified, false)
		  FROM ROWS FROM (jsonb_to_recordset(CAST($2 AS jsonb)) AS (code text, kind text, params jsonb, states text[], mandatory boolean,
		       name text, name_en text, source text, unverified boolean)) WITH ORDINALITY
		       AS r (code, kind, params, states, mandatory, name, name_en, source, unverified, n)`
	id, err := uuid.NewV7()
	if err != nil {
		return Profile{}, fmt.Errorf("naming a profile: %w", err)
	}
	_, err = tx.Exec(ctx, insert, id, system, p.Line, p.EffectiveFrom, p.Note, p.NoteEN, p.Invented, who.OrganisationID, tx.Now)
	if err != nil {
		return Profile{}, postgres.MapConstraint(err, byConstraint)
	}
	demanded := postgres.JSON[[]Requirement]{V: append([]Requirement{}, p.Requirements...)} // none is a list too
	if _, err := tx.Exec(ctx, insertRequirements, id, demanded); err != nil {
		return Profile{}, err
	}
	detail := map[string]any{"system": system, "line": p.Line, "effective_from": p.EffectiveFrom}
	subject := identity.Subject{Kind: "organisation", ID: who.OrganisationID}
	if err := identity.RecordTx(ctx, tx, who, "listing_requirements.changed", subject, detail); err != nil {
		return Profile{}, err
	}
	return oneProfile(ctx, tx, id)
}

const selectProfile = `
	SELECT p.id, coalesce(p.system, '') AS system, coalesce(p.line, '') AS line, p.version, p.effective_from, p.note_vi, p.note_en,
	       p.unverified, p.invented,
	       coalesce((SELECT jsonb_agg(jsonb_build_object('code', r.code, 'kind', r.kind, 'params', r.params, 'states', r.states,
	                        'mandatory', r.mandatory, 'name', r.name_vi, 'name_en', r.name_en, 'source', r.source,
	                        'unverified', r.unverified) ORDER BY r.n)
	                   FROM shelf.requirements r WHERE r.profile_id = p.id), '[]') AS requirements
	  FROM shelf.profiles p`

type profileRow struct {
	ID            uuid.UUID                    `db:"id"`
	System        string                       `db:"system"`
	Line          string                       `db:"line"`
	Version       int                          `db:"version"`
	EffectiveFrom civil.Date                   `db:"effective_from"`
	Note          string                       `db:"note_vi"`
	NoteEN        string                       `db:"note_en"`
	Unverified    bool                         `db:"unverified"`
	Invented      bool                         `db:"invented"`
	Requirements  postgres.JSON[[]Requirement] `db:"requirements"`
}

func (r profileRow) profile() Profile {
	return Profile{
		ID: r.ID, System: r.System, Line: r.Line, Version: r.Version, EffectiveFrom: r.EffectiveFrom, Note: r.Note, NoteEN: r.NoteEN,
		Unverified: r.Unverified, Invented: r.Invented, Requirements: r.Requirements.V,
	}
}

func oneProfile(ctx context.Context, reader postgres.Reader, id uuid.UUID) (Profile, error) {
	var row profileRow
	err := reader.Get(ctx, &row, selectProfile+` WHERE p.id = $1`, id)
	return row.profile(), err
}

// readProfiles reads what holds on a day: everybody's profile, and of each system the newest for
// all lines and for each line.
func readProfiles(ctx context.Context, reader postgres.Reader, systems []string, on civil.Date) ([]Profile, error) {
	const query = selectProfile + `
		 WHERE p.id IN (SELECT DISTINCT ON (n.system, n.line) n.id FROM shelf.profiles n
		                 WHERE n.effective_from <= CAST($2 AS date) AND (n.system IS NULL OR n.system = ANY (CAST($1 AS text[])))
		                 ORDER BY n.system, n.line, n.effective_from DESC, n.version DESC)`
	var rows []profileRow
	if err := reader.Select(ctx, &rows, query, postgres.Array(systems), on); err != nil {
		return nil, err
	}
	profiles := make([]Profile, 0, len(rows))
	for _, row := range rows {
		profiles = append(profiles, row.profile())
	}
	return profiles, nil
}

// profilesFor picks, in the order in which one takes the place of another: everybody's, the
// system's, the line's.
func profilesFor(all []Profile, system, line string) []Profile {
	wanted := [][2]string{{"", ""}}
	if system != "" {
		wanted = append(wanted, [2]string{system, ""})
	}
	if system != "" && line != "" {
		wanted = append(wanted, [2]string{system, line})
	}
	found := []Profile{}
	for _, w := range wanted {
		for _, p := range all {
			if p.System == w[0] && p.Line == w[1] {
				found = append(found, p)
			}
		}
	}
	return found
}
