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
	ActorID        uuid.UUID       `db:"actor_id"        doc:"The person, or 00000000-0000-7000-8000-000000000001 for the platform itself." json:"actor_id"`
	OrganisationID *uuid.UUID      `db:"organisation_id" doc:"For whom the actor acted." json:"organisation_id,omitempty"`
	KeyID          *uuid.UUID      `db:"key_id"          doc:"The API key used, if any." json:"key_id,omitempty"`
	Action         string          `db:"action"          doc:"What was done, such as organisation.approved." json:"action"`
	SubjectKind    string          `db:"subject_kind"    json:"subject_kind"`
	SubjectID      uuid.UUID       `db:"subject_id"      json:"subject_id"`
	Detail         json.RawMessage `db:"-"               doc:"Facts; left out for officials, who see no terms of trade." json:"detail,omitempty"`
	TraceID        string          `db:"trace_id"        json:"trace_id,omitempty"`
}

// RecordTx adds an event to the audit trail: who did what to which subject, in the transaction
// that does it, so that both happen or neither. The action is "noun.past_participle". The detail
// holds ids and facts only, never names, addresses, phone numbers, passwords or tokens: events
// cannot be changed afterwards. A nil detail is an empty object.
func RecordTx(ctx context.Context, tx *postgres.Tx, who Principal, action string, subject Subject, detail any) error {
	if detail == nil {
		detail = struct{}{}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("audit event: %w", err)
	}
	const insert = `
		INSERT INTO identity.audit_events
		       (id, at, actor_id, organisation_id, key_id, action, subject_kind, subject_id, detail, trace_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	_, err = tx.Exec(ctx, insert, id, tx.Now, who.UserID, postgres.NullID(who.OrganisationID), postgres.NullID(who.KeyID), action,
		subject.Kind, subject.ID, postgres.JSON[any]{V: detail}, originOf(ctx).Trace)
	if err != nil {
		return fmt.Errorf("recording %s: %w", action, err)
	}
	return nil
}
