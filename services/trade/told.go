package trade

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// MemorandumTold is what the parties of a memorandum are told of it.
type MemorandumTold struct {
	ID         uuid.UUID `db:"id"`
	ProducerID uuid.UUID `db:"producer_id"`
	BuyerID    uuid.UUID `db:"buyer_id"`
	// ProducerName and BuyerName are those of parties that are not on the platform.
	ProducerName string `db:"producer_name"`
	BuyerName    string `db:"buyer_name"`
	// Contested is why it was contested last; Refused why the last amendment was that was refused.
	Contested string `db:"contested"`
	Refused   string `db:"refused"`
}

// MemorandaToldTx reads memoranda by their ids; unknown ones are missing.
func MemorandaToldTx(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]MemorandumTold, error) {
	const query = `
		SELECT m.id, coalesce(m.producer_id, '00000000-0000-0000-0000-000000000000') AS producer_id, t.producer_name,
		       coalesce(m.buyer_id, '00000000-0000-0000-0000-000000000000') AS buyer_id, t.buyer_name,
		       coalesce((SELECT s.reason FROM trade.memorandum_steps s WHERE s.memorandum_id = m.id AND s.to_state = 'contested'
		                  ORDER BY s.n DESC LIMIT 1), '') AS contested,
		       coalesce((SELECT o.reason FROM trade.amendment_outcomes o WHERE o.memorandum_id = m.id AND o.outcome = 'refused'
		                  ORDER BY o.version DESC LIMIT 1), '') AS refused
		  FROM trade.memoranda m
		  JOIN trade.terms t ON t.memorandum_id = m.id AND t.version = m.terms
		 WHERE m.id = ANY ($1)`
	var rows []MemorandumTold
	if err := tx.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	told := make(map[uuid.UUID]MemorandumTold, len(rows))
	for _, row := range rows {
		told[row.ID] = row
	}
	return told, nil
}

// EventTold is what participants of a trade event are told of it.
type EventTold struct {
	ID          uuid.UUID  `db:"id"`
	Name        string     `db:"name"`
	CommuneCode string     `db:"commune"`
	Place       string     `db:"place"`
	From        civil.Date `db:"starts_on"`
	To          civil.Date `db:"ends_on"`
	// Reason is why it was cancelled.
	Reason string `db:"reason"`
}

// EventsToldIn reads trade events by their ids; unknown ones are missing.
func EventsToldIn(ctx context.Context, reader postgres.Reader, ids []uuid.UUID) (map[uuid.UUID]EventTold, error) {
	const query = `
		SELECT e.id, e.name, coalesce(e.commune, '') AS commune, e.place, e.starts_on, e.ends_on,
		       coalesce((SELECT s.reason FROM trade.event_steps s WHERE s.event_id = e.id AND s.to_state = 'cancelled'), '') AS reason
		  FROM trade.events e WHERE e.id = ANY ($1)`
	var rows []EventTold
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	told := make(map[uuid.UUID]EventTold, len(rows))
	for _, row := range rows {
		told[row.ID] = row
	}
	return told, nil
}

// ParticipantTold is who is told of a trade event.
type ParticipantTold struct {
	ID             uuid.UUID  `db:"id"`
	EventID        uuid.UUID  `db:"event_id"`
	OrganisationID uuid.UUID  `db:"organisation_id"` // zero for one that is not on the platform
	Name           string     `db:"name"`
	Attendance     Attendance `db:"attendance"`
}

// ParticipantsToldTx reads all participants of trade events, in the order in which they were added.
func ParticipantsToldTx(ctx context.Context, tx *postgres.Tx, events []uuid.UUID) ([]ParticipantTold, error) {
	const query = `
		SELECT p.id, p.event_id, coalesce(p.organisation_id, '00000000-0000-0000-0000-000000000000') AS organisation_id, p.name, p.attendance
		  FROM trade.participants p WHERE p.event_id = ANY ($1) ORDER BY p.id`
	var told []ParticipantTold
	err := tx.Select(ctx, &told, query, postgres.Array(events))
	return told, err
}

// MeetingsToldTx reads the meetings of trade events that stand.
func MeetingsToldTx(ctx context.Context, tx *postgres.Tx, events []uuid.UUID) (map[uuid.UUID][]Meeting, error) {
	const query = selectMeeting + ` WHERE m.event_id = ANY ($1) AND m.cancelled_at IS NULL ORDER BY m.id`
	var rows []meetingRow
	if err := tx.Select(ctx, &rows, query, postgres.Array(events)); err != nil {
		return nil, err
	}
	told := make(map[uuid.UUID][]Meeting)
	for _, row := range rows {
		told[row.EventID] = append(told[row.EventID], row.meeting())
	}
	return told, nil
}
