package catalog

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
)

const (
	// patience is how long a reader waits for the feed when there is a copy to fall back to.
	patience = 200 * time.Millisecond
	// attempts bounds how often a copy is read again that a change overtook.
	attempts = 5
)

// tier says where an answer came from, slowest first.
type tier int

// The tiers.
const (
	fromLocal tier = iota
	fromShared
	fromDatabase
	fromStale
	bypassed
)

// reading is one read of several products through the tiers.
type reading struct {
	*copies

	class   class
	now     time.Time
	today   civil.Date
	offline bool // PostgreSQL did not answer in time: what is not known to be outdated will do
	stale   bool // such a copy was taken
	tier    tier
}

// read returns the copies of products for a class of readers, nil for those that do not exist for
// them, and the slowest tier that was asked.
func (c *copies) read(ctx context.Context, class class, ids []uuid.UUID) ([]*copyOf, tier, error) {
	r := reading{copies: c, class: class, now: time.Now(), today: c.service.today()}
	found := make([]*copyOf, len(ids))
	var news error
	if c.service.feed.age() > lag {
		news = c.service.feed.within(ctx, lag, c.patience(class, ids))
		r.offline = news != nil
	}
	var missing []int
	for i, id := range ids {
		if kept, ok := c.local.Get(copyKey{id, class}); ok && r.fits(kept) {
			found[i] = kept
			continue
		}
		missing = append(missing, i)
	}
	if len(missing) == 0 {
		return found, r.done(), nil
	}
	missing = r.ask(ctx, ids, found, missing)
	if len(missing) == 0 {
		return found, r.done(), nil
	}
	if r.offline && c.service.feed.resting() {
		return nil, fromStale, news
	}
	r.tier = fromDatabase
	err := r.load(ctx, ids, found, missing)
	return found, r.done(), err
}

// patience is short when every product is in the process, however old.
func (c *copies) patience(class class, ids []uuid.UUID) time.Duration {
	for _, id := range ids {
		if _, ok := c.local.Get(copyKey{id, class}); !ok {
			return fillTimeout
		}
	}
	return patience
}

// fits reports whether a copy may be served, and sees to a new one in good time.
func (r *reading) fits(kept *copyOf) bool {
	if !r.service.feed.current(kept.seen, kept.product, kept.producer) {
		return false
	}
	if r.offline && kept.alive(r.now, r.today, staleLife) {
		r.stale = true
		return true
	}
	if !kept.inTime(r.now, r.today) {
		return false
	}
	if !kept.alive(r.now, r.today, softLife) {
		r.renew(copyKey{kept.product, r.class})
	}
	return true
}

// done counts the read and says which tier it was.
func (r *reading) done() tier {
	if r.stale {
		r.tier = fromStale
	}
	r.metrics.served(r.tier, r.service.feed.age())
	return r.tier
}

// ask looks in Redis for what is missing and returns what still is.
func (r *reading) ask(ctx context.Context, ids []uuid.UUID, found []*copyOf, missing []int) []int {
	database := r.service.feed.database()
	if database == "" {
		return missing
	}
	keys := make([]string, len(missing))
	for n, i := range missing {
		keys[n] = r.sharedKey(database, copyKey{ids[i], r.class})
	}
	r.tier = fromShared
	var still []int
	for n, data := range r.shared.Get(ctx, keys...) {
		i := missing[n]
		kept, ok := decodeCopy(data)
		switch {
		case !ok || kept.product != ids[i]:
			still = append(still, i)
		case !r.fits(kept):
			r.metrics.products.fences.Inc()
			still = append(still, i)
		default:
			r.local.Put(copyKey{ids[i], r.class}, kept)
			found[i] = kept
		}
	}
	return still
}

// load reads what is missing from PostgreSQL, again where a change overtook the reading.
func (r *reading) load(ctx context.Context, ids []uuid.UUID, found []*copyOf, missing []int) error {
	for range attempts {
		wanted := make([]uuid.UUID, len(missing))
		for n, i := range missing {
			wanted[n] = ids[i]
		}
		loaded, err := r.fly(ctx, r.class, wanted)
		if err != nil {
			return err
		}
		var overtaken []int
		for n, i := range missing {
			found[i] = loaded[n]
			if found[i] != nil && !r.unfenced && !r.service.feed.current(found[i].seen, found[i].product, found[i].producer) {
				overtaken = append(overtaken, i)
			}
		}
		if missing = overtaken; len(missing) == 0 {
			return nil
		}
	}
	return nil // each was the latest when its reading began
}

// renew makes a copy again that is about to end; nobody waits for it.
func (c *copies) renew(key copyKey) {
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), fillTimeout)
		defer cancel()
		_, _ = c.fly(ctx, key.class, []uuid.UUID{key.product}) // whoever misses it will say why
	}()
}
