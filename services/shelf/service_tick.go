package shelf

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// selectTick reads ticks t as they stand at the instant $1. Whether one is in force is for
// shelf.ticks_in_force to say.
const selectTick = `
	SELECT t.id, t.product_id, t.producer_id, t.system, t.state, t.answer_due_at, t.answered_at, t.invented, t.version, t.created_at,
	       t.updated_at,
	       EXISTS (SELECT 1 FROM shelf.ticks_in_force($1) f WHERE f.product_id = t.product_id AND f.system = t.system) AS in_force,
	       coalesce((SELECT min(c.system) FROM shelf.cases_spread($1) c
	                  WHERE c.product_id = t.product_id AND c.system <> t.system AND t.state = 'approved'), '') AS halted_by
	  FROM shelf.ticks t`

// Apply asks a system for its Green Tick for a product of the producer's. Refused: whatever MayWrite
// refuses, fault.ErrForbidden for who is no producer, ErrSystem, fault.ErrNotFound for a foreign
// product, ErrProductNotPublished, ErrTickState for one that was asked for already.
func (s *Service) Apply(ctx context.Context, who identity.Principal, product uuid.UUID, system string) (Tick, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Tick, error) {
		if err := mayWriteAs(who, identity.Producer); err != nil {
			return Tick{}, err
		}
		if _, known := s.book.BuyerSystem(system); !known {
			return Tick{}, ErrSystem.At("system", "value", system)
		}
		found, err := catalog.ProductsTx(ctx, tx, []uuid.UUID{product})
		switch {
		case err != nil:
			return Tick{}, err
		case found[product].ProducerID != who.OrganisationID:
			return Tick{}, fault.ErrNotFound.With()
		case found[product].State != catalog.Published:
			return Tick{}, ErrProductNotPublished.With()
		}
		id, err := ensureTick(ctx, tx, who, product, system)
		if err != nil {
			return Tick{}, err
		}
		return moveTick(ctx, tx, who, id, nil, MoveApply, "")
	})
}

// ensureTick makes a tick that was never asked for, if there is none, and returns its id.
func ensureTick(ctx context.Context, tx *postgres.Tx, who identity.Principal, product uuid.UUID, system string) (uuid.UUID, error) {
	const insert = `
		INSERT INTO shelf.ticks (id, product_id, producer_id, system, state, version, created_at, updated_at)
		VALUES ($1, $2, $3, $4, 'withdrawn', 0, $5, $5) ON CONFLICT ON CONSTRAINT ticks_product_system_key DO NOTHING`
	const find = `SELECT id FROM shelf.ticks WHERE product_id = $1 AND system = $2`
	id, err := uuid.NewV7()
	if err != nil {
		return id, fmt.Errorf("naming a Green Tick: %w", err)
	}
	if _, err := tx.Exec(ctx, insert, id, product, who.OrganisationID, system, tx.Now); err != nil {
		return id, err
	}
	err = tx.Get(ctx, &id, find, product, system)
	return id, err
}

// Move takes a step in a Green Tick's life. Refused: fault.ErrNotFound for a tick that is none of
// the caller's business, fault.ErrForbidden for a step that is another's to take, fault.ErrStale by
// match, fault.ErrRequired where a reason is needed, ErrTickState, ErrAnswerPending.
func (s *Service) Move(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, move TickMove, reason string) (Tick, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Tick, error) {
		if err := who.MayWrite(areaOf(who)); err != nil {
			return Tick{}, err
		}
		return moveTick(ctx, tx, who, id, match, move, reason)
	})
}

func moveTick(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID, match Match, move TickMove, reason string) (Tick, error) {
	const lock = `SELECT id FROM shelf.ticks WHERE id = $1 FOR UPDATE`
	err := tx.Get(ctx, &id, lock, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return Tick{}, fault.ErrNotFound.With()
	}
	if err != nil {
		return Tick{}, err
	}
	now, err := readTick(ctx, tx, id)
	if err != nil {
		return Tick{}, err
	}
	actor, err := actorOf(ctx, tx, who, now)
	if err != nil {
		return Tick{}, err
	}
	if err := expect(now.Version, match); err != nil {
		return Tick{}, err
	}
	reason = strings.TrimSpace(reason)
	next, err := now.next(move, actor, tx.Now)
	if err != nil {
		return Tick{}, err
	}
	if steps[move].reasoned && reason == "" {
		return Tick{}, fault.ErrRequired.At("reason")
	}
	if err := writeTick(ctx, tx, who, now, next, move, actor, reason); err != nil {
		return Tick{}, err
	}
	return wholeTick(ctx, tx, id)
}

func writeTick(ctx context.Context, tx *postgres.Tx, who identity.Principal, from, to Tick, move TickMove, actor Actor, reason string) error {
	const update = `
		UPDATE shelf.ticks SET state = $2, answer_due_at = $3, answered_at = $4, version = version + 1, updated_at = $5 WHERE id = $1`
	const insert = `
		INSERT INTO shelf.tick_events (tick_id, n, at, move, actor, organisation_id, from_state, to_state, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	if _, err := tx.Exec(ctx, update, to.ID, to.State, to.AnswerDueAt, to.AnsweredAt, tx.Now); err != nil {
		return err
	}
	if err := catalog.NoteTickTx(ctx, tx, to.fact(tx.Now)); err != nil {
		return err
	}
	before := string(from.State)
	if from.Version == 0 { // it was never asked for before
		before = ""
	}
	_, err := tx.Exec(ctx, insert, to.ID, from.Version+1, tx.Now, move, actor, postgres.NullID(who.OrganisationID), before, to.State, reason)
	if err != nil {
		return err
	}
	subject := identity.Subject{Kind: "product", ID: to.ProductID}
	detail := map[string]any{"green_tick_id": to.ID, "system": to.System, "from": before, "to": to.State}
	return identity.RecordTx(ctx, tx, who, "green_tick."+steps[move].past, subject, detail)
}

// actorOf says for whom a principal acts on a tick: its producer, a buyer of its system, an official
// of the buyers' province or an administrator. fault.ErrNotFound for all others, but for those who
// oversee producers: they read it, and move nothing.
func actorOf(ctx context.Context, reader postgres.Reader, who identity.Principal, tick Tick) (Actor, error) {
	switch {
	case who.Is(identity.Producer) && who.OrganisationID == tick.ProducerID:
		return Supplier, nil
	case who.Oversees(identity.Buyer):
		return ByOfficial, nil
	case who.Oversees(identity.Producer):
		return "", nil
	}
	system, err := systemOf(ctx, reader, who)
	if err != nil {
		return "", err
	}
	if system == "" || system != tick.System {
		return "", fault.ErrNotFound.With()
	}
	return BySystem, nil
}

func readTick(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (Tick, error) {
	var tick Tick
	err := tx.Get(ctx, &tick, selectTick+` WHERE t.id = $2`, tx.Now, id)
	if errors.Is(err, postgres.ErrNoRows) {
		err = fault.ErrNotFound.With()
	}
	return tick, err
}

// wholeTick reads a tick with its history.
func wholeTick(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (Tick, error) {
	const events = `
		SELECT at, move, actor, from_state, to_state, reason FROM shelf.tick_events WHERE tick_id = $1 ORDER BY n`
	tick, err := readTick(ctx, tx, id)
	if err != nil {
		return Tick{}, err
	}
	tick.History = []Event{}
	err = tx.Select(ctx, &tick.History, events, id)
	return tick, err
}

// Tick returns a Green Tick with its history, to its producer, its system's buyers and officials;
// fault.ErrNotFound to all others.
func (s *Service) Tick(ctx context.Context, who identity.Principal, id uuid.UUID) (Tick, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return Tick{}, err
	}
	var tick Tick
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var err error
		if tick, err = wholeTick(ctx, tx, id); err != nil {
			return err
		}
		_, err = actorOf(ctx, tx, who, tick)
		return err
	})
	if err != nil {
		return Tick{}, err
	}
	return tick, nil
}

// TickFilter narrows a list of Green Ticks; empty fields ask for nothing.
type TickFilter struct {
	ProductID uuid.UUID
	System    string
	State     TickState
	After     uuid.UUID // where the page before ended
	Limit     int
}

// Ticks is a page of the Green Ticks that concern the caller, newest first: a producer's own, those
// of a buyer's system, all for officials. Refused: ErrNoSystem for a buyer of none.
func (s *Service) Ticks(ctx context.Context, who identity.Principal, filter TickFilter) ([]Tick, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return nil, err
	}
	const query = selectTick + `
		 WHERE (CAST($2 AS uuid) IS NULL OR t.producer_id = $2)
		   AND ($3 = '' OR t.system = $3) AND ($4 = '' OR t.system = $4)
		   AND (CAST($5 AS uuid) IS NULL OR t.product_id = $5) AND ($6 = '' OR t.state = $6)
		   AND (CAST($7 AS uuid) IS NULL OR (t.created_at, t.id) < (SELECT a.created_at, a.id FROM shelf.ticks a WHERE a.id = $7))
		 ORDER BY t.created_at DESC, t.id DESC LIMIT $8`
	var ticks []Tick
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		producer, system, err := concern(ctx, tx, who)
		if err != nil {
			return err
		}
		ticks = []Tick{}
		return tx.Select(ctx, &ticks, query, tx.Now, postgres.NullID(producer), system, filter.System, postgres.NullID(filter.ProductID),
			string(filter.State), postgres.NullID(filter.After), filter.Limit)
	})
	return ticks, err
}

// concern is what a principal's lists are confined to: a producer, or a system; neither for
// officials.
func concern(ctx context.Context, reader postgres.Reader, who identity.Principal) (producer uuid.UUID, system string, err error) {
	switch {
	case oversees(who):
		return uuid.Nil, "", nil
	case who.Is(identity.Producer):
		return who.OrganisationID, "", nil
	case who.Is(identity.Buyer):
		if system, err = systemOf(ctx, reader, who); err == nil && system == "" {
			err = ErrNoSystem.With()
		}
		return uuid.Nil, system, err
	default:
		return uuid.Nil, "", fault.ErrForbidden.With()
	}
}

// ticksOf reads the ticks of several products at an instant.
func ticksOf(ctx context.Context, reader postgres.Reader, products []uuid.UUID, at time.Time) (map[uuid.UUID]map[string]Tick, error) {
	var rows []Tick
	if err := reader.Select(ctx, &rows, selectTick+` WHERE t.product_id = ANY (CAST($2 AS uuid[]))`, at, postgres.Array(products)); err != nil {
		return nil, err
	}
	found := map[uuid.UUID]map[string]Tick{}
	for _, tick := range rows {
		if found[tick.ProductID] == nil {
			found[tick.ProductID] = map[string]Tick{}
		}
		found[tick.ProductID][tick.System] = tick
	}
	return found, nil
}
