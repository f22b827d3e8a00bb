package trade

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// How an award follows from a memorandum.
const (
	linked  = "linked"
	matched = "matched"
)

// lineKey names a line of a memorandum.
type lineKey struct {
	memorandum uuid.UUID
	n          int
}

// followed is a deal with the one line it is counted under.
type followed struct {
	lineKey

	deal ledger.Deal
	how  string
}

// follow tells what follows from memoranda: each deal is counted under one line at most. The
// memoranda must be all between the parties of the deals; links names those that inquiries are
// linked to. What a linked memorandum has no line for may follow from another.
func follow(memoranda []Memorandum, links map[uuid.UUID]uuid.UUID, deals []ledger.Deal) []followed {
	ordered := slices.Clone(memoranda)
	slices.SortFunc(ordered, func(a, b Memorandum) int {
		return cmp.Or(a.SignedOn.Compare(b.SignedOn), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	var all []followed
	for _, deal := range deals {
		first := followed{deal: deal}
		for at := range ordered {
			m := &ordered[at]
			between := m.Producer.ID == deal.ProducerID && m.Buyer.ID == deal.BuyerID
			n := m.lineFor(kindOf(deal))
			if !between || !m.standing() || n == 0 {
				continue
			}
			key := lineKey{m.ID, n}
			if links[deal.InquiryID] == m.ID {
				first.lineKey, first.how = key, linked
				break
			}
			if first.how == "" && m.covers(deal) {
				first.lineKey, first.how = key, matched
			}
		}
		if first.how != "" {
			all = append(all, first)
		}
	}
	return all
}

// covers reports whether a deal was made within the term, and before the memorandum was ended.
func (m *Memorandum) covers(deal ledger.Deal) bool {
	day, last := reference.Day(deal.AwardedAt), m.TermTo
	if !m.EndedOn.IsZero() && m.EndedOn.Before(last) {
		last = m.EndedOn
	}
	return !day.Before(m.TermFrom) && !day.After(last)
}

// lineFor is the line that goods are counted under; 0 when there is none.
func (m *Memorandum) lineFor(of kind) int {
	kinds := make([]kind, len(m.Lines))
	for at := range m.Lines {
		kinds[at] = m.Lines[at].kind()
	}
	if at := placeFor(kinds, of); at >= 0 {
		return m.Lines[at].N
	}
	return 0
}

// kindOf is what a deal is of.
func kindOf(deal ledger.Deal) kind { return kind{deal.Line, deal.Form, deal.Dried, deal.Unit} }

// progress is what came of a line.
type progress struct {
	awarded, confirmed, declared quantity.Quantity
	value                        money.VND
}

// sum adds up what follows, line by line.
func sum(all []followed) map[lineKey]progress {
	sums := map[lineKey]progress{}
	for _, one := range all {
		p := sums[one.lineKey]
		p.awarded += one.deal.Awarded
		p.confirmed += one.deal.Delivered
		p.value += one.deal.ValueVND
		sums[one.lineKey] = p
	}
	return sums
}

// percent is a part of a whole, to a tenth, half up; nil of nothing.
func percent(part, of quantity.Quantity) *quantity.Quantity {
	if of <= 0 {
		return nil
	}
	tenths := (2*1000*part + of) / (2 * of)
	shown := tenths * quantity.Unit / 10
	return &shown
}
