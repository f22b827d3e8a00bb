package monitor_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/deploy"
	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

// received lets a new producer deliver ten kilograms to a new buyer, and returns the receipt.
func (s *secrets) received(t *testing.T, on civil.Date) ledger.Posting {
	t.Helper()
	one := shrimpSale(10)
	one.on = on
	s.enter(t, identity.Producer, one.goods.ProducerID)
	s.enter(t, identity.Buyer, one.goods.BuyerID)
	return s.receiptOf(t, one)
}

// receiptOf records a sale and returns its receipt, which can be posted again.
func (s *secrets) receiptOf(t *testing.T, one sale) ledger.Posting {
	t.Helper()
	offer, award := s.record(t, one)
	var line uuid.UUID
	require.NoError(t, s.App.Get(t.Context(), &line, `SELECT inquiry_line_id FROM ledger.postings WHERE award_id = $1 LIMIT 1`, award))
	return ledger.Posting{
		Goods: one.goods, Movement: ledger.Accepted, Quantity: one.amount, BusinessDate: one.on, PriceVND: one.price,
		OfferID: offer, InquiryID: line, InquiryLineID: line, AwardID: award,
	}
}

// post posts what happened to a receipt, all at once.
func (s *secrets) post(t *testing.T, postings ...ledger.Posting) {
	t.Helper()
	require.NoError(t, s.App.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		return ledger.PostTx(ctx, tx, s.cast["buyer"], postings...)
	}))
}

// reversed takes a receipt back.
func reversed(receipt ledger.Posting) ledger.Posting {
	receipt.Movement = "accepted_reversed"
	return receipt
}

// January is told of three. All three are moved to February, where one more delivers: February less January would be that one.
// So it waits for others, and until then the answers say that something does.
func TestWhatIsAddedAgainHidesNobody(t *testing.T) {
	t.Parallel()
	s := &secrets{testBundle: setup(t, monitor.Options{})}
	january, february := civil.New(2026, time.January, 10), civil.New(2026, time.February, 10)
	var receipts []ledger.Posting
	for range 3 {
		receipts = append(receipts, s.received(t, january))
	}
	require.Equal(t, 2, s.publish(t, civil.New(2026, time.February, 10)), "what was offered and what was delivered")
	for _, receipt := range receipts {
		again := receipt
		again.BusinessDate = february
		s.post(t, reversed(receipt), again)
	}
	s.received(t, february)
	const path, volumes = "/v1/open-data/volumes?from=2026-01-01&to=2026-02-28", "/v1/volumes?from=2026-01-01&to=2026-01-31&by=month"
	require.Zero(t, s.publish(t, civil.New(2026, time.March, 10)), "what was told before hides nobody")
	delivered := func() (figures []monitor.OpenFigure) {
		for _, figure := range read[monitor.OpenData](t, s.testBundle, "anonymous", path).Figures {
			if figure.Measure == "delivered" {
				figures = append(figures, figure)
			}
		}
		return figures
	}
	require.Len(t, delivered(), 1)
	require.True(t, delivered()[0].KeptBack)
	require.Equal(t, kg(30), delivered()[0].Quantity)
	row := read[monitor.Volumes](t, s.testBundle, "official.camau", volumes).Rows[0]
	require.EqualValues(t, 30*250_000, *row.ValueVND)
	require.True(t, row.ValueKeptBack)
	require.Zero(t, row.Delivered, "volumes are exact")

	for range 3 {
		s.received(t, february)
		s.received(t, january)
	}
	require.Equal(t, 4, s.publish(t, civil.New(2026, time.March, 11)), "both months, with three who add something new")
	require.Equal(t, kg(30), delivered()[0].Quantity)
	require.Equal(t, kg(70), delivered()[1].Quantity)
	for _, figure := range delivered() {
		require.False(t, figure.KeptBack)
	}
	require.False(t, read[monitor.Volumes](t, s.testBundle, "official.camau", volumes).Rows[0].ValueKeptBack)
	for _, check := range s.examine(t).Findings {
		require.NotContains(t, check.Table, "monitor.", "%v", check)
	}
}

// January is told with February. What comes late to January from another commune waits, and whoever asks of February alone is
// told that the figure is not the newest.
func TestWhatWaitsBesideAFigureIsSaidInEachOfItsMonths(t *testing.T) {
	t.Parallel()
	s := &secrets{testBundle: setup(t, monitor.Options{})}
	var communes []string
	for _, commune := range s.Book.Communes() {
		if commune.Province == "96" {
			communes = append(communes, commune.Code)
		}
	}
	s.several(t, 2, communes[0], civil.New(2026, time.January, 10))
	s.several(t, 1, communes[0], civil.New(2026, time.February, 10))
	require.Equal(t, 2, s.publish(t, civil.New(2026, time.March, 10)))
	kept := func(months string) (all []bool) {
		for _, figure := range read[monitor.OpenData](t, s.testBundle, "anonymous", "/v1/open-data/volumes?"+months).Figures {
			require.Equal(t, []string{"2026-01", "2026-02"}, figure.Months)
			all = append(all, figure.KeptBack)
		}
		return all
	}
	january, february := "from=2026-01-01&to=2026-01-31", "from=2026-02-01&to=2026-02-28"
	require.Equal(t, []bool{false, false}, kept(february))
	s.several(t, 1, communes[1], civil.New(2026, time.January, 20))
	require.Zero(t, s.publish(t, civil.New(2026, time.March, 11)))
	require.Equal(t, []bool{true, true}, kept(january))
	require.Equal(t, []bool{true, true}, kept(february))
}

// A receipt that is taken back and agreed anew never left but for the difference. Who had that taken back goes on to hide others in the
// months that follow.
func TestAnAgreedCorrectionTakesBackTheDifference(t *testing.T) {
	t.Parallel()
	s := &secrets{testBundle: setup(t, monitor.Options{})}
	var sales []sale
	for range 3 {
		receipt := s.received(t, civil.New(2026, time.January, 10))
		sales = append(sales, sale{goods: receipt.Goods, amount: receipt.Quantity, price: receipt.PriceVND, on: civil.New(2026, time.February, 10)})
	}
	disputed := s.receiptOf(t, sale{goods: sales[0].goods, amount: kg(10), price: 250_000, on: civil.New(2026, time.January, 11)})
	s.publish(t, civil.New(2026, time.February, 10))
	disputed.DeliveryID = newID()
	agreed := disputed
	agreed.Quantity = kg(9)
	s.post(t, reversed(disputed), agreed)
	for _, one := range sales {
		s.record(t, one)
	}
	require.Equal(t, 2, s.publish(t, civil.New(2026, time.March, 10)), "an ordinary month is told")
	var back []int64
	const taken = `SELECT back_quantity FROM monitor.told_pairs WHERE book = 'delivered' AND back_quantity > 0`
	require.NoError(t, s.App.Select(t.Context(), &back, taken))
	require.Equal(t, []int64{int64(kg(1))}, back)
}

func TestDoctorFindsWhatWasNotTold(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	s := &secrets{testBundle: b}
	for range 3 {
		s.received(t, civil.New(2026, time.January, 10))
	}
	s.publish(t, civil.New(2026, time.February, 10))
	b.tamper(t, `UPDATE monitor.figure_shares SET quantity = quantity + 1 WHERE (block_id, edition, producer_id, buyer_id, offer_id) IN
		(SELECT s.block_id, s.edition, s.producer_id, s.buyer_id, s.offer_id FROM monitor.figure_shares s JOIN monitor.figure_blocks b ON b.id = s.block_id
		  WHERE b.book = 'delivered' LIMIT 1)`)
	b.tamper(t, `UPDATE monitor.figure_shares SET hides = false WHERE block_id IN (SELECT id FROM monitor.figure_blocks WHERE book = 'offered')`)
	found := b.examine(t).Findings
	for _, expected := range []string{"of pairs 30001 and 7500000", "0 producers and 0 buyers", "in editions 10001 and 2500000"} {
		require.True(t, slices.ContainsFunc(found, func(f monitor.Finding) bool { return strings.Contains(f.Detail, expected) }), "%s in %v", expected, found)
	}
}

// What was told of whom before that was kept, and what waits by offer, is found in the ledger by the migration: the same as
// those who publish noted, but for what was taken back before a pair was told of, of which it assumes the worse.
func TestWhatWasToldIsFoundInTheLedger(t *testing.T) {
	t.Parallel()
	s := newSecrets(t, 1)
	for month := time.January; month <= time.April; month++ {
		for range 8 {
			s.deliver(t, month)
		}
		for range 3 {
			s.deliver(t, time.January)
		}
		for range 2 {
			s.correct(t, month)
		}
		s.publish(t, civil.New(2026, month+1, 10))
	}
	const state = `
		SELECT 'told ' || CAST(row(block_id, edition, producer_id, buyer_id, offer_id, quantity, value_vnd) AS text) FROM monitor.figure_shares
		 WHERE quantity <> 0 OR value_vnd <> 0
		UNION ALL SELECT 'waits ' || CAST(row(u.*) AS text) FROM monitor.unpublished u
		UNION ALL SELECT 'pair ' || CAST(row(book, producer_id, buyer_id, offer_id, quantity, value_vnd) AS text) FROM monitor.told_pairs
		 ORDER BY 1`
	var noted, found []string
	require.NoError(t, s.Owner.Select(t.Context(), &noted, state))
	var later int
	require.NoError(t, s.Owner.Get(t.Context(), &later, `SELECT count(*) FROM monitor.figures WHERE edition > 1`))
	require.Positive(t, later)
	s.tamper(t, `CREATE TABLE monitor.before AS TABLE monitor.told_pairs`)
	s.tamper(t, `DELETE FROM monitor.figure_shares`)
	s.tamper(t, `DELETE FROM monitor.told_pairs`)

	migrations, err := deploy.Migrations()
	require.NoError(t, err)
	migration, err := fs.ReadFile(migrations, "00073_told_shares.sql")
	require.NoError(t, err)
	_, moves, _ := strings.Cut(string(migration), "DELETE FROM monitor.unpublished")
	offered, moves, _ := strings.Cut(moves, "-- +goose StatementBegin")
	moves, _, _ = strings.Cut(moves, "-- +goose StatementEnd")
	s.tamper(t, "DELETE FROM monitor.unpublished"+offered)
	s.tamper(t, moves)
	require.NoError(t, s.Owner.Select(t.Context(), &found, state))
	require.Equal(t, noted, found)
	var less int
	require.NoError(t, s.Owner.Get(t.Context(), &less, `
		SELECT count(*) FROM monitor.before b JOIN monitor.told_pairs t USING (book, producer_id, buyer_id, offer_id)
		 WHERE t.back_quantity < b.back_quantity OR t.back_value_vnd < b.back_value_vnd`))
	require.Zero(t, less)
}
