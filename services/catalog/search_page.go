package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/ocop-market/ocop/pkg/web"
)

// renderSearch puts the page of a search together: which products from the index, and these from
// their copies. It costs no statement when the process has them all.
func (s *Service) renderSearch(ctx context.Context, who viewer, query Query, scope string, address *url.URL) (Page, error) {
	offline, err := s.keepUp(ctx, who)
	if err != nil {
		return Page{}, err
	}
	asOf := s.feed.known()
	hits, err := s.find(who, query)
	if err != nil {
		return Page{}, err
	}
	items, from, err := s.itemsOf(ctx, who, hits)
	if err != nil {
		return Page{}, err
	}
	if offline {
		from = fromStale
	}
	rest := searchRest{Facets: hits.facets, Similar: hits.similar}
	if query.Count {
		rest.Total = new(min(hits.total, MaxTotal))
	}
	if hits.next != nil {
		rest.NextCursor = web.EncodeCursor(scope, hits.next.Rank, hits.next.Text, hits.next.ID)
	}
	body, err := rest.around(items)
	if err != nil {
		return Page{}, err
	}
	return Page{Rendition: web.Render(jsonType, "", body), Next: nextPage(address, rest.NextCursor), asOf: asOf, tier: from}, nil
}

// keepUp makes sure that the index is as new as the reader may expect. While PostgreSQL cannot be
// reached the index goes on to answer, as long as it knows today's marks.
func (s *Service) keepUp(ctx context.Context, who viewer) (offline bool, err error) {
	if !who.cached {
		return false, s.feed.after(ctx, time.Now())
	}
	wait := fillTimeout
	if s.index.covers(s.today()) {
		wait = patience
	}
	if err := s.feed.within(ctx, lag, wait); err != nil {
		if !s.index.covers(s.today()) {
			return false, err
		}
		return true, nil
	}
	return false, nil
}

// itemsOf are the products of a page as they are sent, and the slowest tier they came from.
func (s *Service) itemsOf(ctx context.Context, who viewer, hits hits) ([][]byte, tier, error) {
	items := make([][]byte, 0, len(hits.ids))
	if !who.cached {
		products, err := loadProducts(ctx, s.db, s.book, who, hits.ids, s.today())
		for _, product := range products {
			rendition, err := written(0, product)
			if err != nil {
				return nil, bypassed, err
			}
			items = append(items, rendition.Plain())
		}
		return items, bypassed, err
	}
	if len(hits.ids) == 0 {
		s.copies.metrics.served(fromLocal, s.feed.age())
		return items, fromLocal, nil
	}
	found, from, err := s.copies.read(ctx, who.class, hits.ids)
	for _, c := range found {
		if c != nil {
			items = append(items, c.Plain())
		}
	}
	return items, from, err
}

// searchRest is a searchAnswer without its items.
type searchRest struct {
	NextCursor string  `json:"next_cursor,omitempty"`
	Total      *int    `json:"total,omitempty"`
	Facets     *Facets `json:"facets,omitempty"`
	Similar    bool    `json:"similar,omitempty"`
}

// around writes the answer with items that are rendered already.
func (r searchRest) around(items [][]byte) ([]byte, error) {
	rest, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("writing an answer: %w", err)
	}
	const head, tail = `{"items":[`, `]`
	size := len(head) + len(tail) + len(rest) + len(items)
	for _, item := range items {
		size += len(item)
	}
	body := bytes.NewBuffer(make([]byte, 0, size))
	body.WriteString(head)
	for i, item := range items {
		if i > 0 {
			body.WriteByte(',')
		}
		body.Write(item)
	}
	body.WriteString(tail)
	if len(rest) > len("{}") {
		body.WriteByte(',')
		body.Write(rest[1:])
	} else {
		body.WriteByte('}')
	}
	return body.Bytes(), nil
}
