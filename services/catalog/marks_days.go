package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// ProductDay is a product on a day.
type ProductDay struct {
	ProductID uuid.UUID
	Day       civil.Date
}

// MarksOnDaysTx returns the marks that each product may show on its day, by scheme and with the
// certificate that lasts longest first; a product without a mark on its day is missing from the
// map. It is MarksTx for many days and with the certificates behind the marks: one statement in the
// caller's transaction, however many are asked.
func MarksOnDaysTx(ctx context.Context, reader postgres.Reader, book *reference.Book, asked []ProductDay) (map[ProductDay][]Mark, error) {
	const query = `
		SELECT m.product_id, d.day, m.scheme, m.number, m.issued_on, m.valid_until, coalesce(m.stars, 0) AS stars
		  FROM (SELECT a.day, array_agg(a.product_id) AS products
		          FROM unnest(CAST($1 AS uuid[]), CAST($2 AS date[])) AS a(product_id, day) GROUP BY a.day) d
		 CROSS JOIN LATERAL catalog.marks_of(d.products, d.day) m
		 ORDER BY m.product_id, d.day, m.scheme, m.valid_until DESC NULLS FIRST, m.certificate_id`
	products, days := make([]uuid.UUID, len(asked)), make([]string, len(asked))
	for at, one := range asked {
		products[at], days[at] = one.ProductID, one.Day.String()
	}
	var rows []struct {
		ProductID  uuid.UUID  `db:"product_id"`
		Day        civil.Date `db:"day"`
		Scheme     string     `db:"scheme"`
		Number     string     `db:"number"`
		IssuedOn   civil.Date `db:"issued_on"`
		ValidUntil civil.Date `db:"valid_until"`
		Stars      int        `db:"stars"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(products), postgres.Array(days)); err != nil {
		return nil, err
	}
	marks := make(map[ProductDay][]Mark, len(asked))
	for _, row := range rows {
		at := ProductDay{ProductID: row.ProductID, Day: row.Day}
		marks[at] = append(marks[at], Mark{
			Scheme: row.Scheme, Number: row.Number, ValidUntil: row.ValidUntil, Stars: row.Stars,
			State: markState(book, row.Scheme, row.IssuedOn, row.ValidUntil, row.Day),
		})
	}
	return marks, nil
}
