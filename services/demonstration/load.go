package demonstration

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// Deps is what loading needs.
type Deps struct {
	// DB signs in as the service. An address with synchronous_commit=off makes loading faster and
	// loses nothing: the note that it is complete is written through Owner, after everything else.
	DB *postgres.DB
	// Owner signs in as the owner of the schema.
	Owner *postgres.DB
	// Now is the instant that the history leads up to; zero means the present.
	Now time.Time
}

func (d Deps) now() time.Time {
	if d.Now.IsZero() {
		return time.Now()
	}
	return d.Now
}

// Load fills an empty database with the demonstration and reports whether it did: a database that
// holds organisations already is left as it is. The reference facts must be loaded. It writes a
// few lines about its progress.
//
// It adds retail systems to the reference facts: open a [reference.Book] after it, not before.
// An earlier load that was interrupted is cleared away first, or refused with ErrInterrupted.
func Load(ctx context.Context, deps Deps, progress io.Writer) (bool, error) {
	cast, err := readCast()
	if err != nil {
		return false, err
	}
	fresh, err := begin(ctx, deps.Owner, cast, deps.now())
	if err != nil || !fresh {
		return false, err
	}
	if err := addSystems(ctx, deps.Owner); err != nil {
		return false, err
	}
	book, err := reference.Open(ctx, deps.DB)
	if err != nil {
		return false, err
	}
	l := newLoader(deps, cast, book)
	if err := l.run(ctx, progress); err != nil {
		return false, err
	}
	return true, finish(ctx, deps.Owner)
}

// loader plays the plan on the services, with their clock set to each step's instant.
type loader struct {
	*cast

	deps   Deps
	book   *reference.Book
	now    time.Time
	clock  time.Time
	db     *postgres.DB
	people *identity.Service
	goods  *catalog.Service
	trade  *inquiry.Service
	steps  []step
}

// step is one thing somebody did.
type step struct {
	at   time.Time
	what string
	do   func(ctx context.Context) error
}

func newLoader(deps Deps, cast *cast, book *reference.Book) *loader {
	l := &loader{cast: cast, deps: deps, book: book, now: deps.now()}
	instant := func() time.Time { return l.clock }
	l.db = deps.DB.WithClock(instant)
	l.people = identity.NewService(l.db, book, identity.Options{Registrations: -1})
	l.goods = catalog.NewService(l.db, nil, book, catalog.Options{Clock: instant})
	l.trade = inquiry.NewService(l.db, book)
	return l
}

// run carries out everything up to now in the order in which it happened, so that ids, which hold
// the time they were made, sort as history does.
func (l *loader) run(ctx context.Context, progress io.Writer) error {
	drawn := draw(l.cast, l.book, l.now)
	l.found(drawn.founded)
	l.stock(drawn.founded)
	for _, offer := range drawn.offers {
		l.open(offer)
	}
	l.shelve()
	l.convene(drawn)
	for _, asked := range drawn.inquiries {
		l.deal(asked)
	}
	slices.SortStableFunc(l.steps, func(a, b step) int { return a.at.Compare(b.at) })
	tenth := len(l.steps)/10 + 1
	for n, s := range l.steps {
		if n%tenth == 0 {
			if _, err := fmt.Fprintf(progress, "demonstration data: %3d %%, %s\n", n*100/len(l.steps), reference.Day(s.at)); err != nil {
				return fmt.Errorf("reporting progress: %w", err)
			}
		}
		l.clock = s.at
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("demonstration, %s at %s: %w", s.what, s.at.Format(time.RFC3339), err)
		}
	}
	_, err := fmt.Fprintf(progress, "demonstration data: 100 %%, %d steps\n", len(l.steps))
	if err != nil {
		return fmt.Errorf("reporting progress: %w", err)
	}
	return nil
}

// add plans a step; what lies ahead of now is left to happen, or not.
func (l *loader) add(at time.Time, what string, do func(ctx context.Context) error) {
	if !at.After(l.now) {
		l.steps = append(l.steps, step{at: at, what: what, do: do})
	}
}
