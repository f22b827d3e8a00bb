package shelf

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Readiness says what stands between a product and the shelves of systems, requirement by
// requirement. A producer asks about a product of their own and, without a system, is told of every
// system that has told something of its own and of what all demand; a buyer is told of the buyer's
// own system. Refused: fault.ErrNotFound for a product the caller may not know of, for another
// producer's and for another system, ErrSystem.
func (s *Service) Readiness(ctx context.Context, who identity.Principal, product uuid.UUID, system string) ([]Readiness, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return nil, err
	}
	found, err := s.catalog.Product(ctx, who, product)
	if err != nil {
		return nil, err
	}
	if who.Is(identity.Producer) && found.Producer.ID != who.OrganisationID {
		return nil, fault.ErrNotFound.With()
	}
	own, err := systemOf(ctx, s.db, who)
	if err != nil {
		return nil, err
	}
	if who.Is(identity.Buyer) {
		if system != "" && system != own {
			return nil, fault.ErrNotFound.With()
		}
		system = own
	}
	var systems []string // of a buyer without a system: none but what all demand
	if system != "" || !who.Is(identity.Buyer) {
		if systems, err = s.asked(system); err != nil {
			return nil, err
		}
	}
	return s.judge(ctx, []catalog.Product{found}, systems, system != "")
}

// asked lists the systems that are meant: one, or all.
func (s *Service) asked(system string) ([]string, error) {
	if system != "" {
		if _, known := s.book.BuyerSystem(system); !known {
			return nil, ErrSystem.At("query.system", "value", system)
		}
		return []string{system}, nil
	}
	var all []string
	for _, known := range s.book.BuyerSystems() {
		all = append(all, known.Code)
	}
	return all, nil
}

// Dashboard is a page of a producer's own products, newest first, each held against the systems as
// Readiness does, and whether there are more. Its statements do not grow with products or systems.
func (s *Service) Dashboard(ctx context.Context, who identity.Principal, system string, after uuid.UUID, limit int) ([]Readiness, uuid.UUID, error) {
	systems, err := s.asked(system)
	if err != nil {
		return nil, uuid.Nil, err
	}
	products, more, err := s.catalog.OwnProducts(ctx, who, after, limit)
	if err != nil {
		return nil, uuid.Nil, err
	}
	judged, err := s.judge(ctx, products, systems, system != "")
	if err != nil || !more || len(products) == 0 {
		return brief(judged), uuid.Nil, err
	}
	return brief(judged), products[len(products)-1].ID, nil
}

// brief leaves of each what is not met: a list says what to do.
func brief(judged []Readiness) []Readiness {
	for i := range judged {
		judged[i].Checks = slices.DeleteFunc(judged[i].Checks, func(c Check) bool { return c.Verdict == Met || c.Verdict == NotApplicable })
	}
	return judged
}

// shelfBatch is how many candidates are held against a system's requirements at once.
const shelfBatch = 200

// ShelfProducts finds published products for a buyer's own system, in the order of their ids: those
// that are ready, or, with all, whatever has something to show. Only producers that sent documents
// or told their terms are looked at, because nobody else can be ready. It returns at most limit, and
// where to go on; a page may hold fewer although there are more. Refused: fault.ErrForbidden for who
// is no buyer, ErrNoSystem.
func (s *Service) ShelfProducts(ctx context.Context, who identity.Principal, all bool, after uuid.UUID, limit int) ([]Readiness, uuid.UUID, error) {
	if err := who.MayRead(tradeArea); err != nil {
		return nil, uuid.Nil, err
	}
	if !who.Is(identity.Buyer) {
		return nil, uuid.Nil, fault.ErrForbidden.With()
	}
	system, err := systemOf(ctx, s.db, who)
	if err != nil {
		return nil, uuid.Nil, err
	}
	if system == "" {
		return nil, uuid.Nil, ErrNoSystem.With()
	}
	const showing = `
		SELECT producer_id FROM shelf.producer_facts UNION SELECT producer_id FROM shelf.documents WHERE withdrawn_at IS NULL`
	var producers []uuid.UUID
	if err := s.db.Select(ctx, &producers, showing); err != nil {
		return nil, uuid.Nil, err
	}
	ids, err := catalog.PublishedIDs(ctx, s.db, producers, after, shelfBatch)
	if err != nil {
		return nil, uuid.Nil, err
	}
	products, err := s.catalog.ProductsByID(ctx, who, ids)
	if err != nil {
		return nil, uuid.Nil, err
	}
	judged, err := s.judge(ctx, products, []string{system}, true)
	if err != nil {
		return nil, uuid.Nil, err
	}
	found := []Readiness{}
	for _, r := range judged {
		if !r.Ready && !all {
			continue
		}
		if len(found) == limit {
			return brief(found), found[limit-1].ProductID, nil
		}
		found = append(found, r)
	}
	if len(ids) == shelfBatch {
		return brief(found), ids[shelfBatch-1], nil
	}
	return brief(found), uuid.Nil, nil
}

// judge holds products against systems. Systems that told nothing of their own and gave the product
// no Green Tick are left out unless they were named; what everybody demands stands for them.
func (s *Service) judge(ctx context.Context, products []catalog.Product, systems []string, named bool) ([]Readiness, error) {
	if len(products) == 0 {
		return []Readiness{}, nil
	}
	var shown showing
	var profiles []Profile
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var err error
		if shown, err = s.read(ctx, tx, products); err != nil {
			return err
		}
		profiles, err = readProfiles(ctx, tx, systems, reference.Day(tx.Now))
		return err
	})
	if err != nil {
		return nil, err
	}
	judged := make([]Readiness, 0, len(products))
	for _, product := range products {
		e := shown.evidence(s.book, product)
		told := false
		for _, system := range systems {
			demanded := profilesFor(profiles, system, product.Line)
			if _, ticked := shown.ticks[product.ID][system]; !named && !ticked && !specific(demanded) {
				continue
			}
			told = true
			judged = append(judged, s.verdict(e, system, demanded, shown.ticks))
		}
		if !told || !named {
			judged = append(judged, s.verdict(e, "", profilesFor(profiles, "", ""), nil))
		}
	}
	return judged, nil
}

func (s *Service) verdict(e evidence, system string, demanded []Profile, ticks map[uuid.UUID]map[string]Tick) Readiness {
	found := judge(applicable(demanded), e)
	found.System = system
	found.Unverified = !specific(demanded)
	if known, ok := s.book.BuyerSystem(system); ok {
		found.SystemName = known.Name
	}
	if tick, ok := ticks[e.product.ID][system]; ok {
		found.GreenTick = &tick
	}
	return found
}

// specific reports whether a system has told something of its own.
func specific(demanded []Profile) bool {
	return slices.ContainsFunc(demanded, func(p Profile) bool { return p.System != "" })
}

// showing is what producers have to show for several products at an instant.
type showing struct {
	at        time.Time
	words     vocabulary
	documents map[uuid.UUID][]Document // by producer
	facts     map[uuid.UUID]Sheet
	terms     map[uuid.UUID]Sheet
	ticks     map[uuid.UUID]map[string]Tick
}

func (s *Service) read(ctx context.Context, tx *postgres.Tx, products []catalog.Product) (showing, error) {
	const documents = selectDocument + ` WHERE d.producer_id = ANY (CAST($1 AS uuid[])) AND d.withdrawn_at IS NULL`
	shown := showing{at: tx.Now, documents: map[uuid.UUID][]Document{}}
	ids, producers := make([]uuid.UUID, 0, len(products)), []uuid.UUID{}
	for _, product := range products {
		ids = append(ids, product.ID)
		if !slices.Contains(producers, product.Producer.ID) {
			producers = append(producers, product.Producer.ID)
		}
	}
	var err error
	if shown.words, err = s.vocabulary(ctx, tx); err != nil {
		return shown, err
	}
	var sent []Document
	if err := tx.Select(ctx, &sent, documents, postgres.Array(producers)); err != nil {
		return shown, err
	}
	for _, d := range sent {
		shown.documents[d.ProducerID] = append(shown.documents[d.ProducerID], d)
	}
	if shown.facts, err = sheets(ctx, tx, selectProductFacts, ids); err != nil {
		return shown, err
	}
	if shown.terms, err = sheets(ctx, tx, selectProducerFacts, producers); err != nil {
		return shown, err
	}
	shown.ticks, err = ticksOf(ctx, tx, ids, tx.Now)
	return shown, err
}

func (shown showing) evidence(book *reference.Book, product catalog.Product) evidence {
	e := evidenceOf(book, shown.words, product, reference.Day(shown.at))
	e.documents = shown.documents[product.Producer.ID]
	e.facts, e.terms = shown.facts[product.ID].Facts, shown.terms[product.Producer.ID].Facts
	return e
}
