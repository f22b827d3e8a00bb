package trade

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// SetUpProgramme sets up a programme without members. Refused: whatever MayWrite refuses,
// fault.ErrForbidden for who is no official, fault.ErrRequired and fault.ErrUnknownValue at their fields.
func (s *Service) SetUpProgramme(ctx context.Context, who identity.Principal, n NewProgramme) (Programme, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Programme, error) {
		if err := mayManage(who); err != nil {
			return Programme{}, err
		}
		if trimmed(&n.Name, &n.Note); n.Name == "" {
			return Programme{}, fault.ErrRequired.At("name")
		}
		if n.OrganiserID == uuid.Nil {
			n.OrganiserID = who.OrganisationID
		}
		if err := isAuthority(ctx, tx, n.OrganiserID); err != nil {
			return Programme{}, err
		}
		const insert = `
			INSERT INTO trade.programmes (id, kind, name, counts, organiser_id, note, invented, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`
		id, err := uuid.NewV7()
		if err != nil {
			return Programme{}, fmt.Errorf("naming a programme: %w", err)
		}
		_, err = tx.Exec(ctx, insert, id, n.Kind, n.Name, n.Counts, n.OrganiserID, n.Note, n.Invented, tx.Now)
		switch postgres.Constraint(err) {
		case "programmes_kind_fkey":
			return Programme{}, fault.ErrUnknownValue.At("kind", "value", n.Kind, "allowed", "/v1/trade/kinds").Because(err)
		case "programmes_counts_check":
			return Programme{}, fault.ErrUnknownValue.At("counts", "value", n.Counts, "allowed", "producers, buyers, both").Because(err)
		}
		if err != nil {
			return Programme{}, err
		}
		return recordProgramme(ctx, tx, s.book, who, id, "set_up", nil)
	})
}

// recordProgramme records what was done with a programme and returns it as its reader may see it.
func recordProgramme(
	ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, id uuid.UUID, past string, detail any,
) (Programme, error) {
	if err := identity.RecordTx(ctx, tx, who, "programme."+past, identity.Subject{Kind: "programme", ID: id}, detail); err != nil {
		return Programme{}, err
	}
	return wholeProgramme(ctx, tx, book, who, id)
}

// lockProgramme holds one for a change by an official; its version grows with each.
func lockProgramme(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, match Match) error {
	const lock = `SELECT version FROM trade.programmes WHERE id = $1 FOR UPDATE`
	const grow = `UPDATE trade.programmes SET version = version + 1, updated_at = $2 WHERE id = $1`
	if err := mayManage(who); err != nil {
		return err
	}
	var version int64
	err := tx.Get(ctx, &version, lock, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return fault.ErrNotFound.With()
	}
	if err != nil {
		return err
	}
	if err := expect(version, match); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, grow, id, tx.Now)
	return err
}

// AmendProgramme changes name and note. Refused: fault.ErrNotFound, fault.ErrStale by match,
// fault.ErrRequired.
func (s *Service) AmendProgramme(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, change ProgrammeChange) (Programme, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Programme, error) {
		if err := lockProgramme(ctx, tx, who, id, match); err != nil {
			return Programme{}, err
		}
		now, err := readProgramme(ctx, tx, s.book, id)
		if err != nil {
			return Programme{}, err
		}
		set(&now.Name, change.Name)
		set(&now.Note, change.Note)
		if trimmed(&now.Name, &now.Note); now.Name == "" {
			return Programme{}, fault.ErrRequired.At("name")
		}
		const update = `UPDATE trade.programmes SET name = $2, note = $3 WHERE id = $1`
		if _, err := tx.Exec(ctx, update, id, now.Name, now.Note); err != nil {
			return Programme{}, err
		}
		return recordProgramme(ctx, tx, s.book, who, id, "amended", nil)
	})
}

// AddMember adds an organisation, a commune or the communes of a former district. Organisations are
// added by the authority that oversees their side. Refused: fault.ErrNotFound, ErrMember, ErrMemberTwice,
// ErrNotYourSide, fault.ErrDateOrder, fault.ErrUnknownValue.
func (s *Service) AddMember(ctx context.Context, who identity.Principal, id uuid.UUID, n NewMember) (Programme, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Programme, error) {
		if err := lockProgramme(ctx, tx, who, id, nil); err != nil {
			return Programme{}, err
		}
		if n.From.IsZero() {
			n.From = reference.Day(tx.Now)
		}
		if !n.To.IsZero() && n.To.Before(n.From) {
			return Programme{}, fault.ErrDateOrder.At("to")
		}
		communes, err := n.communes(s.book)
		if err != nil {
			return Programme{}, err
		}
		side := CountsProducers
		if n.OrganisationID != uuid.Nil {
			communes = []string{""}
			if side, err = sideOfMember(ctx, tx, who, n.OrganisationID); err != nil {
				return Programme{}, err
			}
		}
		for _, commune := range communes {
			if err := insertMember(ctx, tx, id, side, commune, n); err != nil {
				return Programme{}, err
			}
		}
		return recordProgramme(ctx, tx, s.book, who, id, "member_added", map[string]any{"organisation_id": n.OrganisationID, "communes": communes})
	})
}

func insertMember(ctx context.Context, tx *postgres.Tx, programme uuid.UUID, side Counts, commune string, n NewMember) error {
	const insert = `
		INSERT INTO trade.programme_members (id, programme_id, side, organisation_id, commune, during, created_at)
		VALUES ($1, $2, $3, $4, nullif($5, ''), daterange($6, $7, '[]'), $8)`
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("naming a member: %w", err)
	}
	_, err = tx.Exec(ctx, insert, id, programme, side, postgres.NullID(n.OrganisationID), commune, n.From, n.To, tx.Now)
	return postgres.MapConstraint(err, byConstraint)
}

// sideOfMember is the side of an organisation that the principal may add.
func sideOfMember(ctx context.Context, reader postgres.Reader, who identity.Principal, id uuid.UUID) (Counts, error) {
	found, err := identity.OrganisationsIn(ctx, reader, []uuid.UUID{id})
	if err != nil {
		return "", err
	}
	of := found[id]
	switch {
	case of.State != identity.Approved || of.Kind == identity.Authority:
		return "", fault.ErrUnknownValue.At("organisation_id", "value", id, "allowed", "producer, buyer")
	case !who.Oversees(of.Kind):
		return "", ErrNotYourSide.At("organisation_id")
	case of.Kind == identity.Buyer:
		return CountsBuyers, nil
	default:
		return CountsProducers, nil
	}
}

// EndMember ends a membership with a day, which is included. Refused: fault.ErrNotFound, ErrNotYourSide,
// fault.ErrDateOrder for a day before it began or after it ended.
func (s *Service) EndMember(ctx context.Context, who identity.Principal, id, member uuid.UUID, last civil.Date) (Programme, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Programme, error) {
		if err := lockProgramme(ctx, tx, who, id, nil); err != nil {
			return Programme{}, err
		}
		now, err := readProgramme(ctx, tx, s.book, id)
		if err != nil {
			return Programme{}, err
		}
		for _, m := range now.all {
			if m.ID != member {
				continue
			}
			if m.OrganisationID != nil {
				if _, err := sideOfMember(ctx, tx, who, *m.OrganisationID); errors.Is(err, ErrNotYourSide) {
					return Programme{}, fault.ErrNotFound.With() // it is masked
				}
			}
			if last.Before(m.From) || !m.To.IsZero() && last.After(m.To) {
				return Programme{}, fault.ErrDateOrder.At("on")
			}
			const end = `UPDATE trade.programme_members SET during = daterange(lower(during), $2, '[]') WHERE id = $1`
			if _, err := tx.Exec(ctx, end, member, last); err != nil {
				return Programme{}, err
			}
			return recordProgramme(ctx, tx, s.book, who, id, "member_ended", map[string]any{"member_id": member, "on": last})
		}
		return Programme{}, fault.ErrNotFound.With()
	})
}

// AddTarget notes what the group, or one member, is committed to. Refused: fault.ErrNotFound,
// ErrTargetTwice, ErrNotYourSide for a member of the other side, fault.ErrUnknownValue for who is none,
// fault.ErrDateOrder and what the rules of goods refuse.
func (s *Service) AddTarget(ctx context.Context, who identity.Principal, id uuid.UUID, n NewTarget) (Programme, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Programme, error) {
		if err := lockProgramme(ctx, tx, who, id, nil); err != nil {
			return Programme{}, err
		}
		if err := n.check(s.book); err != nil {
			return Programme{}, err
		}
		if n.OrganisationID != uuid.Nil {
			if _, err := sideOfMember(ctx, tx, who, n.OrganisationID); err != nil {
				return Programme{}, err
			}
			now, err := readProgramme(ctx, tx, s.book, id)
			if err != nil {
				return Programme{}, err
			}
			if !now.memberOf(n.OrganisationID, "") {
				return Programme{}, fault.ErrUnknownValue.At("organisation_id", "value", n.OrganisationID, "allowed", "members")
			}
		}
		const insert = `
			INSERT INTO trade.programme_targets (id, programme_id, organisation_id, line, form, quantity, unit, weight, during, created_at)
			VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7, $8, daterange($9, $10, '[]'), $11)`
		target, err := uuid.NewV7()
		if err != nil {
			return Programme{}, fmt.Errorf("naming a target: %w", err)
		}
		_, err = tx.Exec(ctx, insert, target, id, postgres.NullID(n.OrganisationID), n.Line, n.Form, n.Quantity, n.Unit, n.weight(), n.From, n.To, tx.Now)
		if err != nil {
			return Programme{}, postgres.MapConstraint(err, byConstraint)
		}
		return recordProgramme(ctx, tx, s.book, who, id, "target_added", map[string]any{"target_id": target, "line": n.Line, "quantity": n.Quantity})
	})
}

// WithdrawTarget takes a commitment back; it stays in the trail. Refused: fault.ErrNotFound.
func (s *Service) WithdrawTarget(ctx context.Context, who identity.Principal, id, target uuid.UUID) (Programme, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Programme, error) {
		if err := lockProgramme(ctx, tx, who, id, nil); err != nil {
			return Programme{}, err
		}
		const withdraw = `UPDATE trade.programme_targets SET withdrawn_at = $3 WHERE programme_id = $1 AND id = $2 AND withdrawn_at IS NULL`
		switch n, err := tx.Exec(ctx, withdraw, id, target, tx.Now); {
		case err != nil:
			return Programme{}, err
		case n == 0:
			return Programme{}, fault.ErrNotFound.With()
		}
		return recordProgramme(ctx, tx, s.book, who, id, "target_withdrawn", map[string]any{"target_id": target})
	})
}
