package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// Asked is an act as it waits with the combiner.
type Asked struct {
	Who         identity.Principal
	InquiryID   uuid.UUID
	Allocations []Allocation
	Key         *idempotency.Request
}

// Became is what became of it; Alone: it is to be decided by itself.
type Became struct {
	Made  Awards
	Err   error
	Alone bool
}

// DecideTogether is one transaction of the combiner, as when all these waited at the same time.
func (s *Service) DecideTogether(ctx context.Context, acts ...Asked) []Became {
	batch := make([]*asked, len(acts))
	for at, a := range acts {
		batch[at] = &asked{who: a.Who, inquiryID: a.InquiryID, act: Act{Allocations: a.Allocations}, key: a.Key, trace: "together"}
	}
	outcomes := make([]Became, len(batch))
	for at, became := range s.combiner.together(ctx, batch) {
		outcomes[at] = Became{became.made, became.err, became.alone}
	}
	return outcomes
}

// NotePaymentsDueTx is one batch of NotePaymentsDue in a transaction whose reads a test counts.
func NotePaymentsDueTx(ctx context.Context, tx *postgres.Tx) (bool, error) {
	return notePaymentsDue(ctx, tx)
}

// Kept reads the records of producers from all that they ever did.
func Kept(ctx context.Context, reader postgres.Reader, producers []uuid.UUID, within Window, today civil.Date) ([]factRow, error) {
	return kept(ctx, reader, producers, within, today)
}
