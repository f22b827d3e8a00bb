package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Subject is what an audit event is about.
type Subject struct {
	// Kind is a word of the product: "organisation", "offer", "award".
	Kind string
	ID   uuid.UUID
}

// Event is one entry of the audit trail.
type Event struct {
	ID             uuid.UUID       `db:"id"              json:"id"`
	At             time.Time       `db:"at"              json:"at"`
	ActorID        uuid.UUID       `db:"actor_id"        doc:"The person; 00000000-0000-7000-8000-000000000001 for the platform itself, …002 for whoever holds a link for the dock." json:"actor_id"`
	OrganisationID *uuid.UUID      `db:"organisation_id" doc:"For whom the actor acted." json:"organisation_id,omitempty"`
	KeyID          *uuid.UUID      `db:"key_id"          doc:"The API key used, if any." json:"key_id,omitempty"`
	Action         string          `db:"action"          doc:"What was done, such as organisation.approved." json:"action"`
	SubjectKind    string          `db:"subject_kind"    json:"subject_kind"`
	SubjectID      uuid.UUID       `db:"subject_id"      json:"subject_id"`
	Detail         json.RawMessage `db:"-"               doc:"Facts; left out for officials, who see no terms of trade." json:"detail,omitempty"`
	TraceID        string          `db:"trace_id"        json:"trace_id,omitempty"`
}

// Entry is an event to be recorded.
type Entry struct {
	// Action is "noun.past_participle".
	Action  string
	Subject Subject
	// Detail holds ids and facts only, never names, addresses, phone numbers, passwords or tokens:
	// events cannot be changed afterwards. Nil is an empty object.
	Detail any
}

// RecordTx adds an event to the audit trail: who did what to which subject, in the transaction
// that does it, so that both happen or neither. See [Entry] for what the detail may hold. It is
// written at the transaction's end, see [postgres.Tx.AtEnd].
func RecordTx(ctx context.Context, tx *postgres.Tx, who Principal, action string, subject Subject, detail any) error {
	return RecordAllTx(ctx, tx, who, Entry{Action: action, Subject: subject, Detail: detail})
}

// event is an entry as the database reads it.
type event struct {
	ID          uuid.UUID `json:"id"`
	Action      string    `json:"action"`
	SubjectKind string    `json:"subject_kind"`
	SubjectID   uuid.UUID `json:"subject_id"`
	Detail      any       `json:"detail"`
}

func (e Entry) event() (event, error) {
	if e.Detail == nil {
		e.Detail = struct{}{}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return event{}, fmt.Errorf("audit event: %w", err)
	}
	return event{ID: id, Action: e.Action, SubjectKind: e.Subject.Kind, SubjectID: e.Subject.ID, Detail: e.Detail}, nil
}

// RecordAllTx adds events like RecordTx, in their order, with one call; none for none.
func RecordAllTx(ctx context.Context, tx *postgres.Tx, who Principal, entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	events := make([]event, len(entries))
	for i, entry := range entries {
		var err error
		if events[i], err = entry.event(); err != nil {
			return err
		}
	}
	tx.AtEnd(postgres.Call{Function: "identity.record", Args: []any{
		postgres.JSON[[]event]{V: events}, tx.Now, who.UserID, postgres.NullID(who.OrganisationID), postgres.NullID(who.KeyID), originOf(ctx).Trace,
	}})
	return nil
}

// Deed is an event of one of several callers for whom a transaction acts.
type Deed struct {
	Entry

	Who Principal
	// Trace is of the request that asked for it; see TraceOf.
	Trace string
}

// TraceOf names the request in whose context it is called, as events do.
func TraceOf(ctx context.Context) string { return originOf(ctx).Trace }

// RecordDeedsTx adds what several callers did, in the order given, as RecordAllTx does; none for none.
func RecordDeedsTx(tx *postgres.Tx, deeds ...Deed) error {
	if len(deeds) == 0 {
		return nil
	}
	type deed struct {
		event

		ActorID        uuid.UUID     `json:"actor_id"`
		OrganisationID uuid.NullUUID `json:"organisation_id"`
		KeyID          uuid.NullUUID `json:"key_id"`
		TraceID        string        `json:"trace_id"`
	}
	events := make([]deed, len(deeds))
	for i, one := range deeds {
		made, err := one.event()
		if err != nil {
			return err
		}
		events[i] = deed{made, one.Who.UserID, postgres.NullID(one.Who.OrganisationID), postgres.NullID(one.Who.KeyID), one.Trace}
	}
	tx.AtEnd(postgres.Call{Function: "identity.record_each", Args: []any{postgres.JSON[[]deed]{V: events}, tx.Now}})
	return nil
}
