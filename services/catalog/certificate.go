package catalog

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Limits of a certificate.
const (
	MaxNumber = 100
	MaxIssuer = 200
	MaxNote   = 1000
)

// CertificateState is what a certificate is worth on a day: what was decided about it and, once
// it is verified, its dates.
type CertificateState string

// What an authority decides.
const (
	Submitted CertificateState = "submitted"
	Verified  CertificateState = "verified"
	Rejected  CertificateState = "rejected"
	Revoked   CertificateState = "revoked"
)

// What follows from the dates of a verified certificate.
const (
	NotYetValid CertificateState = "not_yet_valid"
	Valid       CertificateState = "valid"
	Expiring    CertificateState = "expiring"
	Expired     CertificateState = "expired"
)

// NotSubmitted is what a certificate is on a day before it was submitted.
const NotSubmitted CertificateState = "not_submitted"

// CertificateStateOn computes a certificate's state on a day from the decision about it and its
// dates. Its last day is included; without one it does not end. From warnDays before its end, which
// its scheme says, it is expiring.
func CertificateStateOn(decided CertificateState, issuedOn, validUntil, day civil.Date, warnDays int) CertificateState {
	switch {
	case decided != Verified:
		return decided
	case day.Before(issuedOn):
		return NotYetValid
	case validUntil.IsZero():
		return Valid
	case day.After(validUntil):
		return Expired
	case day.Days(validUntil) <= warnDays:
		return Expiring
	default:
		return Valid
	}
}

// course is what a certificate's state on any day follows from.
type course struct {
	// decided is the last decision, decidedOn its day; zero while it waits.
	decided                CertificateState
	submittedOn, decidedOn civil.Date
	verifiedOn, revokedOn  civil.Date
	issuedOn, validUntil   civil.Date
	warnDays               int
}

// on is the state on a day as decided until then. A verification counts from its day, a revocation
// from the day it took effect, which may lie before the day it was decided. The SQL function
// catalog.certificate_state_on agrees.
func (c course) on(day civil.Date) CertificateState {
	switch {
	case day.Before(c.submittedOn):
		return NotSubmitted
	case c.decided == Rejected && !day.Before(c.decidedOn):
		return Rejected
	case c.verifiedOn.IsZero() || day.Before(c.verifiedOn):
		return Submitted
	case !c.revokedOn.IsZero() && !day.Before(c.revokedOn):
		return Revoked
	default:
		return CertificateStateOn(Verified, c.issuedOn, c.validUntil, day, c.warnDays)
	}
}

// certificateMove is a decision about a certificate.
type certificateMove string

const (
	verify certificateMove = "verify"
	reject certificateMove = "reject"
	revoke certificateMove = "revoke"
)

// becomes is what a certificate is after the move, wherever it is possible.
func (m certificateMove) becomes() CertificateState {
	return map[certificateMove]CertificateState{verify: Verified, reject: Rejected, revoke: Revoked}[m]
}

// decided returns what a certificate is after a decision, or ErrCertificateState.
func (s CertificateState) decided(move certificateMove) (CertificateState, error) {
	switch {
	case (move == verify || move == reject) && s == Submitted, move == revoke && s == Verified:
		return move.becomes(), nil
	default:
		return "", ErrCertificateState.With("state", string(s), "action", string(move))
	}
}

// Certificate is a scheme's certificate and what was decided about it.
type Certificate struct {
	ID           uuid.UUID         `json:"id"`
	ProducerID   uuid.UUID         `json:"producer_id"`
	Producer     Seller            `json:"producer"`
	Scheme       string            `json:"scheme"`
	Number       string            `json:"number"`
	Issuer       string            `json:"issuer"`
	IssuerKind   string            `json:"issuer_kind,omitempty"  doc:"OCOP: district, province or ministry."`
	IssuedOn     civil.Date        `json:"issued_on"`
	ValidUntil   civil.Date        `json:"valid_until,omitzero"   doc:"The last day, included; absent where the scheme sets no end."`
	Scope        Scope             `json:"scope"                  doc:"The first of scopes."`
	Scopes       []Scope           `json:"scopes"`
	Stars        int               `json:"stars,omitempty"        doc:"OCOP only."`
	Points       quantity.Quantity `json:"points,omitzero"        doc:"OCOP, when the decision states them."`
	State        CertificateState  `json:"state"                  enum:"not_submitted,submitted,rejected,revoked,not_yet_valid,valid,expiring,expired" doc:"Today, or on the day asked for."`
	DaysLeft     *int              `json:"days_left,omitempty"    doc:"Days until its last day, while it is valid."`
	Reason       string            `json:"reason,omitempty"       doc:"Why it was rejected or revoked."`
	ReasonCode   string            `json:"reason_code,omitempty"  doc:"Of /v1/reference/certificate-reasons."`
	DecidedAt    *time.Time        `json:"decided_at,omitempty"`
	RevokedOn    civil.Date        `json:"revoked_on,omitzero" doc:"The first day on which it counts no more."`
	RenewsID     uuid.UUID         `json:"renews_id,omitzero" doc:"The certificate that it renews."`
	RenewedBy    uuid.UUID         `json:"renewed_by,omitzero" doc:"The certificate, submitted or verified, that renews it."`
	Surveillance *Surveillance     `json:"surveillance,omitempty" doc:"Where its scheme prescribes audits."`
	Notes        []Note            `json:"notes" doc:"Remarks; they decide nothing."`
	WaitingDays  *int              `json:"waiting_days,omitempty" doc:"Since it was submitted, while it waits for a decision."`
	Duplicates   []Duplicate       `json:"duplicates,omitempty" doc:"For who decides: certificates of the same scheme and number, of whomever."`
	ScanType     string            `json:"scan_type,omitempty"    doc:"Media type of the scan, when there is one."`
	ScanSize     int64             `json:"scan_size,omitempty"    doc:"Bytes of the scan."`
	Invented     bool              `json:"invented,omitempty"     doc:"Demonstration data."`
	Version      int64             `json:"version"                doc:"Also the ETag."`
	CreatedAt    time.Time         `json:"created_at"`
	UpdatedAt    time.Time         `json:"updated_at"`
}

// NewCertificate is what a producer submits.
type NewCertificate struct {
	Scheme     string            `json:"scheme"                maxLength:"100"`
	Number     string            `json:"number"                maxLength:"100"`
	Issuer     string            `json:"issuer"                maxLength:"200"`
	IssuerKind string            `json:"issuer_kind,omitempty" enum:"district,province,ministry" doc:"OCOP; read from the issuer's name when left out."`
	IssuedOn   civil.Date        `json:"issued_on"`
	ValidUntil civil.Date        `json:"valid_until,omitzero" doc:"From the scheme's validity when left out."`
	Scope      Scope             `json:"scope,omitzero" doc:"For a certificate of one scope; else scopes."`
	Scopes     []Scope           `json:"scopes,omitempty" maxItems:"20" doc:"What it covers, in one or several parts."`
	Stars      int               `json:"stars,omitempty"       doc:"OCOP: 3, 4 or 5."`
	Points     quantity.Quantity `json:"points,omitzero" doc:"OCOP, when the decision states them: they must agree with the stars."`
	RenewsID   uuid.UUID         `json:"renews_id,omitzero" doc:"The verified certificate of the same scheme that it renews."`
	// Invented marks demonstration data. Only seeding sets it.
	Invented bool `json:"-"`
}

// Duplicate is a certificate of the same scheme and number as another.
type Duplicate struct {
	CertificateID uuid.UUID        `json:"certificate_id"`
	Producer      Seller           `json:"producer"`
	State         CertificateState `json:"state" doc:"As decided: submitted, verified, rejected or revoked."`
	IssuedOn      civil.Date       `json:"issued_on"`
}

// StateCount is how many certificates are in a state.
type StateCount struct {
	State CertificateState `db:"state" json:"state"`
	Count int              `db:"count" json:"count"`
}
