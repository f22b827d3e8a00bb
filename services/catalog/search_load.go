package catalog

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// The statements below read the products of $1, or all when it is NULL, that were ever published.
// One that is not shown now comes with nothing but its place in the order.
const (
	documentProducts = `
	SELECT p.id, p.producer_id, p.state = 'published' AND r.approved, p.published_at, p.name, p.name_en, p.line, p.form,
	       p.unit, coalesce(p.unit_weight, 0), CAST(p.grade AS text), p.description, r.name, r.name_en, r.legal_form, coalesce(r.commune_code, ''), r.province
	  FROM catalog.products p
	  JOIN catalog.producers r ON r.id = p.producer_id
	 WHERE p.published_at IS NOT NULL AND (CAST($1 AS uuid[]) IS NULL OR p.id = ANY ($1))`

	documentOffers = `
	SELECT o.id, o.product_id, o.available_from, o.available_to, o.visibility, o.min_order, CAST(o.price_tiers AS text),
	       coalesce(o.place, ''), o.multiple, o.lead_days, b.free
	  FROM catalog.offers o
	  JOIN ledger.free_supply b ON b.offer_id = o.id
	 WHERE o.state = 'open' AND o.available_to >= CAST($2 AS date) AND (CAST($1 AS uuid[]) IS NULL OR o.product_id = ANY ($1))
	 ORDER BY o.product_id, o.available_from, o.id`

	documentHolds = `
	SELECT h.offer_id, h.quantity, h.reserved_until
	  FROM ledger.holds h
	  JOIN catalog.offers o ON o.id = h.offer_id
	 WHERE o.state = 'open' AND o.available_to >= CAST($2 AS date) AND (CAST($1 AS uuid[]) IS NULL OR o.product_id = ANY ($1))`

	documentMarks = `
	SELECT DISTINCT 0, m.product_id, m.scheme, coalesce(m.stars, 0) FROM catalog.marks_of(CAST($1 AS uuid[]), CAST($2 AS date)) m
	 UNION ALL
	SELECT DISTINCT 1, m.product_id, m.scheme, coalesce(m.stars, 0) FROM catalog.marks_of(CAST($1 AS uuid[]), CAST($2 AS date) + 1) m`

	// allDocumentMarks is documentMarks for all: $1 is NULL.
	allDocumentMarks = `
	SELECT DISTINCT 0, m.product_id, m.scheme, coalesce(m.stars, 0) FROM catalog.marks(CAST($2 AS date)) m
	 WHERE CAST($1 AS uuid[]) IS NULL
	 UNION ALL
	SELECT DISTINCT 1, m.product_id, m.scheme, coalesce(m.stars, 0) FROM catalog.marks(CAST($2 AS date) + 1) m`
)

// loadDocuments reads products as search knows them, in four statements: those with these ids, or
// all for nil. Marks and offers are those of the day and the next. Products that were never
// published are missing. All are read by four connections at once.
func loadDocuments(ctx context.Context, reader postgres.Reader, ids []uuid.UUID, today civil.Date) ([]document, error) {
	l := documentLoader{grades: make(map[string]reference.Grade), today: today}
	var wanted any
	marks := allDocumentMarks
	var reading errgroup.Group
	if ids != nil {
		wanted, marks = postgres.Array(ids), documentMarks
		reading.SetLimit(1)
	}
	for _, step := range []struct {
		statement string
		args      []any
		row       func(scan func(dest ...any) error) error
	}{
		{documentProducts, []any{wanted}, l.product},
		{documentOffers, []any{wanted, today}, l.offer},
		{documentHolds, []any{wanted, today}, l.hold},
		{marks, []any{wanted, today}, l.mark},
	} {
		reading.Go(func() error { return reader.Each(ctx, step.statement, step.args, step.row) })
	}
	if err := reading.Wait(); err != nil {
		return nil, err
	}
	l.join()
	return l.documents, nil
}

// documentLoader puts rows together.
type documentLoader struct {
	documents []document
	offers    []readOffer
	holds     []readHold
	marks     []readMark
	grades    map[string]reference.Grade // many products have the same
	today     civil.Date
}

// What was read, and of what.
type (
	readOffer struct {
		supply

		product uuid.UUID
	}
	readHold struct {
		hold

		offer uuid.UUID
	}
	readMark struct {
		documentMark

		product uuid.UUID
		day     int
	}
)

// join gives documents their offers, holds and marks. Those of products that were not read yet when
// the others were are left to the change that they belong to.
func (l *documentLoader) join() {
	at := make(map[uuid.UUID]*document, len(l.documents))
	for i := range l.documents {
		at[l.documents[i].ID] = &l.documents[i]
	}
	held := make(map[uuid.UUID][]hold, len(l.holds))
	for _, h := range l.holds {
		held[h.offer] = append(held[h.offer], h.hold)
	}
	for _, o := range l.offers {
		if d := at[o.product]; d != nil {
			o.Held = held[o.ID]
			d.Offers = append(d.Offers, o.supply)
		}
	}
	for _, m := range l.marks {
		if d := at[m.product]; d != nil && m.day < len(d.Marks) {
			d.Marks[m.day] = append(d.Marks[m.day], m.documentMark)
		}
	}
}

func (l *documentLoader) product(scan func(dest ...any) error) error {
	d := document{Day: l.today}
	var grade string
	err := scan(&d.ID, &d.Producer, &d.Shown, &d.PublishedAt, &d.Name, &d.NameEN, &d.Line, &d.Form, &d.Unit, &d.UnitWeight, &grade, &d.Description,
		&d.Seller.Name, &d.Seller.NameEN, &d.Seller.LegalForm, &d.Seller.Commune, &d.Seller.Province)
	if err != nil {
		return fmt.Errorf("reading a product for search: %w", err)
	}
	known, ok := l.grades[grade]
	if !ok {
		if err := json.Unmarshal([]byte(grade), &known); err != nil {
			return fmt.Errorf("reading the grade of %s for search: %w", d.ID, err)
		}
		l.grades[grade] = known
	}
	d.Grade, d.GradeText = known, grade
	l.documents = append(l.documents, d)
	return nil
}

func (l *documentLoader) offer(scan func(dest ...any) error) error {
	var o readOffer
	var from, to civil.Date
	var prices string
	if err := scan(&o.ID, &o.product, &from, &to, &o.Visibility, &o.Least, &prices, &o.Place, &o.Multiple, &o.LeadDays, &o.Free); err != nil {
		return fmt.Errorf("reading an offer for search: %w", err)
	}
	var asked tiers
	if err := json.Unmarshal([]byte(prices), &asked); err != nil {
		return fmt.Errorf("reading the prices of offer %s for search: %w", o.ID, err)
	}
	o.From, o.To, o.Tiers = dayNumber(from), dayNumber(to), asked
	l.offers = append(l.offers, o)
	return nil
}

func (l *documentLoader) hold(scan func(dest ...any) error) error {
	var h readHold
	if err := scan(&h.offer, &h.Quantity, &h.Until); err != nil {
		return fmt.Errorf("reading a reservation for search: %w", err)
	}
	l.holds = append(l.holds, h)
	return nil
}

func (l *documentLoader) mark(scan func(dest ...any) error) error {
	var m readMark
	if err := scan(&m.day, &m.product, &m.Scheme, &m.Stars); err != nil {
		return fmt.Errorf("reading a mark for search: %w", err)
	}
	l.marks = append(l.marks, m)
	return nil
}

// productsOf lists the products of producers.
func productsOf(ctx context.Context, reader postgres.Reader, producers []uuid.UUID) ([]uuid.UUID, error) {
	const query = `SELECT id FROM catalog.products WHERE producer_id = ANY (CAST($1 AS uuid[])) AND published_at IS NOT NULL`
	var ids []uuid.UUID
	err := reader.Select(ctx, &ids, query, postgres.Array(producers))
	return ids, err
}
