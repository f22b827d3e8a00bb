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
// that does it, so that both happen or neither. See [Entry] for what the detail may hold.
func RecordTx(ctx context.Context, tx *postgres.Tx, who Principal, action string, subject Subject, detail any) error {
	return RecordAllTx(ctx, tx, who, Entry{Action: action, Subject: subject, Detail: detail})
}

// RecordAllTx adds events like RecordTx, in their order, with one statement; none for none.
func RecordAllTx(ctx context.Context, tx *postgres.Tx, who Principal, entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	ids, subjects := make([]uuid.UUID, len(entries)), make([]uuid.UUID, len(entries))
	actions, kinds, details := make([]string, len(entries)), make([]string, len(entries)), make([]string, len(entries))
	for i, entry := range entries {
		if entry.Detail == nil {
			entry.Detail = struct{}{}
		}
		detail, err := json.Marshal(entry.Detail)
		if err != nil {
			return fmt.Errorf("recording %s: %w", entry.Action, err)
		}
		if ids[i], err = uuid.NewV7(); err != nil {
			return fmt.Errorf("audit event: %w", err)
		}
		actions[i], kinds[i], subjects[i], details[i] = entry.Action, entry.Subject.Kind, entry.Subject.ID, string(detail)
	}
	const insert = `
		INSERT INTO identity.audit_events
		       (id, at, actor_id, organisation_id, key_id, action, subject_kind, subject_id, detail, trace_id)
		SELECT e.id, $6, $7, $8, $9, e.action, e.kind, e.subject, CAST(e.detail AS jsonb), $10
		  FROM unnest(CAST($1 AS uuid[]), CAST($2 AS text[]), CAST($3 AS text[]), CAST($4 AS uuid[]), CAST($5 AS text[]))
		       AS e(id, action, kind, subject, detail)`
	_, err := tx.Exec(ctx, insert, postgres.Array(ids), postgres.Array(actions), postgres.Array(kinds), postgres.Array(subjects),
		postgres.Array(details), tx.Now, who.UserID, postgres.NullID(who.OrganisationID), postgres.NullID(who.KeyID), originOf(ctx).Trace)
	if err != nil {
		return fmt.Errorf("recording %s: %w", actions[0], err)
	}
	return nil
}
