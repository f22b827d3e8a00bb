package monitor

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// WatchState is where a watch stands in its life: proposed → watched | dismissed; watched → ended.
type WatchState string

// The states of a watch. A proposal is nobody's decision, and only the authority knows of it.
const (
	Proposed  WatchState = "proposed"
	Watched   WatchState = "watched"
	Dismissed WatchState = "dismissed"
	WatchOver WatchState = "ended"
)

// WatchMove is a step in the life of a watch.
type WatchMove string

// The moves. The platform proposes and does nothing else; an authority puts an organisation of its side
// under watch, with a proposal or without.
const (
	MovePropose WatchMove = "propose"
	MovePut     WatchMove = "put"
	MoveAccept  WatchMove = "accept"
	MoveDismiss WatchMove = "dismiss"
	MoveReview  WatchMove = "review"
	MoveEnd     WatchMove = "end"
)

// watcher is for whom a step is taken.
type watcher string

const (
	byAuthority watcher = "authority"
	byPlatform  watcher = "platform"
	// byOthers are the organisation itself, other organisations and the authority of the other side.
	byOthers watcher = "others"
)

// What the audit trail calls what was done with watches.
const (
	EventWatchProposed  = "watch.proposed"
	EventWatchPut       = "watch.put"
	EventWatchAccepted  = "watch.accepted"
	EventWatchDismissed = "watch.dismissed"
	EventWatchReviewed  = "watch.reviewed"
	EventWatchEnded     = "watch.ended"
)

// watchStep is a move: from where (nothing: it begins a watch), to where, by whom, and what the trail calls it.
type watchStep struct {
	from []WatchState
	to   WatchState
	by   watcher
	past string
}

// watchSteps is the whole life of a watch: what is not here is refused.
//
//nolint:gochecknoglobals // a constant table
var watchSteps = map[WatchMove]watchStep{
	MovePropose: {[]WatchState{""}, Proposed, byPlatform, EventWatchProposed},
	MovePut:     {[]WatchState{""}, Watched, byAuthority, EventWatchPut},
	MoveAccept:  {[]WatchState{Proposed}, Watched, byAuthority, EventWatchAccepted},
	MoveDismiss: {[]WatchState{Proposed}, Dismissed, byAuthority, EventWatchDismissed},
	MoveReview:  {[]WatchState{Watched}, Watched, byAuthority, EventWatchReviewed},
	MoveEnd:     {[]WatchState{Watched}, WatchOver, byAuthority, EventWatchEnded},
}

// next returns where a watch stands after a move. Refused: fault.ErrForbidden for a move that is another's,
// ErrWatchState.
func (s WatchState) next(move WatchMove, by watcher) (WatchState, error) {
	taken, known := watchSteps[move]
	if !known || taken.by != by {
		return "", fault.ErrForbidden.With()
	}
	if !slices.Contains(taken.from, s) {
		return "", ErrWatchState.With("state", string(s), "action", string(move))
	}
	return taken.to, nil
}

// Watch is that an authority looks at an organisation of its side more closely, or a proposal to. It
// restricts nothing.
//
// The organisation itself is told of it, with the reason and the day of review: whoever is watched by an
// authority must be able to answer and to better itself, and what was held against it secretly could not be
// corrected. Proposals and dismissed ones it is not told of: nobody decided anything. No other organisation
// ever learns of a watch, nor does the authority of the other side.
type Watch struct {
	ID             uuid.UUID   `db:"id" json:"id"`
	OrganisationID uuid.UUID   `db:"organisation_id" json:"organisation_id"`
	Organisation   string      `db:"organisation" json:"organisation"        doc:"What it is called."`
	State          WatchState  `db:"state" json:"state"               enum:"proposed,watched,dismissed,ended"`
	Reason         string      `db:"reason" json:"reason"              doc:"See GET /v1/watch-terms."`
	Text           string      `db:"text" json:"text"                doc:"The authority's words; the organisation is told them."`
	ReviewOn       civil.Date  `db:"review_on" json:"review_on,omitzero"  doc:"When the authority looks at it again; not of one that ended."`
	Facts          []WatchFact `db:"-" json:"facts"               doc:"Of the last twelve months, why it was proposed; empty for one that was not."`
	Invented       bool        `db:"invented" json:"invented,omitempty"  doc:"Demonstration data."`
	Version        int64       `db:"version" json:"version"`
	CreatedAt      time.Time   `db:"created_at" json:"created_at"`
	UpdatedAt      time.Time   `db:"updated_at" json:"updated_at"`
	History        []WatchPast `db:"-" json:"history,omitempty"   doc:"What was done, in order; not in lists."`
}

// WatchFact is what a rule found, with the cases behind it.
type WatchFact struct {
	Rule     string `json:"rule"               doc:"See GET /v1/watch-terms."`
	Line     string `json:"line,omitempty"     doc:"Of rejected goods."`
	Unit     string `json:"unit,omitempty"`
	Cases    int    `json:"cases"              doc:"How many cases there were."`
	Permille int64  `json:"permille,omitempty" doc:"The share of them that counts; 0 where each case counts."`
}

// WatchPast is one step that was taken.
type WatchPast struct {
	At       time.Time  `db:"at"         json:"at"`
	Move     WatchMove  `db:"move"       json:"move"                enum:"propose,put,accept,dismiss,review,end"`
	From     string     `db:"from_state" json:"from,omitempty"`
	To       WatchState `db:"to_state"   json:"to"`
	Word     string     `db:"word"       json:"word,omitempty"`
	ReviewOn civil.Date `db:"review_on"  json:"review_on,omitzero"`
}

// WatchWord is what an official says with a move. Which of it a move needs follows from the move.
type WatchWord struct {
	Reason   string     `json:"reason,omitempty"   maxLength:"60" doc:"To put under watch; when accepting, the proposal's unless another is named. See GET /v1/watch-terms."`
	Text     string     `json:"text"               maxLength:"1000" doc:"Needed; the organisation is told it, unless a proposal is dismissed."`
	ReviewOn civil.Date `json:"review_on,omitzero" doc:"Needed to put, accept and review: a day within the next twelve months."`
}

// longestReview is how far ahead a review may lie, in months.
const longestReview = 12

// check applies the rules of what is said with a move on a day.
func (w *WatchWord) check(move WatchMove, today civil.Date) error {
	var wrong fault.Collector
	w.Text = strings.TrimSpace(w.Text)
	if w.Text == "" {
		wrong.Add("text", fault.ErrRequired)
	}
	if utf8.RuneCountInString(w.Text) > 2*maxReason {
		wrong.Add("text", fault.ErrTooLong, "max", 2*maxReason)
	}
	if move == MovePut && w.Reason == "" {
		wrong.Add("reason", fault.ErrRequired)
	}
	switch latest := today.AddMonths(longestReview); {
	case watchSteps[move].to != Watched:
		w.ReviewOn = civil.Date{}
	case w.ReviewOn.IsZero():
		wrong.Add("review_on", fault.ErrRequired)
	case !w.ReviewOn.After(today) || w.ReviewOn.After(latest):
		wrong.Add("review_on", fault.ErrOutOfRange, "min", today.AddDays(1), "max", latest)
	}
	return wrong.Err()
}

// shownTo reports whether a principal may know of a watch of an organisation of a kind: the authority that
// oversees it, and the organisation itself once somebody decided.
func (s WatchState) shownTo(who identity.Principal, of uuid.UUID, kind identity.OrganisationKind) bool {
	if who.Oversees(kind) {
		return true
	}
	return of != uuid.Nil && who.OrganisationID == of && (s == Watched || s == WatchOver)
}

// WatchReason is why an organisation may be put under watch.
type WatchReason struct {
	reference.Names

	Code string `db:"code" json:"code"`
}

// WatchRule says from which facts of the last twelve months a watch is proposed.
type WatchRule struct {
	Code       string                    `db:"code"       json:"code"`
	Kind       identity.OrganisationKind `db:"kind"       json:"kind"               enum:"producer,buyer"`
	Reason     string                    `db:"reason"     json:"reason"`
	Cases      int                       `db:"cases"      json:"cases"              doc:"Of how many cases at least."`
	Permille   *int64                    `db:"permille"   json:"permille,omitempty" doc:"From which share of them on; left out where each case counts."`
	QuietDays  int                       `db:"quiet_days" json:"quiet_days"         doc:"How long nothing is proposed after a proposal was dismissed or a watch ended."`
	Unverified bool                      `db:"unverified" json:"unverified"         doc:"Assumed by the platform, not taken from a rule."`
}

// broken reports whether a fact is one that the rule proposes a watch for.
func (r WatchRule) broken(fact WatchFact) bool {
	return fact.Cases >= r.Cases && (r.Permille == nil || fact.Permille >= *r.Permille)
}
