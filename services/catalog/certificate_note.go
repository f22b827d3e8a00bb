package catalog

import (
	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/reference"
)

// Note is a remark on a certificate. It warns and decides nothing: what it rests on is general
// knowledge, or for people to judge.
type Note struct {
	Code   string `json:"code" enum:"number_format,longer_than_scheme,surveillance_overdue,surveillance_failed,renewal_gap"`
	Text   string `json:"text"`
	TextEN string `json:"text_en"`
}

// Surveillance is how a certificate stands with the audits between its first and its last day.
type Surveillance struct {
	// DueOn is the day by which the next audit is to be passed.
	DueOn   civil.Date `json:"due_on,omitzero"  doc:"By when the next audit is to be passed; absent when none falls before its end."`
	Overdue bool       `json:"overdue"`
	LastOn  civil.Date `json:"last_on,omitzero" doc:"The last audit that is recorded."`
	Passed  bool       `json:"passed,omitempty" doc:"Of the last audit."`
}

// Audit is a surveillance audit as an authority recorded it.
type Audit struct {
	DoneOn civil.Date `json:"done_on"`
	Passed bool       `json:"passed"`
	Note   string     `json:"note,omitempty" maxLength:"1000"`
}

// surveillanceOn is how a certificate stands on a day with audits every so many months, counted from
// its issue or from the last audit passed; nil where its scheme prescribes none.
func surveillanceOn(term reference.Term, issuedOn, validUntil, day civil.Date, audits []Audit) *Surveillance {
	if term.SurveillanceMonths == 0 {
		return nil
	}
	found, from := &Surveillance{}, issuedOn
	for _, audit := range audits { // in the order of days
		if audit.DoneOn.After(day) {
			break
		}
		found.LastOn, found.Passed = audit.DoneOn, audit.Passed
		if audit.Passed {
			from = audit.DoneOn
		}
	}
	if due := from.AddMonths(term.SurveillanceMonths); validUntil.IsZero() || due.Before(validUntil) {
		found.DueOn, found.Overdue = due, day.After(due)
	}
	return found
}

// notes are the remarks on a certificate as it stands on a day.
func (c *Certificate) notes(scheme reference.Scheme, renewed civil.Date) []Note {
	notes := []Note{}
	add := func(code string, pairs map[string]any) {
		text := noteTexts[code]
		notes = append(notes, Note{Code: code, Text: fault.Fill(text.vi, pairs), TextEN: fault.Fill(text.en, pairs)})
	}
	if !c.Invented && !scheme.NumberFits(c.Number) {
		add("number_format", map[string]any{"scheme": scheme.Code, "format": scheme.NumberFormat})
	}
	if term := scheme.Term(c.IssuedOn); term.ValidityMonths > 0 {
		if latest := c.IssuedOn.AddMonths(term.ValidityMonths); c.ValidUntil.After(latest) {
			add("longer_than_scheme", map[string]any{"months": term.ValidityMonths, "latest": latest})
		}
	}
	if c.State == Valid || c.State == Expiring {
		if s := c.Surveillance; s != nil && !s.LastOn.IsZero() && !s.Passed {
			add("surveillance_failed", map[string]any{"last": s.LastOn})
		}
		if s := c.Surveillance; s != nil && s.Overdue {
			add("surveillance_overdue", map[string]any{"due": s.DueOn})
		}
	}
	if next := renewed.AddDays(1); !renewed.IsZero() && c.IssuedOn.After(next) {
		add("renewal_gap", map[string]any{"from": next, "to": c.IssuedOn.AddDays(-1), "days": next.Days(c.IssuedOn)})
	}
	return notes
}

//nolint:gochecknoglobals // an immutable table
var noteTexts = map[string]words{
	"number_format": {
		"Số chứng nhận {scheme} thường có dạng: {format}. Hãy kiểm tra lại.", "Numbers of {scheme} usually look like: {format}. Please check.",
	},
	"longer_than_scheme": {
		"Chương trình này thường có hiệu lực {months} tháng, tức đến {latest}.", "This scheme usually runs for {months} months, which is until {latest}.",
	},
	"surveillance_overdue": {
		"Kỳ giám sát đến hạn ngày {due} chưa được ghi nhận.", "The surveillance audit due on {due} is not recorded.",
	},
	"surveillance_failed": {
		"Kỳ giám sát ngày {last} không đạt.", "The surveillance audit of {last} was failed.",
	},
	"renewal_gap": {
		"Giữa chứng nhận cũ và chứng nhận này có {days} ngày không có hiệu lực, từ {from} đến {to}.",
		"Between the older certificate and this one lie {days} days without one, from {from} to {to}.",
	},
}
