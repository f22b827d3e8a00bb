package notify

import (
	"context"
	"fmt"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// newsKinds says which events of inquiries are told, and as what.
//
//nolint:gochecknoglobals // an immutable table
var newsKinds = map[string]string{
	inquiry.EventCancelled: "inquiry_cancelled", inquiry.EventAmended: "inquiry_amended", inquiry.EventExtended: "inquiry_extended",
	inquiry.EventRoundOpened: "inquiry_round_opened", inquiry.EventAsked: "inquiry_question_asked", inquiry.EventAnswered: "inquiry_question_answered",
}

// tellNews tells those concerned what was done about an inquiry, each of the other side alone.
func tellNews(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) error {
	var notices []newNotice
	for _, event := range events {
		kind, told := newsKinds[event.Action]
		if !told {
			continue
		}
		news, err := inquiry.NewsTx(ctx, tx, event.Action, event.SubjectID)
		if err != nil {
			return err
		}
		for _, one := range news {
			notices = append(notices, newNotice{
				OrganisationID: one.OrganisationID, Kind: kind, InquiryID: postgres.NullID(one.InquiryID), DueAt: tx.Now,
				Once: fmt.Sprintf("%s:%d", kind, event.Seq), Facts: facts{PartyID: one.PartyID},
			})
		}
	}
	return insertNotices(ctx, tx, notices)
}
