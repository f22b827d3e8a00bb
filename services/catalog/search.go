package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// Sort orders of a search.
const (
	ByRelevance = "relevance"
	ByNewest    = "newest"
	ByPrice     = "price"
	ByName      = "name"
)

// MaxTotal is where counting stops.
const MaxTotal = 10_000

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
	// AvailableFrom and AvailableTo: an offer must overlap them.
	AvailableFrom, AvailableTo civil.Date
	// MinQuantity must remain on one offer; PriceMax is what it may ask for that quantity.
	// Offers whose volume or price the reader may not see do not count.
	MinQuantity quantity.Quantity
	PriceMax    money.VND
	// Sort is one of the orders; empty: by relevance when there is a text, else newest first.
	Sort   string
	Facets bool
	Count  bool
	Limit  int
	// After is where the page before ended; nil for the first page.
	After *Position
}

// Position is where a page of a search ended: the value it is sorted by and the product. It
// belongs to the query that gave it.
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
	// Similar says that nothing matched and these only look like what was typed.
	Similar bool
}

// Facet is one value of a property and how many of the products found have it.
type Facet struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Facets are the properties of all products found.
type Facets struct {
	Line    []Facet `json:"line"`
	Scheme  []Facet `json:"scheme"`
	Stars   []Facet `json:"stars"`
	Commune []Facet `json:"commune"`
	Form    []Facet `json:"form"`
}

// matching is which products a search finds; every statement below takes the same $1 to $17.
// $15 to $17 are who reads: a producer, whether a buyer, whether an official. What an offer keeps
// from the reader decides nothing.
const matching = `
	  FROM catalog.products p
	  JOIN catalog.producers r ON r.id = p.producer_id
	 WHERE p.state = 'published' AND r.approved
	   AND (CAST($2 AS text) = '' OR p.search @@ to_tsquery('simple', $2))
	   AND (CAST($3 AS text) = '' OR p.search @@ to_tsquery('simple', $3)
	        OR EXISTS (SELECT 1 FROM catalog.marks(CAST($1 AS date)) m WHERE m.product_id = p.id AND m.scheme = ANY (CAST($4 AS text[]))))
	   AND (cardinality(CAST($5 AS text[])) = 0 OR p.line = ANY ($5))
	   AND (cardinality(CAST($6 AS text[])) = 0 OR p.form = ANY ($6))
	   AND (cardinality(CAST($7 AS text[])) = 0
	        OR EXISTS (SELECT 1 FROM catalog.marks(CAST($1 AS date)) m WHERE m.product_id = p.id AND m.scheme = ANY ($7)))
	   AND (CAST($8 AS integer) = 0
	        OR EXISTS (SELECT 1 FROM catalog.marks(CAST($1 AS date)) m WHERE m.product_id = p.id AND m.scheme = 'OCOP' AND m.stars >= $8))
	   AND (cardinality(CAST($9 AS text[])) = 0 OR r.commune_code = ANY ($9))
	   AND (CAST($10 AS uuid) IS NULL OR p.producer_id = $10)
	   AND (CAST($11 AS date) IS NULL AND CAST($12 AS date) IS NULL AND CAST($13 AS bigint) = 0 AND CAST($14 AS bigint) = 0
	        OR EXISTS (SELECT 1 FROM catalog.offers o JOIN ledger.remaining b ON b.offer_id = o.id
	                    WHERE o.product_id = p.id AND o.state = 'open' AND b.remaining > 0
	                      AND o.available_to >= greatest(CAST($1 AS date), CAST($11 AS date))
	                      AND (CAST($12 AS date) IS NULL OR o.available_from <= $12)
	                      AND ($13 = 0 OR b.remaining >= $13 AND (` + seesPrice + ` OR CAST($17 AS boolean)))
	                      AND ($14 = 0 OR ` + priceAsked + ` <= $14 AND ` + seesPrice + `)))`

// seesPrice agrees with viewer.seesPrice.
const seesPrice = `(o.visibility = 'public' OR o.visibility = 'buyers' AND CAST($16 AS boolean) OR o.producer_id = CAST($15 AS uuid))`

// priceAsked is what an offer asks for the quantity wanted, or for its smallest order.
const priceAsked = `CASE WHEN CAST($13 AS bigint) <= o.min_order THEN o.first_price ELSE catalog.price_at(o.price_tiers, $13) END`

// Where the next page begins: $18 is the value sorted by, $19 the same as text, $20 the product,
// $21 the size of the page.
const (
	findNewest = `
	SELECT p.id, CAST(extract(epoch FROM p.published_at) * 1000000 AS bigint) AS rank, '' AS text ` + matching + `
	   AND (CAST($20 AS uuid) IS NULL
	        OR (p.published_at, p.id) < (to_timestamp(0) + CAST($18 AS bigint) * interval '1 microsecond', $20))
	   AND CAST($19 AS text) IS NOT NULL
	 ORDER BY p.published_at DESC, p.id DESC LIMIT $21`

	findByName = `
	SELECT p.id, 0 AS rank, p.name AS text ` + matching + `
	   AND (CAST($20 AS uuid) IS NULL OR (p.name COLLATE "vi-x-icu", p.id) > (CAST($19 AS text), $20))
	   AND CAST($18 AS bigint) IS NOT NULL
	 ORDER BY p.name COLLATE "vi-x-icu", p.id LIMIT $21`

	findByPrice = `
	WITH found AS (
		SELECT p.id, coalesce((SELECT min(` + priceAsked + `)
		                         FROM catalog.offers o JOIN ledger.remaining b ON b.offer_id = o.id
		                        WHERE o.product_id = p.id AND o.state = 'open' AND b.remaining > 0
		                          AND o.available_to >= greatest(CAST($1 AS date), CAST($11 AS date))
		                          AND (CAST($12 AS date) IS NULL OR o.available_from <= $12)
		                          AND ` + seesPrice + `), 9223372036854775807) AS rank ` + matching + `)
	SELECT id, rank, '' AS text FROM found
	 WHERE (CAST($20 AS uuid) IS NULL OR (rank, id) > (CAST($18 AS bigint), $20)) AND CAST($19 AS text) IS NOT NULL
	 ORDER BY rank, id LIMIT $21`

	findBest = `
	WITH found AS (
		SELECT p.id, CASE WHEN p.search_marked @@ to_tsquery('simple', $22) THEN 2000000 ELSE 0 END
		           + CASE WHEN p.search @@ to_tsquery('simple', $23) THEN 1000000 ELSE 0 END
		           + CAST(ts_rank(p.search, to_tsquery('simple', $24)) * 999999 AS bigint) AS rank ` + matching + `)
	SELECT id, rank, '' AS text FROM found
	 WHERE (CAST($20 AS uuid) IS NULL OR (rank, id) < (CAST($18 AS bigint), $20)) AND CAST($19 AS text) IS NOT NULL
	 ORDER BY rank DESC, id DESC LIMIT $21`

	findSimilar = `
	SELECT p.id ` + matching + `
	   AND p.id IN (SELECT product_id FROM catalog.names_like($18, 200))
	 ORDER BY word_similarity($18, p.search_name) DESC, p.id DESC LIMIT $19`

	countFound = `SELECT count(*) FROM (SELECT 1 ` + matching + ` LIMIT $18) AS found`

	countFacets = `
	WITH found AS (SELECT p.id, p.line, p.form, r.commune_code ` + matching + `),
	     marked AS (SELECT m.product_id, m.scheme, m.stars
	                               FROM found f JOIN catalog.marks(CAST($1 AS date)) m ON m.product_id = f.id)
	SELECT 'total' AS facet, '' AS value, count(*) AS count FROM found
	UNION ALL SELECT 'line', line, count(*) FROM found GROUP BY line
	UNION ALL SELECT 'form', form, count(*) FROM found GROUP BY form
	UNION ALL SELECT 'commune', commune_code, count(*) FROM found WHERE commune_code IS NOT NULL GROUP BY commune_code
	UNION ALL SELECT 'scheme', scheme, count(DISTINCT product_id) FROM marked GROUP BY scheme
	UNION ALL SELECT 'stars', CAST(stars AS text), count(DISTINCT product_id) FROM marked WHERE scheme = 'OCOP' GROUP BY stars
	 ORDER BY facet, count DESC, value`
)

// search finds a page of products in three statements at most: which, how many of what, and the
// products whole.
func (s *Service) search(ctx context.Context, reader postgres.Reader, who viewer, query Query) (Found, error) {
	if err := query.check(s.book); err != nil {
		return Found{}, err
	}
	today := s.today()
	asked := s.words.ask(query.Text)
	args := query.arguments(s, who, asked, today)
	var rows []struct {
		ID   uuid.UUID `db:"id"`
		Rank int64     `db:"rank"`
		Text string    `db:"text"`
	}
	statement, args2 := query.statement(asked, args)
	if err := reader.Select(ctx, &rows, statement, args2...); err != nil {
		return Found{}, err
	}
	var found Found
	if len(rows) > query.Limit {
		rows = rows[:query.Limit]
		last := rows[len(rows)-1]
		found.Next = &Position{Rank: last.Rank, Text: last.Text, ID: last.ID}
	}
	ids := make([]uuid.UUID, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	var err error
	switch {
	case len(ids) == 0 && query.After == nil:
		if asked.misspelt() {
			ids, err = s.similar(ctx, reader, query, asked, args)
		}
		found.Similar = len(ids) > 0
		found.count(query, len(ids))
	case query.Facets || query.Count:
		err = found.countAll(ctx, reader, query, args)
	}
	if err != nil {
		return Found{}, err
	}
	found.Products, err = loadProducts(ctx, reader, s.book, who, ids, today)
	return found, err
}

// similar finds names that look like what was typed; the words themselves are not asked for.
func (s *Service) similar(ctx context.Context, reader postgres.Reader, query Query, asked question, args []any) ([]uuid.UUID, error) {
	loose := append([]any(nil), args...)
	loose[1], loose[2], loose[3] = "", "", postgres.Array([]string{})
	var ids []uuid.UUID
	err := reader.Select(ctx, &ids, findSimilar, append(loose, asked.folded, query.Limit)...)
	return ids, err
}

// statement picks the order and adds its arguments.
func (q *Query) statement(asked question, args []any) (string, []any) {
	after := Position{}
	var id uuid.NullUUID
	if q.After != nil {
		after, id = *q.After, uuid.NullUUID{UUID: q.After.ID, Valid: true}
	}
	all := append(append([]any(nil), args...), after.Rank, after.Text, id, q.Limit+1)
	switch {
	case q.Sort == ByName:
		return findByName, all
	case q.Sort == ByPrice:
		return findByPrice, all
	case q.Sort == ByNewest || asked.any == "":
		return findNewest, all
	default:
		return findBest, append(all, asked.marked, asked.inName, asked.any)
	}
}

// check refuses what no search can mean.
func (q *Query) check(book *reference.Book) error {
	var complaints fault.Collector
	q.checkCodes(&complaints, book)
	switch q.Sort {
	case "", ByRelevance, ByNewest, ByPrice, ByName:
	default:
		complaints.Add("sort", fault.ErrUnknownValue, "value", q.Sort, "allowed", "relevance, newest, price, name")
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
	if q.Limit <= 0 || q.Limit > maxPage {
		q.Limit = defaultPage
	}
	return complaints.Err()
}

// Sizes of a page.
const (
	maxPage     = 100
	defaultPage = 20
)

// arguments are $1 to $17 of matching.
func (q *Query) arguments(s *Service, who viewer, asked question, today civil.Date) []any {
	return []any{
		today, asked.words, asked.named, postgres.Array(asked.schemes), postgres.Array(q.Lines),
		postgres.Array(q.Forms), postgres.Array(q.Schemes), max(q.StarsMin, asked.stars),
		postgres.Array(s.communeCodes(q.Communes)), uuid.NullUUID{UUID: q.Producer, Valid: q.Producer != uuid.Nil},
		q.AvailableFrom, q.AvailableTo, q.MinQuantity, int64(q.PriceMax),
		uuid.NullUUID{UUID: who.own, Valid: who.own != uuid.Nil}, who.class == buyer, who.class == official,
	}
}

// count notes a total that is known already.
func (f *Found) count(query Query, total int) {
	if query.Count {
		f.Total = &total
	}
	if query.Facets {
		f.Facets = newFacets()
	}
}

func (f *Found) countAll(ctx context.Context, reader postgres.Reader, query Query, args []any) error {
	if !query.Facets {
		var total int
		err := reader.Get(ctx, &total, countFound, append(append([]any(nil), args...), MaxTotal)...)
		f.Total = &total
		return err
	}
	var rows []struct {
		Facet string `db:"facet"`
		Value string `db:"value"`
		Count int    `db:"count"`
	}
	if err := reader.Select(ctx, &rows, countFacets, args...); err != nil {
		return err
	}
	f.Facets = newFacets()
	for _, row := range rows {
		entry := Facet{Value: row.Value, Count: row.Count}
		switch row.Facet {
		case "total":
			if query.Count {
				f.Total = new(min(row.Count, MaxTotal))
			}
		case "line":
			f.Facets.Line = append(f.Facets.Line, entry)
		case "form":
			f.Facets.Form = append(f.Facets.Form, entry)
		case "commune":
			f.Facets.Commune = append(f.Facets.Commune, entry)
		case "scheme":
			f.Facets.Scheme = append(f.Facets.Scheme, entry)
		case "stars":
			f.Facets.Stars = append(f.Facets.Stars, entry)
		}
	}
	return nil
}

func newFacets() *Facets {
	return &Facets{Line: []Facet{}, Scheme: []Facet{}, Stars: []Facet{}, Commune: []Facet{}, Form: []Facet{}}
}
