package monitor

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// codedFilters names the dimensions that are filtered by a code of the reference facts, and where
// a client finds the codes.
//
//nolint:gochecknoglobals // an immutable table
var codedFilters = []struct {
	dimension ledger.Dimension
	listed    string
}{
	{ledger.ByLine, "/v1/reference/lines"},
	{ledger.ByForm, "/v1/reference/lines"},
	{ledger.ByCommune, "/v1/reference/communes"},
	{ledger.ByDistrict, "/v1/reference/communes"},
	{ledger.ByScheme, "/v1/reference/schemes"},
	{ledger.ByBuyerSystem, "/v1/reference/buyer-systems"},
	{ledger.ByGrade, "/v1/volumes?by=grade"},
	{ledger.ByStars, "/v1/reference/schemes"},
	{ledger.ByWard, "/v1/reference/communes"},
}

// checkFilters refuses a filter on what does not exist with fault.ErrUnknownValue at its dimension:
// an empty table would say that nothing was traded where a code was mistyped.
func checkFilters(ctx context.Context, reader postgres.Reader, q ledger.Query) error {
	var wrong fault.Collector
	if err := checkCodes(ctx, reader, q, &wrong); err != nil {
		return err
	}
	if err := checkOrganisations(ctx, reader, q, &wrong); err != nil {
		return err
	}
	return wrong.Err()
}

// checkCodes asks the database rather than a book read at the start: retail systems are added.
func checkCodes(ctx context.Context, reader postgres.Reader, q ledger.Query, wrong *fault.Collector) error {
	var dimensions, values []string
	for _, filter := range codedFilters {
		if value := q.Only[filter.dimension]; value != "" {
			dimensions, values = append(dimensions, string(filter.dimension)), append(values, value)
		}
	}
	if len(dimensions) == 0 {
		return nil
	}
	const missing = `
		SELECT asked.dimension
		  FROM unnest(CAST($1 AS text[]), CAST($2 AS text[])) AS asked (dimension, value)
		 WHERE NOT CASE asked.dimension
		       WHEN 'line' THEN EXISTS (SELECT FROM reference.product_lines r WHERE r.code = asked.value)
		       WHEN 'form' THEN EXISTS (SELECT FROM reference.forms r WHERE r.code = asked.value)
		       WHEN 'grade' THEN EXISTS (SELECT FROM ledger.goods g WHERE g.grade = asked.value)
		            OR EXISTS (SELECT FROM ledger.told t JOIN ledger.rollup_place r ON (t.xact, t.id) > (r.xact, r.id) WHERE t.grade = asked.value)
		       WHEN 'stars' THEN EXISTS (SELECT FROM reference.scheme_stars r WHERE CAST(r.stars AS text) = asked.value)
		       WHEN 'ward' THEN EXISTS (SELECT FROM reference.communes r WHERE r.code = asked.value)
		       WHEN 'commune' THEN EXISTS (SELECT FROM reference.communes r WHERE r.code = asked.value)
		       WHEN 'district' THEN EXISTS (SELECT FROM reference.former_districts r WHERE r.code = asked.value)
		       WHEN 'scheme' THEN EXISTS (SELECT FROM reference.schemes r WHERE r.code = asked.value)
		       ELSE EXISTS (SELECT FROM reference.buyer_systems r WHERE r.code = asked.value) END`
	var unknown []ledger.Dimension
	if err := reader.Select(ctx, &unknown, missing, postgres.Array(dimensions), postgres.Array(values)); err != nil {
		return fmt.Errorf("looking up filters: %w", err)
	}
	refused := make(map[ledger.Dimension]bool, len(unknown))
	for _, dimension := range unknown {
		refused[dimension] = true
	}
	for _, filter := range codedFilters { // the order of the table, not the database's
		if refused[filter.dimension] {
			wrong.Add(string(filter.dimension), fault.ErrUnknownValue, "value", q.Only[filter.dimension], "allowed", filter.listed)
		}
	}
	return nil
}

// checkOrganisations looks up the producer and the buyer of a query. A text that is no id is left
// to [ledger.Query.Check].
func checkOrganisations(ctx context.Context, reader postgres.Reader, q ledger.Query, wrong *fault.Collector) error {
	asked := make(map[ledger.Dimension]uuid.UUID)
	ids := []uuid.UUID{}
	for _, dimension := range []ledger.Dimension{ledger.ByProducer, ledger.ByBuyer} {
		if id, err := uuid.Parse(q.Only[dimension]); err == nil {
			asked[dimension], ids = id, append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := identity.OrganisationsIn(ctx, reader, ids)
	if err != nil {
		return fmt.Errorf("looking up filters: %w", err)
	}
	for _, side := range []struct {
		dimension ledger.Dimension
		kind      identity.OrganisationKind
	}{{ledger.ByProducer, identity.Producer}, {ledger.ByBuyer, identity.Buyer}} {
		if id, is := asked[side.dimension]; is && found[id].Kind != side.kind {
			wrong.Add(string(side.dimension), fault.ErrUnknownValue, "value", id, "allowed", "/v1/organisations?kind="+string(side.kind))
		}
	}
	return nil
}
