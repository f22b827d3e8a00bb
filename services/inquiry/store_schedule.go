package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// withArrivals reads what came, and which day it is, for those of the awards that have several
// dates; where none has it asks nothing.
func withArrivals(ctx context.Context, reader postgres.Reader, awards []*awardRecord) error {
	const query = `
		SELECT d.award_id, d.id, d.dispatched_at, d.received_at, d.quantity, coalesce(s.accepted, d.accepted) AS accepted
		  FROM inquiry.deliveries d
		  LEFT JOIN inquiry.disputes x ON x.delivery_id = d.id AND x.settled_at IS NOT NULL
		  LEFT JOIN inquiry.settlements s ON s.dispute_id = x.id AND s.agreed_at IS NOT NULL
		 WHERE d.award_id = ANY ($1)`
	dated := make(map[uuid.UUID]*awardRecord)
	var ids []uuid.UUID
	for _, a := range awards {
		if len(a.Schedule.V) > 0 {
			dated[a.ID] = a
			ids = append(ids, a.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	now, err := clock(ctx, reader)
	if err != nil {
		return err
	}
	var came []arrival
	if err := reader.Select(ctx, &came, query, postgres.Array(ids)); err != nil {
		return err
	}
	for _, one := range came {
		dated[one.AwardID].arrivals = append(dated[one.AwardID].arrivals, one)
	}
	for _, a := range dated {
		a.today = reference.Day(now)
	}
	return nil
}
