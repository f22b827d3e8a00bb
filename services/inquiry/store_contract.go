package inquiry

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

const selectContracts = `
	SELECT c.award_id, c.code, c.facts, c.digest, c.set_down_at, a.cancelled_at IS NOT NULL AS cancelled
	  FROM inquiry.contracts c JOIN inquiry.awards a ON a.id = c.award_id`

// contractOf reads an award's contract; ErrNotFound when none was set down.
func contractOf(ctx context.Context, reader postgres.Reader, awardID uuid.UUID) (*contractRecord, error) {
	const query = selectContracts + ` WHERE c.award_id = $1`
	return oneContract(ctx, reader, query, awardID)
}

// contractByCode reads the contract that bears a code; ErrNotFound when none does.
func contractByCode(ctx context.Context, reader postgres.Reader, code string) (*contractRecord, error) {
	const query = selectContracts + ` WHERE c.code = $1`
	return oneContract(ctx, reader, query, code)
}

func oneContract(ctx context.Context, reader postgres.Reader, query string, by any) (*contractRecord, error) {
	var r contractRecord
	err := reader.Get(ctx, &r, query, by)
	if errors.Is(err, postgres.ErrNoRows) {
		return nil, fault.ErrNotFound.With()
	}
	return &r, err
}

// insertContract sets a contract down unless the award has one; false when it has.
func insertContract(ctx context.Context, tx *postgres.Tx, r *contractRecord) (bool, error) {
	const insert = `
		INSERT INTO inquiry.contracts (award_id, code, facts, digest, set_down_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (award_id) DO NOTHING`
	n, err := tx.Exec(ctx, insert, r.AwardID, r.Code, r.Facts, r.Digest, r.SetDownAt)
	return n == 1, err
}
