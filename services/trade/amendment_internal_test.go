package trade

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
)

// amendments is who may change what a memorandum says in each state, written down apart from the code: s
// stands at once, p is proposed, 3 for "not yours to do", 9 for "not now". A waiting memorandum is a confirmed one
// with a proposal.
const amendments = `
           recorder party recording_official other_official
recorded   s        3     s                  3
contested  s        3     s                  3
confirmed  p        p     3                  3
waiting    w        w     3                  3
ended      9        9     9                  3
withdrawn  9        9     9                  3
`

func TestEveryCellOfAnAmendment(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC)
	before := now.Add(-time.Hour)
	actors := []actor{{ByProducer, true}, {ByBuyer, false}, {ByOfficial, true}, {ByOfficial, false}}
	rows := strings.Split(strings.TrimSpace(amendments), "\n")[1:]
	require.Len(t, rows, 6)
	for _, row := range rows {
		fields := strings.Fields(row)
		for at, by := range actors {
			m := Memorandum{
				State: MemorandumState(fields[0]), Producer: Party{ID: uuid.New()}, Buyer: Party{ID: uuid.New()},
				ProducerAgreedAt: &before, BuyerAgreedAt: &before, Terms: 1,
			}
			if m.State == "waiting" {
				m.State, m.Proposed = Confirmed, 4
			}
			next, err := m.amend(by, 4, now)
			where := fields[0] + " " + string(by.side)
			switch fields[at+1] {
			case "3":
				require.ErrorIs(t, err, fault.ErrForbidden, where)
			case "9":
				require.ErrorIs(t, err, ErrMemorandumState, where)
			case "w":
				require.ErrorIs(t, err, ErrAmendmentWaits, where)
			case "p":
				require.NoError(t, err, where)
				require.Equal(t, []any{Confirmed, 1, 5, &before, &before}, []any{next.State, next.Terms, next.Proposed, next.ProducerAgreedAt, next.BuyerAgreedAt})
			default:
				require.NoError(t, err, where)
				require.Equal(t, []any{Recorded, 5, 0}, []any{next.State, next.Terms, next.Proposed}, where)
				require.Nil(t, next.BuyerAgreedAt, "what others said of the old one does not hold")
				require.Equal(t, by.side == ByProducer, next.ProducerAgreedAt != nil)
			}
		}
	}
	alone := Memorandum{State: Confirmed, Producer: Party{ID: uuid.New()}, Buyer: Party{Name: "x"}, Terms: 1}
	next, err := alone.amend(actor{ByProducer, false}, 1, now)
	require.NoError(t, err)
	require.Equal(t, []int{2, 0}, []int{next.Terms, next.Proposed}, "there is nobody to agree")
}

// decisions is who may decide about a version that the producer proposed, as amendments: + may.
const decisions = `
          producer buyer official
agreed    3        +     3
refused   3        +     3
withdrawn +        3     3
`

func TestEveryCellOfADecisionAboutAnAmendment(t *testing.T) {
	t.Parallel()
	for _, row := range strings.Split(strings.TrimSpace(decisions), "\n")[1:] {
		fields := strings.Fields(row)
		outcome := AmendmentOutcome(fields[0])
		for at, side := range []Side{ByProducer, ByBuyer, ByOfficial} {
			m, version := Memorandum{State: Confirmed, Terms: 1, Proposed: 3}, MemorandumVersion{N: 3, As: ByProducer}
			next, err := m.decide(version, outcome, actor{side, true})
			if fields[at+1] == "3" {
				require.ErrorIs(t, err, fault.ErrForbidden, "%s %s", outcome, side)
				continue
			}
			require.NoError(t, err, "%s %s", outcome, side)
			require.Equal(t, []any{Confirmed, 0, outcome == Agreed}, []any{next.State, next.Proposed, next.Terms == 3})
			version.outcome = Refused
			_, err = m.decide(version, outcome, actor{side, true})
			require.ErrorIs(t, err, ErrAmendmentDecided)
			m.State, version.outcome = Ended, undecided
			_, err = m.decide(version, outcome, actor{side, true})
			require.ErrorIs(t, err, ErrMemorandumState)
			require.Equal(t, TermsLapsed, version.stateIn(&m))
		}
	}
}
