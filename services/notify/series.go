package notify

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// seriesKinds says which events of recurring inquiries their buyer is told of, and as what.
//
//nolint:gochecknoglobals // an immutable table
var seriesKinds = map[string]string{
	inquiry.EventSeriesRefused: "series_refused", inquiry.EventSeriesLeftOut: "series_left_out", inquiry.EventSeriesOrphaned: "series_paused",
}

// tellOfSeries tells buyers what could not be placed for them, whom it did not reach, and what is paused.
func tellOfSeries(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) error {
	var notices []newNotice
	for _, event := range events {
		kind, told := seriesKinds[event.Action]
		if !told {
			continue
		}
		var detail struct {
			BuyerID   uuid.UUID `json:"buyer_id"`
			DeliverOn string    `json:"deliver_on"`
			InquiryID uuid.UUID `json:"inquiry_id"`
		}
		if err := json.Unmarshal(event.Detail, &detail); err != nil {
			return fmt.Errorf("reading what event %d says: %w", event.Seq, err)
		}
		day, err := civil.Parse(detail.DeliverOn)
		if err != nil {
			return fmt.Errorf("reading what event %d says: %w", event.Seq, err)
		}
		notices = append(notices, newNotice{
			OrganisationID: detail.BuyerID, Kind: kind, InquiryID: postgres.NullID(detail.InquiryID), DueAt: tx.Now,
			Once: fmt.Sprintf("%s:%s:%s", kind, event.SubjectID, day), Facts: facts{DeliverOn: day},
		})
	}
	return insertNotices(ctx, tx, notices)
}
