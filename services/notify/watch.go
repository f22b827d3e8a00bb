package notify

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
)

// watchKinds says which events of a watch the organisation is told of, and as what. Of a proposal and its
// dismissal nobody is told: nothing was decided about it.
//
//nolint:gochecknoglobals // an immutable table
var watchKinds = map[string]string{
	monitor.EventWatchPut: "watch_begun", monitor.EventWatchAccepted: "watch_begun", monitor.EventWatchReviewed: "watch_continued",
	monitor.EventWatchEnded: "watch_ended",
}

// tellOfWatches tells organisations that they are under watch, with the reason, and nobody else.
func tellOfWatches(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) error {
	var notices []newNotice
	for _, event := range events {
		kind := watchKinds[event.Action]
		if kind == "" {
			continue
		}
		var detail struct {
			Version int64 `json:"version"`
		}
		if err := json.Unmarshal(event.Detail, &detail); err != nil {
			return fmt.Errorf("reading what event %d says: %w", event.Seq, err)
		}
		told, err := monitor.ReadWatchToldTx(ctx, tx, event.SubjectID, detail.Version)
		if err != nil {
			return err
		}
		said := facts{Reason: told.Word, Day: told.ReviewOn}
		if kind == "watch_begun" {
			said.Watch = told.Reason
		}
		notices = append(notices, newNotice{
			OrganisationID: told.OrganisationID, Kind: kind, DueAt: tx.Now, Once: fmt.Sprintf("%s:%s:%d", kind, event.SubjectID, detail.Version),
			Facts: said,
		})
	}
	return insertNotices(ctx, tx, notices)
}
