package trade

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// What an authority reads of a programme that counts organisations of the other side are sums behind which at
// least three of those stand. That is not enough: two such sums that share most of what they add up – of a
// quarter and of two months of it, of four producers and of three of them, in this programme or in another
// one – differ by what one organisation did. So of all targets those are told whose deals have nothing in
// common, in the order in which they were set; one that overlaps with an earlier one is told only where it is
// the same sum. What was withdrawn was told before, and counts as told.

// cell is what a target adds up: deals of these members, goods and days.
type cell struct {
	target, programme uuid.UUID
	of                uuid.UUID
	goods             kind
	from, to          civil.Date
}

// apart reports whether no deal can be in two cells: of other goods, days or members of a side that both
// count.
func (c cell) apart(d cell, groups map[uuid.UUID]*Programme) bool {
	if c.programme == d.programme && c.of == d.of && c.from == d.from && c.to == d.to {
		return c.goods != d.goods // each deal is counted under one of them; see together
	}
	if monthOf(c.to) < monthOf(d.from) || monthOf(d.to) < monthOf(c.from) || !c.goods.meets(d.goods) { // what is declared is of whole months
		return true
	}
	if c.of != uuid.Nil && d.of != uuid.Nil && c.of != d.of && groups[c.programme].sideOf(c.of) == groups[d.programme].sideOf(d.of) {
		return true
	}
	for _, side := range []Counts{CountsProducers, CountsBuyers} {
		p, q := groups[c.programme], groups[d.programme]
		if p.counts(side) && q.counts(side) && !p.shares(q, side) {
			return true
		}
	}
	return false
}

// same reports whether two cells are the same sum.
func (c cell) same(d cell) bool {
	return c.programme == d.programme && c.of == d.of && c.goods == d.goods && c.from == d.from && c.to == d.to
}

// meets reports whether goods can be of both kinds.
func (k kind) meets(other kind) bool {
	return k.line == other.line && k.unit == other.unit && k.dried == other.dried && (k.form == "" || other.form == "" || k.form == other.form)
}

// counts reports whether deals count by who is in the group on a side.
func (p *Programme) counts(side Counts) bool { return p.Counts == CountsBoth || p.Counts == side }

// sideOf is the side of a member.
func (p *Programme) sideOf(id uuid.UUID) Counts {
	for _, m := range p.all {
		if m.OrganisationID != nil && *m.OrganisationID == id {
			return m.Side
		}
	}
	return ""
}

// shares reports whether two programmes have a member of a side in common on any day: by itself, or by the
// commune of its seat.
func (p *Programme) shares(q *Programme, side Counts) bool {
	for _, m := range p.all {
		for _, n := range q.all {
			if m.Side != side || n.Side != side {
				continue
			}
			if m.OrganisationID != nil && n.OrganisationID != nil {
				if *m.OrganisationID == *n.OrganisationID {
					return true
				}
			} else if m.seat == n.seat {
				return true
			}
		}
	}
	return false
}

// together suppresses among targets of one period and member whatever would tell of a suppressed one: a target
// that names no form is what those that name one leave over.
func together(targets []ProgrammeTarget) {
	for again := true; again; {
		again = false
		for at := range targets {
			for other := range targets {
				if targets[at].Suppressed && !targets[other].Suppressed && targets[at].kind().meets(targets[other].kind()) {
					targets[other].Suppressed, again = true, true
				}
			}
		}
	}
}

// masks reports whether a programme counts a side whose organisations the reader may not see.
func (p *Programme) masks(who identity.Principal) bool {
	return p.counts(CountsProducers) && !who.Oversees(identity.Producer) || p.counts(CountsBuyers) && !who.Oversees(identity.Buyer)
}

// overlapping are the targets that a reader is not told because they share deals with an earlier one.
func overlapping(ctx context.Context, reader postgres.Reader, book *reference.Book, who identity.Principal) (map[uuid.UUID]bool, error) {
	const query = `
		SELECT t.programme_id, t.id, coalesce(t.organisation_id, '00000000-0000-0000-0000-000000000000') AS organisation_id, t.line,
		       coalesce(t.form, '') AS form, CASE WHEN t.weight IS NULL THEN t.unit ELSE 'kg' END AS unit, lower(t.during) AS from_day,
		       upper(t.during) - 1 AS to_day
		  FROM trade.programme_targets t ORDER BY t.id`
	const everyone = selectProgramme + ` ORDER BY p.id`
	all, err := readProgrammes(ctx, reader, book, everyone)
	if err != nil {
		return nil, err
	}
	groups := make(map[uuid.UUID]*Programme, len(all))
	for at := range all {
		groups[all[at].ID] = &all[at]
	}
	var rows []struct {
		ProgrammeID    uuid.UUID  `db:"programme_id"`
		ID             uuid.UUID  `db:"id"`
		OrganisationID uuid.UUID  `db:"organisation_id"`
		Line           string     `db:"line"`
		Form           string     `db:"form"`
		Unit           string     `db:"unit"`
		From           civil.Date `db:"from_day"`
		To             civil.Date `db:"to_day"`
	}
	if err := reader.Select(ctx, &rows, query); err != nil {
		return nil, err
	}
	told, hidden := []cell{}, make(map[uuid.UUID]bool)
	for _, row := range rows {
		p := groups[row.ProgrammeID]
		if !p.masks(who) || p.hides(who) {
			continue
		}
		next := cell{row.ID, row.ProgrammeID, row.OrganisationID, kind{row.Line, row.Form, isDried(book, row.Line, row.Form), row.Unit}, row.From, row.To}
		for _, earlier := range told {
			if !next.same(earlier) && !next.apart(earlier, groups) {
				hidden[next.target] = true
				break
			}
		}
		if !hidden[next.target] {
			told = append(told, next)
		}
	}
	return hidden, nil
}
