package monitor

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// Desk is what waits for the principal's authority, kind by kind; everything for an administrator. All is of
// one instant. Refused: whatever MayRead refuses, fault.ErrForbidden to others than officials and
// administrators.
func (s *Service) Desk(ctx context.Context, who identity.Principal) (Desk, error) {
	desk := Desk{Kinds: []DeskKind{}}
	err := s.atDesk(ctx, who, func(ctx context.Context, tx *postgres.Tx, rules []deskRule, off map[civil.Date]bool) error {
		desk.AsOf = tx.Now.Truncate(time.Millisecond)
		for _, rule := range rules {
			items, err := waiting(ctx, tx, who, rule, off)
			if err != nil {
				return err
			}
			desk.Kinds = append(desk.Kinds, rule.summed(items))
		}
		return nil
	})
	return desk, err
}

// DeskItems lists what waits of a kind, what has waited longest first, at most limit of it behind a place.
// It refuses as Desk does, and with fault.ErrNotFound a kind that is none or waits for the other authority.
func (s *Service) DeskItems(ctx context.Context, who identity.Principal, kind string, after DeskPlace, limit int) ([]DeskItem, error) {
	var page []DeskItem
	err := s.atDesk(ctx, who, func(ctx context.Context, tx *postgres.Tx, rules []deskRule, off map[civil.Date]bool) error {
		for _, rule := range rules {
			if rule.Code != kind {
				continue
			}
			items, err := waiting(ctx, tx, who, rule, off)
			if err != nil {
				return err
			}
			page = behind(items, after, limit)
			return nameParties(ctx, tx, page)
		}
		return fault.ErrNotFound.With()
	})
	return page, err
}

// atDesk reads, at one instant, with the rules of the kinds that can wait for the principal.
func (s *Service) atDesk(
	ctx context.Context, who identity.Principal, read func(ctx context.Context, tx *postgres.Tx, rules []deskRule, off map[civil.Date]bool) error,
) error {
	if err := who.MayRead(area); err != nil {
		return err
	}
	if !who.Official() && !who.Administrator {
		return fault.ErrForbidden.With()
	}
	return s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		rules, off, err := deskRules(ctx, tx)
		if err != nil {
			return err
		}
		own := rules[:0]
		for _, rule := range rules {
			if source := deskSources[rule.Code]; source.read != nil && (!source.supply || who.Oversees(identity.Producer)) {
				own = append(own, rule)
			}
		}
		return read(ctx, tx, own, off)
	})
}

func deskRules(ctx context.Context, tx *postgres.Tx) (rules []deskRule, off map[civil.Date]bool, err error) {
	const kinds = `SELECT code, name_vi, name_en, working_days, unverified FROM monitor.desk_kinds ORDER BY position`
	const days = `SELECT day FROM monitor.days_off`
	if err := tx.Select(ctx, &rules, kinds); err != nil {
		return nil, nil, err
	}
	off = make(map[civil.Date]bool)
	err = tx.Each(ctx, days, nil, func(scan func(dest ...any) error) error {
		var day civil.Date
		if err := scan(&day); err != nil {
			return err
		}
		off[day] = true
		return nil
	})
	return rules, off, err
}

// waiting is what waits of a kind for the principal, what has waited longest first.
func waiting(ctx context.Context, tx *postgres.Tx, who identity.Principal, rule deskRule, off map[civil.Date]bool) ([]DeskItem, error) {
	items, err := deskSources[rule.Code].read(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	for at := range items {
		items[at].age(rule, tx.Now, off)
	}
	oldestFirst(items)
	return items, nil
}

// nameParties looks up what the parties of items are called; masked ones have no id.
func nameParties(ctx context.Context, tx *postgres.Tx, items []DeskItem) error {
	ids := []uuid.UUID{}
	for _, item := range items {
		for _, party := range item.Parties {
			if party.ID != uuid.Nil {
				ids = append(ids, party.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := identity.OrganisationsIn(ctx, tx, ids)
	for _, item := range items {
		for at := range item.Parties {
			item.Parties[at].Name = found[item.Parties[at].ID].Name
		}
	}
	return err
}
