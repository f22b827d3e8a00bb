package portal

import (
	"io/fs"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

// Needs are what the pages call.
type Needs struct {
	// DB is for what other services publish as functions of a reader: names of organisations.
	DB       *postgres.DB
	Book     *reference.Book
	Identity *identity.Service
	Monitor  *monitor.Service
	Catalog  *catalog.Service
	Trade    *trade.Service
}

// Options are what a service may be given besides those it calls.
type Options struct {
	// Bundle is what browsers need, as `make pages` leaves it; nil means what was embedded.
	Bundle fs.FS
}

// Service shows pages. It is safe for concurrent use.
type Service struct {
	db       *postgres.DB
	book     *reference.Book
	identity *identity.Service
	monitor  *monitor.Service
	catalog  *catalog.Service
	trade    *trade.Service
	bundle   *bundle
}

// NewService puts the service together.
func NewService(needs Needs, options Options) *Service {
	return &Service{
		db: needs.DB, book: needs.Book, identity: needs.Identity, monitor: needs.Monitor, catalog: needs.Catalog, trade: needs.Trade,
		bundle: newBundle(options.Bundle),
	}
}
