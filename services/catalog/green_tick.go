package catalog

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// TickFact is what the catalogue and deals know of the Green Tick of a product in a retail system.
// How a tick gets there is told by those who keep it (see NoteTickTx).
type TickFact struct {
	ProductID uuid.UUID
	System    string
	// Given says that the system has approved it and found no breach since.
	Given bool
	// StoppedSince is when a breach was reported in the system; nil: none is open or confirmed.
	StoppedSince *time.Time
	// SpreadsAt is from when that case halts the ticks of the other systems; nil: it does not.
	SpreadsAt *time.Time
}

// NoteTickTx notes where a Green Tick stands, in the transaction that moves it. It is for whoever
// keeps the ticks; nobody else writes these facts.
func NoteTickTx(ctx context.Context, tx *postgres.Tx, fact TickFact) error {
	const upsert = `
		INSERT INTO catalog.product_ticks (product_id, system, given, stopped_since, spreads_at) VALUES ($1, $2, $3, $4, $5)
		    ON CONFLICT (product_id, system) DO UPDATE
		   SET given = excluded.given, stopped_since = excluded.stopped_since, spreads_at = excluded.spreads_at`
	_, err := tx.Exec(ctx, upsert, fact.ProductID, fact.System, fact.Given, fact.StoppedSince, fact.SpreadsAt)
	return err
}

// SalesStop says that a product with a Green Tick in a system is not to be sold there for now.
type SalesStop struct {
	// System is the name of the retail system.
	System string
	// Since is when a breach was reported in the system, or another system's case reached it.
	Since time.Time
	// Case is the code of the system whose case it is.
	Case string
}

// SalesStopsTx returns which of the products a system sells no more of at the transaction's instant
// because of a breach under the Green Tick; all others are missing from the map. It is one statement.
// A product that has no tick in the system is not stopped there.
func SalesStopsTx(ctx context.Context, tx *postgres.Tx, products []uuid.UUID, system string) (map[uuid.UUID]SalesStop, error) {
	const query = `
		SELECT p.product_id, b.name_vi, p.since, p.case_of
		  FROM catalog.sales_stops(CAST($1 AS uuid[]), $2) p
		  JOIN reference.buyer_systems b ON b.code = p.system
		 WHERE p.system = $3`
	var rows []struct {
		ProductID uuid.UUID `db:"product_id"`
		Name      string    `db:"name_vi"`
		Since     time.Time `db:"since"`
		CaseOf    string    `db:"case_of"`
	}
	if err := tx.Select(ctx, &rows, query, postgres.Array(products), tx.Now, system); err != nil {
		return nil, err
	}
	stops := make(map[uuid.UUID]SalesStop, len(rows))
	for _, row := range rows {
		stops[row.ProductID] = SalesStop{System: row.Name, Since: row.Since.UTC(), Case: row.CaseOf}
	}
	return stops, nil
}

// ShownTick is a Green Tick as a reader of the catalogue may know of it.
type ShownTick struct {
	System string     `json:"system"          doc:"Code of the retail system."`
	Name   string     `json:"name"`
	NameEN string     `json:"name_en"`
	State  string     `json:"state"           doc:"In force: sold under the Green Tick there. Stopped: a breach was found there, or one that was confirmed or not answered within 24 hours elsewhere." enum:"in_force,stopped"`
	Since  *time.Time `json:"since,omitempty" doc:"Since when it is stopped."`
	CaseOf string     `json:"case_of,omitempty" doc:"The system whose case stops it."`
}

// ProductTicks lists the Green Ticks of a product by system, to approved buyers, its producer and
// officials. Refused: what MayRead refuses, fault.ErrForbidden to all others, fault.ErrNotFound for a
// product the reader may not know of and for another producer's.
//
// A case that has not reached the other systems is nobody's business but the system's own, the
// producer's and the officials': to all others the tick stands as it did before. So does one that was
// answered in time, until it is confirmed.
func (s *Service) ProductTicks(ctx context.Context, who identity.Principal, product uuid.UUID) ([]ShownTick, error) {
	reader := viewerOf(who)
	if reader.class == anybody && reader.own == uuid.Nil {
		if err := who.MayRead(readArea); err != nil {
			return nil, err
		}
		return nil, fault.ErrForbidden.With()
	}
	found, err := s.product(ctx, reader, product)
	if err != nil {
		return nil, err
	}
	seesAll := reader.class == official || reader.owns(found.Producer.ID)
	if reader.own != uuid.Nil && !seesAll {
		return nil, fault.ErrNotFound.With()
	}
	var ticks []ShownTick
	err = s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		organisations, err := identity.OrganisationsIn(ctx, tx, []uuid.UUID{who.OrganisationID})
		if err != nil {
			return err
		}
		ticks, err = shownTicks(ctx, tx, product, seesAll, organisations[who.OrganisationID].BuyerSystem)
		return err
	})
	return ticks, err
}

// shownTicks reads the ticks of a product as they are to a reader who sees all, or those of one
// system; of the others what has reached every system.
func shownTicks(ctx context.Context, tx *postgres.Tx, product uuid.UUID, all bool, system string) ([]ShownTick, error) {
	const query = `
		SELECT t.system, b.name_vi, b.name_en, coalesce(p.since, c.spreads_at) AS since, coalesce(p.case_of, c.system, '') AS case_of
		  FROM catalog.product_ticks t
		  JOIN reference.buyer_systems b ON b.code = t.system
		  LEFT JOIN catalog.sales_stops(ARRAY[CAST($1 AS uuid)], $2) p ON p.system = t.system AND ($3 OR t.system = $4)
		  LEFT JOIN LATERAL (SELECT o.system, o.spreads_at FROM catalog.product_ticks o
		                      WHERE o.product_id = t.product_id AND o.spreads_at <= $2
		                      ORDER BY o.spreads_at, o.system LIMIT 1) c ON NOT ($3 OR t.system = $4)
		 WHERE t.product_id = $1 AND (t.given OR t.stopped_since IS NOT NULL)
		 ORDER BY b.position, t.system`
	var rows []struct {
		System string     `db:"system"`
		Name   string     `db:"name_vi"`
		NameEN string     `db:"name_en"`
		Since  *time.Time `db:"since"`
		CaseOf string     `db:"case_of"`
	}
	if err := tx.Select(ctx, &rows, query, product, tx.Now, all, system); err != nil {
		return nil, err
	}
	ticks := make([]ShownTick, 0, len(rows))
	for _, row := range rows {
		shown := ShownTick{System: row.System, Name: row.Name, NameEN: row.NameEN, State: "in_force", CaseOf: row.CaseOf}
		if row.Since != nil {
			shown.State, shown.Since = "stopped", new(row.Since.UTC())
		}
		ticks = append(ticks, shown)
	}
	return ticks, nil
}
