package monitor_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

// open gives the offers and lines that were opened in the ledger alone the windows that their services keep:
// of one day, and all that an offer or a line needs besides left out.
func (b *testBundle) open(t *testing.T) {
	t.Helper()
	const offers = `
		INSERT INTO catalog.offers (id, product_id, producer_id, available_from, available_to, unit, min_order, price_on_the_day, visibility, state, created_at, updated_at)
		SELECT p.offer_id, gen_random_uuid(), gen_random_uuid(), p.business_date, p.business_date, p.unit, 1, true, 'public', 'open', now(), now()
		  FROM ledger.postings p WHERE p.movement = 'offer_opened' ON CONFLICT (id) DO NOTHING`
	const lines = `
		INSERT INTO inquiry.lines (id, inquiry_id, position, line, schemes, quantity, unit, deliver_from, deliver_to)
		SELECT p.inquiry_line_id, p.inquiry_id, 1, p.product_line, p.schemes, p.quantity, p.unit, p.business_date, p.business_date
		  FROM ledger.postings p WHERE p.movement = 'demand_opened' ON CONFLICT (id) DO NOTHING`
	b.unbound(t, offers)
	b.unbound(t, lines)
}

// unbound writes offers and lines without what they refer to.
func (b *testBundle) unbound(t *testing.T, statement string, args ...any) {
	t.Helper()
	b.tamper(t, `
		DO $$ DECLARE c record; BEGIN
			FOR c IN SELECT k.conname, CAST(k.conrelid AS regclass) AS "of" FROM pg_constraint k
			          WHERE k.contype = 'f' AND k.conrelid IN (CAST('catalog.offers' AS regclass), CAST('inquiry.lines' AS regclass)) LOOP
				EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c."of", c.conname);
			END LOOP;
		END $$`)
	_, err := b.Owner.Exec(context.Background(), statement, args...)
	require.NoError(t, err)
}

// stands is a row of gaps in short.
type stands struct{ requested, available, reserved, committed string }

func (r *reporter) stand(t *testing.T, query string) map[string]stands {
	t.Helper()
	found := map[string]stands{}
	for _, row := range read[monitor.Gaps](t, r.testBundle, "official.tphcm", "/v1/gaps?"+query).Rows {
		found[*row.Month+" "+*row.Scheme] = stands{row.Requested.String(), row.Available.String(), row.Reserved.String(), row.Committed.String()}
	}
	return found
}

// What is awarded with marks that nobody asked for, and for another month, fills the demand as it was asked
// for and takes from the supply as it was offered.
func TestGapsAreOfWhatWasOpened(t *testing.T) {
	t.Parallel()
	r := newReporter(t, civil.New(2026, time.January, 10))
	s := shrimpSale(50)
	supply, demand := r.account(t, s.goods, ledger.OfferOpened, kg(100), s.on), newID()
	asked := s.goods
	asked.Schemes = nil
	r.posted(t, ledger.Posting{Goods: asked, Movement: ledger.DemandOpened, Quantity: kg(80), BusinessDate: s.on.AddMonths(2), InquiryID: demand, InquiryLineID: demand})
	r.posted(t, ledger.Posting{
		Goods: s.goods, Movement: ledger.Awarded, Quantity: kg(50), BusinessDate: s.on.AddMonths(1), OfferID: supply, InquiryID: demand, InquiryLineID: demand, AwardID: newID(),
	})
	r.open(t)
	require.Equal(t, map[string]stands{
		"2026-05 ": {"30", "0", "0", "0"}, "2026-03 ASC_FARM": {"0", "50", "0", "50"}, "2026-03 OCOP": {"0", "50", "0", "50"},
	}, r.stand(t, "from=2026-01-01&to=2026-12-31"))
}

// Of supply from 15 December to 15 January each month has its days' part, and as the window goes by what is left
// of it stands in the days still to come.
func TestGapsAreSpreadOverWindows(t *testing.T) {
	t.Parallel()
	goods := shrimpSale(1).goods
	goods.Schemes = nil
	for today, expected := range map[civil.Date]map[string]stands{
		civil.New(2026, time.December, 1): {"2026-12 ": {"0", "37.187", "0", "15.937"}, "2027-01 ": {"70", "32.813", "0", "14.063"}},
		civil.New(2027, time.January, 2):  {"2026-12 ": {"0", "0", "0", "15.937"}, "2027-01 ": {"70", "70", "0", "14.063"}},
		civil.New(2027, time.March, 1):    {"2026-12 ": {"0", "0", "0", "15.937"}, "2027-01 ": {"70", "70", "0", "14.063"}},
	} {
		r := newReporter(t, today)
		supply := r.account(t, goods, ledger.OfferOpened, kg(100), civil.New(2026, time.December, 15))
		demand := r.account(t, goods, ledger.DemandOpened, kg(100), civil.New(2027, time.January, 1))
		r.posted(t, ledger.Posting{
			Goods: goods, Movement: ledger.Awarded, Quantity: kg(30), BusinessDate: civil.New(2027, time.January, 1), OfferID: supply, InquiryID: demand, InquiryLineID: demand, AwardID: newID(),
		})
		r.open(t)
		r.unbound(t, `UPDATE catalog.offers SET available_to = '2027-01-15' WHERE id = $1`, supply)
		r.unbound(t, `UPDATE inquiry.lines SET deliver_to = '2027-01-31' WHERE id = $1`, demand)
		require.Equal(t, expected, r.stand(t, "from=2026-12-01&to=2027-11-30"), "on %s", today)
		require.Equal(t, stands{"0", map[bool]string{true: "2.188", false: "0"}[today.Year == 2026], "0", "0.938"}, r.stand(t, "from=2026-12-20&to=2026-12-20")["2026-12 "], "one day of it")
	}
}

// Months add up to the balances of the ledger, whatever the windows are and whenever it is asked.
func TestMonthsOfGapsAddUpToTheLedger(t *testing.T) {
	t.Parallel()
	r := newReporter(t, civil.New(2026, time.September, 10))
	chance := rand.New(rand.NewPCG(11, 3))
	goods := shrimpSale(1).goods
	goods.Schemes = []string{"OCOP"}
	expected := map[bool]quantity.Quantity{}
	for range 40 {
		amount, from := quantity.Quantity(1+chance.Int64N(900_000)), civil.New(2026, time.July, 1).AddDays(chance.IntN(150))
		to, supplied := from.AddDays(chance.IntN(120)), chance.IntN(2) == 0
		movement := map[bool]ledger.Movement{true: ledger.OfferOpened, false: ledger.DemandOpened}[supplied]
		account := r.account(t, goods, movement, amount, from)
		r.open(t)
		r.unbound(t, `UPDATE catalog.offers SET available_to = $2 WHERE id = $1`, account, to)
		r.unbound(t, `UPDATE inquiry.lines SET deliver_to = $2 WHERE id = $1`, account, to)
		expected[supplied] += amount
	}
	for _, cut := range [][]string{{"from=2026-01-01&to=2027-12-31"}, {"from=2026-01-01&to=2026-10-07", "from=2026-10-08&to=2026-10-20", "from=2026-10-21&to=2027-12-31"}} {
		sums, months := map[bool]quantity.Quantity{}, 0
		for _, days := range cut {
			for _, row := range read[monitor.Gaps](t, r.testBundle, "official.tphcm", "/v1/gaps?"+days).Rows {
				sums[true], sums[false], months = sums[true]+row.Offered, sums[false]+row.Requested, months+1
			}
		}
		require.Equal(t, expected, sums, fmt.Sprint(cut))
		require.Greater(t, months, 5)
	}
}

// account opens supply or demand and returns its id.
func (r *reporter) account(t *testing.T, goods ledger.Goods, movement ledger.Movement, amount quantity.Quantity, on civil.Date) uuid.UUID {
	t.Helper()
	id := newID()
	posting := ledger.Posting{Goods: goods, Movement: movement, Quantity: amount, BusinessDate: on}
	if movement == ledger.OfferOpened {
		posting.OfferID = id
	} else {
		posting.InquiryID, posting.InquiryLineID = id, id
	}
	r.posted(t, posting)
	return id
}

func (r *reporter) posted(t *testing.T, posting ledger.Posting) {
	t.Helper()
	require.NoError(t, r.App.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		return ledger.PostTx(ctx, tx, r.cast["buyer"], posting)
	}))
}

// Whatever happens, gaps from memory are those of the database: before the image follows and after.
func TestGapsFromMemoryAreThoseOfTheDatabase(t *testing.T) {
	t.Parallel()
	r := newReporter(t, civil.New(2026, time.September, 10))
	chance := rand.New(rand.NewPCG(2, 8))
	quick, slow := monitor.NewService(r.clock, monitor.Options{}), monitor.NewService(r.clock, monitor.Options{})
	var supply, demand []uuid.UUID
	rows := 0
	for n := range 120 {
		goods := shrimpSale(1).goods
		goods.Schemes = [][]string{nil, {"OCOP"}, {"OCOP", "ASC_FARM", "OCOP"}}[chance.IntN(3)]
		goods.Line = []string{"black_tiger_shrimp", "rice"}[chance.IntN(2)]
		if goods.Form = ""; chance.IntN(3) == 0 {
			goods.Unit, goods.UnitWeight = "piece", kg(1)/3
		}
		on := civil.New(2026, time.July, 20).AddDays(chance.IntN(200))
		switch what := chance.IntN(5); {
		case what == 0 || len(supply) == 0:
			supply = append(supply, r.account(t, goods, ledger.OfferOpened, kg(1+chance.Int64N(900)), on))
		case what == 1 || len(demand) == 0:
			demand = append(demand, r.account(t, goods, ledger.DemandOpened, kg(1+chance.Int64N(900)), on))
		case what == 2:
			line := demand[chance.IntN(len(demand))]
			r.posted(t, ledger.Posting{Goods: goods, Movement: ledger.DemandRaised, Quantity: kg(2), BusinessDate: on, InquiryID: line, InquiryLineID: line})
		case what == 3:
			r.moved(t, "catalog.offers SET available_to", "offer", supply[chance.IntN(len(supply))], on.AddDays(200))
		default:
			r.moved(t, "inquiry.lines SET deliver_to", "inquiry", demand[chance.IntN(len(demand))], on.AddDays(200))
		}
		r.open(t)
		if n > 20 && chance.IntN(4) == 0 {
			_, err := quick.Follow(t.Context())
			require.NoError(t, err)
		}
		q := ledger.Query{From: civil.New(2026, time.August, 1).AddDays(chance.IntN(90)), To: civil.New(2027, time.July, 1).AddDays(chance.IntN(40))}
		fromMemory, err := quick.Gaps(t.Context(), r.cast["administrator"], q)
		require.NoError(t, err)
		fromDatabase, err := slow.Gaps(t.Context(), r.cast["administrator"], q)
		require.NoError(t, err)
		require.Equal(t, fromDatabase.Rows, fromMemory.Rows, "%d", n)
		rows += len(fromMemory.Rows)
	}
	require.Greater(t, rows, 500)
}

// moved sets another end of a window, as the service that keeps it does: with an event in the trail.
func (r *reporter) moved(t *testing.T, set, kind string, id uuid.UUID, to civil.Date) {
	t.Helper()
	require.NoError(t, r.Owner.InTx(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE `+set+` = $2 WHERE id = $1`, id, to); err != nil {
			return err
		}
		return identity.RecordTx(ctx, tx, r.cast["producer"], kind+".changed", identity.Subject{Kind: kind, ID: id}, nil)
	}))
}
