package catalog

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/gs1"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// MaxLotSources is how many sources a lot may have.
const MaxLotSources = 200

// NewLot is what a producer says of a lot of goods. Who only collects says where it comes from.
type NewLot struct {
	Code        string             `json:"code"                  maxLength:"20"   doc:"As on the goods: letters without marks, digits and signs of GS1's lot numbers."`
	HarvestedOn civil.Date         `json:"harvested_on,omitzero"`
	PackedOn    civil.Date         `json:"packed_on,omitzero"`
	Quantity    *quantity.Quantity `json:"quantity,omitempty"    doc:"In the product's unit."`
	Note        string             `json:"note,omitempty"        maxLength:"1000"`
	Sources     []NewSource        `json:"sources,omitempty"     maxItems:"200"   doc:"Where it comes from; more may follow."`
	// Invented marks demonstration data. Only seeding sets it.
	Invented bool `json:"-"`
}

// NewSource is a farm or producer that goods of a lot came from: an organisation of the platform or
// a name. A certificate it declares is a note, never a mark of the lot's product.
type NewSource struct {
	OrganisationID    uuid.UUID          `json:"organisation_id,omitzero"     doc:"A producer on the platform, whose name and commune are used."`
	Name              string             `json:"name,omitempty"               maxLength:"200" doc:"A farm that is not on the platform."`
	CommuneCode       string             `json:"commune_code,omitempty"       maxLength:"5"`
	AreaHa            *quantity.Quantity `json:"area_ha,omitempty"            doc:"Of the farm, hectares."`
	Quantity          quantity.Quantity  `json:"quantity"                     doc:"In the product's unit."`
	Scheme            string             `json:"scheme,omitempty"             maxLength:"100" doc:"Of a certificate the source says it has."`
	CertificateNumber string             `json:"certificate_number,omitempty" maxLength:"100"`
}

// Lot is a lot of a product. No more is sent off under its code than was declared of it. Where it comes from is its producer's secret: the producer, officials
// and the buyer of a delivery of it know; all others get a Lot without quantity, note and sources.
type Lot struct {
	ID              uuid.UUID          `json:"id"`
	ProductID       uuid.UUID          `json:"product_id"`
	ProducerID      uuid.UUID          `json:"producer_id"`
	Code            string             `json:"code"`
	HarvestedOn     civil.Date         `json:"harvested_on,omitzero"`
	PackedOn        civil.Date         `json:"packed_on,omitzero"`
	Quantity        *quantity.Quantity `json:"quantity,omitempty"    doc:"For those who may know."`
	Unit            string             `json:"unit"`
	Note            string             `json:"note,omitempty"        doc:"For those who may know."`
	Dispatched      *quantity.Quantity `json:"dispatched,omitempty"  doc:"What was sent off under its code, whatever became of it; for its producer and officials."`
	Remaining       *quantity.Quantity `json:"remaining,omitempty"   doc:"What may still be sent off: of the quantity or, where none was declared, of what its sources gave. Left out where neither was; for its producer and officials."`
	SourcesDeclared bool               `json:"sources_declared"`
	Sources         []Source           `json:"sources,omitempty"     doc:"For its producer, officials and the buyer of a delivery of it."`
	Invented        bool               `json:"invented,omitempty"    doc:"Demonstration data."`
	CreatedAt       time.Time          `json:"created_at"`
}

// Source is where goods of a lot came from, as declared.
type Source struct {
	OrganisationID    uuid.UUID          `json:"organisation_id,omitzero"`
	Name              string             `json:"name"`
	Commune           *Place             `json:"commune,omitempty"`
	AreaHa            *quantity.Quantity `json:"area_ha,omitempty"`
	Quantity          quantity.Quantity  `json:"quantity"`
	Scheme            string             `json:"scheme,omitempty"`
	CertificateNumber string             `json:"certificate_number,omitempty" doc:"Declared by the collector; not verified and no mark of the product."`
}

// check applies the rules of a lot of goods counted in a unit.
func (n NewLot) check(book *reference.Book, unit string, today civil.Date) (NewLot, error) {
	var complaints fault.Collector
	n.Code, n.Note = strings.TrimSpace(n.Code), strings.TrimSpace(n.Note)
	if n.Code == "" {
		complaints.Add("code", fault.ErrRequired)
	} else if !gs1.ValidText(n.Code) {
		complaints.Add("code", ErrLot)
	}
	tooLong(&complaints, "note", n.Note, reasonMax)
	oldest := today.AddMonths(-12 * maxLotYears)
	for field, day := range map[string]civil.Date{"harvested_on": n.HarvestedOn, "packed_on": n.PackedOn} {
		if !day.IsZero() && (day.After(today) || day.Before(oldest)) {
			complaints.Add(field, fault.ErrOutOfRange, "min", oldest, "max", today)
		}
	}
	if !n.PackedOn.IsZero() && n.PackedOn.Before(n.HarvestedOn) {
		complaints.Add("packed_on", fault.ErrDateOrder)
	}
	if n.Quantity != nil {
		checkAmount(&complaints, book, "quantity", *n.Quantity, unit)
	}
	if err := complaints.Merge("", checkSources(book, n.Sources, unit)); err != nil {
		return n, err
	}
	return n, complaints.Err()
}

// maxLotYears is how old goods of a lot may be; salt and fish sauce keep long.
const maxLotYears = 10

func checkAmount(complaints *fault.Collector, book *reference.Book, pointer string, amount quantity.Quantity, unit string) {
	if amount <= 0 || amount > quantity.Max {
		complaints.Add(pointer, fault.ErrOutOfRange, "min", quantity.Quantity(1), "max", quantity.Max)
	}
	if counted, ok := book.Unit(unit); ok && counted.Whole() && amount%quantity.Unit != 0 {
		complaints.Add(pointer, ErrWholeUnits, "unit", unit)
	}
}

func checkSources(book *reference.Book, sources []NewSource, unit string) error {
	var complaints fault.Collector
	if len(sources) > MaxLotSources {
		complaints.Add("sources", ErrTooMany, "max", MaxLotSources)
	}
	for at, source := range sources {
		if err := complaints.Merge(fmt.Sprintf("sources[%d]", at), source.check(book, unit)); err != nil {
			return err
		}
	}
	return complaints.Err()
}

func (n NewSource) check(book *reference.Book, unit string) error {
	var complaints fault.Collector
	if oneLine(n.Name) == "" && n.OrganisationID == uuid.Nil {
		complaints.Add("name", fault.ErrRequired)
	}
	tooLong(&complaints, "name", oneLine(n.Name), MaxName)
	if n.CommuneCode != "" {
		if _, known := book.Commune(n.CommuneCode); !known {
			complaints.Add("commune_code", fault.ErrUnknownValue, "value", n.CommuneCode, "allowed", "/v1/reference/communes")
		}
	}
	if n.AreaHa != nil && (*n.AreaHa <= 0 || *n.AreaHa > maxFarm) {
		complaints.Add("area_ha", fault.ErrOutOfRange, "min", quantity.Quantity(1), "max", maxFarm)
	}
	checkAmount(&complaints, book, "quantity", n.Quantity, unit)
	if n.Scheme != "" {
		if _, known := book.Scheme(n.Scheme); !known {
			complaints.Add("scheme", fault.ErrUnknownValue, "value", n.Scheme, "allowed", "/v1/reference/schemes")
		}
	}
	tooLong(&complaints, "certificate_number", n.CertificateNumber, maxNumber)
	return complaints.Err()
}

// Ours: a farm larger than a hundred thousand hectares is a slip of the keyboard.
const (
	maxFarm   = 100_000 * quantity.Unit
	maxNumber = 100
)

// suffice refuses a lot that is more than its sources gave: goods come from somewhere.
func suffice(lot *quantity.Quantity, sources []NewSource, unit string) error {
	if lot == nil || len(sources) == 0 {
		return nil
	}
	var sum quantity.Quantity
	for _, source := range sources {
		sum += source.Quantity
	}
	if sum < *lot {
		return ErrLotSources.At("sources", "sum", sum, "quantity", *lot, "unit", unit)
	}
	return nil
}

// trim leaves out of a lot what is its producer's secret.
func (l Lot) trim() Lot {
	l.Quantity, l.Note, l.Sources = nil, "", nil
	return l.forBuyer()
}

// forBuyer leaves out of a lot how much of it went to whom: that is nobody's but its producer's.
func (l Lot) forBuyer() Lot {
	l.Dispatched, l.Remaining = nil, nil
	return l
}
