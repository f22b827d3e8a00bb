package identity

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/vietnamese"
)

// area is what API keys name in their scopes for this service.
const area = "identity"

// countCap is where counting a list stops: an exact total is opt-in and never worth a long query.
const countCap = 10_000

// Position is where a list goes on: behind the thing with this time and id. The zero value is
// the beginning.
type Position struct {
	At time.Time
	ID uuid.UUID
}

func (p Position) at() any {
	if p.ID == uuid.Nil {
		return nil
	}
	return p.At
}

// OrganisationFilter narrows a list of organisations; empty fields narrow nothing.
type OrganisationFilter struct {
	State OrganisationState
	Kind  OrganisationKind
	// Text is found in the name, with or without marks.
	Text string
}

// Organisations lists organisations that the caller oversees, newest first, at most limit of
// them behind a position. Refused: fault.ErrForbidden to others than officials and administrators.
func (s *Service) Organisations(ctx context.Context, who Principal, filter OrganisationFilter, after Position, limit int) ([]Organisation, error) {
	kinds, err := overseen(who)
	if err != nil {
		return nil, err
	}
	const query = `
		SELECT ` + organisationColumns + `
		  FROM identity.organisations o LEFT JOIN identity.legal_forms f ON f.code = o.legal_form
		 WHERE o.kind = ANY ($1) AND ($2 = '' OR o.state = $2) AND ($3 = '' OR o.kind = $3)
		   AND ($4 = '' OR o.name_folded LIKE '%' || $4 || '%')
		   AND ($5::timestamptz IS NULL OR (o.created_at, o.id) < ($5, $6::uuid))
		 ORDER BY o.created_at DESC, o.id DESC LIMIT $7`
	found := []Organisation{}
	err = s.db.Select(ctx, &found, query, postgres.Array(kinds), filter.State, filter.Kind, filter.pattern(), after.at(), after.ID, limit)
	return found, err
}

// CountOrganisations counts what Organisations would list, up to 10 000.
func (s *Service) CountOrganisations(ctx context.Context, who Principal, filter OrganisationFilter) (int, error) {
	kinds, err := overseen(who)
	if err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*) FROM (
			SELECT 1 FROM identity.organisations o
			 WHERE o.kind = ANY ($1) AND ($2 = '' OR o.state = $2) AND ($3 = '' OR o.kind = $3)
			   AND ($4 = '' OR o.name_folded LIKE '%' || $4 || '%') LIMIT $5) counted`
	total := 0
	err = s.db.Get(ctx, &total, query, postgres.Array(kinds), filter.State, filter.Kind, filter.pattern(), countCap)
	return total, err
}

// pattern is the folded text; folding leaves letters, digits and blanks, so nothing in it means
// anything to LIKE.
func (f OrganisationFilter) pattern() string { return strings.TrimSpace(vietnamese.Fold(f.Text)) }

// overseen lists the kinds that the caller decides about.
func overseen(who Principal) ([]string, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	kinds := make([]string, 0, 3)
	for _, kind := range [...]OrganisationKind{Producer, Buyer, Authority} {
		if who.Oversees(kind) {
			kinds = append(kinds, string(kind))
		}
	}
	if len(kinds) == 0 {
		return nil, fault.ErrForbidden.With()
	}
	return kinds, nil
}
