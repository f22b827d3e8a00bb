package inquiry

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
)

// NewRound opens a round of revision.
type NewRound struct {
	Until     time.Time   `json:"until" doc:"Deadline of the round, by the platform's clock."`
	Note      string      `json:"note,omitempty" maxLength:"1000" doc:"What you would like to be better; all in the round read it."`
	Producers []uuid.UUID `json:"producers,omitempty" maxItems:"200" doc:"Who may revise; each has a quote that stands. Left out: all who have."`
}

// Round is a round of revision as the buyer sees it.
type Round struct {
	Number    int         `json:"number"`
	OpenedAt  time.Time   `json:"opened_at"`
	Until     time.Time   `json:"until" doc:"Its deadline, or when the buyer ended it before."`
	Open      bool        `json:"open"`
	Note      string      `json:"note,omitempty"`
	Producers []uuid.UUID `json:"producers"`
}

// OpenRound is a round that is open for whoever reads it: nothing tells who else is in it, nor how
// many there were.
type OpenRound struct {
	Until time.Time `json:"until"`
	Note  string    `json:"note,omitempty"`
}

// check applies the rules of a round that need no more than the request.
func (n *NewRound) check(now time.Time) error {
	var found fault.Collector
	if !n.Until.After(now) || n.Until.After(now.Add(quotesAhead)) {
		found.Add("until", ErrDeadlinePast)
	}
	return found.Err()
}

// openRound is the round that is open at an instant; nil when none is.
func (r *record) openRound(now time.Time) *roundRecord {
	for at := range r.Rounds {
		if round := &r.Rounds[at]; round.EndedAt == nil && !now.Before(round.OpenedAt) && now.Before(round.Until) {
			return round
		}
	}
	return nil
}

// shownRounds fills in what a reader may know of rounds.
func (r *record) shownRounds(i *Inquiry, as perspective, producer uuid.UUID, now time.Time) {
	open := r.openRound(now)
	if as == asProducer {
		if open != nil && r.producer(producer, now) == byInvited {
			i.Round = &OpenRound{Until: open.Until, Note: open.Note}
		}
		return
	}
	if open != nil {
		i.Round = &OpenRound{Until: open.Until, Note: open.Note}
	}
	for at := range r.Rounds {
		round := &r.Rounds[at]
		shown := Round{
			Number: round.Number, OpenedAt: round.OpenedAt, Until: round.Until, Open: round == open, Note: round.Note, Producers: round.Producers,
		}
		if round.EndedAt != nil {
			shown.Until = *round.EndedAt
		}
		i.Rounds = append(i.Rounds, shown)
	}
}

// asBuyerSees is a version of a quote as the buyer sees it while a round is sealed: as it stood when
// the round was opened, for that it was revised since is as secret as how.
func (q *quoteRecord) asBuyerSees(r *record, now time.Time) *quoteRecord {
	if r.phase(now) != phaseSealedRound || q.Stage != QuoteSuperseded || q.UpdatedAt.Before(r.openRound(now).OpenedAt) {
		return q
	}
	shown := *q
	shown.Stage = QuoteSubmitted
	return &shown
}
