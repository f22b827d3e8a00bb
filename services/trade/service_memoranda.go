package trade

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

func inquiriesIn(links map[uuid.UUID]uuid.UUID) []uuid.UUID {
	return slices.SortedFunc(maps.Keys(links), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
}

// Memorandum returns a memorandum with its history and what followed, to its parties and to
// officials as far as each may see it; fault.ErrNotFound to all others.
func (s *Service) Memorandum(ctx context.Context, who identity.Principal, id uuid.UUID) (Memorandum, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return Memorandum{}, err
	}
	var m Memorandum
	err := s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var err error
		m, err = wholeMemorandum(ctx, tx, s.book, who, id)
		return err
	})
	return m, err
}

// MemorandumFilter narrows a list of memoranda; empty fields ask for nothing.
type MemorandumFilter struct {
	Page

	State   MemorandumState
	EventID uuid.UUID
}

const listedMemoranda = `
		 WHERE (CAST($1 AS uuid) IS NULL OR m.producer_id = $1 OR m.buyer_id = $1)
		   AND ($2 = '' OR m.state = $2) AND (CAST($3 AS uuid) IS NULL OR m.event_id = $3)`

// concernedBy is the party whose memoranda a principal lists; none for officials, who list all.
func concernedBy(who identity.Principal) uuid.NullUUID {
	if watches(who) {
		return uuid.NullUUID{}
	}
	return postgres.NullID(who.OrganisationID)
}

// Memoranda is a page of the memoranda that concern the caller, newest entry first: a party's own,
// all for officials. Each as Memorandum shows it, without history and awards.
func (s *Service) Memoranda(ctx context.Context, who identity.Principal, filter MemorandumFilter) ([]Memorandum, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return nil, err
	}
	const query = selectMemorandum + listedMemoranda + `
		   AND (CAST($4 AS uuid) IS NULL OR m.id < $4)
		 ORDER BY m.id DESC LIMIT $5`
	shown := []Memorandum{}
	err := s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		found, err := readMemoranda(ctx, tx, s.book, query, concernedBy(who), string(filter.State), postgres.NullID(filter.EventID),
			postgres.NullID(filter.After), filter.Limit)
		if err != nil {
			return err
		}
		seen, _, err := newView(ctx, tx, who, s.book, found)
		shown = make([]Memorandum, len(found))
		for at := range found {
			shown[at] = seen.show(found[at])
		}
		return err
	})
	return shown, err
}
