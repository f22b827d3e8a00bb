package inquiry

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// CallOff draws on a framework award. One whose price is its own waits for the producer, any other is
// confirmed at once. Refused: ErrNotFramework, ErrAwardState, ErrFrameworkExceeded for more than can
// still be called off, and every field that is wrong.
func (s *Service) CallOff(ctx context.Context, who identity.Principal, awardID uuid.UUID, call NewCallOff) (CallOff, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return CallOff{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (CallOff, error) {
		a, err := lockFramework(ctx, tx, who, awardID)
		if err != nil {
			return CallOff{}, err
		}
		if err := call.check(a, s.book, reference.Day(tx.Now)); err != nil {
			return CallOff{}, err
		}
		id, err := newID()
		if err != nil {
			return CallOff{}, err
		}
		made := CallOff{
			ID: id, AwardID: a.ID, Quantity: call.Quantity, PriceVND: call.PriceVND, OwnPrice: a.priceMoves(), DeliverOn: call.DeliverOn,
			SlotFrom: call.SlotFrom, SlotTo: call.SlotTo, CommuneCode: call.CommuneCode, Note: call.Note, State: CallOffProposed, CreatedAt: tx.Now,
		}
		if !made.OwnPrice {
			made.PriceVND, made.State = a.PriceVND, CallOffConfirmed
		}
		if err := insertCallOff(ctx, tx, who, made); err != nil {
			return CallOff{}, err
		}
		if err := moveFramework(ctx, tx, a.ID, made.Quantity, 0); err != nil {
			return CallOff{}, err
		}
		detail := callOffDetail{eventDetail{Quantity: made.Quantity}, made.ID}
		return made, identity.RecordTx(ctx, tx, who, EventCallOffMade, subjectAward(a.ID), detail)
	})
}

// callOffDetail is what an event of a call-off says besides.
type callOffDetail struct {
	eventDetail

	CallOffID uuid.UUID `json:"call_off_id"`
}

// lockFramework locks a buyer's framework award that goes on.
func lockFramework(ctx context.Context, tx *postgres.Tx, who identity.Principal, awardID uuid.UUID) (*awardRecord, error) {
	a, err := lockAward(ctx, tx, who, awardID)
	if err != nil {
		return nil, err
	}
	if !a.isFramework() {
		return nil, ErrNotFramework.With()
	}
	if state := a.state(); a.Cancelled || state == AwardCompleted || a.EndedAt != nil {
		return nil, ErrAwardState.With("state", state)
	}
	return a, nil
}

// DecideCallOff takes a step in a call-off's life. What was not sent of a refused or cancelled one goes
// back to the framework, or is released when its period is over. Refused: fault.ErrNotFound for who is not
// of the deal, and what CallOff.next refuses.
func (s *Service) DecideCallOff(ctx context.Context, who identity.Principal, id uuid.UUID, move CallOffMove, reason string) (CallOff, error) {
	if err := who.MayWrite(area); err != nil {
		return CallOff{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (CallOff, error) {
		c, err := callOffByID(ctx, tx, id)
		if err != nil {
			return CallOff{}, err
		}
		a, err := lockAward(ctx, tx, who, c.AwardID)
		if err != nil {
			return CallOff{}, err
		}
		if c, err = callOffByID(ctx, tx, id); err != nil { // as it stands behind the lock
			return CallOff{}, err
		}
		reason = strings.TrimSpace(reason)
		state, err := c.next(move, who.OrganisationID == a.BuyerID, reason, reference.Day(tx.Now))
		if err != nil {
			return CallOff{}, err
		}
		rest := c.Quantity - c.Drawn
		detail := callOffDetail{eventDetail{rest, reason}, c.ID}
		if err := identity.RecordTx(ctx, tx, who, callOffSteps[move].event, subjectAward(a.ID), detail); err != nil {
			return CallOff{}, err
		}
		c.State, c.Reason, c.DecidedAt = state, reason, &tx.Now
		if err := moveCallOff(ctx, tx, who, c); err != nil || state == CallOffConfirmed {
			return c, err
		}
		if err := moveFramework(ctx, tx, a.ID, -rest, 0); err != nil {
			return CallOff{}, err
		}
		return c, letRestGo(ctx, tx, who, a, rest)
	})
}

// letRestGo releases what has become free of a framework whose period is over.
func letRestGo(ctx context.Context, tx *postgres.Tx, who identity.Principal, a *awardRecord, rest quantity.Quantity) error {
	if a.EndedAt == nil || rest == 0 {
		return nil
	}
	if err := moveFramework(ctx, tx, a.ID, 0, rest); err != nil {
		return err
	}
	return postRelease(ctx, tx, who, a, rest)
}

func moveCallOff(ctx context.Context, tx *postgres.Tx, who identity.Principal, c CallOff) error {
	const update = `
		UPDATE inquiry.call_offs SET state = $2, reason = $3, decided_at = $4, decided_by = $5 WHERE id = $1`
	_, err := tx.Exec(ctx, update, c.ID, c.State, c.Reason, c.DecidedAt, who.UserID)
	return err
}

// moveFramework counts what is called off of a framework and freed of it; of other awards nothing is
// counted. More than the whole is refused by its CHECK: ErrFrameworkExceeded.
func moveFramework(ctx context.Context, tx *postgres.Tx, awardID uuid.UUID, called, freed quantity.Quantity) error {
	const update = `
		UPDATE inquiry.awards SET called = called + $2, freed = freed + $3 WHERE id = $1 AND period_from IS NOT NULL`
	_, err := tx.Exec(ctx, update, awardID, called, freed)
	return postgres.MapConstraint(err, map[string]*fault.Definition{"framework_not_overcalled": ErrFrameworkExceeded})
}

// endCallOffs cancels the live call-offs of a framework, all or only those that were not confirmed, and
// gives what was not sent against them back.
func endCallOffs(ctx context.Context, tx *postgres.Tx, who identity.Principal, a *awardRecord, reason string, confirmedToo bool) error {
	const update = `
		UPDATE inquiry.call_offs SET state = 'cancelled', reason = $2, decided_at = $3, decided_by = $4
		 WHERE award_id = $1 AND (state = 'proposed' OR $5 AND state = 'confirmed')
		RETURNING quantity - drawn`
	if !a.isFramework() {
		return nil
	}
	var rests []quantity.Quantity
	if err := tx.Select(ctx, &rests, update, a.ID, reason, tx.Now, who.UserID, confirmedToo); err != nil {
		return err
	}
	var sum quantity.Quantity
	for _, rest := range rests {
		sum += rest
	}
	a.Called -= sum
	return moveFramework(ctx, tx, a.ID, -sum, 0)
}

// overdueSince is the earliest day of a framework's confirmed call-offs that were not sent in full; the end
// of the period when there is none. Of other awards it is the agreed day, of several the first that is unmet.
func (a *awardRecord) overdueSince(ctx context.Context, tx *postgres.Tx) (civil.Date, error) {
	const query = `
		SELECT deliver_on FROM inquiry.call_offs WHERE award_id = $1 AND state = 'confirmed' AND drawn < quantity ORDER BY deliver_on LIMIT 1`
	day := a.DeliverOn
	if !a.isFramework() {
		return a.unmet(), nil
	}
	err := tx.Get(ctx, &day, query, a.ID)
	if errors.Is(err, postgres.ErrNoRows) {
		return a.DeliverOn, nil
	}
	return day, err
}

// draw counts what is sent against a call-off. Refused: ErrCallOffNeeded and ErrNotFramework where a
// delivery does not name what its award needs, ErrCallOffState, ErrCallOffExceeded.
func (a *awardRecord) draw(ctx context.Context, tx *postgres.Tx, id uuid.UUID, amount quantity.Quantity) (*CallOff, error) {
	const update = `UPDATE inquiry.call_offs SET drawn = drawn + $2 WHERE id = $1`
	switch {
	case !a.isFramework() && id == uuid.Nil:
		return nil, nil //nolint:nilnil // an award that is no framework has no call-offs
	case !a.isFramework():
		return nil, ErrNotFramework.At("call_off_id")
	case id == uuid.Nil:
		return nil, ErrCallOffNeeded.At("call_off_id")
	}
	c, err := callOffByID(ctx, tx, id)
	switch {
	case err != nil:
		return nil, err
	case c.AwardID != a.ID:
		return nil, fault.ErrNotFound.With()
	case c.State != CallOffConfirmed:
		return nil, ErrCallOffState.With("state", string(c.State))
	}
	if _, err := tx.Exec(ctx, update, id, amount); err != nil {
		return nil, postgres.MapConstraint(err, map[string]*fault.Definition{"call_off_not_overdrawn": ErrCallOffExceeded})
	}
	return &c, nil
}

// under is the award as a call-off has it: its day, and its price where that is its own.
func (a *awardRecord) under(c *CallOff) *awardRecord {
	if c == nil {
		return a
	}
	called := *a
	called.DeliverOn = c.DeliverOn
	if c.OwnPrice {
		called.PriceVND, called.SizePrices.V = c.PriceVND, nil
	}
	return &called
}

// giveBack counts what came back of a delivery: a live call-off may be sent it again; of one that is not, it
// goes back to the framework. It returns what is owed no more and has to be released.
func (a *awardRecord) giveBack(ctx context.Context, tx *postgres.Tx, c *CallOff, back quantity.Quantity) (quantity.Quantity, error) {
	const update = `UPDATE inquiry.call_offs SET drawn = drawn - $2 WHERE id = $1`
	if c == nil {
		if a.Cancelled {
			return back, nil
		}
		return 0, nil
	}
	if _, err := tx.Exec(ctx, update, c.ID, back); err != nil || c.State == CallOffConfirmed {
		return 0, err
	}
	if !a.Cancelled && a.EndedAt == nil {
		return 0, moveFramework(ctx, tx, a.ID, -back, 0)
	}
	return back, moveFramework(ctx, tx, a.ID, -back, back)
}

// redraw counts what a settlement found to be drawn from the delivery's call-off after all, or, below
// nothing, to have come back: as of a receipt. It returns what is owed no more and has to be released. Of a
// call-off that is not confirmed any more what came back went elsewhere, and is not drawn again: refused.
func (d *deliveryRecord) redraw(ctx context.Context, tx *postgres.Tx, more quantity.Quantity) (quantity.Quantity, error) {
	const update = `UPDATE inquiry.call_offs SET drawn = drawn + $2 WHERE id = $1`
	switch {
	case more < 0:
		return d.owed.giveBack(ctx, tx, d.callOff, -more)
	case d.callOff == nil || more == 0:
		return 0, nil
	case d.callOff.State != CallOffConfirmed:
		return 0, ErrCallOffState.With("state", string(d.callOff.State))
	}
	_, err := tx.Exec(ctx, update, d.callOff.ID, more)
	return 0, postgres.MapConstraint(err, map[string]*fault.Definition{"call_off_not_overdrawn": ErrCallOffExceeded})
}

func insertCallOff(ctx context.Context, tx *postgres.Tx, who identity.Principal, c CallOff) error {
	const insert = `
		INSERT INTO inquiry.call_offs (id, award_id, quantity, price_vnd, own_price, deliver_on, slot_from, slot_to, commune, note, state,
		       created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	_, err := tx.Exec(ctx, insert, c.ID, c.AwardID, c.Quantity, c.PriceVND, c.OwnPrice, c.DeliverOn, c.SlotFrom, c.SlotTo, c.CommuneCode,
		c.Note, c.State, c.CreatedAt, who.UserID)
	return err
}

const selectCallOffs = `
	SELECT id, award_id, quantity, drawn, price_vnd, own_price, deliver_on, slot_from, slot_to, commune, note, state, reason,
	       created_at, decided_at
	  FROM inquiry.call_offs`

func callOffByID(ctx context.Context, reader postgres.Reader, id uuid.UUID) (CallOff, error) {
	const query = selectCallOffs + ` WHERE id = $1`
	var c CallOff
	err := reader.Get(ctx, &c, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		err = fault.ErrNotFound.With()
	}
	return c, err
}

// callOffs is the call-off a delivery is for, as a list: none, for awards that are no frameworks.
func (d *deliveryRecord) callOffs() []uuid.UUID {
	if d.CallOffID == uuid.Nil {
		return nil
	}
	return []uuid.UUID{d.CallOffID}
}

// callOffsIn reads call-offs by their ids.
func callOffsIn(ctx context.Context, reader postgres.Reader, ids []uuid.UUID) (map[uuid.UUID]*CallOff, error) {
	const query = selectCallOffs + ` WHERE id = ANY ($1)`
	found := make(map[uuid.UUID]*CallOff, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var rows []*CallOff
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, nil
}

// CallOffs lists the call-offs of an award, newest first, to its buyer and producer.
func (s *Service) CallOffs(ctx context.Context, who identity.Principal, awardID uuid.UUID, page Page) ([]CallOff, error) {
	const query = selectCallOffs + `
		 WHERE award_id = $1 AND ($2 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR id < $2)
		 ORDER BY id DESC LIMIT $3`
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	if _, err := loadAward(ctx, s.db, who, awardID); err != nil {
		return nil, err
	}
	list := []CallOff{}
	err := s.db.Select(ctx, &list, query, awardID, page.Before, page.Limit)
	return list, err
}

// CountCallOffs counts what CallOffs would list, up to a cap.
func (s *Service) CountCallOffs(ctx context.Context, who identity.Principal, awardID uuid.UUID) (int, error) {
	if err := who.MayRead(area); err != nil {
		return 0, err
	}
	if _, err := loadAward(ctx, s.db, who, awardID); err != nil {
		return 0, err
	}
	const query = `SELECT count(*) FROM (SELECT FROM inquiry.call_offs WHERE award_id = $1 LIMIT $2) listed`
	var total int
	err := s.db.Get(ctx, &total, query, awardID, maxTotal)
	return total, err
}
