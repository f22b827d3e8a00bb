package inquiry

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
)

// proposalLife is the whole life of a proposal, written down apart from the code: a row for each
// state, a column for each move. In a cell stands where each actor gets (proposer, approver,
// colleague): the first letter of the state, 2 for "a second person must", 1 for "no approver",
// 3 for "not yours to do", 9 for "not now".
const proposalLife = `
          approve reject withdraw
proposed  2a1     2r1    w33
approved  291     291    933
rejected  291     291    933
withdrawn 291     291    933
expired   291     291    933
`

func TestEveryCellOfAProposal(t *testing.T) {
	t.Parallel()
	states := map[byte]ProposalState{'a': ProposalApproved, 'r': ProposalRejected, 'w': ProposalWithdrawn}
	refusals := map[byte]*fault.Definition{'2': ErrSecondPerson, '1': ErrNotApprover, '3': fault.ErrForbidden, '9': ErrProposalState}
	rows := strings.Split(strings.TrimSpace(proposalLife), "\n")
	moves := strings.Fields(rows[0])
	require.Len(t, moves, len(proposalSteps))
	now := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)
	cells := 0
	for _, row := range rows[1:] {
		fields := strings.Fields(row)
		proposal := Proposal{State: ProposalState(fields[0]), ExpiresAt: now.Add(time.Microsecond)}
		if proposal.State == ProposalExpired { // it is computed
			proposal = Proposal{State: Proposed, ExpiresAt: now}
		}
		require.Equal(t, ProposalState(fields[0]), proposal.stateAt(now))
		for m, move := range moves {
			for a, actor := range []proposalActor{proposer, approver, colleague} {
				cells++
				next, err := proposal.next(ProposalMove(move), actor, "too dear", now)
				want := fields[m+1][a]
				if refusal, refused := refusals[want]; refused {
					require.ErrorIs(t, err, refusal, "%s %s %s", fields[0], move, actor)
					continue
				}
				require.NoError(t, err, "%s %s %s", fields[0], move, actor)
				require.Equal(t, states[want], next, "%s %s %s", fields[0], move, actor)
			}
		}
	}
	require.Equal(t, 5*3*3, cells)
	waiting := Proposal{State: Proposed, ExpiresAt: now.Add(time.Hour)}
	_, err := waiting.next(MoveReject, approver, "", now)
	require.ErrorIs(t, err, fault.ErrRequired)
	_, err = waiting.next("sell", approver, "", now)
	require.ErrorIs(t, err, fault.ErrForbidden)
}
