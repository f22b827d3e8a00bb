package gs1

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// The application identifiers that a [Link] knows (General Specifications 3).
const (
	aiGTIN   = "01"
	aiLot    = "10"
	aiExpiry = "17"
	aiSerial = "21"
	aiWeight = "3103" // net weight in kilograms with three decimals
)

// Canonical is the authority of the canonical form (Digital Link, URI syntax 5).
const Canonical = "https://id.gs1.org"

// Why an address is no Digital Link of a trade item.
var (
	ErrNoGTIN    = errors.New("gs1: the address names no GTIN after /01/")
	ErrPath      = errors.New("gs1: after the GTIN may follow /10/ and a lot, then /21/ and a serial number")
	ErrCharacter = errors.New("gs1: a lot or serial number has 1 to 20 of the 82 characters of GS1")
	ErrDate      = errors.New("gs1: a date is six digits, year, month and day")
	ErrWeight    = errors.New("gs1: a weight is six digits, grams")
	ErrTwice     = errors.New("gs1: a fact is told twice")
)

// Link is what a Digital Link address says of a trade item. What it does not say is zero.
type Link struct {
	GTIN GTIN
	// Lot and Serial are of the character set 82, at most 20 characters each.
	Lot, Serial string
	// Expiry is the last day of use.
	Expiry civil.Date
	// NetWeight is in thousandths of a kilogram, below 1 000 kg.
	NetWeight quantity.Quantity
}

// ParseLink reads an address, whole or from its path on. What stands before /01/ in the path is
// passed over, and so are parameters that are no application identifiers, as the standard wants
// (URI syntax 4.7); identifiers this package does not know are too. Two digits of a year are read
// as the year nearest to that of on (General Specifications 7.12); day 00 is the month's last.
//
// It fails with one of the errors of this package, which name what is wrong.
func ParseLink(address string, on civil.Date) (Link, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return Link{}, fmt.Errorf("%w: %w", ErrPath, err)
	}
	segments := strings.Split(strings.TrimSuffix(parsed.EscapedPath(), "/"), "/")
	at := slices.Index(segments, aiGTIN)
	if at < 0 || at+1 == len(segments) {
		return Link{}, ErrNoGTIN
	}
	var link Link
	if link.GTIN, err = ParseGTIN(segments[at+1]); err != nil {
		return Link{}, err
	}
	if err := readPath(&link, segments[at+2:]); err != nil {
		return Link{}, err
	}
	return link, readQuery(&link, parsed.RawQuery, on)
}

// readPath reads the key qualifiers in their one order: lot, serial (URI syntax 4.5).
func readPath(l *Link, segments []string) error {
	for _, qualifier := range []struct {
		code string
		into *string
	}{{aiLot, &l.Lot}, {aiSerial, &l.Serial}} {
		if len(segments) < 2 || segments[0] != qualifier.code {
			continue
		}
		value, err := url.PathUnescape(segments[1])
		if err != nil {
			return fmt.Errorf("%w: %w", ErrPath, err)
		}
		if !ValidText(value) {
			return ErrCharacter
		}
		*qualifier.into = value
		segments = segments[2:]
	}
	if len(segments) > 0 {
		return ErrPath
	}
	return nil
}

// readQuery reads the data attributes. A semicolon parts them as an ampersand does (URI syntax 4.7).
func readQuery(l *Link, raw string, on civil.Date) error {
	values, err := url.ParseQuery(strings.ReplaceAll(raw, ";", "&"))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPath, err)
	}
	for code, list := range values {
		switch code {
		case aiExpiry, aiWeight:
			if len(list) != 1 {
				return ErrTwice
			}
		case aiGTIN, aiLot, aiSerial:
			return ErrPath
		}
		switch code {
		case aiExpiry:
			l.Expiry, err = parseDate(list[0], on)
		case aiWeight:
			l.NetWeight, err = parseWeight(list[0])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ValidText reports whether a text can be a lot or a serial number: 1 to 20 characters of set 82
// (General Specifications 3.4.1, 3.5.1 and figure 7.11-1).
func ValidText(text string) bool {
	if text == "" || len(text) > 20 {
		return false
	}
	return strings.Trim(text, set82) == ""
}

const set82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`

// parseDate reads YYMMDD.
func parseDate(text string, on civil.Date) (civil.Date, error) {
	if len(text) != 6 || !digits(text) {
		return civil.Date{}, ErrDate
	}
	two := func(at int) int { return int(text[at]-'0')*10 + int(text[at+1]-'0') }
	year := on.Year - on.Year%100 + two(0)
	switch ahead := two(0) - on.Year%100; {
	case ahead >= 51:
		year -= 100
	case ahead <= -50:
		year += 100
	}
	if text[4:] == "00" {
		if two(2) < 1 || two(2) > 12 {
			return civil.Date{}, ErrDate
		}
		return civil.New(year, 1, 1).AddMonths(two(2)).AddDays(-1), nil
	}
	day, err := civil.Parse(fmt.Sprintf("%04d-%s-%s", year, text[2:4], text[4:]))
	if err != nil {
		return civil.Date{}, ErrDate
	}
	return day, nil
}

func parseWeight(text string) (quantity.Quantity, error) {
	if len(text) != 6 || !digits(text) {
		return 0, ErrWeight
	}
	grams := 0
	for _, digit := range text {
		grams = grams*10 + int(digit-'0')
	}
	return quantity.Quantity(grams), nil
}

// Path is the address without its authority: "/01/08930000000017/10/L1?17=261231".
func (l Link) Path() string {
	path := "/" + aiGTIN + "/" + string(l.GTIN)
	if l.Lot != "" {
		path += "/" + aiLot + "/" + escape(l.Lot)
	}
	if l.Serial != "" {
		path += "/" + aiSerial + "/" + escape(l.Serial)
	}
	var facts []string // in the order of their codes (URI syntax 5)
	if !l.Expiry.IsZero() {
		facts = append(facts, fmt.Sprintf("%s=%02d%02d%02d", aiExpiry, l.Expiry.Year%100, l.Expiry.Month, l.Expiry.Day))
	}
	if l.NetWeight > 0 {
		facts = append(facts, fmt.Sprintf("%s=%06d", aiWeight, int64(l.NetWeight)))
	}
	if len(facts) > 0 {
		path += "?" + strings.Join(facts, "&")
	}
	return path
}

// At is the address at an authority, such as "https://market.example"; a path there stays.
func (l Link) At(base string) string { return strings.TrimSuffix(base, "/") + l.Path() }

// Canonical is the one address of all that say the same: by it two links are compared.
func (l Link) Canonical() string { return l.At(Canonical) }

// escape writes a value into a path: whatever is not unreserved is percent-encoded, in upper case
// (URI syntax 4.2; RFC 3986, 2.3).
func escape(text string) string {
	var out strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~", c) >= 0:
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}
