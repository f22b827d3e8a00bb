package trade

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

// DraftEvent enters a trade event that nobody but officials sees before it is announced. Refused:
// whatever MayWrite refuses, fault.ErrForbidden for who is no official, fault.ErrRequired,
// fault.ErrUnknownValue and fault.ErrDateOrder at their fields.
func (s *Service) DraftEvent(ctx context.Context, who identity.Principal, n NewEvent) (Event, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Event, error) {
		if err := mayManage(who); err != nil {
			return Event{}, err
		}
		if err := n.check(s.book); err != nil {
			return Event{}, err
		}
		if n.OrganiserID == uuid.Nil {
			n.OrganiserID = who.OrganisationID
		}
		if err := isAuthority(ctx, tx, n.OrganiserID); err != nil {
			return Event{}, err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return Event{}, fmt.Errorf("naming a trade event: %w", err)
		}
		event := Event{
			ID: id, Kind: n.Kind, Name: n.Name, OrganiserID: n.OrganiserID, CommuneCode: n.CommuneCode, Place: n.Place, From: n.From, To: n.To,
			State: EventDraft, Invented: n.Invented,
		}
		if err := insertEvent(ctx, tx, event); err != nil {
			return Event{}, err
		}
		if err := noteEvent(ctx, tx, who, Event{}, event, "draft", "trade_event.drafted", ""); err != nil {
			return Event{}, err
		}
		return readEvent(ctx, tx, who, id)
	})
}

// isAuthority refuses an organiser that is no approved authority.
func isAuthority(ctx context.Context, reader postgres.Reader, id uuid.UUID) error {
	if id == uuid.Nil {
		return fault.ErrRequired.At("organiser_id")
	}
	found, err := identity.OrganisationsIn(ctx, reader, []uuid.UUID{id})
	if err != nil {
		return err
	}
	if known := found[id]; known.Kind != identity.Authority || known.State != identity.Approved {
		return fault.ErrUnknownValue.At("organiser_id", "value", id, "allowed", "/v1/organisations")
	}
	return nil
}

// EventChange changes a trade event; what is left out stays.
type EventChange struct {
	Kind        *string              `json:"kind,omitempty"        maxLength:"60"`
	Name        *string              `json:"name,omitempty"        minLength:"1" maxLength:"300"`
	CommuneCode web.Optional[string] `json:"commune_code,omitzero" maxLength:"5"   doc:"null removes it."`
	Place       *string              `json:"place,omitempty"       maxLength:"300"`
	From        *civil.Date          `json:"from,omitempty"`
	To          *civil.Date          `json:"to,omitempty"`
}

func (c EventChange) apply(e Event) NewEvent {
	n := NewEvent{Kind: e.Kind, Name: e.Name, CommuneCode: e.CommuneCode, Place: e.Place, From: e.From, To: e.To}
	set(&n.Kind, c.Kind)
	set(&n.Name, c.Name)
	set(&n.Place, c.Place)
	set(&n.From, c.From)
	set(&n.To, c.To)
	if c.CommuneCode.Set {
		n.CommuneCode = c.CommuneCode.Value
	}
	return n
}

// set takes over what was sent.
func set[T any](into, sent *T) {
	if sent != nil {
		*into = *sent
	}
}

// AmendEvent changes a trade event that was not held or cancelled. Refused: fault.ErrNotFound,
// fault.ErrStale by match, ErrEventState, ErrMeetingsOutside where meetings stand that would lie outside its
// days, and what DraftEvent refuses.
func (s *Service) AmendEvent(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, change EventChange) (Event, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Event, error) {
		if err := mayManage(who); err != nil {
			return Event{}, err
		}
		from, to, err := moveEvent(ctx, tx, who, id, match, MoveAmend)
		if err != nil {
			return Event{}, err
		}
		n := change.apply(from)
		if err := n.check(s.book); err != nil {
			return Event{}, err
		}
		to.Kind, to.Name, to.CommuneCode, to.Place, to.From, to.To = n.Kind, n.Name, n.CommuneCode, n.Place, n.From, n.To
		if err := meetingsFit(ctx, tx, to); err != nil {
			return Event{}, err
		}
		if err := updateEvent(ctx, tx, to); err != nil {
			return Event{}, err
		}
		if err := noteEvent(ctx, tx, who, from, to, MoveAmend, eventSteps[MoveAmend].past, ""); err != nil {
			return Event{}, err
		}
		return readEvent(ctx, tx, who, id)
	})
}

// MoveEvent announces, holds or cancels a trade event; the meetings of a cancelled one are cancelled with it. Refused: fault.ErrNotFound, fault.ErrStale by
// match, ErrEventState, ErrEventNotBegun, fault.ErrRequired for a cancellation without a reason.
func (s *Service) MoveEvent(ctx context.Context, who identity.Principal, id uuid.UUID, match Match, move EventMove, reason string) (Event, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Event, error) {
		if err := mayManage(who); err != nil {
			return Event{}, err
		}
		from, to, err := moveEvent(ctx, tx, who, id, match, move)
		if err != nil {
			return Event{}, err
		}
		if reason = strings.TrimSpace(reason); reason == "" && eventSteps[move].reasoned {
			return Event{}, fault.ErrRequired.At("reason")
		}
		if utf8.RuneCountInString(reason) > mostWords {
			return Event{}, fault.ErrTooLong.At("reason", "max", mostWords)
		}
		if err := updateEvent(ctx, tx, to); err != nil {
			return Event{}, err
		}
		if move == MoveCancel {
			if _, err := cancelMeetings(ctx, tx, id, uuid.Nil, uuid.Nil); err != nil {
				return Event{}, err
			}
		}
		if err := noteEvent(ctx, tx, who, from, to, move, eventSteps[move].past, reason); err != nil {
			return Event{}, err
		}
		return readEvent(ctx, tx, who, id)
	})
}

// Event returns a trade event; a draft to officials alone, to all others fault.ErrNotFound.
func (s *Service) Event(ctx context.Context, who identity.Principal, id uuid.UUID) (Event, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return Event{}, err
	}
	return readEvent(ctx, s.db, who, id)
}

// EventFilter narrows a list of trade events; empty fields ask for nothing.
type EventFilter struct {
	Page

	Kind     string
	State    EventState
	From, To civil.Date // events that touch these days
}

const listedEvents = `
		 WHERE ($1 OR e.state <> 'draft') AND ($2 = '' OR e.kind = $2) AND ($3 = '' OR e.state = $3)
		   AND (CAST($4 AS date) IS NULL OR e.ends_on >= $4) AND (CAST($5 AS date) IS NULL OR e.starts_on <= $5)`

// Events is a page of trade events, the latest first; drafts for officials alone.
func (s *Service) Events(ctx context.Context, who identity.Principal, filter EventFilter) ([]Event, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return nil, err
	}
	const query = selectEvent + listedEvents + `
		   AND (CAST($6 AS uuid) IS NULL OR (e.starts_on, e.id) < (SELECT a.starts_on, a.id FROM trade.events a WHERE a.id = $6))
		 ORDER BY e.starts_on DESC, e.id DESC LIMIT $7`
	events := []Event{}
	err := s.db.Select(ctx, &events, query, watches(who), filter.Kind, string(filter.State), filter.From, filter.To,
		postgres.NullID(filter.After), filter.Limit)
	return events, err
}
