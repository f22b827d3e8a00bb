package reference

import "slices"

// Group is one of the six OCOP product groups (QĐ 148/QĐ-TTg, 2023).
type Group struct {
	Names

	Code string `db:"code" json:"code"`
}

// Unit is what goods are sold by. Quantities are exact to a thousandth of it.
type Unit struct {
	Names

	Code    string `db:"code"    json:"code"`
	Measure string `db:"measure" json:"measure" enum:"mass,volume,count,person"`
	// Weighed says that the scale decides the quantity.
	Weighed bool `db:"weighed" json:"weighed" doc:"The scale decides the quantity."`
}

// Whole reports whether the unit is counted, so that only whole numbers of it make sense.
func (u Unit) Whole() bool { return u.Measure == "count" || u.Measure == "person" }

// Form is how goods come: live, iced, frozen headless, dried and so on.
type Form struct {
	Names

	Code string `db:"code" json:"code"`
	// State groups forms that are kept and counted alike. Volumes of different states are never
	// totalled together.
	State string `db:"state" json:"state" enum:"live,fresh,cooked,frozen,dried,ambient,service"`
}

// Line is a product line (ngành hàng): what kind of goods, and which grade fields describe them.
type Line struct {
	Names

	Code       string   `db:"code"       json:"code"`
	Scientific string   `db:"scientific" json:"scientific,omitempty" doc:"Scientific name, where one species is meant."`
	Synonyms   []string `db:"-"          json:"synonyms"             doc:"Other Vietnamese names people search by."`
	OCOPGroup  string   `db:"ocop_group" json:"ocop_group"`
	// Unit is the usual one; a product may be counted in another.
	Unit  string `db:"unit" json:"unit"  doc:"The usual unit."`
	Forms []Form `db:"-"    json:"forms"`
	// LiveQuoteHours is how long a quote for live goods is usually good for; 0 where nothing
	// live is sold.
	LiveQuoteHours int          `db:"live_quote_hours" json:"live_quote_hours,omitempty" doc:"How long a quote for live goods is usually good for, in hours."`
	Fields         []GradeField `db:"-"                json:"grade_fields"`
}

// Form finds one of the line's forms.
func (l Line) Form(code string) (Form, bool) {
	at := slices.IndexFunc(l.Forms, func(f Form) bool { return f.Code == code })
	if at < 0 {
		return Form{}, false
	}
	return l.Forms[at], true
}

// Field finds one of the line's grade fields.
func (l Line) Field(code string) (GradeField, bool) {
	at := slices.IndexFunc(l.Fields, func(f GradeField) bool { return f.Code == code })
	if at < 0 {
		return GradeField{}, false
	}
	return l.Fields[at], true
}

// Season is when a line is harvested or supplied, month by month, for one way of raising it.
type Season struct {
	Names

	Line string `db:"line" json:"line"`
	// Qualifier is the way of raising, as in the grade field pond where there is one; empty for
	// the line as a whole.
	Qualifier string `db:"qualifier" json:"qualifier,omitempty"`
	Note      string `db:"note_vi"   json:"note"`
	NoteEN    string `db:"note_en"   json:"note_en"`
	// Levels holds "none", "some" or "high", January first.
	Levels [12]string `db:"-" json:"levels"`
}
