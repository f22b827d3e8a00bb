package catalog

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/reference"
)

// Claim is whether a product carries the mark of a scheme on a day, by which certificates and until
// when, or what is missing.
type Claim struct {
	Scheme  string `json:"scheme"`
	Name    string `json:"name"`
	NameEN  string `json:"name_en"`
	Carried bool   `json:"carried"`
	// Until is the last day on which the certificates that stand behind it today all count.
	Until        civil.Date `json:"until,omitzero" doc:"The last day, included, on which what stands behind it lasts; absent without an end."`
	Certificates []Behind   `json:"certificates"   doc:"What stands behind it."`
	Missing      []Lack     `json:"missing"        doc:"What it lacks, each with what to do about it."`
}

// Behind is a certificate that stands behind a mark.
type Behind struct {
	CertificateID uuid.UUID        `json:"certificate_id"`
	Scheme        string           `json:"scheme"`
	Scope         string           `json:"scope"                 doc:"The kind of scope that counts."`
	Number        string           `json:"number"`
	ValidUntil    civil.Date       `json:"valid_until,omitzero"`
	State         CertificateState `json:"state"`
	HolderID      uuid.UUID        `json:"holder_id"`
	Holder        string           `json:"holder"                doc:"Another producer where the product's is a member of its group."`
	Stars         int              `json:"stars,omitempty"`
}

// LackCode says why a requirement of a claim is not met.
type LackCode string

// Why a requirement is not met, the nearest miss first.
const (
	LackNotCovering  LackCode = "not_covering"
	LackOtherScope   LackCode = "other_scope"
	LackNotVerified  LackCode = "not_verified"
	LackNotYetValid  LackCode = "not_yet_valid"
	LackExpired      LackCode = "expired"
	LackRevoked      LackCode = "revoked"
	LackRejected     LackCode = "rejected"
	LackNotInherited LackCode = "not_inherited"
	LackNone         LackCode = "none"
	LackNoSubject    LackCode = "not_ocop_subject"
)

// Lack is one requirement of a claim that is not met, and what to do about it.
type Lack struct {
	AnyOf         []reference.Cover `json:"any_of"                   doc:"A certificate of one of these is wanted."`
	Code          LackCode          `json:"code" enum:"not_covering,other_scope,not_verified,not_yet_valid,expired,revoked,rejected,not_inherited,none,not_ocop_subject"`
	CertificateID uuid.UUID         `json:"certificate_id,omitzero" doc:"The certificate that comes nearest."`
	Text          string            `json:"text"`
	TextEN        string            `json:"text_en"`
}

// claimant is a product as claims see it.
type claimant struct {
	Line, Form string
	ProducerID uuid.UUID
	// OCOPSubject can hold an OCOP recognition; SellsOn buys from farms and inherits nothing.
	OCOPSubject, SellsOn bool
}

// holding is one scope of a certificate that a product's producer holds, or of a group of which it
// is a member, and how that stands to the product.
type holding struct {
	course

	CertificateID  uuid.UUID
	HolderID       uuid.UUID
	Holder         string
	Scheme, Number string
	Kind           string
	Stars          int
	Named, ByLine  bool
	// Member says that it is another's group of which the producer is a member.
	Member bool
}

// covers reports whether the scope stands for the product: it names it, or names none and is for its
// line. Whoever sells on what others grew inherits nothing.
func (h holding) covers(product claimant) bool {
	return h.Named || (h.ByLine && (!h.Member || !product.SellsOn))
}

// counts reports whether the certificate counts on a day.
func (h holding) counts(day civil.Date) bool {
	state := h.on(day)
	return state == Valid || state == Expiring
}

// requirement is one thing that a claim takes: one of the covers, on a scope that covers the product.
type requirement struct {
	anyOf []reference.Cover
	named bool
}

// requirements of a rule: a certificate of the scheme itself, and the rule's needs.
func requirements(rule reference.ClaimRule) []requirement {
	own := requirement{named: rule.NamedOnly}
	for _, scope := range rule.Scopes {
		own.anyOf = append(own.anyOf, reference.Cover{Scheme: rule.Scheme, Scope: scope})
	}
	wanted := make([]requirement, 0, 1+len(rule.Needs))
	wanted = append(wanted, own)
	for _, need := range rule.Needs {
		wanted = append(wanted, requirement{anyOf: need})
	}
	return wanted
}

// meets reports whether a holding meets the requirement for the product on a day.
func (r requirement) meets(h holding, product claimant, day civil.Date) bool {
	return h.counts(day) && h.covers(product) && (h.Named || !r.named) &&
		slices.Contains(r.anyOf, reference.Cover{Scheme: h.Scheme, Scope: h.Kind})
}

// assess says of a scheme whether the product may show its mark on a day; false when the scheme is
// not for such goods. It agrees with the SQL function catalog.marks, which decides.
func assess(scheme reference.Scheme, product claimant, held []holding, words wording) (Claim, bool) {
	var best Claim
	found := false
	for _, rule := range scheme.ClaimsOn(words.day) {
		if !rule.Fits(product.Line, product.Form) {
			continue
		}
		claim := judge(rule, words, product, held)
		if !found || len(claim.Missing) < len(best.Missing) {
			best, found = claim, true
		}
	}
	best.Scheme, best.Name, best.NameEN, best.Carried = scheme.Code, scheme.Name, scheme.NameEN, found && len(best.Missing) == 0
	if scheme.Rated() && !product.OCOPSubject && !best.Carried {
		best.Missing = []Lack{{AnyOf: best.anyOf(), Code: LackNoSubject, Text: lackTexts[LackNoSubject].vi, TextEN: lackTexts[LackNoSubject].en}}
	}
	return best, found
}

func (c Claim) anyOf() []reference.Cover {
	if len(c.Missing) == 0 {
		return []reference.Cover{}
	}
	return c.Missing[0].AnyOf
}

// judge holds a product's certificates against one rule.
func judge(rule reference.ClaimRule, words wording, product claimant, held []holding) Claim {
	claim := Claim{Certificates: []Behind{}, Missing: []Lack{}}
	endless := true
	for _, wanted := range requirements(rule) {
		var behind []holding
		for _, h := range held {
			if wanted.meets(h, product, words.day) {
				behind = append(behind, h)
			}
		}
		if len(behind) == 0 {
			claim.Missing = append(claim.Missing, words.lack(wanted, product, held))
			continue
		}
		slices.SortStableFunc(behind, longestFirst)
		for _, h := range behind {
			claim.Certificates = append(claim.Certificates, Behind{
				CertificateID: h.CertificateID, Scheme: h.Scheme, Scope: h.Kind, Number: h.Number, ValidUntil: h.validUntil,
				State: h.on(words.day), HolderID: h.HolderID, Holder: h.Holder, Stars: h.Stars,
			})
		}
		if last := behind[0].validUntil; !last.IsZero() && (endless || last.Before(claim.Until)) {
			claim.Until, endless = last, false
		}
	}
	if len(claim.Missing) > 0 {
		claim.Until = civil.Date{}
	}
	return claim
}

// longestFirst sorts by the last day; one without an end is the longest.
func longestFirst(a, b holding) int {
	switch {
	case a.validUntil == b.validUntil:
		return cmp.Compare(a.Number, b.Number)
	case a.validUntil.IsZero():
		return -1
	case b.validUntil.IsZero():
		return 1
	default:
		return b.validUntil.Compare(a.validUntil)
	}
}
