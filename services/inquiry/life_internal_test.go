package inquiry

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
)

// lives is the whole life of an inquiry, written down apart from the code: a row for each phase, a
// column for each move. In a cell stands what each actor gets (buyer, a producer in the open round,
// another): . done, 3 not yours to do, f not a draft, o not open, d deadline passed, s sealed,
// r a round is open, n none is.
const lives = `
              open quote revise confirm award open_round end_round amend cancel close
draft         .33  3oo   3oo    3oo     o33   o33        o33       .33   .33    o33
quoting       f33  3..   3..    3..     .33   .33        n33       .33   .33    .33
quoting_round f33  3..   3..    3..     .33   r33        .33       .33   .33    .33
sealed        f33  3..   3..    3..     s33   s33        n33       .33   .33    .33
due           f33  3dd   3dd    3..     .33   .33        n33       .33   .33    .33
round         f33  3dd   3.d    3..     .33   r33        .33       .33   .33    .33
sealed_round  f33  3dd   3.d    3..     s33   r33        .33       .33   .33    .33
ended         f33  3oo   3oo    3oo     o33   o33        o33       o33   o33    o33
`

func TestEveryCellOfAnInquirysLife(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)
	before, after := now.Add(-time.Hour), now.Add(time.Hour)
	round := []roundRecord{{OpenedAt: before, Until: now, EndedAt: &now}, {OpenedAt: before, Until: after, Producers: []uuid.UUID{{1}}}}
	over := []roundRecord{{OpenedAt: before, Until: now}, {OpenedAt: before, Until: after, EndedAt: &now}, {OpenedAt: now.Add(1), Until: after}}
	phases := map[phase]*record{
		phaseDraft:        {Stage: StageDraft, QuotesDueAt: after},
		phaseQuoting:      {Stage: StageOpen, QuotesDueAt: after, Rounds: over},
		phaseQuotingRound: {Stage: StageOpen, QuotesDueAt: after, Rounds: round},
		phaseSealed:       {Stage: StageOpen, QuotesDueAt: after, QuotesSealed: true},
		phaseDue:          {Stage: StageOpen, QuotesDueAt: now, QuotesSealed: true, Rounds: over},
		phaseRound:        {Stage: StageOpen, QuotesDueAt: now, Rounds: round},
		phaseSealedRound:  {Stage: StageOpen, QuotesDueAt: now, QuotesSealed: true, Rounds: round},
		phaseEnded:        {Stage: StageClosed, QuotesDueAt: after, Rounds: round},
	}
	refusals := map[byte]*fault.Definition{
		'3': fault.ErrForbidden, 'f': ErrNotDraft, 'o': ErrNotOpen, 'd': ErrDeadlinePassed, 's': ErrSealed, 'r': ErrRoundOpen, 'n': ErrNoRound,
	}
	rows := strings.Split(strings.TrimSpace(lives), "\n")
	moves := strings.Fields(rows[0])
	require.Len(t, moves, len(life))
	cells := 0
	for _, row := range rows[1:] {
		fields := strings.Fields(row)
		r := phases[phase(fields[0])]
		require.Equal(t, phase(fields[0]), r.phase(now))
		for m, what := range moves {
			for a, who := range []actor{byBuyer, byInvited, byOther} {
				cells++
				err := r.may(move(what), who, now)
				if want := fields[m+1][a]; want == '.' {
					require.NoError(t, err, "%s %s %s", fields[0], what, who)
				} else {
					require.ErrorIs(t, err, refusals[want], "%s %s %s", fields[0], what, who)
				}
			}
		}
	}
	require.Equal(t, 8*10*3, cells)
	require.ErrorIs(t, phases[phaseQuoting].may("sell", byBuyer, now), fault.ErrForbidden)
	require.Equal(t, byInvited, phases[phaseRound].producer(uuid.UUID{1}, now))
	require.Equal(t, byOther, phases[phaseRound].producer(uuid.UUID{2}, now))
	require.Equal(t, byOther, phases[phaseDue].producer(uuid.UUID{1}, now), "a round that is over")
	require.Equal(t, after, phases[phaseSealedRound].sealedUntil(now))
}
