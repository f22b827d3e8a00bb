package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// race is two processes that read what a third one changes.
type race struct {
	testing.TB

	lent      *referencetest.Database
	owner     identity.Principal
	products  []uuid.UUID
	processes []*Service
}

func startRace(t testing.TB, products int, unfenced bool) *race {
	t.Helper()
	lent := referencetest.Lend(t)
	options, err := RedisOptions(os.Getenv("OCOP_TEST_REDIS_URL"))
	require.NoError(t, err)
	client := redis.NewClient(options)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	r := &race{TB: t, lent: lent, owner: identity.Principal{
		UserID: uuid.New(), OrganisationID: uuid.New(), Kind: identity.Producer, Role: identity.Member, Approved: true, Province: "96",
	}}
	const insert = `
		INSERT INTO identity.organisations (id, kind, name, name_folded, state, legal_form, commune_code, province, created_at, updated_at)
		VALUES ($1, 'producer', 'Demo', 'demo', 'approved', 'cooperative', '32098', '96', now(), now())`
	_, err = lent.App.Exec(t.Context(), insert, r.owner.OrganisationID)
	require.NoError(t, err)
	for range 2 {
		s := NewService(lent.App, client, lent.Book, Options{})
		s.copies.unfenced = unfenced
		s.copies.overtake = linger
		r.processes = append(r.processes, s)
	}
	for i := range products {
		made, err := r.processes[0].CreateProduct(t.Context(), r.owner, NewProduct{Name: fmt.Sprint(i), Line: "salt", Form: "refined", Grade: map[string]any{"pack_g": 500}})
		require.NoError(t, err)
		_, err = r.processes[0].Publish(t.Context(), r.owner, made.ID)
		require.NoError(t, err)
		r.products = append(r.products, made.ID)
	}
	return r
}

// linger takes a random moment, so that every round happens in another order.
func linger() { time.Sleep(time.Duration(rand.Int64N(int64(20 * time.Millisecond)))) }

// change gives every product another name, in one transaction.
func (r *race) change(round any) {
	err := r.lent.App.InTx(r.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		const update = `UPDATE catalog.products SET name = $2 WHERE id = ANY (CAST($1 AS uuid[]))`
		if _, err := tx.Exec(ctx, update, postgres.Array(r.products), fmt.Sprint("round ", round)); err != nil {
			return err
		}
		for _, id := range r.products {
			if err := identity.RecordTx(ctx, tx, r.owner, "product.changed", identity.Subject{Kind: "product", ID: id}, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.Error(err)
	}
}

func (r *race) names(s *Service) []string {
	found, _, err := s.copies.read(r.Context(), anybody, r.products)
	if err != nil {
		r.Error(err)
		return nil
	}
	names := make([]string, len(found))
	for i, c := range found {
		var product struct {
			Name string `json:"name"`
		}
		if err := json.Unmarshal(c.Plain(), &product); err != nil {
			r.Error(err)
		}
		names[i] = product.Name
	}
	return names
}

// stale runs rounds in which readers, a change and the news of it meet, and counts the copies that
// show an old name afterwards.
func (r *race) stale(rounds int) int {
	stale := 0
	for round := range rounds {
		var running sync.WaitGroup
		var changed atomic.Bool
		for _, s := range r.processes {
			for range 2 {
				running.Go(func() {
					for last := false; !last; {
						last = changed.Load()
						if _, _, err := s.copies.read(r.Context(), anybody, r.products); err != nil {
							r.Error(err)
						}
						runtime.Gosched()
					}
				})
			}
			running.Go(func() {
				for last := false; !last; {
					last = changed.Load()
					if err := s.Follow(r.Context()); err != nil {
						r.Error(err)
					}
					time.Sleep(time.Millisecond)
				}
			})
		}
		running.Go(func() {
			defer changed.Store(true)
			r.change("first")
			linger()
			r.change(round) // while copies are being made because of the first
		})
		running.Wait()
		for _, s := range r.processes {
			require.NoError(r, s.Follow(r.Context()))
			for _, name := range r.names(s) {
				if name != fmt.Sprint("round ", round) {
					stale++
				}
			}
		}
	}
	return stale
}

// 10 000 times a reading, a change, the news of it and the keeping of what was read meet in some
// order: no copy is old afterwards.
func TestNoOldCopyIsPutBack(t *testing.T) {
	t.Parallel()
	const products, rounds = 25, 100 // two changes and two processes
	require.Zero(t, startRace(t, products, false).stale(rounds))
}

// The worst order of all: a reader has read, then comes a change, the news of it is known, and only
// then the reader keeps what it read. The fence holds; without it the old copy is put back.
func TestTheFenceIsWhatKeepsOldCopiesOut(t *testing.T) {
	t.Parallel()
	for unfenced, want := range map[bool]string{false: "round second", true: "round first"} {
		r := startRace(t, 1, unfenced)
		s := r.processes[0]
		s.copies.overtake = nil
		r.names(s)
		r.change("first")
		require.NoError(t, s.Follow(t.Context()))

		read, keep := make(chan struct{}), make(chan struct{})
		var once sync.Once
		s.copies.overtake = func() { once.Do(func() { close(read); <-keep }) }
		var reader sync.WaitGroup
		reader.Go(func() { r.names(s) })
		<-read
		r.change("second")
		require.NoError(t, s.Follow(t.Context()))
		close(keep)
		reader.Wait()
		require.Equal(t, []string{want}, r.names(s), "without the fence: %t", unfenced)
	}
}
