package trade

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

const selectEvent = `
	SELECT e.id, e.kind, e.name, e.organiser_id, coalesce(e.commune, '') AS commune, e.place, e.starts_on, e.ends_on, e.state,
	       (SELECT count(*) FROM trade.participants p WHERE p.event_id = e.id) AS participants,
	       (SELECT count(*) FROM trade.participants p WHERE p.event_id = e.id AND p.attendance = 'attended') AS attended,
	       (SELECT count(*) FROM trade.memoranda m WHERE m.event_id = e.id AND m.state IN ('confirmed', 'ended')) AS memoranda,
	       coalesce((SELECT s.reason FROM trade.event_steps s WHERE s.event_id = e.id AND s.to_state = 'cancelled'), '') AS reason,
	       e.invented, e.version, e.created_at, e.updated_at
	  FROM trade.events e`

// readEvent reads an event that the principal may see; fault.ErrNotFound otherwise.
func readEvent(ctx context.Context, reader postgres.Reader, who identity.Principal, id uuid.UUID) (Event, error) {
	const query = selectEvent + ` WHERE e.id = $1 AND ($2 OR e.state <> 'draft')`
	var event Event
	err := reader.Get(ctx, &event, query, id, watches(who))
	if errors.Is(err, postgres.ErrNoRows) {
		return event, fault.ErrNotFound.With()
	}
	return event, err
}

// eventIsPublic refuses an event that nobody may name: fault.ErrUnknownValue at event_id.
func eventIsPublic(ctx context.Context, reader postgres.Reader, who identity.Principal, id uuid.UUID) error {
	if id == uuid.Nil {
		return nil
	}
	_, err := readEvent(ctx, reader, who, id)
	if errors.Is(err, fault.ErrNotFound) {
		return fault.ErrUnknownValue.At("event_id", "value", id, "allowed", "/v1/trade-events")
	}
	return err
}

// moveEvent locks an event, checks that a move is possible and returns it as it was and as it will be.
func moveEvent(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, match Match, move EventMove) (from, to Event, err error) {
	const lock = `SELECT id FROM trade.events WHERE id = $1 FOR UPDATE`
	err = tx.Get(ctx, &id, lock, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return from, to, fault.ErrNotFound.With()
	}
	if err != nil {
		return from, to, err
	}
	if from, err = readEvent(ctx, tx, who, id); err != nil {
		return from, to, err
	}
	if err = expect(from.Version, match); err != nil {
		return from, to, err
	}
	to, err = from.next(move, reference.Day(tx.Now))
	return from, to, err
}

func insertEvent(ctx context.Context, tx *postgres.Tx, e Event) error {
	const insert = `
		INSERT INTO trade.events (id, kind, name, organiser_id, commune, place, starts_on, ends_on, state, invented, created_at, updated_at)
		VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7, $8, $9, $10, $11, $11)`
	_, err := tx.Exec(ctx, insert, e.ID, e.Kind, e.Name, e.OrganiserID, e.CommuneCode, e.Place, e.From, e.To, e.State, e.Invented, tx.Now)
	return eventRefusal(err, e)
}

func updateEvent(ctx context.Context, tx *postgres.Tx, e Event) error {
	const update = `
		UPDATE trade.events SET kind = $2, name = $3, commune = nullif($4, ''), place = $5, starts_on = $6, ends_on = $7, state = $8,
		       version = version + 1, updated_at = $9
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, e.ID, e.Kind, e.Name, e.CommuneCode, e.Place, e.From, e.To, e.State, tx.Now)
	return eventRefusal(err, e)
}

// eventRefusal names a kind that does not exist; constraints decide the rest.
func eventRefusal(err error, e Event) error {
	if postgres.Constraint(err) == "events_kind_fkey" {
		return fault.ErrUnknownValue.At("kind", "value", e.Kind, "allowed", "/v1/trade/kinds").Because(err)
	}
	return postgres.MapConstraint(err, byConstraint)
}

// noteEvent appends a step and records it in the audit trail.
func noteEvent(ctx context.Context, tx *postgres.Tx, who identity.Principal, from, to Event, move EventMove, action, reason string) error {
	const insert = `
		INSERT INTO trade.event_steps (event_id, n, at, move, organisation_id, from_state, to_state, reason)
		SELECT $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7 FROM trade.event_steps WHERE event_id = $1`
	if _, err := tx.Exec(ctx, insert, to.ID, tx.Now, move, postgres.NullID(who.OrganisationID), from.State, to.State, reason); err != nil {
		return err
	}
	return recordEvent(ctx, tx, who, to.ID, action, map[string]any{
		"from": from.State, "to": to.State, "moved": from.moved(to), "starts_on": to.From, "ends_on": to.To,
	})
}

func recordEvent(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, action string, detail map[string]any) error {
	return identity.RecordTx(ctx, tx, who, action, identity.Subject{Kind: "trade_event", ID: id}, detail)
}
