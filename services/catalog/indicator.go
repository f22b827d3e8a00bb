package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// OCOPCount counts published products with stars, and the producers who sell them.
type OCOPCount struct {
	Stars int `db:"stars"`
	// Of is what is counted by: an OCOP group, or a legal form.
	Of       string `db:"of"`
	Products int    `db:"products"`
	Subjects int    `db:"subjects"`
}

// starred are the products that carry stars on the day $1, each with the most that it has: of approved
// producers, and published by then and still.
const starred = `
	WITH starred AS (
	SELECT p.id, p.producer_id, l.ocop_group, coalesce(r.legal_form, '') AS legal_form, max(v.stars) AS stars
	  FROM catalog.coverage($1) v
	  JOIN catalog.products p ON p.id = v.product_id AND p.state = 'published'
	   AND CAST(p.published_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) <= $1
	  JOIN catalog.producers r ON r.id = p.producer_id AND r.approved
	  JOIN reference.product_lines l ON l.code = p.line
	 WHERE v.stars IS NOT NULL
	 GROUP BY p.id, l.ocop_group, r.legal_form
	)`

// OCOPByGroup counts what carries stars on a day by OCOP group. A producer of several groups, or with
// products of different stars, is a subject in each.
func OCOPByGroup(ctx context.Context, reader postgres.Reader, day civil.Date) ([]OCOPCount, error) {
	const query = starred + `
	SELECT stars, ocop_group AS of, count(*) AS products, count(DISTINCT producer_id) AS subjects
	  FROM starred GROUP BY stars, ocop_group ORDER BY stars DESC, ocop_group`
	counts := []OCOPCount{}
	err := reader.Select(ctx, &counts, query, day)
	return counts, err
}

// OCOPByForm counts the producers of what carries stars on a day by legal form, each once: under the most
// stars that it has.
func OCOPByForm(ctx context.Context, reader postgres.Reader, day civil.Date) ([]OCOPCount, error) {
	const query = starred + `
	SELECT stars, legal_form AS of, sum(products) AS products, count(*) AS subjects
	  FROM (SELECT producer_id, legal_form, max(stars) AS stars, count(*) AS products FROM starred GROUP BY producer_id, legal_form) s
	 GROUP BY stars, legal_form ORDER BY stars DESC, legal_form`
	counts := []OCOPCount{}
	err := reader.Select(ctx, &counts, query, day)
	return counts, err
}

// OCOPSubjects are the producers of what carries stars on a day.
func OCOPSubjects(ctx context.Context, reader postgres.Reader, day civil.Date) ([]uuid.UUID, error) {
	const query = starred + ` SELECT DISTINCT producer_id FROM starred`
	var subjects []uuid.UUID
	err := reader.Select(ctx, &subjects, query, day)
	return subjects, err
}

// CertificateCount counts certificates of a scheme.
type CertificateCount struct {
	Scheme string `db:"scheme"`
	// InForce are valid on the last day, Expiring end within the days asked for after it.
	InForce  int `db:"in_force"`
	Expiring int `db:"expiring"`
	// Lapsed ended within the window, their last day included, and were not revoked before; Revoked were taken
	// away within it, by the day from which that counts.
	Lapsed  int `db:"lapsed"`
	Revoked int `db:"revoked"`
}

// CountCertificates counts by scheme what holds on a day and what ended between two, both included, up to that day.
// State follows from dates and decisions, as everywhere.
func CountCertificates(ctx context.Context, reader postgres.Reader, from, to, day civil.Date, within int) ([]CertificateCount, error) {
	const query = `
	SELECT s.code AS scheme, count(*) FILTER (WHERE c.holds) AS in_force,
	       count(*) FILTER (WHERE c.holds AND c.valid_until <= CAST($3 AS date) + CAST($4 AS integer)) AS expiring,
	       count(*) FILTER (WHERE c.valid_until BETWEEN $1 AND least($2, CAST($3 AS date) - 1) AND (c.revoked_on IS NULL OR c.revoked_on > c.valid_until)) AS lapsed,
	       count(*) FILTER (WHERE c.revoked_on BETWEEN $1 AND least($2, CAST($3 AS date))) AS revoked
	  FROM reference.schemes s
	  JOIN (SELECT scheme, valid_until, revoked_on, catalog.certificate_state_on(x, 0, $3) IN ('valid', 'expiring') AS holds
	          FROM catalog.certificates x WHERE verified_on <= $3) c ON c.scheme = s.code
	 GROUP BY s.code, s.position
	HAVING bool_or(c.holds OR c.valid_until BETWEEN $1 AND $2 OR c.revoked_on BETWEEN $1 AND $2)
	 ORDER BY s.position`
	counts := []CertificateCount{}
	err := reader.Select(ctx, &counts, query, from, to, day, within)
	return counts, err
}
