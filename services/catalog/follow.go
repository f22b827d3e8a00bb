package catalog

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// followBatch bounds how many events one transaction follows.
const followBatch = 1000

// Follow draws the consequences of what happened to organisations: a new name is searched by, and
// the old one no longer. It takes one batch of the sealed audit trail and reports whether more is
// waiting. Of several processes one works, the others find nothing to do.
func (s *Service) Follow(ctx context.Context) (bool, error) {
	more := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var err error
		more, err = s.follow(ctx, tx)
		return err
	})
	return more, err
}

func (s *Service) follow(ctx context.Context, tx *postgres.Tx) (bool, error) {
	const lock = `SELECT seq FROM catalog.followed WHERE trail = 'organisations' FOR UPDATE SKIP LOCKED`
	var seq int64
	err := tx.Get(ctx, &seq, lock)
	if errors.Is(err, postgres.ErrNoRows) {
		return false, nil // another process is at it
	}
	if err != nil {
		return false, err
	}
	events, err := identity.SealedAfter(ctx, tx, seq, followBatch)
	if err != nil || len(events) == 0 {
		return false, err
	}
	renamed := make(map[uuid.UUID]bool)
	for _, event := range events {
		if event.Action == "organisation.amended" {
			renamed[event.SubjectID] = true
		}
	}
	for producer := range renamed {
		if err := rebuildAll(ctx, tx, s.book, producer); err != nil {
			return false, err
		}
	}
	const moved = `UPDATE catalog.followed SET seq = $1 WHERE trail = 'organisations'`
	_, err = tx.Exec(ctx, moved, events[len(events)-1].Seq)
	return len(events) == followBatch, err
}

func rebuildAll(ctx context.Context, tx *postgres.Tx, book *reference.Book, producer uuid.UUID) error {
	after := uuid.Nil
	for {
		n, last, err := rebuildTexts(ctx, tx, book, producer, after)
		if err != nil || n == 0 {
			return err
		}
		after = last
	}
}
