package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

type serveCommand struct {
	Services      []string      `arg:"" help:"Services to serve: reference, identity, ledger, catalog, exchange, inquiry, shelf, trade, monitor, notify, portal. None means all." optional:""`
	Settings      settings      `embed:""`
	Embedded      bool          `help:"Bring everything: private servers unless others are named, migrations, demonstration data. The default without a database address."`
	Demonstration bool          `default:"true" env:"OCOP_DEMONSTRATION" help:"Let --embedded load the demonstration data into an empty database." negatable:""`
	Listen        string        `default:"127.0.0.1:8080" env:"OCOP_LISTEN" help:"Address of the API." placeholder:"HOST:PORT"`
	AdminListen   string        `default:"127.0.0.1:9090" env:"OCOP_ADMIN_LISTEN" help:"Address of metrics and profiles, or off." placeholder:"HOST:PORT"`
	PublicURL     string        `env:"OCOP_PUBLIC_URL" help:"How people reach the service, for links in mail and in QR codes; where it listens when left out." name:"public-url" placeholder:"URL"`
	ProductPage   string        `env:"OCOP_PRODUCT_PAGE" help:"Where people who scan a product are sent, with {id} and perhaps {lot}; the product in this API when left out." name:"product-page" placeholder:"URL"`
	RateLimit     int           `default:"0" env:"OCOP_RATE_LIMIT" help:"Requests per second of one caller or address; 0 means 300, -1 no limit." placeholder:"N"`
	Files         string        `env:"OCOP_FILES_URL" help:"Bucket of S3 that keeps files instead of OCOP_DATA/files." name:"files-url" placeholder:"s3://KEY:SECRET@HOST/BUCKET"`
	JobsPoll      time.Duration `default:"1s" env:"OCOP_JOBS_POLL" help:"How often to ask for jobs." placeholder:"DURATION"`
	MaxConns      int           `default:"16" env:"OCOP_DATABASE_CONNECTIONS" help:"Most connections to PostgreSQL." name:"database-connections" placeholder:"N"`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(t terminal) error {
	chosen, err := choose(c.Services)
	if err != nil {
		return err
	}
	// Before anything is started: the most common trouble is a port that is taken.
	public, admin, err := c.listen(t.ctx)
	if err != nil {
		return err
	}
	defer closeAll(public, admin)
	log := c.Settings.logger(t.err)
	found, err := openServers(t.ctx, c.Settings, log)
	if err == nil {
		s := &server{
			serveCommand: c, terminal: t, found: found, chosen: chosen, log: log,
			registry: newRegistry(), early: newGate(log), ready: &readiness{}, address: public.Addr().String(),
		}
		err = s.serve(public, admin)
		// A second signal makes stopping hasty, not incomplete.
		stopping, release := signal.NotifyContext(context.WithoutCancel(t.ctx), os.Interrupt, syscall.SIGTERM)
		defer release()
		err = errors.Join(err, found.stop(stopping))
	}
	if err != nil && t.ctx.Err() != nil {
		// Told to stop while starting: what that interrupted is no failure.
		log.WarnContext(t.ctx, "stopped while starting", "interrupted", err.Error())
		return nil
	}
	if err == nil {
		log.InfoContext(t.ctx, "stopped")
	}
	return err
}

// secondServe explains a taken port to whoever starts a second server.
const secondServe = "a second server on this machine needs addresses of its own: OCOP_LISTEN and OCOP_ADMIN_LISTEN"

// listen opens the ports; admin is nil when it is off.
func (c *serveCommand) listen(ctx context.Context) (public, admin net.Listener, err error) {
	if public, err = web.Listen(ctx, c.Listen, "OCOP_LISTEN"); err != nil {
		return nil, nil, fmt.Errorf("%w (%s)", err, secondServe)
	}
	if c.AdminListen == "off" {
		return public, nil, nil
	}
	if admin, err = web.Listen(ctx, c.AdminListen, "OCOP_ADMIN_LISTEN"); err != nil {
		closeAll(public)
		return nil, nil, fmt.Errorf("%w (%s)", err, secondServe)
	}
	return public, admin, nil
}

// closeAll closes listeners that a server may have closed already.
func closeAll(listeners ...net.Listener) {
	for _, listener := range listeners {
		if listener != nil {
			_ = listener.Close() // closed twice is closed
		}
	}
}

// server is one run of serve.
type server struct {
	*serveCommand
	terminal

	found    *servers
	chosen   choice
	log      *slog.Logger
	registry *prometheus.Registry
	early    *gate
	ready    *readiness
	address  string
}

func newRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// serve answers on the ports at once and moves the services in behind them, until ctx ends or
// something fails. The order of the end: requests, workers, pools.
func (s *server) serve(public, admin net.Listener) error {
	group, ctx := errgroup.WithContext(s.ctx)
	// Workers go on until the last request is answered.
	working, stopWorking := context.WithCancel(context.WithoutCancel(ctx))
	group.Go(func() error {
		defer stopWorking()
		var ports errgroup.Group
		ports.Go(func() error { return web.ServeOn(ctx, public, s.early, s.log) })
		if admin != nil {
			ports.Go(func() error { return web.ServeOn(ctx, admin, web.Admin(s.registry, s.ready.check), s.log) })
		}
		return ports.Wait()
	})
	group.Go(func() error { return s.occupy(ctx, working) })
	return group.Wait()
}

// url is where people reach the service.
func (s *server) url() string {
	if s.PublicURL != "" {
		return strings.TrimRight(s.PublicURL, "/")
	}
	host, port, err := net.SplitHostPort(s.address)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return "http://localhost:" + port // listening everywhere is no address to go to
	}
	return "http://" + s.address
}

// occupy prepares the database, moves the services in, opens the gate and works until working ends.
func (s *server) occupy(ctx, working context.Context) (err error) {
	store, err := files.Open(s.Files, filepath.Join(s.Settings.Data, "files"))
	if err != nil {
		return fmt.Errorf("%w; see OCOP_FILES_URL", err)
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	db, err := postgres.Open(ctx, postgres.Config{URL: s.found.appURL, MaxConns: s.MaxConns})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	book, err := reference.Open(ctx, db)
	if err != nil {
		return err
	}
	client, err := openRedis(ctx, s.found, s.log)
	if err != nil {
		return err
	}
	if client != nil {
		defer func() { err = errors.Join(err, client.Close()) }()
	}
	h := newHouse(grounds{db: db, redis: client, book: book, log: s.log, registry: s.registry, data: s.Settings.Data, store: store, url: s.url(), productPage: s.ProductPage})
	jobs, err := jobsWorker(h, s.JobsPoll)
	if err != nil {
		return err
	}
	api := newAPI(h, s.chosen.mounted, web.Options{RequestsPerSecond: s.RateLimit})
	api.Health(s.ready.check)
	for _, one := range s.chosen.mounted {
		if one.warm == nil {
			continue
		}
		if err := one.warm(ctx, h); err != nil {
			return fmt.Errorf("preparing %s: %w", one.name, err)
		}
	}
	s.ready.open(db.Ping)
	s.early.open(api.Handler())
	s.log.InfoContext(ctx, "ready", "address", s.address)
	if err := welcome(ctx, s.out, db, s.url()); err != nil {
		return err
	}
	work(working, append(s.chosen.workers(h), jobs), s.log)
	return nil
}

// openRedis returns nil when there is no Redis. One that does not answer is no obstacle: reads
// are slower without.
func openRedis(ctx context.Context, found *servers, log *slog.Logger) (*redis.Client, error) {
	if found.redisURL == "" {
		log.WarnContext(ctx, "no Redis: every catalogue read goes to PostgreSQL; see OCOP_REDIS_URL")
		return nil, nil //nolint:nilnil // a cache without a client keeps nothing
	}
	options, err := catalog.RedisOptions(found.redisURL)
	if err != nil {
		return nil, err
	}
	client := redis.NewClient(options)
	if err := awaitRedis(ctx, client); err != nil {
		log.WarnContext(ctx, "Redis does not answer; the service works without it, only slower", "error", err)
	}
	return client, nil
}

// awaitRedis gives a busy machine a second: the cache's own patience is far shorter.
func awaitRedis(ctx context.Context, client *redis.Client) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for {
		err := client.Ping(ctx).Err()
		if err == nil || ctx.Err() != nil {
			return err //nolint:wrapcheck // logged beside what it means
		}
	}
}
