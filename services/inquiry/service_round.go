package inquiry

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// OpenRound opens a round in which producers that quoted may revise although the deadline is over,
// until the round's own. Refused: while another is open (ErrRoundOpen), before the deadline of sealed
// quotes (ErrSealed), where nobody has a quote that stands (ErrNobodyQuoted), and for a producer that
// has none (ErrNotQuoted).
func (s *Service) OpenRound(ctx context.Context, who identity.Principal, id uuid.UUID, round NewRound) (Inquiry, error) {
	return s.decide(ctx, who, id, EventRoundOpened, func(ctx context.Context, tx *postgres.Tx, r *record) error {
		if err := r.may(moveOpenRound, byBuyer, tx.Now); err != nil {
			return err
		}
		if err := round.check(tx.Now); err != nil {
			return err
		}
		producers, err := revisers(ctx, tx, id, round.Producers)
		if err != nil {
			return err
		}
		return insertRound(ctx, tx, id, round, producers)
	})
}

// EndRound ends the open round before its deadline; what was revised stands. ErrNoRound when none is
// open.
func (s *Service) EndRound(ctx context.Context, who identity.Principal, id uuid.UUID) (Inquiry, error) {
	return s.decide(ctx, who, id, "inquiry.round_ended", func(ctx context.Context, tx *postgres.Tx, r *record) error {
		if err := r.may(moveEndRound, byBuyer, tx.Now); err != nil {
			return err
		}
		const update = `UPDATE inquiry.rounds SET ended_at = $2 WHERE id = $1`
		_, err := tx.Exec(ctx, update, r.openRound(tx.Now).ID, tx.Now)
		return err
	})
}

// revisers are the producers of a round: those named, else all that have a quote that stands.
func revisers(ctx context.Context, tx *postgres.Tx, inquiryID uuid.UUID, named []uuid.UUID) ([]uuid.UUID, error) {
	const query = `SELECT DISTINCT producer_id FROM inquiry.quotes WHERE inquiry_id = $1 AND stage = 'submitted' AND awarded = 0 ORDER BY producer_id`
	var quoted []uuid.UUID
	if err := tx.Select(ctx, &quoted, query, inquiryID); err != nil {
		return nil, err
	}
	if len(quoted) == 0 {
		return nil, ErrNobodyQuoted.With()
	}
	if len(named) == 0 {
		return quoted, nil
	}
	var found fault.Collector
	for at, id := range named {
		if !slices.Contains(quoted, id) {
			found.Add(index("producers", at), ErrNotQuoted)
		}
	}
	return slices.Compact(slices.SortedFunc(slices.Values(named), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })), found.Err()
}
