package trade

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

const selectMeeting = `
	SELECT m.id, m.starts_at, m.ends_at, m.cancelled_at,
	       (SELECT min(CAST(s.participant_id AS text)) FROM trade.meeting_seats s WHERE s.meeting_id = m.id) AS first,
	       (SELECT max(CAST(s.participant_id AS text)) FROM trade.meeting_seats s WHERE s.meeting_id = m.id) AS second
	  FROM trade.meetings m`

type meetingRow struct {
	ID          uuid.UUID  `db:"id"`
	StartsAt    time.Time  `db:"starts_at"`
	EndsAt      time.Time  `db:"ends_at"`
	CancelledAt *time.Time `db:"cancelled_at"`
	First       uuid.UUID  `db:"first"`
	Second      uuid.UUID  `db:"second"`
}

func (r meetingRow) meeting() Meeting {
	return Meeting{
		ID: r.ID, Participants: [2]uuid.UUID{r.First, r.Second}, From: r.StartsAt.UTC(), To: r.EndsAt.UTC(), CancelledAt: r.CancelledAt,
	}
}

// ArrangeMeeting has two participants meet within the days of an event. Nobody is in two meetings at
// once; which of two that are arranged at the same time stands is decided by a constraint. Refused:
// fault.ErrNotFound, ErrEventState, ErrMeetingTime, ErrMeetingClash, fault.ErrUnknownValue for who is
// no participant of the event.
func (s *Service) ArrangeMeeting(ctx context.Context, who identity.Principal, event uuid.UUID, n NewMeeting) (Meeting, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Meeting, error) {
		if err := mayManage(who); err != nil {
			return Meeting{}, err
		}
		of, err := readEvent(ctx, tx, who, event)
		if err != nil {
			return Meeting{}, err
		}
		if _, err := of.next(MoveAdmit, of.From); err != nil {
			return Meeting{}, err
		}
		if len(n.Participants) != 2 || n.Participants[0] == n.Participants[1] {
			return Meeting{}, fault.ErrOutOfRange.At("participants", "min", 2, "max", 2)
		}
		if !n.To.After(n.From) || !of.during(n.From) || !of.during(n.To) {
			return Meeting{}, ErrMeetingTime.At("from", "from", of.From, "to", of.To)
		}
		id, err := insertMeeting(ctx, tx, event, n)
		if err != nil {
			return Meeting{}, err
		}
		if err := recordEvent(ctx, tx, who, event, "meeting_arranged", map[string]any{"meeting_id": id, "participants": n.Participants}); err != nil {
			return Meeting{}, err
		}
		return readMeeting(ctx, tx, event, id)
	})
}

func insertMeeting(ctx context.Context, tx *postgres.Tx, event uuid.UUID, n NewMeeting) (uuid.UUID, error) {
	const insert = `INSERT INTO trade.meetings (id, event_id, starts_at, ends_at, created_at) VALUES ($1, $2, $3, $4, $5)`
	const lock = `
		SELECT id FROM trade.participants WHERE event_id = $1 AND id = ANY (CAST($2 AS uuid[])) ORDER BY id FOR NO KEY UPDATE`
	const seat = `
		INSERT INTO trade.meeting_seats (meeting_id, event_id, participant_id, during) VALUES ($1, $2, $3, tstzrange($4, $5))`
	id, err := uuid.NewV7()
	if err != nil {
		return id, fmt.Errorf("naming a meeting: %w", err)
	}
	// The constraint decides; but two that insert at once would wait for each other to find out, so
	// those who share somebody come one after the other, in the order of ids.
	if _, err := tx.Exec(ctx, lock, event, postgres.Array(n.Participants)); err != nil {
		return id, err
	}
	if _, err := tx.Exec(ctx, insert, id, event, n.From, n.To, tx.Now); err != nil {
		return id, err
	}
	for _, participant := range n.Participants {
		_, err := tx.Exec(ctx, seat, id, event, participant, n.From, n.To)
		if postgres.Constraint(err) == "seat_of_a_participant" {
			return id, fault.ErrUnknownValue.At("participants", "value", participant, "allowed", "…/participants").Because(err)
		}
		if err != nil {
			return id, postgres.MapConstraint(err, byConstraint)
		}
	}
	return id, nil
}

func readMeeting(ctx context.Context, reader postgres.Reader, event, id uuid.UUID) (Meeting, error) {
	const query = selectMeeting + ` WHERE m.event_id = $1 AND m.id = $2`
	var row meetingRow
	err := reader.Get(ctx, &row, query, event, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return Meeting{}, fault.ErrNotFound.With()
	}
	return row.meeting(), err
}

// CancelMeeting frees the time of its participants; cancelled again it stays as it was. Refused:
// fault.ErrNotFound, ErrEventState.
func (s *Service) CancelMeeting(ctx context.Context, who identity.Principal, event, id uuid.UUID) (Meeting, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Meeting, error) {
		if err := mayManage(who); err != nil {
			return Meeting{}, err
		}
		if _, _, err := moveEvent(ctx, tx, who, event, nil, MoveAdmit); err != nil {
			return Meeting{}, err
		}
		const cancel = `UPDATE trade.meetings SET cancelled_at = $3 WHERE event_id = $1 AND id = $2 AND cancelled_at IS NULL`
		const free = `UPDATE trade.meeting_seats SET stands = false WHERE meeting_id = $1`
		n, err := tx.Exec(ctx, cancel, event, id, tx.Now)
		if err != nil {
			return Meeting{}, err
		}
		if n > 0 {
			if _, err := tx.Exec(ctx, free, id); err != nil {
				return Meeting{}, err
			}
			if err := recordEvent(ctx, tx, who, event, "meeting_cancelled", map[string]any{"meeting_id": id}); err != nil {
				return Meeting{}, err
			}
		}
		return readMeeting(ctx, tx, event, id)
	})
}

const listedMeetings = `
		 WHERE m.event_id = $1
		   AND ($2 OR EXISTS (SELECT FROM trade.meeting_seats s JOIN trade.participants p ON p.id = s.participant_id
		                       WHERE s.meeting_id = m.id AND p.organisation_id = $3))`

// Meetings is a page of an event's meetings in the order in which they were arranged: all for
// officials, its own for a participant.
func (s *Service) Meetings(ctx context.Context, who identity.Principal, event uuid.UUID, page Page) ([]Meeting, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return nil, err
	}
	const query = selectMeeting + listedMeetings + ` AND (CAST($4 AS uuid) IS NULL OR m.id > $4) ORDER BY m.id LIMIT $5`
	if _, err := readEvent(ctx, s.db, who, event); err != nil {
		return nil, err
	}
	var rows []meetingRow
	err := s.db.Select(ctx, &rows, query, event, watches(who), who.OrganisationID, postgres.NullID(page.After), page.Limit)
	meetings := make([]Meeting, len(rows))
	for at, row := range rows {
		meetings[at] = row.meeting()
	}
	return meetings, err
}
