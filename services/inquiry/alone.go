package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// exceeds reports whether an act worth so much needs a second person: together with what the same
// person awarded alone of the same inquiry, and of the same producers on the same day in Vietnam, it is
// worth more than the buyer's limit. What a second person approved does not count, nor what was
// cancelled, nor what was awarded before there was a limit. Without a limit nothing exceeds it.
func (g *ground) exceeds(worth money.VND) bool {
	return g.awardLimit > 0 && (worth > g.awardLimit || g.awardedAlone > g.awardLimit-worth)
}

// noteAlone keeps what a person awarded without a second, where the buyer has a limit. It is one
// statement, and none without a limit.
func noteAlone(ctx context.Context, tx *postgres.Tx, who identity.Principal, g *ground, allocations []Allocation, awards []*awardRecord) error {
	if g.awardLimit == 0 {
		return nil
	}
	const insert = `
		INSERT INTO inquiry.alone_awards (award_id, buyer_id, person, inquiry_id, producer_id, day, value_vnd)
		SELECT a.id, $1, $2, $3, a.producer_id, CAST($4 AS date), a.value_vnd
		  FROM unnest(CAST($5 AS uuid[]), CAST($6 AS uuid[]), CAST($7 AS bigint[])) AS a(id, producer_id, value_vnd)`
	ids, producers, values := make([]uuid.UUID, len(awards)), make([]uuid.UUID, len(awards)), make([]int64, len(awards))
	for at, a := range awards {
		ids[at], producers[at], values[at] = a.ID, a.ProducerID, int64(g.worth(allocations[at:at+1]))
	}
	if err := tx.MakeCalls(ctx); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, insert, who.OrganisationID, who.UserID, g.ID, reference.Day(tx.Now), postgres.Array(ids), postgres.Array(producers), postgres.Array(values))
	return err
}
