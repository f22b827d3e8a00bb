package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// seriesRow is a series as it is stored.
type seriesRow struct {
	NewSeries

	ID         uuid.UUID
	ProducerID uuid.UUID
	State      OfferState
	Version    int64
	CreatedAt  time.Time
	UpdatedAt  time.Time
	// grade is the reported one of the product, where offers are to be opened.
	grade string
}

func insertSeries(ctx context.Context, tx *postgres.Tx, row seriesRow) error {
	const insert = `
		INSERT INTO catalog.offer_series (id, product_id, producer_id, rule, first_day, last_day, quantity, unit, min_order, multiple,
		       lead_days, price_tiers, price_on_the_day, place, visibility, state, invented, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, nullif($14, ''), $15, 'open', $16, $17, $17)`
	_, err := tx.Exec(ctx, insert, row.ID, row.ProductID, row.ProducerID, postgres.JSON[Recurrence]{V: row.Rule}, row.From, row.To,
		row.Quantity, row.Unit, row.MinOrder, row.Multiple, row.LeadDays, postgres.JSON[tiers]{V: row.PriceTiers}, row.PriceOnTheDay,
		row.PlaceCode, row.Visibility, row.Invented, tx.Now)
	return postgres.MapConstraint(err, byConstraint)
}

// countStandingSeries refuses with ErrTooManySeries when more series of a producer stand than its quota
// of the day: those that are not closed and whose last day has not passed. Its row in catalog.standing is locked before
// they are counted, so parallel requests count each other's.
func countStandingSeries(ctx context.Context, tx *postgres.Tx, producer uuid.UUID) error {
	const lock = `
		INSERT INTO catalog.standing (organisation_id, what, standing, allowed)
		SELECT $1, q.what, 0, q.most FROM catalog.standing_quotas q
		 WHERE q.what = 'series' AND q.effective_from <= $2 ORDER BY q.effective_from DESC LIMIT 1
		    ON CONFLICT (organisation_id, what) DO UPDATE SET standing = 0, allowed = excluded.allowed
		RETURNING allowed`
	const count = `
		UPDATE catalog.standing
		   SET standing = (SELECT count(*) FROM catalog.offer_series WHERE producer_id = $1 AND state = 'open' AND last_day >= $2)
		 WHERE organisation_id = $1 AND what = 'series'`
	today := reference.Day(tx.Now)
	var allowed int64
	switch err := tx.Get(ctx, &allowed, lock, producer, today); {
	case errors.Is(err, postgres.ErrNoRows):
		return nil // nothing limits it
	case err != nil:
		return err
	}
	_, err := tx.Exec(ctx, count, producer, today)
	if postgres.Constraint(err) == "standing_within_quota" {
		return ErrTooManySeries.With("max", allowed).Because(err)
	}
	return err
}

func updateSeries(ctx context.Context, tx *postgres.Tx, row seriesRow) error {
	const update = `
		UPDATE catalog.offer_series
		   SET rule = $2, first_day = $3, last_day = $4, quantity = $5, min_order = $6, multiple = $7, lead_days = $8, price_tiers = $9,
		       price_on_the_day = $10, place = nullif($11, ''), visibility = $12, state = $13, version = version + 1, updated_at = $14
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, row.ID, postgres.JSON[Recurrence]{V: row.Rule}, row.From, row.To, row.Quantity, row.MinOrder,
		row.Multiple, row.LeadDays, postgres.JSON[tiers]{V: row.PriceTiers}, row.PriceOnTheDay, row.PlaceCode, row.Visibility, row.State, tx.Now)
	return postgres.MapConstraint(err, byConstraint)
}

// selectSeries reads series; what is asked for follows.
const selectSeries = `
	SELECT e.id, e.product_id, e.producer_id, e.rule, e.first_day, e.last_day, e.quantity, e.unit, e.min_order, e.multiple, e.lead_days,
	       e.price_tiers, e.price_on_the_day, coalesce(e.place, '') AS place, e.visibility, e.state, e.invented, e.version, e.created_at,
	       e.updated_at
	  FROM catalog.offer_series e`

type seriesRecord struct {
	ID            uuid.UUID                 `db:"id"`
	ProductID     uuid.UUID                 `db:"product_id"`
	ProducerID    uuid.UUID                 `db:"producer_id"`
	Rule          postgres.JSON[Recurrence] `db:"rule"`
	FirstDay      civil.Date                `db:"first_day"`
	LastDay       civil.Date                `db:"last_day"`
	Quantity      quantity.Quantity         `db:"quantity"`
	Unit          string                    `db:"unit"`
	MinOrder      quantity.Quantity         `db:"min_order"`
	Multiple      quantity.Quantity         `db:"multiple"`
	LeadDays      int                       `db:"lead_days"`
	PriceTiers    postgres.JSON[tiers]      `db:"price_tiers"`
	PriceOnTheDay bool                      `db:"price_on_the_day"`
	Place         string                    `db:"place"`
	Visibility    Visibility                `db:"visibility"`
	State         OfferState                `db:"state"`
	Invented      bool                      `db:"invented"`
	Version       int64                     `db:"version"`
	CreatedAt     time.Time                 `db:"created_at"`
	UpdatedAt     time.Time                 `db:"updated_at"`
}

func (r seriesRecord) row() seriesRow {
	return seriesRow{
		ID: r.ID, ProducerID: r.ProducerID, State: r.State, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		NewSeries: NewSeries{
			ProductID: r.ProductID, Rule: r.Rule.V, From: r.FirstDay, To: r.LastDay, Quantity: r.Quantity, Unit: r.Unit, MinOrder: r.MinOrder,
			Multiple: r.Multiple, LeadDays: r.LeadDays, PriceTiers: r.PriceTiers.V, PriceOnTheDay: r.PriceOnTheDay, PlaceCode: r.Place,
			Visibility: r.Visibility, Invented: r.Invented,
		},
	}
}

// lockSeries reads a series and holds it until the transaction ends: its changes happen one after
// the other.
func lockSeries(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (seriesRow, error) {
	return oneSeries(ctx, tx, selectSeries+` WHERE e.id = $1 FOR UPDATE`, id)
}

func loadSeries(ctx context.Context, reader postgres.Reader, id uuid.UUID) (seriesRow, error) {
	return oneSeries(ctx, reader, selectSeries+` WHERE e.id = $1`, id)
}

func oneSeries(ctx context.Context, reader postgres.Reader, query string, id uuid.UUID) (seriesRow, error) {
	var record seriesRecord
	err := reader.Get(ctx, &record, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return seriesRow{}, fault.ErrNotFound.With()
	}
	return record.row(), err
}

// standingOf reads the offers of series with their balances, by series, in the order of their ids.
func standingOf(ctx context.Context, reader postgres.Reader, ids []uuid.UUID) (map[uuid.UUID][]supplied, error) {
	const query = selectOffers + ` WHERE o.series_id = ANY (CAST($1 AS uuid[])) ORDER BY o.id`
	return balanced(ctx, reader, query, postgres.Array(ids))
}

// lockStanding is standingOf for one series, with its offers held until the transaction ends and
// holds that have run out released.
func lockStanding(ctx context.Context, tx *postgres.Tx, id uuid.UUID) ([]supplied, error) {
	const query = selectOffers + ` WHERE o.series_id = $1 ORDER BY o.id FOR UPDATE`
	var records []offerRecord
	if err := tx.Select(ctx, &records, query, id); err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(records))
	for at, record := range records {
		ids[at] = record.ID
	}
	if _, err := ledger.ReleaseExpiredTx(ctx, tx, ids); err != nil {
		return nil, err
	}
	bySeries, err := withBalances(ctx, tx, records)
	return bySeries[id], err
}

func balanced(ctx context.Context, reader postgres.Reader, query string, args ...any) (map[uuid.UUID][]supplied, error) {
	var records []offerRecord
	if err := reader.Select(ctx, &records, query, args...); err != nil {
		return nil, err
	}
	return withBalances(ctx, reader, records)
}

func withBalances(ctx context.Context, reader postgres.Reader, records []offerRecord) (map[uuid.UUID][]supplied, error) {
	ids := make([]uuid.UUID, len(records))
	for at, record := range records {
		ids[at] = record.ID
	}
	balances, err := ledger.OfferBalances(ctx, reader, ids)
	if err != nil {
		return nil, err
	}
	bySeries := make(map[uuid.UUID][]supplied)
	for _, record := range records {
		offer := supplied{offerRow: record.row(), balance: balances[record.ID]}
		offer.Quantity = offer.balance.Supplied
		bySeries[offer.SeriesID] = append(bySeries[offer.SeriesID], offer)
	}
	return bySeries, nil
}

// occurring are the offers of a series for its occurrences.
func occurring(series seriesRow, marks carried, occurrences []occurrence) ([]offerRow, error) {
	rows := make([]offerRow, 0, len(occurrences))
	for _, o := range occurrences {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("naming an offer: %w", err)
		}
		rows = append(rows, offerRow{
			NewOffer: series.dated(o), ID: id, ProducerID: series.ProducerID, Schemes: marks.Schemes, State: OfferOpen, Version: 1,
			SeriesID: series.ID, SeriesOn: o.On, Grade: series.grade, Stars: marks.Stars,
		})
	}
	return rows, nil
}

// recordOffers notes the same of many offers in the audit trail.
func recordOffers(ctx context.Context, tx *postgres.Tx, who identity.Principal, action string, rows []offerRow) error {
	entries := make([]identity.Entry, len(rows))
	for i, row := range rows {
		entries[i] = identity.Entry{Action: action, Subject: identity.Subject{Kind: "offer", ID: row.ID}, Detail: map[string]any{
			"series_id": row.SeriesID, "product_id": row.ProductID, "quantity": row.Quantity, "available_from": row.AvailableFrom,
		}}
	}
	return identity.RecordAllTx(ctx, tx, who, entries...)
}
