package catalog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// productRow is a product as it is stored, locked for a change.
type productRow struct {
	goods

	ID         uuid.UUID
	ProducerID uuid.UUID
	State      ProductState
	Version    int64
}

// lockProduct reads a product and holds it until the transaction ends; fault.ErrNotFound when
// there is none.
func lockProduct(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (productRow, error) {
	rows, err := lockProducts(ctx, tx, []uuid.UUID{id})
	if row, ok := rows[id]; ok || err != nil {
		return row, err
	}
	return productRow{}, fault.ErrNotFound.With()
}

// lockProducts is lockProduct for several, in the order of their ids; unknown ones are missing.
func lockProducts(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) (map[uuid.UUID]productRow, error) {
	const query = `
		SELECT id, producer_id, name, name_en, line, form, grade, unit, coalesce(unit_weight, 0) AS unit_weight,
		       coalesce(gtin, '') AS gtin, description, state, version
		  FROM catalog.products WHERE id = ANY (CAST($1 AS uuid[])) ORDER BY id FOR NO KEY UPDATE`
	var found []struct {
		ID          uuid.UUID                      `db:"id"`
		ProducerID  uuid.UUID                      `db:"producer_id"`
		Name        string                         `db:"name"`
		NameEN      string                         `db:"name_en"`
		Line        string                         `db:"line"`
		Form        string                         `db:"form"`
		Grade       postgres.JSON[reference.Grade] `db:"grade"`
		Unit        string                         `db:"unit"`
		UnitWeight  quantity.Quantity              `db:"unit_weight"`
		GTIN        string                         `db:"gtin"`
		Description string                         `db:"description"`
		State       ProductState                   `db:"state"`
		Version     int64                          `db:"version"`
	}
	if err := tx.Select(ctx, &found, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	rows := make(map[uuid.UUID]productRow, len(found))
	for _, row := range found {
		rows[row.ID] = productRow{
			ID: row.ID, ProducerID: row.ProducerID, State: row.State, Version: row.Version,
			goods: goods{
				Name: row.Name, NameEN: row.NameEN, Line: row.Line, Form: row.Form, Grade: row.Grade.V, Unit: row.Unit,
				UnitWeight: row.UnitWeight, GTIN: row.GTIN, Description: row.Description,
			},
		}
	}
	return rows, nil
}

// newProduct is a product as insertProducts reads it; quantities travel as integers.
type newProduct struct {
	ID          uuid.UUID       `json:"id"`
	ProducerID  uuid.UUID       `json:"producer_id"`
	Name        string          `json:"name"`
	NameEN      string          `json:"name_en"`
	Line        string          `json:"line"`
	Form        string          `json:"form"`
	Grade       reference.Grade `json:"grade"`
	Unit        string          `json:"unit"`
	UnitWeight  int64           `json:"unit_weight,omitzero"`
	GTIN        string          `json:"gtin,omitempty"`
	Description string          `json:"description"`
	Invented    bool            `json:"invented"`
}

// insertProducts writes drafts in one statement.
func insertProducts(ctx context.Context, tx *postgres.Tx, rows []productRow) error {
	const insert = `
		INSERT INTO catalog.products (id, producer_id, name, name_en, line, form, grade, unit, unit_weight, gtin, description,
		       state, invented, created_at, updated_at)
		SELECT id, producer_id, name, name_en, line, form, grade, unit, unit_weight, gtin, description,
		       'draft', invented, CAST($2 AS timestamptz), CAST($2 AS timestamptz)
		  FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS p(id uuid, producer_id uuid, name text, name_en text, line text, form text, grade jsonb,
		       unit text, unit_weight bigint, gtin text, description text, invented boolean)`
	records := make([]newProduct, len(rows))
	for i, row := range rows {
		records[i] = newProduct{
			ID: row.ID, ProducerID: row.ProducerID, Name: row.Name, NameEN: row.NameEN, Line: row.Line, Form: row.Form, Grade: row.Grade,
			Unit: row.Unit, UnitWeight: int64(row.UnitWeight), GTIN: row.GTIN, Description: row.Description, Invented: row.Invented,
		}
	}
	_, err := tx.Exec(ctx, insert, postgres.JSON[[]newProduct]{V: records}, tx.Now)
	return postgres.MapConstraint(err, byConstraint)
}

func updateProduct(ctx context.Context, tx *postgres.Tx, row productRow) error {
	const update = `
		UPDATE catalog.products
		   SET name = $2, name_en = $3, line = $4, form = $5, grade = $6, unit = $7, unit_weight = nullif(CAST($8 AS bigint), 0),
		       gtin = nullif($9, ''), description = $10, version = version + 1, updated_at = $11
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, row.ID, row.Name, row.NameEN, row.Line, row.Form,
		postgres.JSON[reference.Grade]{V: row.Grade}, row.Unit, row.UnitWeight, row.GTIN, row.Description, tx.Now)
	return postgres.MapConstraint(err, byConstraint)
}

// moveProducts writes the new state of products. The day one was first published is kept.
func moveProducts(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID, state ProductState, reason string) error {
	const update = `
		UPDATE catalog.products
		   SET state = $2, reason = $3, version = version + 1, updated_at = $4,
		       published_at = CASE WHEN $2 = 'published' THEN coalesce(published_at, $4) ELSE published_at END
		 WHERE id = ANY (CAST($1 AS uuid[]))`
	_, err := tx.Exec(ctx, update, postgres.Array(ids), string(state), reason, tx.Now)
	return postgres.MapConstraint(err, byConstraint)
}

// inTrade reports whether a product was ever offered, or has lots, so that volumes stand under its
// line and unit.
func inTrade(ctx context.Context, reader postgres.Reader, product uuid.UUID) (bool, error) {
	const query = `
		SELECT EXISTS (SELECT 1 FROM catalog.offers WHERE product_id = $1) OR EXISTS (SELECT 1 FROM catalog.lots WHERE product_id = $1)`
	var found bool
	err := reader.Get(ctx, &found, query, product)
	return found, err
}

// productPage reads products whole, in the order of the ids, with the marks they may show on a
// day and the offers that can be ordered then or later. It is one statement, and the function
// behind it keeps its plan.
const productPage = `
	SELECT id, producer_id, producer_name, commune, approved, fictional, name, name_en, line, form, grade, unit, unit_weight, gtin,
	       description, state, reason, invented, version, created_at, updated_at, gtin_shared, seen, until, marks, offers, photos
	  FROM catalog.product_pages(CAST($1 AS uuid[]), CAST($2 AS date))`

type pageRow struct {
	ID           uuid.UUID                      `db:"id"`
	ProducerID   uuid.UUID                      `db:"producer_id"`
	ProducerName string                         `db:"producer_name"`
	Commune      string                         `db:"commune"`
	Approved     bool                           `db:"approved"`
	Fictional    bool                           `db:"fictional"`
	Name         string                         `db:"name"`
	NameEN       string                         `db:"name_en"`
	Line         string                         `db:"line"`
	Form         string                         `db:"form"`
	Grade        postgres.JSON[reference.Grade] `db:"grade"`
	Unit         string                         `db:"unit"`
	UnitWeight   quantity.Quantity              `db:"unit_weight"`
	GTIN         string                         `db:"gtin"`
	GTINShared   bool                           `db:"gtin_shared"`
	Description  string                         `db:"description"`
	State        ProductState                   `db:"state"`
	Reason       string                         `db:"reason"`
	Invented     bool                           `db:"invented"`
	Version      int64                          `db:"version"`
	CreatedAt    time.Time                      `db:"created_at"`
	UpdatedAt    time.Time                      `db:"updated_at"`
	// Seen is the snapshot of the statement, and Until when a reservation that it counts runs out.
	Seen   postgres.Snapshot            `db:"seen"`
	Until  *time.Time                   `db:"until"`
	Marks  postgres.JSON[[]storedMark]  `db:"marks"`
	Offers postgres.JSON[[]storedOffer] `db:"offers"`
	Photos postgres.JSON[[]storedPhoto] `db:"photos"`
}

type storedMark struct {
	Scheme     string     `json:"scheme"`
	Number     string     `json:"number"`
	IssuedOn   civil.Date `json:"issued_on"`
	ValidUntil day        `json:"valid_until"`
	Stars      int        `json:"stars"`
}

// loadProducts reads products whole and leaves out what the reader may not see. Products the
// reader may not know of are missing.
func loadProducts(ctx context.Context, reader postgres.Reader, book *reference.Book, who viewer, ids []uuid.UUID, today civil.Date) ([]Product, error) {
	rows, err := readProducts(ctx, reader, ids, today)
	if err != nil {
		return nil, err
	}
	products := make([]Product, 0, len(ids))
	for _, row := range rows {
		if who.seesProduct(row.ProducerID, row.State, row.Approved) {
			products = append(products, row.product(book, who, today))
		}
	}
	return products, nil
}

// readProducts reads products whole, whoever may see them, with one statement.
func readProducts(ctx context.Context, reader postgres.Reader, ids []uuid.UUID, today civil.Date) ([]pageRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []pageRow
	err := reader.Select(ctx, &rows, productPage, postgres.Array(ids), today)
	return rows, err
}

func (r pageRow) product(book *reference.Book, who viewer, today civil.Date) Product {
	product := Product{
		ID:       r.ID,
		Producer: Seller{ID: r.ProducerID, Name: r.ProducerName, Commune: placeOf(book, r.Commune), Fictional: r.Fictional},
		Name:     r.Name, NameEN: r.NameEN, Line: r.Line, Form: r.Form, Grade: r.Grade.V, Unit: r.Unit, GTIN: r.GTIN,
		Description: r.Description, Certificates: make([]Mark, 0, len(r.Marks.V)), Offers: make([]Offer, 0, len(r.Offers.V)),
		Photos: who.photos(r.Photos.V, r.ProducerID),
		State:  r.State, Reason: r.Reason, Invented: r.Invented, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
	}
	if r.UnitWeight > 0 {
		product.UnitWeightKg = new(r.UnitWeight)
	}
	product.DigitalLink = digitalLink(product, r.GTINShared)
	if who.owns(r.ProducerID) || who.class == official {
		product.Warnings = warningsOf(book, product, r.GTINShared)
	}
	for _, m := range r.Marks.V {
		product.Certificates = append(product.Certificates, Mark{
			Scheme: m.Scheme, Number: m.Number, ValidUntil: civil.Date(m.ValidUntil), Stars: m.Stars,
			State: markState(book, m.Scheme, m.IssuedOn, civil.Date(m.ValidUntil), today),
		})
		if m.Scheme == reference.OCOP && (product.OCOP == nil || m.Stars > product.OCOP.Stars) {
			product.OCOP = &Rating{Stars: m.Stars, ValidUntil: civil.Date(m.ValidUntil)}
		}
	}
	for _, o := range r.Offers.V {
		product.Offers = append(product.Offers, who.trim(o.offer(book, today), r.ProducerID))
	}
	return product
}

// placeOf names a commune; nil when there is none.
func placeOf(book *reference.Book, code string) *Place {
	if code == "" {
		return nil
	}
	commune, ok := book.Commune(code)
	if !ok {
		return &Place{Code: code}
	}
	return &Place{Code: code, Name: commune.Name}
}

// day reads a date of a jsonb value, null included.
type day civil.Date

// UnmarshalJSON reads "YYYY-MM-DD" or null.
func (d *day) UnmarshalJSON(data []byte) error {
	text := strings.Trim(string(data), `"`)
	if text == "null" {
		*d = day{}
		return nil
	}
	return (*civil.Date)(d).UnmarshalText([]byte(text))
}

// instant reads a time as PostgreSQL writes it into jsonb.
type instant struct{ time.Time }

// UnmarshalJSON reads ISO 8601 with a numeric zone.
func (i *instant) UnmarshalJSON(data []byte) error {
	at, err := time.Parse(time.RFC3339Nano, strings.Trim(string(data), `"`))
	if err != nil {
		return fmt.Errorf("reading a time: %w", err)
	}
	i.Time = at.UTC()
	return nil
}
