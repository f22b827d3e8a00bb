package catalog

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
)

// Sort orders of a search.
const (
	ByRelevance = "relevance"
	ByNewest    = "newest"
	ByPrice     = "price"
	ByRemaining = "remaining"
	ByLeadTime  = "lead_time"
	ByName      = "name"
)

// sortOrders lists them.
func sortOrders() []string {
	return []string{ByRelevance, ByNewest, ByPrice, ByRemaining, ByLeadTime, ByName}
}

// MaxTotal is where counting stops.
const MaxTotal = 10_000

// Sizes of a page.
const (
	maxPage     = 100
	defaultPage = 20
)

// Query is a search of the catalogue. Empty fields ask for nothing.
type Query struct {
	// Text is free text, with marks or without.
	Text string
	// Lines, Schemes and Forms: any of them will do.
	Lines, Schemes, Forms []string
	// StarsMin is the least OCOP stars.
	StarsMin int
	// Communes are codes of the producer's commune, or names of former districts.
	Communes []string
	Producer uuid.UUID
	// ProducerKinds are legal forms of producers; any of them will do.
	ProducerKinds []string
	// AvailableFrom and AvailableTo: an offer must overlap them.
	AvailableFrom, AvailableTo civil.Date
	// Months in which something can be ordered, as "2026-12"; any of them will do.
	Months []string
	// MinQuantity must remain on one offer; PriceMax is what it may ask for that quantity.
	// Offers whose volume or price the reader may not see do not count.
	MinQuantity quantity.Quantity
	// ByWeight says that MinQuantity is kilograms, whatever unit the goods are sold in.
	ByWeight bool
	PriceMax money.VND
	// PriceBands are codes of bands of the price that the reader may see for the smallest order;
	// any of them will do.
	PriceBands []string
	// LeadDaysMax is how many days an offer may need before its goods leave; nil asks for nothing.
	LeadDaysMax *int
	// Sort is one of the orders; empty: by relevance when there is a text, else newest first.
	Sort   string
	Facets bool
	Count  bool
	Limit  int
	// After is where the page before ended; nil for the first page.
	After *Position
}

// Position is where a page of a search ended: the value it is sorted by, as a number or a text,
// and the product. It belongs to the query that gave it, and survives the product.
type Position struct {
	Rank int64
	Text string
	ID   uuid.UUID
}

// Found is a page of a search.
type Found struct {
	Products []Product
	// Next is where the next page begins; nil on the last.
	Next *Position
	// Total is counted on demand, up to MaxTotal; nil when it was not asked for.
	Total  *int
	Facets *Facets
	// Similar says that not all words were found as they were typed: these are near to them.
	Similar bool
}

// find says which products a query finds, and how many of what, from the index, without a
// statement.
func (s *Service) find(who viewer, query Query) (hits, error) {
	if s.index.broken != nil {
		return hits{}, s.index.broken
	}
	if err := query.check(s.index); err != nil {
		return hits{}, err
	}
	return s.index.search(who, query, s.clock()), nil
}

// Search finds published products as they are now: which from the index, then the products whole,
// with one statement. Refused: fields of the query that mean nothing.
func (s *Service) Search(ctx context.Context, who identity.Principal, query Query) (Found, error) {
	if err := s.feed.after(ctx, time.Now()); err != nil {
		return Found{}, err
	}
	reader := viewerOf(who)
	hits, err := s.find(reader, query)
	if err != nil {
		return Found{}, err
	}
	found := Found{Next: hits.next, Facets: hits.facets, Similar: hits.similar}
	if query.Count {
		found.Total = new(min(hits.total, MaxTotal))
	}
	found.Products, err = loadProducts(ctx, s.db, s.book, reader, hits.ids, s.today())
	return found, err
}

// check refuses what no search can mean.
func (q *Query) check(x *searchIndex) error {
	var complaints fault.Collector
	q.checkCodes(&complaints, x)
	if q.Sort != "" && !slices.Contains(sortOrders(), q.Sort) {
		complaints.Add("sort", fault.ErrUnknownValue, "value", q.Sort, "allowed", strings.Join(sortOrders(), ", "))
	}
	if !q.AvailableTo.IsZero() && q.AvailableTo.Before(q.AvailableFrom) {
		complaints.Add("available_to", fault.ErrDateOrder)
	}
	if q.MinQuantity < 0 || q.MinQuantity > quantity.Max {
		complaints.Add("min_quantity", fault.ErrOutOfRange, "min", 0, "max", quantity.Max)
	}
	if q.PriceMax < 0 || q.PriceMax > money.Max {
		complaints.Add("price_max_vnd", fault.ErrOutOfRange, "min", 0, "max", int64(money.Max))
	}
	if q.LeadDaysMax != nil && (*q.LeadDaysMax < 0 || *q.LeadDaysMax > maxLeadDays) {
		complaints.Add("lead_days_max", fault.ErrOutOfRange, "min", 0, "max", maxLeadDays)
	}
	if q.Limit <= 0 || q.Limit > maxPage {
		q.Limit = defaultPage
	}
	return complaints.Err()
}

// maxLeadDays is the longest lead time that can be asked for.
const maxLeadDays = 365
