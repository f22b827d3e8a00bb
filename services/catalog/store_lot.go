package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

func insertLot(ctx context.Context, tx *postgres.Tx, id uuid.UUID, product productRow, lot NewLot) error {
	const insert = `
		INSERT INTO catalog.lots (id, producer_id, product_id, code, harvested_on, packed_on, quantity, unit, note, invented, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	_, err := tx.Exec(ctx, insert, id, product.ProducerID, product.ID, lot.Code, lot.HarvestedOn, lot.PackedOn, lot.Quantity, product.Unit,
		lot.Note, lot.Invented, tx.Now)
	return lotRefusal(err, lot.Code, product.Unit)
}

// lotRefusal names what the trigger that keeps lots refused, with the amounts that it tells. The
// CHECK behind it tells none.
func lotRefusal(err error, code, unit string) error {
	var told struct {
		Remaining  int64 `json:"remaining"`
		Dispatched int64 `json:"dispatched"`
	}
	switch postgres.Constraint(err) {
	case "lots_not_overdrawn":
		if json.Unmarshal([]byte(postgres.Detail(err)), &told) != nil {
			return ErrLotOverdrawn.At("quantity", "lot", code, "unit", unit).Because(err)
		}
		return ErrLotOverdrawn.At("quantity", "lot", code, "unit", unit, "remaining", quantity.Quantity(told.Remaining)).Because(err)
	case "lots_cover_what_was_sent":
		if json.Unmarshal([]byte(postgres.Detail(err)), &told) != nil {
			return ErrLotSentMore.With("unit", unit).Because(err)
		}
		return ErrLotSentMore.With("unit", unit, "dispatched", quantity.Quantity(told.Dispatched)).Because(err)
	default:
		return postgres.MapConstraint(err, byConstraint)
	}
}

// sentSource is a source as the insert reads it.
type sentSource struct {
	OrganisationID uuid.NullUUID `json:"organisation_id"`
	Name           string        `json:"name"`
	Commune        string        `json:"commune"`
	Area           int64         `json:"area"`
	Quantity       int64         `json:"quantity"`
	Scheme         string        `json:"scheme"`
	Number         string        `json:"number"`
}

// insertSources adds sources after those there are, in one statement. The lot is locked, or new.
func insertSources(ctx context.Context, tx *postgres.Tx, lotID uuid.UUID, unit string, sources []NewSource) error {
	const insert = `
		INSERT INTO catalog.lot_sources (lot_id, n, organisation_id, name, commune, area, quantity, scheme, certificate_number)
		SELECT $1, (SELECT coalesce(max(n), 0) FROM catalog.lot_sources WHERE lot_id = $1) + given.position, given.organisation_id, given.name,
		       nullif(given.commune, ''), nullif(given.area, 0), given.quantity, nullif(given.scheme, ''), given.number
		  FROM ROWS FROM (jsonb_to_recordset(CAST($2 AS jsonb)) AS (organisation_id uuid, name text, commune text, area bigint, quantity bigint,
		       scheme text, number text)) WITH ORDINALITY AS given(organisation_id, name, commune, area, quantity, scheme, number, position)`
	if len(sources) == 0 {
		return nil
	}
	sent := make([]sentSource, 0, len(sources))
	for _, source := range sources {
		one := sentSource{
			OrganisationID: postgres.NullID(source.OrganisationID), Name: source.Name, Commune: source.CommuneCode,
			Quantity: int64(source.Quantity), Scheme: source.Scheme, Number: oneLine(source.CertificateNumber),
		}
		if source.AreaHa != nil {
			one.Area = int64(*source.AreaHa)
		}
		sent = append(sent, one)
	}
	_, err := tx.Exec(ctx, insert, lotID, postgres.JSON[[]sentSource]{V: sent})
	return lotRefusal(err, "", unit)
}

// selectLots reads lots without their sources; what is asked for follows.
const selectLots = `
	SELECT l.id, l.product_id, l.producer_id, l.code, l.harvested_on, l.packed_on, l.quantity, l.unit, l.note, l.invented, l.created_at,
	       EXISTS (SELECT 1 FROM catalog.lot_sources s WHERE s.lot_id = l.id) AS declared, b.dispatched,
	       CASE WHEN b.allowed IS NOT NULL THEN greatest(b.allowed - b.dispatched, 0) END AS remaining
	  FROM catalog.lots l
	  JOIN catalog.lot_balances b ON b.product_id = l.product_id AND b.code = l.code`

type lotRecord struct {
	ID          uuid.UUID          `db:"id"`
	ProductID   uuid.UUID          `db:"product_id"`
	ProducerID  uuid.UUID          `db:"producer_id"`
	Code        string             `db:"code"`
	HarvestedOn civil.Date         `db:"harvested_on"`
	PackedOn    civil.Date         `db:"packed_on"`
	Quantity    *quantity.Quantity `db:"quantity"`
	Unit        string             `db:"unit"`
	Note        string             `db:"note"`
	Invented    bool               `db:"invented"`
	CreatedAt   time.Time          `db:"created_at"`
	Declared    bool               `db:"declared"`
	Dispatched  quantity.Quantity  `db:"dispatched"`
	Remaining   *quantity.Quantity `db:"remaining"`
}

func (r lotRecord) lot() Lot {
	return Lot{
		ID: r.ID, ProductID: r.ProductID, ProducerID: r.ProducerID, Code: r.Code, HarvestedOn: r.HarvestedOn, PackedOn: r.PackedOn,
		Quantity: r.Quantity, Unit: r.Unit, Note: r.Note, SourcesDeclared: r.Declared, Invented: r.Invented, CreatedAt: r.CreatedAt.UTC(),
		Dispatched: &r.Dispatched, Remaining: r.Remaining,
	}
}

func lockLot(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (Lot, error) {
	return oneLot(ctx, tx, selectLots+` WHERE l.id = $1 FOR UPDATE OF l`, id)
}

func lotByCode(ctx context.Context, reader postgres.Reader, productID uuid.UUID, code string) (Lot, error) {
	return oneLot(ctx, reader, selectLots+` WHERE l.product_id = $1 AND l.code = $2`, productID, code)
}

func oneLot(ctx context.Context, reader postgres.Reader, query string, args ...any) (Lot, error) {
	var record lotRecord
	err := reader.Get(ctx, &record, query, args...)
	if errors.Is(err, postgres.ErrNoRows) {
		return Lot{}, fault.ErrNotFound.With()
	}
	return record.lot(), err
}

func lotByID(ctx context.Context, reader postgres.Reader, book *reference.Book, id uuid.UUID) (Lot, error) {
	lot, err := oneLot(ctx, reader, selectLots+` WHERE l.id = $1`, id)
	if err != nil {
		return Lot{}, err
	}
	lots := []Lot{lot}
	err = fillSources(ctx, reader, book, lots)
	return lots[0], err
}

func lotsOf(ctx context.Context, reader postgres.Reader, book *reference.Book, productID, after uuid.UUID, limit int) ([]Lot, error) {
	const query = selectLots + `
		 WHERE l.product_id = $1
		   AND (CAST($2 AS uuid) IS NULL OR (l.created_at, l.id) < (SELECT a.created_at, a.id FROM catalog.lots a WHERE a.id = $2))
		 ORDER BY l.created_at DESC, l.id DESC LIMIT $3`
	var records []lotRecord
	if err := reader.Select(ctx, &records, query, productID, postgres.NullID(after), limit); err != nil {
		return nil, err
	}
	lots := make([]Lot, 0, len(records))
	for _, record := range records {
		lots = append(lots, record.lot())
	}
	return lots, fillSources(ctx, reader, book, lots)
}

// fillSources reads the sources of lots.
func fillSources(ctx context.Context, reader postgres.Reader, book *reference.Book, lots []Lot) error {
	const query = `
		SELECT lot_id, organisation_id, name, coalesce(commune, '') AS commune, area, quantity, coalesce(scheme, '') AS scheme, certificate_number
		  FROM catalog.lot_sources WHERE lot_id = ANY (CAST($1 AS uuid[])) ORDER BY lot_id, n`
	at := make(map[uuid.UUID]int, len(lots))
	ids := make([]uuid.UUID, len(lots))
	for i, lot := range lots {
		at[lot.ID], ids[i] = i, lot.ID
	}
	var rows []struct {
		LotID          uuid.UUID          `db:"lot_id"`
		OrganisationID uuid.NullUUID      `db:"organisation_id"`
		Name           string             `db:"name"`
		Commune        string             `db:"commune"`
		Area           *quantity.Quantity `db:"area"`
		Quantity       quantity.Quantity  `db:"quantity"`
		Scheme         string             `db:"scheme"`
		Number         string             `db:"certificate_number"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return err
	}
	for _, row := range rows {
		lot := &lots[at[row.LotID]]
		lot.Sources = append(lot.Sources, Source{
			OrganisationID: row.OrganisationID.UUID, Name: row.Name, Commune: placeOf(book, row.Commune), AreaHa: row.Area,
			Quantity: row.Quantity, Scheme: row.Scheme, CertificateNumber: row.Number,
		})
	}
	return nil
}

// sourceProducers reads the approved producers that sources name.
func sourceProducers(ctx context.Context, reader postgres.Reader, sources []NewSource) (map[uuid.UUID]sellerRow, error) {
	const query = `
		SELECT id, name, name_en, coalesce(commune_code, '') AS commune, approved, ocop_subject, fictional
		  FROM catalog.producers WHERE approved AND id = ANY (CAST($1 AS uuid[]))`
	var ids []uuid.UUID
	for _, source := range sources {
		if source.OrganisationID != uuid.Nil {
			ids = append(ids, source.OrganisationID)
		}
	}
	producers := make(map[uuid.UUID]sellerRow, len(ids))
	if len(ids) == 0 {
		return producers, nil
	}
	var rows []sellerRow
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	for _, row := range rows {
		producers[row.ID] = row
	}
	return producers, nil
}
