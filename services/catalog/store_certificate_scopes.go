package catalog

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// selectScopes reads the scopes of certificate c as one jsonb array of storedScope.
const selectScopes = `(SELECT coalesce(jsonb_agg(jsonb_build_object('kind', s.kind, 'name', s.name, 'site', s.site,
	              'commune', coalesce(s.commune, ''), 'system', coalesce(s.system, ''), 'area', coalesce(s.area, 0),
	              'ceiling', coalesce(s.ceiling, 0), 'lines', s.lines, 'note', s.note,
	              'products', (SELECT coalesce(jsonb_agg(l.product_id ORDER BY l.product_id), '[]')
	                             FROM catalog.certificate_products l WHERE l.certificate_id = s.certificate_id AND l.n = s.n),
	              'members', (SELECT coalesce(jsonb_agg(jsonb_build_object('producer_id', m.producer_id, 'name', m.name,
	                                 'area', coalesce(m.area, 0)) ORDER BY m.position), '[]')
	                            FROM catalog.certificate_members m WHERE m.certificate_id = s.certificate_id AND m.n = s.n))
	            ORDER BY s.n), '[]')
	          FROM catalog.certificate_scopes s WHERE s.certificate_id = c.id)`

// storedScope is a scope as selectScopes gives it; quantities are thousandths.
type storedScope struct {
	Kind     string         `json:"kind"`
	Name     string         `json:"name"`
	Site     string         `json:"site"`
	Commune  string         `json:"commune"`
	System   string         `json:"system"`
	Area     int64          `json:"area"`
	Ceiling  int64          `json:"ceiling"`
	Lines    []string       `json:"lines"`
	Note     string         `json:"note"`
	Products []uuid.UUID    `json:"products"`
	Members  []storedMember `json:"members"`
}

type storedMember struct {
	ProducerID *uuid.UUID `json:"producer_id"`
	Name       string     `json:"name"`
	Area       int64      `json:"area"`
}

func (s storedScope) scope() Scope {
	scope := Scope{
		Kind: s.Kind, Name: s.Name, Site: s.Site, Commune: s.Commune, System: s.System, ProductIDs: slices.Concat(s.Products), Lines: slices.Concat(s.Lines),
		Note: s.Note, AreaHa: quantity.Quantity(s.Area), CeilingKg: quantity.Quantity(s.Ceiling),
	}
	for _, m := range s.Members {
		member := Member{Name: m.Name, AreaHa: quantity.Quantity(m.Area)}
		if m.ProducerID != nil {
			member.ProducerID = *m.ProducerID
		}
		scope.Members = append(scope.Members, member)
	}
	return scope
}

// insertScopes writes what a certificate covers. Its first scope is there already: the trigger on
// catalog.certificates makes it of the columns that the release before reads.
func insertScopes(ctx context.Context, tx *postgres.Tx, id, producer uuid.UUID, scopes []Scope) error {
	const insert = `
		INSERT INTO catalog.certificate_scopes AS t (certificate_id, n, kind, name, site, commune, system, area, ceiling, lines, note)
		VALUES ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, ''), nullif(CAST($8 AS bigint), 0), nullif(CAST($9 AS bigint), 0), $10, $11)
		    ON CONFLICT (certificate_id, n) DO UPDATE
		   SET name = excluded.name, site = excluded.site, commune = excluded.commune, system = excluded.system,
		       area = excluded.area, ceiling = excluded.ceiling`
	for i, scope := range scopes {
		n := i + 1
		_, err := tx.Exec(ctx, insert, id, n, scope.Kind, scope.Name, scope.Site, scope.Commune, scope.System, scope.AreaHa,
			scope.CeilingKg, postgres.Array(scope.Lines), scope.Note)
		if err != nil {
			return postgres.MapConstraint(err, byConstraint)
		}
		if err := linkProducts(ctx, tx, id, n, producer, scope.ProductIDs); err != nil {
			return err
		}
		if err := insertMembers(ctx, tx, id, n, scope.Members); err != nil {
			return err
		}
	}
	return nil
}

// linkProducts names the products of a scope; products of another producer are refused as unknown.
func linkProducts(ctx context.Context, tx *postgres.Tx, id uuid.UUID, n int, producer uuid.UUID, products []uuid.UUID) error {
	if len(products) == 0 {
		return nil
	}
	const link = `
		INSERT INTO catalog.certificate_products (certificate_id, n, product_id)
		SELECT $1, $2, p.id FROM catalog.products p WHERE p.producer_id = $3 AND p.id = ANY (CAST($4 AS uuid[]))`
	linked, err := tx.Exec(ctx, link, id, n, producer, postgres.Array(products))
	if err != nil {
		return err
	}
	if linked != int64(len(products)) {
		return ErrForeignProduct.At("scope.product_ids")
	}
	return nil
}

// insertMembers writes the farms of a group. One that sells on this market must be a producer.
func insertMembers(ctx context.Context, tx *postgres.Tx, id uuid.UUID, n int, members []Member) error {
	if len(members) == 0 {
		return nil
	}
	producers, names, areas := make([]uuid.UUID, len(members)), make([]string, len(members)), make([]int64, len(members))
	for i, m := range members {
		producers[i], names[i], areas[i] = m.ProducerID, m.Name, int64(m.AreaHa)
	}
	const insert = `
		INSERT INTO catalog.certificate_members (certificate_id, n, position, producer_id, name, area)
		SELECT $1, $2, g.position, r.id, coalesce(nullif(g.name, ''), r.name), nullif(g.area, 0)
		  FROM unnest(CAST($3 AS uuid[]), CAST($4 AS text[]), CAST($5 AS bigint[]))
		       WITH ORDINALITY AS g (producer_id, name, area, position)
		  LEFT JOIN catalog.producers r ON r.id = g.producer_id
		 WHERE r.id IS NOT NULL OR g.producer_id = '00000000-0000-0000-0000-000000000000'`
	written, err := tx.Exec(ctx, insert, id, n, postgres.Array(producers), postgres.Array(names), postgres.Array(areas))
	if err != nil {
		return postgres.MapConstraint(err, byConstraint)
	}
	if written != int64(len(members)) {
		return ErrMemberUnknown.At("scope.members")
	}
	return nil
}
