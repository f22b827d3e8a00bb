package identity

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// SealedEvent is an event of the audit trail with its place in the sealed order.
type SealedEvent struct {
	Seq       int64     `db:"seq"`
	Action    string    `db:"action"`
	SubjectID uuid.UUID `db:"subject_id"`
	// OrganisationID is for whom it was done; zero for the platform.
	OrganisationID uuid.NullUUID `db:"organisation_id"`
}

// SealedAfter lists the sealed events behind a place in the trail, in order. Services above follow
// the trail with it: the order is final, because an event is sealed only when no earlier one can
// still commit.
func SealedAfter(ctx context.Context, reader postgres.Reader, seq int64, limit int) ([]SealedEvent, error) {
	const query = `
		SELECT s.seq, e.action, e.subject_id, e.organisation_id
		  FROM identity.audit_seals s JOIN identity.audit_events e ON e.id = s.row_id
		 WHERE s.seq > $1 ORDER BY s.seq LIMIT $2`
	var events []SealedEvent
	err := reader.Select(ctx, &events, query, seq, limit)
	return events, err
}
