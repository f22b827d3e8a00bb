package trade

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// MemorandumState is where a memorandum stands.
type MemorandumState string

// The states of a memorandum. A recorded one waits for the word of a party that did not record it.
const (
	Recorded  MemorandumState = "recorded"
	Confirmed MemorandumState = "confirmed"
	Contested MemorandumState = "contested"
	Ended     MemorandumState = "ended"
	Withdrawn MemorandumState = "withdrawn"
)

// Side is who acts on a memorandum.
type Side string

// The sides: its two parties, and an authority that entered it.
const (
	ByProducer Side = "producer"
	ByBuyer    Side = "buyer"
	ByOfficial Side = "official"
)

// MemorandumMove is a step in a memorandum's life.
type MemorandumMove string

// The moves: a party that did not record it confirms or contests it; either side ends it; who
// recorded it withdraws it while it is not confirmed.
const (
	MoveConfirm  MemorandumMove = "confirm"
	MoveContest  MemorandumMove = "contest"
	MoveEnd      MemorandumMove = "end"
	MoveWithdraw MemorandumMove = "withdraw"
)

// memorandumStep is a move: from where, to where, by the one who recorded it or by another party.
type memorandumStep struct {
	from            []MemorandumState
	to              MemorandumState
	recorder, party bool
	past            string
	reasoned        bool
}

// memorandumSteps is the whole life cycle: what is not here is refused.
//
//nolint:gochecknoglobals // a constant table
var memorandumSteps = map[MemorandumMove]memorandumStep{
	MoveConfirm:  {[]MemorandumState{Recorded, Contested}, Confirmed, false, true, EventMemorandumConfirmed, false},
	MoveContest:  {[]MemorandumState{Recorded}, Contested, false, true, EventMemorandumContested, true},
	MoveEnd:      {[]MemorandumState{Confirmed}, Ended, true, true, EventMemorandumEnded, true},
	MoveWithdraw: {[]MemorandumState{Recorded, Contested}, Withdrawn, true, false, EventMemorandumWithdrawn, true},
}

// What the audit trail calls what was done with memoranda.
const (
	EventMemorandumRecorded  = "memorandum.recorded"
	EventMemorandumConfirmed = "memorandum.confirmed"
	EventMemorandumContested = "memorandum.contested"
	EventMemorandumEnded     = "memorandum.ended"
	EventMemorandumWithdrawn = "memorandum.withdrawn"
)

// Party is one side of a memorandum: an organisation of the platform, or the name of one that is not.
type Party struct {
	ID     uuid.UUID `json:"id,omitzero"      doc:"Organisation on the platform."`
	Name   string    `json:"name,omitempty"   doc:"In a request: of one that is not on the platform." maxLength:"200"`
	Masked bool      `json:"masked,omitempty" doc:"There is a party, and it is not shown to you." readOnly:"true"`
}

// Amounts are what is compared of a line, all in the unit it is measured in. They are never added up.
type Amounts struct {
	Expected  quantity.Quantity  `json:"expected"            doc:"As signed: no demand and no volume."`
	Awarded   *quantity.Quantity `json:"awarded,omitempty"   doc:"Of awards that follow: committed, delivered or not."`
	Confirmed *quantity.Quantity `json:"confirmed,omitempty" doc:"Of these, what buyers accepted, by the ledger."`
	Declared  *quantity.Quantity `json:"declared,omitempty"  doc:"Declared as sold off the platform because of this; not confirmed by anybody."`
	Percent   *quantity.Quantity `json:"percent,omitempty"   doc:"Confirmed of expected, to a tenth, half up."`
	// ConfirmedVND is the value of what was confirmed.
	ConfirmedVND *money.VND `json:"confirmed_vnd,omitempty" doc:"Value of what was confirmed; to the parties."`
}

// MemorandumLine is what a memorandum expects of one kind of goods.
type MemorandumLine struct {
	Goods
	Amounts

	N          int        `json:"n"                   doc:"From 1."`
	ValueVND   *money.VND `json:"value_vnd,omitempty" doc:"Expected value of the line; to the parties."`
	Dried      bool       `json:"dried"               doc:"Dried goods are never told together with others."`
	MeasuredIn string     `json:"measured_in"         doc:"kg for whatever has a weight, else the goods' own unit."`
}

// weighs is the weight that is kept of the line; nil of goods that have none.
func (l *MemorandumLine) weighs() *quantity.Quantity {
	if l.MeasuredIn != kilogram {
		return nil
	}
	return &l.Expected
}

// linesOf are the lines of a memorandum that asks for some, in their order.
func linesOf(book *reference.Book, asked []NewMemorandumLine) []MemorandumLine {
	lines := make([]MemorandumLine, len(asked))
	for at, line := range asked {
		lines[at] = MemorandumLine{
			N: at + 1, Goods: line.Goods, Dried: isDried(book, line.Line, line.Form), MeasuredIn: line.Unit, Amounts: Amounts{Expected: line.Quantity},
		}
		if line.ValueVND > 0 {
			lines[at].ValueVND = &line.ValueVND
		}
		if weight := line.weight(); weight != nil {
			lines[at].MeasuredIn, lines[at].Expected = kilogram, *weight
		}
	}
	return lines
}

func (l *MemorandumLine) kind() kind { return kind{l.Line, l.Form, l.Dried, l.MeasuredIn} }

// Memorandum is what two parties signed: an expectation, with what became of it.
type Memorandum struct {
	ID               uuid.UUID        `json:"id"`
	EventID          uuid.UUID        `json:"event_id,omitzero"`
	Number           string           `json:"number,omitempty"`
	Producer         Party            `json:"producer"`
	Buyer            Party            `json:"buyer"`
	SignedOn         civil.Date       `json:"signed_on"`
	TermFrom         civil.Date       `json:"term_from"`
	TermTo           civil.Date       `json:"term_to"                      doc:"Inclusive."`
	Note             string           `json:"note,omitempty"               doc:"To the parties."`
	State            MemorandumState  `json:"state"                        enum:"recorded,confirmed,contested,ended,withdrawn"`
	RecordedAs       Side             `json:"recorded_as"                  enum:"producer,buyer,official" doc:"Who entered it."`
	ProducerAgreedAt *time.Time       `json:"producer_agreed_at,omitempty"`
	BuyerAgreedAt    *time.Time       `json:"buyer_agreed_at,omitempty"`
	EndedOn          civil.Date       `json:"ended_on,omitzero"            doc:"What is awarded later does not follow from it."`
	Lines            []MemorandumLine `json:"lines"`
	Inquiries        []uuid.UUID      `json:"inquiries,omitempty"          doc:"Linked inquiries; to the parties."`
	Awards           []FollowedAward  `json:"awards,omitempty"             doc:"What followed, award by award; to the parties, not in lists."`
	History          []MemorandumStep `json:"history,omitempty"            doc:"What was done, in order; not in lists."`
	Terms            int              `json:"terms"                        doc:"Which version of what it says this is: the one that stands. See …/versions."`
	Proposed         int              `json:"proposed,omitempty"           doc:"The version that waits for the other party's word; to the parties."`
	Invented         bool             `json:"invented,omitempty"           doc:"Demonstration data."`
	Version          int64            `json:"version"`
	CreatedAt        time.Time        `json:"created_at"`
	UpdatedAt        time.Time        `json:"updated_at"`

	recordedBy uuid.UUID
}

// MemorandumStep is one step that was taken.
type MemorandumStep struct {
	At     time.Time       `db:"at"         json:"at"`
	Move   string          `db:"move"       json:"move"`
	Actor  Side            `db:"actor"      json:"actor"            enum:"producer,buyer,official"`
	From   string          `db:"from_state" json:"from,omitempty"`
	To     MemorandumState `db:"to_state"   json:"to"`
	Reason string          `db:"reason"     json:"reason,omitempty" doc:"To the parties."`

	terms int // the version that was proposed or decided about
}

// FollowedAward is an award that follows from a memorandum.
type FollowedAward struct {
	AwardID   uuid.UUID         `json:"award_id"`
	InquiryID uuid.UUID         `json:"inquiry_id"`
	N         int               `json:"n"         doc:"The line it is counted under."`
	How       string            `json:"how"       enum:"linked,matched" doc:"Of a linked inquiry, or between the same parties, of the same goods, within the term."`
	Awarded   quantity.Quantity `json:"awarded"`
	Confirmed quantity.Quantity `json:"confirmed"`
	Unit      string            `json:"unit"`
}

// standing reports whether anything may follow from the memorandum.
func (m *Memorandum) standing() bool { return m.State != Contested && m.State != Withdrawn }

// agreed reports whether both sides say, or said, that there is such a memorandum.
func (m *Memorandum) agreed() bool { return m.State == Confirmed || m.State == Ended }

// actor is on whose behalf a move is taken, and whether it is that of who recorded the memorandum.
type actor struct {
	side     Side
	recorder bool
}

// isOf reports whether the move is an actor's to take.
func (s memorandumStep) isOf(by actor) bool {
	if by.recorder {
		return s.recorder
	}
	return s.party && (by.side == ByProducer || by.side == ByBuyer)
}

// next returns the memorandum after a move at an instant. Refused: fault.ErrForbidden for an actor
// whose move it is not, ErrMemorandumState.
func (m *Memorandum) next(move MemorandumMove, by actor, now time.Time) (Memorandum, error) {
	next := *m
	taken, known := memorandumSteps[move]
	if !known || by.side == "" || !taken.isOf(by) {
		return next, fault.ErrForbidden.With()
	}
	if !slices.Contains(taken.from, m.State) || move == MoveConfirm && m.State == Recorded && m.agreedBy(by.side) != nil {
		return next, ErrMemorandumState.With("state", string(m.State), "action", string(move))
	}
	next.State = taken.to
	switch move {
	case MoveConfirm:
		next.agree(by.side, &now)
		if next.waits() {
			next.State = Recorded
		}
	case MoveContest:
		next.agree(by.side, nil)
	case MoveEnd:
		next.EndedOn, next.Proposed = reference.Day(now), 0
	case MoveWithdraw:
	}
	return next, nil
}

// waits reports whether a party on the platform has still to agree.
func (m *Memorandum) waits() bool {
	return m.Producer.ID != uuid.Nil && m.ProducerAgreedAt == nil || m.Buyer.ID != uuid.Nil && m.BuyerAgreedAt == nil
}

func (m *Memorandum) agreedBy(side Side) *time.Time {
	if side == ByProducer {
		return m.ProducerAgreedAt
	}
	return m.BuyerAgreedAt
}

func (m *Memorandum) agree(side Side, at *time.Time) {
	switch side {
	case ByProducer:
		m.ProducerAgreedAt = at
	case ByBuyer:
		m.BuyerAgreedAt = at
	case ByOfficial:
	}
}

// Bounds of a memorandum.
const (
	maxMemorandumLines = 50
	longestTerm        = 120 // months
	maxValue           = money.VND(1_000_000_000_000_000)
)

// NewMemorandum is one to be recorded.
type NewMemorandum struct {
	EventID  uuid.UUID           `json:"event_id,omitzero" doc:"Where it was signed; left out when it was signed elsewhere."`
	Number   string              `json:"number,omitempty"  maxLength:"60"`
	Producer Party               `json:"producer"`
	Buyer    Party               `json:"buyer"`
	SignedOn civil.Date          `json:"signed_on"`
	TermFrom civil.Date          `json:"term_from,omitzero" doc:"Left out: the day it was signed."`
	TermTo   civil.Date          `json:"term_to"            doc:"Inclusive."`
	Note     string              `json:"note,omitempty"     maxLength:"2000"`
	Lines    []NewMemorandumLine `json:"lines"              minItems:"1" maxItems:"50"`
	Invented bool                `json:"-"`
}

// NewMemorandumLine is what it expects of one kind of goods.
type NewMemorandumLine struct {
	Goods

	ValueVND money.VND `json:"value_vnd,omitempty" minimum:"0" maximum:"1000000000000000" doc:"Expected value of the line in whole đồng."`
}

// check applies the rules of recording on a day.
func (n *NewMemorandum) check(book *reference.Book, today civil.Date) error {
	var found fault.Collector
	trimmed(&n.Number, &n.Note, &n.Producer.Name, &n.Buyer.Name)
	if n.TermFrom.IsZero() {
		n.TermFrom = n.SignedOn
	}
	tooLong(&found, "number", n.Number, 60)
	tooLong(&found, "note", n.Note, mostWords)
	for at, party := range []Party{n.Producer, n.Buyer} {
		tooLong(&found, [...]string{"producer", "buyer"}[at], party.Name, 200)
		if (party.ID == uuid.Nil) == (party.Name == "") || party.Masked {
			found.Add([...]string{"producer", "buyer"}[at], ErrParty)
		}
	}
	if n.SignedOn.After(today) {
		found.Add("signed_on", ErrSignedInFuture)
	}
	if n.TermTo.Before(n.TermFrom) || n.TermTo.After(n.TermFrom.AddMonths(longestTerm)) || n.TermFrom.Before(n.SignedOn) {
		found.Add("term_to", fault.ErrDateOrder)
	}
	if len(n.Lines) == 0 || len(n.Lines) > maxMemorandumLines {
		found.Add("lines", fault.ErrOutOfRange, "min", 1, "max", maxMemorandumLines)
	}
	for at := range n.Lines {
		pointer := element("lines", at)
		if err := found.Merge(pointer, n.Lines[at].check(book, 1)); err != nil {
			return err
		}
		if value := n.Lines[at].ValueVND; value < 0 || value > maxValue {
			found.Add(pointer+".value_vnd", fault.ErrOutOfRange, "min", 0, "max", maxValue)
		}
	}
	return found.Err()
}
