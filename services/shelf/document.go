package shelf

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
)

// DocumentState is what a document is on a day.
type DocumentState string

// The states of a document.
const (
	DocumentValid     DocumentState = "valid"
	DocumentExpiring  DocumentState = "expiring"
	DocumentExpired   DocumentState = "expired"
	DocumentWithdrawn DocumentState = "withdrawn"
)

// warnDays before its end a document counts as expiring. It is ours: a new test takes weeks.
const warnDays = 30

// Document is something a producer sent once, for every system that asks for it.
type Document struct {
	ID         uuid.UUID     `db:"id"          json:"id"`
	ProducerID uuid.UUID     `db:"producer_id" json:"producer_id"`
	Type       string        `db:"type"        json:"type"                  doc:"See /v1/shelf/document-types."`
	ProductID  *uuid.UUID    `db:"product_id"  json:"product_id,omitempty"  doc:"The product it is about; absent: the producer."`
	Number     string        `db:"number"      json:"number"`
	Issuer     string        `db:"issuer"      json:"issuer,omitempty"`
	IssuedOn   civil.Date    `db:"issued_on"   json:"issued_on"`
	ValidUntil civil.Date    `db:"valid_until" json:"valid_until,omitzero"  doc:"The last day, included; absent: without end."`
	State      DocumentState `db:"-"           json:"state"                 enum:"valid,expiring,expired,withdrawn"`
	ScanType   string        `db:"scan_type"   json:"scan_type,omitempty"   doc:"Media type of its scan; absent: there is none."`
	ScanSize   int64         `db:"scan_size"   json:"scan_size,omitempty"   doc:"Bytes."`
	Invented   bool          `db:"invented"    json:"invented,omitempty"    doc:"Demonstration data."`
	Version    int64         `db:"version"     json:"version"`
	CreatedAt  time.Time     `db:"created_at"  json:"created_at"`
	UpdatedAt  time.Time     `db:"updated_at"  json:"updated_at"`
	Withdrawn  bool          `db:"withdrawn"   json:"-"`
	ScanName   string        `db:"scan_name"   json:"-"`
}

// stateOn works out a document's state from its dates.
func (d Document) stateOn(day civil.Date) DocumentState {
	switch {
	case d.Withdrawn:
		return DocumentWithdrawn
	case d.ValidUntil.IsZero():
		return DocumentValid
	case day.After(d.ValidUntil):
		return DocumentExpired
	case !day.Before(d.ValidUntil.AddDays(-warnDays)):
		return DocumentExpiring
	default:
		return DocumentValid
	}
}

// NewDocument is what a producer sends.
type NewDocument struct {
	Type       string     `json:"type"                 maxLength:"60"  doc:"See /v1/shelf/document-types."`
	ProductID  uuid.UUID  `json:"product_id,omitzero"  doc:"For types that are about one product."`
	Number     string     `json:"number"               maxLength:"100"`
	Issuer     string     `json:"issuer,omitempty"     maxLength:"200"`
	IssuedOn   civil.Date `json:"issued_on"`
	ValidUntil civil.Date `json:"valid_until,omitzero" doc:"The last day, included; by the type when left out."`
	// Invented marks demonstration data. Only seeding sets it.
	Invented bool `json:"-"`
}

// check applies the rules of a document and fills in how long it is good for.
func (n NewDocument) check(words vocabulary, today civil.Date) (NewDocument, error) {
	var complaints fault.Collector
	n.Number, n.Issuer = strings.Join(strings.Fields(n.Number), " "), strings.Join(strings.Fields(n.Issuer), " ")
	if n.Number == "" {
		complaints.Add("number", fault.ErrRequired)
	}
	kind, known := words.types[n.Type]
	switch {
	case !known:
		complaints.Add("type", fault.ErrUnknownValue, "value", n.Type, "allowed", "/v1/shelf/document-types")
	case kind.PerProduct && n.ProductID == uuid.Nil:
		complaints.Add("product_id", ErrDocumentProduct)
	case !kind.PerProduct && n.ProductID != uuid.Nil:
		complaints.Add("product_id", ErrDocumentOfProducer)
	}
	switch {
	case n.IssuedOn.IsZero():
		complaints.Add("issued_on", fault.ErrRequired)
	case n.IssuedOn.After(today):
		complaints.Add("issued_on", ErrIssuedInFuture)
	case !n.ValidUntil.IsZero() && n.ValidUntil.Before(n.IssuedOn):
		complaints.Add("valid_until", fault.ErrDateOrder)
	case n.ValidUntil.IsZero() && kind.ValidityMonths > 0:
		n.ValidUntil = n.IssuedOn.AddMonths(kind.ValidityMonths)
	}
	return n, complaints.Err()
}
