package main

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/shelf"
	"github.com/ocop-market/ocop/services/trade"
)

// inOffice are the routes that officials succeed on once there is what offices does.
func inOffice() []string {
	return []string{
		"announce-trade-event", "end-memorandum", "amend-memorandum", "withdraw-memorandum", "accept-watch", "dismiss-watch", "confirm-green-tick", "lift-green-tick",
		"change-member", "remove-member", "revoke-api-key", "revoke-session", "amend-organisation",
	}
}

// offices gives the officials what the matrix has nothing of: a draft, memoranda they entered, proposals, a case that
// was answered, and a colleague, a key and a session of their own.
func (s *stage) offices(t *testing.T) {
	t.Helper()
	ctx, camau, today := context.Background(), s.who["camau"], reference.Day(time.Now())
	drafted, err := s.house.trade.DraftEvent(ctx, camau, trade.NewEvent{Kind: "fair", Name: "Bản nháp thử (hư cấu)", CommuneCode: "25747", From: today, To: today})
	require.NoError(t, err)
	colleague, err := s.house.identity.Invite(ctx, camau, identity.Invitation{Name: "Người thử", Email: "colleague@ocop.example", Role: identity.Member})
	require.NoError(t, err)
	key, err := s.house.identity.CreateKey(ctx, camau, identity.KeyRequest{Name: "thử", Scopes: []string{"monitor:read"}})
	require.NoError(t, err)
	other, err := s.house.identity.SignIn(ctx, "camau@ocop.example", stagePassword)
	require.NoError(t, err)
	there, err := s.house.identity.Principal(ctx, other.Token, uuid.Nil)
	require.NoError(t, err)
	proposals := s.proposals(t)
	s.member, s.key, s.session = colleague.UserID, key.ID, there.SessionID
	s.things = map[string]uuid.UUID{
		"announce-trade-event": drafted.ID, "amend-organisation": camau.OrganisationID, "amend-memorandum": s.entered(t, false), "withdraw-memorandum": s.entered(t, false),
		"end-memorandum": s.entered(t, true),
		"accept-watch":   proposals[0], "dismiss-watch": proposals[1],
	}
	answered := s.answered(t)
	s.things["confirm-green-tick"], s.things["lift-green-tick"] = answered, answered
}

// entered is a memorandum that an official entered, confirmed by both sides where that is said.
func (s *stage) entered(t *testing.T, confirmed bool) uuid.UUID {
	t.Helper()
	ctx, today := context.Background(), reference.Day(time.Now())
	made, err := s.house.trade.RecordMemorandum(ctx, s.who["camau"], trade.NewMemorandum{
		Producer: trade.Party{ID: s.who["producer2"].OrganisationID}, Buyer: trade.Party{ID: s.who["buyer2"].OrganisationID}, SignedOn: today, TermTo: today.AddDays(30),
		Lines: []trade.NewMemorandumLine{{Goods: trade.Goods{Line: "rice", Quantity: quantity.Of(1), Unit: "kg"}}},
	})
	require.NoError(t, err)
	for _, side := range []string{"producer2", "buyer2"} {
		if confirmed {
			_, err = s.house.trade.MoveMemorandum(ctx, s.who[side], made.ID, nil, trade.MoveConfirm, "")
			require.NoError(t, err)
		}
	}
	return made.ID
}

// proposals are two that facts make.
func (s *stage) proposals(t *testing.T) []uuid.UUID {
	t.Helper()
	ctx := context.Background()
	_, err := s.house.identity.Approve(ctx, identity.SystemPrincipal(), s.applicant)
	require.NoError(t, err)
	const fact = `
		INSERT INTO inquiry.performance (organisation_id, measure, line, unit, cases, met, permille, as_of) VALUES ($1, 'rejected', 'rice', 'kg', 12, 6, 250, now())`
	for _, id := range []uuid.UUID{s.who["producer2"].OrganisationID, s.applicant} {
		_, err := s.house.db.Exec(ctx, fact, id)
		require.NoError(t, err)
	}
	_, err = s.house.monitor.ProposeWatches(ctx)
	require.NoError(t, err)
	proposed, err := s.house.monitor.Watches(ctx, s.who["camau"], monitor.WatchPage{Limit: 9, State: monitor.Proposed})
	require.NoError(t, err)
	require.Len(t, proposed, 2)
	return []uuid.UUID{proposed[0].ID, proposed[1].ID}
}

// answered is a Green Tick whose supplier answered a report.
func (s *stage) answered(t *testing.T) uuid.UUID {
	t.Helper()
	ctx := context.Background()
	for _, step := range []struct {
		who  string
		move shelf.TickMove
	}{{"tphcm", shelf.MoveApprove}, {"tphcm", shelf.MoveReport}, {"producer", shelf.MoveAnswer}} {
		_, err := s.house.shelf.Move(ctx, s.who[step.who], s.tick, nil, step.move, "thử")
		require.NoError(t, err)
	}
	return s.tick
}
