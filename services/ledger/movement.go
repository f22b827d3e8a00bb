package ledger

import (
	"context"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// MovementNames is what people call each movement.
func MovementNames(ctx context.Context, reader postgres.Reader) (map[Movement]reference.Names, error) {
	const query = `SELECT movement, name_vi, name_en FROM ledger.movements`
	var rows []struct {
		reference.Names

		Movement Movement `db:"movement"`
	}
	if err := reader.Select(ctx, &rows, query); err != nil {
		return nil, err
	}
	found := make(map[Movement]reference.Names, len(rows))
	for _, row := range rows {
		found[row.Movement] = row.Names
	}
	return found, nil
}
