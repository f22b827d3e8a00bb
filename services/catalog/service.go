package catalog

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Options are what a service may be given besides its databases.
type Options struct {
	// Files keeps scans and photos; nil: they are refused with ErrNoScanStore.
	Files *files.Keeper
	// Registry receives the cache's metrics; nil means they are counted for nobody.
	Registry prometheus.Registerer
	// Clock says what day it is for readers; nil means time.Now. Changes take the instant of
	// their transaction.
	Clock func() time.Time
	// PublicURL is where the service is reached, for the addresses in Digital Links and their
	// symbols; empty: those of GS1's own resolver.
	PublicURL string
	// ProductPage is the address of the page that people who scan a product are sent to, with {id}
	// and perhaps {lot}; empty: the product's own address in this API.
	ProductPage string
}

// Service is the catalogue. It is safe for concurrent use.
type Service struct {
	db      *postgres.DB
	book    *reference.Book
	index   *searchIndex
	feed    *feed
	copies  *copies
	answers *answers
	files   *files.Keeper
	// decoding lets one photo be decoded at a time: each takes up to maxPhotoMemory.
	decoding chan struct{}
	clock    func() time.Time
	// places are where a product is found from outside.
	places publicPlaces
}

// NewService puts the catalogue together. Without redis every read goes to PostgreSQL.
func NewService(db *postgres.DB, redis *redis.Client, book *reference.Book, options Options) *Service {
	clock := options.Clock
	if clock == nil {
		clock = time.Now
	}
	s := &Service{
		db: db, book: book, index: newSearchIndex(book), files: options.Files, decoding: make(chan struct{}, 1), clock: clock,
		places: publicPlaces{base: options.PublicURL, page: options.ProductPage},
	}
	s.feed = newFeed(db, s.reindex)
	s.copies = newCopies(s, redis, options.Registry)
	s.answers = newAnswers(s.copies.metrics)
	return s
}

// Follow takes over what changed in the catalogue, in this process or another. Readers do so by
// themselves when it is long ago; run it several times a second and they need not.
func (s *Service) Follow(ctx context.Context) error { return s.feed.after(ctx, time.Now()) }

func (s *Service) today() civil.Date { return reference.Day(s.clock()) }

// mayChange refuses everybody but members of an approved producer.
func mayChange(who identity.Principal) error {
	if err := who.MayWrite(supplyArea); err != nil {
		return err
	}
	if !who.Is(identity.Producer) {
		return fault.ErrForbidden.With()
	}
	return nil
}

// mayOffer refuses everybody but members of an approved producer. A key for trade will do: a quote
// makes the offer behind it.
func mayOffer(who identity.Principal) error {
	if who.Is(identity.Producer) && who.MayWrite(tradeArea) == nil {
		return nil
	}
	return mayChange(who)
}

// mayDecide refuses everybody but those who oversee producers: the trade department of Cà Mau and
// the platform's administrators.
func mayDecide(who identity.Principal) error {
	if !who.SignedIn() {
		return fault.ErrUnauthenticated.With()
	}
	if !who.Oversees(identity.Producer) {
		return fault.ErrForbidden.With()
	}
	return who.MayWrite(supplyArea)
}

// mayRead refuses everybody but producers, who read their own, and those who oversee them.
func mayRead(who identity.Principal) error {
	if err := who.MayRead(supplyArea); err != nil {
		return err
	}
	if !who.Is(identity.Producer) && !who.Oversees(identity.Producer) {
		return fault.ErrForbidden.With()
	}
	return nil
}

// expect refuses a change of something that moved on since it was read; nil expects nothing.
func expect(version int64, match Match) error {
	if match == nil {
		return nil
	}
	return match(version)
}

// Match compares the version a caller read with the version that is stored and returns
// fault.ErrStale when they differ. Nil matches every version.
type Match func(version int64) error

// reasonMax is the longest reason of a decision, in characters.
const reasonMax = 1000

// checkReason wants a reason that the other side can act on.
func checkReason(reason string) error {
	if oneLine(reason) == "" {
		return fault.ErrRequired.At("reason")
	}
	var complaints fault.Collector
	tooLong(&complaints, "reason", reason, reasonMax)
	return complaints.Err()
}
