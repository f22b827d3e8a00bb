package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/reference"
)

// ExpiringDays is how long before its end a certificate counts as expiring. The law asks for 30
// days' warning for OCOP; 90 leave time for a renewal.
const ExpiringDays = 90

// Limits of a certificate.
const (
	MaxNumber        = 100
	MaxIssuer        = 200
	MaxNote          = 1000
	MaxScopeProducts = 200
)

// CertificateState is what a certificate is worth on a day: what was decided about it and, once
// it is verified, its dates.
type CertificateState string

// What an authority decides.
const (
	Submitted CertificateState = "submitted"
	Verified  CertificateState = "verified"
	Rejected  CertificateState = "rejected"
	Revoked   CertificateState = "revoked"
)

// What follows from the dates of a verified certificate.
const (
	NotYetValid CertificateState = "not_yet_valid"
	Valid       CertificateState = "valid"
	Expiring    CertificateState = "expiring"
	Expired     CertificateState = "expired"
)

// CertificateStateOn computes a certificate's state on a day. Its last day is included; without
// one it does not end. The SQL function catalog.certificate_state agrees.
func CertificateStateOn(decided CertificateState, issuedOn, validUntil, day civil.Date) CertificateState {
	switch {
	case decided != Verified:
		return decided
	case day.Before(issuedOn):
		return NotYetValid
	case validUntil.IsZero():
		return Valid
	case day.After(validUntil):
		return Expired
	case day.Days(validUntil) <= ExpiringDays:
		return Expiring
	default:
		return Valid
	}
}

// certificateMove is a decision about a certificate.
type certificateMove string

const (
	verify certificateMove = "verify"
	reject certificateMove = "reject"
	revoke certificateMove = "revoke"
)

// decided returns what a certificate is after a decision, or ErrCertificateState.
func (s CertificateState) decided(move certificateMove) (CertificateState, error) {
	switch {
	case move == verify && s == Submitted:
		return Verified, nil
	case move == reject && s == Submitted:
		return Rejected, nil
	case move == revoke && s == Verified:
		return Revoked, nil
	default:
		return "", ErrCertificateState.With("state", string(s), "action", string(move))
	}
}

// Scope is what a certificate covers.
type Scope struct {
	Kind       string            `json:"kind,omitempty"        enum:"facility,farm_area,group,product,chain_of_custody,brand_right" doc:"May be left out where the scheme has one kind."`
	ProductIDs []uuid.UUID       `json:"product_ids,omitempty" maxItems:"200" doc:"The products it names; for one that names none, lines."`
	Lines      []string          `json:"lines,omitempty"       maxItems:"50"  doc:"The lines it covers when it names no product; those of the scheme when left out."`
	Note       string            `json:"note,omitempty"        maxLength:"1000" doc:"Site, area or members, in the certificate's words."`
	AreaHa     quantity.Quantity `json:"area_ha,omitzero"      doc:"Certified area, hectares."`
}

// Certificate is a scheme's certificate and what was decided about it.
type Certificate struct {
	ID         uuid.UUID        `json:"id"`
	ProducerID uuid.UUID        `json:"producer_id"`
	Scheme     string           `json:"scheme"`
	Number     string           `json:"number"`
	Issuer     string           `json:"issuer"`
	IssuerKind string           `json:"issuer_kind,omitempty"  doc:"OCOP: district, province or ministry."`
	IssuedOn   civil.Date       `json:"issued_on"`
	ValidUntil civil.Date       `json:"valid_until,omitzero"   doc:"The last day, included; absent where the scheme sets no end."`
	Scope      Scope            `json:"scope"`
	Stars      int              `json:"stars,omitempty"        doc:"OCOP only."`
	State      CertificateState `json:"state"                  enum:"submitted,rejected,revoked,not_yet_valid,valid,expiring,expired" doc:"Today."`
	DaysLeft   *int             `json:"days_left,omitempty"    doc:"Days until its last day, while it is valid."`
	Reason     string           `json:"reason,omitempty"       doc:"Why it was rejected or revoked."`
	DecidedAt  *time.Time       `json:"decided_at,omitempty"`
	ScanType   string           `json:"scan_type,omitempty"    doc:"Media type of the scan, when there is one."`
	ScanSize   int64            `json:"scan_size,omitempty"    doc:"Bytes of the scan."`
	Invented   bool             `json:"invented,omitempty"     doc:"Demonstration data."`
	Version    int64            `json:"version"                doc:"Also the ETag."`
	CreatedAt  time.Time        `json:"created_at"`
	UpdatedAt  time.Time        `json:"updated_at"`
}

// NewCertificate is what a producer submits.
type NewCertificate struct {
	Scheme     string     `json:"scheme"                maxLength:"100"`
	Number     string     `json:"number"                maxLength:"100"`
	Issuer     string     `json:"issuer"                maxLength:"200"`
	IssuerKind string     `json:"issuer_kind,omitempty" enum:"district,province,ministry" doc:"OCOP; read from the issuer's name when left out."`
	IssuedOn   civil.Date `json:"issued_on"`
	ValidUntil civil.Date `json:"valid_until,omitzero" doc:"From the scheme's validity when left out."`
	Scope      Scope      `json:"scope,omitzero"`
	Stars      int        `json:"stars,omitempty"       doc:"OCOP: 3, 4 or 5."`
	// Invented marks demonstration data. Only seeding sets it.
	Invented bool `json:"-"`
}

// check applies the rules of a certificate on a day and fills in what may be left out, or returns
// every complaint at once. ocopSubject says whether the holder can be recognised under OCOP.
func (n *NewCertificate) check(book *reference.Book, today civil.Date, ocopSubject bool) (NewCertificate, error) {
	var complaints fault.Collector
	c := *n
	c.Number, c.Issuer, c.Scope.Note = oneLine(c.Number), oneLine(c.Issuer), strings.TrimSpace(c.Scope.Note)
	for _, field := range [...]struct{ pointer, text string }{{"number", c.Number}, {"issuer", c.Issuer}} {
		if field.text == "" {
			complaints.Add(field.pointer, fault.ErrRequired)
		}
	}
	tooLong(&complaints, "number", c.Number, MaxNumber)
	tooLong(&complaints, "issuer", c.Issuer, MaxIssuer)
	tooLong(&complaints, "scope.note", c.Scope.Note, MaxNote)
	scheme, known := book.Scheme(c.Scheme)
	if !known {
		complaints.Add("scheme", fault.ErrUnknownValue, "value", c.Scheme, "allowed", "/v1/reference/schemes")
		return c, complaints.Err()
	}
	c.checkDates(&complaints, scheme, today)
	c.checkScope(&complaints, book, scheme)
	c.checkStars(&complaints, book, ocopSubject)
	return c, complaints.Err()
}

// checkDates fills in the last day from the scheme's validity. Only OCOP's is a limit by law
// (QĐ 148/QĐ-TTg: 36 months from signature); elsewhere the certificate itself says.
func (n *NewCertificate) checkDates(complaints *fault.Collector, scheme reference.Scheme, today civil.Date) {
	switch {
	case n.IssuedOn.IsZero():
		complaints.Add("issued_on", fault.ErrRequired)
		return
	case n.IssuedOn.After(today):
		complaints.Add("issued_on", ErrIssuedInFuture)
	}
	if scheme.ValidityMonths > 0 {
		latest := n.IssuedOn.AddMonths(scheme.ValidityMonths)
		if n.ValidUntil.IsZero() {
			n.ValidUntil = latest
		}
		if scheme.Code == reference.OCOP && n.ValidUntil.After(latest) {
			complaints.Add("valid_until", ErrValidity, "latest", latest)
		}
	}
	if !n.ValidUntil.IsZero() && n.ValidUntil.Before(n.IssuedOn) {
		complaints.Add("valid_until", fault.ErrDateOrder)
	}
}

func (n *NewCertificate) checkScope(complaints *fault.Collector, book *reference.Book, scheme reference.Scheme) {
	if n.Scope.Kind == "" && len(scheme.Scopes) == 1 {
		n.Scope.Kind = scheme.Scopes[0]
	}
	if !scheme.Covers(n.Scope.Kind) {
		complaints.Add("scope.kind", ErrScopeKind, "scheme", scheme.Code, "allowed", strings.Join(scheme.Scopes, ", "))
	}
	if n.Scope.AreaHa < 0 || n.Scope.AreaHa > quantity.Max {
		complaints.Add("scope.area_ha", fault.ErrOutOfRange, "min", 0, "max", quantity.Max)
	}
	n.Scope.ProductIDs = slices.Clone(n.Scope.ProductIDs)
	slices.SortFunc(n.Scope.ProductIDs, func(a, b uuid.UUID) int { return cmp.Compare(a.String(), b.String()) })
	n.Scope.ProductIDs = slices.Compact(n.Scope.ProductIDs)
	if len(n.Scope.ProductIDs) > MaxScopeProducts {
		complaints.Add("scope.product_ids", ErrTooMany, "max", MaxScopeProducts)
	}
	if len(n.Scope.ProductIDs) > 0 {
		n.Scope.Lines = nil
		return
	}
	fits := schemeLines(book, scheme)
	if n.Scope.Kind == "product" || (len(fits) == 0 && len(n.Scope.Lines) == 0) {
		complaints.Add("scope.product_ids", ErrScopeProducts)
		return
	}
	if len(n.Scope.Lines) == 0 {
		n.Scope.Lines = fits
	}
	for i, line := range n.Scope.Lines {
		if !slices.Contains(fits, line) {
			complaints.Add(fmt.Sprintf("scope.lines[%d]", i), ErrScopeLines, "scheme", scheme.Code, "line", line)
		}
	}
}

func (n *NewCertificate) checkStars(complaints *fault.Collector, book *reference.Book, ocopSubject bool) {
	if n.Scheme != reference.OCOP {
		if n.Stars != 0 {
			complaints.Add("stars", ErrStarsOfOther)
		}
		n.IssuerKind = ""
		return
	}
	if !ocopSubject {
		complaints.Add("scheme", ErrNotOCOPSubject)
	}
	if n.Stars < 3 || n.Stars > 5 {
		complaints.Add("stars", ErrStars)
		return
	}
	if n.IssuerKind == "" {
		n.IssuerKind = issuerKind(n.Issuer)
	}
	if !slices.Contains([]string{"district", "province", "ministry"}, n.IssuerKind) {
		complaints.Add("issuer_kind", ErrIssuerKind)
		return
	}
	if err := issuerRefused(book, n.Stars, n.IssuerKind, n.IssuedOn); err != nil {
		complaints.Add("issuer_kind", ErrIssuer, "issuer", n.IssuerKind, "stars", n.Stars, "issued_on", n.IssuedOn)
	}
}

// issuerRefused says why an issuer could not decide on the stars on that day; nil when it could.
func issuerRefused(book *reference.Book, stars int, issuer string, decidedOn civil.Date) error {
	if book.OCOPIssuerAllowed(stars, issuer, decidedOn) {
		return nil
	}
	return ErrIssuer.With("issuer", issuer, "stars", stars, "issued_on", decidedOn)
}

// issuerKind reads the level of an issuer from its name: "UBND tỉnh Cà Mau" is a province. It
// returns "" when the name does not tell.
func issuerKind(issuer string) string {
	folded := " " + vietnamese.Fold(issuer) + " "
	for _, level := range [...]struct{ word, kind string }{
		{" district ", "district"},
		{" province ", "province"},
		{" ministry ", "ministry"},
		{" huyen ", "district"},
		{" thi xa ", "district"},
		{" thanh pho ", "district"},
		{" tinh ", "province"},
		{" bo ", "ministry"},
	} {
		if strings.Contains(folded, level.word) {
			return level.kind
		}
	}
	return ""
}

// schemeLines lists the product lines a certificate of the scheme can cover without naming
// products; none for marks that are given to named products only.
func schemeLines(book *reference.Book, scheme reference.Scheme) []string {
	farmed := []string{"black_tiger_shrimp", "whiteleg_shrimp", "giant_freshwater_prawn"}
	packed := []string{"processed_shrimp", "dried_shrimp"}
	grown := append(slices.Clone(farmed), "mud_crab", "rice", "vegetable", "honey", "herbal", "tea")
	switch scheme.Kind {
	case "farm", "chain_of_custody":
		if scheme.Code == "VIETGAP" || scheme.Code == "GLOBALGAP" {
			return grown
		}
		return append(farmed, packed...)
	case "organic":
		if scheme.Code == "NATURLAND" {
			return append(farmed, packed...)
		}
		return append(grown, packed...)
	case "food_safety", "religious":
		return eatenLines(book)
	case "geographical_indication":
		return map[string][]string{
			"GI_SHRIMP_CAMAU": {"black_tiger_shrimp"}, "GI_CRAB_CAMAU": {"mud_crab"}, "GI_SALT_BACLIEU": {"salt"},
		}[scheme.Code]
	default:
		return nil
	}
}

// eatenLines lists the lines of the OCOP groups that people eat, drink or take.
func eatenLines(book *reference.Book) []string {
	var lines []string
	for _, line := range book.Lines() {
		if slices.Contains([]string{"food", "drinks", "herbal"}, line.OCOPGroup) {
			lines = append(lines, line.Code)
		}
	}
	return lines
}
