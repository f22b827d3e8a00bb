package trade

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// wholeProgramme reads a programme with what came of its targets, as its reader may see it;
// fault.ErrNotFound for who neither watches nor belongs to it.
func wholeProgramme(ctx context.Context, reader postgres.Reader, book *reference.Book, who identity.Principal, id uuid.UUID) (Programme, error) {
	p, err := readProgramme(ctx, reader, book, id)
	if err != nil {
		return Programme{}, err
	}
	commune, err := communeOf(ctx, reader, who)
	if err != nil {
		return Programme{}, err
	}
	if !watches(who) && !p.memberOf(who.OrganisationID, commune) {
		return Programme{}, fault.ErrNotFound.With()
	}
	hidden, err := hiddenFrom(ctx, reader, book, who)
	if err != nil {
		return Programme{}, err
	}
	return showProgramme(ctx, reader, who, commune, p, hidden)
}

// hiddenFrom are the targets of any programme that are not told to an authority because of earlier ones; none to
// all others, who read their own part.
func hiddenFrom(ctx context.Context, reader postgres.Reader, book *reference.Book, who identity.Principal) (map[uuid.UUID]bool, error) {
	if !who.Official() {
		return map[uuid.UUID]bool{}, nil
	}
	return overlapping(ctx, reader, book, who)
}

// communeOf is where a producer has its seat; "" for all others.
func communeOf(ctx context.Context, reader postgres.Reader, who identity.Principal) (string, error) {
	if !who.Is(identity.Producer) {
		return "", nil
	}
	found, err := identity.OrganisationsIn(ctx, reader, []uuid.UUID{who.OrganisationID})
	return found[who.OrganisationID].CommuneCode, err
}

// showProgramme leaves out what the reader may not see and tells what came of the rest, except of the hidden
// targets.
func showProgramme(
	ctx context.Context, reader postgres.Reader, who identity.Principal, commune string, p Programme, hidden map[uuid.UUID]bool,
) (Programme, error) {
	p.Producers, p.Buyers, p.Part = p.organisations(CountsProducers), p.organisations(CountsBuyers), "whole"
	own := uuid.Nil
	if !watches(who) {
		own, p.Part = who.OrganisationID, "own"
	}
	sees := func(id *uuid.UUID, side Counts) bool {
		kind := identity.Producer
		if side == CountsBuyers {
			kind = identity.Buyer
		}
		return id == nil || *id == who.OrganisationID || who.Oversees(kind)
	}
	sides := map[uuid.UUID]Counts{}
	for _, m := range p.all {
		if m.OrganisationID != nil {
			sides[*m.OrganisationID] = m.Side
		}
		if sees(m.OrganisationID, m.Side) && (own == uuid.Nil || m.CommuneCode == "" || m.CommuneCode == commune) {
			p.Members = append(p.Members, m)
		}
	}
	seen := []ProgrammeTarget{}
	for _, t := range p.Targets {
		if t.OrganisationID == nil || sees(t.OrganisationID, sides[*t.OrganisationID]) {
			seen = append(seen, t)
		}
	}
	p.Targets = seen
	for at := range p.Targets {
		p.Targets[at].Suppressed = hidden[p.Targets[at].ID]
	}
	if own == uuid.Nil && p.hides(who) {
		for at := range p.Targets {
			p.Targets[at].Suppressed = true
		}
		return p, nil
	}
	return p, measure(ctx, reader, who, &p, own)
}

// measure tells what came of the targets, each posting and each declaration once among those of the
// same period and member; of one organisation's part where that is set, else nothing of a target behind
// which too few stand.
func measure(ctx context.Context, reader postgres.Reader, who identity.Principal, p *Programme, own uuid.UUID) error {
	groups := map[sameBreath][]int{}
	for at := range p.Targets {
		breath := breathOf(p.Targets[at])
		groups[breath] = append(groups[breath], at)
	}
	for breath, places := range groups {
		of := breath.of
		if own != uuid.Nil {
			of = own
		}
		targets := make([]ProgrammeTarget, len(places))
		for at, place := range places {
			targets[at] = p.Targets[place]
			targets[at].Awarded, targets[at].Confirmed, targets[at].Declared = new(quantity.Quantity), new(quantity.Quantity), new(quantity.Quantity)
		}
		volumes, err := ledger.GroupVolumes(ctx, reader, ledger.Group{
			From: breath.from, To: breath.to, Producers: p.spans(CountsProducers), Buyers: p.spans(CountsBuyers), Of: of,
		})
		if err != nil {
			return err
		}
		behind := addDeals(targets, volumes)
		if p.Counts != CountsBuyers {
			declared, err := declaredBy(ctx, reader, p.ID, breath.from, breath.to, of)
			if err != nil {
				return err
			}
			for of, one := range declared {
				if at := counted(targets, of); at >= 0 {
					*targets[at].Declared += one.Amount
					behind[at].declare(one.Producers)
				}
			}
		}
		for at := range targets {
			targets[at].Suppressed = targets[at].Suppressed || own == uuid.Nil && p.tells(who, behind[at])
		}
		together(targets)
		for at, place := range places {
			if targets[at].Suppressed {
				p.Targets[place].Suppressed = true
				continue
			}
			targets[at].Percent = percent(*targets[at].Confirmed, targets[at].Committed)
			p.Targets[place] = targets[at]
		}
	}
	return nil
}

// addDeals adds volumes to the targets under which they count, and returns who stands behind each target.
func addDeals(targets []ProgrammeTarget, volumes []ledger.GroupVolume) []backers {
	behind := make([]backers, len(targets))
	for _, v := range volumes {
		if at := counted(targets, kind{v.Line, v.Form, v.Dried, v.Unit}); at >= 0 {
			*targets[at].Awarded += v.Awarded
			*targets[at].Confirmed += v.Delivered
			behind[at].add(v)
		}
	}
	return behind
}

// Programme returns a programme, to officials of either province and to its members, each as far as
// it may see it; fault.ErrNotFound to all others.
func (s *Service) Programme(ctx context.Context, who identity.Principal, id uuid.UUID) (Programme, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return Programme{}, err
	}
	var p Programme
	err := s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var err error
		p, err = wholeProgramme(ctx, tx, s.book, who, id)
		return err
	})
	return p, err
}

const listedProgrammes = `
		 WHERE ($1 OR EXISTS (SELECT FROM trade.programme_members m WHERE m.programme_id = p.id AND (m.organisation_id = $2 OR m.commune = $3)))`

// Programmes is a page of the programmes that concern the caller, the latest first; each as Programme
// shows it.
func (s *Service) Programmes(ctx context.Context, who identity.Principal, page Page) ([]Programme, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return nil, err
	}
	const query = selectProgramme + listedProgrammes + `
		   AND (CAST($4 AS uuid) IS NULL OR p.id < $4)
		 ORDER BY p.id DESC LIMIT $5`
	shown := []Programme{}
	err := s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		commune, err := communeOf(ctx, tx, who)
		if err != nil {
			return err
		}
		hidden, err := hiddenFrom(ctx, tx, s.book, who)
		if err != nil {
			return err
		}
		found, err := readProgrammes(ctx, tx, s.book, query, watches(who), who.OrganisationID, commune, postgres.NullID(page.After), page.Limit)
		if err != nil {
			return err
		}
		shown = make([]Programme, len(found))
		for at := range found {
			if shown[at], err = showProgramme(ctx, tx, who, commune, found[at], hidden); err != nil {
				return err
			}
		}
		return nil
	})
	return shown, err
}
