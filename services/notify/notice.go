package notify

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

// The kinds of notices that go to the holder of a certificate. Those of deals are put together
// from what they are about: see dealKind.
const (
	kindExpiring = "certificate_expiring"
	kindLapsed   = "certificate_lapsed"
	kindRevoked  = "certificate_revoked"
)

// Notice is something an organisation is told.
type Notice struct {
	ID   uuid.UUID `json:"id"`
	Kind string    `json:"kind" doc:"A stable code, such as certificate_expiring or award_claim_lost_buyer."`
	// Title and Text are in the reader's language.
	Title         string     `json:"title"`
	Text          string     `json:"text"                     doc:"What happened and what can be done, in the language of the request."`
	CertificateID *uuid.UUID `json:"certificate_id,omitempty"`
	InquiryID     *uuid.UUID `json:"inquiry_id,omitempty"`
	LineID        *uuid.UUID `json:"line_id,omitempty"`
	QuoteID       *uuid.UUID `json:"quote_id,omitempty"`
	AwardID       *uuid.UUID `json:"award_id,omitempty"`
	MemorandumID  *uuid.UUID `json:"memorandum_id,omitempty"`
	TradeEventID  *uuid.UUID `json:"trade_event_id,omitempty"`
	CreatedAt     time.Time  `json:"created_at"`
	ReadAt        *time.Time `json:"read_at,omitempty"`
}

// facts fill the texts of a notice. Names are looked up when it is read.
type facts struct {
	Scheme     string            `json:"scheme,omitempty"`
	Number     string            `json:"number,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	ValidUntil civil.Date        `json:"valid_until,omitzero"`
	Days       int               `json:"days,omitempty"`
	Position   int               `json:"position,omitempty"`
	Line       string            `json:"line,omitempty"`
	ProductID  uuid.UUID         `json:"product_id,omitzero"`
	PartyID    uuid.UUID         `json:"party_id,omitzero"`
	Quantity   quantity.Quantity `json:"quantity,omitzero"`
	Unit       string            `json:"unit,omitempty"`
	DeliverOn  civil.Date        `json:"deliver_on,omitzero"`
	AmountVND  money.VND         `json:"amount_vnd,omitzero"`
	// Day is when something was paid, or is due.
	Day civil.Date `json:"day,omitzero"`
	// Until is the last day of what begins on Day.
	Until civil.Date `json:"until,omitzero"`
	// StartsAt and EndsAt are of a meeting.
	StartsAt time.Time `json:"starts_at,omitzero"`
	EndsAt   time.Time `json:"ends_at,omitzero"`
	// Party is the name of one that is not on the platform.
	Party string `json:"party,omitempty"`
	// Watch is why an organisation is under watch, by its code; Reason is then the authority's word.
	Watch string `json:"watch,omitempty"`
	// Period and Edition are of a report.
	Period  string `json:"period,omitempty"`
	Edition int    `json:"edition,omitempty"`
}

// names are what the ids in the facts of notices are called now.
type names struct {
	book     *reference.Book
	products map[uuid.UUID]string
	parties  map[uuid.UUID]string
	events   map[uuid.UUID]trade.EventTold
	// reasons are those that have a code; others are told in the words they were given in.
	reasons map[string]inquiry.Reason
	watches map[string]reference.Names
}

// fill puts the facts of a notice into a text of its kind.
func (n names) fill(template string, row noticeRow, language string) string {
	f := row.Facts.V
	return fault.Fill(template, map[string]any{
		"scheme": n.scheme(f.Scheme, language), "number": f.Number, "reason": n.watched(f.Watch, language) + n.reason(f.Reason, language), "days": f.Days, "position": f.Position,
		"valid_until": day(f.ValidUntil, language), "deliver_on": day(f.DeliverOn, language), "line": n.line(f.Line, language),
		"product": n.products[f.ProductID], "party": n.party(f), "unit": n.unit(f.Unit, language),
		"quantity": amount(f.Quantity, language), "inquiry": shortID(row.InquiryID.UUID),
		"amount": paid(f.AmountVND, language), "day": day(f.Day, language),
		"period": f.Period, "edition": f.Edition,
		"event": n.events[row.TradeEventID.UUID].Name, "place": n.place(n.events[row.TradeEventID.UUID], language),
		"dates": dates(f.Day, f.Until, language), "time": hours(f.StartsAt, f.EndsAt, language),
	})
}

// party is what the other side is called.
func (n names) party(f facts) string {
	if f.PartyID == uuid.Nil {
		return f.Party
	}
	return n.parties[f.PartyID]
}

func (n names) scheme(code, language string) string {
	if scheme, known := n.book.Scheme(code); known {
		return scheme.In(language)
	}
	return code
}

func (n names) reason(given, language string) string {
	known, coded := n.reasons[given]
	switch {
	case coded && language == reference.English:
		return known.NameEN
	case coded:
		return known.Name
	case given == "" && language == reference.English:
		return "not given"
	case given == "":
		return "không nêu"
	default:
		return strings.TrimRight(given, ". ")
	}
}

// watched is why an organisation is under watch, as the beginning of the reason.
func (n names) watched(code, language string) string {
	if why, known := n.watches[code]; known {
		return why.In(language) + ". "
	}
	return ""
}

func (n names) line(code, language string) string {
	if line, known := n.book.Line(code); known {
		return line.In(language)
	}
	return code
}

func (n names) unit(code, language string) string {
	if unit, known := n.book.Unit(code); known {
		return unit.In(language)
	}
	return code
}

// day is a date as people of the language write it.
func day(d civil.Date, language string) string {
	switch {
	case d.IsZero():
		return ""
	case language == reference.English:
		return d.String()
	default:
		return strconv.Itoa(d.Day) + "/" + strconv.Itoa(int(d.Month)) + "/" + strconv.Itoa(d.Year)
	}
}

// dates are the days from one to another; one alone where they are the same.
func dates(from, to civil.Date, language string) string {
	if from == to {
		return day(from, language)
	}
	return day(from, language) + " – " + day(to, language)
}

// hours are those of a meeting, in Vietnam, and its day.
func hours(from, to time.Time, language string) string {
	from, to = from.In(reference.Zone()), to.In(reference.Zone())
	return from.Format("15:04") + "–" + to.Format("15:04") + ", " + day(reference.Day(from), language)
}

// place is where a trade event takes place.
func (n names) place(event trade.EventTold, language string) string {
	commune, known := n.book.Commune(event.CommuneCode)
	switch {
	case !known:
		return event.Place
	case event.Place == "":
		return commune.In(language)
	default:
		return event.Place + ", " + commune.In(language)
	}
}

// amount writes a decimal comma for Vietnamese readers.
func amount(q quantity.Quantity, language string) string {
	if language == reference.English {
		return q.String()
	}
	return strings.ReplaceAll(q.String(), ".", ",")
}

// paid writes an amount of money, with commas between the groups for English readers.
func paid(vnd money.VND, language string) string {
	if language == reference.English {
		return strings.ReplaceAll(vnd.String(), ".", ",")
	}
	return vnd.String()
}

// shortID is the end of an id, enough to find it in a list and on the page that shows it whole.
func shortID(id uuid.UUID) string {
	text := id.String()
	return strings.ToUpper(text[len(text)-6:])
}
