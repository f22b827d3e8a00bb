package inquiry

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// area is what an API key must be allowed to use for anything here.
const area = "trade"

// Service carries out what buyers and producers do with inquiries.
type Service struct {
	db   *postgres.DB
	book *reference.Book
	// url is where people reach the service; see At.
	url string
	// papers has a place for each paper that is drawn at the moment.
	papers chan struct{}
	// files keeps attachments; nil: they are refused.
	files *files.Keeper
	// combiner is where awards wait for each other.
	combiner *combiner
}

// NewService returns a service on a database. The book holds the reference facts.
func NewService(db *postgres.DB, book *reference.Book) *Service {
	return &Service{db: db, book: book, papers: make(chan struct{}, papersAtOnce), combiner: combinerOn(db)}
}

// On returns the same service on another handle of the database: one with a clock of its own,
// for history, or with a counter, for tests.
func (s *Service) On(db *postgres.DB) *Service {
	other := *s
	other.db, other.combiner = db, combinerOn(db)
	return &other
}

// mayTrade refuses whoever is not on this side of the market or may not write.
func mayTrade(who identity.Principal, side identity.OrganisationKind) error {
	if err := who.MayWrite(area); err != nil {
		return err
	}
	if !who.Is(side) {
		return fault.ErrForbidden.With()
	}
	return nil
}

// Place puts up an inquiry; unless it is a draft it opens at once. Complaints about fields are
// gathered. Refused besides: whoever is no approved buyer.
func (s *Service) Place(ctx context.Context, who identity.Principal, demand Demand) (Inquiry, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Inquiry{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Inquiry, error) {
		return place(ctx, tx, s.book, who, demand)
	})
}

func place(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, demand Demand) (Inquiry, error) {
	named, err := subjectsOf(ctx, tx, demand)
	if err != nil {
		return Inquiry{}, err
	}
	asked, err := demand.check(book, named, tx.Now)
	if err != nil {
		return Inquiry{}, err
	}
	parties, err := partiesOf(ctx, tx, who.OrganisationID, demand.InvitedProducers, asked)
	if err != nil {
		return Inquiry{}, err
	}
	placed, err := newRecord(tx, parties[who.OrganisationID], demand, asked)
	if err != nil {
		return Inquiry{}, err
	}
	if err := insertInquiry(ctx, tx, placed); err != nil {
		return Inquiry{}, err
	}
	event := "inquiry.drafted"
	if placed.Stage == StageOpen {
		event = "inquiry.opened"
		if err := ledger.PostTx(ctx, tx, who, placed.demandPostings(ledger.DemandOpened)...); err != nil {
			return Inquiry{}, err
		}
	}
	if err := identity.RecordTx(ctx, tx, who, event, subjectInquiry(placed.ID), nil); err != nil {
		return Inquiry{}, err
	}
	return placed.answer(asBuyer, uuid.Nil, tx.Now), nil
}

func subjectInquiry(id uuid.UUID) identity.Subject { return identity.Subject{Kind: "inquiry", ID: id} }

// subjectsOf reads the offers and products that a demand names; without any, nothing is read.
func subjectsOf(ctx context.Context, tx *postgres.Tx, demand Demand) (subjects, error) {
	var offers, products []uuid.UUID
	for _, line := range demand.Lines {
		switch {
		case line.OfferID != uuid.Nil:
			offers = append(offers, line.OfferID)
		case line.ProductID != uuid.Nil:
			products = append(products, line.ProductID)
		}
	}
	var named subjects
	var err error
	if len(offers) > 0 {
		if named.deals, err = catalog.DealsTx(ctx, tx, offers); err != nil {
			return subjects{}, err
		}
	}
	if len(products) > 0 {
		if named.products, err = catalog.ProductsTx(ctx, tx, products); err != nil {
			return subjects{}, err
		}
	}
	return named, nil
}

// partiesOf reads the organisations of an inquiry. Those invited, and those whose goods are named,
// must be approved producers.
func partiesOf(ctx context.Context, tx *postgres.Tx, buyer uuid.UUID, invited []uuid.UUID, asked []goodsAsked) (map[uuid.UUID]identity.Organisation, error) {
	ids := append([]uuid.UUID{buyer}, invited...)
	for _, goods := range asked {
		if goods.producerID != uuid.Nil {
			ids = append(ids, goods.producerID)
		}
	}
	parties, err := identity.OrganisationsIn(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var found fault.Collector
	for at, id := range invited {
		if !isProducer(parties[id]) {
			found.Add(index("invited_producers", at), ErrNobodyInvited)
		}
	}
	for at, goods := range asked {
		if goods.producerID != uuid.Nil && !isProducer(parties[goods.producerID]) {
			found.Add(index("lines", at), ErrNotOnOffer)
		}
	}
	return parties, found.Err()
}

func isProducer(organisation identity.Organisation) bool {
	return organisation.Kind == identity.Producer && organisation.State == identity.Approved
}

// Open opens a draft. Its dates must still lie ahead.
func (s *Service) Open(ctx context.Context, who identity.Principal, id uuid.UUID) (Inquiry, error) {
	return s.decide(ctx, who, id, "inquiry.opened", func(ctx context.Context, tx *postgres.Tx, r *record) error {
		if err := r.may(moveOpen, byBuyer, tx.Now); err != nil {
			return err
		}
		if !r.QuotesDueAt.After(tx.Now) {
			return ErrDeadlinePast.At("quotes_due_at")
		}
		if err := moveStage(ctx, tx, r, StageOpen); err != nil {
			return err
		}
		return ledger.PostTx(ctx, tx, who, r.demandPostings(ledger.DemandOpened)...)
	})
}

// Cancel takes an inquiry back, with all its quotes. One with awards is refused: close it.
func (s *Service) Cancel(ctx context.Context, who identity.Principal, id uuid.UUID, reason string) (Inquiry, error) {
	return s.decide(ctx, who, id, EventCancelled, func(ctx context.Context, tx *postgres.Tx, r *record) error {
		if err := r.may(moveCancel, byBuyer, tx.Now); err != nil {
			return err
		}
		if r.awarded() > 0 {
			return ErrHasAwards.With()
		}
		return end(ctx, tx, who, r, StageCancelled, reason)
	})
}

// Close ends an inquiry that may have awards: nothing more is wanted and the quotes that were not
// awarded are declined. What was awarded goes on.
func (s *Service) Close(ctx context.Context, who identity.Principal, id uuid.UUID, reason string) (Inquiry, error) {
	return s.decide(ctx, who, id, "inquiry.closed", func(ctx context.Context, tx *postgres.Tx, r *record) error {
		if err := r.may(moveClose, byBuyer, tx.Now); err != nil {
			return err
		}
		return end(ctx, tx, who, r, StageClosed, reason)
	})
}

// decide runs a buyer's decision on an inquiry of its own, with its lines locked.
func (s *Service) decide(ctx context.Context, who identity.Principal, id uuid.UUID, event string,
	decision func(ctx context.Context, tx *postgres.Tx, r *record) error,
) (Inquiry, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Inquiry{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Inquiry, error) {
		if err := lockInquiry(ctx, tx, id, who.OrganisationID); err != nil {
			return Inquiry{}, err
		}
		r, err := load(ctx, tx, id)
		if err != nil {
			return Inquiry{}, err
		}
		if err := decision(ctx, tx, r); err != nil {
			return Inquiry{}, err
		}
		if err := identity.RecordTx(ctx, tx, who, event, subjectInquiry(id), nil); err != nil {
			return Inquiry{}, err
		}
		after, err := load(ctx, tx, id)
		if err != nil {
			return Inquiry{}, err
		}
		return after.answer(asBuyer, uuid.Nil, tx.Now), nil
	})
}

// end takes what is still wanted off the ledger and declines the quotes that were not awarded.
func end(ctx context.Context, tx *postgres.Tx, who identity.Principal, r *record, stage Stage, reason string) error {
	if r.Stage == StageOpen {
		if err := declineRest(ctx, tx, who, lineIDs(r.Lines), reasonOf(stage, reason), ""); err != nil {
			return err
		}
		if err := ledger.PostTx(ctx, tx, who, r.demandPostings(ledger.DemandLowered)...); err != nil {
			return err
		}
	}
	return moveStage(ctx, tx, r, stage)
}

func reasonOf(stage Stage, reason string) string {
	if reason != "" {
		return reason
	}
	return fmt.Sprintf("inquiry_%s", stage)
}

// Get returns an inquiry as the reader may see it: the buyer its own, a producer one that reaches
// it. Any other is not found.
func (s *Service) Get(ctx context.Context, who identity.Principal, id uuid.UUID) (Inquiry, error) {
	if err := who.MayRead(area); err != nil {
		return Inquiry{}, err
	}
	as, err := mayRead(ctx, s.db, who, id)
	if err != nil {
		return Inquiry{}, err
	}
	r, err := load(ctx, s.db, id)
	if err != nil {
		return Inquiry{}, err
	}
	now, err := clock(ctx, s.db)
	if err != nil {
		return Inquiry{}, err
	}
	return r.answer(as, who.OrganisationID, now), nil
}

// Page is one page of a list, newest first.
type Page struct {
	// Before is the last id of the page before; zero begins.
	Before uuid.UUID
	Limit  int
	// Stage narrows a list of inquiries; empty means all.
	Stage Stage
}

// List returns the inquiries a buyer placed, or those that reach a producer, newest first.
func (s *Service) List(ctx context.Context, who identity.Principal, page Page) ([]Inquiry, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	var as perspective
	var err error
	switch {
	case who.Is(identity.Buyer):
		ids, err = placedBy(ctx, s.db, who.OrganisationID, page)
	case who.Is(identity.Producer):
		as = asProducer
		ids, err = reaching(ctx, s.db, who.OrganisationID, page)
	default:
		return nil, fault.ErrForbidden.With()
	}
	if err != nil || len(ids) == 0 {
		return []Inquiry{}, err
	}
	records, err := loadAll(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	now, err := clock(ctx, s.db)
	if err != nil {
		return nil, err
	}
	inquiries := make([]Inquiry, 0, len(ids))
	for _, id := range ids {
		if r, ok := records[id]; ok {
			inquiries = append(inquiries, r.answer(as, who.OrganisationID, now))
		}
	}
	return inquiries, nil
}
