package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// rebuildBatch bounds what one transaction of a rebuild holds locked.
const rebuildBatch = 200

// rebuildTexts writes the search text of the next products after an id, and returns how many
// there were and the last. It changes no version: nothing that a producer edits is touched.
func rebuildTexts(ctx context.Context, tx *postgres.Tx, book *reference.Book, producer, after uuid.UUID) (int, uuid.UUID, error) {
	const query = `
		SELECT p.id, p.name, p.name_en, p.line, p.form, p.grade, r.name AS seller, r.name_en AS seller_en,
		       coalesce(r.commune_code, '') AS commune
		  FROM catalog.products p JOIN catalog.producers r ON r.id = p.producer_id
		 WHERE p.id > $1 AND ($2 OR p.producer_id = $3)
		 ORDER BY p.id LIMIT $4 FOR NO KEY UPDATE OF p`
	var rows []struct {
		ID       uuid.UUID                      `db:"id"`
		Name     string                         `db:"name"`
		NameEN   string                         `db:"name_en"`
		Line     string                         `db:"line"`
		Form     string                         `db:"form"`
		Grade    postgres.JSON[reference.Grade] `db:"grade"`
		Seller   string                         `db:"seller"`
		SellerEN string                         `db:"seller_en"`
		Commune  string                         `db:"commune"`
	}
	if err := tx.Select(ctx, &rows, query, after, producer == uuid.Nil, producer, rebuildBatch); err != nil {
		return 0, uuid.Nil, err
	}
	for _, row := range rows {
		product := goods{Name: row.Name, NameEN: row.NameEN, Line: row.Line, Form: row.Form, Grade: row.Grade.V}
		words := textOf(book, product, sellerRow{Name: row.Seller, NameEN: row.SellerEN, Commune: row.Commune})
		if err := writeText(ctx, tx, row.ID, words); err != nil {
			return 0, uuid.Nil, err
		}
		after = row.ID
	}
	return len(rows), after, nil
}

func writeText(ctx context.Context, tx *postgres.Tx, id uuid.UUID, words searchText) error {
	const update = `
		UPDATE catalog.products
		   SET search_name = $2,
		       search = setweight(to_tsvector('simple', $3), 'A') || setweight(to_tsvector('simple', $4), 'B')
		         || setweight(to_tsvector('simple', $5), 'C'),
		       search_marked = setweight(to_tsvector('simple', $6), 'A') || setweight(to_tsvector('simple', $7), 'B')
		         || setweight(to_tsvector('simple', $8), 'C')
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, id, words.name, words.folded[0], words.folded[1], words.folded[2],
		words.marked[0], words.marked[1], words.marked[2])
	return err
}
