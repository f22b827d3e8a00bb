package inquiry

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/reference"
)

// phase is where an inquiry is in the life that decides who may do what: it follows from its stage,
// the clock, whether quotes are sealed, and whether a round of revision is open.
type phase string

// The phases. While quoting producers quote and revise; in a round those of the round revise; sealed
// ones are the same while nobody reads what is quoted. A round that was opened before the deadline
// outlives it.
const (
	phaseDraft        phase = "draft"
	phaseQuoting      phase = "quoting"
	phaseQuotingRound phase = "quoting_round"
	phaseSealed       phase = "sealed"
	phaseDue          phase = "due"
	phaseRound        phase = "round"
	phaseSealedRound  phase = "sealed_round"
	phaseEnded        phase = "ended"
)

// move is what somebody does with an inquiry or its quotes.
type move string

// The moves of an inquiry's life.
const (
	moveOpen      move = "open"
	moveQuote     move = "quote"
	moveRevise    move = "revise"
	moveConfirm   move = "confirm"
	moveAward     move = "award"
	moveOpenRound move = "open_round"
	moveEndRound  move = "end_round"
	moveAmend     move = "amend"
	moveCancel    move = "cancel"
	moveClose     move = "close"
)

// actor is who moves: the buyer, a producer in the open round, any other producer whom the inquiry
// reaches. While no round is open there are only others.
type actor string

// The actors.
const (
	byBuyer   actor = "buyer"
	byInvited actor = "invited"
	byOther   actor = "other"
)

// doer is in which phases an actor may make a move.
type doer map[actor][]phase

// open lists the phases between a draft and the end.
//
//nolint:gochecknoglobals // a constant table
var openPhases = []phase{phaseQuoting, phaseQuotingRound, phaseSealed, phaseDue, phaseRound, phaseSealedRound}

// life is the whole life of an inquiry as far as it is not the ledger's: what is not here is refused.
//
//nolint:gochecknoglobals // a constant table
var life = map[move]doer{
	moveOpen: {byBuyer: {phaseDraft}},
	moveQuote: {
		byInvited: {phaseQuoting, phaseQuotingRound, phaseSealed},
		byOther:   {phaseQuoting, phaseQuotingRound, phaseSealed},
	},
	moveRevise: {
		byInvited: {phaseQuoting, phaseQuotingRound, phaseSealed, phaseRound, phaseSealedRound},
		byOther:   {phaseQuoting, phaseQuotingRound, phaseSealed},
	},
	moveConfirm:   {byInvited: openPhases, byOther: openPhases},
	moveAward:     {byBuyer: {phaseQuoting, phaseQuotingRound, phaseDue, phaseRound}},
	moveOpenRound: {byBuyer: {phaseQuoting, phaseDue}},
	moveEndRound:  {byBuyer: {phaseQuotingRound, phaseRound, phaseSealedRound}},
	moveAmend:     {byBuyer: append([]phase{phaseDraft}, openPhases...)},
	moveCancel:    {byBuyer: append([]phase{phaseDraft}, openPhases...)},
	moveClose:     {byBuyer: openPhases},
}

// phase works out where the inquiry is at an instant.
func (r *record) phase(now time.Time) phase {
	round := r.openRound(now) != nil
	switch {
	case r.Stage == StageDraft:
		return phaseDraft
	case r.Stage != StageOpen:
		return phaseEnded
	case now.Before(r.QuotesDueAt) && r.QuotesSealed:
		return phaseSealed
	case now.Before(r.QuotesDueAt) && round:
		return phaseQuotingRound
	case now.Before(r.QuotesDueAt):
		return phaseQuoting
	case round && r.QuotesSealed:
		return phaseSealedRound
	case round:
		return phaseRound
	default:
		return phaseDue
	}
}

// producer is as whom a producer acts at an instant.
func (r *record) producer(id uuid.UUID, now time.Time) actor {
	if round := r.openRound(now); round != nil && slices.Contains(round.Producers, id) {
		return byInvited
	}
	return byOther
}

// may refuses a move that is not the actor's (fault.ErrForbidden) or not possible now. A producer
// that is not in a round is refused as if there were none.
func (r *record) may(what move, who actor, now time.Time) error {
	phases, known := life[what][who]
	at := r.phase(now)
	switch {
	case !known:
		return fault.ErrForbidden.With()
	case slices.Contains(phases, at):
		return nil
	case what == moveOpen:
		return ErrNotDraft.With("state", r.state(now))
	case at == phaseDraft || at == phaseEnded:
		return ErrNotOpen.With("state", r.Stage)
	case what == moveEndRound:
		return ErrNoRound.With()
	case what == moveOpenRound && r.openRound(now) != nil:
		return ErrRoundOpen.With()
	case who == byBuyer:
		return ErrSealed.With("deadline", clockTime(r.sealedUntil(now)))
	default:
		return ErrDeadlinePassed.With("deadline", clockTime(r.QuotesDueAt))
	}
}

// sealedUntil is until when quotes are kept from the buyer: the deadline, or the end of a round of
// revision. The zero time when they are not.
func (r *record) sealedUntil(now time.Time) time.Time {
	switch r.phase(now) {
	case phaseSealed:
		return r.QuotesDueAt
	case phaseSealedRound:
		return r.openRound(now).Until
	case phaseDraft, phaseQuoting, phaseQuotingRound, phaseDue, phaseRound, phaseEnded:
	}
	return time.Time{}
}

// clockTime writes an instant as people in Vietnam read it.
func clockTime(instant time.Time) string { return instant.In(reference.Zone()).Format(time.RFC3339) }
