package notify

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
)

// tellOfGaps tells authorities of gaps that cross a threshold of theirs.
func tellOfGaps(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) error {
	var notices []newNotice
	for _, event := range events {
		if event.Action != monitor.EventGapNoted {
			continue
		}
		var detail struct {
			OrganisationID uuid.UUID         `json:"organisation_id"`
			Line           string            `json:"line"`
			Month          string            `json:"month"`
			Wanting        quantity.Quantity `json:"wanting"`
			Unit           string            `json:"unit"`
		}
		if err := json.Unmarshal(event.Detail, &detail); err != nil {
			return fmt.Errorf("reading what event %d says: %w", event.Seq, err)
		}
		notices = append(notices, newNotice{
			OrganisationID: detail.OrganisationID, Kind: "gap_noted", DueAt: tx.Now, Once: fmt.Sprintf("gap_noted:%s", event.SubjectID),
			Facts: facts{Line: detail.Line, Period: detail.Month, Quantity: detail.Wanting, Unit: detail.Unit},
		})
	}
	return insertNotices(ctx, tx, notices)
}
