package reference

import (
	"slices"

	"github.com/ocop-market/ocop/pkg/civil"
)

// Tide is a spring tide of the lunar month ("con nước rong"), at which extensive ponds harvest:
// the days around a day of the lunar month.
type Tide struct {
	Names

	Code string `db:"code" json:"code"`
	// EffectiveFrom is the first day for which these days are given.
	EffectiveFrom civil.Date `db:"effective_from" json:"effective_from"`
	LunarDay      int        `db:"lunar_day"      json:"lunar_day"`
	DaysBefore    int        `db:"days_before"    json:"days_before"`
	DaysAfter     int        `db:"days_after"     json:"days_after"`
	Source        string     `db:"source"         json:"source"`
	// Verified says that the source gives the days themselves; else they are a default.
	Verified bool `db:"verified" json:"verified"`
}

// SourceRule says whether an organisation of a legal form must declare the sources of a lot.
type SourceRule struct {
	LegalForm     string     `db:"legal_form"     json:"legal_form"`
	EffectiveFrom civil.Date `db:"effective_from" json:"effective_from"`
	Demand        string     `db:"demand"         json:"demand"         enum:"required,free"`
	NoteVI        string     `db:"note_vi"        json:"note_vi"`
	NoteEN        string     `db:"note_en"        json:"note_en"`
	Source        string     `db:"source"         json:"source"`
}

// Tides lists all tides, those that took effect last first.
func (b *Book) Tides() []Tide { return slices.Clone(b.tides) }

// TidesOn lists the tides as they are given for a day, in the order of the lunar month.
func (b *Book) TidesOn(day civil.Date) []Tide {
	var found []Tide
	for _, tide := range b.tides { // the latest of each code first
		known := func(t Tide) bool { return t.Code == tide.Code }
		if !tide.EffectiveFrom.After(day) && !slices.ContainsFunc(found, known) {
			found = append(found, tide)
		}
	}
	slices.SortFunc(found, func(a, b Tide) int { return a.LunarDay - b.LunarDay })
	return found
}

// MustDeclareSources reports whether organisations of a legal form must have declared the sources
// of a lot that they send off on a day. Who is in no rule is free.
func (b *Book) MustDeclareSources(legalForm string, day civil.Date) bool {
	for _, rule := range b.sourceRules { // the latest first
		if rule.LegalForm == legalForm && !rule.EffectiveFrom.After(day) {
			return rule.Demand == "required"
		}
	}
	return false
}
