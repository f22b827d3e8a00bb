package monitor

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// accountImage holds where supply and demand stand in memory, added up by window, goods and scheme: adding up the
// accounts of a large market in SQL takes longer than anybody waits. It follows by itself; what has changed since is
// read with each question, so that answers are exact all the same.
type accountImage struct {
	following sync.Mutex
	current   atomic.Pointer[accountView]
}

// accountView is the image at one moment; it is never changed. A nil view answers from the database.
type accountView struct {
	// place is the first transaction that the view may lack: it has all before.
	place string
	// from is the first day whose windows are in: what ended before is not.
	from     civil.Date
	accounts map[uuid.UUID]account
	sums     map[accountSort]stood
}

// view is the image now. Take it before the snapshot in which you ask it: then the snapshot sees all that is in it.
func (i *accountImage) view() *accountView { return i.current.Load() }

// follow brings the image up to date, the first time by reading it whole: from the month before this one on.
func (i *accountImage) follow(ctx context.Context, db *postgres.DB) error {
	i.following.Lock()
	defer i.following.Unlock()
	next := &accountView{}
	err := db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		before := i.current.Load()
		if before == nil {
			today := reference.Day(tx.Now)
			before = &accountView{from: civil.New(today.Year, today.Month, 1).AddMonths(-1)}
		}
		const horizon = `SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text)`
		*next = accountView{from: before.from}
		if err := tx.Get(ctx, &next.place, horizon); err != nil {
			return err
		}
		var changed []account
		var err error
		if before.place == "" {
			changed, err = accountsBetween(ctx, tx, window{before.from, lastDay()})
		} else {
			changed, err = accountsChanged(ctx, tx, before.place)
		}
		if err != nil {
			return err
		}
		next.accounts, next.sums = before.accounts, before.sums
		if len(changed) > 0 || next.accounts == nil {
			next.accounts, next.sums = before.with(changed), before.sumsWith(changed)
		}
		return nil
	})
	if err != nil {
		return err
	}
	i.current.Store(next)
	return nil
}

// lastDay is one that no window reaches.
func lastDay() civil.Date { return civil.New(9999, 12, 31) }

// holds reports whether an account belongs into the view.
func (v *accountView) holds(a account) bool { return !a.to.Before(v.from) && a.stood != stood{} }

// with returns the accounts of the view after some have changed.
func (v *accountView) with(changed []account) map[uuid.UUID]account {
	accounts := make(map[uuid.UUID]account, len(v.accounts)+len(changed))
	maps.Copy(accounts, v.accounts)
	for _, each := range changed {
		if v.holds(each) {
			accounts[each.id] = each
		} else {
			delete(accounts, each.id)
		}
	}
	return accounts
}

// sumsWith returns the sums of the view after some accounts have changed.
func (v *accountView) sumsWith(changed []account) map[accountSort]stood {
	sums := make(map[accountSort]stood, len(v.sums)+len(changed))
	maps.Copy(sums, v.sums)
	for _, each := range changed {
		if before, known := v.accounts[each.id]; known {
			before.addTo(sums, -1)
		}
		if v.holds(each) {
			each.addTo(sums, 1)
		}
	}
	maps.DeleteFunc(sums, func(_ accountSort, sum stood) bool { return sum == stood{} })
	return sums
}

// between are the sums of accounts of which some may have days between two: from memory where the view reaches
// back as far, with what has changed since.
func (v *accountView) between(ctx context.Context, reader postgres.Reader, days window) (map[accountSort]stood, error) {
	if v == nil || days.from.Before(v.from) {
		found, err := accountsBetween(ctx, reader, days)
		sums := make(map[accountSort]stood)
		for _, each := range found {
			each.addTo(sums, 1)
		}
		return sums, err
	}
	changed, err := accountsChanged(ctx, reader, v.place)
	if err != nil || len(changed) == 0 {
		return v.sums, err
	}
	return v.sumsWith(changed), nil
}
