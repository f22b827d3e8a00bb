package trade

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
)

// DeclaredQuery asks for what was declared in the months that touch a range of days.
type DeclaredQuery struct {
	From, To civil.Date
	// ByCommune and ByProducer tell rows apart by these, too.
	ByCommune, ByProducer bool
}

// DeclaredVolume is what was declared of one kind of goods in one month, as it was last corrected. It
// is sold off the platform, confirmed by nobody, and belongs into a column of its own.
type DeclaredVolume struct {
	// Month is its first day.
	Month civil.Date `db:"month"`
	Line  string     `db:"line"`
	Form  string     `db:"form"`
	Dried bool       `db:"dried"`
	// Unit is kg for all goods that have a weight, else the goods' own, as in the ledger.
	Unit string `db:"unit"`
	// Commune and ProducerID are set when they were asked for.
	Commune    string            `db:"commune"`
	ProducerID uuid.UUID         `db:"producer_id"`
	Declared   quantity.Quantity `db:"amount"`
	// Producers is how many stand behind it.
	Producers int `db:"producers"`
}

// Declared totals what was declared, by month, line, form and unit: lines, forms and units are never
// added up. Who may see which rows is the caller's to decide.
func Declared(ctx context.Context, reader postgres.Reader, q DeclaredQuery) ([]DeclaredVolume, error) {
	const query = `
		SELECT d.month, d.line, d.form, d.dried, d.unit, CASE WHEN $3 THEN d.commune ELSE '' END AS commune,
		       CASE WHEN $4 THEN d.organisation_id ELSE '00000000-0000-0000-0000-000000000000' END AS producer_id,
		       CAST(sum(d.amount) AS bigint) AS amount, count(DISTINCT d.organisation_id) AS producers
		  FROM trade.declared d
		 WHERE (CAST($1 AS date) IS NULL OR d.month >= date_trunc('month', CAST($1 AS date))) AND (CAST($2 AS date) IS NULL OR d.month <= $2)
		   AND d.amount > 0
		 GROUP BY 1, 2, 3, 4, 5, 6, 7
		 ORDER BY 1, 2, 3, 5, 6, 7`
	volumes := []DeclaredVolume{}
	err := reader.Select(ctx, &volumes, query, q.From, q.To, q.ByCommune, q.ByProducer)
	return volumes, err
}

// DeclaredTotals totals what was declared, for officials of either province; nobody is named.
func (s *Service) DeclaredTotals(ctx context.Context, who identity.Principal, from, to civil.Date) ([]DeclaredTotal, error) {
	if err := mayWatch(who); err != nil {
		return nil, err
	}
	volumes, err := Declared(ctx, s.db, DeclaredQuery{From: from, To: to})
	if err != nil {
		return nil, err
	}
	totals := make([]DeclaredTotal, len(volumes))
	for at, v := range volumes {
		totals[at] = DeclaredTotal{
			Month: monthOf(v.Month), Line: v.Line, Form: v.Form, Dried: v.Dried, Unit: v.Unit, Declared: v.Declared, Producers: v.Producers,
		}
	}
	return totals, nil
}
