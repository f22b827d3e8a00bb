package trade

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

const selectParticipant = `
	SELECT p.id, p.organisation_id, coalesce(o.name, p.name) AS name, p.attendance, coalesce(p.booth, '') AS booth, p.booth_area, p.version
	  FROM trade.participants p LEFT JOIN identity.organisations o ON o.id = p.organisation_id`

// AddParticipant adds who is invited to a trade event, or has registered. Refused: fault.ErrNotFound,
// ErrEventState, ErrParty, ErrParticipantTwice, ErrBoothTaken, fault.ErrUnknownValue for an
// organisation that is no approved producer or buyer.
func (s *Service) AddParticipant(ctx context.Context, who identity.Principal, event uuid.UUID, n NewParticipant) (Participant, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Participant, error) {
		if err := mayManage(who); err != nil {
			return Participant{}, err
		}
		of, _, err := moveEvent(ctx, tx, who, event, nil, MoveAdmit)
		if err != nil {
			return Participant{}, err
		}
		if err := n.check(); err != nil {
			return Participant{}, err
		}
		if n.OrganisationID != uuid.Nil {
			found, err := identity.OrganisationsIn(ctx, tx, []uuid.UUID{n.OrganisationID})
			if err != nil {
				return Participant{}, err
			}
			if known := found[n.OrganisationID]; known.State != identity.Approved || known.Kind == identity.Authority {
				return Participant{}, fault.ErrUnknownValue.At("organisation_id", "value", n.OrganisationID, "allowed", "producer, buyer")
			}
		}
		return insertParticipant(ctx, tx, who, of, n, TrailParticipantAdded)
	})
}

func insertParticipant(
	ctx context.Context, tx *postgres.Tx, who identity.Principal, of Event, n NewParticipant, action string,
) (Participant, error) {
	const insert = `
		INSERT INTO trade.participants (id, event_id, organisation_id, name, attendance, booth, booth_area, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, nullif($6, ''), $7, $8, $8)`
	id, err := uuid.NewV7()
	if err != nil {
		return Participant{}, fmt.Errorf("naming a participant: %w", err)
	}
	_, err = tx.Exec(ctx, insert, id, of.ID, postgres.NullID(n.OrganisationID), n.Name, n.Attendance, n.Booth, n.BoothArea, tx.Now)
	if err != nil {
		return Participant{}, postgres.MapConstraint(err, byConstraint)
	}
	return recordParticipant(ctx, tx, who, of, id, action)
}

// recordParticipant records what was done about a participant and returns it as it is now.
func recordParticipant(ctx context.Context, tx *postgres.Tx, who identity.Principal, of Event, id uuid.UUID, action string) (Participant, error) {
	p, err := readParticipant(ctx, tx, of.ID, id)
	if err != nil {
		return p, err
	}
	return p, recordEvent(ctx, tx, who, of.ID, action, map[string]any{
		"participant_id": id, "attendance": p.Attendance, "state": of.State, "starts_on": of.From, "ends_on": of.To,
	})
}

func readParticipant(ctx context.Context, reader postgres.Reader, event, id uuid.UUID) (Participant, error) {
	const query = selectParticipant + ` WHERE p.event_id = $1 AND p.id = $2`
	var p Participant
	err := reader.Get(ctx, &p, query, event, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return p, fault.ErrNotFound.With()
	}
	return p, err
}

// ChangeParticipant notes booth and attendance; who declines is in no meeting any more. Refused: fault.ErrNotFound, fault.ErrStale by match,
// ErrEventState, ErrBoothTaken, ErrEventNotBegun for attendance before the event.
func (s *Service) ChangeParticipant(
	ctx context.Context, who identity.Principal, event, id uuid.UUID, match Match, change ParticipantChange,
) (Participant, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Participant, error) {
		if err := mayManage(who); err != nil {
			return Participant{}, err
		}
		of, _, err := moveEvent(ctx, tx, who, event, nil, MoveAdmit) // holds the event, and so its participants
		if err != nil {
			return Participant{}, err
		}
		now, err := readParticipant(ctx, tx, event, id)
		if err != nil {
			return Participant{}, err
		}
		if err := expect(now.Version, match); err != nil {
			return Participant{}, err
		}
		next, err := change.apply(now)
		if err != nil {
			return Participant{}, err
		}
		if next.Attendance == Attended && !of.begun(tx.Now) {
			return Participant{}, ErrEventNotBegun.At("attendance", "from", of.From)
		}
		const update = `
			UPDATE trade.participants SET attendance = $2, booth = nullif($3, ''), booth_area = $4, version = version + 1, updated_at = $5 WHERE id = $1`
		if _, err := tx.Exec(ctx, update, id, next.Attendance, next.Booth, next.BoothArea, tx.Now); err != nil {
			return Participant{}, postgres.MapConstraint(err, byConstraint)
		}
		if next.Attendance == Declined {
			if err := cancelMeetingsOf(ctx, tx, who, of, id); err != nil {
				return Participant{}, err
			}
		}
		return recordParticipant(ctx, tx, who, of, id, "trade_event.participant_changed")
	})
}

// Enrol is a producer's or buyer's own word that it comes to an announced event, invited or not.
// Refused: whatever MayWrite refuses, fault.ErrForbidden for all others, fault.ErrNotFound,
// ErrEventState.
func (s *Service) Enrol(ctx context.Context, who identity.Principal, event uuid.UUID) (Participant, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Participant, error) {
		if err := who.MayWrite(areaOf(who)); err != nil {
			return Participant{}, err
		}
		if areaOf(who) != tradeArea {
			return Participant{}, fault.ErrForbidden.With()
		}
		of, _, err := moveEvent(ctx, tx, who, event, nil, MoveEnrol)
		if err != nil {
			return Participant{}, err
		}
		const update = `
			UPDATE trade.participants SET attendance = 'registered', version = version + 1, updated_at = $3
			 WHERE event_id = $1 AND organisation_id = $2 RETURNING id`
		var id uuid.UUID
		err = tx.Get(ctx, &id, update, event, who.OrganisationID, tx.Now)
		if errors.Is(err, postgres.ErrNoRows) {
			return insertParticipant(ctx, tx, who, of, NewParticipant{OrganisationID: who.OrganisationID, Attendance: Registered}, trailEnrolled)
		}
		if err != nil {
			return Participant{}, err
		}
		return recordParticipant(ctx, tx, who, of, id, trailEnrolled)
	})
}

const listedParticipants = ` WHERE p.event_id = $1 AND ($2 OR p.attendance <> 'declined' OR p.organisation_id = $3)`

// Participants is a page of those who take part in an event the caller may see, in the order in
// which they were added. Organisations that declined are shown to officials and to themselves.
func (s *Service) Participants(ctx context.Context, who identity.Principal, event uuid.UUID, page Page) ([]Participant, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return nil, err
	}
	const query = selectParticipant + listedParticipants + ` AND (CAST($4 AS uuid) IS NULL OR p.id > $4)
		 ORDER BY p.id LIMIT $5`
	if _, err := readEvent(ctx, s.db, who, event); err != nil {
		return nil, err
	}
	participants := []Participant{}
	err := s.db.Select(ctx, &participants, query, event, watches(who), who.OrganisationID, postgres.NullID(page.After), page.Limit)
	return participants, err
}
