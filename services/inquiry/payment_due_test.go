package inquiry_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// noteDue notes all that is due in so many days.
func (m *market) noteDue(days int) {
	m.t.Helper()
	for more := true; more; {
		var err error
		more, err = m.in(days).NotePaymentsDue(context.Background())
		require.NoError(m.t, err)
	}
}

// unnoted counts the warnings that the accounts of all awards call for on a day and that were not noted.
func (m *market) unnoted(day civil.Date) (count int) {
	m.t.Helper()
	require.NoError(m.t, m.db.Get(context.Background(), &count, `
		SELECT count(*)
		  FROM inquiry.accounts a
		  JOIN inquiry.payment_warning_days w ON a.awarded_at >= w.since AND a.due_on + w.days <= CAST($1 AS date)
		   AND w.warning = CASE WHEN a.due_on < CAST($1 AS date) THEN 'overdue' ELSE 'due' END
		 WHERE a.owed_vnd > a.paid_vnd
		   AND NOT EXISTS (SELECT FROM inquiry.payment_warnings n WHERE n.award_id = a.award_id AND n.warning = w.warning AND n.due_on = a.due_on)`, day))
	return count
}

// Whatever is received, settled, paid and refunded, and on whatever day somebody looks: every warning is noted
// that all accounts call for.
func TestEveryWarningIsNotedAfterAnyHistoryOfPayments(t *testing.T) {
	t.Parallel()
	warned := 0
	for seed := range uint64(3) {
		terms := inquiry.Terms{PaymentDays: int(3 * seed)}
		h := &paymentHistory{sold: onTerms(t, terms), random: rand.New(rand.NewPCG(seed, 12)), receipts: map[uuid.UUID]money.VND{}}
		now := h.Service
		for days := range 20 {
			h.Service = h.in(days)
			switch outstanding := h.account(days).OutstandingVND; h.random.IntN(3) {
			case 0:
				h.deliver(t.Context())
			case 1:
				if outstanding > 0 {
					h.decide(h.producer, h.paid(h.buyer, "payment", outstanding), inquiry.MoveConfirmPayment, "")
				}
			default:
				h.decide(h.buyer, h.paid(h.producer, "refund", money.VND(1+h.random.Int64N(1000))), inquiry.MoveConfirmPayment, "")
			}
			h.noteDue(days)
			require.Zero(t, h.unnoted(h.today.AddDays(days)), "seed %d, %d days on", seed, days)
		}
		// What was rejected and paid for as such is settled as accepted.
		if outstanding := h.account(20).OutstandingVND; outstanding > 0 {
			h.decide(h.producer, h.paid(h.buyer, "payment", outstanding), inquiry.MoveConfirmPayment, "")
		}
		got := h.received(quantity.Unit, inquiry.Receipt{Rejected: quantity.Unit})
		h.noteDue(20)
		h.settled(h.buyer, h.producer, got.ID, inquiry.Receipt{Accepted: quantity.Unit})
		h.noteDue(40)
		require.Zero(t, h.unnoted(h.today.AddDays(40)), "seed %d, settled", seed)
		h.Service = now
		var noted int
		require.NoError(t, h.db.Get(t.Context(), &noted, `SELECT count(*) FROM inquiry.payment_warnings`))
		warned += noted
		h.owner(`UPDATE inquiry.payment_warning_days SET days = -300 WHERE warning = 'due'`)
		h.noteDue(0)
		require.Zero(t, h.unnoted(h.today), "warned earlier from now on")
	}
	require.Positive(t, warned)
}

// What is settled is looked at once, when it changes, and never again: noting what is due reads as many rows
// whether one deal was traded before or thirty.
func TestNotingWhatIsDueDoesNotGrowWithWhatIsSettled(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	deal := func(paid bool) {
		award := m.awarded(buyer, producer)
		m.fulfilled(buyer, producer, award, quantity.Of(100), inquiry.Receipt{Accepted: quantity.Of(100)})
		if !paid {
			return
		}
		payment, err := m.RecordPayment(ctx, buyer, award.ID, inquiry.NewPayment{Kind: "payment", AmountVND: award.ValueVND, PaidOn: m.today})
		require.NoError(t, err)
		_, err = m.DecidePayment(ctx, producer, payment.ID, inquiry.MoveConfirmPayment, "")
		require.NoError(t, err)
	}
	// What the session has read and not reported yet, so that only differences count.
	const readRows = `
		SELECT CAST(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) AS bigint) FROM pg_stat_xact_user_tables
		 WHERE schemaname IN ('inquiry', 'ledger')`
	read := func(days int) (rows, noted int) {
		later := m.db.WithClock(func() time.Time { return time.Now().AddDate(0, 0, days) })
		require.NoError(t, later.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
			// Tables this small are read whole, whatever is looked for.
			if _, err := tx.Exec(ctx, `SELECT set_config('enable_seqscan', 'off', true)`); err != nil {
				return err
			}
			var before int
			if err := tx.Get(ctx, &before, readRows); err != nil {
				return err
			}
			if _, err := inquiry.NotePaymentsDueTx(ctx, tx); err != nil {
				return err
			}
			if err := tx.Get(ctx, &rows, readRows); err != nil {
				return err
			}
			rows -= before
			return tx.Get(ctx, &noted, `SELECT count(*) FROM inquiry.payment_warnings WHERE noted_at = $1`, tx.Now)
		}))
		return rows, noted
	}
	var rows []int
	for _, settled := range []int{1, 30} {
		for range settled {
			deal(true)
		}
		m.noteDue(0)
		deal(false)
		m.noteDue(0) // near its day
		found, noted := read(1)
		require.Equal(t, 1, noted, "overdue")
		rows = append(rows, found)
		again, noted := read(2)
		require.Zero(t, noted)
		require.Less(t, again, found, "nothing is to be looked at")
	}
	require.Positive(t, rows[0])
	require.LessOrEqual(t, rows[1], rows[0]+5)
	var waiting int
	require.NoError(t, m.db.Get(ctx, &waiting, `SELECT count(*) FROM inquiry.payment_looks`))
	require.Zero(t, waiting, "everything was settled, or warned of twice")
}
