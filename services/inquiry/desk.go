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
	// turn is set, under the desk's lock, when nobody else waits: it is decided by itself, in the place of
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

// desk is where acts wait for each other. It is one for each handle of the database.
type desk struct {
	// together decides several acts and says what became of each. It does not panic.
	together func(ctx context.Context, batch []*asked) []outcome

	mutex   sync.Mutex
	waiting []*asked
	sitting int
}

// decide has an act decided: by itself when nothing is under way, else with the others that wait.
func (d *desk) decide(ctx context.Context, a *asked, alone func() (Awards, error)) (Awards, error) {
	a.decided, a.gone = make(chan struct{}), ctx.Err
	if d.sitDown(a) {
		defer d.getUp(ctx)
		return alone()
	}
	impatient := time.NewTimer(sittingPatience)
	defer impatient.Stop()
	for waits := true; waits; {
		select {
		case <-a.decided:
			waits = false
		case <-impatient.C:
			d.hurry(ctx)
		case <-ctx.Done():
			d.leave(ctx, a)
			return Awards{}, fault.ErrUnavailable.With().Because(ctx.Err())
		}
	}
	switch {
	case a.turn:
		defer d.getUp(ctx)
		return alone()
	case a.outcome.alone:
		return alone()
	default:
		a.key.Spend()
		return a.outcome.made, a.outcome.err
	}
}

// sitDown takes a place for an act that comes alone, or has it wait.
func (d *desk) sitDown(a *asked) bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.sitting < sittings {
		d.sitting++
		return true
	}
	d.waiting = append(d.waiting, a)
	return false
}

// getUp leaves the place to those that wait.
func (d *desk) getUp(ctx context.Context) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if len(d.waiting) == 0 {
		d.sitting--
		return
	}
	go d.goOn(context.WithoutCancel(ctx))
}

// leave takes an act back for which nobody waits any more. One that is being decided goes on, as one
// whose answer is lost.
func (d *desk) leave(ctx context.Context, a *asked) {
	d.mutex.Lock()
	at := slices.Index(d.waiting, a)
	if at >= 0 {
		d.waiting = slices.Delete(d.waiting, at, at+1)
	}
	turn := a.turn
	d.mutex.Unlock()
	if turn {
		d.getUp(ctx)
	}
}

// hurry begins another transaction for what none has taken along yet.
func (d *desk) hurry(ctx context.Context) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if len(d.waiting) > 0 && d.sitting < sittingsAtMost {
		d.sitting++
		go d.goOn(context.WithoutCancel(ctx))
	}
}

// goOn decides what waits until nothing does.
func (d *desk) goOn(ctx context.Context) {
	for batch := d.next(); len(batch) > 0; batch = d.next() {
		for at, became := range d.together(ctx, batch) {
			batch[at].outcome = became
			close(batch[at].decided)
		}
		// Who was answered may have more to ask; it then waits for the next transaction, with the others.
		runtime.Gosched()
	}
}

// next takes what the next transaction is to decide. There is none when nothing waits, or one thing,
// which then decides itself.
func (d *desk) next() []*asked {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.waiting = slices.DeleteFunc(d.waiting, func(a *asked) bool { return a.gone() != nil })
	count := min(len(d.waiting), sittingSize)
	batch := slices.Clone(d.waiting[:count])
	d.waiting = slices.Delete(d.waiting, 0, count)
	switch count {
	case 0:
		d.sitting--
	case 1:
		batch[0].turn = true
		close(batch[0].decided)
		return nil
	}
	return batch
}
