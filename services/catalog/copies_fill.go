package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/cache"
	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
)

// Copies that are missing are made together: while one statement is under way, what else comes to be
// missing waits for the next. A statement for many products costs little more than one for one, so
// the more is missing, after a start or a change of a big producer, the cheaper each copy is; and a
// lone reader waits for nobody.
const (
	// fillTimeout ends a rendering that several requests wait for.
	fillTimeout = 10 * time.Second
	// fillPatience is how long a reader waits before another statement is begun beside those that are
	// under way, of which there are at most fillers: one that hangs does not hold up all readers.
	fillPatience = 20 * time.Millisecond
	fillers      = 4
	// fillBatch is the most products that one statement reads.
	fillBatch = 64
)

// flight is the making of a copy that others may wait for.
type flight struct {
	done chan struct{}
	made *copyOf
	err  error
}

// fly makes copies, each once for all who want it at the same time. It outlives the request that
// began it.
func (c *copies) fly(ctx context.Context, class class, ids []uuid.UUID) ([]*copyOf, error) {
	flights := c.board(ctx, class, ids)
	made := make([]*copyOf, len(ids))
	impatient := time.NewTimer(fillPatience)
	defer impatient.Stop()
	for i := 0; i < len(flights); {
		f := flights[i]
		select {
		case <-f.done:
			if f.err != nil {
				return nil, f.err
			}
			made[i] = f.made
			i++
		case <-impatient.C:
			c.hurry(ctx)
		case <-ctx.Done():
			return nil, fault.ErrUnavailable.With().Because(ctx.Err())
		}
	}
	return made, nil
}

// hurry begins another statement for what no statement has taken along yet.
func (c *copies) hurry(ctx context.Context) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(c.waiting) > 0 && c.filling < fillers {
		c.filling++
		go c.land(context.WithoutCancel(ctx))
	}
}

// board finds or adds the flights of products, and sees that a statement will take them along.
func (c *copies) board(ctx context.Context, class class, ids []uuid.UUID) []*flight {
	flights := make([]*flight, len(ids))
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for i, id := range ids {
		key := copyKey{id, class}
		if flights[i] = c.flights[key]; flights[i] == nil {
			flights[i] = &flight{done: make(chan struct{})}
			c.flights[key] = flights[i]
			c.waiting = append(c.waiting, key)
		}
	}
	if len(c.waiting) > 0 && c.filling == 0 {
		c.filling++
		go c.land(context.WithoutCancel(ctx))
	}
	return flights
}

// land makes what is waited for until nothing is.
func (c *copies) land(ctx context.Context) {
	for keys := c.next(); len(keys) > 0; keys = c.next() {
		c.landOnce(ctx, keys)
	}
}

// next takes what the next statement is to make; nobody fills any more when there is nothing.
func (c *copies) next() []copyKey {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	count := min(len(c.waiting), fillBatch)
	keys := c.waiting[:count:count]
	if c.waiting = c.waiting[count:]; len(c.waiting) == 0 {
		c.waiting = nil
	}
	if count == 0 {
		c.filling--
	}
	return keys
}

// landOnce fills and tells all who wait.
func (c *copies) landOnce(ctx context.Context, keys []copyKey) {
	ctx, cancel := context.WithTimeout(ctx, fillTimeout)
	defer cancel()
	var made map[copyKey]*copyOf
	var err error
	defer func() {
		if accident := recover(); accident != nil {
			err = fmt.Errorf("rendering products: %v", accident)
		}
		c.mutex.Lock()
		defer c.mutex.Unlock()
		for _, key := range keys {
			f := c.flights[key]
			delete(c.flights, key)
			f.made, f.err = made[key], err
			close(f.done)
		}
	}()
	made, err = c.fill(ctx, keys)
}

// fill renders products from one statement and keeps what no known change overtook.
func (c *copies) fill(ctx context.Context, keys []copyKey) (map[copyKey]*copyOf, error) {
	wanted := make(map[uuid.UUID][]class, len(keys))
	ids := make([]uuid.UUID, 0, len(keys))
	for _, key := range keys {
		if wanted[key.product] == nil {
			ids = append(ids, key.product)
		}
		wanted[key.product] = append(wanted[key.product], key.class)
	}
	rendered, today := time.Now(), c.service.today()
	rows, err := readProducts(ctx, c.service.db, ids, today)
	if err != nil {
		return nil, err
	}
	if c.overtake != nil {
		c.overtake()
	}
	made := make(map[copyKey]*copyOf, len(keys))
	for _, row := range rows {
		for _, class := range wanted[row.ID] {
			if !(viewer{class: class}).seesProduct(row.ProducerID, row.State, row.Approved) {
				continue
			}
			if made[copyKey{row.ID, class}], err = c.render(row, class, today, rendered); err != nil {
				return nil, err
			}
		}
	}
	c.keep(ctx, made)
	return made, nil
}

// keep puts copies into both tiers, but for those that a change overtook.
func (c *copies) keep(ctx context.Context, made map[copyKey]*copyOf) {
	var keep []cache.Copy
	for key, product := range made {
		if !c.service.feed.current(product.seen, product.product, product.producer) {
			c.metrics.products.fences.Inc()
			continue
		}
		c.local.Put(key, product)
		c.metrics.products.fills.Inc()
		if !c.shared.Keeps() {
			continue // compressing would be for nobody
		}
		keep = append(keep, cache.Copy{Key: c.sharedKey(c.service.feed.database(), key), Data: product.encode(), Life: product.stretched(hardLife)})
	}
	c.shared.Put(ctx, keep...)
}

func (c *copies) render(row pageRow, class class, today civil.Date, at time.Time) (*copyOf, error) {
	rendition, err := written(row.Version, row.product(c.service.book, viewer{class: class}, today))
	if err != nil {
		return nil, err
	}
	made := &copyOf{
		Rendition: rendition, product: row.ID, producer: row.ProducerID, rendered: at, seen: row.Seen, day: today,
	}
	if row.Until != nil {
		made.until = *row.Until
	}
	if c.unfenced {
		made.seen = c.service.feed.followed()
	}
	return made, nil
}
