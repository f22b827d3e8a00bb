package shelf

import (
	"context"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Areas of the API that a key's scopes name: producers and officials work in the one, buyers in the
// other.
const (
	supplyArea = "supply"
	tradeArea  = "trade"
)

// Service says what stands between products and shelves. It is safe for concurrent use.
type Service struct {
	db      *postgres.DB
	book    *reference.Book
	catalog *catalog.Service
	files   *files.Keeper
	// words holds the vocabulary, which only a release changes, once it was read.
	words atomic.Pointer[vocabulary]
}

// NewService puts the service together. Without a keeper of files scans are refused.
func NewService(db *postgres.DB, book *reference.Book, goods *catalog.Service, keeper *files.Keeper) *Service {
	return &Service{db: db, book: book, catalog: goods, files: keeper}
}

func (s *Service) vocabulary(ctx context.Context, reader postgres.Reader) (vocabulary, error) {
	if known := s.words.Load(); known != nil {
		return *known, nil
	}
	words, err := readVocabulary(ctx, reader)
	if err == nil {
		s.words.Store(&words)
	}
	return words, err
}

// areaOf is the area a principal works in here.
func areaOf(who identity.Principal) string {
	if who.Is(identity.Buyer) {
		return tradeArea
	}
	return supplyArea
}

// mayWriteAs refuses everybody but members of an approved organisation of a kind.
func mayWriteAs(who identity.Principal, kind identity.OrganisationKind) error {
	if err := who.MayWrite(areaOf(who)); err != nil {
		return err
	}
	if !who.Is(kind) {
		return fault.ErrForbidden.With()
	}
	return nil
}

// systemOf is the retail system that a buyer's organisation belongs to; "" for all others.
func systemOf(ctx context.Context, reader postgres.Reader, who identity.Principal) (string, error) {
	if !who.Is(identity.Buyer) {
		return "", nil
	}
	found, err := identity.OrganisationsIn(ctx, reader, []uuid.UUID{who.OrganisationID})
	return found[who.OrganisationID].BuyerSystem, err
}

// oversees reports whether an official watches either side of the market.
func oversees(who identity.Principal) bool {
	return who.Oversees(identity.Producer) || who.Oversees(identity.Buyer)
}

// Match compares the version a caller read with the version that is stored and returns
// fault.ErrStale when they differ. Nil matches every version.
type Match func(version int64) error

func expect(version int64, match Match) error {
	if match == nil {
		return nil
	}
	return match(version)
}
