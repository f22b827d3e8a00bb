package trade

import (
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// Counts says which deals of a programme's members count.
type Counts string

// A deal counts when its producer is in the group, when its buyer is, or when both are.
const (
	CountsProducers Counts = "producers"
	CountsBuyers    Counts = "buyers"
	CountsBoth      Counts = "both"
)

// Programme is a named group of organisations and communes with commitments of its own.
type Programme struct {
	ID          uuid.UUID         `json:"id"`
	Kind        string            `json:"kind"               doc:"See /v1/trade/kinds."`
	Name        string            `json:"name"`
	Counts      Counts            `json:"counts"             enum:"producers,buyers,both" doc:"Which deals count: those whose producer is in the group, whose buyer is, or both."`
	OrganiserID uuid.UUID         `json:"organiser_id"`
	Note        string            `json:"note,omitempty"`
	Producers   int               `json:"producers"          doc:"How many producers are members, masked or not."`
	Buyers      int               `json:"buyers"             doc:"How many buyers are members, masked or not."`
	Members     []ProgrammeMember `json:"members"            doc:"Communes, and the organisations you may see: those of the side you oversee, or your own."`
	Part        string            `json:"part"               enum:"whole,own" doc:"Whether what is told of targets is the whole group's or your own part of it."`
	Targets     []ProgrammeTarget `json:"targets"`
	Invented    bool              `json:"invented,omitempty" doc:"Demonstration data."`
	Version     int64             `json:"version"`
	CreatedAt   time.Time         `json:"created_at"`
	UpdatedAt   time.Time         `json:"updated_at"`

	all []ProgrammeMember // masked or not
}

// ProgrammeMember belongs to a programme from a day until another.
type ProgrammeMember struct {
	ID             uuid.UUID  `db:"id"              json:"id"`
	Side           Counts     `db:"side"            json:"side"                      enum:"producers,buyers"`
	OrganisationID *uuid.UUID `db:"organisation_id" json:"organisation_id,omitempty"`
	Name           string     `db:"name"            json:"name"`
	CommuneCode    string     `db:"commune"         json:"commune_code,omitempty"    doc:"The goods of all its producers count."`
	From           civil.Date `db:"from_day"        json:"from"`
	To             civil.Date `db:"to_day"          json:"to,omitzero"               doc:"Inclusive; absent: until further notice."`

	seat string // the commune, or that of the organisation
}

// ProgrammeTarget is what the group, or one of it, is committed to, and what came of it; all in the
// unit it is measured in, side by side and never added up.
type ProgrammeTarget struct {
	ID             uuid.UUID          `json:"id"`
	OrganisationID *uuid.UUID         `json:"organisation_id,omitempty" doc:"The member whose own commitment it is; absent: the whole group's."`
	Line           string             `json:"line"`
	Form           string             `json:"form,omitempty"`
	Dried          bool               `json:"dried"`
	Unit           string             `json:"unit"                      doc:"kg for whatever has a weight."`
	From           civil.Date         `json:"from"`
	To             civil.Date         `json:"to"                        doc:"Inclusive."`
	Committed      quantity.Quantity  `json:"committed"`
	Awarded        *quantity.Quantity `json:"awarded,omitempty"         doc:"Of the deals that count, dated by delivery: committed, delivered or not."`
	Confirmed      *quantity.Quantity `json:"confirmed,omitempty"       doc:"Of these, what buyers accepted, by the ledger, dated by receipt."`
	Declared       *quantity.Quantity `json:"declared,omitempty"        doc:"Declared by producers of the group as sold off the platform; confirmed by nobody."`
	Percent        *quantity.Quantity `json:"percent,omitempty"         doc:"Confirmed of committed, to a tenth, half up."`
	Suppressed     bool               `json:"suppressed,omitempty"      doc:"Fewer than three organisations stand behind it on a side that is not yours to see, or what one did would follow from it and an earlier target."`
}

func (t *ProgrammeTarget) kind() kind { return kind{t.Line, t.Form, t.Dried, t.Unit} }

// NewProgramme is one to be set up.
type NewProgramme struct {
	Kind        string    `json:"kind"                  maxLength:"60" doc:"See /v1/trade/kinds."`
	Name        string    `json:"name"                  minLength:"1" maxLength:"300"`
	Counts      Counts    `json:"counts"                enum:"producers,buyers,both"`
	OrganiserID uuid.UUID `json:"organiser_id,omitzero" doc:"The organising authority; your own when left out."`
	Note        string    `json:"note,omitempty"        maxLength:"2000"`
	Invented    bool      `json:"-"`
}

// ProgrammeChange changes a programme; what is left out stays.
type ProgrammeChange struct {
	Name *string `json:"name,omitempty" minLength:"1" maxLength:"300"`
	Note *string `json:"note,omitempty" maxLength:"2000"`
}

// NewMember is an organisation, a commune, or the communes of a former district, to be added.
type NewMember struct {
	OrganisationID uuid.UUID  `json:"organisation_id,omitzero"`
	CommuneCode    string     `json:"commune_code,omitempty"    maxLength:"5"`
	FormerDistrict string     `json:"former_district,omitempty" maxLength:"100" doc:"All communes made of its land, such as Thới Bình."`
	From           civil.Date `json:"from,omitzero"             doc:"Today when left out."`
	To             civil.Date `json:"to,omitzero"               doc:"Inclusive; left out: until further notice."`
}

// communes are those that a member names; refused where it does not name one thing, or nothing that
// exists.
func (n *NewMember) communes(book *reference.Book) ([]string, error) {
	named := 0
	for _, is := range []bool{n.OrganisationID != uuid.Nil, n.CommuneCode != "", n.FormerDistrict != ""} {
		if is {
			named++
		}
	}
	switch {
	case named != 1:
		return nil, ErrMember.At("organisation_id")
	case n.CommuneCode != "":
		if _, known := book.Commune(n.CommuneCode); !known {
			return nil, fault.ErrUnknownValue.At("commune_code", "value", n.CommuneCode, "allowed", "/v1/reference/communes")
		}
		return []string{n.CommuneCode}, nil
	case n.FormerDistrict != "":
		found := book.CommunesOfFormerDistrict(n.FormerDistrict)
		if len(found) == 0 {
			return nil, fault.ErrUnknownValue.At("former_district", "value", n.FormerDistrict, "allowed", "/v1/reference/communes")
		}
		codes := make([]string, len(found))
		for at, commune := range found {
			codes[at] = commune.Code
		}
		return codes, nil
	default:
		return nil, nil
	}
}

// NewTarget is a commitment to be added.
type NewTarget struct {
	Goods

	OrganisationID uuid.UUID  `json:"organisation_id,omitzero" doc:"A member, where it is its own; left out: the whole group's."`
	From           civil.Date `json:"from"`
	To             civil.Date `json:"to"                       doc:"Inclusive."`
}

func (n *NewTarget) check(book *reference.Book) error {
	var found fault.Collector
	if err := found.Merge("", n.Goods.check(book, 1)); err != nil {
		return err
	}
	if n.From.IsZero() || n.To.Before(n.From) || n.To.After(n.From.AddMonths(longestTerm)) {
		found.Add("to", fault.ErrDateOrder)
	}
	return found.Err()
}

// spans are the members of a side as the ledger asks for them; nil where the programme does not count
// that side.
func (p *Programme) spans(side Counts) []ledger.Membership {
	if !p.counts(side) {
		return nil
	}
	spans := []ledger.Membership{}
	for _, m := range p.all {
		if m.Side != side {
			continue
		}
		span := ledger.Membership{Commune: m.CommuneCode, From: m.From, To: m.To}
		if m.OrganisationID != nil {
			span.OrganisationID = *m.OrganisationID
		}
		spans = append(spans, span)
	}
	return spans
}

// organisations counts the different ones of a side.
func (p *Programme) organisations(side Counts) int {
	seen := map[uuid.UUID]bool{}
	for _, m := range p.all {
		if m.Side == side && m.OrganisationID != nil {
			seen[*m.OrganisationID] = true
		}
	}
	return len(seen)
}

// communes reports whether the goods of communes count.
func (p *Programme) communes() bool {
	for _, m := range p.all {
		if m.CommuneCode != "" {
			return true
		}
	}
	return false
}

// hides reports whether any total would tell a reader of fewer than three organisations of a side that
// is not the reader's to see, because it has no more.
func (p *Programme) hides(who identity.Principal) bool {
	producers := p.organisations(CountsProducers)
	if p.communes() {
		producers = max(producers, leastOrganisations) // whoever is there may count
	}
	return p.few(who, producers, p.organisations(CountsBuyers))
}

// tells reports whether a total tells a reader of so few, because no more stand behind the deals, or behind
// what was declared. Of nobody it tells nothing.
func (p *Programme) tells(who identity.Principal, behind backers) bool {
	few := func(n int) bool { return n > 0 && n < leastOrganisations }
	return len(behind.producers) > 0 && p.few(who, len(behind.producers), len(behind.buyers)) ||
		p.counts(CountsProducers) && !who.Oversees(identity.Producer) && few(len(behind.declarants))
}

// few reports whether so many organisations of each side are too few for a reader.
func (p *Programme) few(who identity.Principal, producers, buyers int) bool {
	few := func(side Counts, kind identity.OrganisationKind, of int) bool {
		return p.counts(side) && !who.Oversees(kind) && of < leastOrganisations
	}
	return few(CountsProducers, identity.Producer, producers) || few(CountsBuyers, identity.Buyer, buyers)
}

// backers are the organisations behind a total, by their ids.
type backers struct{ producers, buyers, declarants map[string]bool }

func (s *backers) add(v ledger.GroupVolume) {
	if s.producers == nil {
		s.producers, s.buyers = make(map[string]bool), make(map[string]bool)
	}
	for _, id := range v.Producers {
		s.producers[id] = true
	}
	for _, id := range v.Buyers {
		s.buyers[id] = true
	}
}

func (s *backers) declare(producers []string) {
	if s.declarants == nil {
		s.declarants = make(map[string]bool)
	}
	for _, id := range producers {
		s.declarants[id] = true
	}
}

// memberOf reports whether an organisation belongs to the programme on some day, by itself or as a
// producer of one of its communes.
func (p *Programme) memberOf(id uuid.UUID, commune string) bool {
	for _, m := range p.all {
		if m.OrganisationID != nil && *m.OrganisationID == id || m.CommuneCode != "" && m.CommuneCode == commune {
			return true
		}
	}
	return false
}

// counted adds up, target by target, what is of its kind: under one that names its form before one
// that names none, among targets of the same period and member.
func counted(targets []ProgrammeTarget, of kind) int {
	kinds := make([]kind, len(targets))
	for at := range targets {
		kinds[at] = targets[at].kind()
	}
	return placeFor(kinds, of)
}

// sameBreath is what the targets share that are told apart by goods alone.
type sameBreath struct {
	from, to civil.Date
	of       uuid.UUID
}

func breathOf(t ProgrammeTarget) sameBreath {
	b := sameBreath{t.From, t.To, uuid.Nil}
	if t.OrganisationID != nil {
		b.of = *t.OrganisationID
	}
	return b
}

// element points at an entry of a list.
func element(list string, at int) string { return list + "[" + strconv.Itoa(at) + "]" }
