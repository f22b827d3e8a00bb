package inquiry

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// MakeDockLink makes a link with which whoever stands at the buyer's dock sees a delivery and notes
// its receipt. It is good for that and nothing else. Refused: ErrDeliveryState, and
// fault.ErrOutOfRange for its hours.
func (s *Service) MakeDockLink(ctx context.Context, who identity.Principal, deliveryID uuid.UUID, request DockLinkRequest) (NewDockLink, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return NewDockLink{}, err
	}
	if request.Hours == 0 {
		request.Hours = dockHours
	}
	if request.Hours < 1 || request.Hours > maxDockHours {
		return NewDockLink{}, fault.ErrOutOfRange.At("hours", "min", 1, "max", maxDockHours)
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (NewDockLink, error) {
		return makeDockLink(ctx, tx, who, deliveryID, time.Duration(request.Hours)*time.Hour)
	})
}

func makeDockLink(ctx context.Context, tx *postgres.Tx, who identity.Principal, deliveryID uuid.UUID, life time.Duration) (NewDockLink, error) {
	d, err := lockDelivery(ctx, tx, who, deliveryID)
	if err != nil {
		return NewDockLink{}, err
	}
	if _, err := d.state(tx.Now).next(moveLink, byReceiver); err != nil {
		return NewDockLink{}, err
	}
	id, err := newID()
	if err != nil {
		return NewDockLink{}, err
	}
	code, hash := identity.NewToken(dockPrefix)
	link := DockLink{ID: id, DeliveryID: d.ID, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(life)}
	const insert = `
		INSERT INTO inquiry.dock_links (id, delivery_id, code_hash, created_by, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)`
	if _, err := tx.Exec(ctx, insert, id, d.ID, hash, who.UserID, link.CreatedAt, link.ExpiresAt); err != nil {
		return NewDockLink{}, err
	}
	err = identity.RecordTx(ctx, tx, who, "delivery.dock_linked", subjectDelivery(d.ID), map[string]any{"dock_link_id": id})
	return NewDockLink{DockLink: link, Code: code}, err
}

// DockLinks lists the links of a delivery, newest first, for its buyer. The codes are not known.
func (s *Service) DockLinks(ctx context.Context, who identity.Principal, deliveryID uuid.UUID) ([]DockLink, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	if !who.Is(identity.Buyer) {
		return nil, fault.ErrForbidden.With()
	}
	if _, err := awardOfDelivery(ctx, s.db, who, deliveryID); err != nil {
		return nil, err
	}
	const query = `
		SELECT id, delivery_id, created_at, expires_at, revoked_at FROM inquiry.dock_links
		 WHERE delivery_id = $1 ORDER BY id DESC LIMIT 100`
	links := []DockLink{}
	err := s.db.Select(ctx, &links, query, deliveryID)
	return links, err
}

// RevokeDockLink ends a link; one that was revoked before stays so. Refused: fault.ErrNotFound.
func (s *Service) RevokeDockLink(ctx context.Context, who identity.Principal, deliveryID, linkID uuid.UUID) (DockLink, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return DockLink{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (DockLink, error) {
		if _, err := awardOfDelivery(ctx, tx, who, deliveryID); err != nil {
			return DockLink{}, err
		}
		const revoke = `
			UPDATE inquiry.dock_links SET revoked_at = coalesce(revoked_at, $3) WHERE id = $1 AND delivery_id = $2
			RETURNING id, delivery_id, created_at, expires_at, revoked_at`
		var link DockLink
		err := tx.Get(ctx, &link, revoke, linkID, deliveryID, tx.Now)
		if errors.Is(err, postgres.ErrNoRows) {
			return DockLink{}, fault.ErrNotFound.With()
		}
		if err != nil {
			return DockLink{}, err
		}
		err = identity.RecordTx(ctx, tx, who, "delivery.dock_link_revoked", subjectDelivery(deliveryID), map[string]any{"dock_link_id": linkID})
		return link, err
	})
}

// dockPass is what a valid code opens.
type dockPass struct {
	LinkID     uuid.UUID `db:"id"`
	DeliveryID uuid.UUID `db:"delivery_id"`
	BuyerID    uuid.UUID `db:"buyer_id"`
	ExpiresAt  time.Time `db:"expires_at"`
}

// passOf reads what a code opens. Unknown, expired and revoked ones are all fault.ErrNotFound, and
// so is one of a buyer that may not trade now.
func passOf(ctx context.Context, reader postgres.Reader, code string) (dockPass, error) {
	if !identity.IsToken(code, dockPrefix) {
		return dockPass{}, fault.ErrNotFound.With()
	}
	const query = `
		SELECT k.id, k.delivery_id, a.buyer_id, k.expires_at
		  FROM inquiry.dock_links k
		  JOIN inquiry.awards a ON a.id = coalesce((SELECT d.award_id FROM inquiry.deliveries d WHERE d.id = k.delivery_id),
		                                           (SELECT p.award_id FROM inquiry.delivery_plans p WHERE p.id = k.delivery_id))
		 WHERE k.code_hash = $1 AND k.revoked_at IS NULL AND k.expires_at > now()`
	var pass dockPass
	err := reader.Get(ctx, &pass, query, identity.HashToken(code))
	if errors.Is(err, postgres.ErrNoRows) {
		return dockPass{}, fault.ErrNotFound.With()
	}
	if err != nil {
		return dockPass{}, err
	}
	buyers, err := identity.OrganisationsIn(ctx, reader, []uuid.UUID{pass.BuyerID})
	if err == nil && buyers[pass.BuyerID].State != identity.Approved {
		err = fault.ErrNotFound.With()
	}
	return pass, err
}

// enter reads what a code opens and counts the wrong ones: identity.ErrTooManyGuesses.
func (s *Service) enter(ctx context.Context, code string) (dockPass, error) {
	if err := identity.CheckGuesses(ctx, s.db); err != nil {
		return dockPass{}, err
	}
	pass, err := passOf(ctx, s.db, code)
	if errors.Is(err, fault.ErrNotFound) {
		if refused := identity.CountGuess(ctx, s.db); refused != nil {
			return dockPass{}, refused
		}
	}
	return pass, err
}

// Dock shows the delivery that a link's code opens. Refused: fault.ErrNotFound for a code that is
// unknown, has expired or was revoked; identity.ErrTooManyGuesses.
func (s *Service) Dock(ctx context.Context, code string) (DockDelivery, error) {
	pass, err := s.enter(ctx, code)
	if err != nil {
		return DockDelivery{}, err
	}
	var shown DockDelivery
	err = s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		shown, err = dockView(ctx, tx, pass)
		return err
	})
	return shown, err
}

func dockView(ctx context.Context, tx *postgres.Tx, pass dockPass) (DockDelivery, error) {
	d, err := loadDelivery(ctx, tx, pass.DeliveryID)
	if err != nil {
		return DockDelivery{}, err
	}
	if d.award, err = loadAward(ctx, tx, identity.DockPrincipal(pass.BuyerID), d.AwardID); err != nil {
		return DockDelivery{}, err
	}
	deals, err := catalog.DealsTx(ctx, tx, []uuid.UUID{d.award.OfferID})
	if err != nil {
		return DockDelivery{}, err
	}
	d.award.deal = deals[d.award.OfferID]
	return d.atDock(pass.ExpiresAt, tx.Now), nil
}

// DockReceive notes what came, for the buyer whose link it is. Refused as Dock and Receive; what was
// received before is ErrDockReceived, which says what was noted.
func (s *Service) DockReceive(ctx context.Context, code string, receipt Receipt) (DockDelivery, error) {
	if _, err := s.enter(ctx, code); err != nil {
		return DockDelivery{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (DockDelivery, error) {
		pass, err := passOf(ctx, tx, code)
		if err != nil {
			return DockDelivery{}, err
		}
		who := identity.DockPrincipal(pass.BuyerID)
		if _, err := receive(ctx, tx, s.book, who, receiver{byDock, pass.LinkID}, pass.DeliveryID, receipt); err != nil {
			return DockDelivery{}, err
		}
		return dockView(ctx, tx, pass)
	})
}

// receivedBefore says what was noted of a delivery.
func (d *deliveryRecord) receivedBefore() error {
	return ErrDockReceived.With("at", d.ReceivedAt.In(reference.Zone()).Format(time.RFC3339), "accepted", d.Accepted,
		"rejected", d.Rejected, "loss", d.Loss, "unit", d.Unit)
}
