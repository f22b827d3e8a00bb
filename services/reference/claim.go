package reference

import (
	"regexp"
	"slices"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Period is when a version of a rule is in force: from its first to its last day, both included.
// A zero day is open.
type Period struct {
	ValidFrom civil.Date `db:"valid_from" json:"valid_from,omitzero"`
	ValidTo   civil.Date `db:"valid_to"   json:"valid_to,omitzero"`
}

// Includes reports whether the rule is in force on a day.
func (p Period) Includes(day civil.Date) bool {
	return !day.Before(p.ValidFrom) && (p.ValidTo.IsZero() || !day.After(p.ValidTo))
}

// Term is how long a certificate of a scheme lives, by the day it was issued.
type Term struct {
	Period

	Code   string `db:"code"   json:"code"`
	Scheme string `db:"scheme" json:"-"`
	// ValidityMonths are calendar months from signature, clamped to the month's end; 0: no end.
	ValidityMonths int `db:"validity_months" json:"validity_months,omitempty"`
	// ValidityEnforced refuses a later last day; elsewhere it is remarked on.
	ValidityEnforced bool `db:"validity_enforced" json:"validity_enforced"`
	// SurveillanceMonths lie between surveillance audits; 0: none. Never enforced.
	SurveillanceMonths int    `db:"surveillance_months" json:"surveillance_months,omitempty"`
	Source             string `db:"source"              json:"source"`
}

// StarBand is what so many stars of a scheme take in points.
type StarBand struct {
	Period

	Code   string `db:"code"   json:"code"`
	Scheme string `db:"scheme" json:"-"`
	Stars  int    `db:"stars"  json:"stars"`
	// PointsFrom are reached, PointsBelow are not.
	PointsFrom  quantity.Quantity `db:"points_from"  json:"points_from"`
	PointsBelow quantity.Quantity `db:"points_below" json:"points_below"`
	Source      string            `db:"source"       json:"source"`
}

// Cover is one thing that may stand behind a claim: a certificate of a scheme with a scope.
type Cover struct {
	Scheme string `json:"scheme"`
	Scope  string `json:"scope"`
}

// ClaimRule says which goods may show the mark of a scheme and what that takes. A product may show
// the mark when one rule in force on the day fits its line and form and its certificate's scope,
// and every need is met. The SQL function catalog.marks decides by the same rows.
type ClaimRule struct {
	Period

	Code   string `json:"code"`
	Scheme string `json:"-"`
	// Lines it is for, those of its OCOP groups among them; none: every line.
	Lines []string `json:"lines,omitempty" doc:"Product lines it is for; absent: all."`
	// Forms it is for; none: every form but ExceptForms.
	Forms       []string `json:"forms,omitempty"`
	ExceptForms []string `json:"except_forms,omitempty"`
	// Scopes are those of which the certificate must have one.
	Scopes []string `json:"scopes"`
	// NamedOnly rules are for products that the certificate names.
	NamedOnly bool `json:"named_only"`
	// Needs must each be met by one of their covers beside the certificate itself.
	Needs  [][]Cover `json:"needs,omitempty" doc:"Each must be met by one of its certificates, valid on the same day."`
	Source string    `json:"source"`
}

// Fits reports whether the rule is for goods of a line in a form.
func (r ClaimRule) Fits(line, form string) bool {
	return (len(r.Lines) == 0 || slices.Contains(r.Lines, line)) &&
		(len(r.Forms) == 0 || slices.Contains(r.Forms, form)) && !slices.Contains(r.ExceptForms, form)
}

// ScopeKind is a kind of thing that a certificate can cover.
type ScopeKind struct {
	Names

	Code string `db:"code" json:"code"`
	// For and ForEN complete "a valid certificate …".
	For   string `db:"for_vi" json:"-"`
	ForEN string `db:"for_en" json:"-"`
}

// DecisionReason is why an authority rejects or revokes a certificate.
type DecisionReason struct {
	Names

	Code     string `db:"code"     json:"code"`
	Decision string `db:"decision" json:"decision" enum:"rejected,revoked"`
}

// Term returns the version of a scheme's validity in force on the day a certificate was issued;
// the zero Term, which sets no end, where there is none.
func (s Scheme) Term(issuedOn civil.Date) Term {
	for _, term := range s.Terms {
		if term.Includes(issuedOn) {
			return term
		}
	}
	return Term{}
}

// StarsFor returns the stars that points earn by the bands in force on a day: for OCOP 50 to under
// 70 three, 70 to under 90 four, 90 to 100 five (QĐ 148/QĐ-TTg, 2023). Points outside all bands
// earn none.
func (s Scheme) StarsFor(points quantity.Quantity, day civil.Date) (int, bool) {
	for _, band := range s.StarBands {
		if band.Includes(day) && points >= band.PointsFrom && points < band.PointsBelow {
			return band.Stars, true
		}
	}
	return 0, false
}

// Rated reports whether certificates of the scheme have stars.
func (s Scheme) Rated() bool { return len(s.StarBands) > 0 }

// ClaimsOn lists the claim rules in force on a day.
func (s Scheme) ClaimsOn(day civil.Date) []ClaimRule {
	var rules []ClaimRule
	for _, rule := range s.Claims {
		if rule.Includes(day) {
			rules = append(rules, rule)
		}
	}
	return rules
}

// FitsLine reports whether a certificate of the scheme can stand behind goods of a line on a day,
// whatever their form.
func (s Scheme) FitsLine(line string, day civil.Date) bool {
	return slices.ContainsFunc(s.ClaimsOn(day), func(r ClaimRule) bool {
		return len(r.Lines) == 0 || slices.Contains(r.Lines, line)
	})
}

// LinesOn lists the product lines that a certificate of the scheme can cover on a day without
// naming products; none for marks that are given to named products only.
func (s Scheme) LinesOn(day civil.Date) []string {
	var lines []string
	for _, rule := range s.ClaimsOn(day) {
		if !rule.NamedOnly {
			lines = append(lines, rule.Lines...)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// NumberFits reports whether a number looks as those of the scheme do. It decides nothing: how
// numbers look comes from general knowledge.
func (s Scheme) NumberFits(number string) bool {
	if s.NumberPattern == "" {
		return true
	}
	pattern, err := regexp.Compile(s.NumberPattern)
	if err != nil || !pattern.MatchString(number) {
		return err != nil
	}
	return s.NumberCheck != "gs1" || gs1Digits(number)
}

// gs1Digits reports whether the last digit of a number is the check digit of the others (GS1
// General Specifications, 7.9).
func gs1Digits(number string) bool {
	sum := 0
	for i, weight := len(number)-1, 1; i >= 0; i, weight = i-1, 4-weight {
		sum += int(number[i]-'0') * weight
	}
	return sum%10 == 0
}

// ScopeKinds lists what a certificate can cover.
func (b *Book) ScopeKinds() []ScopeKind { return slices.Clone(b.scopeKinds) }

// ScopeKind finds a kind of scope.
func (b *Book) ScopeKind(code string) (ScopeKind, bool) {
	at := slices.IndexFunc(b.scopeKinds, func(k ScopeKind) bool { return k.Code == code })
	if at < 0 {
		return ScopeKind{}, false
	}
	return b.scopeKinds[at], true
}

// DecisionReasons lists why certificates are rejected and revoked.
func (b *Book) DecisionReasons() []DecisionReason { return slices.Clone(b.decisionReasons) }

// DecisionReason finds a reason of a decision ("rejected" or "revoked").
func (b *Book) DecisionReason(decision, code string) (DecisionReason, bool) {
	for _, reason := range b.decisionReasons {
		if reason.Decision == decision && reason.Code == code {
			return reason, true
		}
	}
	return DecisionReason{}, false
}

// OCOPIssuer returns the row by which an issuer (district, province or ministry) could decide on so
// many stars on a day; false when it could not.
func (b *Book) OCOPIssuer(stars int, issuer string, decidedOn civil.Date) (OCOPIssuer, bool) {
	for _, row := range b.issuers {
		if row.allows(stars, issuer, decidedOn) {
			return row, true
		}
	}
	return OCOPIssuer{}, false
}
