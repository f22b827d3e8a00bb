package identity

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// EventFilter narrows a list of audit events; zero fields narrow nothing.
type EventFilter struct {
	OrganisationID, ActorID, SubjectID uuid.UUID
	Action                             string
	// From is inclusive, Until exclusive.
	From, Until time.Time
}

// Events lists audit events, newest first, at most limit of them behind a position: to an owner
// those of the own organisation and about it, to an official also those of the organisations
// that the official oversees, without their details, which hold terms of trade; to the
// administrator all. Refused: fault.ErrForbidden to everybody else.
func (s *Service) Events(ctx context.Context, who Principal, filter EventFilter, after Position, limit int) ([]Event, error) {
	narrowed, err := filter.narrow(who)
	if err != nil {
		return nil, err
	}
	const query = `
		SELECT e.id, e.at, e.actor_id, e.organisation_id, e.key_id, e.action, e.subject_kind, e.subject_id, e.trace_id,
		       CASE WHEN $1 OR e.organisation_id = $2 THEN e.detail END AS detail` + eventsSeen + `
		   AND ($10::timestamptz IS NULL OR (e.at, e.id) < ($10, $11::uuid))
		 ORDER BY e.at DESC, e.id DESC LIMIT $12`
	var rows []struct {
		Event

		Detail postgres.JSON[json.RawMessage] `db:"detail"`
	}
	err = s.db.Select(ctx, &rows, query, append(narrowed, after.at(), after.ID, limit)...)
	if err != nil {
		return nil, err
	}
	events := make([]Event, len(rows))
	for i, row := range rows {
		events[i] = row.Event
		events[i].Detail = row.Detail.V
	}
	return events, nil
}

// CountEvents counts what Events would list, up to 10 000.
func (s *Service) CountEvents(ctx context.Context, who Principal, filter EventFilter) (int, error) {
	narrowed, err := filter.narrow(who)
	if err != nil {
		return 0, err
	}
	const query = `SELECT count(*) FROM (SELECT 1` + eventsSeen + ` LIMIT $10) counted`
	total := 0
	err = s.db.Get(ctx, &total, query, append(narrowed, countCap)...)
	return total, err
}

// eventsSeen are the events that the caller may know of and asked for.
const eventsSeen = `
	  FROM identity.audit_events e
	 WHERE ($1 OR e.organisation_id = $2 OR (e.subject_kind = 'organisation' AND e.subject_id = $2)
	        OR e.organisation_id IN (SELECT o.id FROM identity.organisations o WHERE o.kind = ANY ($3)))
	   AND ($4::uuid IS NULL OR e.organisation_id = $4) AND ($5::uuid IS NULL OR e.actor_id = $5)
	   AND ($6::uuid IS NULL OR e.subject_id = $6) AND ($7 = '' OR e.action = $7)
	   AND ($8::timestamptz IS NULL OR e.at >= $8) AND ($9::timestamptz IS NULL OR e.at < $9)`

// narrow returns the parameters of eventsSeen, or why the caller may see none.
func (f EventFilter) narrow(who Principal) ([]any, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	kinds, err := overseen(who)
	if err != nil && (who.Role != Owner || who.KeyID != uuid.Nil) {
		return nil, fault.ErrForbidden.With()
	}
	return []any{
		who.Administrator, postgres.NullID(who.OrganisationID), postgres.Array(kinds), postgres.NullID(f.OrganisationID), postgres.NullID(f.ActorID),
		postgres.NullID(f.SubjectID), f.Action, orNoTime(f.From), orNoTime(f.Until),
	}, nil
}

func orNoTime(moment time.Time) any {
	if moment.IsZero() {
		return nil
	}
	return moment
}
