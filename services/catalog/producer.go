package catalog

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/vietnamese"
)

// Producer is a producer as everybody sees it.
type Producer struct {
	ID        uuid.UUID `json:"id"                  doc:"The producer's organisation."`
	Name      string    `json:"name"`
	NameEN    string    `json:"name_en,omitempty"`
	LegalForm string    `json:"legal_form"`
	Commune   *Place    `json:"commune,omitempty"`
	Lines     []string  `json:"lines"               doc:"Of its published products."`
	Schemes   []string  `json:"schemes"             doc:"Marks that its published products may show today."`
	Products  int       `json:"products"            doc:"How many are published."`
	Fictional bool      `json:"fictional,omitempty" doc:"Invented for demonstration."`
	// Record is shown to approved buyers and officials, in lists.
	Record *ProducerRecord `json:"record,omitempty" doc:"How it kept its word in the last twelve months; in lists, for approved buyers and officials. The whole: /v1/organisations/{id}/performance."`
}

// ProducerQuery narrows the list of producers. Empty fields ask for nothing.
type ProducerQuery struct {
	Text string
	// Lines are those of its products, Schemes the marks that any of them may show today; any of
	// them will do.
	Lines, Schemes []string
	// Communes are codes or names of communes, or names of former districts.
	Communes []string
	// Kinds are legal forms.
	Kinds []string
	// Records says that the reader may know how producers kept their word, which the next three need.
	Records bool
	// Sort is SortByOnTime or SortByInFull, the best first and those with too few cases last; else by name.
	Sort string
	// OnTimeMin and InFullMin are percentages; producers with too few cases reach none.
	OnTimeMin, InFullMin int64
	// AfterShare, AfterName and AfterID are where the page before ended.
	AfterShare int64
	AfterName  string
	AfterID    uuid.UUID
	Limit      int
}

// The orders of producers by their records.
const (
	SortByOnTime = "on_time"
	SortByInFull = "in_full"
)

// share is what the producer stands by in an order, in tenths of a percent; -1 where it has none.
func (q ProducerQuery) share(p Producer) int64 {
	standing := Standing{}
	switch {
	case p.Record == nil:
	case q.Sort == SortByOnTime:
		standing = p.Record.OnTime
	case q.Sort == SortByInFull:
		standing = p.Record.InFull
	}
	if standing.Permille == nil {
		return -1
	}
	return *standing.Permille
}

const selectProducers = `
	SELECT r.id, r.name, r.name_en, r.legal_form, coalesce(r.commune_code, '') AS commune, r.fictional,
	       (SELECT count(*) FROM catalog.products p WHERE p.producer_id = r.id AND p.state = 'published') AS products,
	       CAST(coalesce((SELECT array_agg(DISTINCT p.line ORDER BY p.line) FROM catalog.products p
	                       WHERE p.producer_id = r.id AND p.state = 'published'), '{}') AS text[]) AS lines,
	       CAST(coalesce((SELECT array_agg(DISTINCT m.scheme ORDER BY m.scheme)
	                        FROM catalog.marks_of(ARRAY(SELECT p.id FROM catalog.products p
	                                                     WHERE p.producer_id = r.id AND p.state = 'published'), CAST($1 AS date)) m), '{}') AS text[]) AS schemes,
	       coalesce(t.on_time_cases, 0) AS on_time_cases, t.on_time_permille, coalesce(t.in_full_cases, 0) AS in_full_cases, t.in_full_permille, t.as_of
	  FROM catalog.producers r
	  LEFT JOIN catalog.producer_records t ON t.producer_id = r.id
	 WHERE r.approved`

type producerRow struct {
	ID        uuid.UUID        `db:"id"`
	Name      string           `db:"name"`
	NameEN    string           `db:"name_en"`
	LegalForm string           `db:"legal_form"`
	Commune   string           `db:"commune"`
	Fictional bool             `db:"fictional"`
	Products  int              `db:"products"`
	Lines     postgres.Strings `db:"lines"`
	Schemes   postgres.Strings `db:"schemes"`

	OnTimeCases int        `db:"on_time_cases"`
	OnTime      *int64     `db:"on_time_permille"`
	InFullCases int        `db:"in_full_cases"`
	InFull      *int64     `db:"in_full_permille"`
	AsOf        *time.Time `db:"as_of"`
}

// record is how the producer kept its word; nil where nothing is known of it.
func (row producerRow) record() *ProducerRecord {
	if row.AsOf == nil {
		return nil
	}
	return &ProducerRecord{
		ProducerID: row.ID, OnTime: recordedShare(row.OnTimeCases, row.OnTime), InFull: recordedShare(row.InFullCases, row.InFull), AsOf: *row.AsOf,
	}
}

func (s *Service) producerOf(row producerRow) Producer {
	return Producer{
		ID: row.ID, Name: row.Name, NameEN: row.NameEN, LegalForm: row.LegalForm, Commune: placeOf(s.book, row.Commune),
		Lines: orEmpty([]string(row.Lines)), Schemes: orEmpty([]string(row.Schemes)), Products: row.Products, Fictional: row.Fictional,
	}
}

// Producer returns one approved producer; fault.ErrNotFound for any other.
func (s *Service) Producer(ctx context.Context, id uuid.UUID) (Producer, error) {
	const query = selectProducers + ` AND r.id = $2`
	var row producerRow
	err := s.db.Get(ctx, &row, query, s.today(), id)
	if errors.Is(err, postgres.ErrNoRows) {
		return Producer{}, fault.ErrNotFound.With()
	}
	return s.producerOf(row), err
}

// producersWanted is which producers a list holds, $1 to $8. Who has nothing to show is left out.
const producersWanted = `
	   AND EXISTS (SELECT 1 FROM catalog.products p WHERE p.producer_id = r.id AND p.state = 'published'
	                  AND (cardinality(CAST($2 AS text[])) = 0 OR p.line = ANY ($2)))
	   AND (cardinality(CAST($3 AS text[])) = 0 OR r.commune_code = ANY ($3))
	   AND (CAST($4 AS text) = '' OR strpos(r.name_folded, $4) > 0)
	   AND (cardinality(CAST($5 AS text[])) = 0
	        OR r.id IN (SELECT p.producer_id FROM catalog.marks(CAST($1 AS date)) m
	                      JOIN catalog.products p ON p.id = m.product_id AND p.state = 'published'
	                     WHERE m.scheme = ANY ($5)))
	   AND (cardinality(CAST($6 AS text[])) = 0 OR r.legal_form = ANY ($6))
	   AND (CAST($7 AS bigint) = 0 OR t.on_time_permille >= 10 * $7) AND (CAST($8 AS bigint) = 0 OR t.in_full_permille >= 10 * $8)`

// arguments are $1 to $8: today, which only the marks need, and those of producersWanted.
func (q ProducerQuery) arguments(s *Service) []any {
	return []any{
		s.today(), postgres.Array(q.Lines), postgres.Array(communeCodes(s.book, q.Communes)), vietnamese.Fold(q.Text),
		postgres.Array(q.Schemes), postgres.Array(q.Kinds), q.OnTimeMin, q.InFullMin,
	}
}

// needsRecords reports whether the query asks for what not everybody may know.
func (q ProducerQuery) needsRecords() bool {
	return q.Sort != "" || q.OnTimeMin != 0 || q.InFullMin != 0
}

// checkProducers refuses what no list of producers can mean. The legal forms are the index's.
func (s *Service) checkProducers(ctx context.Context, who viewer, q ProducerQuery) error {
	if !q.Records && q.needsRecords() {
		return fault.ErrForbidden.With()
	}
	var complaints fault.Collector
	checkLines(&complaints, s.book, q.Lines)
	checkCommunes(&complaints, s.book, q.Communes)
	checkSchemes(&complaints, s.book, q.Schemes)
	if len(q.Kinds) > 0 {
		if _, err := s.keepUp(ctx, who); err != nil {
			return err
		}
		s.index.checkKinds(&complaints, q.Kinds)
	}
	return complaints.Err()
}

// CountProducers counts what Producers lists, up to MaxTotal.
func (s *Service) CountProducers(ctx context.Context, query ProducerQuery) (int, error) {
	if err := s.checkProducers(ctx, viewer{class: anybody, cached: true}, query); err != nil {
		return 0, err
	}
	const count = `SELECT count(*) FROM (SELECT 1 FROM catalog.producers r LEFT JOIN catalog.producer_records t ON t.producer_id = r.id
		 WHERE r.approved AND CAST($1 AS date) IS NOT NULL` + producersWanted + ` LIMIT $9) AS found`
	var total int
	err := s.db.Get(ctx, &total, count, append(query.arguments(s), MaxTotal)...)
	return total, err
}

// orderedShare is what producers are ordered by before their names, $9; the best first.
const orderedShare = `-coalesce(CASE CAST($9 AS text) WHEN 'on_time' THEN t.on_time_permille WHEN 'in_full' THEN t.in_full_permille END, -1)`

// Producers is a page of the producers with published products, by name or record. Refused: lines,
// communes, schemes and legal forms that are none, and with fault.ErrForbidden what asks for records of
// a reader who may not know them.
func (s *Service) Producers(ctx context.Context, query ProducerQuery) ([]Producer, error) {
	if err := s.checkProducers(ctx, viewer{class: anybody, cached: true}, query); err != nil {
		return nil, err
	}
	const list = selectProducers + producersWanted + `
	   AND (CAST($10 AS uuid) IS NULL OR (` + orderedShare + `, r.name COLLATE "vi-x-icu", r.id) > (-CAST($11 AS bigint), CAST($12 AS text), $10))
	 ORDER BY ` + orderedShare + `, r.name COLLATE "vi-x-icu", r.id LIMIT $13`
	var rows []producerRow
	err := s.db.Select(ctx, &rows, list, append(query.arguments(s), query.Sort, postgres.NullID(query.AfterID),
		query.AfterShare, query.AfterName, query.Limit)...)
	if err != nil {
		return nil, err
	}
	producers := make([]Producer, 0, len(rows))
	for _, row := range rows {
		producer := s.producerOf(row)
		if query.Records {
			producer.Record = row.record()
		}
		producers = append(producers, producer)
	}
	return producers, nil
}

// sellerRow is what the catalogue reads of a producer.
type sellerRow struct {
	ID          uuid.UUID `db:"id"`
	Name        string    `db:"name"`
	NameEN      string    `db:"name_en"`
	Commune     string    `db:"commune"`
	Approved    bool      `db:"approved"`
	OCOPSubject bool      `db:"ocop_subject"`
	Fictional   bool      `db:"fictional"`
}

// seller reads one producer.
func seller(ctx context.Context, reader postgres.Reader, id uuid.UUID) (sellerRow, error) {
	const query = `
		SELECT id, name, name_en, coalesce(commune_code, '') AS commune, approved, ocop_subject, fictional
		  FROM catalog.producers WHERE id = $1`
	var row sellerRow
	err := reader.Get(ctx, &row, query, id)
	return row, err
}
