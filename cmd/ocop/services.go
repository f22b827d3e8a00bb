package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ocop-market/ocop/pkg/hashchain"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/exchange"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/notify"
	"github.com/ocop-market/ocop/services/portal"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/shelf"
	"github.com/ocop-market/ocop/services/trade"
)

// service is one that can be served by itself.
type service struct {
	name string
	// needs are the services whose tables its requests write to: their workers run with it.
	needs []string
	// mount registers its endpoints; nil when it has none.
	mount func(api *web.API, h *house)
	// warm does what the first request would wait for; nil when nothing would.
	warm func(ctx context.Context, h *house) error
	// workers do what belongs to no request.
	workers func(h *house) []worker
}

// worker is something to be done again and again. Every process may run it: those that must be
// alone see to it themselves, through the database.
type worker struct {
	name  string
	every time.Duration
	// run does a piece of work and reports whether there is more to do at once.
	run func(ctx context.Context) (more bool, err error)
}

const (
	// sealEvery keeps the promise that a change is sealed within a second.
	sealEvery = 500 * time.Millisecond
	mailEvery = 2 * time.Second
	// noticeEvery bounds, with sealEvery, how long after an event people are told of it.
	noticeEvery = time.Second
	// followEvery keeps the promise that nobody is shown a catalogue older than a second.
	followEvery = 200 * time.Millisecond
	// sweepEvery bounds how long an import stands still whose process died.
	sweepEvery = 5 * time.Second
	// rollupEvery is how far the volumes that are added up may lie behind the postings. Answers lie behind
	// nothing: what is missing is read with each question, which takes the longer the more it is.
	rollupEvery = time.Second
	touchEvery  = time.Minute
	purgeEvery  = time.Hour
)

// services is the table of all services, lower ones first.
func services() []service {
	return []service{
		{name: "reference", mount: func(api *web.API, h *house) { reference.Mount(api, h.book) }},
		{
			name:    "identity",
			mount:   func(api *web.API, h *house) { identity.Mount(api, h.identity) },
			workers: identityWorkers,
		},
		{name: "ledger", needs: []string{"identity"}, workers: ledgerWorkers},
		{
			name: "catalog", needs: []string{"identity", "ledger"},
			mount:   func(api *web.API, h *house) { catalog.Mount(api, h.catalog) },
			warm:    func(ctx context.Context, h *house) error { return h.catalog.Follow(ctx) },
			workers: catalogWorkers,
		},
		{
			name: "inquiry", needs: []string{"identity", "ledger", "catalog"},
			mount:   func(api *web.API, h *house) { inquiry.Mount(api, h.inquiry) },
			workers: func(h *house) []worker { return []worker{{"facts of the market", rollupEvery, h.inquiry.FollowMarket}} },
		},
		{
			name: "exchange", needs: []string{"identity", "ledger", "catalog", "inquiry"},
			mount: func(api *web.API, h *house) { exchange.Mount(api, h.exchange) },
		},
		{
			name: "shelf", needs: []string{"identity", "catalog"},
			mount: func(api *web.API, h *house) { shelf.Mount(api, h.shelf) },
		},
		{
			name: "trade", needs: []string{"identity"},
			mount: func(api *web.API, h *house) { trade.Mount(api, h.trade) },
		},
		{
			name: "monitor", needs: []string{"identity", "ledger", "inquiry"},
			mount:   func(api *web.API, h *house) { monitor.Mount(api, h.monitor) },
			workers: func(h *house) []worker { return []worker{{"volumes in memory", rollupEvery, h.monitor.Follow}} },
		},
		{
			name: "notify", needs: []string{"identity", "catalog"},
			mount:   func(api *web.API, h *house) { notify.Mount(api, h.notify) },
			workers: notifyWorkers,
		},
		{
			name: "portal", needs: []string{"identity", "ledger", "catalog", "trade", "monitor"},
			mount: func(api *web.API, h *house) { portal.Mount(api, h.portal) },
		},
	}
}

func identityWorkers(h *house) []worker {
	return []worker{
		seal(h, identity.AuditChain()),
		{"mail", mailEvery, func(ctx context.Context) (bool, error) {
			delivered, err := h.identity.DeliverMail(ctx)
			return delivered > 0 && err == nil, err
		}},
		{"last use of sessions", touchEvery, func(ctx context.Context) (bool, error) { return false, h.identity.Touch(ctx) }},
		{"old sessions, links and attempts", purgeEvery, func(ctx context.Context) (bool, error) { return false, h.identity.Purge(ctx) }},
	}
}

func notifyWorkers(h *house) []worker {
	return []worker{{"notices", noticeEvery, h.notify.Follow}, {"notices by mail", mailEvery, h.notify.Mail}}
}

func ledgerWorkers(h *house) []worker {
	return []worker{
		seal(h, ledger.SealedChain()), seal(h, ledger.ClaimChain()),
		{"rollup of volumes", rollupEvery, func(ctx context.Context) (bool, error) {
			added, err := ledger.Follow(ctx, h.db)
			return added == ledger.FollowBatch, err
		}},
	}
}

func catalogWorkers(h *house) []worker {
	return []worker{{"changes of the catalogue", followEvery, func(ctx context.Context) (bool, error) { return false, h.catalog.Follow(ctx) }}}
}

// commonWorkers run whatever is served, as jobs do.
func commonWorkers(h *house) []worker {
	return []worker{
		{"idempotency keys", purgeEvery, func(ctx context.Context) (bool, error) {
			purged, err := idempotency.Purge(ctx, h.db)
			return purged > 0, err
		}},
		{"imports that lost their process", sweepEvery, func(ctx context.Context) (bool, error) { return false, h.exchange.Sweep(ctx) }},
	}
}

// jobsWorker works the jobs of all services, whichever are served: a process that took a job of a
// kind it does not know would only fail it.
func jobsWorker(h *house, poll time.Duration) (worker, error) {
	runner, err := jobs.New(h.db, allJobs(h), jobs.Options{Log: h.log, Registry: h.registry, Poll: poll})
	if err != nil {
		return worker{}, err
	}
	return worker{"jobs", poll, func(ctx context.Context) (bool, error) { return false, runner.Run(ctx) }}, nil
}

// allJobs are what the house can do: whoever has jobs, on a line of its own.
func allJobs(h *house) *jobs.Workers {
	workers := jobs.NewWorkers()
	h.files.Jobs(workers)
	h.catalog.EndingJobs(workers)
	h.catalog.PhotoJobs(workers)
	h.exchange.Jobs(workers)
	h.inquiry.Jobs(workers)
	h.monitor.Jobs(workers)
	return workers
}

func seal(h *house, chain hashchain.Chain) worker {
	return worker{"seals of " + chain.Name, sealEvery, func(ctx context.Context) (bool, error) {
		sealed, err := chain.Seal(ctx, h.db)
		return sealed > 0, err
	}}
}

// choice is what one process serves.
type choice struct {
	// mounted answer requests; working run their workers.
	mounted, working []service
}

// choose picks the named services and, for their workers, those they need; no name means all.
func choose(names []string) (choice, error) {
	all := services()
	if len(names) == 0 {
		return choice{mounted: all, working: all}, nil
	}
	known := make([]string, len(all))
	for i, s := range all {
		known[i] = s.name
	}
	needed := slices.Clone(names)
	for _, name := range names {
		at := slices.Index(known, name)
		if at < 0 {
			return choice{}, usageError{fmt.Errorf("there is no service %q; there are %s", name, strings.Join(known, ", "))}
		}
		needed = append(needed, all[at].needs...)
	}
	named := func(list []string) []service {
		return slices.DeleteFunc(slices.Clone(all), func(s service) bool { return !slices.Contains(list, s.name) })
	}
	return choice{mounted: named(names), working: named(needed)}, nil
}

// workers are those of the chosen services and those that run whatever is served.
func (c choice) workers(h *house) []worker {
	workers := commonWorkers(h)
	for _, s := range c.working {
		if s.workers != nil {
			workers = append(workers, s.workers(h)...)
		}
	}
	return workers
}

// newAPI is the edge with the endpoints of the chosen services.
func newAPI(h *house, mounted []service, options web.Options) *web.API {
	options.Title = "OCOP"
	options.Version = apiVersion
	options.Description = apiDescription
	options.Log, options.Registry = h.log, h.registry
	options.Authenticate = h.identity.Authenticate
	api := web.New(options)
	for _, s := range mounted {
		if s.mount != nil {
			s.mount(api, h)
		}
	}
	return api
}

// apiVersion moves when the document changes in a way that breaks clients.
const apiVersion = "1.0.0"

const apiDescription = `A marketplace where certified goods of Cà Mau meet the demand of Ho Chi Minh City's supermarkets and chains.

Quantities are exact to a thousandth of their unit, money is whole đồng. Repeat a request safely with Idempotency-Key; change a thing with If-Match and its ETag.`
