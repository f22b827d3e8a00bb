package trade

import (
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Areas of the API that a key's scopes name: the parties work in the one, officials in the other.
const (
	tradeArea   = "trade"
	monitorArea = "monitor"
)

// leastOrganisations is how many organisations of each side must stand behind a value that an
// authority reads.
const leastOrganisations = 3

// Service keeps events, memoranda and what is declared. It is safe for concurrent use.
type Service struct {
	db   *postgres.DB
	book *reference.Book
}

// NewService puts the service together.
func NewService(db *postgres.DB, book *reference.Book) *Service { return &Service{db: db, book: book} }

// areaOf is the area a principal works in here.
func areaOf(who identity.Principal) string {
	if who.Is(identity.Producer) || who.Is(identity.Buyer) {
		return tradeArea
	}
	return monitorArea
}

// watches reports whether the principal is an official of either province, or the administrator.
func watches(who identity.Principal) bool { return who.Official() || who.Administrator }

// mayWatch refuses everybody but officials and administrators.
func mayWatch(who identity.Principal) error {
	if err := who.MayRead(areaOf(who)); err != nil {
		return err
	}
	if !watches(who) {
		return fault.ErrForbidden.With()
	}
	return nil
}

// mayManage refuses everybody but officials and administrators who may write.
func mayManage(who identity.Principal) error {
	if err := who.MayWrite(areaOf(who)); err != nil {
		return err
	}
	if !watches(who) {
		return fault.ErrForbidden.With()
	}
	return nil
}

// authorOf is the organisation that an entry is of; the person of an administrator, who has none.
func authorOf(who identity.Principal) uuid.UUID {
	if who.OrganisationID == uuid.Nil {
		return who.UserID
	}
	return who.OrganisationID
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

// Page says which part of a list is wanted: so many items after the one named.
type Page struct {
	After uuid.UUID
	Limit int
}

func trimmed(texts ...*string) {
	for _, text := range texts {
		*text = strings.TrimSpace(*text)
	}
}

// The most letters of names and of words, as the API's schema has them.
const (
	mostName  = 300
	mostWords = 2000
)

// tooLong complains of a text of more letters than there may be: what is entered on pages passes no schema.
func tooLong(found *fault.Collector, field, text string, most int) {
	if utf8.RuneCountInString(text) > most {
		found.Add(field, fault.ErrTooLong, "max", most)
	}
}
