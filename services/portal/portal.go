package portal

import (
	"io/fs"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

// Options are what a service may be given besides those it calls.
type Options struct {
	// Bundle is what browsers need, as `make pages` leaves it; nil means what was embedded.
	Bundle fs.FS
}

// Service shows pages. It is safe for concurrent use.
type Service struct {
	// db is for what other services publish as functions of a reader: names of organisations.
	db       *postgres.DB
	book     *reference.Book
	identity *identity.Service
	monitor  *monitor.Service
	bundle   *bundle
}

// NewService puts the service together.
func NewService(db *postgres.DB, book *reference.Book, people *identity.Service, watch *monitor.Service, options Options) *Service {
	return &Service{db: db, book: book, identity: people, monitor: watch, bundle: newBundle(options.Bundle)}
}
