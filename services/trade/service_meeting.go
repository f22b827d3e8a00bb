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
	"github.com/ocop-market/ocop/services/reference"
)

const selectMeeting = `
	SELECT m.id, m.event_id, m.starts_at, m.ends_at, m.cancelled_at,
	       (SELECT min(CAST(s.participant_id AS text)) FROM trade.meeting_seats s WHERE s.meeting_id = m.id) AS first,
	       (SELECT max(CAST(s.participant_id AS text)) FROM trade.meeting_seats s WHERE s.meeting_id = m.id) AS second
	  FROM trade.meetings m`

type meetingRow struct {
	ID          uuid.UUID  `db:"id"`
	EventID     uuid.UUID  `db:"event_id"`
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
// once; a constraint decides. The event is held meanwhile, so none is arranged in one that is cancelled or
// put on other days at the same time. Refused: fault.ErrNotFound, ErrEventState, ErrMeetingTime,
// ErrMeetingClash, ErrDeclined, fault.ErrUnknownValue for who is no participant of the event.
func (s *Service) ArrangeMeeting(ctx context.Context, who identity.Principal, event uuid.UUID, n NewMeeting) (Meeting, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Meeting, error) {
		if err := mayManage(who); err != nil {
			return Meeting{}, err
		}
		of, _, err := moveEvent(ctx, tx, who, event, nil, MoveAdmit)
		if err != nil {
			return Meeting{}, err
		}
		if len(n.Participants) != 2 || n.Participants[0] == n.Participants[1] {
			return Meeting{}, fault.ErrOutOfRange.At("participants", "min", 2, "max", 2)
		}
		if err := of.hours(n.From, n.To); err != nil {
			return Meeting{}, err
		}
		id, err := insertMeeting(ctx, tx, event, n)
		if err != nil {
			return Meeting{}, err
		}
		return recordMeeting(ctx, tx, who, of, id, TrailMeetingArranged)
	})
}

// recordMeeting records what was done about a meeting and returns it as it is now.
func recordMeeting(ctx context.Context, tx *postgres.Tx, who identity.Principal, of Event, id uuid.UUID, action string) (Meeting, error) {
	m, err := readMeeting(ctx, tx, of.ID, id)
	if err != nil {
		return m, err
	}
	return m, recordEvent(ctx, tx, who, of.ID, action, map[string]any{
		"meeting_id": id, "participants": m.Participants, "starts_at": m.From, "ends_at": m.To, "state": of.State,
	})
}

func insertMeeting(ctx context.Context, tx *postgres.Tx, event uuid.UUID, n NewMeeting) (uuid.UUID, error) {
	const insert = `INSERT INTO trade.meetings (id, event_id, starts_at, ends_at, created_at) VALUES ($1, $2, $3, $4, $5)`
	const comes = `SELECT attendance FROM trade.participants WHERE event_id = $1 AND id = $2`
	const seat = `
		INSERT INTO trade.meeting_seats (meeting_id, event_id, participant_id, during) VALUES ($1, $2, $3, tstzrange($4, $5))`
	id, err := uuid.NewV7()
	if err != nil {
		return id, fmt.Errorf("naming a meeting: %w", err)
	}
	if _, err := tx.Exec(ctx, insert, id, event, n.From, n.To, tx.Now); err != nil {
		return id, err
	}
	for at, participant := range n.Participants {
		var attendance Attendance
		switch err := tx.Get(ctx, &attendance, comes, event, participant); {
		case errors.Is(err, postgres.ErrNoRows):
			return id, fault.ErrUnknownValue.At(element("participants", at), "value", participant, "allowed", "/v1/trade-events/{id}/participants")
		case err != nil:
			return id, err
		case attendance == Declined:
			return id, ErrDeclined.At(element("participants", at))
		}
		if _, err := tx.Exec(ctx, seat, id, event, participant, n.From, n.To); err != nil {
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

// MoveMeeting puts a meeting to another time within the days of its event. Refused: fault.ErrNotFound,
// ErrEventState, ErrMeetingCancelled, ErrMeetingTime, ErrMeetingClash.
func (s *Service) MoveMeeting(ctx context.Context, who identity.Principal, event, id uuid.UUID, from, to time.Time) (Meeting, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Meeting, error) {
		if err := mayManage(who); err != nil {
			return Meeting{}, err
		}
		of, _, err := moveEvent(ctx, tx, who, event, nil, MoveAdmit)
		if err != nil {
			return Meeting{}, err
		}
		now, err := readMeeting(ctx, tx, event, id)
		if err != nil {
			return Meeting{}, err
		}
		if now.CancelledAt != nil {
			return Meeting{}, ErrMeetingCancelled.With()
		}
		if err := of.hours(from, to); err != nil {
			return Meeting{}, err
		}
		if now.From.Equal(from) && now.To.Equal(to) {
			return now, nil
		}
		const move = `UPDATE trade.meetings SET starts_at = $2, ends_at = $3 WHERE id = $1`
		const reseat = `UPDATE trade.meeting_seats SET during = tstzrange($2, $3) WHERE meeting_id = $1`
		if _, err := tx.Exec(ctx, move, id, from, to); err != nil {
			return Meeting{}, err
		}
		if _, err := tx.Exec(ctx, reseat, id, from, to); err != nil {
			return Meeting{}, postgres.MapConstraint(err, byConstraint)
		}
		return recordMeeting(ctx, tx, who, of, id, TrailMeetingMoved)
	})
}

// CancelMeeting frees the time of its participants; cancelled again it stays as it was. Refused:
// fault.ErrNotFound, ErrEventState.
func (s *Service) CancelMeeting(ctx context.Context, who identity.Principal, event, id uuid.UUID) (Meeting, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Meeting, error) {
		if err := mayManage(who); err != nil {
			return Meeting{}, err
		}
		of, _, err := moveEvent(ctx, tx, who, event, nil, MoveAdmit)
		if err != nil {
			return Meeting{}, err
		}
		switch cancelled, err := cancelMeetings(ctx, tx, event, id, uuid.Nil); {
		case err != nil:
			return Meeting{}, err
		case len(cancelled) == 0:
			return readMeeting(ctx, tx, event, id)
		}
		return recordMeeting(ctx, tx, who, of, id, TrailMeetingCancelled)
	})
}

// cancelMeetings cancels those of an event that stand, frees their time and returns which: one alone, or those
// ahead of one participant, where these are named.
func cancelMeetings(ctx context.Context, tx *postgres.Tx, event, one, participant uuid.UUID) ([]uuid.UUID, error) {
	const cancel = `
		UPDATE trade.meetings m SET cancelled_at = $4
		 WHERE m.event_id = $1 AND m.cancelled_at IS NULL AND (CAST($2 AS uuid) IS NULL OR m.id = $2)
		   AND (CAST($3 AS uuid) IS NULL
		        OR m.ends_at > $4 AND EXISTS (SELECT FROM trade.meeting_seats s WHERE s.meeting_id = m.id AND s.participant_id = $3))
		RETURNING m.id`
	const free = `UPDATE trade.meeting_seats SET stands = false WHERE meeting_id = ANY ($1)`
	var ids []uuid.UUID
	if err := tx.Select(ctx, &ids, cancel, event, postgres.NullID(one), postgres.NullID(participant), tx.Now); err != nil || len(ids) == 0 {
		return nil, err
	}
	_, err := tx.Exec(ctx, free, postgres.Array(ids))
	return ids, err
}

// cancelMeetingsOf cancels those ahead of a participant that does not come.
func cancelMeetingsOf(ctx context.Context, tx *postgres.Tx, who identity.Principal, of Event, participant uuid.UUID) error {
	cancelled, err := cancelMeetings(ctx, tx, of.ID, uuid.Nil, participant)
	for _, id := range cancelled {
		if _, err := recordMeeting(ctx, tx, who, of, id, TrailMeetingCancelled); err != nil {
			return err
		}
	}
	return err
}

// meetingsFit refuses days of an event outside which meetings stand. The event is held, so none is arranged
// meanwhile.
func meetingsFit(ctx context.Context, tx *postgres.Tx, of Event) error {
	const outside = `
		SELECT count(*) FROM trade.meetings WHERE event_id = $1 AND cancelled_at IS NULL AND (starts_at < $2 OR ends_at >= $3)`
	var count int
	if err := tx.Get(ctx, &count, outside, of.ID, of.From.In(reference.Zone()), of.To.AddDays(1).In(reference.Zone())); err != nil {
		return err
	}
	if count > 0 {
		return ErrMeetingsOutside.At("to", "count", count, "from", of.From, "to", of.To)
	}
	return nil
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
