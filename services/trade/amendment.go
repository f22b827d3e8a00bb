package trade

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/reference"
)

// AmendmentOutcome is what became of a proposed amendment.
type AmendmentOutcome string

// The outcomes: the other party agreed or refused, or whoever proposed it took it back.
const (
	Agreed    AmendmentOutcome = "agreed"
	Refused   AmendmentOutcome = "refused"
	TakenBack AmendmentOutcome = "withdrawn"
)

// undecided is the outcome of an amendment that waits.
const undecided AmendmentOutcome = ""

// firstTerms is the version of a memorandum as it was entered.
const firstTerms = 1

// TermsState is where a version of a memorandum's terms stands.
type TermsState string

// The states of a version: it stands, stood until a newer one did, waits for the other party, came to
// nothing, or was still waiting when the memorandum ended.
const (
	TermsStand     TermsState = "standing"
	TermsReplaced  TermsState = "replaced"
	TermsProposed  TermsState = "proposed"
	TermsRefused   TermsState = "refused"
	TermsWithdrawn TermsState = "withdrawn"
	TermsLapsed    TermsState = "lapsed"
)

// What the audit trail calls what was done with the terms of memoranda.
const (
	EventMemorandumAmended  = "memorandum.amended"
	EventAmendmentProposed  = "memorandum.amendment_proposed"
	EventAmendmentAgreed    = "memorandum.amendment_agreed"
	EventAmendmentRefused   = "memorandum.amendment_refused"
	EventAmendmentWithdrawn = "memorandum.amendment_withdrawn"
)

// pastOf is what the audit trail calls a decision.
func pastOf(outcome AmendmentOutcome) string {
	switch outcome {
	case Agreed:
		return EventAmendmentAgreed
	case Refused:
		return EventAmendmentRefused
	default:
		return EventAmendmentWithdrawn
	}
}

// MemorandumChange amends what a memorandum says; what is left out stays. Who signed it and when
// does not change: that would be another memorandum.
type MemorandumChange struct {
	Number       *string              `json:"number,omitempty"        maxLength:"60"`
	ProducerName *string              `json:"producer_name,omitempty" maxLength:"200"              doc:"Of a producer that is not on the platform."`
	BuyerName    *string              `json:"buyer_name,omitempty"    maxLength:"200"              doc:"Of a buyer that is not on the platform."`
	TermFrom     *civil.Date          `json:"term_from,omitempty"`
	TermTo       *civil.Date          `json:"term_to,omitempty"       doc:"Inclusive."`
	Note         *string              `json:"note,omitempty"          maxLength:"2000"`
	Lines        *[]NewMemorandumLine `json:"lines,omitempty"         minItems:"1" maxItems:"50" doc:"All of them, in place of those there are."`
	Reason       string               `json:"reason,omitempty"        maxLength:"2000"             doc:"Why; to the parties."`
}

// apply is what the memorandum says after the change, as one to be recorded.
func (c *MemorandumChange) apply(m *Memorandum) NewMemorandum {
	n := NewMemorandum{
		EventID: m.EventID, Number: m.Number, Producer: m.Producer, Buyer: m.Buyer, SignedOn: m.SignedOn, TermFrom: m.TermFrom, TermTo: m.TermTo, Note: m.Note,
	}
	set(&n.Number, c.Number)
	set(&n.Producer.Name, c.ProducerName)
	set(&n.Buyer.Name, c.BuyerName)
	set(&n.TermFrom, c.TermFrom)
	set(&n.TermTo, c.TermTo)
	set(&n.Note, c.Note)
	if c.Lines != nil {
		n.Lines = *c.Lines
		return n
	}
	for _, line := range m.Lines {
		kept := NewMemorandumLine{Goods: line.Goods}
		set(&kept.ValueVND, line.ValueVND)
		n.Lines = append(n.Lines, kept)
	}
	return n
}

// amended is the memorandum as it would stand after a change. Refused: what a new one is refused for,
// fault.ErrNotAllowedHere for the name of a party on the platform, ErrMemorandumUnchanged.
func (m *Memorandum) amended(book *reference.Book, c *MemorandumChange, today civil.Date) (Memorandum, error) {
	var found fault.Collector
	for _, name := range []struct {
		field string
		sent  *string
		of    Party
	}{{"producer_name", c.ProducerName, m.Producer}, {"buyer_name", c.BuyerName, m.Buyer}} {
		switch {
		case name.sent == nil:
		case name.of.ID != uuid.Nil:
			found.Add(name.field, fault.ErrNotAllowedHere, "reason", "/v1/organisations")
		case strings.TrimSpace(*name.sent) == "":
			found.Add(name.field, fault.ErrRequired)
		}
	}
	if err := found.Err(); err != nil {
		return Memorandum{}, err
	}
	n, next := c.apply(m), *m
	if err := n.check(book, today); err != nil {
		return Memorandum{}, err
	}
	next.Number, next.Producer, next.Buyer, next.TermFrom, next.TermTo, next.Note = n.Number, n.Producer, n.Buyer, n.TermFrom, n.TermTo, n.Note
	if c.Lines != nil {
		next.Lines = linesOf(book, n.Lines)
	}
	if m.saysTheSame(&next) {
		return Memorandum{}, ErrMemorandumUnchanged.With()
	}
	return next, nil
}

// saysTheSame reports whether two versions of a memorandum differ in nothing.
func (m *Memorandum) saysTheSame(other *Memorandum) bool {
	sameLine := func(a, b MemorandumLine) bool {
		sameValue := (a.ValueVND == nil) == (b.ValueVND == nil) && (a.ValueVND == nil || *a.ValueVND == *b.ValueVND)
		return a.kind() == b.kind() && a.Quantity == b.Quantity && a.Unit == b.Unit && a.Expected == b.Expected && sameValue
	}
	return m.Number == other.Number && m.Producer == other.Producer && m.Buyer == other.Buyer && m.TermFrom == other.TermFrom &&
		m.TermTo == other.TermTo && m.Note == other.Note && slices.EqualFunc(m.Lines, other.Lines, sameLine)
}

// amend returns the memorandum after an actor changed what it says, of which the newest version is the latest.
// Before it is confirmed, whoever recorded it changes its own entry, and what others said of the old one does not
// hold. A confirmed one is changed by its parties: a change waits for the other where that is on the
// platform. Refused: fault.ErrForbidden, ErrMemorandumState, ErrAmendmentWaits.
func (m *Memorandum) amend(by actor, latest int, now time.Time) (Memorandum, error) {
	next := *m
	party := by.side == ByProducer || by.side == ByBuyer
	switch {
	case !party && !by.recorder, m.State == Confirmed && !party, !m.agreed() && m.State != Withdrawn && !by.recorder:
		return next, fault.ErrForbidden.With()
	case m.State == Ended, m.State == Withdrawn:
		return next, ErrMemorandumState.With("state", string(m.State), "action", "amend")
	case m.State == Confirmed && m.Proposed > 0:
		return next, ErrAmendmentWaits.With("version", m.Proposed)
	case m.State == Confirmed && m.otherThan(by.side) != uuid.Nil:
		next.Proposed = latest + 1
		return next, nil
	case m.State != Confirmed:
		next.State, next.ProducerAgreedAt, next.BuyerAgreedAt = Recorded, nil, nil
		next.agree(by.side, &now)
	}
	next.Terms = latest + 1
	return next, nil
}

// otherThan is the other party, zero when it is not on the platform.
func (m *Memorandum) otherThan(side Side) uuid.UUID {
	if side == ByProducer {
		return m.Buyer.ID
	}
	return m.Producer.ID
}

// decide returns the memorandum after an actor's decision about a version that one side proposed. Refused:
// fault.ErrNotFound for a version that there is not, fault.ErrForbidden for whose decision it is not, ErrAmendmentDecided,
// ErrMemorandumState for a memorandum that has ended since.
func (m *Memorandum) decide(version MemorandumVersion, outcome AmendmentOutcome, by actor) (Memorandum, error) {
	next := *m
	party := by.side == ByProducer || by.side == ByBuyer
	switch {
	case !party || (by.side == version.As) != (outcome == TakenBack):
		return next, fault.ErrForbidden.With()
	case version.outcome != undecided:
		return next, ErrAmendmentDecided.With("version", version.N)
	case m.State != Confirmed:
		return next, ErrMemorandumState.With("state", string(m.State), "action", string(outcome))
	}
	next.Proposed = 0
	if outcome == Agreed {
		next.Terms = version.N
	}
	return next, nil
}

// MemorandumVersion is one version of what a memorandum says, whole.
type MemorandumVersion struct {
	N         int              `json:"n"                    doc:"From 1, what was entered first."`
	State     TermsState       `json:"state"                enum:"standing,replaced,proposed,refused,withdrawn,lapsed"`
	At        time.Time        `json:"at"`
	As        Side             `json:"as"                   enum:"producer,buyer,official" doc:"Who entered or proposed it."`
	Reason    string           `json:"reason,omitempty"     doc:"Why; to the parties."`
	DecidedAt *time.Time       `json:"decided_at,omitempty" doc:"Since when it stands, or came to nothing."`
	DecidedAs Side             `json:"decided_as,omitempty" enum:"producer,buyer,official"`
	Answer    string           `json:"answer,omitempty"     doc:"Why it was refused or taken back; to the parties."`
	Number    string           `json:"number,omitempty"`
	Producer  Party            `json:"producer"`
	Buyer     Party            `json:"buyer"`
	TermFrom  civil.Date       `json:"term_from"`
	TermTo    civil.Date       `json:"term_to"              doc:"Inclusive."`
	Note      string           `json:"note,omitempty"       doc:"To the parties."`
	Lines     []MemorandumLine `json:"lines"                doc:"Without what came of them: see the memorandum."`

	outcome AmendmentOutcome
}

// stateIn is where a version stands in its memorandum.
func (v *MemorandumVersion) stateIn(m *Memorandum) TermsState {
	switch {
	case v.N == m.Terms:
		return TermsStand
	case v.outcome == Agreed:
		return TermsReplaced
	case v.outcome == Refused:
		return TermsRefused
	case v.outcome == TakenBack:
		return TermsWithdrawn
	case m.State == Confirmed:
		return TermsProposed
	default:
		return TermsLapsed
	}
}
