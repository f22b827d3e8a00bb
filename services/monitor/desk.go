package monitor

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/reference"
)

// The kinds of what waits; the table monitor.desk_kinds holds their names and terms.
const (
	deskApplications = "applications"
	deskCertificates = "certificates"
	deskCases        = "green_tick_cases"
	deskExpiring     = "expiring_certificates"
	deskProposals    = "watch_proposals"
	deskWatches      = "watches"
	deskReports      = "corrected_reports"
	deskUnconfirmed  = "unconfirmed_deliveries"
	deskGaps         = "gap_alerts"
)

// mostWaiting bounds how much of a kind is looked at; what is beyond waits behind it.
const mostWaiting = 2000

// DeskKind is how much of a kind waits for an authority.
type DeskKind struct {
	reference.Names

	Kind        string     `json:"kind"`
	Count       int        `json:"count"                  doc:"Up to 2000."`
	OldestAt    *time.Time `json:"oldest_at,omitempty"    doc:"Since when the oldest waits."`
	NextDue     civil.Date `json:"next_due,omitzero"      doc:"The earliest day by which one is to be dealt with."`
	Overdue     int        `json:"overdue"                doc:"How many should have been dealt with by now."`
	WorkingDays *int       `json:"working_days,omitempty" doc:"Within how many working days each is to be dealt with."`
	Unverified  bool       `json:"unverified"             doc:"The term is assumed by the platform, not taken from a rule."`
}

// Desk is what waits for an authority.
type Desk struct {
	AsOf  time.Time  `json:"as_of"`
	Kinds []DeskKind `json:"kinds" doc:"Those that can wait for this authority, in the order to be shown."`
}

// DeskParty is an organisation that something is about.
type DeskParty struct {
	ID     uuid.UUID `json:"id,omitzero"`
	Name   string    `json:"name,omitempty"`
	Side   string    `json:"side"             enum:"producer,buyer,authority"`
	Masked bool      `json:"masked,omitempty" doc:"It is of the other side and is not shown to this authority."`
}

// DeskItem is one thing that waits.
type DeskItem struct {
	ID        uuid.UUID   `json:"id"                   doc:"Of the organisation, certificate, Green Tick, watch, report, delivery or gap alert."`
	Parties   []DeskParty `json:"parties"              doc:"Whom it is about."`
	Detail    string      `json:"detail,omitempty"     doc:"Scheme, retail system, reason, period or product line, by its code."`
	Since     time.Time   `json:"since"`
	Days      int         `json:"days"                 doc:"How many whole days it has waited."`
	Due       civil.Date  `json:"due,omitzero"         doc:"The last day on which it is in time."`
	HoursLeft *int        `json:"hours_left,omitempty" doc:"Of the 24 that a supplier has to answer an incident, whole ones; negative when they are over."`
	Overdue   bool        `json:"overdue"`
}

// deskRule is a kind with its term.
type deskRule struct {
	reference.Names

	Code        string `db:"code"`
	WorkingDays *int   `db:"working_days"`
	Unverified  bool   `db:"unverified"`
}

// workingDue is the last of so many working days after a day: Monday to Friday, without the days off.
func workingDue(from civil.Date, days int, off map[civil.Date]bool) civil.Date {
	for days > 0 {
		from = from.AddDays(1)
		if weekday := from.In(time.UTC).Weekday(); weekday != time.Saturday && weekday != time.Sunday && !off[from] {
			days--
		}
	}
	return from
}

// age fills in what follows from the clock, and puts a due day where the rule sets it.
func (i *DeskItem) age(rule deskRule, now time.Time, off map[civil.Date]bool) {
	i.Days = max(0, int(now.Sub(i.Since)/(24*time.Hour)))
	if rule.WorkingDays != nil {
		i.Due = workingDue(reference.Day(i.Since), *rule.WorkingDays, off)
	}
	i.Overdue = !i.Due.IsZero() && reference.Day(now).After(i.Due)
	if i.HoursLeft != nil {
		i.Overdue = *i.HoursLeft < 0
	}
}

// summed is a kind with what waits of it.
func (r deskRule) summed(items []DeskItem) DeskKind {
	kind := DeskKind{Names: r.Names, Kind: r.Code, Count: len(items), WorkingDays: r.WorkingDays, Unverified: r.Unverified}
	for _, item := range items {
		if kind.OldestAt == nil || item.Since.Before(*kind.OldestAt) {
			kind.OldestAt = new(item.Since)
		}
		if kind.NextDue.IsZero() || !item.Due.IsZero() && item.Due.Before(kind.NextDue) {
			kind.NextDue = item.Due
		}
		if item.Overdue {
			kind.Overdue++
		}
	}
	return kind
}

// DeskPlace is where a list of a kind goes on: behind the thing with this instant and id.
type DeskPlace struct {
	Since time.Time
	ID    uuid.UUID
}

// oldestFirst puts what has waited longest first.
func oldestFirst(items []DeskItem) {
	slices.SortFunc(items, func(a, b DeskItem) int { return a.compare(DeskPlace{b.Since, b.ID}) })
}

func (i *DeskItem) compare(with DeskPlace) int {
	return cmp.Or(i.Since.Compare(with.Since), slices.Compare(i.ID[:], with.ID[:]))
}

// behind are the items behind a place, at most limit of them.
func behind(items []DeskItem, after DeskPlace, limit int) []DeskItem {
	at := 0
	if after.ID != uuid.Nil {
		for at < len(items) && items[at].compare(after) <= 0 {
			at++
		}
	}
	return items[at:min(len(items), at+limit)]
}
