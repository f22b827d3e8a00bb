package notify

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// toldDeliveries says which events of a delivery the other side is told; the kind follows from the
// event and the side: "delivery_received_producer".
//
//nolint:gochecknoglobals // an immutable table
var toldDeliveries = map[string]bool{
	"delivery.scheduled": true, "delivery.dispatched": true, "delivery.received": true, "delivery.disputed": true,
	"delivery.settlement_proposed": true, "delivery.settled": true, "delivery.dispute_withdrawn": true,
}

// tellOfDeliveries tells the other side of a delivery what one side did.
func tellOfDeliveries(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) error {
	var ids []uuid.UUID
	for _, event := range events {
		if toldDeliveries[event.Action] {
			ids = append(ids, event.SubjectID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	deliveries, err := inquiry.DeliveriesToldTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	var notices []newNotice
	for _, event := range events {
		delivery, known := deliveries[event.SubjectID]
		if !toldDeliveries[event.Action] || !known {
			continue
		}
		to, party, side := delivery.BuyerID, delivery.ProducerID, "buyer"
		if event.OrganisationID == delivery.BuyerID {
			to, party, side = delivery.ProducerID, delivery.BuyerID, "producer"
		}
		notices = append(notices, newNotice{
			OrganisationID: to, Kind: strings.ReplaceAll(event.Action, ".", "_") + "_" + side, DueAt: tx.Now,
			InquiryID: postgres.NullID(delivery.InquiryID), LineID: postgres.NullID(delivery.LineID), AwardID: postgres.NullID(delivery.AwardID),
			Once: fmt.Sprintf("%s:%s:%d", event.Action, delivery.ID, event.Seq),
			Facts: facts{
				Position: delivery.Position, Line: delivery.ProductLine, ProductID: delivery.ProductID, PartyID: party,
				Quantity: delivery.Quantity, Unit: delivery.Unit, DeliverOn: delivery.DeliverOn,
			},
		})
	}
	return insertNotices(ctx, tx, notices)
}
