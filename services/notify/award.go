package notify

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// awardKinds says which events of an award are told, and as what: to the other side than did it; to
// both when the platform did.
//
//nolint:gochecknoglobals // an immutable table
var awardKinds = map[string]string{
	inquiry.EventAwarded: "awarded", inquiry.EventAwardShort: "award_short", inquiry.EventAwardCancelled: "award_cancelled", inquiry.EventAwardDefaulted: "award_defaulted",
	inquiry.EventCancellationAsked: "cancellation_asked", inquiry.EventCancellationAgreed: "cancellation_agreed",
	inquiry.EventCancellationRefused: "cancellation_refused", inquiry.EventCancellationRecalled: "cancellation_withdrawn",
	inquiry.EventCallOffMade: "call_off_made", inquiry.EventCallOffConfirmed: "call_off_confirmed", inquiry.EventCallOffRefused: "call_off_refused",
	inquiry.EventCallOffCancelled: "call_off_cancelled", inquiry.EventFrameworkEnded: "framework_ended",
}

// tellOfAwards tells the sides of awards what the other did.
func tellOfAwards(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) error {
	var ids []uuid.UUID
	for _, event := range events {
		if awardKinds[event.Action] != "" {
			ids = append(ids, event.SubjectID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	deals, err := inquiry.AwardDealsTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	var notices []newNotice
	for _, event := range events {
		deal, known := deals[event.SubjectID]
		if kind := awardKinds[event.Action]; known && kind != "" {
			told, err := awardNotices(kind, event, deal)
			if err != nil {
				return err
			}
			notices = append(notices, told...)
		}
	}
	for at := range notices {
		notices[at].DueAt = tx.Now
	}
	return insertNotices(ctx, tx, notices)
}

// awardNotices are what an event of an award tells, each side of the other.
func awardNotices(kind string, event identity.SealedEvent, deal inquiry.OpenDeal) ([]newNotice, error) {
	var detail struct {
		Quantity quantity.Quantity `json:"quantity"`
		Reason   string            `json:"reason"`
	}
	if err := json.Unmarshal(event.Detail, &detail); err != nil {
		return nil, fmt.Errorf("reading what event %d says: %w", event.Seq, err)
	}
	var notices []newNotice
	for _, sides := range [][2]uuid.UUID{{deal.BuyerID, deal.ProducerID}, {deal.ProducerID, deal.BuyerID}} {
		if sides[0] == event.OrganisationID {
			continue // who did it knows
		}
		notices = append(notices, newNotice{
			OrganisationID: sides[0], Kind: kind, InquiryID: postgres.NullID(deal.InquiryID), LineID: postgres.NullID(deal.LineID),
			QuoteID: postgres.NullID(deal.QuoteID), AwardID: postgres.NullID(deal.AwardID), Once: fmt.Sprintf("%s:%s:%d", kind, deal.AwardID, event.Seq),
			Facts: facts{
				Reason: detail.Reason, Position: deal.Position, Line: deal.ProductLine, ProductID: deal.ProductID, PartyID: sides[1],
				Quantity: detail.Quantity, Unit: deal.Unit, DeliverOn: deal.DeliverOn,
			},
		})
	}
	return notices, nil
}
