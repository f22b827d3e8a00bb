package hashchain

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Kind is a way in which a chain is broken.
type Kind string

// The kinds of findings.
const (
	// Edited: the row, or its seal, is not what was sealed.
	Edited Kind = "edited"
	// Cut: a sealed row is gone.
	Cut Kind = "cut"
	// Gap: seals are missing.
	Gap Kind = "gap"
	// Reordered: seals do not follow the order of their rows.
	Reordered Kind = "reordered"
	// Unsealed: a row is not sealed although it should be: slipped in, or the sealer stands still.
	Unsealed Kind = "unsealed"
)

// Grace is how old a row may be before it must be sealed. The sealer needs a second at most.
const Grace = 5 * time.Second

// unsealedReported bounds the rows that are named when the sealer stands still.
const unsealedReported = 100

// Finding is one place where a chain is broken.
type Finding struct {
	Chain string    `json:"chain"`
	Kind  Kind      `json:"kind"`
	Seq   int64     `json:"seq,omitempty"` // 0 for a row without a seal
	Row   uuid.UUID `json:"row"`
	// Detail says what was seen.
	Detail string `json:"detail"`
}

// sealedRow is a seal with the row it names.
type sealedRow struct {
	Seq       int64     `db:"seq"`
	Row       uuid.UUID `db:"row_id"`
	SealXact  string    `db:"seal_xact"`
	Chain     []byte    `db:"chain"`
	Xact      *string   `db:"xact"`
	Canonical *string   `db:"canonical"`
}

// text is the row's rendering; an expression that gives NULL counts as empty, as when sealing.
func (r sealedRow) text() string {
	if r.Canonical == nil {
		return ""
	}
	return *r.Canonical
}

// verifier walks along one chain.
type verifier struct {
	chain    Chain
	report   func(Finding)
	previous sealedRow
	position tuple
	checked  int
}

// tuple is a row's place in the order.
type tuple struct {
	xact uint64
	id   uuid.UUID
}

func (t tuple) less(other tuple) bool {
	return t.xact < other.xact || (t.xact == other.xact && bytes.Compare(t.id[:], other.id[:]) < 0)
}

// Verify walks along the whole chain, tells report of everything that is broken and returns how
// many seals it looked at. It reads in pieces, so that memory stays flat and no statement runs
// long. After a broken link it goes on from the seal as kept, so that one edit is one finding.
func (c Chain) Verify(ctx context.Context, reader postgres.Reader, report func(Finding)) (int, error) {
	v := &verifier{chain: c, report: report}
	for more := true; more; {
		var err error
		if more, err = v.piece(ctx, reader); err != nil {
			return v.checked, fmt.Errorf("verifying %s: %w", c.Name, err)
		}
	}
	if err := v.unsealed(ctx, reader); err != nil {
		return v.checked, fmt.Errorf("verifying %s: %w", c.Name, err)
	}
	return v.checked, nil
}

// piece verifies the next seals. OFFSET 0 makes each row be looked up by its key: a planner with
// stale statistics would otherwise read the whole table once for every piece.
func (v *verifier) piece(ctx context.Context, reader postgres.Reader) (more bool, err error) {
	query := `
		SELECT s.seq, s.row_id, s.xact::text AS seal_xact, s.chain, r.xact, r.canonical
		  FROM (SELECT seq, row_id, xact, chain FROM ` + v.chain.Seals + ` WHERE seq > $1 ORDER BY seq LIMIT $2) s
		  LEFT JOIN LATERAL (
		       SELECT t.xact::text AS xact, ` + v.chain.Canonical + ` AS canonical
		         FROM ` + v.chain.Table + ` t WHERE t.id = s.row_id OFFSET 0) r ON true
		 ORDER BY s.seq`
	rows := make([]sealedRow, 0, verifyBatch)
	if err := reader.Select(ctx, &rows, query, v.previous.Seq, verifyBatch); err != nil {
		return false, err
	}
	for _, row := range rows {
		if err := v.check(row); err != nil {
			return false, err
		}
	}
	return len(rows) == verifyBatch, nil
}

func (v *verifier) check(row sealedRow) error {
	v.checked++
	xact, err := strconv.ParseUint(row.SealXact, 10, 64)
	if err != nil {
		return fmt.Errorf("seal %d: %w", row.Seq, err)
	}
	position := tuple{xact: xact, id: row.Row}
	gap := row.Seq != v.previous.Seq+1
	switch {
	case gap:
		v.find(Gap, row, fmt.Sprintf("seals %d to %d are missing before it", v.previous.Seq+1, row.Seq-1))
	case row.Xact == nil:
		v.find(Cut, row, "the sealed row is gone")
	case v.checked > 1 && !v.position.less(position):
		v.find(Reordered, row, "it is sealed after a row that was written later")
	case *row.Xact != row.SealXact:
		v.find(Edited, row, "its transaction is not the one that was sealed")
	case !bytes.Equal(row.Chain, link{id: row.Row, xact: *row.Xact, canonical: row.text()}.after(v.previous.Chain)):
		v.find(Edited, row, "the row is not what was sealed")
	}
	if gap && row.Xact == nil {
		v.find(Cut, row, "the sealed row is gone")
	}
	v.previous, v.position = row, position
	return nil
}

func (v *verifier) find(kind Kind, row sealedRow, detail string) {
	v.report(Finding{Chain: v.chain.Name, Kind: kind, Seq: row.Seq, Row: row.Row, Detail: detail})
}

// unsealed looks for rows without a seal: behind the newest seal they were slipped in, before it
// they wait for the sealer, which may take Grace.
func (v *verifier) unsealed(ctx context.Context, reader postgres.Reader) error {
	var late struct {
		Rows  int64 `db:"rows"`
		Seals int64 `db:"seals"`
	}
	last := v.previous
	if last.Seq == 0 {
		last.SealXact = "0"
	}
	count := `
		SELECT (SELECT count(*) FROM ` + v.chain.Table + ` t WHERE (t.xact, t.id) <= ($1::xid8, $2::uuid)) AS rows,
		       (SELECT count(*) FROM ` + v.chain.Seals + ` WHERE seq <= $3) AS seals`
	if err := reader.Get(ctx, &late, count, last.SealXact, last.Row, last.Seq); err != nil {
		return err
	}
	from := tuple{xact: v.position.xact, id: v.position.id}
	if late.Rows != late.Seals {
		from = tuple{}
	}
	return v.walkUnsealed(ctx, reader, from)
}

func (v *verifier) walkUnsealed(ctx context.Context, reader postgres.Reader, from tuple) error {
	query := `
		SELECT p.id, p.xact::text AS xact, s.row_id IS NOT NULL AS sealed
		  FROM (SELECT t.id, t.xact FROM ` + v.chain.Table + ` t
		         WHERE (t.xact, t.id) > ($1::xid8, $2::uuid) AND t.xact < pg_snapshot_xmin(pg_current_snapshot())
		         ORDER BY t.xact, t.id LIMIT $3) p
		  LEFT JOIN LATERAL (SELECT row_id FROM ` + v.chain.Seals + ` WHERE row_id = p.id OFFSET 0) s ON true
		 ORDER BY p.xact, p.id`
	end, named, more := v.position, 0, 0
	for {
		var rows []struct {
			ID     uuid.UUID `db:"id"`
			Xact   string    `db:"xact"`
			Sealed bool      `db:"sealed"`
		}
		if err := reader.Select(ctx, &rows, query, strconv.FormatUint(from.xact, 10), from.id, verifyBatch); err != nil {
			return err
		}
		for _, row := range rows {
			xact, err := strconv.ParseUint(row.Xact, 10, 64)
			if err != nil {
				return err //nolint:wrapcheck // the database's own number
			}
			from = tuple{xact: xact, id: row.ID}
			slipped := !end.less(from)
			switch {
			case row.Sealed || (!slipped && young(row.ID)):
			case named == unsealedReported:
				more++
			default:
				named++
				v.report(Finding{Chain: v.chain.Name, Kind: Unsealed, Row: row.ID, Detail: unsealedDetail(slipped)})
			}
		}
		if len(rows) < verifyBatch {
			break
		}
	}
	if more > 0 {
		v.report(Finding{Chain: v.chain.Name, Kind: Unsealed, Detail: fmt.Sprintf("and %d more rows without a seal", more)})
	}
	return nil
}

func unsealedDetail(slipped bool) string {
	if slipped {
		return "the row was put among sealed ones"
	}
	return fmt.Sprintf("the row is older than %s and has no seal", Grace)
}

// young reports whether the sealer may still be on its way. The time stands in the id (RFC 9562,
// version 7); an id of another version counts as old.
func young(id uuid.UUID) bool {
	if id.Version() != 7 {
		return false
	}
	seconds, nanoseconds := id.Time().UnixTime()
	return time.Since(time.Unix(seconds, nanoseconds)) < Grace
}
