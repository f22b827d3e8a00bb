package shelf

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// Kind is how a requirement is checked. What is demanded is data; these are the ways to look.
type Kind string

// The kinds of requirements.
const (
	// KindDocument wants a valid document of a type.
	KindDocument Kind = "document"
	// KindMark wants one of several marks that the product may show today.
	KindMark Kind = "mark"
	// KindGTIN wants a GTIN with a right check digit; goods that the scale measures may have none.
	KindGTIN Kind = "gtin"
	// KindFact wants something told of the product's label, or a term the producer accepts; of
	// numbers at least so much.
	KindFact Kind = "fact"
	// KindMonthlyVolume wants so much on offer within the next thirty days.
	KindMonthlyVolume Kind = "monthly_volume"
)

// Params are what a kind needs to know; each uses its own.
type Params struct {
	Document string             `json:"document,omitempty" maxLength:"60" doc:"Of kind document: its type; see /v1/shelf/document-types."`
	Schemes  []string           `json:"schemes,omitempty"  maxItems:"20"  doc:"Of kind mark: any of these."`
	Field    string             `json:"field,omitempty"    maxLength:"60" doc:"Of kind fact: what must be told; see /v1/shelf/fields."`
	Least    int                `json:"least,omitempty"    minimum:"0"    doc:"Of kind fact, for numbers: at least so much."`
	Quantity *quantity.Quantity `json:"quantity,omitempty" doc:"Of kind monthly_volume: at least so much."`
	Unit     string             `json:"unit,omitempty"     maxLength:"60" doc:"Of kind monthly_volume: of this unit."`
}

// Requirement is one thing that is demanded of a product.
type Requirement struct {
	Code       string   `json:"code"                 pattern:"^[a-z0-9_]+$" minLength:"1" maxLength:"60" doc:"Unique within its profile. With the code of a requirement of everybody's it takes that one's place."`
	Kind       Kind     `json:"kind"                 enum:"document,mark,gtin,fact,monthly_volume"`
	Params     Params   `json:"params,omitzero"`
	States     []string `json:"states,omitempty"     maxItems:"7" doc:"Only for forms of these states: live, fresh, cooked, frozen, dried, ambient, service; none: for all."`
	Mandatory  bool     `json:"mandatory"            doc:"Without it a product is not ready."`
	Name       string   `json:"name"                 minLength:"1" maxLength:"200"`
	NameEN     string   `json:"name_en,omitempty"    maxLength:"200"`
	Source     string   `json:"source,omitempty"     maxLength:"500" doc:"The law, or where it is written."`
	Unverified bool     `json:"unverified,omitempty" doc:"From general knowledge."`
}

// Profile is what a system demands from a day on, of all goods or of one line.
type Profile struct {
	ID            uuid.UUID     `json:"id"`
	System        string        `json:"system,omitempty"     doc:"Absent: of everybody."`
	Line          string        `json:"line,omitempty"       doc:"Absent: of all lines."`
	Version       int           `json:"version"`
	EffectiveFrom civil.Date    `json:"effective_from"`
	Note          string        `json:"note,omitempty"`
	NoteEN        string        `json:"note_en,omitempty"`
	Unverified    bool          `json:"unverified,omitempty" doc:"For orientation: nobody has confirmed it."`
	Invented      bool          `json:"invented,omitempty"   doc:"Demonstration data."`
	Requirements  []Requirement `json:"requirements"`
}

// NewProfile is a new version of what a system demands.
type NewProfile struct {
	Line          string        `json:"line,omitempty"           maxLength:"60" doc:"For one product line; left out: for all."`
	EffectiveFrom civil.Date    `json:"effective_from,omitzero"  doc:"Today when left out; never before today."`
	Note          string        `json:"note,omitempty"           maxLength:"1000"`
	NoteEN        string        `json:"note_en,omitempty"        maxLength:"1000"`
	Requirements  []Requirement `json:"requirements"             maxItems:"100" doc:"All of them: they replace the version before."`
	// Invented marks demonstration data. Only seeding sets it.
	Invented bool `json:"-"`
}

// vocabulary is what requirements and facts may name.
type vocabulary struct {
	types  map[string]DocumentType
	fields map[string]Field
}

// check applies the rules of a profile; today bounds the day from which it holds.
func (p NewProfile) check(book *reference.Book, words vocabulary, today civil.Date) (NewProfile, error) {
	var complaints fault.Collector
	if p.Line != "" {
		if _, known := book.Line(p.Line); !known {
			complaints.Add("line", fault.ErrUnknownValue, "value", p.Line, "allowed", "/v1/reference/lines")
		}
	}
	if p.EffectiveFrom.IsZero() {
		p.EffectiveFrom = today
	}
	if p.EffectiveFrom.Before(today) {
		complaints.Add("effective_from", ErrBackdated, "today", today)
	}
	seen := map[string]bool{}
	for i, r := range p.Requirements {
		at := place("requirements", i)
		if seen[r.Code] {
			complaints.Add(at+".code", ErrRequirementTwice, "code", r.Code)
		}
		seen[r.Code] = true
		if err := complaints.Merge(at, r.check(book, words)); err != nil {
			return NewProfile{}, err
		}
	}
	return p, complaints.Err()
}

// check applies the rules of one requirement: what its kind needs is there, and known.
func (r Requirement) check(book *reference.Book, words vocabulary) error {
	var complaints fault.Collector
	if strings.TrimSpace(r.Name) == "" {
		complaints.Add("name", fault.ErrRequired)
	}
	for i, state := range r.States {
		if !slices.Contains(formStates(), state) {
			complaints.Add(place("states", i), fault.ErrUnknownValue, "value", state, "allowed", strings.Join(formStates(), ", "))
		}
	}
	switch r.Kind {
	case KindDocument:
		if _, known := words.types[r.Params.Document]; !known {
			complaints.Add("params.document", fault.ErrUnknownValue, "value", r.Params.Document, "allowed", "/v1/shelf/document-types")
		}
	case KindMark:
		if len(r.Params.Schemes) == 0 {
			complaints.Add("params.schemes", fault.ErrRequired)
		}
		for i, scheme := range r.Params.Schemes {
			if _, known := book.Scheme(scheme); !known {
				complaints.Add(place("params.schemes", i), fault.ErrUnknownValue, "value", scheme, "allowed", "/v1/reference/schemes")
			}
		}
	case KindFact:
		field, known := words.fields[r.Params.Field]
		switch {
		case !known:
			complaints.Add("params.field", fault.ErrUnknownValue, "value", r.Params.Field, "allowed", "/v1/shelf/fields")
		case r.Params.Least < 0 || r.Params.Least > field.Most || r.Params.Least > 0 && field.Type != FieldWhole:
			complaints.Add("params.least", fault.ErrOutOfRange, "min", 0, "max", field.bound())
		}
	case KindMonthlyVolume:
		if r.Params.Quantity == nil || *r.Params.Quantity <= 0 {
			complaints.Add("params.quantity", fault.ErrRequired)
		}
		if _, known := book.Unit(r.Params.Unit); !known {
			complaints.Add("params.unit", fault.ErrUnknownValue, "value", r.Params.Unit, "allowed", "/v1/reference/units")
		}
	case KindGTIN:
	default:
		complaints.Add("kind", fault.ErrUnknownValue, "value", string(r.Kind), "allowed", "document, mark, gtin, fact, monthly_volume")
	}
	return complaints.Err()
}

// formStates are the states of forms, as reference.Form has them.
func formStates() []string {
	return []string{"live", "fresh", "cooked", "frozen", "dried", "ambient", "service"}
}

// applicable merges what holds for a product: a requirement of a system takes the place of one of
// everybody's with the same code, and one of a line that of one of its system. The profiles come in
// that order.
func applicable(profiles []Profile) []Requirement {
	var all []Requirement
	at := map[string]int{}
	for _, profile := range profiles {
		for _, r := range profile.Requirements {
			if i, known := at[r.Code]; known {
				all[i] = r
				continue
			}
			at[r.Code] = len(all)
			all = append(all, r)
		}
	}
	return all
}
