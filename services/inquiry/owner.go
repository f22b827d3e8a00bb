package inquiry

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// BuyerOf is whose inquiry it is, in whatever state. Refused: fault.ErrNotFound.
func BuyerOf(ctx context.Context, reader postgres.Reader, id uuid.UUID) (uuid.UUID, error) {
	const query = `SELECT buyer_id FROM inquiry.inquiries WHERE id = $1`
	var buyer uuid.UUID
	err := reader.Get(ctx, &buyer, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return uuid.Nil, fault.ErrNotFound.With()
	}
	return buyer, err
}
