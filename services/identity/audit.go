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

// Happening is what an event says: what was done to which subject. The action is
// "noun.past_participle". The detail holds ids and facts only, never names, addresses, phone
// numbers, passwords or tokens: events cannot be changed afterwards. Nil is an empty object.
type Happening struct {
	Action  string
	Subject Subject
	Detail  any
}

// RecordTx adds an event to the audit trail: who did what to which subject, in the transaction
// that does it, so that both happen or neither. See [Happening] for what an event may hold.
func RecordTx(ctx context.Context, tx *postgres.Tx, who Principal, action string, subject Subject, detail any) error {
	return RecordAllTx(ctx, tx, who, Happening{Action: action, Subject: subject, Detail: detail})
}

// RecordAllTx is RecordTx for several events, in one statement and in their order.
func RecordAllTx(ctx context.Context, tx *postgres.Tx, who Principal, happenings ...Happening) error {
	const insert = `
		INSERT INTO identity.audit_events
		       (id, at, actor_id, organisation_id, key_id, action, subject_kind, subject_id, detail, trace_id)
		SELECT h.id, $5, $6, $7, $8, h.action, h.kind, h.subject, CAST(h.detail AS jsonb), $9
		  FROM unnest(CAST($1 AS uuid[]), CAST($2 AS text[]), CAST($3 AS text[]), CAST($4 AS uuid[]), CAST($10 AS text[]))
		       AS h(id, action, kind, subject, detail)`
	ids, subjects := make([]uuid.UUID, len(happenings)), make([]uuid.UUID, len(happenings))
	actions, kinds, details := make([]string, len(happenings)), make([]string, len(happenings)), make([]string, len(happenings))
	for at, h := range happenings {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("audit event: %w", err)
		}
		ids[at], subjects[at], actions[at], kinds[at] = id, h.Subject.ID, h.Action, h.Subject.Kind
		if details[at], err = detailText(h.Detail); err != nil {
			return fmt.Errorf("recording %s: %w", h.Action, err)
		}
	}
	if len(happenings) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, insert, postgres.Array(ids), postgres.Array(actions), postgres.Array(kinds), postgres.Array(subjects), tx.Now,
		who.UserID, postgres.NullID(who.OrganisationID), postgres.NullID(who.KeyID), originOf(ctx).Trace, postgres.Array(details))
	if err != nil {
		return fmt.Errorf("recording %s: %w", happenings[0].Action, err)
	}
	return nil
}

func detailText(detail any) (string, error) {
	if detail == nil {
		return "{}", nil
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return "", fmt.Errorf("writing the detail of an event: %w", err)
	}
	return string(text), nil
}
