package inquiry

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// Award commits parts of quotes: all allocations or none. Refused, each as a conflict: sealed
// quotes before the deadline, quotes that are not current, more than a quote, its line or its
// offer has left, more than the ceiling of a claim that the line asks for has left
// (ledger.ErrCeilingExceeded, with what that is), goods without weight under such a claim, and a
// product whose sale in the buyer's own retail system is stopped (ErrSaleStopped).
func (s *Service) Award(ctx context.Context, who identity.Principal, inquiryID uuid.UUID, allocations []Allocation) ([]Award, error) {
	made, err := s.Decide(ctx, who, inquiryID, Act{Allocations: allocations})
	return made.Awards, err
}

// Decide carries out a whole act of awarding. One that is worth more than the buyer's limit, together
// with what the person awarded alone before (see ground.exceeds), commits nothing: it becomes a proposal, which waits for a second person (see Approve). What would refuse the
// award refuses the proposal, but for what the offers and ceilings have left: the ledger says that when
// the awards are made.
func (s *Service) Decide(ctx context.Context, who identity.Principal, inquiryID uuid.UUID, act Act) (Awards, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Awards{}, err
	}
	if err := act.check(); err != nil {
		return Awards{}, err
	}
	alone := func() (Awards, error) { return s.decideAlone(ctx, who, inquiryID, act) }
	key := idempotency.Pending(ctx)
	if !act.plain() || key != nil && key.Secret {
		return alone()
	}
	return s.combiner.decide(ctx, &asked{who: who, inquiryID: inquiryID, act: act, key: key, trace: identity.TraceOf(ctx)}, alone)
}

// decideAlone decides an act in a transaction of its own.
func (s *Service) decideAlone(ctx context.Context, who identity.Principal, inquiryID uuid.UUID, act Act) (Awards, error) {
	made, err := idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Awards, error) {
		return award(ctx, tx, who, inquiryID, act, limited)
	})
	if errors.Is(err, ledger.ErrOfferExhausted) {
		return Awards{}, pointAtExhausted(ctx, s.db, act.Allocations, err)
	}
	return made, err
}

// pointAtExhausted says which allocations their offers cannot serve. The database refused the
// award as a whole; how much is left of an offer may be the producer's secret and is not told.
func pointAtExhausted(ctx context.Context, reader postgres.Reader, allocations []Allocation, refused error) error {
	left, err := leftForQuotes(ctx, reader, allocations)
	if err != nil {
		return errors.Join(refused, err)
	}
	var found fault.Collector
	for at, allocation := range allocations {
		if allocation.Quantity > left[allocation.QuoteID] {
			found.Add(index("allocations", at)+".quantity", ledger.ErrOfferExhausted)
		}
	}
	refusal := ledger.ErrOfferExhausted.With().Because(refused)
	if complaints, ok := fault.From(found.Err()); ok {
		refusal.Fields = complaints.Fields
	}
	return refusal
}

// leave says whether the buyer's limit still stands between an act and its awards.
type leave bool

const (
	limited  leave = false
	approved leave = true
)

func award(ctx context.Context, tx *postgres.Tx, who identity.Principal, inquiryID uuid.UUID, act Act, given leave) (Awards, error) {
	g, err := awardable(ctx, tx, who, inquiryID, act.Allocations)
	if err != nil {
		return Awards{}, err
	}
	stops, err := stopsOf(ctx, tx, g)
	if err != nil {
		return Awards{}, err
	}
	if err := g.refuses(act, stops, tx.Now); err != nil {
		return Awards{}, err
	}
	if err := act.DeclineRest.checkReason(ctx, tx); err != nil {
		return Awards{}, err
	}
	if worth := g.worth(act.Allocations); given == limited && g.exceeds(worth) {
		proposal, err := propose(ctx, tx, who, g, act, worth)
		return Awards{Awards: []Award{}, Proposal: proposal}, err
	}
	awards, err := commit(ctx, tx, who, g, act)
	if err == nil && given == limited {
		err = noteAlone(ctx, tx, who, g, act.Allocations, awards)
	}
	return Awards{Awards: answers(awards)}, err
}

// commit makes the awards of an act that nothing refuses.
func commit(ctx context.Context, tx *postgres.Tx, who identity.Principal, g *ground, act Act) ([]*awardRecord, error) {
	framed := g.over(act.Framework)
	claims, err := choiceOf(ctx, tx, framed.quotes)
	if err != nil {
		return nil, err
	}
	awards, err := newAwards(framed, act.Allocations, claims, tx.Now)
	if err != nil {
		return nil, err
	}
	if err := act.frame(ctx, tx, g, awards); err != nil {
		return nil, err
	}
	enterAwards(tx, awards)
	if err := recordAwards(ctx, tx, who, awards); err != nil {
		return nil, err
	}
	if g.holdsRanOut {
		if _, err := ledger.ReleaseExpiredTx(ctx, tx, offersOf(awards)); err != nil {
			return nil, err
		}
	}
	if err := act.decline(ctx, tx, who, g, awards); err != nil {
		return nil, err
	}
	ledger.PostAtEndTx(tx, func(refused error) error { return claims.pointAtCeiling(awards, refused) },
		ledger.Move{Who: who, Postings: commitments(g, awards)})
	return awards, nil
}

// refuses says why an act cannot be: what needs no more than what it stands on.
func (g *ground) refuses(act Act, stops salesStops, now time.Time) error {
	if err := g.may(moveAward, byBuyer, now); err != nil {
		return err
	}
	if err := g.checkChosen(act.Allocations, now); err != nil {
		return err
	}
	if err := g.refuseStopped(act.Allocations, stops); err != nil {
		return err
	}
	return g.checkFramework(act, reference.Day(now))
}

// checkChosen refuses what cannot be awarded.
func (g *ground) checkChosen(allocations []Allocation, now time.Time) error {
	wanted := make(map[uuid.UUID]quantity.Quantity)
	for at, allocation := range allocations {
		quote, known := g.quotes[allocation.QuoteID]
		if !known {
			return ErrForeignQuote.At(index("allocations", at) + ".quote_id")
		}
		if err := quote.takes(allocation.Quantity, index("allocations", at), now); err != nil {
			return err
		}
		line := g.line(quote.LineID)
		wanted[line.ID] += allocation.Quantity
		if wanted[line.ID] > line.Open {
			return ledger.ErrLineFilled.At(index("allocations", at)+".quantity", "remaining", line.Open)
		}
	}
	return nil
}

// salesStops are the products that buyers' own retail systems sell no more of, by system.
type salesStops map[string]map[uuid.UUID]catalog.SalesStop

// stopsOf reads them for what acts stand on: one statement for each system, and none for buyers of no system.
func stopsOf(ctx context.Context, tx *postgres.Tx, grounds ...*ground) (salesStops, error) {
	products := make(map[string][]uuid.UUID)
	for _, g := range grounds {
		if g.BuyerSystem == "" {
			continue
		}
		for _, quote := range g.quotes {
			products[g.BuyerSystem] = append(products[g.BuyerSystem], quote.ProductID)
		}
	}
	stops := make(salesStops, len(products))
	for system, sold := range products {
		var err error
		if stops[system], err = catalog.SalesStopsTx(ctx, tx, sold, system); err != nil {
			return nil, err
		}
	}
	return stops, nil
}

// refuseStopped refuses products that the buyer's own retail system sells no more of, because of a
// breach under the Green Tick. What the system has not given its tick to is not its case.
func (g *ground) refuseStopped(allocations []Allocation, stops salesStops) error {
	var refusal *fault.Error
	for at, allocation := range allocations {
		stop, stopped := stops[g.BuyerSystem][g.quotes[allocation.QuoteID].ProductID]
		if !stopped {
			continue
		}
		one := ErrSaleStopped.At(index("allocations", at)+".quote_id", "system", stop.System, "buyer_system", g.BuyerSystem,
			"since", stop.Since.In(reference.Zone()).Format(time.RFC3339))
		if refusal == nil {
			refusal = one
		} else {
			refusal.Fields = append(refusal.Fields, one.Fields...)
		}
	}
	if refusal == nil {
		return nil
	}
	return refusal
}

// newAwards makes the awards, each with the marks it claims on the delivery date as the certificates
// stand now.
func newAwards(g *ground, allocations []Allocation, claims *choice, now time.Time) ([]*awardRecord, error) {
	awards := make([]*awardRecord, 0, len(allocations))
	for _, allocation := range allocations {
		quote := g.quotes[allocation.QuoteID]
		id, err := newID()
		if err != nil {
			return nil, err
		}
		made := &awardRecord{
			ID: id, InquiryID: g.ID, LineID: quote.LineID, QuoteID: quote.ID, BuyerID: g.BuyerID, BuyerName: g.BuyerName,
			BuyerSystem: g.BuyerSystem, Ward: g.Ward, ProducerID: quote.ProducerID, ProducerName: quote.ProducerName,
			ProductID: quote.ProductID, OfferID: quote.OfferID, Quantity: allocation.Quantity, Unit: quote.Unit,
			PriceVND: quote.netPrice(allocation.Quantity), SizePrices: quote.SizePrices, Tie: quote.Tie, PriceGross: quote.PriceGross,
			FreightVND: quote.FreightVND, PriceBasis: g.Terms.V.PriceBasis,
			Lapsing:   without(slices.Concat(quote.Claims, quote.Lapsing), schemesOf(claims.throughout(quote))),
			CreatedAt: now, deal: quote.deal, balance: ledger.AwardBalance{AwardID: id, Committed: allocation.Quantity},
		}
		made.setDates(quote)
		claims.claim(made, claims.throughout(quote), allocation.asks(g.line(quote.LineID)))
		awards = append(awards, made)
	}
	return awards, nil
}

// filledBy lists the lines that want nothing more once these awards are made.
func (r *record) filledBy(awards []*awardRecord) []uuid.UUID {
	taken := make(map[uuid.UUID]quantity.Quantity)
	for _, a := range awards {
		taken[a.LineID] += a.Quantity
	}
	var filled []uuid.UUID
	for _, line := range r.Lines {
		if taken[line.ID] > 0 && taken[line.ID] == line.Open {
			filled = append(filled, line.ID)
		}
	}
	return filled
}

// commitments are the postings of an award: what the quote held is freed, and committed in the
// same breath.
func commitments(g *ground, awards []*awardRecord) []ledger.Posting {
	postings := make([]ledger.Posting, 0, 2*len(awards))
	for _, a := range awards {
		quote := g.quotes[a.QuoteID]
		if held := min(quote.Held, a.Quantity); held > 0 {
			release := quote.posting(g.record, ledger.ReservationReleased, held)
			release.OfferID, release.InquiryLineID, release.PriceVND = quote.OfferID, uuid.Nil, 0
			postings = append(postings, release)
		}
		postings = append(postings, a.commitments()...)
	}
	return postings
}

func recordAwards(ctx context.Context, tx *postgres.Tx, who identity.Principal, awards []*awardRecord) error {
	made := make([]identity.Entry, len(awards))
	for at, a := range awards {
		made[at] = a.entry()
	}
	return identity.RecordAllTx(ctx, tx, who, made...)
}

// entry is what the audit trail says of an award.
func (a *awardRecord) entry() identity.Entry {
	return identity.Entry{
		Action: EventAwarded, Subject: subjectAward(a.ID), Detail: map[string]any{"quote_id": a.QuoteID, "quantity": a.Quantity},
	}
}

func subjectAward(id uuid.UUID) identity.Subject { return identity.Subject{Kind: "award", ID: id} }

func offersOf(awards []*awardRecord) []uuid.UUID {
	ids := make([]uuid.UUID, len(awards))
	for at, a := range awards {
		ids[at] = a.OfferID
	}
	return ids
}

func answers(awards []*awardRecord) []Award {
	list := make([]Award, len(awards))
	for at, a := range awards {
		list[at] = a.answer()
	}
	return list
}

// Shortfall announces before dispatch that less will come: the rest is released and wanted again,
// recorded apart from default. Refused: more than is still to be dispatched.
func (s *Service) Shortfall(ctx context.Context, who identity.Principal, awardID uuid.UUID, amount quantity.Quantity, note string) (Award, error) {
	if !who.Is(identity.Producer) && who.SignedIn() {
		return Award{}, fault.ErrForbidden.With()
	}
	return s.change(ctx, who, awardID, EventAwardShort, eventDetail{amount, note}, func(ctx context.Context, tx *postgres.Tx, a *awardRecord) error {
		switch state := a.state(); {
		case state == AwardCancelled || state == AwardCompleted:
			return ErrAwardState.With("state", state)
		case amount <= 0:
			return ErrQuantityNotPositive.At("quantity")
		case amount > a.balance.Committed:
			return ledger.ErrAwardExceeded.With("remaining", a.balance.Committed)
		}
		if a.isFramework() {
			if err := moveFramework(ctx, tx, a.ID, 0, amount); err != nil {
				return err
			}
		}
		short, err := a.release(ctx, tx, ledger.Shortfall, amount, note)
		if err != nil {
			return err
		}
		return ledger.PostTx(ctx, tx, who, short...)
	})
}

// change runs a step of one side on an award, with the award's line locked, and returns the award
// as it is afterwards.
func (s *Service) change(ctx context.Context, who identity.Principal, awardID uuid.UUID, event string, detail any,
	step func(ctx context.Context, tx *postgres.Tx, a *awardRecord) error,
) (Award, error) {
	if err := who.MayWrite(area); err != nil {
		return Award{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Award, error) {
		a, err := lockAward(ctx, tx, who, awardID)
		if err != nil {
			return Award{}, err
		}
		if err := identity.RecordTx(ctx, tx, who, event, subjectAward(awardID), detail); err != nil {
			return Award{}, err
		}
		if err := step(ctx, tx, a); err != nil {
			return Award{}, err
		}
		after, err := loadAward(ctx, tx, who, awardID)
		if err != nil {
			return Award{}, err
		}
		return after.answer(), nil
	})
}

// GetAward returns an award to its buyer or producer; to anybody else it does not exist.
func (s *Service) GetAward(ctx context.Context, who identity.Principal, id uuid.UUID) (Award, error) {
	if err := who.MayRead(area); err != nil {
		return Award{}, err
	}
	a, err := loadAward(ctx, s.db, who, id)
	if err != nil {
		return Award{}, err
	}
	return a.answer(), nil
}

// Awards lists the awards of the principal's organisation, newest first; inquiryID narrows it.
func (s *Service) Awards(ctx context.Context, who identity.Principal, inquiryID uuid.UUID, page Page) ([]Award, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	if !who.Is(identity.Buyer) && !who.Is(identity.Producer) {
		return nil, fault.ErrForbidden.With()
	}
	awards, err := awardsOf(ctx, s.db, who.OrganisationID, inquiryID, page)
	if err != nil {
		return nil, err
	}
	return answers(awards), nil
}
