package reference

import (
	"slices"

	"github.com/ocop-market/ocop/pkg/civil"
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
	// ValidityMonths are calendar months from signature; 0 where the scheme sets no end. Terms has
	// the versions; this is the last.
	ValidityMonths int `db:"-" json:"validity_months,omitempty" doc:"Calendar months a certificate lives; absent without a fixed end."`
	// SurveillanceMonths lie between surveillance audits; 0 where none are prescribed.
	SurveillanceMonths int `db:"-" json:"surveillance_months,omitempty"`
	// Terms are the versions of validity and surveillance, the oldest first.
	Terms []Term `db:"-" json:"terms" doc:"Validity and surveillance by the day of issue."`
	// StarBands are the stars the scheme gives; none where it gives none.
	StarBands []StarBand `db:"-" json:"star_bands,omitempty" doc:"Stars and the points they take."`
	// Claims say what may show its mark.
	Claims []ClaimRule `db:"-" json:"claims" doc:"What may show its mark, and what that takes."`
	// WarnDays before its end a certificate counts as expiring and the holder is warned.
	WarnDays int `db:"warn_days" json:"warn_days"`
	// WarnDaysLeast is the warning that the scheme itself demands; 0: none. OCOP: 30.
	WarnDaysLeast int `db:"warn_days_least" json:"warn_days_least,omitempty"`
	// PerSystem schemes are given for one retail system.
	PerSystem bool `db:"per_system" json:"per_system,omitempty" doc:"Given for one retail system."`
	// WarnDaysByLaw says that the scheme itself demands the warning (OCOP: QĐ 148/QĐ-TTg).
	WarnDaysByLaw bool `db:"warn_days_by_law" json:"warn_days_by_law"`
	// ClaimNeeds is the scheme whose valid certificate must stand beside this one before a
	// packed product may carry the claim; empty where this one is enough.
	ClaimNeeds string `db:"claim_needs" json:"claim_needs,omitempty" doc:"A valid certificate of this scheme is needed beside it for a claim on a packed product."`
	// NumberFormat describes how numbers look. It is shown and never enforced; Unverified says
	// that it comes from general knowledge only.
	NumberFormat             string `db:"number_format"              json:"number_format,omitempty"`
	NumberFormatUnverified   bool   `db:"number_format_unverified"   json:"number_format_unverified,omitempty"`
	NumberPattern            string `db:"number_pattern"             json:"-"`
	NumberCheck              string `db:"number_check"               json:"-"`
	Issuer                   string `db:"issuer_vi"                  json:"issuer,omitempty"`
	IssuerEN                 string `db:"issuer_en"                  json:"issuer_en,omitempty"`
	PublicRegister           string `db:"public_register"            json:"public_register,omitempty"`
	PublicRegisterUnverified bool   `db:"public_register_unverified" json:"public_register_unverified,omitempty"`
	Note                     string `db:"note_vi"                    json:"note,omitempty"`
	NoteEN                   string `db:"note_en"                    json:"note_en,omitempty"`
}

// Covers reports whether a certificate of the scheme may have the scope.
func (s Scheme) Covers(scope string) bool { return slices.Contains(s.Scopes, scope) }

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
