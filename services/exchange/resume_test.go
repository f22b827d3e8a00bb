package exchange_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/exchange"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// long is a list of n products, one of them refused and one there twice.
func long(n int) []byte {
	var text strings.Builder
	text.WriteString("SKU,Product name,Product line,Form,variety\n")
	for i := range n {
		variety := "ST25"
		if i == n/2 {
			variety = ""
		}
		fmt.Fprintf(&text, "G-%05d,Gạo số %d,rice,milled,%s\n", i, i, variety)
	}
	text.WriteString("G-00000,Gạo số 0,rice,milled,ST24\n")
	return []byte(text.String())
}

// dying is a process whose connection to everything ends at some statement.
func (m *market) dying(after int64, when string) *exchange.Service {
	m.Helper()
	var seen atomic.Int64
	ctx, die := context.WithCancel(m.Context())
	m.Cleanup(die)
	db := m.db.WithCounter(func(statement string) {
		if strings.Contains(statement, when) && seen.Add(1) == after {
			die()
		}
	})
	m.dead = ctx
	return exchange.NewService(db, m.lent.Book, catalog.NewService(db, nil, m.lent.Book, catalog.Options{}), inquiry.NewService(db, m.lent.Book), nil)
}

// A process that dies in the middle of a batch, at any of its statements, loses nothing and does
// nothing twice: the next one goes on where it stopped.
func TestAnImportGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	const rows = 170
	for name, at := range map[string]struct {
		after int64
		when  string
	}{
		"before the first row": {1, "SAVEPOINT attempt"},
		"within a batch":       {2, "INSERT INTO catalog.products"},
		"recording a batch":    {3, "identity.record("},
		"noting the outcomes":  {2, "INSERT INTO exchange.outcomes"},
		"at the very end":      {1, "'done', 'failed', 'cancelled'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := openMarket(t)
			begun, err := m.begin(m.ann, "gạo.csv", long(rows), false)
			require.NoError(t, err)
			dying := m.dying(at.after, at.when)
			require.Error(t, dying.Work(m.dead, begun.ID), "it died")
			half, err := m.service.Status(t.Context(), m.ann, begun.ID)
			require.NoError(t, err)
			require.Len(t, m.own(m.ann), half.Counts.Created, "what is noted is done, and no more")

			require.NoError(t, m.service.Work(t.Context(), begun.ID))
			ended, err := m.service.Status(t.Context(), m.ann, begun.ID)
			require.NoError(t, err)
			require.Equal(t, exchange.Done, ended.State)
			require.Equal(t, exchange.Counts{Created: rows - 1, Refused: 2}, ended.Counts)
			require.Equal(t, "=import_row_twice", why(ended, rows+2), "rows of before count")
			require.Len(t, m.own(m.ann), rows-1)
			var events int
			require.NoError(t, m.lent.Owner.Get(t.Context(), &events, `SELECT count(*) FROM identity.audit_events WHERE action = 'product.created'`))
			require.Equal(t, rows-1, events, "one event for each")
			require.NoError(t, m.service.Work(t.Context(), begun.ID), "an ended import is nothing to do")
		})
	}
}

// Two processes that take the same import up, as after a process was thought dead, do each row once.
func TestTwoProcessesDoEachRowOnce(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	const rows = 220
	begun, err := m.begin(m.ann, "gạo.csv", long(rows), false)
	require.NoError(t, err)
	var both sync.WaitGroup
	for range 3 {
		both.Go(func() {
			if err := m.service.Work(t.Context(), begun.ID); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	ended, err := m.service.Status(t.Context(), m.ann, begun.ID)
	require.NoError(t, err)
	require.Equal(t, exchange.Done, ended.State)
	require.Equal(t, exchange.Counts{Created: rows - 1, Refused: 2}, ended.Counts)
	require.Len(t, m.own(m.ann), rows-1)
}

func TestACancelledImportStops(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	begun, err := m.begin(m.ann, "gạo.csv", long(170), false)
	require.NoError(t, err)
	_, err = m.service.Cancel(t.Context(), m.ben, begun.ID)
	require.Error(t, err, "somebody else's")
	batches := 0
	db := m.db.WithCounter(func(statement string) {
		if !strings.Contains(statement, "FOR UPDATE") || !strings.Contains(statement, "exchange.imports") {
			return
		}
		if batches++; batches == 3 { // takeUp, the first batch, and before the second
			_, err := m.service.Cancel(context.Background(), m.ann, begun.ID)
			require.NoError(t, err)
		}
	})
	service := exchange.NewService(db, m.lent.Book, catalog.NewService(db, nil, m.lent.Book, catalog.Options{}), inquiry.NewService(db, m.lent.Book), nil)
	require.NoError(t, service.Work(t.Context(), begun.ID))
	ended, err := m.service.Status(t.Context(), m.ann, begun.ID)
	require.NoError(t, err)
	require.Equal(t, exchange.Cancelled, ended.State)
	require.Equal(t, 50, ended.Progress.Done)
	require.Len(t, m.own(m.ann), 50, "what is through stays")
	_, err = m.service.Cancel(t.Context(), m.ann, begun.ID)
	require.ErrorIs(t, err, exchange.ErrImportEnded)
	require.NoError(t, m.service.Work(t.Context(), begun.ID))
	rest := m.bring(m.ann, "gạo.csv", long(170))
	require.Equal(t, exchange.Counts{Created: 119, Unchanged: 50, Refused: 2}, rest.Counts, "the same file does the rest")
}

// An organisation that is suspended meanwhile imports no more.
func TestAuthorityIsAskedForEachBatch(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	begun, err := m.begin(m.ann, "gạo.csv", long(60), false)
	require.NoError(t, err)
	_, err = m.people.Suspend(t.Context(), identity.SystemPrincipal(), m.ann.OrganisationID, "kiểm tra")
	require.NoError(t, err)
	require.NoError(t, m.service.Work(t.Context(), begun.ID))
	ended, err := m.service.Status(t.Context(), m.ann, begun.ID)
	require.NoError(t, err)
	require.Equal(t, exchange.Failed, ended.State)
	require.Equal(t, identity.ErrSuspended.Code, ended.Reason.Code)
	require.Zero(t, ended.Progress.Done)
}

// An import whose process died is found by the sweep and begun again.
func TestTheSweepFindsWhatStandsStill(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	begun, err := m.begin(m.ann, "gạo.csv", long(10), false)
	require.NoError(t, err)
	_, err = m.lent.Owner.Exec(t.Context(), `DELETE FROM jobs.river_job`)
	require.NoError(t, err)
	require.NoError(t, m.service.Sweep(t.Context()))
	var added int
	count := func() int {
		require.NoError(t, m.lent.Owner.Get(t.Context(), &added, `SELECT count(*) FROM jobs.river_job WHERE kind = 'exchange.import'`))
		return added
	}
	require.Zero(t, count(), "it has just moved")
	late := exchange.NewService(m.db.WithClock(func() time.Time { return time.Now().Add(2 * time.Minute) }), m.lent.Book, m.catalog, m.deals, nil)
	require.NoError(t, late.Sweep(t.Context()))
	require.Equal(t, 1, count())
	workers := jobs.NewWorkers()
	m.service.Jobs(workers)
	require.NoError(t, jobs.Drain(t.Context(), m.db, workers))
	ended, err := m.service.Status(t.Context(), m.ann, begun.ID)
	require.NoError(t, err)
	require.Equal(t, exchange.Done, ended.State)
}

// An import that runs is found much sooner than one that waits, but not while somebody holds it, as
// a process does throughout a batch.
func TestTheSweepLeavesWhatIsHeldAlone(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	begun, err := m.begin(m.ann, "gạo.csv", long(10), false)
	require.NoError(t, err)
	swept := func() int {
		_, err := m.lent.Owner.Exec(t.Context(), `DELETE FROM jobs.river_job`)
		require.NoError(t, err)
		require.NoError(t, m.service.Sweep(t.Context()))
		var added int
		require.NoError(t, m.lent.Owner.Get(t.Context(), &added, `SELECT count(*) FROM jobs.river_job WHERE kind = 'exchange.import'`))
		return added
	}
	standing := func(state exchange.State) {
		const stand = `UPDATE exchange.imports SET state = $2, touched_at = now() - interval '6 seconds' WHERE id = $1`
		_, err := m.lent.Owner.Exec(t.Context(), stand, begun.ID, string(state))
		require.NoError(t, err)
	}
	standing(exchange.Waiting)
	require.Zero(t, swept(), "it waits for its turn")
	standing(exchange.Running)
	require.NoError(t, m.db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		_, err := tx.Exec(ctx, `SELECT 1 FROM exchange.imports WHERE id = $1 FOR UPDATE`, begun.ID)
		require.Zero(t, swept(), "its batch goes on")
		return err
	}))
	require.Equal(t, 1, swept())
	require.Zero(t, swept(), "once")
}

func TestOldFilesArePurged(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	done := m.bring(m.ann, "hang.csv", []byte(shrimps))
	purged, err := m.service.Purge(t.Context())
	require.NoError(t, err)
	require.Zero(t, purged)
	late := exchange.NewService(m.db.WithClock(func() time.Time { return time.Now().Add(exchange.KeepFiles + time.Hour) }), m.lent.Book, m.catalog, m.deals, nil)
	purged, err = late.Purge(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, purged)
	_, err = m.service.Result(t.Context(), m.ann, done.ID)
	require.ErrorIs(t, err, exchange.ErrPurged)
	after, err := m.service.Status(t.Context(), m.ann, done.ID)
	require.NoError(t, err)
	require.Equal(t, done.Counts, after.Counts, "what it counted stays")
	require.Nil(t, after.ResultUntil)
}
