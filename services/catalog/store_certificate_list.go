package catalog

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// CertificateFilter narrows a list of certificates. Empty fields ask for nothing.
type CertificateFilter struct {
	// State is a state as it is on the day asked for.
	State  CertificateState
	Scheme string
	// On is the day that states are for; zero is today.
	On civil.Date
	// Communes are codes of the holder's seat.
	Communes []string
	// Sort is SortNewest, SortOldest or SortEnding; empty is the oldest first for what waits, else
	// the newest.
	Sort string
	// ExpiringWithin is a number of days: valid now and not after them.
	ExpiringWithin *int
	Producer       uuid.UUID
	// After is the certificate where the page before ended.
	After uuid.UUID
	Limit int
}

// certificatesWanted is the filter of lists, $1 to $7.
const certificatesWanted = `
	 WHERE (CAST($1 AS uuid) IS NULL OR c.producer_id = $1)
	   AND (CAST($2 AS text) = '' OR catalog.certificate_state_on(c, h.warn_days, CAST($3 AS date)) = $2)
	   AND (CAST($4 AS text) = '' OR c.scheme = $4)
	   AND (CAST($5 AS date) IS NULL
	        OR c.state = 'verified' AND c.verified_on <= $3 AND c.issued_on <= $3 AND c.valid_until BETWEEN CAST($3 AS date) AND $5)
	   AND (CAST($6 AS uuid) IS NULL OR c.producer_id = $6)
	   AND (cardinality(CAST($7 AS text[])) = 0 OR r.commune_code = ANY ($7))`

func (f CertificateFilter) check(book *reference.Book) error {
	var complaints fault.Collector
	if f.Scheme != "" {
		checkSchemes(&complaints, book, []string{f.Scheme})
	}
	if f.ExpiringWithin != nil && (*f.ExpiringWithin < 0 || *f.ExpiringWithin > maxExpiringWithin) {
		complaints.Add("expiring_within", fault.ErrOutOfRange, "min", 0, "max", maxExpiringWithin)
	}
	if !slices.Contains([]string{"", SortNewest, SortOldest, SortEnding}, f.Sort) {
		complaints.Add("sort", fault.ErrUnknownValue, "value", f.Sort, "allowed", SortNewest+", "+SortOldest+", "+SortEnding)
	}
	return complaints.Err()
}

// maxExpiringWithin is ten years: more is a slip of the keyboard.
const maxExpiringWithin = 3650

// How lists of certificates are sorted.
const (
	SortNewest = "newest"
	SortOldest = "oldest"
	SortEnding = "ending"
)

// arguments are those of certificatesWanted; a zero holder means everybody's.
func (f CertificateFilter) arguments(holder uuid.UUID) []any {
	var until civil.Date
	if f.ExpiringWithin != nil {
		until = f.On.AddDays(*f.ExpiringWithin)
	}
	return []any{postgres.NullID(holder), string(f.State), f.On, f.Scheme, until, postgres.NullID(f.Producer), postgres.Array(f.Communes)}
}

// Where the next page begins, $8, and how many it holds, $9.
const (
	newestCertificates = selectCertificates + certificatesWanted + `
	   AND (CAST($8 AS uuid) IS NULL
	        OR (c.created_at, c.id) < (SELECT a.created_at, a.id FROM catalog.certificates a WHERE a.id = $8))
	 ORDER BY c.created_at DESC, c.id DESC LIMIT $9`

	oldestCertificates = selectCertificates + certificatesWanted + `
	   AND (CAST($8 AS uuid) IS NULL
	        OR (c.created_at, c.id) > (SELECT a.created_at, a.id FROM catalog.certificates a WHERE a.id = $8))
	 ORDER BY c.created_at, c.id LIMIT $9`

	endingCertificates = selectCertificates + certificatesWanted + `
	   AND (CAST($8 AS uuid) IS NULL
	        OR (coalesce(c.valid_until, 'infinity'), c.id)
	           > (SELECT coalesce(a.valid_until, 'infinity'), a.id FROM catalog.certificates a WHERE a.id = $8))
	 ORDER BY coalesce(c.valid_until, 'infinity'), c.id LIMIT $9`
)

// certificatePage reads a page.
func certificatePage(ctx context.Context, reader postgres.Reader, holder uuid.UUID, filter CertificateFilter) ([]certificateRow, error) {
	statement := newestCertificates
	switch {
	case filter.Sort == SortOldest, filter.Sort == "" && filter.State == Submitted:
		statement = oldestCertificates
	case filter.Sort == SortEnding:
		statement = endingCertificates
	}
	var rows []certificateRow
	err := reader.Select(ctx, &rows, statement, append(filter.arguments(holder), postgres.NullID(filter.After), filter.Limit)...)
	return rows, err
}

// certificatesFrom is what certificatesWanted filters.
const certificatesFrom = `
	  FROM catalog.certificates c
	  JOIN catalog.producers r ON r.id = c.producer_id
	  JOIN reference.schemes h ON h.code = c.scheme`

// countCertificates counts up to MaxTotal.
func countCertificates(ctx context.Context, reader postgres.Reader, holder uuid.UUID, filter CertificateFilter) (int, error) {
	const query = `SELECT count(*) FROM (SELECT 1 ` + certificatesFrom + certificatesWanted + ` LIMIT $8) AS found`
	var total int
	err := reader.Get(ctx, &total, query, append(filter.arguments(holder), MaxTotal)...)
	return total, err
}

// countStates counts by state.
func countStates(ctx context.Context, reader postgres.Reader, holder uuid.UUID, filter CertificateFilter) ([]StateCount, error) {
	const query = `
		SELECT catalog.certificate_state_on(c, h.warn_days, CAST($3 AS date)) AS state, count(*) AS count
		` + certificatesFrom + certificatesWanted + ` GROUP BY 1 ORDER BY 1`
	var counts []StateCount
	err := reader.Select(ctx, &counts, query, filter.arguments(holder)...)
	return orEmpty(counts), err
}

// addDuplicates tells of every certificate of the same scheme and number as one of these.
func addDuplicates(ctx context.Context, reader postgres.Reader, certificates []Certificate) error {
	const query = `
		SELECT c.id AS of, d.id, d.producer_id, r.name, r.fictional, d.state, d.issued_on
		  FROM catalog.certificates c
		  JOIN catalog.certificates d ON d.scheme = c.scheme AND upper(d.number) = upper(c.number) AND d.id <> c.id
		  JOIN catalog.producers r ON r.id = d.producer_id
		 WHERE c.id = ANY (CAST($1 AS uuid[]))
		 ORDER BY d.created_at, d.id LIMIT 1000`
	at, ids := make(map[uuid.UUID]int, len(certificates)), make([]uuid.UUID, 0, len(certificates))
	for i, c := range certificates {
		at[c.ID], ids = i, append(ids, c.ID)
	}
	var rows []struct {
		Of         uuid.UUID        `db:"of"`
		ID         uuid.UUID        `db:"id"`
		ProducerID uuid.UUID        `db:"producer_id"`
		Name       string           `db:"name"`
		Fictional  bool             `db:"fictional"`
		State      CertificateState `db:"state"`
		IssuedOn   civil.Date       `db:"issued_on"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return err
	}
	for _, row := range rows {
		c := &certificates[at[row.Of]]
		c.Duplicates = append(c.Duplicates, Duplicate{
			CertificateID: row.ID, State: row.State, IssuedOn: row.IssuedOn,
			Producer: Seller{ID: row.ProducerID, Name: row.Name, Fictional: row.Fictional},
		})
	}
	return nil
}
