package catalog

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// Ceiling is how much of a group certificate's yearly ceilings is used, scope by scope.
type Ceiling struct {
	CertificateID uuid.UUID `json:"certificate_id"`
	Scheme        string    `json:"scheme"`
	Number        string    `json:"number"`
	// CeilingKg is absent, and Years and Scopes empty, for a certificate without one.
	CeilingKg *quantity.Quantity `json:"ceiling_kg,omitempty" doc:"Those of all scopes together; absent: no limit."`
	Years     []CeilingYear      `json:"years"                doc:"All scopes together: the years in which something was sold, and those in which the certificate is valid from now on."`
	Scopes    []ScopeCeiling     `json:"scopes"               doc:"Each group scope with a ceiling. A sale counts against one of them: what another has left does not help."`
}

// ScopeCeiling is how much of one scope's yearly ceiling is used.
type ScopeCeiling struct {
	Scope     int               `json:"scope"           doc:"Its place among the certificate's scopes, from 1."`
	Name      string            `json:"name,omitempty"  doc:"Of the group, as the certificate names it."`
	Lines     []string          `json:"lines,omitempty" doc:"The product lines it covers, when it names no products."`
	CeilingKg quantity.Quantity `json:"ceiling_kg"      doc:"The most that may be sold under its claim in a calendar year."`
	Years     []CeilingYear     `json:"years"`

	id uuid.UUID
}

// CeilingYear is what was sold under a claim in one calendar year of agreed delivery days.
type CeilingYear struct {
	Year        int               `json:"year"         doc:"Of the agreed delivery day in Vietnam."`
	ClaimedKg   quantity.Quantity `json:"claimed_kg"   doc:"Awarded under the claim, delivered or not."`
	DeliveredKg quantity.Quantity `json:"delivered_kg" doc:"The part of it that buyers accepted."`
	LeftKg      quantity.Quantity `json:"left_kg"      doc:"What can still be sold under the claim."`
}

// maxYearsAhead bounds the years listed of a certificate that has no end.
const maxYearsAhead = 1

// Ceiling returns how much of the yearly ceilings of a certificate's scopes is claimed, delivered and
// left, for its holder and for those who oversee producers; for everybody else fault.ErrForbidden or
// fault.ErrNotFound.
func (s *Service) Ceiling(ctx context.Context, who identity.Principal, id uuid.UUID) (Ceiling, error) {
	row, err := s.visibleCertificate(ctx, who, id)
	if err != nil {
		return Ceiling{}, err
	}
	answer := Ceiling{CertificateID: row.ID, Scheme: row.Scheme, Number: row.Number, Years: []CeilingYear{}}
	if answer.Scopes, err = scopeCeilings(ctx, s.db, id); err != nil || len(answer.Scopes) == 0 {
		return answer, err
	}
	ids := make([]uuid.UUID, len(answer.Scopes))
	for at, scope := range answer.Scopes {
		ids[at] = scope.id
	}
	balances, err := ledger.CeilingBalances(ctx, s.db, ids)
	if err != nil {
		return answer, err
	}
	first := s.today().Year
	last := first + maxYearsAhead
	if !row.ValidUntil.IsZero() {
		last = row.ValidUntil.Year
	}
	first = max(first, row.IssuedOn.Year)
	// A scope lists the years of the others too, so that all lists are of the same years.
	for _, balance := range balances {
		first, last = min(first, balance.Year), max(last, balance.Year)
	}
	limit := quantity.Quantity(0)
	for at := range answer.Scopes {
		scope := &answer.Scopes[at]
		scope.Years = ceilingYears(*scope, balances, first, last)
		limit += scope.CeilingKg
		answer.Years = addYears(answer.Years, scope.Years)
	}
	answer.CeilingKg = &limit
	return answer, nil
}

// scopeCeilings reads the scopes of a certificate that have a ceiling, in their order.
func scopeCeilings(ctx context.Context, reader postgres.Reader, certificate uuid.UUID) ([]ScopeCeiling, error) {
	const query = `
		SELECT n, name, lines, ceiling, ceiling_id
		  FROM catalog.certificate_scopes WHERE certificate_id = $1 AND ceiling IS NOT NULL ORDER BY n`
	var rows []struct {
		Scope     int               `db:"n"`
		Name      string            `db:"name"`
		Lines     postgres.Strings  `db:"lines"`
		Ceiling   quantity.Quantity `db:"ceiling"`
		CeilingID uuid.UUID         `db:"ceiling_id"`
	}
	if err := reader.Select(ctx, &rows, query, certificate); err != nil {
		return nil, err
	}
	scopes := make([]ScopeCeiling, len(rows))
	for at, row := range rows {
		scopes[at] = ScopeCeiling{Scope: row.Scope, Name: row.Name, Lines: row.Lines, CeilingKg: row.Ceiling, id: row.CeilingID}
	}
	return scopes, nil
}

// ceilingYears lists the years of a scope from first to last.
func ceilingYears(scope ScopeCeiling, balances []ledger.CeilingBalance, first, last int) []CeilingYear {
	years := make([]CeilingYear, 0, max(last-first+1, 0))
	for year := first; year <= last; year++ {
		sold := CeilingYear{Year: year, LeftKg: scope.CeilingKg}
		for _, balance := range balances {
			if balance.CeilingID == scope.id && balance.Year == year {
				sold.ClaimedKg, sold.DeliveredKg = balance.Claimed, balance.Delivered
				sold.LeftKg = max(scope.CeilingKg-balance.Claimed, 0)
			}
		}
		years = append(years, sold)
	}
	return years
}

// addYears adds the years of a scope to those of the scopes before it.
func addYears(sum, years []CeilingYear) []CeilingYear {
	if len(sum) == 0 {
		return slices.Clone(years)
	}
	for at, year := range years {
		sum[at].ClaimedKg += year.ClaimedKg
		sum[at].DeliveredKg += year.DeliveredKg
		sum[at].LeftKg += year.LeftKg
	}
	return sum
}
