package inquiry

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/services/identity"
)

// Awards that wait at the same time are decided together: while some are under way, what else comes
// waits for the next transaction, which takes all that wait along (flat combining; Hendler and others
// 2010). Most of what an award costs the database is the same for one as for many, so the more
// people award at once, the cheaper each award is; and who comes alone waits for nobody.
const (
	// sittings is how many transactions are under way before others wait for them: while one waits for
	// its commit, another has the processors.
	sittings = 2
	// sittingPatience is how long an award waits before another transaction is begun beside those that
	// are under way, of which there are at most sittingsAtMost: one that waits for a lock does not hold up all.
	sittingPatience = 20 * time.Millisecond
	sittingsAtMost  = 8
	// sittingSize is the most awards that are decided together.
	sittingSize = 32
	// sittingAllocations is the most parts of quotes in an award that is decided with others.
	sittingAllocations = 8
)

// asked is an act of awarding that somebody waits for.
type asked struct {
	who       identity.Principal
	inquiryID uuid.UUID
	act       Act
	// key is what makes it happen once, nil without one; trace is of its request.
	key   *idempotency.Request
	trace string
	// gone reports whether nobody waits any more.
	gone func() error

	// decided is closed when it was; then outcome says how.
	decided chan struct{}
	outcome outcome
	// turn is set, under the combiner's lock, when nobody else waits: it is decided by itself, in the place of
	// the transaction that ended.
	turn bool
}

// outcome is what became of an act that was decided with others: what Decide returns, or nothing yet,
// because it is not plain or the others came to nothing. Then it is decided by itself.
type outcome struct {
	made  Awards
	err   error
	alone bool
}

// combiner is where acts wait for each other, to be decided together. It is one for each handle of the database.
type combiner struct {
	// together decides several acts and says what became of each. It does not panic.
	together func(ctx context.Context, batch []*asked) []outcome

	mutex   sync.Mutex
	waiting []*asked
	sitting int
}

// decide has an act decided: by itself when nothing is under way, else with the others that wait.
func (c *combiner) decide(ctx context.Context, a *asked, alone func() (Awards, error)) (Awards, error) {
	a.decided, a.gone = make(chan struct{}), ctx.Err
	if c.sitDown(a) {
		defer c.getUp(ctx)
		return alone()
	}
	impatient := time.NewTimer(sittingPatience)
	defer impatient.Stop()
	for waits := true; waits; {
		select {
		case <-a.decided:
			waits = false
		case <-impatient.C:
			c.hurry(ctx)
		case <-ctx.Done():
			c.leave(ctx, a)
			return Awards{}, fault.ErrUnavailable.With().Because(ctx.Err())
		}
	}
	switch {
	case a.turn:
		defer c.getUp(ctx)
		return alone()
	case a.outcome.alone:
		return alone()
	default:
		a.key.Spend()
		return a.outcome.made, a.outcome.err
	}
}

// sitDown takes a place for an act that comes alone, or has it wait.
func (c *combiner) sitDown(a *asked) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.sitting < sittings {
		c.sitting++
		return true
	}
	c.waiting = append(c.waiting, a)
	return false
}

// getUp leaves the place to those that wait.
func (c *combiner) getUp(ctx context.Context) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(c.waiting) == 0 {
		c.sitting--
		return
	}
	go c.goOn(context.WithoutCancel(ctx))
}

// leave takes an act back for which nobody waits any more. One that is being decided goes on, as one
// whose answer is lost.
func (c *combiner) leave(ctx context.Context, a *asked) {
	c.mutex.Lock()
	at := slices.Index(c.waiting, a)
	if at >= 0 {
		c.waiting = slices.Delete(c.waiting, at, at+1)
	}
	turn := a.turn
	c.mutex.Unlock()
	if turn {
		c.getUp(ctx)
	}
}

// hurry begins another transaction for what none has taken along yet.
func (c *combiner) hurry(ctx context.Context) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(c.waiting) > 0 && c.sitting < sittingsAtMost {
		c.sitting++
		go c.goOn(context.WithoutCancel(ctx))
	}
}

// goOn decides what waits until nothing does.
func (c *combiner) goOn(ctx context.Context) {
	for batch := c.next(); len(batch) > 0; batch = c.next() {
		for at, became := range c.together(ctx, batch) {
			batch[at].outcome = became
			close(batch[at].decided)
		}
		// Who was answered may have more to ask; it then waits for the next transaction, with the others.
		runtime.Gosched()
	}
}

// next takes what the next transaction is to decide. There is none when nothing waits, or one thing,
// which then decides itself.
func (c *combiner) next() []*asked {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.waiting = slices.DeleteFunc(c.waiting, func(a *asked) bool { return a.gone() != nil })
	count := min(len(c.waiting), sittingSize)
	batch := slices.Clone(c.waiting[:count])
	c.waiting = slices.Delete(c.waiting, 0, count)
	switch count {
	case 0:
		c.sitting--
	case 1:
		batch[0].turn = true
		close(batch[0].decided)
		return nil
	}
	return batch
}
