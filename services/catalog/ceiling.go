package catalog

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// Ceiling is how much of a group certificate's yearly ceiling is used.
type Ceiling struct {
	CertificateID uuid.UUID `json:"certificate_id"`
	Scheme        string    `json:"scheme"`
	Number        string    `json:"number"`
	// CeilingKg is absent, and Years empty, for a certificate without one.
	CeilingKg *quantity.Quantity `json:"ceiling_kg,omitempty" doc:"The most that may be sold under the claim in a calendar year; absent: no limit."`
	Years     []CeilingYear      `json:"years"                doc:"Those in which something was sold, and those in which the certificate is valid from now on."`
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

// Ceiling returns how much of a certificate's yearly ceiling is claimed, delivered and left, for
// its holder and for those who oversee producers; for everybody else fault.ErrForbidden or
// fault.ErrNotFound.
func (s *Service) Ceiling(ctx context.Context, who identity.Principal, id uuid.UUID) (Ceiling, error) {
	row, err := s.visibleCertificate(ctx, who, id)
	if err != nil {
		return Ceiling{}, err
	}
	answer := Ceiling{CertificateID: row.ID, Scheme: row.Scheme, Number: row.Number, Years: []CeilingYear{}}
	const query = `SELECT coalesce(sum(ceiling), 0) FROM catalog.certificate_scopes WHERE certificate_id = $1`
	var limit quantity.Quantity
	if err := s.db.Get(ctx, &limit, query, id); err != nil {
		return Ceiling{}, err
	}
	balances, err := ledger.CeilingBalances(ctx, s.db, []uuid.UUID{id})
	if err != nil || (limit == 0 && len(balances) == 0) {
		return answer, err
	}
	answer.CeilingKg = &limit
	this := s.today().Year
	last := this + maxYearsAhead
	if !row.ValidUntil.IsZero() {
		last = row.ValidUntil.Year
	}
	answer.Years = ceilingYears(limit, balances, max(this, row.IssuedOn.Year), last)
	return answer, nil
}

// ceilingYears lists the years from first to last, and those in which something was sold.
func ceilingYears(limit quantity.Quantity, balances []ledger.CeilingBalance, first, last int) []CeilingYear {
	years := []CeilingYear{}
	for _, balance := range balances {
		years = append(years, CeilingYear{
			Year: balance.Year, ClaimedKg: balance.Claimed, DeliveredKg: balance.Delivered, LeftKg: max(limit-balance.Claimed, 0),
		})
	}
	for year := first; year <= last; year++ {
		if !slices.ContainsFunc(years, func(y CeilingYear) bool { return y.Year == year }) {
			years = append(years, CeilingYear{Year: year, LeftKg: limit})
		}
	}
	slices.SortFunc(years, func(a, b CeilingYear) int { return a.Year - b.Year })
	return years
}
