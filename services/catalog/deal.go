package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// Deal is an offer together with its product: what an inquiry, a quote and an award need to know.
type Deal struct {
	OfferID, ProductID, ProducerID uuid.UUID
	ProductName                    string
	Line, Form, Unit               string
	Grade                          reference.Grade
	// UnitWeight is the weight of one unit of counted goods, kg; 0 where there is none.
	UnitWeight quantity.Quantity
	// ReportedGrade and Stars are what the ledger is told of the goods, as they were when the offer was opened.
	ReportedGrade              string
	Stars                      int
	AvailableFrom, AvailableTo civil.Date
	MinOrder                   quantity.Quantity
	// Multiple is the step of an order beyond MinOrder; 0: any quantity.
	Multiple quantity.Quantity
	// LeadDays from an order to the earliest delivery.
	LeadDays   int
	PriceTiers []PriceTier
	// PriceOnTheDay says that there are no tiers: the price is made on the day.
	PriceOnTheDay bool
	Visibility    Visibility
	// State is open or closed as decided; whether the offer is exhausted or lapsed follows from
	// the ledger and AvailableTo.
	State        OfferState
	ProductState ProductState
	// Commune is where the goods are: the offer's place, else the producer's seat, else "".
	Commune string
	// LiveQuoteHours is how long a quote for live goods of the line is usually good for; 0 where
	// nothing live is sold.
	LiveQuoteHours int
	Version        int64
}

// ProductFacts is a product as deals need it.
type ProductFacts struct {
	ID             uuid.UUID         `db:"id"`
	ProducerID     uuid.UUID         `db:"producer_id"`
	Name           string            `db:"name"`
	Line           string            `db:"line"`
	Form           string            `db:"form"`
	Unit           string            `db:"unit"`
	Grade          reference.Grade   `db:"-"`
	UnitWeight     quantity.Quantity `db:"unit_weight"`
	State          ProductState      `db:"state"`
	Commune        string            `db:"commune"`
	LiveQuoteHours int               `db:"live_quote_hours"`
}

// DealsTx returns the offers with these ids and their products, whatever their state, in the
// caller's transaction and without locking. Unknown ids are missing from the map.
func DealsTx(ctx context.Context, reader postgres.Reader, offerIDs []uuid.UUID) (map[uuid.UUID]Deal, error) {
	const query = `
		SELECT o.id, o.product_id, o.producer_id, p.name, p.line, p.form, p.unit, p.grade,
		       coalesce(p.unit_weight, 0) AS unit_weight, o.available_from, o.available_to, o.min_order, o.price_tiers,
		       o.price_on_the_day, o.visibility, o.state, p.state AS product_state,
		       coalesce(o.place, r.commune_code, '') AS commune, coalesce(l.live_quote_hours, 0) AS live_quote_hours, o.version,
		       o.multiple, o.lead_days, coalesce(o.grade, '') AS reported_grade, coalesce(o.stars, 0) AS stars
		  FROM catalog.offers o
		  JOIN catalog.products p ON p.id = o.product_id
		  JOIN catalog.producers r ON r.id = o.producer_id
		  JOIN reference.product_lines l ON l.code = p.line
		 WHERE o.id = ANY (CAST($1 AS uuid[]))`
	var rows []dealRow
	if err := reader.Select(ctx, &rows, query, postgres.Array(offerIDs)); err != nil {
		return nil, err
	}
	deals := make(map[uuid.UUID]Deal, len(rows))
	for _, row := range rows {
		deals[row.ID] = row.deal()
	}
	return deals, nil
}

type dealRow struct {
	ID             uuid.UUID                      `db:"id"`
	ProductID      uuid.UUID                      `db:"product_id"`
	ProducerID     uuid.UUID                      `db:"producer_id"`
	Name           string                         `db:"name"`
	Line           string                         `db:"line"`
	Form           string                         `db:"form"`
	Unit           string                         `db:"unit"`
	Grade          postgres.JSON[reference.Grade] `db:"grade"`
	UnitWeight     quantity.Quantity              `db:"unit_weight"`
	AvailableFrom  civil.Date                     `db:"available_from"`
	AvailableTo    civil.Date                     `db:"available_to"`
	MinOrder       quantity.Quantity              `db:"min_order"`
	PriceTiers     postgres.JSON[tiers]           `db:"price_tiers"`
	PriceOnTheDay  bool                           `db:"price_on_the_day"`
	Visibility     Visibility                     `db:"visibility"`
	State          OfferState                     `db:"state"`
	ProductState   ProductState                   `db:"product_state"`
	Commune        string                         `db:"commune"`
	LiveQuoteHours int                            `db:"live_quote_hours"`
	Version        int64                          `db:"version"`
	Multiple       quantity.Quantity              `db:"multiple"`
	LeadDays       int                            `db:"lead_days"`
	ReportedGrade  string                         `db:"reported_grade"`
	Stars          int                            `db:"stars"`
}

func (r dealRow) deal() Deal {
	return Deal{
		OfferID: r.ID, ProductID: r.ProductID, ProducerID: r.ProducerID, ProductName: r.Name, Line: r.Line, Form: r.Form,
		Unit: r.Unit, Grade: r.Grade.V, UnitWeight: r.UnitWeight, AvailableFrom: r.AvailableFrom,
		AvailableTo: r.AvailableTo, MinOrder: r.MinOrder, PriceTiers: r.PriceTiers.V, PriceOnTheDay: r.PriceOnTheDay,
		Visibility: r.Visibility, State: r.State, ProductState: r.ProductState, Commune: r.Commune,
		LiveQuoteHours: r.LiveQuoteHours, Version: r.Version, Multiple: r.Multiple, LeadDays: r.LeadDays,
		ReportedGrade: r.ReportedGrade, Stars: r.Stars,
	}
}

// ProductsTx returns the products with these ids, whatever their state, in the caller's
// transaction and without locking. Unknown ids are missing from the map.
func ProductsTx(ctx context.Context, reader postgres.Reader, ids []uuid.UUID) (map[uuid.UUID]ProductFacts, error) {
	const query = `
		SELECT p.id, p.producer_id, p.name, p.line, p.form, p.unit, p.grade, coalesce(p.unit_weight, 0) AS unit_weight,
		       p.state, coalesce(r.commune_code, '') AS commune, coalesce(l.live_quote_hours, 0) AS live_quote_hours
		  FROM catalog.products p
		  JOIN catalog.producers r ON r.id = p.producer_id
		  JOIN reference.product_lines l ON l.code = p.line
		 WHERE p.id = ANY (CAST($1 AS uuid[]))`
	var rows []struct {
		ProductFacts

		GradeJSON postgres.JSON[reference.Grade] `db:"grade"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	facts := make(map[uuid.UUID]ProductFacts, len(rows))
	for _, row := range rows {
		row.Grade = row.GradeJSON.V
		facts[row.ID] = row.ProductFacts
	}
	return facts, nil
}
