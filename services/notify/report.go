package notify

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
)

// tellOfReports tells the authorities of a province that a report of theirs was made.
func tellOfReports(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) error {
	var notices []newNotice
	for _, event := range events {
		if event.Action != monitor.EventReportMade {
			continue
		}
		var detail struct {
			Province string `json:"province"`
			Period   string `json:"period"`
			Edition  int    `json:"edition"`
		}
		if err := json.Unmarshal(event.Detail, &detail); err != nil {
			return fmt.Errorf("reading what event %d says: %w", event.Seq, err)
		}
		authorities, err := authoritiesOf(ctx, tx, detail.Province)
		if err != nil {
			return err
		}
		for _, authority := range authorities {
			notices = append(notices, newNotice{
				OrganisationID: authority, Kind: "report_made", DueAt: tx.Now, Once: fmt.Sprintf("report_made:%s", event.SubjectID),
				Facts: facts{Period: detail.Period, Edition: detail.Edition},
			})
		}
	}
	return insertNotices(ctx, tx, notices)
}

func authoritiesOf(ctx context.Context, tx *postgres.Tx, province string) ([]uuid.UUID, error) {
	all, err := identity.ApprovedOrganisations(ctx, tx, identity.Authority)
	if err != nil {
		return nil, err
	}
	var found []uuid.UUID
	for _, each := range all {
		if each.Province == province {
			found = append(found, each.ID)
		}
	}
	return found, nil
}
