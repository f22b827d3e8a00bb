package catalog

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// OpenOfferTx opens an offer in the caller's transaction: a producer's own, or one made from a
// clerk's quote. It posts the volume, so call it after everything that locks less.
//
// Refused: whatever MayWrite refuses, fault.ErrForbidden for who is no producer,
// ErrForeignProduct for one that is unknown or somebody else's, ErrProductNotPublished, and every rule of an offer.
func OpenOfferTx(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, offer NewOffer) (Deal, error) {
	if err := mayOffer(who); err != nil {
		return Deal{}, err
	}
	product, err := offeredProduct(ctx, tx, who, offer.ProductID)
	if err != nil {
		return Deal{}, err
	}
	row, err := draftOffer(book, who, product, offer, reference.Day(tx.Now))
	if err != nil {
		return Deal{}, err
	}
	deals, err := openOffers(ctx, tx, who, []offerRow{row})
	return deals[row.ID], err
}

// draftOffer is a new offer of a locked product, checked.
func draftOffer(book *reference.Book, who identity.Principal, product productRow, offer NewOffer, today civil.Date) (offerRow, error) {
	checked, err := offer.check(book, product.Unit, today)
	if err != nil {
		return offerRow{}, err
	}
	line, _ := book.Line(product.Line)
	row := offerRow{ProducerID: who.OrganisationID, NewOffer: checked, Grade: line.ReportedGrade(product.Grade)}
	if row.ID, err = uuid.NewV7(); err != nil {
		return offerRow{}, fmt.Errorf("naming an offer: %w", err)
	}
	return row, nil
}

// openOffers writes offers that were drafted, each with the marks of its product, records them and
// tells the ledger: in as many statements for many as for one.
func openOffers(ctx context.Context, tx *postgres.Tx, who identity.Principal, rows []offerRow) (map[uuid.UUID]Deal, error) {
	if len(rows) == 0 {
		return map[uuid.UUID]Deal{}, nil
	}
	ids, products := make([]uuid.UUID, len(rows)), make([]uuid.UUID, 0, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
		if !slices.Contains(products, row.ProductID) {
			products = append(products, row.ProductID)
		}
	}
	marks, err := carriedBy(ctx, tx, products, reference.Day(tx.Now))
	if err != nil {
		return nil, err
	}
	entries := make([]identity.Entry, len(rows))
	for i := range rows {
		row := &rows[i]
		row.Schemes, row.Stars = marks[row.ProductID].Schemes, marks[row.ProductID].Stars
		entries[i] = identity.Entry{Action: "offer.opened", Subject: identity.Subject{Kind: "offer", ID: row.ID}, Detail: map[string]any{
			"product_id": row.ProductID, "quantity": row.Quantity, "available_from": row.AvailableFrom,
		}}
	}
	if err := insertOffers(ctx, tx, rows); err != nil {
		return nil, err
	}
	if err := identity.RecordAllTx(ctx, tx, who, entries...); err != nil {
		return nil, err
	}
	deals, err := DealsTx(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	postings := make([]ledger.Posting, len(rows))
	for i, row := range rows {
		postings[i] = posting(deals[row.ID], row, ledger.OfferOpened, row.Quantity, "")
	}
	return deals, ledger.PostTx(ctx, tx, who, postings...)
}

// offeredProduct locks a published product of the principal's.
func offeredProduct(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) (productRow, error) {
	products, err := lockProducts(ctx, tx, []uuid.UUID{id})
	if err != nil {
		return productRow{}, err
	}
	return products[id], products[id].offerable(who)
}

// offerable refuses a product that is not the principal's, such as one that is not there, or not
// published.
func (r productRow) offerable(who identity.Principal) error {
	switch {
	case r.ProducerID != who.OrganisationID:
		return ErrForeignProduct.At("product_id")
	case r.State != Published:
		return ErrProductNotPublished.With()
	}
	return nil
}

// offerRow is an offer as it is stored, with its goods as stored beside it.
type offerRow struct {
	NewOffer

	ID         uuid.UUID
	ProducerID uuid.UUID
	Schemes    []string
	// Grade and Stars are what the ledger is told of the goods, as they were when the offer was opened.
	Grade   string
	Stars   int
	State   OfferState
	Version int64
	// SeriesID and SeriesOn name the occurrence of a series; zero for an offer of its own. ByHand
	// says that it was changed or closed on its own, so that the series leaves it alone.
	SeriesID uuid.UUID
	SeriesOn civil.Date
	ByHand   bool
}

// posting is a movement of an offer's own supply. All postings of an offer name the marks, stars and
// grade that the product had when it was opened, so that what was raised under a mark is lowered
// under the same.
func posting(deal Deal, row offerRow, movement ledger.Movement, amount quantity.Quantity, reason string) ledger.Posting {
	return ledger.Posting{
		Goods: ledger.Goods{
			Line: deal.Line, Form: deal.Form, Unit: deal.Unit, UnitWeight: deal.UnitWeight, Schemes: row.Schemes,
			Commune: deal.Commune, ProducerID: deal.ProducerID, ProductID: deal.ProductID, Grade: row.Grade, Stars: row.Stars,
		},
		Movement: movement, Quantity: amount, BusinessDate: row.AvailableFrom, OfferID: row.ID, Reason: reason,
	}
}

// newOffer is an offer as insertOffers reads it; quantities travel as integers.
type newOffer struct {
	ID            uuid.UUID  `json:"id"`
	ProductID     uuid.UUID  `json:"product_id"`
	ProducerID    uuid.UUID  `json:"producer_id"`
	AvailableFrom civil.Date `json:"available_from"`
	AvailableTo   civil.Date `json:"available_to"`
	Unit          string     `json:"unit"`
	MinOrder      int64      `json:"min_order"`
	PriceTiers    tiers      `json:"price_tiers"`
	PriceOnTheDay bool       `json:"price_on_the_day"`
	Place         string     `json:"place,omitempty"`
	Visibility    Visibility `json:"visibility"`
	Schemes       []string   `json:"schemes"`
	Invented      bool       `json:"invented"`
	Multiple      int64      `json:"multiple"`
	LeadDays      int        `json:"lead_days"`
	SeriesID      uuid.UUID  `json:"series_id,omitzero"`
	SeriesOn      civil.Date `json:"series_on,omitzero"`
	Grade         string     `json:"grade,omitempty"`
	Stars         int        `json:"stars,omitempty"`
}

// insertOffers writes open offers in one statement.
func insertOffers(ctx context.Context, tx *postgres.Tx, rows []offerRow) error {
	const insert = `
		INSERT INTO catalog.offers (id, product_id, producer_id, available_from, available_to, unit, min_order, price_tiers,
		       price_on_the_day, place, visibility, schemes, state, invented, created_at, updated_at, multiple, lead_days, series_id, series_on,
		       grade, stars)
		SELECT id, product_id, producer_id, available_from, available_to, unit, min_order, price_tiers, price_on_the_day, place, visibility,
		       schemes, 'open', invented, CAST($2 AS timestamptz), CAST($2 AS timestamptz), multiple, lead_days, series_id, series_on,
		       grade, stars
		  FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS o(id uuid, product_id uuid, producer_id uuid, available_from date, available_to date,
		       unit text, min_order bigint, price_tiers jsonb, price_on_the_day boolean, place text, visibility text, schemes text[],
		       invented boolean, multiple bigint, lead_days smallint, series_id uuid, series_on date,
		       grade text, stars smallint)`
	records := make([]newOffer, len(rows))
	for i, row := range rows {
		records[i] = newOffer{
			ID: row.ID, ProductID: row.ProductID, ProducerID: row.ProducerID, AvailableFrom: row.AvailableFrom, AvailableTo: row.AvailableTo,
			Unit: row.Unit, MinOrder: int64(row.MinOrder), PriceTiers: row.PriceTiers, PriceOnTheDay: row.PriceOnTheDay, Place: row.PlaceCode,
			Visibility: row.Visibility, Schemes: orEmpty(row.Schemes), Invented: row.Invented, Multiple: int64(row.Multiple),
			LeadDays: row.LeadDays, SeriesID: row.SeriesID, SeriesOn: row.SeriesOn, Grade: row.Grade, Stars: row.Stars,
		}
	}
	_, err := tx.Exec(ctx, insert, postgres.JSON[[]newOffer]{V: records}, tx.Now)
	return postgres.MapConstraint(err, byConstraint)
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func updateOffer(ctx context.Context, tx *postgres.Tx, row offerRow) error {
	const update = `
		UPDATE catalog.offers
		   SET available_from = $2, available_to = $3, min_order = $4, price_tiers = $5, price_on_the_day = $6,
		       place = nullif($7, ''), visibility = $8, state = $9, version = version + 1, updated_at = $10,
		       multiple = $11, lead_days = $12, by_hand = $13
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, row.ID, row.AvailableFrom, row.AvailableTo, row.MinOrder,
		postgres.JSON[tiers]{V: row.PriceTiers}, row.PriceOnTheDay, row.PlaceCode, row.Visibility, row.State, tx.Now,
		row.Multiple, row.LeadDays, row.ByHand)
	return postgres.MapConstraint(err, byConstraint)
}

// selectOffers reads offers as they are stored; what is asked for follows. Volumes move beside
// them, in the ledger.
const selectOffers = `
	SELECT o.id, o.product_id, o.producer_id, o.available_from, o.available_to, o.unit, o.min_order, o.price_tiers, o.price_on_the_day,
	       coalesce(o.place, '') AS place, o.visibility, o.schemes, o.state, o.version, o.multiple, o.lead_days, o.series_id, o.series_on,
	       o.by_hand, coalesce(o.grade, '') AS grade, coalesce(o.stars, 0) AS stars
	  FROM catalog.offers o`

type offerRecord struct {
	ID            uuid.UUID            `db:"id"`
	ProductID     uuid.UUID            `db:"product_id"`
	ProducerID    uuid.UUID            `db:"producer_id"`
	AvailableFrom civil.Date           `db:"available_from"`
	AvailableTo   civil.Date           `db:"available_to"`
	Unit          string               `db:"unit"`
	MinOrder      quantity.Quantity    `db:"min_order"`
	PriceTiers    postgres.JSON[tiers] `db:"price_tiers"`
	PriceOnTheDay bool                 `db:"price_on_the_day"`
	Place         string               `db:"place"`
	Visibility    Visibility           `db:"visibility"`
	Schemes       postgres.Strings     `db:"schemes"`
	State         OfferState           `db:"state"`
	Version       int64                `db:"version"`
	Multiple      quantity.Quantity    `db:"multiple"`
	LeadDays      int                  `db:"lead_days"`
	SeriesID      uuid.NullUUID        `db:"series_id"`
	SeriesOn      civil.Date           `db:"series_on"`
	ByHand        bool                 `db:"by_hand"`
	Grade         string               `db:"grade"`
	Stars         int                  `db:"stars"`
}

func (r offerRecord) row() offerRow {
	return offerRow{
		ID: r.ID, ProducerID: r.ProducerID, Schemes: r.Schemes, State: r.State, Version: r.Version,
		SeriesID: r.SeriesID.UUID, SeriesOn: r.SeriesOn, ByHand: r.ByHand, Grade: r.Grade, Stars: r.Stars,
		NewOffer: NewOffer{
			ProductID: r.ProductID, AvailableFrom: r.AvailableFrom, AvailableTo: r.AvailableTo, Unit: r.Unit,
			MinOrder: r.MinOrder, PriceTiers: r.PriceTiers.V, PriceOnTheDay: r.PriceOnTheDay, PlaceCode: r.Place,
			Visibility: r.Visibility, Multiple: r.Multiple, LeadDays: r.LeadDays,
		},
	}
}

// lockOffer reads an offer and holds it until the transaction ends, so that changes by its
// producer happen one after the other.
func lockOffer(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (offerRow, error) {
	rows, err := lockOffers(ctx, tx, []uuid.UUID{id})
	if row, ok := rows[id]; ok || err != nil {
		return row, err
	}
	return offerRow{}, fault.ErrNotFound.With()
}

// lockOffers is lockOffer for several, in the order of their ids; unknown ones are missing.
func lockOffers(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]offerRow, error) {
	const query = selectOffers + ` WHERE o.id = ANY (CAST($1 AS uuid[])) ORDER BY o.id FOR UPDATE`
	var records []offerRecord
	if err := tx.Select(ctx, &records, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	rows := make(map[uuid.UUID]offerRow, len(records))
	for _, record := range records {
		rows[record.ID] = record.row()
	}
	return rows, nil
}

// offerFacts reads one offer o with its balance b; catalog.product_pages says the same.
const offerFacts = `
	'id', o.id, 'product_id', o.product_id, 'from', o.available_from, 'to', o.available_to, 'supplied', b.supplied,
	'committed', b.committed, 'remaining', b.remaining, 'unit', o.unit, 'min_order', o.min_order, 'tiers', o.price_tiers,
	'on_the_day', o.price_on_the_day, 'place', coalesce(o.place, r.commune_code), 'visibility', o.visibility,
	'state', o.state, 'invented', o.invented, 'version', o.version, 'updated_at', o.updated_at, 'multiple', o.multiple,
	'lead_days', o.lead_days, 'series_id', o.series_id`

// storedOffer is one offer as offerFacts writes it.
type storedOffer struct {
	ID         uuid.UUID  `json:"id"`
	ProductID  uuid.UUID  `json:"product_id"`
	From       civil.Date `json:"from"`
	To         civil.Date `json:"to"`
	Supplied   int64      `json:"supplied"`
	Committed  int64      `json:"committed"`
	Remaining  int64      `json:"remaining"`
	Unit       string     `json:"unit"`
	MinOrder   int64      `json:"min_order"`
	Tiers      tiers      `json:"tiers"`
	OnTheDay   bool       `json:"on_the_day"`
	Place      string     `json:"place"`
	Visibility Visibility `json:"visibility"`
	State      OfferState `json:"state"`
	Invented   bool       `json:"invented"`
	Version    int64      `json:"version"`
	UpdatedAt  instant    `json:"updated_at"`
	Multiple   int64      `json:"multiple"`
	LeadDays   int        `json:"lead_days"`
	SeriesID   uuid.UUID  `json:"series_id"`
}

// offer is the whole offer as its owner sees it on a day.
func (o storedOffer) offer(book *reference.Book, today civil.Date) Offer {
	remaining := quantity.Quantity(o.Remaining)
	return Offer{
		ID: o.ID, ProductID: o.ProductID, AvailableFrom: o.From, AvailableTo: o.To,
		Quantity: new(quantity.Quantity(o.Supplied)), Committed: new(quantity.Quantity(o.Committed)), Remaining: &remaining,
		Unit: o.Unit, MinOrder: quantity.Quantity(o.MinOrder), PriceTiers: o.Tiers, PriceOnTheDay: o.OnTheDay,
		Place: placeOf(book, o.Place), Visibility: o.Visibility, State: offerState(o.State, o.To, remaining, today),
		Invented: o.Invented, Version: o.Version, UpdatedAt: o.UpdatedAt.Time, Multiple: quantity.Quantity(o.Multiple),
		LeadDays: o.LeadDays, SeriesID: o.SeriesID,
	}
}
