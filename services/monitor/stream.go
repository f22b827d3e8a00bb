package monitor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// Place is how far a listener has heard: the last posting and the last event of the audit trail, each in
// the order of its seals, which is final.
type Place struct{ Posted, Recorded int64 }

// String writes what ParsePlace reads.
func (p Place) String() string { return fmt.Sprintf("%d-%d", p.Posted, p.Recorded) }

// ParsePlace reads a place that String wrote; false when it is none.
func ParsePlace(text string) (Place, bool) {
	var p Place
	n, err := fmt.Sscanf(text, "%d-%d", &p.Posted, &p.Recorded)
	return p, err == nil && n == 2 && p.String() == text && p.Posted >= 0 && p.Recorded >= 0
}

// Changes are what happened behind a place, without telling whose it is: what a page shows is to be
// asked for again.
type Changes struct {
	// Volumes are the lines and months in which volumes moved.
	Volumes []ledger.Moved `json:"volumes"`
	// Events are what was done that officials watch, each kind once.
	Events []string `json:"events"`
}

const (
	// hearAtOnce bounds how many postings and events are looked at together; who is further behind
	// begins anew.
	hearAtOnce = 10_000
	// listenersAtOnce and listenersEach bound the streams of a process and of one person.
	listenersAtOnce = 200
	listenersEach   = 10
)

// watched are the beginnings of what officials watch in the audit trail.
func watched() []string {
	return []string{"organisation.", "certificate.", "green_tick.", "product.suspended", "product.reinstated", "report.", "trade_event.", "memorandum.", "gap."}
}

// Here is the end of the ledger and of the audit trail.
func (s *Service) Here(ctx context.Context) (Place, error) {
	const query = `
		SELECT coalesce((SELECT max(seq) FROM ledger.seals), 0), coalesce((SELECT max(seq) FROM identity.audit_seals), 0)`
	var here Place
	err := s.db.Each(ctx, query, nil, func(scan func(dest ...any) error) error { return scan(&here.Posted, &here.Recorded) })
	return here, err
}

// ChangesAfter tells what happened behind a place and where that ends; tooFar when more happened than is
// told at once. It refuses whoever is no official or administrator.
func (s *Service) ChangesAfter(ctx context.Context, who identity.Principal, from Place) (changes Changes, upTo Place, tooFar bool, err error) {
	if err := mayWatch(who, ledger.Query{}); err != nil {
		return changes, from, false, err
	}
	upTo = from
	if changes.Volumes, upTo.Posted, err = ledger.MovedAfter(ctx, s.db, from.Posted, hearAtOnce); err != nil {
		return changes, from, false, err
	}
	events, err := identity.SealedAfter(ctx, s.db, from.Recorded, hearAtOnce)
	if err != nil {
		return changes, from, false, err
	}
	changes.Events = []string{}
	for _, event := range events {
		upTo.Recorded = event.Seq
		seen := slices.ContainsFunc(watched(), func(begins string) bool { return strings.HasPrefix(event.Action, begins) })
		if seen && !slices.Contains(changes.Events, event.Action) {
			changes.Events = append(changes.Events, event.Action)
		}
	}
	slices.Sort(changes.Events)
	return changes, upTo, upTo.Posted-from.Posted >= hearAtOnce || len(events) == hearAtOnce, nil
}

// audience counts who listens.
type audience struct {
	mutex sync.Mutex
	each  map[uuid.UUID]int
	all   int
}

// enter lets a person listen, or refuses with ErrTooManyStreams; leave must be called once.
func (a *audience) enter(who uuid.UUID) (leave func(), err error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.all >= listenersAtOnce || a.each[who] >= listenersEach {
		return nil, ErrTooManyStreams.With("max", listenersEach)
	}
	if a.each == nil {
		a.each = make(map[uuid.UUID]int)
	}
	a.all++
	a.each[who]++
	return func() {
		a.mutex.Lock()
		defer a.mutex.Unlock()
		a.all--
		if a.each[who]--; a.each[who] == 0 {
			delete(a.each, who)
		}
	}, nil
}
