package monitor_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
)

// product enters a product that has been published since a day.
func (b *testBundle) product(t *testing.T, producer uuid.UUID, line, state string, since civil.Date) {
	t.Helper()
	b.tamper(t, `INSERT INTO catalog.products (id, producer_id, name, line, form, grade, unit, state, published_at, created_at, updated_at)
		SELECT $1, $2, 'Hàng thử (hư cấu)', $3, f.form, '{}', 'kg', $4, CAST($5 AS date), CAST($5 AS date), CAST($5 AS date)
		  FROM reference.line_forms f WHERE f.line = $3 ORDER BY f.form LIMIT 1`, newID(), producer, line, state, since)
}

// certificate enters one that was verified on the day it was issued; zero dates are left out.
func (b *testBundle) certificate(t *testing.T, producer uuid.UUID, scheme, line string, stars int, issued, until, revoked civil.Date) {
	t.Helper()
	b.tamper(t, `INSERT INTO catalog.certificates (id, producer_id, scheme, number, issuer, issuer_kind, issued_on, valid_until, scope_kind, lines, stars, state,
		       decided_at, verified_on, revoked_on, invented, created_at, updated_at)
		SELECT $1, $2, $3, $4, 'Demo', CASE WHEN CAST($9 AS integer) > 0 THEN 'province' END, CAST($6 AS date), CAST($7 AS date), 'product', CAST($5 AS text[]), nullif(CAST($9 AS integer), 0), CASE WHEN CAST($8 AS date) IS NULL THEN 'verified' ELSE 'revoked' END,
		       CAST($6 AS date), CAST($6 AS date), CAST($8 AS date), true, CAST($6 AS date), CAST($6 AS date)`, newID(), producer, scheme, "DEMO-"+newID().String(), "{"+line+"}", issued, until, revoked, stars)
}

// tableOf is a table's rows as texts: codes and numbers.
func tableOf(t *testing.T, answer monitor.Indicators, code string) [][]string {
	t.Helper()
	for _, section := range answer.Sections {
		if section.Code != code {
			continue
		}
		rows := [][]string{}
		for _, cells := range section.Rows {
			require.Len(t, cells, len(section.Columns))
			row := make([]string, len(cells))
			for i, cell := range cells {
				row[i] = cell.Code + cell.Number
			}
			rows = append(rows, row)
		}
		return rows
	}
	require.Fail(t, "no table "+code)
	return nil
}

func TestIndicatorsOfSubjectsAndCertificates(t *testing.T) {
	t.Parallel()
	today := civil.New(2026, time.September, 30)
	r := newReporter(t, today)
	producers := make([]uuid.UUID, 4)
	for i := range producers {
		producers[i] = newID()
		r.enter(t, identity.Producer, producers[i])
	}
	begun, never := civil.New(2026, time.January, 5), civil.Date{}
	r.product(t, producers[0], "black_tiger_shrimp", "published", begun)
	r.product(t, producers[0], "dried_shrimp", "published", begun)
	r.product(t, producers[1], "black_tiger_shrimp", "published", begun)
	r.product(t, producers[2], "black_tiger_shrimp", "withdrawn", begun)
	r.product(t, producers[3], "black_tiger_shrimp", "published", begun)
	r.certificate(t, producers[0], "OCOP", "black_tiger_shrimp", 4, begun, civil.New(2029, time.January, 4), never)
	r.certificate(t, producers[0], "OCOP", "dried_shrimp", 3, begun, today.AddDays(90), never)
	r.certificate(t, producers[1], "OCOP", "black_tiger_shrimp", 3, begun, today.AddDays(91), never)
	r.certificate(t, producers[2], "OCOP", "black_tiger_shrimp", 5, begun, never, never)
	r.certificate(t, producers[3], "OCOP", "black_tiger_shrimp", 3, begun, today.AddDays(-1), never)
	r.certificate(t, producers[3], "ASC_FARM", "black_tiger_shrimp", 0, begun, today, civil.New(2026, time.August, 1))
	sold := shrimpSale(10)
	sold.goods.ProducerID, sold.on = producers[1], civil.New(2026, time.July, 3)
	r.record(t, sold)
	sold.goods.ProducerID, sold.goods.BuyerSystem = producers[0], ""
	r.record(t, sold)

	answer := read[monitor.Indicators](t, r.testBundle, "official.tphcm", "/v1/indicators?from=2026-07-01&to=2026-12-31")
	require.Equal(t, today, answer.Day)
	require.Equal(t, [][]string{{"4", "food", "1", "1"}, {"3", "food", "2", "2"}}, tableOf(t, answer, "ocop_groups"))
	require.Equal(t, [][]string{{"4", "cooperative", "2", "1"}, {"3", "cooperative", "1", "1"}}, tableOf(t, answer, "ocop_forms"))
	require.Equal(t, [][]string{{"2", "1", "50", "50"}}, tableOf(t, answer, "modern_channels"))
	require.Equal(t, [][]string{{"OCOP", "4", "1", "1", "0"}, {"ASC_FARM", "0", "0", "0", "1"}}, tableOf(t, answer, "certificates"))

	earlier := read[monitor.Indicators](t, r.testBundle, "official.camau", "/v1/indicators?from=2026-01-01&to=2026-06-30")
	require.Equal(t, [][]string{{"3", "0", "0", "50"}}, tableOf(t, earlier, "modern_channels"), "three had stars then, and none had sold")
	require.Equal(t, [][]string{{"OCOP", "5", "0", "0", "0"}, {"ASC_FARM", "1", "0", "0", "0"}}, tableOf(t, earlier, "certificates"))

	r.tamper(t, `DELETE FROM monitor.modern_kinds WHERE system_kind = 'supermarket_chain'`)
	answer = read[monitor.Indicators](t, r.testBundle, "official.tphcm", "/v1/indicators?from=2026-07-01&to=2026-12-31")
	require.Equal(t, [][]string{{"2", "0", "0", "50"}}, tableOf(t, answer, "modern_channels"), "kinds are data")
}

func TestIndicatorsAsSpreadsheetAndTheirRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	list := b.get(t, "official.camau", "/v1/indicators?section=modern_channels", "Accept", "text/csv")
	require.Equal(t, http.StatusOK, list.Code)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(list.Body.String(), "\uFEFF"))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{{"subjects", "selling", "percent", "target"}, {"0", "0", "", "50"}}, rows)
	for path, expected := range map[string]string{
		"/v1/indicators?from=2026-02-30":               "not_a_date",
		"/v1/indicators?from=2026-05-01&to=2026-04-01": "date_order",
		"/v1/indicators?by=producer":                   "unknown_parameter",
	} {
		status, code := b.code(t, "official.camau", path)
		require.Equal(t, http.StatusUnprocessableEntity, status, path)
		require.Contains(t, []string{expected, "invalid"}, code, path)
	}
	refused := b.get(t, "official.camau", "/v1/indicators?section=none", "Accept", "text/csv")
	require.Equal(t, http.StatusUnprocessableEntity, refused.Code)
	require.Contains(t, refused.Body.String(), "unknown_value")
}

// The counts are those that a plain reading of the rows gives, whatever they are.
func TestOCOPCountsOfAnything(t *testing.T) {
	t.Parallel()
	today := civil.New(2026, time.September, 30)
	r := newReporter(t, today)
	chance := rand.New(rand.NewPCG(7, 7))
	lines := []string{"black_tiger_shrimp", "dried_shrimp", "rice"}
	best := make(map[uuid.UUID]int)
	products := 0
	for range 25 {
		producer := newID()
		r.enter(t, identity.Producer, producer)
		for _, line := range lines {
			stars := 0
			for range chance.IntN(3) {
				given, from, until := 3+chance.IntN(3), today.AddDays(-chance.IntN(500)), today.AddDays(chance.IntN(400)-100)
				var revoked civil.Date
				if chance.IntN(3) == 0 {
					revoked = today.AddDays(chance.IntN(20) - 10)
				}
				if until.Before(from) {
					continue
				}
				r.certificate(t, producer, "OCOP", line, given, from, until, revoked)
				if !until.Before(today) && (revoked.IsZero() || revoked.After(today)) {
					stars = max(stars, given)
				}
			}
			if chance.IntN(3) > 0 {
				r.product(t, producer, line, "published", today.AddDays(-chance.IntN(300)))
				if stars > 0 {
					best[producer], products = max(best[producer], stars), products+1
				}
			}
		}
	}
	subjects := make(map[int]int)
	for _, stars := range best {
		subjects[stars]++
	}
	answer := read[monitor.Indicators](t, r.testBundle, "administrator", "/v1/indicators?to=2026-09-30")
	found, counted := make(map[int]int), 0
	for _, row := range tableOf(t, answer, "ocop_forms") {
		stars, err := strconv.Atoi(row[0])
		require.NoError(t, err)
		n, err := strconv.Atoi(row[3])
		require.NoError(t, err)
		found[stars] += n
	}
	for _, row := range tableOf(t, answer, "ocop_groups") {
		n, err := strconv.Atoi(row[2])
		require.NoError(t, err)
		counted += n
	}
	require.Equal(t, subjects, found)
	require.Equal(t, products, counted)
	require.Equal(t, fmt.Sprint(len(best)), tableOf(t, answer, "modern_channels")[0][0])
}
