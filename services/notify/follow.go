package notify

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// followBatch bounds how many events one transaction follows.
const followBatch = 1000

// Follow tells people what one batch of the sealed audit trail means to them and reports whether
// more is waiting. Of several processes one works, the others find nothing to do.
func (s *Service) Follow(ctx context.Context) (bool, error) {
	more := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		var err error
		more, err = follow(ctx, tx)
		return err
	})
	return more, err
}

func follow(ctx context.Context, tx *postgres.Tx) (bool, error) {
	const lock = `SELECT seq FROM notify.followed WHERE trail = 'events' FOR UPDATE SKIP LOCKED`
	var seq int64
	err := tx.Get(ctx, &seq, lock)
	if errors.Is(err, postgres.ErrNoRows) {
		return false, nil // another process is at it
	}
	if err != nil {
		return false, err
	}
	events, err := identity.SealedAfter(ctx, tx, seq, followBatch)
	if err != nil || len(events) == 0 {
		return false, err
	}
	if err := tell(ctx, tx, events); err != nil {
		return false, err
	}
	const moved = `UPDATE notify.followed SET seq = $1 WHERE trail = 'events'`
	_, err = tx.Exec(ctx, moved, events[len(events)-1].Seq)
	return len(events) == followBatch, err
}

// holderKinds says which events of a certificate are told, and as what.
//
//nolint:gochecknoglobals // an immutable table
var holderKinds = map[string]string{
	catalog.EventWarned: kindExpiring, catalog.EventLapsed: kindLapsed, catalog.EventRevoked: kindRevoked,
}

// tell writes the notices that follow from events.
func tell(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) error {
	if err := tellNews(ctx, tx, events); err != nil {
		return err
	}
	if err := tellOfSeries(ctx, tx, events); err != nil {
		return err
	}
	if err := tellOfDeliveries(ctx, tx, events); err != nil {
		return err
	}
	if err := tellOfReports(ctx, tx, events); err != nil {
		return err
	}
	if err := tellOfMemoranda(ctx, tx, events); err != nil {
		return err
	}
	if err := tellOfTradeEvents(ctx, tx, events); err != nil {
		return err
	}
	if err := tellOfGaps(ctx, tx, events); err != nil {
		return err
	}
	if err := tellOfWatches(ctx, tx, events); err != nil {
		return err
	}
	var certificates, deals []uuid.UUID
	for _, event := range events {
		switch _, ends := holderKinds[event.Action]; {
		case ends:
			certificates = append(certificates, event.SubjectID)
		case event.Action == inquiry.EventAwarded, event.Action == "quote.submitted", event.Action == "quote.revised":
			deals = append(deals, event.SubjectID)
		}
	}
	if err := tellOfAwards(ctx, tx, events); err != nil {
		return err
	}
	if err := tellOfPayments(ctx, tx, events); err != nil {
		return err
	}
	// Certificates first: then a notice names the one that it is about.
	if err := tellOfEnds(ctx, tx, events, certificates); err != nil || len(deals) == 0 {
		return err
	}
	open, err := inquiry.OpenDealsByIDTx(ctx, tx, deals)
	if err != nil {
		return err
	}
	return tellParties(ctx, tx, catalog.Ended{}, open)
}

// tellOfEnds tells of the certificates that events are about.
func tellOfEnds(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent, certificates []uuid.UUID) error {
	if len(certificates) == 0 {
		return nil
	}
	ended, err := catalog.EndedTx(ctx, tx, certificates)
	if err != nil {
		return err
	}
	for _, event := range events {
		kind, ends := holderKinds[event.Action]
		certificate, known := ended[event.SubjectID]
		if !ends || !known {
			continue
		}
		if err := tellOf(ctx, tx, kind, event, certificate); err != nil {
			return err
		}
	}
	return nil
}

// tellOf tells the holder of a certificate, and the parties of the deals that were made with marks
// it stands behind: the holder's, and those of the members of its group.
func tellOf(ctx context.Context, tx *postgres.Tx, kind string, event identity.SealedEvent, certificate catalog.Ended) error {
	holder := newNotice{
		OrganisationID: certificate.ProducerID, Kind: kind, CertificateID: postgres.NullID(certificate.ID), DueAt: tx.Now,
		Once: fmt.Sprintf("%s:%s:%d", kind, certificate.ID, event.Seq),
		Facts: facts{
			Scheme: certificate.Scheme, Number: certificate.Number, ValidUntil: certificate.ValidUntil,
		},
	}
	switch kind {
	case kindExpiring:
		holder.Facts.Days = max(reference.Day(tx.Now).Days(certificate.ValidUntil), 0)
	case kindRevoked:
		holder.Facts.Reason = certificate.Reason
	}
	if err := insertNotices(ctx, tx, []newNotice{holder}); err != nil {
		return err
	}
	open, err := inquiry.OpenDealsTx(ctx, tx, certificate.Sellers)
	if err != nil {
		return err
	}
	return tellParties(ctx, tx, certificate, open)
}
