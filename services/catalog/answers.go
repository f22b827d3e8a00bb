package catalog

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"github.com/ocop-market/ocop/pkg/cache"
	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

const (
	// answerLife is how long after the state it shows was the latest an answer is handed out. What
	// lacks to Staleness is for the way to the reader.
	answerLife = 950 * time.Millisecond
	// answerBytes is what the answers of one process may take.
	answerBytes = 32 << 20
	// answerTimeout ends the making of an answer that several requests wait for.
	answerTimeout = 10 * time.Second
)

// Page is an answer as it is sent.
type Page struct {
	*web.Rendition

	// Next is the address of the next page of a list, for its Link header.
	Next string

	asOf time.Time // the state that it shows was the latest then
	tier tier
	day  civil.Date
}

// answers are what was put together from many things: lists, searches, suggestions. Nearly every
// change touches some of them, so they are not kept until a change but for less than a second.
type answers struct {
	kept    *cache.Local[answerKey, Page]
	flights singleflight.Group
	metrics *metrics
}

type answerKey struct {
	kind  string
	class class
	query string
}

func newAnswers(counted *metrics) *answers {
	return &answers{metrics: counted, kept: cache.NewLocal(answerBytes, func(key answerKey, page Page) int {
		return len(key.query) + len(page.Plain())*3/2 + 400 // a page shrinks to a fifth, in each form
	})}
}

// page returns the answer under a key, made for all who want it at the same time. While PostgreSQL
// cannot be reached an older one will do, of the same day.
func (a *answers) page(ctx context.Context, key answerKey, today civil.Date, assemble func(ctx context.Context) (Page, error)) (Page, error) {
	kept, ok := a.kept.Get(key)
	if ok && kept.day == today && time.Since(kept.asOf) < answerLife {
		a.metrics.served(fromLocal, time.Since(kept.asOf))
		kept.tier = fromLocal
		return kept, nil
	}
	made, err := a.share(ctx, key, today, assemble)
	if err == nil && time.Since(made.asOf) >= Staleness && made.tier != fromStale {
		a.metrics.answers.fences.Inc()
		made, err = assemble(ctx) // so slow that others should not have waited for it
	}
	if ok && errors.Is(err, fault.ErrUnavailable) && kept.day == today && time.Since(kept.asOf) < staleLife {
		a.metrics.served(fromStale, time.Since(kept.asOf))
		kept.tier = fromStale
		return kept, nil
	}
	return made, err
}

// share makes an answer once for all who ask at the same time. It outlives the request that began
// it, because others may wait for it.
func (a *answers) share(ctx context.Context, key answerKey, today civil.Date, assemble func(ctx context.Context) (Page, error)) (Page, error) {
	result := a.flights.DoChan(key.kind+" "+string(key.class)+" "+key.query, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
		defer cancel()
		page, err := assemble(ctx)
		if err != nil {
			return Page{}, err
		}
		page.day = today
		a.kept.Put(key, page)
		a.metrics.answers.fills.Inc()
		return page, nil
	})
	select {
	case <-ctx.Done():
		return Page{}, fault.ErrUnavailable.With().Because(ctx.Err())
	case done := <-result:
		page, _ := done.Val.(Page)
		return page, done.Err
	}
}

// productPage is the answer that shows one product.
func (s *Service) productPage(ctx context.Context, who viewer, id uuid.UUID) (Page, error) {
	if !who.cached {
		s.copies.metrics.served(bypassed, 0)
		product, err := s.product(ctx, who, id)
		if err != nil {
			return Page{}, err
		}
		rendition, err := written(product.Version, product)
		return Page{Rendition: rendition, tier: bypassed}, err
	}
	found, from, err := s.copies.read(ctx, who.class, []uuid.UUID{id})
	if err != nil {
		return Page{}, err
	}
	if found[0] == nil {
		return Page{}, fault.ErrNotFound.With()
	}
	return Page{Rendition: found[0].Rendition, tier: from, asOf: s.feed.known()}, nil
}
