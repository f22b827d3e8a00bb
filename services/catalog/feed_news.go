package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// news is what a poll found.
type news struct {
	changedThings

	seen         postgres.Snapshot
	home         string                 // which database this is; told once
	transactions map[uuid.UUID][]uint64 // by product or producer
}

// changedSince lists what changed in transactions that a snapshot did not see, by product or, for
// certificates and the organisation itself, by producer, with the snapshot of this statement. The
// certificate of a group is its members' too. A change of the kind "catalogue" stands for everything: data that was loaded in bulk.
const changedSince = `
	WITH changed AS (
		SELECT c.xact, c.subject_kind AS kind, c.subject_id AS id
		  FROM identity.changes c
		 WHERE c.xact >= pg_snapshot_xmin(CAST($1 AS pg_snapshot)) AND NOT pg_visible_in_snapshot(c.xact, CAST($1 AS pg_snapshot))
		   AND c.subject_kind IN ('product', 'offer', 'certificate', 'organisation', 'catalogue')
		 UNION
		SELECT c.xact, 'offer', c.offer_id
		  FROM ledger.supply_changes c
		 WHERE c.xact >= pg_snapshot_xmin(CAST($1 AS pg_snapshot)) AND NOT pg_visible_in_snapshot(c.xact, CAST($1 AS pg_snapshot))
	), things AS (
		SELECT 'product' AS kind, c.id, c.xact FROM changed c WHERE c.kind = 'product'
		 UNION
		SELECT 'product', o.product_id, c.xact FROM changed c JOIN catalog.offers o ON o.id = c.id WHERE c.kind = 'offer'
		 UNION
		SELECT 'producer', k.producer_id, c.xact FROM changed c JOIN catalog.certificates k ON k.id = c.id WHERE c.kind = 'certificate'
		 UNION
		SELECT 'producer', m.producer_id, c.xact FROM changed c JOIN catalog.certificate_members m ON m.certificate_id = c.id
		 WHERE c.kind = 'certificate' AND m.producer_id IS NOT NULL
		 UNION
		SELECT 'producer', c.id, c.xact FROM changed c WHERE c.kind = 'organisation'
		 UNION
		SELECT 'catalogue', c.id, c.xact FROM changed c WHERE c.kind = 'catalogue'
	)
	SELECT '' AS kind, CAST('00000000-0000-0000-0000-000000000000' AS uuid) AS id, 0 AS xact, CAST(pg_current_snapshot() AS text) AS seen
	 UNION ALL
	SELECT t.kind, t.id, CAST(CAST(t.xact AS text) AS bigint), '' FROM things t`

// readNews asks what changed since a snapshot. Without one, or when the database is not the one
// that gave it (it was restored: its transactions begin again), everything did.
func readNews(ctx context.Context, db *postgres.DB, since postgres.Snapshot) (news, error) {
	if since.IsZero() {
		const begin = `
			SELECT CAST(pg_current_snapshot() AS text) AS seen, CAST(s.system_identifier AS text) || '.' || d.oid AS home
			  FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()`
		var first struct {
			Seen postgres.Snapshot `db:"seen"`
			Home string            `db:"home"`
		}
		err := db.Get(ctx, &first, begin)
		return news{seen: first.Seen, home: first.Home, changedThings: changedThings{all: true}}, err
	}
	var rows []struct {
		Kind string    `db:"kind"`
		ID   uuid.UUID `db:"id"`
		Xact uint64    `db:"xact"`
		Seen string    `db:"seen"`
	}
	if err := db.Select(ctx, &rows, changedSince, since); err != nil {
		return news{}, err
	}
	found := news{transactions: make(map[uuid.UUID][]uint64, len(rows))}
	for _, row := range rows {
		if row.Kind == "" {
			seen, err := postgres.ParseSnapshot(row.Seen)
			if err != nil {
				return news{}, err
			}
			found.seen = seen
			continue
		}
		found.add(row.Kind, row.ID, row.Xact)
	}
	if len(found.products) > reloadFrom || !found.seen.Includes(since) {
		found.all = true
	}
	return found, nil
}

func (n *news) add(kind string, id uuid.UUID, transaction uint64) {
	known := len(n.transactions[id]) > 0
	n.transactions[id] = append(n.transactions[id], transaction)
	switch {
	case kind == "catalogue":
		n.all = true
	case known:
	case kind == "product":
		n.products = append(n.products, id)
	default:
		n.producers = append(n.producers, id)
	}
}
