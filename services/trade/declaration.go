package trade

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// Declaration is what a producer sold off the platform in a month, by the word of who declared it.
type Declaration struct {
	ID             uuid.UUID          `db:"id"              json:"id"`
	OrganisationID uuid.UUID          `db:"organisation_id" json:"organisation_id"`
	Month          string             `db:"month"           json:"month"                    doc:"2026-11."`
	Line           string             `db:"line"            json:"line"`
	Form           string             `db:"form"            json:"form"`
	Quantity       quantity.Quantity  `db:"quantity"        json:"quantity"`
	Unit           string             `db:"unit"            json:"unit"`
	UnitWeightKg   *quantity.Quantity `db:"unit_weight"     json:"unit_weight_kg,omitempty"`
	WeightKg       *quantity.Quantity `db:"weight"          json:"weight_kg,omitempty"      doc:"Of all of it, where the goods have a weight."`
	Channel        string             `db:"channel"         json:"channel"                  doc:"See /v1/trade/kinds."`
	Source         string             `db:"source"          json:"source,omitempty"         doc:"What it is known from: a document or its number."`
	MemorandumID   *uuid.UUID         `db:"memorandum_id"   json:"memorandum_id,omitempty"`
	Replaces       *uuid.UUID         `db:"replaces"        json:"replaces,omitempty"       doc:"The declaration that this one corrects."`
	ReplacedBy     *uuid.UUID         `db:"replaced_by"     json:"replaced_by,omitempty"    doc:"The correction; this one counts no more."`
	DeclaredAs     Side               `db:"declared_as"     json:"declared_as"              enum:"producer,official"`
	Invented       bool               `db:"invented"        json:"invented,omitempty"       doc:"Demonstration data."`
	CreatedAt      time.Time          `db:"created_at"      json:"created_at"`
}

// NewDeclaration is one to be made.
type NewDeclaration struct {
	Goods

	OrganisationID uuid.UUID `json:"organisation_id,omitzero" doc:"The producer; your own when left out."`
	Month          string    `json:"month"                    pattern:"^[0-9]{4}-[0-9]{2}$" doc:"2026-11; this month or an earlier one."`
	Channel        string    `json:"channel"                  maxLength:"60" doc:"See /v1/trade/kinds."`
	Source         string    `json:"source,omitempty"         maxLength:"500" doc:"Needed when an official declares."`
	MemorandumID   uuid.UUID `json:"memorandum_id,omitzero"   doc:"A memorandum of the producer's because of which it was sold."`
	Invented       bool      `json:"-"`
}

// firstOf is the first day of a month, such as 2026-11.
func firstOf(month string) (civil.Date, error) { return civil.Parse(month + "-01") }

func monthOf(day civil.Date) string { return day.String()[:len("2026-11")] }

// earliestMonth is before anything that may be declared.
func earliestMonth() civil.Date { return civil.New(2020, time.January, 1) }

// check applies the rules of declaring on a day.
func (n *NewDeclaration) check(book *reference.Book, today civil.Date) error {
	var found fault.Collector
	trimmed(&n.Source)
	tooLong(&found, "source", n.Source, 500)
	if err := found.Merge("", n.Goods.check(book, 0)); err != nil {
		return err
	}
	if n.Form == "" {
		found.Add("form", fault.ErrRequired)
	}
	if first, err := firstOf(n.Month); err != nil || first.After(today) || first.Before(earliestMonth()) {
		found.Add("month", ErrMonth, "from", monthOf(earliestMonth()), "to", monthOf(today))
	}
	return found.Err()
}

// Correction takes the place of what was declared.
type Correction struct {
	Quantity quantity.Quantity `json:"quantity"         doc:"In the unit of what was declared; 0 when nothing was sold."`
	Source   string            `json:"source,omitempty" maxLength:"500" doc:"Needed when an official corrects."`
}

// DeclaredTotal is what was declared of one kind of goods in a month.
type DeclaredTotal struct {
	Month     string            `db:"month"     json:"month"`
	Line      string            `db:"line"      json:"line"`
	Form      string            `db:"form"      json:"form"`
	Dried     bool              `db:"dried"     json:"dried"`
	Unit      string            `db:"unit"      json:"unit"      doc:"kg for whatever has a weight."`
	Declared  quantity.Quantity `db:"amount"    json:"declared"  doc:"Sold off the platform by the word of who declared it; confirmed by nobody."`
	Producers int               `db:"producers" json:"producers" doc:"How many producers stand behind it."`
}
