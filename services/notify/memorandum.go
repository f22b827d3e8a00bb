package notify

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/trade"
)

// memorandumKinds says which events of a memorandum its parties are told of, and as what.
//
//nolint:gochecknoglobals // an immutable table
var memorandumKinds = map[string]string{
	trade.EventMemorandumRecorded: "memorandum_recorded", trade.EventMemorandumConfirmed: "memorandum_confirmed",
	trade.EventMemorandumContested: "memorandum_contested",
	trade.EventMemorandumAmended:   "memorandum_amended", trade.EventAmendmentProposed: "memorandum_amendment_proposed",
	trade.EventAmendmentAgreed: "memorandum_amendment_agreed", trade.EventAmendmentRefused: "memorandum_amendment_refused",
	trade.EventAmendmentWithdrawn: "memorandum_amendment_withdrawn",
}

// tellOfMemoranda tells the parties of memoranda what another did with them, each of the other party.
func tellOfMemoranda(ctx context.Context, tx *postgres.Tx, events []identity.SealedEvent) error {
	var ids []uuid.UUID
	for _, event := range events {
		if memorandumKinds[event.Action] != "" {
			ids = append(ids, event.SubjectID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	memoranda, err := trade.MemorandaToldTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	var notices []newNotice
	for _, event := range events {
		kind, m := memorandumKinds[event.Action], memoranda[event.SubjectID]
		if kind == "" {
			continue
		}
		sides := [2]facts{{PartyID: m.BuyerID, Party: m.BuyerName}, {PartyID: m.ProducerID, Party: m.ProducerName}}
		for at, party := range [2]uuid.UUID{m.ProducerID, m.BuyerID} {
			if party == uuid.Nil || party == event.OrganisationID {
				continue // who did it knows
			}
			switch event.Action {
			case trade.EventMemorandumContested:
				sides[at].Reason = m.Contested
			case trade.EventAmendmentRefused:
				sides[at].Reason = m.Refused
			}
			notices = append(notices, newNotice{
				OrganisationID: party, Kind: kind, MemorandumID: postgres.NullID(m.ID), Once: fmt.Sprintf("%s:%s:%d", kind, m.ID, event.Seq),
				Facts: sides[at], DueAt: tx.Now,
			})
		}
	}
	return insertNotices(ctx, tx, notices)
}
