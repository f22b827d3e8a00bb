package main

import (
	"log/slog"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/demonstration"
	"github.com/ocop-market/ocop/services/exchange"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/notify"
	"github.com/ocop-market/ocop/services/portal"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/shelf"
	"github.com/ocop-market/ocop/services/trade"
)

// grounds are what the services stand on.
type grounds struct {
	db       *postgres.DB
	redis    *redis.Client // nil: no shared cache
	book     *reference.Book
	log      *slog.Logger
	registry *prometheus.Registry
	// data is the folder for mail, and for files unless they are kept elsewhere.
	data string
	// store keeps files; nil: the folder does.
	store files.Store
	// url is where people reach the service; empty where it does not matter.
	url string
	// productPage is where people who scan a product are sent; empty: its address in the API.
	productPage string
}

// house holds every service. All of them are always there, as plain code on the same database;
// which of them answer requests is decided by the table in serve.go.
type house struct {
	grounds

	files    *files.Keeper
	identity *identity.Service
	catalog  *catalog.Service
	exchange *exchange.Service
	inquiry  *inquiry.Service
	monitor  *monitor.Service
	notify   *notify.Service
	portal   *portal.Service
	shelf    *shelf.Service
	trade    *trade.Service
}

func newHouse(g grounds) *house {
	if g.store == nil {
		g.store = files.NewFolder(filepath.Join(g.data, "files"))
	}
	keeper := files.NewKeeper(g.db, g.store)
	goods := catalog.NewService(g.db, g.redis, g.book, catalog.Options{
		Files: keeper, Registry: g.registry, PublicURL: g.url, ProductPage: g.productPage,
	})
	h := &house{
		grounds: g, files: keeper,
		identity: identity.NewService(g.db, g.book, identity.Options{
			Log: g.log, MailFolder: filepath.Join(g.data, "mail"), PublicURL: g.url,
		}),
		catalog: goods,
		inquiry: inquiry.NewService(g.db, g.book).At(g.url).WithFiles(keeper),
		notify:  notify.NewService(g.db, g.book, notify.Options{}),
		monitor: monitor.NewService(g.db, monitor.Options{Demonstration: demonstration.Invented}),
		shelf:   shelf.NewService(g.db, g.book, goods, keeper),
		trade:   trade.NewService(g.db, g.book),
	}
	h.exchange = exchange.NewService(g.db, g.book, h.catalog, h.inquiry, g.log)
	h.portal = portal.NewService(portal.Needs{
		DB: g.db, Book: g.book, Identity: h.identity, Monitor: h.monitor, Catalog: h.catalog, Trade: h.trade,
	}, portal.Options{})
	return h
}
