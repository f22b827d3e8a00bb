package catalog

import (
	"slices"
	"strings"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/reference"
)

// check applies the rules of a certificate on a day and fills in what may be left out, or returns
// every complaint at once. ocopSubject says whether the holder can be recognised under OCOP.
func (n *NewCertificate) check(book *reference.Book, today civil.Date, ocopSubject bool) (NewCertificate, error) {
	var complaints fault.Collector
	c := *n
	c.Number, c.Issuer = oneLine(c.Number), oneLine(c.Issuer)
	for _, field := range [...]struct{ pointer, text string }{{"number", c.Number}, {"issuer", c.Issuer}} {
		if field.text == "" {
			complaints.Add(field.pointer, fault.ErrRequired)
		}
	}
	tooLong(&complaints, "number", c.Number, MaxNumber)
	tooLong(&complaints, "issuer", c.Issuer, MaxIssuer)
	scheme, known := book.Scheme(c.Scheme)
	if !known {
		complaints.Add("scheme", fault.ErrUnknownValue, "value", c.Scheme, "allowed", "/v1/reference/schemes")
		return c, complaints.Err()
	}
	c.checkDates(&complaints, scheme, today)
	c.checkScopes(&complaints, book, scheme, today)
	c.checkStars(&complaints, book, scheme, ocopSubject)
	return c, complaints.Err()
}

// checkDates fills in the last day from the validity in force when it was issued: calendar months,
// clamped to the month's end. Where the scheme makes that the limit (OCOP: 36 months from signature,
// QĐ 148/QĐ-TTg) a later day is refused; elsewhere the certificate itself says.
func (n *NewCertificate) checkDates(complaints *fault.Collector, scheme reference.Scheme, today civil.Date) {
	switch {
	case n.IssuedOn.IsZero():
		complaints.Add("issued_on", fault.ErrRequired)
		return
	case n.IssuedOn.After(today):
		complaints.Add("issued_on", ErrIssuedInFuture)
	}
	if term := scheme.Term(n.IssuedOn); term.ValidityMonths > 0 {
		latest := n.IssuedOn.AddMonths(term.ValidityMonths)
		if n.ValidUntil.IsZero() {
			n.ValidUntil = latest
		}
		if term.ValidityEnforced && n.ValidUntil.After(latest) {
			complaints.Add("valid_until", ErrValidity, "latest", latest)
		}
	}
	if !n.ValidUntil.IsZero() && n.ValidUntil.Before(n.IssuedOn) {
		complaints.Add("valid_until", fault.ErrDateOrder)
	}
}

// checkStars: OCOP alone is rated, for its own subjects, by who was entitled on the day of the
// decision; points, where they are stated, earn just these stars.
func (n *NewCertificate) checkStars(complaints *fault.Collector, book *reference.Book, scheme reference.Scheme, ocopSubject bool) {
	if !scheme.Rated() {
		if n.Stars != 0 {
			complaints.Add("stars", ErrStarsOfOther)
		}
		if n.Points != 0 {
			complaints.Add("points", ErrStarsOfOther)
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
	if earned, _ := scheme.StarsFor(n.Points, n.IssuedOn); n.Points != 0 && earned != n.Stars {
		complaints.Add("points", ErrPoints, "points", n.Points, "stars", n.Stars)
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
