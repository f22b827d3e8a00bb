package demonstration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/sync/errgroup"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Sizes says how much to generate, in addition to what is there.
type Sizes struct {
	// Products, each with one offer; a producer is made for every fifty.
	Products int
	// Inquiries that are open now, of one line each.
	Inquiries int
	// Postings of finished deals, rounded up to whole ones of twenty-four postings each.
	Postings int
}

const (
	// batch is how many products, inquiries or deals one transaction writes.
	batch = 1000
	// writers is how many transactions run side by side.
	writers = 2
)

// perProducer is how many products a generated producer has.
const perProducer = 50

// Generate adds any amount of fictional goods and trade in bulk, for measuring. Everything is
// marked as the demonstration is. Postings go through the ledger's own trigger, so the balances
// add up. The same sizes on the same database make the same rows, ids included.
//
// It writes as the owner, a thousand things a transaction: when it fails, whole transactions
// stand and the rest is missing. The reference facts must be loaded.
func Generate(ctx context.Context, deps Deps, sizes Sizes, progress io.Writer) error {
	if sizes.Products < 0 || sizes.Inquiries < 0 || sizes.Postings < 0 {
		return errors.New("sizes must not be negative")
	}
	if err := addSystems(ctx, deps.Owner); err != nil {
		return err
	}
	book, err := reference.Open(ctx, deps.Owner)
	if err != nil {
		return err
	}
	g, err := newGenerator(ctx, deps, book)
	if err != nil {
		return err
	}
	deals := (sizes.Postings + postingsPerDeal - 1) / postingsPerDeal
	if deals > 0 && g.before == 0 {
		sizes.Products = max(sizes.Products, perProducer) // deals are about something
	}
	if err := g.each(ctx, progress, "products ", sizes.Products, g.products); err != nil {
		return err
	}
	if err := g.gather(ctx, sizes.Inquiries+deals); err != nil {
		return err
	}
	if err := g.each(ctx, progress, "inquiries", sizes.Inquiries, g.inquiries); err != nil {
		return err
	}
	if err := g.each(ctx, progress, "deals    ", deals, g.deals); err != nil {
		return err
	}
	return g.note(ctx, sizes)
}

// generator holds what all batches share.
type generator struct {
	owner *postgres.DB
	book  *reference.Book
	now   time.Time
	today civil.Date
	// before counts the products that were there: names and ids go on from it.
	before int
	// seeds of numbers: run tells repeated runs apart.
	run       uint64
	templates []*product
	communes  []reference.Commune
	// buyers and goods are what trade is drawn from.
	buyers []uuid.UUID
	sold   []goods
}

func newGenerator(ctx context.Context, deps Deps, book *reference.Book) (*generator, error) {
	c, err := readCast()
	if err != nil {
		return nil, err
	}
	g := &generator{
		owner: deps.Owner, book: book, now: deps.now().UTC().Truncate(time.Second), today: reference.Day(deps.now()),
	}
	for _, p := range c.products {
		if line, ok := book.Line(p.sale.Line); ok && line.Unit != "guest" {
			g.templates = append(g.templates, p)
		}
	}
	for _, commune := range book.Communes() {
		if commune.Province == reference.CaMau {
			g.communes = append(g.communes, commune)
		}
	}
	const count = `SELECT (SELECT count(*) FROM catalog.products) AS products, (SELECT count(*) FROM inquiry.inquiries) AS inquiries`
	var there struct {
		Products  int `db:"products"`
		Inquiries int `db:"inquiries"`
	}
	if err := deps.Owner.Get(ctx, &there, count); err != nil {
		return nil, err
	}
	g.before, g.run = there.Products, uint64(there.Products)<<32|uint64(there.Inquiries) //nolint:gosec // counts are not negative
	return g, nil
}

// rng draws the numbers of one batch of one kind, so that batches do not depend on each other.
func (g *generator) rng(kind, first int) *rand.Rand {
	return rand.New(rand.NewPCG(Seed^g.run, uint64(kind)<<48|uint64(first))) //nolint:gosec // reproducible on purpose
}

// each writes n things in batches behind a progress bar.
func (g *generator) each(ctx context.Context, progress io.Writer, what string, n int,
	write func(ctx context.Context, tx *postgres.Tx, part span) error,
) error {
	if n == 0 {
		return nil
	}
	bar := progressbar.NewOptions(n, progressbar.OptionSetWriter(progress), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(500*time.Millisecond),
		progressbar.OptionOnCompletion(func() { _, _ = fmt.Fprintln(progress) }))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for first := 0; first < n && ctx.Err() == nil; first += batch {
		group.Go(func() error {
			count := min(batch, n-first)
			err := g.owner.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
				// A run that a crash cuts short is begun anew anyway.
				if _, err := tx.Exec(ctx, `SET LOCAL synchronous_commit = off`); err != nil {
					return err
				}
				return write(ctx, tx, span{first: first, count: count, of: n})
			})
			if err != nil {
				return fmt.Errorf("generating %s from %d: %w", what, first, err)
			}
			return bar.Add(count)
		})
	}
	return group.Wait()
}

// span is a batch: so many things from the first, of so many in all.
type span struct{ first, count, of int }

// at is when the n-th thing of a run happened: one after the other through a period that ended
// before the instant, so that rows, like those of real days, arrive in the order of their ids.
func (s span) at(end time.Time, period time.Duration, n int) time.Time {
	return end.Add(-period + time.Duration(int64(period)/int64(s.of)*int64(n))).Truncate(time.Millisecond)
}

// note leaves one audit event for the whole run and refreshes the database's statistics.
func (g *generator) note(ctx context.Context, sizes Sizes) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("naming a run: %w", err)
	}
	err = g.owner.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		return identity.RecordTx(ctx, tx, identity.SystemPrincipal(), "demonstration.generated",
			identity.Subject{Kind: "catalogue", ID: id},
			map[string]int{"products": sizes.Products, "inquiries": sizes.Inquiries, "postings": sizes.Postings})
	})
	if err != nil {
		return err
	}
	_, err = g.owner.Exec(ctx, `ANALYZE`)
	return err
}
