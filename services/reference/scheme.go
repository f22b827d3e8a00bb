package reference

import (
	"slices"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Schemes that rules name.
const (
	// OCOP is the national programme of rated local products.
	OCOP = "OCOP"
	// ASCFarm and ASCChainOfCustody together allow the ASC claim on a packed product.
	ASCFarm           = "ASC_FARM"
	ASCChainOfCustody = "ASC_COC"
)

// Scheme is a kind of certificate.
type Scheme struct {
	Names

	Code   string   `db:"code" json:"code"`
	Kind   string   `db:"kind" json:"kind"`
	Scopes []string `db:"-"    json:"scopes" doc:"What a certificate of the scheme may cover."`
	// ValidityMonths are calendar months from signature; 0 where the scheme sets no end.
	ValidityMonths int `db:"validity_months" json:"validity_months,omitempty" doc:"Calendar months a certificate lives; absent without a fixed end."`
	// SurveillanceMonths lie between surveillance audits; 0 where none are prescribed.
	SurveillanceMonths int `db:"surveillance_months" json:"surveillance_months,omitempty"`
	// WarnDays before its end a certificate counts as expiring and the holder is warned.
	WarnDays int `db:"warn_days" json:"warn_days"`
	// WarnDaysByLaw says that the scheme itself demands the warning (OCOP: QĐ 148/QĐ-TTg).
	WarnDaysByLaw bool `db:"warn_days_by_law" json:"warn_days_by_law"`
	// ClaimNeeds is the scheme whose valid certificate must stand beside this one before a
	// packed product may carry the claim; empty where this one is enough.
	ClaimNeeds string `db:"claim_needs" json:"claim_needs,omitempty" doc:"A valid certificate of this scheme is needed beside it for a claim on a packed product."`
	// NumberFormat describes how numbers look. It is shown and never enforced; Unverified says
	// that it comes from general knowledge only.
	NumberFormat             string `db:"number_format"              json:"number_format,omitempty"`
	NumberFormatUnverified   bool   `db:"number_format_unverified"   json:"number_format_unverified,omitempty"`
	Issuer                   string `db:"issuer_vi"                  json:"issuer,omitempty"`
	IssuerEN                 string `db:"issuer_en"                  json:"issuer_en,omitempty"`
	PublicRegister           string `db:"public_register"            json:"public_register,omitempty"`
	PublicRegisterUnverified bool   `db:"public_register_unverified" json:"public_register_unverified,omitempty"`
	Note                     string `db:"note_vi"                    json:"note,omitempty"`
	NoteEN                   string `db:"note_en"                    json:"note_en,omitempty"`
}

// Covers reports whether a certificate of the scheme may have the scope.
func (s Scheme) Covers(scope string) bool { return slices.Contains(s.Scopes, scope) }

// OCOPStars returns the stars that a score of 0 to 100 earns: 50 to under 70 three, 70 to under
// 90 four, 90 and more five (QĐ 148/QĐ-TTg, 2023). Less than 50 and more than 100 earn none:
// fewer than three stars are not recognised.
func OCOPStars(score quantity.Quantity) (int, bool) {
	switch {
	case score < quantity.Of(50) || score > quantity.Of(100):
		return 0, false
	case score < quantity.Of(70):
		return 3, true
	case score < quantity.Of(90):
		return 4, true
	default:
		return 5, true
	}
}

// OCOPIssuer says who may decide on OCOP stars and when.
type OCOPIssuer struct {
	Code   string `db:"code"`
	Stars  int    `db:"stars"`
	Issuer string `db:"issuer"` // district, province or ministry
	// DecidedFrom and DecidedTo are the first and last day on which a decision counts; zero: no
	// end known.
	DecidedFrom civil.Date `db:"decided_from"`
	DecidedTo   civil.Date `db:"decided_to"`
	Source      string     `db:"source"`
}

func (i OCOPIssuer) allows(stars int, issuer string, decidedOn civil.Date) bool {
	return i.Stars == stars && i.Issuer == issuer &&
		!decidedOn.Before(i.DecidedFrom) && (i.DecidedTo.IsZero() || !decidedOn.After(i.DecidedTo))
}
