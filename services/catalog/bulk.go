package catalog

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// Verdict is what became of one thing in a bulk change.
type Verdict string

// The verdicts. What was refused leaves nothing behind.
const (
	Created   Verdict = "created"
	Updated   Verdict = "updated"
	Unchanged Verdict = "unchanged"
	Refused   Verdict = "refused"
)

// Put is what became of one thing in a bulk change: its id, unless it was refused, and then why.
type Put struct {
	ID      uuid.UUID
	Verdict Verdict
	Err     error
}

// apart does one thing of a bulk change so that its refusal touches no other. An accident, and
// what the whole transaction must be run again for, is an error.
func apart(ctx context.Context, tx *postgres.Tx, work func(ctx context.Context) (Put, error)) (Put, error) {
	var put Put
	err := tx.Try(ctx, func(ctx context.Context) error {
		var err error
		put, err = work(ctx)
		return err
	})
	if err == nil {
		return put, nil
	}
	return PutRefused(err)
}

// PutRefused is what became of a thing that a rule refuses. Any other error is returned.
func PutRefused(err error) (Put, error) {
	if _, named := fault.From(err); !named || postgres.Retryable(err) || errors.Is(err, fault.ErrUnavailable) {
		return Put{}, err
	}
	return Put{Verdict: Refused, Err: err}, nil
}

// MaySupply refuses everybody but members of an approved producer who may change what it supplies.
func MaySupply(who identity.Principal) error { return mayChange(who) }

// MayReadSupply refuses everybody but members of a producer who may read what it supplies.
func MayReadSupply(who identity.Principal) error {
	if err := who.MayRead(supplyArea); err != nil {
		return err
	}
	if !who.Is(identity.Producer) {
		return fault.ErrForbidden.With()
	}
	return nil
}
