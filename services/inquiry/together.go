package inquiry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// togetherTimeout ends a transaction that several acts wait for.
const togetherTimeout = 15 * time.Second

// combinerOn is a combiner whose acts are decided in a database.
func combinerOn(db *postgres.DB) *combiner {
	return &combiner{together: func(ctx context.Context, batch []*asked) []outcome { return decideTogether(ctx, db, batch) }}
}

// plain reports whether an act can be decided together with others: an award of few quotes and nothing
// besides. What it stands on may still have it decided by itself, see sitting.judge.
func (a *Act) plain() bool {
	return a.Framework == nil && a.DeclineRest == nil && len(a.Allocations) <= sittingAllocations
}

// decideTogether decides acts in one transaction, each by its own: what the rules refuse is refused alone,
// and those before it are counted in. Whatever the database refuses takes all of them back, and then
// each is decided by itself, as is what is not plain: no answer depends on who else was there. An act
// without a key is not tried again when nobody can tell whether its commit arrived.
func decideTogether(ctx context.Context, db *postgres.DB, batch []*asked) (outcomes []outcome) {
	ctx, cancel := context.WithTimeout(ctx, togetherTimeout)
	defer cancel()
	var err error
	ending := false
	defer func() {
		accident := recover()
		if accident != nil {
			err = fmt.Errorf("deciding acts together: panic: %v\n%s", accident, debug.Stack())
			slog.ErrorContext(ctx, "deciding acts together failed", "error", err)
		}
		if err == nil {
			return
		}
		outcomes = make([]outcome, len(batch))
		for at, a := range batch {
			outcomes[at].alone = true
			if a.key == nil && (accident != nil && ending || errors.Is(err, postgres.ErrUndecided)) {
				outcomes[at] = outcome{err: err}
			}
		}
	}()
	err = db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		ending = false
		tx.BeforeCommit(func(context.Context) error {
			ending = true
			return nil
		})
		var err error
		outcomes, err = sit(ctx, tx, batch)
		return err
	})
	return outcomes
}

// sitting is a transaction that decides several acts.
type sitting struct {
	batch    []*asked
	outcomes []outcome
	grounds  map[int]*ground
	// free is what seems to be left of offers, the acts decided before taken off. It may be out of date: the
	// ledger decides, and what seems not to fit is left to it alone.
	free   map[uuid.UUID]quantity.Quantity
	claims *choice
	stops  salesStops

	awards []*awardRecord
	deeds  []identity.Deed
	moves  []ledger.Move
}

func sit(ctx context.Context, tx *postgres.Tx, batch []*asked) ([]outcome, error) {
	keys := make([]*idempotency.Request, len(batch))
	for at, a := range batch {
		keys[at] = a.key
	}
	claimed, err := idempotency.ClaimAllTx(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	s := &sitting{batch: batch, outcomes: make([]outcome, len(batch))}
	if err := s.read(ctx, tx, claimed); err != nil {
		return nil, err
	}
	for at := range batch {
		if !claimed[at] {
			s.outcomes[at].alone = true
			continue
		}
		s.outcomes[at] = s.judge(at, tx.Now)
	}
	if err := s.write(tx); err != nil {
		return nil, err
	}
	return s.outcomes, s.close(ctx, tx, claimed)
}

// read locks and reads what the acts stand on.
func (s *sitting) read(ctx context.Context, tx *postgres.Tx, claimed []bool) error {
	const query = selectAwardable + `, 0 AS awarded_alone` + fromAwardable
	var picked chosen
	for at, a := range s.batch {
		if claimed[at] {
			picked.add(at, a.who, a.inquiryID, a.act.Allocations)
		}
	}
	var rows []awardableRow
	if err := tx.Select(ctx, &rows, query, picked.arguments(tx.Now)...); err != nil {
		return err
	}
	s.grounds, s.free = groundsOf(rows), make(map[uuid.UUID]quantity.Quantity)
	quotes := make(map[uuid.UUID]*quoteRecord, len(rows))
	for at := range rows {
		s.free[rows[at].OfferID] = rows[at].OfferFree
	}
	grounds := make([]*ground, 0, len(s.grounds))
	for _, g := range s.grounds {
		grounds = append(grounds, g)
		maps.Copy(quotes, g.quotes)
	}
	var err error
	if s.claims, err = choiceOf(ctx, tx, quotes); err != nil {
		return err
	}
	s.stops, err = stopsOf(ctx, tx, grounds...)
	return err
}

// judge decides one act on what those before it left. It is left to be decided by itself when anything
// besides the awards would have to be written or asked.
func (s *sitting) judge(at int, now time.Time) outcome {
	g, a := s.grounds[at], s.batch[at]
	if g == nil {
		return outcome{alone: true}
	}
	if err := g.refuses(a.act, s.stops, now); err != nil {
		return outcome{err: err}
	}
	if g.awardLimit > 0 || g.holdsRanOut {
		return outcome{alone: true}
	}
	awards, err := newAwards(g, a.act.Allocations, s.claims, now)
	if err != nil || !g.allPlain(awards) || !s.fits(g, awards) {
		return outcome{alone: true}
	}
	s.awards = append(s.awards, awards...)
	s.moves = append(s.moves, ledger.Move{Who: a.who, Postings: commitments(g, awards)})
	for _, one := range awards {
		s.deeds = append(s.deeds, identity.Deed{Entry: one.entry(), Who: a.who, Trace: a.trace})
		g.take(one)
	}
	return outcome{made: Awards{Awards: answers(awards)}}
}

// allPlain reports whether awards are under no ceiling and leave every line wanting something.
func (g *ground) allPlain(awards []*awardRecord) bool {
	for _, one := range awards {
		if len(one.limited) > 0 {
			return false
		}
	}
	return len(g.filledBy(awards)) == 0
}

// fits takes what awards need off what is free of their offers, or reports that it seems not to be there.
func (s *sitting) fits(g *ground, awards []*awardRecord) bool {
	needed := make(map[uuid.UUID]quantity.Quantity, len(awards))
	for _, one := range awards {
		needed[one.OfferID] += one.Quantity - min(g.quotes[one.QuoteID].Held, one.Quantity)
	}
	for offer, amount := range needed {
		if amount > s.free[offer] {
			return false
		}
	}
	for offer, amount := range needed {
		s.free[offer] -= amount
	}
	return true
}

// take counts an award in for the acts that come after.
func (g *ground) take(one *awardRecord) {
	quote := g.quotes[one.QuoteID]
	quote.Awarded += one.Quantity
	quote.Held -= min(quote.Held, one.Quantity)
	for at := range g.Lines {
		if g.Lines[at].ID == one.LineID {
			g.Lines[at].Open -= one.Quantity
		}
	}
}

// write writes the awards; their volume moves last of all.
func (s *sitting) write(tx *postgres.Tx) error {
	if len(s.awards) == 0 {
		return nil
	}
	enterAwards(tx, s.awards)
	if err := identity.RecordDeedsTx(tx, s.deeds...); err != nil {
		return err
	}
	ledger.PostAtEndTx(tx, func(refused error) error { return refused }, s.moves...)
	return nil
}

// close keeps the answers and gives back the keys of what has none.
func (s *sitting) close(ctx context.Context, tx *postgres.Tx, claimed []bool) error {
	var kept, forgotten []*idempotency.Request
	var made []Awards
	for at, became := range s.outcomes {
		switch {
		case !claimed[at] || s.batch[at].key == nil:
		case became.alone || became.err != nil:
			forgotten = append(forgotten, s.batch[at].key)
		default:
			kept, made = append(kept, s.batch[at].key), append(made, became.made)
		}
	}
	if err := idempotency.KeepAllTx(tx, kept, made); err != nil {
		return fmt.Errorf("keeping answers: %w", err)
	}
	return idempotency.ForgetAllTx(ctx, tx, forgotten)
}
