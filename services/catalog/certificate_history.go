package catalog

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/reference"
)

// Decision is one entry of a certificate's history. It tells which kind of organisation decided and
// not which person: that stands in the audit trail.
type Decision struct {
	Decision     CertificateState `json:"decision"              enum:"submitted,verified,rejected,revoked"`
	At           time.Time        `json:"at"`
	EffectiveOn  civil.Date       `json:"effective_on"          doc:"The first day on which it counts; a revocation may reach back."`
	By           string           `json:"by"                    enum:"producer,authority,platform"`
	ReasonCode   string           `json:"reason_code,omitempty" doc:"Of /v1/reference/certificate-reasons."`
	ReasonName   string           `json:"reason_name,omitempty"`
	ReasonNameEN string           `json:"reason_name_en,omitempty"`
	Reason       string           `json:"reason,omitempty"      doc:"In own words."`
}

// History is what was decided about a certificate and when, and what it was worth on a day.
type History struct {
	CertificateID uuid.UUID        `json:"certificate_id"`
	On            civil.Date       `json:"on"                  doc:"The day that state is for."`
	State         CertificateState `json:"state"               enum:"not_submitted,submitted,rejected,revoked,not_yet_valid,valid,expiring,expired"`
	Decisions     []Decision       `json:"decisions"           doc:"The oldest first. None is ever changed or removed."`
	Changes       []StateChange    `json:"changes"             doc:"From which day it was worth what, as decided until now."`
	Audits        []Audit          `json:"audits"              doc:"Surveillance audits that were recorded."`
	RenewsID      uuid.UUID        `json:"renews_id,omitzero"  doc:"The certificate that it renews."`
	RenewedBy     uuid.UUID        `json:"renewed_by,omitzero" doc:"The certificate that renews it."`
}

// StateChange is the first day of a state.
type StateChange struct {
	On    civil.Date       `json:"on"`
	State CertificateState `json:"state"`
}

// changes lists the days on which a certificate's state changes, by what was decided until now and
// by its dates, those to come included.
func (c course) changes() []StateChange {
	days := []civil.Date{c.submittedOn, c.verifiedOn, c.issuedOn, c.revokedOn}
	if c.decided == Rejected {
		days = append(days, c.decidedOn)
	}
	if !c.validUntil.IsZero() {
		days = append(days, c.validUntil.AddDays(-c.warnDays), c.validUntil.AddDays(1))
	}
	return c.statesOn(days)
}

func (c course) statesOn(days []civil.Date) []StateChange {
	changes := make([]StateChange, 0, len(days))
	last := NotSubmitted
	for _, day := range sortedDays(days) {
		if state := c.on(day); !day.IsZero() && state != last {
			changes = append(changes, StateChange{On: day, State: state})
			last = state
		}
	}
	return changes
}

// Ruling is what an authority gives with a decision: a reason of the list, own words, or both. A
// revocation may take effect at an instant before now.
type Ruling struct {
	ReasonCode  string
	Reason      string
	EffectiveAt time.Time
}

// check wants a reason that the other side can act on, and an instant that is not to come.
func (r Ruling) check(book *reference.Book, becomes CertificateState, now time.Time) error {
	var complaints fault.Collector
	if r.ReasonCode != "" {
		if _, known := book.DecisionReason(string(becomes), r.ReasonCode); !known {
			complaints.Add("reason_code", fault.ErrUnknownValue, "value", r.ReasonCode, "allowed", "/v1/reference/certificate-reasons")
		}
	} else if oneLine(r.Reason) == "" {
		complaints.Add("reason", fault.ErrRequired)
	}
	tooLong(&complaints, "reason", r.Reason, reasonMax)
	if r.EffectiveAt.After(now) {
		complaints.Add("effective_at", ErrEffectiveInFuture)
	}
	return complaints.Err()
}

func sortedDays(days []civil.Date) []civil.Date {
	return slices.SortedFunc(slices.Values(days), civil.Date.Compare)
}
