package catalog

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// Supply is one offer that answers a question for goods.
type Supply struct {
	Offer

	Product  SuppliedProduct `json:"product"`
	Producer Seller          `json:"producer"`
	// DeliverFrom and DeliverTo are the days of the window asked for on which it can be delivered.
	DeliverFrom civil.Date        `json:"deliver_from"                  doc:"The first day in the window asked for, the lead time counted from today."`
	DeliverTo   civil.Date        `json:"deliver_to"                    doc:"The last."`
	LunarFrom   LunarDay          `json:"lunar_from"`
	LunarTo     LunarDay          `json:"lunar_to"`
	OrderLeast  quantity.Quantity `json:"order_quantity"                doc:"The smallest order of at least what was asked for, in the offer's unit and steps."`
	PriceVND    *money.VND        `json:"price_vnd,omitempty"           doc:"For that order, per unit; left out at a daily price and where you may not see it."`
	ValueVND    *money.VND        `json:"value_vnd,omitempty"           doc:"Of that order, where the goods are: carriage is not in it."`
	// Certificates hold from the first day of delivery to the last.
	Certificates []Mark `json:"certificates" doc:"Marks that hold on the first day and on the last of those days."`
}

// SuppliedProduct is the product of a supply.
type SuppliedProduct struct {
	ID           uuid.UUID          `json:"id"`
	Name         string             `json:"name"`
	NameEN       string             `json:"name_en,omitempty"`
	Line         string             `json:"line"`
	Form         string             `json:"form"`
	Grade        reference.Grade    `json:"grade"`
	UnitWeightKg *quantity.Quantity `json:"unit_weight_kg,omitempty"`
}

// SupplyFound is a page of supply.
type SupplyFound struct {
	Items []Supply
	// NextRank and Next are where the next page begins; Next is zero on the last.
	NextRank int64
	Next     uuid.UUID
	Total    *int
	Pools    []Pool

	asOf time.Time // what happened up to then is in it
}

// supply finds offers in the index, and reads those of the page with one statement; with marks asked
// for in a window, one more reads who will carry them.
func (s *Service) supply(ctx context.Context, who viewer, query SupplyQuery) (SupplyFound, error) {
	if s.index.broken != nil {
		return SupplyFound{}, s.index.broken
	}
	if _, err := s.keepUp(ctx, who); err != nil {
		return SupplyFound{}, err
	}
	asOf := s.feed.known()
	if err := query.check(s.index); err != nil {
		return SupplyFound{}, err
	}
	hits := s.index.supply(who, query, nil, s.clock())
	carrying, err := s.carrying(ctx, query, hits.products)
	if err != nil {
		return SupplyFound{}, err
	}
	if carrying != nil {
		hits = s.index.supply(who, query, carrying, s.clock())
	}
	found := SupplyFound{Pools: hits.pools, asOf: asOf}
	if query.Count {
		found.Total = new(min(hits.total, MaxTotal))
	}
	if hits.more {
		last := hits.page[len(hits.page)-1]
		found.NextRank, found.Next = last.rank, last.offer
	}
	found.Items, err = s.loadSupply(ctx, who, hits.page)
	return found, err
}

// carrying are those of the products that will carry one of the marks asked for on the first and the
// last day asked for; nil when none is asked for on a day ahead. The marks of today are the index's
// business.
func (s *Service) carrying(ctx context.Context, query SupplyQuery, products []uuid.UUID) (map[uuid.UUID]bool, error) {
	const read = `
		SELECT m.product_id FROM catalog.marks(CAST($1 AS date)) m
		 WHERE m.product_id = ANY (CAST($4 AS uuid[])) AND m.scheme = ANY (CAST($3 AS text[]))
		INTERSECT
		SELECT m.product_id FROM catalog.marks(CAST($2 AS date)) m
		 WHERE m.product_id = ANY (CAST($4 AS uuid[])) AND m.scheme = ANY (CAST($3 AS text[]))`
	today := s.today()
	first, last := query.AvailableFrom, query.AvailableTo
	if first.Before(today) {
		first = today
	}
	if last.IsZero() || last.Before(first) {
		last = first
	}
	if len(query.Schemes) == 0 || last == today {
		return nil, nil //nolint:nilnil // nil is every product
	}
	var ids []uuid.UUID
	if err := s.db.Select(ctx, &ids, read, first, last, postgres.Array(query.Schemes), postgres.Array(products)); err != nil {
		return nil, err
	}
	carrying := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		carrying[id] = true
	}
	return carrying, nil
}

// supplyPage reads offers with their products, and the marks that hold on the first and the last day
// they would be delivered, in one statement.
const supplyPage = `
	SELECT p.id, p.producer_id, r.name AS producer_name, coalesce(r.commune_code, '') AS commune, r.fictional, p.name, p.name_en, p.line,
	       p.form, p.grade, coalesce(p.unit_weight, 0) AS unit_weight, jsonb_build_object(` + offerFacts + `) AS offer,
	       coalesce((SELECT jsonb_agg(jsonb_build_object('scheme', m.scheme, 'number', m.number, 'issued_on', m.issued_on,
	                        'valid_until', m.valid_until, 'stars', m.stars) ORDER BY m.scheme, m.valid_until DESC NULLS FIRST, m.number)
	                   FROM catalog.marks(wanted.last) m
	                  WHERE m.product_id = p.id
	                    AND EXISTS (SELECT 1 FROM catalog.marks(wanted.first) n WHERE n.product_id = p.id AND n.scheme = m.scheme)), '[]') AS marks
	  FROM unnest(CAST($1 AS uuid[]), CAST($2 AS date[]), CAST($3 AS date[])) WITH ORDINALITY AS wanted(id, first, last, position)
	  JOIN catalog.offers o ON o.id = wanted.id
	  JOIN catalog.products p ON p.id = o.product_id AND p.state = 'published'
	  JOIN catalog.producers r ON r.id = o.producer_id AND r.approved
	  JOIN ledger.remaining b ON b.offer_id = o.id
	 ORDER BY wanted.position`

type supplyRow struct {
	ID           uuid.UUID                      `db:"id"`
	ProducerID   uuid.UUID                      `db:"producer_id"`
	ProducerName string                         `db:"producer_name"`
	Commune      string                         `db:"commune"`
	Fictional    bool                           `db:"fictional"`
	Name         string                         `db:"name"`
	NameEN       string                         `db:"name_en"`
	Line         string                         `db:"line"`
	Form         string                         `db:"form"`
	Grade        postgres.JSON[reference.Grade] `db:"grade"`
	UnitWeight   quantity.Quantity              `db:"unit_weight"`
	Offer        postgres.JSON[storedOffer]     `db:"offer"`
	Marks        postgres.JSON[[]storedMark]    `db:"marks"`
}

// loadSupply reads the page whole. What was sold out or closed since the index heard is left out.
func (s *Service) loadSupply(ctx context.Context, who viewer, page []candidate) ([]Supply, error) {
	items := make([]Supply, 0, len(page))
	if len(page) == 0 {
		return items, nil
	}
	ids, first, last := make([]uuid.UUID, len(page)), make([]string, len(page)), make([]string, len(page))
	for at, c := range page {
		ids[at], first[at], last[at] = c.offer, dayOf(c.first).String(), dayOf(c.last).String()
	}
	var rows []supplyRow
	if err := s.db.Select(ctx, &rows, supplyPage, postgres.Array(ids), postgres.Array(first), postgres.Array(last)); err != nil {
		return nil, err
	}
	today := s.today()
	almanac := almanacOf(dayOf(earliestOf(page)), dayOf(latestOf(page)))
	for _, row := range rows {
		c := page[slices.Index(ids, row.Offer.V.ID)]
		offer := row.Offer.V.offer(s.book, today)
		if offer.State != OfferOpen {
			continue
		}
		items = append(items, row.supply(s.book, who.trim(offer, row.ProducerID), c, almanac, today))
	}
	return items, nil
}

func earliestOf(page []candidate) int32 {
	return slices.MinFunc(page, func(a, b candidate) int { return int(a.first - b.first) }).first
}

func latestOf(page []candidate) int32 {
	return slices.MaxFunc(page, func(a, b candidate) int { return int(a.last - b.last) }).last
}

// supply is the answer for one offer, which holds only what the reader may see of it.
func (r supplyRow) supply(book *reference.Book, shown Offer, c candidate, almanac almanac, today civil.Date) Supply {
	supply := Supply{
		Offer:       shown,
		Product:     SuppliedProduct{ID: r.ID, Name: r.Name, NameEN: r.NameEN, Line: r.Line, Form: r.Form, Grade: r.Grade.V},
		Producer:    Seller{ID: r.ProducerID, Name: r.ProducerName, Commune: placeOf(book, r.Commune), Fictional: r.Fictional},
		DeliverFrom: dayOf(c.first), DeliverTo: dayOf(c.last), LunarFrom: almanac.lunar(dayOf(c.first)), LunarTo: almanac.lunar(dayOf(c.last)),
		OrderLeast: c.order, Certificates: make([]Mark, 0, len(r.Marks.V)),
	}
	if r.UnitWeight > 0 {
		supply.Product.UnitWeightKg = new(r.UnitWeight)
	}
	if price, priced := PriceAt(shown.PriceTiers, c.order); priced {
		supply.PriceVND, supply.ValueVND = &price, new(money.Value(price, c.order))
	}
	for _, m := range r.Marks.V {
		supply.Certificates = append(supply.Certificates, Mark{
			Scheme: m.Scheme, Number: m.Number, ValidUntil: civil.Date(m.ValidUntil), Stars: m.Stars,
			State: markState(book, m.Scheme, m.IssuedOn, civil.Date(m.ValidUntil), today),
		})
	}
	return supply
}
