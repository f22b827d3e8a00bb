package monitor

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// PutUnderWatch has the authority look at an organisation of its own side more closely; the organisation is
// told why and until when. Refused: whatever MayWrite refuses, fault.ErrForbidden to who oversees nobody,
// fault.ErrNotFound for an organisation of the other side, ErrWatched, fault.ErrRequired,
// fault.ErrUnknownValue, fault.ErrOutOfRange and fault.ErrTooLong at their fields.
func (s *Service) PutUnderWatch(ctx context.Context, who identity.Principal, organisation uuid.UUID, word WatchWord) (Watch, error) {
	return s.putUnderWatch(ctx, who, organisation, word, false)
}

// PutUnderInventedWatch is PutUnderWatch for demonstration data, which says what it is.
func (s *Service) PutUnderInventedWatch(ctx context.Context, who identity.Principal, organisation uuid.UUID, word WatchWord) (Watch, error) {
	return s.putUnderWatch(ctx, who, organisation, word, true)
}

func (s *Service) putUnderWatch(ctx context.Context, who identity.Principal, organisation uuid.UUID, word WatchWord, invented bool) (Watch, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Watch, error) {
		if err := mayDecideOnWatch(who); err != nil {
			return Watch{}, err
		}
		by, err := watcherOf(ctx, tx, who, organisation)
		if err != nil {
			return Watch{}, err
		}
		if err := word.check(MovePut, reference.Day(tx.Now)); err != nil {
			return Watch{}, err
		}
		state, err := WatchState("").next(MovePut, by)
		if err != nil {
			return Watch{}, err
		}
		w := Watch{
			OrganisationID: organisation, State: state, Reason: word.Reason, Text: word.Text, ReviewOn: word.ReviewOn, Facts: []WatchFact{}, Invented: invented,
		}
		return beginWatch(ctx, tx, who, w, MovePut)
	})
}

// mayDecideOnWatch refuses whoever decides about no organisation at all.
func mayDecideOnWatch(who identity.Principal) error {
	if err := who.MayWrite(area); err != nil {
		return err
	}
	if !who.Official() && !who.Administrator {
		return fault.ErrForbidden.With()
	}
	return nil
}

// watcherOf says for whom a principal acts on an organisation; fault.ErrNotFound for one that it does not
// oversee, as for none.
func watcherOf(ctx context.Context, reader postgres.Reader, who identity.Principal, organisation uuid.UUID) (watcher, error) {
	found, err := identity.OrganisationsIn(ctx, reader, []uuid.UUID{organisation})
	if err != nil {
		return "", err
	}
	if of, known := found[organisation]; !known || of.Kind == identity.Authority || !who.Oversees(of.Kind) {
		return byOthers, fault.ErrNotFound.With()
	}
	return byAuthority, nil
}

// beginWatch writes a watch with its first step.
func beginWatch(ctx context.Context, tx *postgres.Tx, who identity.Principal, w Watch, move WatchMove) (Watch, error) {
	const insert = `
		INSERT INTO monitor.watches (id, organisation_id, state, reason, text, review_on, facts, invented, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`
	var err error
	if w.ID, err = uuid.NewV7(); err != nil {
		return w, fmt.Errorf("naming a watch: %w", err)
	}
	_, err = tx.Exec(ctx, insert, w.ID, w.OrganisationID, w.State, w.Reason, w.Text, w.ReviewOn, postgres.JSON[[]WatchFact]{V: w.Facts}, w.Invented, tx.Now)
	switch postgres.Constraint(err) {
	case "watch_open_once":
		return w, ErrWatched.With().Because(err)
	case "watches_reason_fkey":
		return w, fault.ErrUnknownValue.At("reason", "value", w.Reason, "allowed", "/v1/watch-terms").Because(err)
	}
	if err != nil {
		return w, err
	}
	w.Version = 1
	if err := noteWatch(ctx, tx, who, w, WatchPast{Move: move, To: w.State, Word: w.Text, ReviewOn: w.ReviewOn}); err != nil {
		return w, err
	}
	return readWatch(ctx, tx, w.ID, true)
}

// noteWatch appends a step and records it in the audit trail.
func noteWatch(ctx context.Context, tx *postgres.Tx, who identity.Principal, w Watch, step WatchPast) error {
	const insert = `
		INSERT INTO monitor.watch_steps (watch_id, n, at, move, organisation_id, from_state, to_state, word, review_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	_, err := tx.Exec(ctx, insert, w.ID, w.Version, tx.Now, step.Move, postgres.NullID(who.OrganisationID), step.From, step.To, step.Word, step.ReviewOn)
	if err != nil {
		return err
	}
	return identity.RecordTx(ctx, tx, who, watchSteps[step.Move].past, identity.Subject{Kind: "watch", ID: w.ID}, map[string]any{
		"organisation_id": w.OrganisationID, "from": step.From, "to": step.To, "reason": w.Reason, "version": w.Version,
	})
}

// MoveWatch accepts or dismisses a proposal, reviews a watch or ends it, with a word. Refused: whatever
// MayWrite refuses, fault.ErrForbidden to who oversees nobody, fault.ErrNotFound for a watch of the other
// side's, ErrWatchState, and as PutUnderWatch at the fields.
func (s *Service) MoveWatch(ctx context.Context, who identity.Principal, id uuid.UUID, move WatchMove, word WatchWord, match ...identity.Match) (Watch, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Watch, error) {
		if err := mayDecideOnWatch(who); err != nil {
			return Watch{}, err
		}
		if err := moveWatch(ctx, tx, who, id, move, word, match); err != nil {
			return Watch{}, err
		}
		return readWatch(ctx, tx, id, true)
	})
}

func moveWatch(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, move WatchMove, word WatchWord, match []identity.Match) error {
	const lock = `SELECT id FROM monitor.watches WHERE id = $1 FOR UPDATE`
	err := tx.Get(ctx, &id, lock, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return fault.ErrNotFound.With()
	}
	if err != nil {
		return err
	}
	w, err := readWatch(ctx, tx, id, false)
	if err != nil {
		return err
	}
	by, err := watcherOf(ctx, tx, who, w.OrganisationID)
	if err != nil {
		return err
	}
	for _, each := range match {
		if err := each(w.Version); err != nil {
			return err
		}
	}
	state, err := w.State.next(move, by)
	if err != nil {
		return err
	}
	if err := word.check(move, reference.Day(tx.Now)); err != nil {
		return err
	}
	step := WatchPast{Move: move, From: string(w.State), To: state, Word: word.Text, ReviewOn: word.ReviewOn}
	if w.State, w.Version = state, w.Version+1; move == MoveAccept {
		w.Text = word.Text
		if word.Reason != "" {
			w.Reason = word.Reason
		}
	}
	if state == Watched {
		w.ReviewOn = word.ReviewOn
	}
	const update = `
		UPDATE monitor.watches SET state = $2, reason = $3, text = $4, review_on = $5, version = $6, updated_at = $7 WHERE id = $1`
	_, err = tx.Exec(ctx, update, w.ID, w.State, w.Reason, w.Text, w.ReviewOn, w.Version, tx.Now)
	if postgres.Constraint(err) == "watches_reason_fkey" {
		return fault.ErrUnknownValue.At("reason", "value", w.Reason, "allowed", "/v1/watch-terms").Because(err)
	}
	if err != nil {
		return err
	}
	return noteWatch(ctx, tx, who, w, step)
}

// Watch returns one with its history, to the authority that oversees the organisation and, once it was
// decided on, to the organisation itself; fault.ErrNotFound to all others.
func (s *Service) Watch(ctx context.Context, who identity.Principal, id uuid.UUID) (Watch, error) {
	if err := mayReadWatches(who); err != nil {
		return Watch{}, err
	}
	var w Watch
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var err error
		if w, err = readWatch(ctx, tx, id, true); err != nil {
			return err
		}
		found, err := identity.OrganisationsIn(ctx, tx, []uuid.UUID{w.OrganisationID})
		if err != nil {
			return err
		}
		if !w.State.shownTo(who, w.OrganisationID, found[w.OrganisationID].Kind) {
			return fault.ErrNotFound.With()
		}
		return nil
	})
	if err != nil {
		return Watch{}, err
	}
	return w, nil
}

// mayReadWatches refuses visitors and keys of other areas. A producer's or buyer's people need no area of
// this service to read what is said of them.
func mayReadWatches(who identity.Principal) error {
	if who.Is(identity.Producer) || who.Is(identity.Buyer) {
		return who.MayRead("identity")
	}
	if err := who.MayRead(area); err != nil {
		return err
	}
	if !who.Official() && !who.Administrator {
		return fault.ErrForbidden.With()
	}
	return nil
}
