package jobs_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/postgres/migrate"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
)

// rights are those of deploy/grants.sql.
const rights = `
	GRANT USAGE ON SCHEMA jobs TO {role};
	GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO {role};
	GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO {role};
	REVOKE INSERT, UPDATE, DELETE ON jobs.river_migration FROM {role};`

func lend(t testing.TB) pgtest.Lent {
	t.Helper()
	return pgtest.Lend(t, pgtest.Template{Fingerprint: "jobs_7", Prepare: func(ctx context.Context, ownerURL, role string) error {
		if err := jobs.Migrate(ctx, ownerURL, nil); err != nil {
			return err
		}
		owner, err := postgres.Open(ctx, postgres.Config{URL: ownerURL})
		if err != nil {
			return err
		}
		return errors.Join(migrate.Grant(ctx, owner, rights, role), owner.Close())
	}})
}

func open(t testing.TB) *postgres.DB {
	t.Helper()
	return pgtest.Open(t, lend(t).AppURL)
}

type weigh struct {
	Crab string `json:"crab"`
}

func (weigh) Kind() string { return "crab.weigh" }

func add(t testing.TB, db *postgres.DB, args weigh, options ...jobs.Option) {
	t.Helper()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		return jobs.InsertTx(ctx, tx, args, options...)
	}))
}

// weighed is a set of workers that notes what it did.
type weighed struct {
	mu    sync.Mutex
	crabs []string
	last  []bool
	fail  func(crab string) error
}

func (w *weighed) workers() *jobs.Workers {
	workers := jobs.NewWorkers()
	jobs.AddWorker(workers, func(ctx context.Context, args weigh) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.crabs = append(w.crabs, args.Crab)
		w.last = append(w.last, jobs.LastAttempt(ctx))
		if w.fail != nil {
			return w.fail(args.Crab)
		}
		return nil
	})
	return workers
}

func (w *weighed) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.crabs)
}

func (w *weighed) has(crab string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.crabs, crab)
}

func states(t testing.TB, db *postgres.DB) []string {
	t.Helper()
	var all []string
	require.NoError(t, db.Select(t.Context(), &all, `SELECT CAST(state AS text) FROM jobs.river_job ORDER BY id`))
	return all
}

func TestAJobCommitsOrVanishesWithItsTransaction(t *testing.T) {
	t.Parallel()
	db, done := open(t), &weighed{}
	require.NoError(t, jobs.Drain(t.Context(), db, done.workers()), "nothing to do is done")
	stop := errors.New("stop")
	require.ErrorIs(t, db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		if err := jobs.InsertTx(ctx, tx, weigh{"one"}); err != nil {
			return err
		}
		return stop
	}), stop)
	require.NoError(t, jobs.Drain(t.Context(), db, done.workers()))
	require.Empty(t, done.crabs)

	add(t, db, weigh{"two"})
	require.NoError(t, jobs.Drain(t.Context(), db, done.workers()))
	require.Equal(t, []string{"two"}, done.crabs)
	require.Equal(t, []string{"completed"}, states(t, db))
}

// A job that fails is tried again later, a panic is contained, and what failed too often is given
// up and can be seen.
func TestFailuresAreTriedAgainAndThenGivenUp(t *testing.T) {
	t.Parallel()
	db := open(t)
	done := &weighed{fail: func(crab string) error {
		if crab == "runs away" {
			panic("pinched")
		}
		return errors.New("too light")
	}}
	add(t, db, weigh{"light"}, jobs.Attempts(2))
	add(t, db, weigh{"runs away"}, jobs.Attempts(2))
	err := jobs.Drain(t.Context(), db, done.workers())
	require.ErrorContains(t, err, "too light")
	require.ErrorContains(t, err, "panic: pinched")
	require.ErrorContains(t, err, "jobs_test.go", "a panic says where")
	require.NotContains(t, states(t, db), "discarded")
	gaveUp, err := jobs.GaveUp(t.Context(), db)
	require.NoError(t, err)
	require.Empty(t, gaveUp)

	sooner(t, db)
	require.Error(t, jobs.Drain(t.Context(), db, done.workers()))
	require.Equal(t, []string{"discarded", "discarded"}, states(t, db))
	require.Len(t, done.crabs, 4)
	require.Equal(t, []bool{false, false, true, true}, done.last, "the work knows when it is tried for the last time")
	gaveUp, err = jobs.GaveUp(t.Context(), db)
	require.NoError(t, err)
	require.Len(t, gaveUp, 1)
	require.Equal(t, "crab.weigh", gaveUp[0].Kind)
	require.EqualValues(t, 2, gaveUp[0].Jobs)
	require.NotEmpty(t, gaveUp[0].Reason)
	require.NoError(t, jobs.Drain(t.Context(), db, done.workers()), "given up is not tried again")
}

// sooner lets the time pass that failed jobs wait for.
func sooner(t testing.TB, db *postgres.DB) {
	t.Helper()
	_, err := db.Exec(t.Context(), `UPDATE jobs.river_job SET scheduled_at = now(), state = 'available' WHERE state IN ('available', 'retryable')`)
	require.NoError(t, err)
}

func TestAUniqueJobIsAddedOnce(t *testing.T) {
	t.Parallel()
	db, done := open(t), &weighed{}
	for _, crab := range []string{"a", "a", "b", "a"} {
		add(t, db, weigh{crab}, jobs.Unique())
	}
	require.NoError(t, jobs.Drain(t.Context(), db, done.workers()))
	require.ElementsMatch(t, []string{"a", "b"}, done.crabs)
	add(t, db, weigh{"a"}, jobs.Unique())
	require.NoError(t, jobs.Drain(t.Context(), db, done.workers()))
	require.Len(t, done.crabs, 3, "once done it may be added again")
}

func TestAJobWaitsForItsTime(t *testing.T) {
	t.Parallel()
	db, done := open(t), &weighed{}
	add(t, db, weigh{"tomorrow"}, jobs.At(time.Now().Add(24*time.Hour)))
	require.NoError(t, jobs.Drain(t.Context(), db, done.workers()))
	require.Empty(t, done.crabs)
	require.Equal(t, []string{"scheduled"}, states(t, db))
}

// Two processes share 60 jobs: each is worked once.
func TestTwoRunnersWorkEachJobOnce(t *testing.T) {
	t.Parallel()
	db, done := open(t), &weighed{}
	for range 60 {
		add(t, db, weigh{"crab"})
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var both errgroup.Group
	for range 2 {
		runner, err := jobs.New(db, done.workers(), jobs.Options{Poll: 10 * time.Millisecond})
		require.NoError(t, err)
		both.Go(func() error { return runner.Run(ctx) })
	}
	require.Eventually(t, func() bool { return done.count() >= 60 }, 20*time.Second, 10*time.Millisecond)
	stop()
	require.NoError(t, both.Wait())
	require.Equal(t, 60, done.count())
	require.NotContains(t, states(t, db), "running", "stopping waits for what runs")
	require.NotContains(t, states(t, db), "available")
}

// Stopping waits for a job that runs, and ends its context only when patience ends.
func TestStoppingIsGraceful(t *testing.T) {
	t.Parallel()
	db := open(t)
	add(t, db, weigh{"slow"})
	begun, finish := make(chan struct{}), make(chan struct{})
	var whole atomic.Bool
	workers := jobs.NewWorkers()
	jobs.AddWorker(workers, func(ctx context.Context, _ weigh) error {
		close(begun)
		<-finish
		whole.Store(ctx.Err() == nil)
		return ctx.Err()
	})
	runner, err := jobs.New(db, workers, jobs.Options{Poll: 10 * time.Millisecond})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	<-begun
	stop()
	select {
	case <-ended:
		t.Fatal("stopped while a job ran")
	case <-time.After(50 * time.Millisecond):
	}
	close(finish)
	require.NoError(t, <-ended)
	require.True(t, whole.Load(), "its context had not ended")
	require.Equal(t, []string{"completed"}, states(t, db))
}

func TestAPeriodicJobComesOnceForAllProcesses(t *testing.T) {
	t.Parallel()
	db, done := open(t), &weighed{}
	// phase runs two processes until the crab that is new in it was weighed.
	phase := func(crabs ...string) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var both errgroup.Group
		for range 2 {
			workers := done.workers()
			for _, crab := range crabs {
				jobs.Every(workers, time.Hour, weigh{crab})
			}
			runner, err := jobs.New(db, workers, jobs.Options{Poll: 10 * time.Millisecond})
			require.NoError(t, err)
			both.Go(func() error { return runner.Run(ctx) })
		}
		require.Eventually(t, func() bool { return done.has(crabs[len(crabs)-1]) }, 30*time.Second, 10*time.Millisecond)
		stop()
		require.NoError(t, both.Wait())
	}
	phase("hourly")
	phase("hourly", "new") // a restart with a release that has one more
	require.Equal(t, []string{"hourly", "new"}, done.crabs)
}

func TestWorkersThatCannotBe(t *testing.T) {
	t.Parallel()
	db := open(t)
	twice := (&weighed{}).workers()
	jobs.AddWorker(twice, func(context.Context, weigh) error { return nil })
	_, err := jobs.New(db, twice, jobs.Options{})
	require.ErrorContains(t, err, "crab.weigh")
	often := jobs.NewWorkers()
	jobs.Every(often, time.Second, weigh{})
	_, err = jobs.New(db, often, jobs.Options{})
	require.ErrorContains(t, err, "between a minute and a day")
	none, err := jobs.New(db, jobs.NewWorkers(), jobs.Options{})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.NoError(t, none.Run(ctx), "nothing to work is no failure")
}

func TestMetricsTellWhatWaits(t *testing.T) {
	t.Parallel()
	db, done := open(t), &weighed{}
	add(t, db, weigh{"a"})
	add(t, db, weigh{"b"}, jobs.At(time.Now().Add(time.Hour)))
	registry := prometheus.NewRegistry()
	_, err := jobs.New(db, done.workers(), jobs.Options{Registry: registry})
	require.NoError(t, err)
	families, err := registry.Gather()
	require.NoError(t, err)
	found := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if family.GetName() == "ocop_jobs" {
				found[metric.GetLabel()[0].GetValue()+" "+metric.GetLabel()[1].GetValue()] = metric.GetGauge().GetValue()
			}
		}
	}
	require.Equal(t, map[string]float64{"crab.weigh available": 1, "crab.weigh scheduled": 1}, found)
}

func TestFailuresAreLogged(t *testing.T) {
	t.Parallel()
	db := open(t)
	add(t, db, weigh{"light"}, jobs.Attempts(1))
	var out lockedBuffer
	done := &weighed{fail: func(string) error { return errors.New("too light") }}
	runner, err := jobs.New(db, done.workers(), jobs.Options{Poll: 10 * time.Millisecond, Log: slog.New(slog.NewJSONHandler(&out, nil))})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "too light") }, 10*time.Second, 10*time.Millisecond)
	stop()
	require.NoError(t, <-ended)
	require.Contains(t, out.String(), `"msg":"a job failed for the last time and is given up","kind":"crab.weigh"`)
}

type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

func TestMigrateMayBeRepeatedByManyAtOnce(t *testing.T) {
	t.Parallel()
	lent := pgtest.Lend(t, pgtest.Template{Fingerprint: "empty", Prepare: func(context.Context, string, string) error { return nil }})
	owner := pgtest.Open(t, lent.OwnerURL)
	current, err := jobs.Current(t.Context(), owner)
	require.NoError(t, err)
	require.False(t, current)
	var all errgroup.Group
	for range 3 {
		all.Go(func() error { return jobs.Migrate(t.Context(), lent.OwnerURL, nil) })
	}
	require.NoError(t, all.Wait())
	current, err = jobs.Current(t.Context(), owner)
	require.NoError(t, err)
	require.True(t, current)
}

// One statement adds a job, and PostgreSQL is told nothing else: counted on the wire.
func TestAddingAJobIsOneStatement(t *testing.T) {
	t.Parallel()
	wire := listen(t, lend(t).AppURL)
	db := pgtest.Open(t, wire.url)
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		before := wire.statements.Load()
		if err := jobs.InsertTx(ctx, tx, weigh{"one"}, jobs.Unique()); err != nil {
			return err
		}
		require.EqualValues(t, 1, wire.statements.Load()-before)
		return nil
	}))
}

// An idle runner asks little: bounded on the wire over two seconds.
func TestAnIdleRunnerAsksLittle(t *testing.T) {
	t.Parallel()
	wire := listen(t, lend(t).AppURL)
	db := pgtest.Open(t, wire.url)
	runner, err := jobs.New(db, (&weighed{}).workers(), jobs.Options{})
	require.NoError(t, err)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	require.NoError(t, runner.Run(ctx))
	t.Logf("%d statements in two seconds, the beginning and the end included", wire.statements.Load())
	require.Less(t, wire.statements.Load(), int64(40))
}

// wire passes bytes on to PostgreSQL and counts the statements among them.
type wire struct {
	url        string
	statements atomic.Int64
}

func listen(t *testing.T, address string) *wire {
	t.Helper()
	target, err := url.Parse(address)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	through := *target
	through.Host = listener.Addr().String()
	w := &wire{url: through.String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target.Host)
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(client, server); _ = client.Close() }()
			go func() { w.count(client, server); _ = server.Close() }()
		}
	}()
	return w
}

// count copies the messages of the client: the first has no type, Q is a simple query and E the
// execution of one with arguments (PostgreSQL manual, 55.7).
func (w *wire) count(client io.Reader, server io.Writer) {
	for first := true; ; first = false {
		var kind [1]byte
		var length [4]byte
		if !first {
			if _, err := io.ReadFull(client, kind[:]); err != nil {
				return
			}
		}
		if _, err := io.ReadFull(client, length[:]); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(length[:])-4)
		if _, err := io.ReadFull(client, body); err != nil {
			return
		}
		message := append(length[:], body...)
		if !first {
			message = append(kind[:], message...)
		}
		if kind[0] == 'Q' || kind[0] == 'E' {
			w.statements.Add(1)
		}
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}

func BenchmarkInsertTx(b *testing.B) {
	db := open(b)
	for b.Loop() {
		if err := db.InTx(b.Context(), func(ctx context.Context, tx *postgres.Tx) error {
			return jobs.InsertTx(ctx, tx, weigh{"one"})
		}); err != nil {
			b.Fatal(err)
		}
	}
}
