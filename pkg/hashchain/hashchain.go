// Package hashchain seals rows of an append-only table, so that a row edited, cut, slipped in or
// moved afterwards is found and named.
//
// Chaining inside the business transaction would make every write wait for the one before it.
// Here one sealer follows behind: within a second of a commit it gives the row a place in one
// order and a hash over everything before it. The order is (xact, id): a row carries the id of
// the transaction that wrote it, and a row is sealed only once every older transaction has ended
// (xact < pg_snapshot_xmin), so that none can appear behind a row that is sealed already.
//
// The table needs the columns id uuid and xact xid8 DEFAULT pg_current_xact_id(), and an index on
// (xact, id). The seals are kept in a second table:
//
//	seq bigint PRIMARY KEY, row_id uuid UNIQUE, xact xid8, chain bytea
//
// What it cannot see: an owner of the database who rewrites rows and all seals after them, or who
// cuts the newest rows together with their seals. Against that, note a [Head] somewhere else and
// compare it later with [Chain.Holds]. Transaction ids survive a physical copy or a promotion,
// but not a dump: after restoring one into a new cluster the seals must be started anew.
package hashchain

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

const (
	sealBatch   = 20_000 // rows that one transaction seals: about 100 ms of work
	verifyBatch = 5_000  // rows held in memory while verifying
)

// Chain says what is sealed. Its texts are part of the program, never input: they are put into
// SQL as they stand.
type Chain struct {
	// Name tells chains apart, in findings and in the lock that keeps the sealer alone.
	Name string
	// Table holds the rows, Seals their seals; both with their schema.
	Table, Seals string
	// Canonical is an SQL expression over a row named t that renders it as text, the same way on
	// every machine, whatever the session's settings, and so that no two different rows look alike:
	// jsonb_build_array over the columns, times as EXTRACT(EPOCH FROM t.at). The package adds
	// id and xact itself.
	Canonical string
}

// Head is the newest seal: noted elsewhere, it is proof of everything before it.
type Head struct {
	Seq   int64  `db:"seq"   json:"seq"` // 0 before anything was sealed
	Chain []byte `db:"chain" json:"chain"`
}

// link is one row on its way into the chain.
type link struct {
	id        uuid.UUID
	xact      string
	canonical string
}

// after returns the chain's value behind previous and the row.
func (l link) after(previous []byte) []byte {
	sum := sha256.New()
	// A hash never fails to write.
	_, _ = sum.Write(previous)
	_, _ = sum.Write([]byte(l.id.String() + " " + l.xact + " " + l.canonical))
	return sum.Sum(nil)
}

// Head returns the newest seal.
func (c Chain) Head(ctx context.Context, reader postgres.Reader) (Head, error) {
	var head Head
	err := reader.Get(ctx, &head, `SELECT seq, chain FROM `+c.Seals+` ORDER BY seq DESC LIMIT 1`)
	if errors.Is(err, postgres.ErrNoRows) {
		return Head{}, nil
	}
	return head, err
}

// Holds reports whether the chain still goes through a head that was noted earlier.
func (c Chain) Holds(ctx context.Context, reader postgres.Reader, noted Head) (bool, error) {
	if noted.Seq == 0 {
		return true, nil
	}
	var kept []byte
	err := reader.Get(ctx, &kept, `SELECT chain FROM `+c.Seals+` WHERE seq = $1`, noted.Seq)
	if errors.Is(err, postgres.ErrNoRows) {
		return false, nil
	}
	return bytes.Equal(kept, noted.Chain), err
}

// Seal seals what has been committed since the last time, at most one batch, and returns how much
// that was. When another process is sealing it returns 0 at once. Run it every half second, and
// again at once while it returns something.
func (c Chain) Seal(ctx context.Context, db *postgres.DB) (int, error) {
	sealed := 0
	err := db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var err error
		sealed, err = c.seal(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sealing %s: %w", c.Name, err)
	}
	return sealed, nil
}

func (c Chain) seal(ctx context.Context, tx *postgres.Tx) (int, error) {
	var alone bool
	if err := tx.Get(ctx, &alone, `SELECT pg_try_advisory_xact_lock(hashtextextended('hashchain ' || $1, 0))`, c.Name); err != nil || !alone {
		return 0, err
	}
	last := struct {
		Seq   int64     `db:"seq"`
		Row   uuid.UUID `db:"row_id"`
		Xact  string    `db:"xact"`
		Chain []byte    `db:"chain"`
	}{Xact: "0"}
	err := tx.Get(ctx, &last, `SELECT seq, row_id, xact::text AS xact, chain FROM `+c.Seals+` ORDER BY seq DESC LIMIT 1`)
	if err != nil && !errors.Is(err, postgres.ErrNoRows) {
		return 0, err
	}
	var (
		seqs   []int64
		ids    []uuid.UUID
		xacts  []string
		chains [][]byte
	)
	query := `
		SELECT t.id, t.xact::text, COALESCE(` + c.Canonical + `, '')
		  FROM ` + c.Table + ` t
		 WHERE (t.xact, t.id) > ($1::xid8, $2::uuid) AND t.xact < pg_snapshot_xmin(pg_current_snapshot())
		 ORDER BY t.xact, t.id
		 LIMIT $3`
	err = tx.Each(ctx, query, []any{last.Xact, last.Row, sealBatch}, func(scan func(dest ...any) error) error {
		var row link
		if err := scan(&row.id, &row.xact, &row.canonical); err != nil {
			return err
		}
		last.Seq, last.Chain = last.Seq+1, row.after(last.Chain)
		seqs, ids = append(seqs, last.Seq), append(ids, row.id)
		xacts, chains = append(xacts, row.xact), append(chains, last.Chain)
		return nil
	})
	if err != nil || len(seqs) == 0 {
		return 0, err
	}
	insert := `
		INSERT INTO ` + c.Seals + ` (seq, row_id, xact, chain)
		SELECT seq, row_id, xact::xid8, chain
		  FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::bytea[]) AS s (seq, row_id, xact, chain)`
	_, err = tx.Exec(ctx, insert, postgres.Array(seqs), postgres.Array(ids), postgres.Array(xacts), postgres.Array(chains))
	return len(seqs), err
}
