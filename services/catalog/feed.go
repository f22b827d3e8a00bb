package catalog

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// The feed follows what happens to the catalogue, in every process by itself. It asks PostgreSQL
// which things were changed by transactions that its last snapshot did not see; so it misses
// nothing, meets nothing twice, and needs neither a clock nor the order of commits. Every change
// of the catalogue is in the audit trail, every change of what remains in the ledger: nobody has
// to remember to tell the feed.

const (
	// lag is how long ago the feed may have asked for its answer to be good enough for a reader.
	// What lacks to Staleness is for the way to the reader.
	lag = 700 * time.Millisecond
	// pollTimeout ends a poll. The first loads the whole catalogue into the index: a hundred thousand
	// products take many seconds on a busy machine. Single statements end sooner, by the connection's
	// own limit, and readers do not wait longer than they care to.
	pollTimeout = 2 * time.Minute
	// restAfterFailure is how long readers leave a database alone that did not answer the feed.
	restAfterFailure = 300 * time.Millisecond
	// remembered is how long a change is held against copies; none may live as long.
	remembered = 2 * hardLife
	// reloadFrom is from how many changed products on everything is loaded again.
	reloadFrom = 5000
)

// feed is what one process knows of the changes.
type feed struct {
	db *postgres.DB
	// apply is told what changed before the feed says that it knows: all, or products and all the
	// products of producers.
	apply func(ctx context.Context, changed changedThings) error

	flights singleflight.Group
	asOf    atomic.Int64 // when the last poll that succeeded began, Unix nanoseconds
	polling atomic.Int64 // when the poll under way began; 0: none is
	rest    atomic.Int64 // until when the database is left alone, Unix nanoseconds

	mutex sync.RWMutex
	// home names the database: of which cluster, which one.
	home string
	// base is the first snapshot: what changed before is not known. Seen is the latest.
	base, seen postgres.Snapshot
	last       map[uuid.UUID]change // by product or producer
}

// change is the last that is known to have happened to a thing: the transactions that one poll
// found. Whoever sees these sees all that earlier polls found.
type change struct {
	transactions []uint64
	learned      time.Time
}

// changedThings is what a poll found.
type changedThings struct {
	all                 bool
	products, producers []uuid.UUID
}

func newFeed(db *postgres.DB, apply func(ctx context.Context, changed changedThings) error) *feed {
	return &feed{db: db, apply: apply, last: make(map[uuid.UUID]change)}
}

// within makes sure that what happened up to so long ago is known, asking when it is not, and waits
// no longer than that. An error means that the database could not be asked.
func (f *feed) within(ctx context.Context, age, patience time.Duration) error {
	if f.age() <= age {
		return nil
	}
	if began := f.polling.Load(); began != 0 && time.Now().UnixNano()-began > int64(patience) {
		return fault.ErrUnavailable.With().After(restAfterFailure) // others wait longer than that already
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return f.after(ctx, time.Now().Add(-age))
}

// after makes sure that everything committed before an instant is known.
func (f *feed) after(ctx context.Context, instant time.Time) error {
	wanted := instant.UnixNano()
	for f.asOf.Load() < wanted {
		if f.resting() {
			return fault.ErrUnavailable.With().After(restAfterFailure)
		}
		// A poll that began before the instant is waited for and another one follows it.
		result := f.flights.DoChan("poll", func() (any, error) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pollTimeout)
			defer cancel()
			return nil, f.poll(ctx)
		})
		select {
		case <-ctx.Done():
			return fault.ErrUnavailable.With().Because(ctx.Err()).After(restAfterFailure)
		case done := <-result:
			if done.Err != nil {
				return done.Err
			}
		}
	}
	return nil
}

// resting reports whether the database failed a moment ago and is left alone.
func (f *feed) resting() bool { return time.Now().UnixNano() < f.rest.Load() }

// known is when the feed last knew everything.
func (f *feed) known() time.Time { return time.Unix(0, f.asOf.Load()) }

// age is how long ago the feed last knew everything.
func (f *feed) age() time.Duration { return time.Duration(time.Now().UnixNano() - f.asOf.Load()) }

// poll asks once what is new.
func (f *feed) poll(ctx context.Context) (err error) {
	began := time.Now()
	f.polling.Store(began.UnixNano())
	defer func() {
		f.polling.Store(0)
		if err != nil {
			f.rest.Store(time.Now().Add(restAfterFailure).UnixNano())
		}
	}()
	f.mutex.RLock()
	since := f.seen
	f.mutex.RUnlock()
	found, err := readNews(ctx, f.db, since)
	if err != nil {
		return err
	}
	if err := f.apply(ctx, found.changedThings); err != nil {
		return err
	}
	f.learn(found, began)
	f.asOf.Store(began.UnixNano())
	return nil
}

// learn takes over what a poll found.
func (f *feed) learn(found news, began time.Time) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.seen = found.seen
	if found.home != "" {
		f.home = found.home
	}
	if found.all {
		f.base = found.seen
		clear(f.last)
		return
	}
	for thing, transactions := range found.transactions {
		f.last[thing] = change{transactions, began}
	}
	for thing, known := range f.last {
		if began.Sub(known.learned) > remembered {
			delete(f.last, thing)
		}
	}
}

// current reports whether what was read in a snapshot shows the last known state of a product and
// its producer.
func (f *feed) current(seen postgres.Snapshot, things ...uuid.UUID) bool {
	f.mutex.RLock()
	defer f.mutex.RUnlock()
	if !seen.Includes(f.base) {
		return false
	}
	for _, thing := range things {
		for _, transaction := range f.last[thing].transactions {
			if !seen.Sees(transaction) {
				return false
			}
		}
	}
	return true
}

// database names the database that is followed; empty until it was asked.
func (f *feed) database() string {
	f.mutex.RLock()
	defer f.mutex.RUnlock()
	return f.home
}

// followed is the latest snapshot up to which everything is known.
func (f *feed) followed() postgres.Snapshot {
	f.mutex.RLock()
	defer f.mutex.RUnlock()
	return f.seen
}
