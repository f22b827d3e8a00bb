package exchange_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/exchange"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// bought has the buyer award so much of ann's tôm sú, live or iced.
func (m *market) bought(form string, amount int64) inquiry.Award {
	m.Helper()
	ctx, today := m.Context(), reference.Day(time.Now())
	product, err := m.catalog.CreateProduct(ctx, m.ann, catalog.NewProduct{
		Name: "Tôm sú " + form, Line: "black_tiger_shrimp", Form: form, Unit: "kg", Grade: map[string]any{"count_per_kg_min": 20, "count_per_kg_max": 30},
	})
	require.NoError(m, err)
	_, err = m.catalog.Publish(ctx, m.ann, product.ID)
	require.NoError(m, err)
	offer, err := m.catalog.OpenOffer(ctx, m.ann, catalog.NewOffer{
		ProductID: product.ID, AvailableFrom: today, AvailableTo: today.AddDays(60), Quantity: quantity.Of(amount), Unit: "kg",
		PriceTiers: []catalog.PriceTier{{PriceVND: 250_000}},
	})
	require.NoError(m, err)
	asked, err := m.deals.Place(ctx, m.buyer, inquiry.Demand{
		Visibility: inquiry.Open, QuotesDueAt: time.Now().Add(time.Hour), DeliverTo: inquiry.Place{CommuneCode: "25747"},
		Lines: []inquiry.DemandLine{{
			ProductLine: "black_tiger_shrimp", Quantity: quantity.Of(amount), Unit: "kg", DeliverFrom: today.AddDays(1), DeliverTo: today.AddDays(9),
		}},
	})
	require.NoError(m, err)
	quote, err := m.deals.Quote(ctx, m.ann, asked.ID, inquiry.NewQuote{
		LineID: asked.Lines[0].ID, OfferID: offer.ID, Quantity: quantity.Of(amount), PriceVND: 250_000, DeliverOn: today.AddDays(2),
	})
	require.NoError(m, err)
	awards, err := m.deals.Award(ctx, m.buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(amount)}})
	require.NoError(m, err)
	return awards[0]
}

// sent sends so much of an award off, with a paper.
func (m *market) sent(award inquiry.Award, amount int64, paper string) inquiry.Delivery {
	m.Helper()
	dispatch := inquiry.Dispatch{Quantity: quantity.Of(amount)}
	if paper != "" {
		dispatch.Documents = []string{paper}
	}
	sent, err := m.deals.Deliver(m.Context(), m.ann, award.ID, dispatch)
	require.NoError(m, err)
	return sent
}

func (m *market) delivery(id inquiry.Delivery) inquiry.Delivery {
	m.Helper()
	found, err := m.deals.GetDelivery(m.Context(), m.buyer, id.ID)
	require.NoError(m, err)
	return found
}

// accepted is what the ledger says was accepted of an award, over included.
func (m *market) accepted(award inquiry.Award) quantity.Quantity {
	m.Helper()
	found, err := m.deals.GetAward(m.Context(), m.buyer, award.ID)
	require.NoError(m, err)
	return found.Delivered
}

// audited fails the test for what the audit of the ledger finds.
func (m *market) audited() {
	m.Helper()
	_, err := ledger.Audit(m.Context(), m.db, func(finding ledger.Finding) error {
		m.Errorf("%s", finding)
		return nil
	})
	require.NoError(m, err)
}

func short(id fmt.Stringer) string {
	text := id.String()
	return strings.ToUpper(text[len(text)-8:])
}

func TestAListOfReceiptsComesIn(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	award, iced := m.bought("live", 300), m.bought("iced", 100)
	byID, byNumber, byPaper, byAward := m.sent(award, 60, ""), m.sent(award, 50, ""), m.sent(award, 40, "PX-0815"), m.sent(iced, 100, "")
	today := day(0)
	list := "Phiếu nhận hàng tháng này\n\n" +
		"Mã chuyến giao;Số đơn hàng;Ngày xuất kho;Ngày nhận;Số lượng thực nhận;Hàng trả;Hao hụt;Phần dư;Đơn vị;Mã lý do;Cỡ 1;Dạng 1;Số nhận cỡ 1;Cỡ 2;Dạng 2;Số nhận cỡ 2;Dây buộc;Ghi chú;Kho\n" +
		byID.ID.String() + ";;;;55;3;2;;kg;sai cỡ | nước đá tan;;;;;;;1,2;cửa 2;A\n" +
		short(byNumber.ID) + ";;;" + today + ";;0;;1;;;20/kg;;30;;ướp đá;21 kg;;;A\n" +
		"PX-0815;" + short(award.ID) + ";" + today + ";;0,04;;;;tấn;;;;;;;;;;A\n" +
		";" + short(iced.ID) + ";" + today + ";;60;30;10;;;temperature;;;;;;;;;A\n"
	first := m.bring(m.buyer, "nhận.csv", []byte(list))
	require.Equal(t, exchange.Receipts, first.Kind)
	require.Equal(t, exchange.Counts{Created: 4}, first.Counts, m.result(m.buyer, first.ID))
	require.Equal(t, []string{"Kho"}, first.UnknownHeadings)

	got := m.delivery(byID).Received
	require.Equal(t, []quantity.Quantity{quantity.Of(55), quantity.Of(3), quantity.Of(2), 0, 1200}, []quantity.Quantity{got.Accepted, got.Rejected, got.Loss, got.Over, got.Tie})
	require.Equal(t, []string{"wrong_size", "nước đá tan"}, got.Reasons)
	require.Equal(t, "cửa 2", m.delivery(byID).Note)
	require.WithinDuration(t, time.Now(), got.At, time.Minute)
	got = m.delivery(byNumber).Received
	require.Equal(t, []quantity.Quantity{quantity.Of(51), quantity.Of(1)}, []quantity.Quantity{got.Accepted, got.Over}, "accepted is the sum of the sizes")
	require.Equal(t, []inquiry.SizeAccepted{{Grade: "20/kg", Quantity: quantity.Of(30)}, {Form: "iced", Quantity: quantity.Of(21)}},
		[]inquiry.SizeAccepted{got.Sizes[0].SizeAccepted, got.Sizes[1].SizeAccepted})
	require.Equal(t, *m.delivery(byNumber).Received, *got)
	require.True(t, got.At.Equal(m.delivery(byNumber).Dispatched.At), "goods that came on the day of their dispatch came no sooner than they left")
	require.Equal(t, quantity.Of(40), m.delivery(byPaper).Received.Accepted)
	require.Equal(t, []string{"temperature"}, m.delivery(byAward).Received.Reasons)
	require.Equal(t, quantity.Of(55+51+40), m.accepted(award), "what is in the ledger")
	require.Equal(t, quantity.Of(60), m.accepted(iced))
	m.audited()

	var before, after int
	const postings = `SELECT count(*) FROM ledger.postings`
	require.NoError(t, m.lent.Owner.Get(t.Context(), &before, postings))
	again := m.bring(m.buyer, "nhận.csv", []byte(list))
	require.Equal(t, exchange.Counts{Unchanged: 4}, again.Counts, "the same file twice changes nothing: %s", m.result(m.buyer, again.ID))
	back := m.bring(m.buyer, "nhận.csv", []byte(m.result(m.buyer, first.ID)))
	require.Equal(t, exchange.Counts{Unchanged: 4}, back.Counts, "the result is a list again")
	require.Equal(t, []string{"Kho"}, back.UnknownHeadings)
	require.NoError(t, m.lent.Owner.Get(t.Context(), &after, postings))
	require.Equal(t, before, after)

	other := m.bring(m.buyer, "nhận.csv", []byte(strings.Replace(list, ";60;30;10;", ";70;20;10;", 1)))
	require.Equal(t, exchange.Counts{Unchanged: 3, Refused: 1}, other.Counts)
	require.Equal(t, "=received_otherwise", why(other, 7))
	require.Contains(t, m.result(m.buyer, other.ID), "hãy khiếu nại")
	require.Equal(t, quantity.Of(60), m.accepted(iced))
}

// A row that is refused refuses only itself, by the rules of receipts, and says at which column.
func TestARefusedReceiptRefusesOnlyItself(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	award := m.bought("live", 1000)
	var sent []inquiry.Delivery
	for range 17 {
		sent = append(sent, m.sent(award, 20, "PX-9"))
	}
	foreign := m.join("buyer2", identity.NewOrganisation{Kind: identity.Buyer, Name: "Chuỗi khác (hư cấu)", BuyerKind: "caterer", CommuneCode: "25747"})
	var list strings.Builder
	list.WriteString("Delivery;Award number;Dispatched on;Received at;Accepted;Rejected;Over;Unit;Reasons;Size 1;Form 1;Accepted of size 1;Tie;Note\n")
	want := map[int]string{}
	row := func(at int, cells, complaint string) {
		want[at+2] = complaint
		list.WriteString(sent[at].ID.String() + ";" + cells + "\n")
	}
	row(0, ";;;20;;;;;;;;;", "")
	row(1, ";;;19;;;;;;;;;", "accepted=receipt_does_not_add_up")
	row(2, ";;;21;;1;;;;;;;", "over=over_tolerance")
	row(3, ";;;;;;;;;;;;", "accepted=required")
	row(4, ";;;20;;;hộp;;;;;;", "unit=unit_mismatch")
	row(5, ";;;1.250;;;;;;;;;", "accepted=number_ambiguous")
	row(6, ";;;20;;;;;20/kg;;19;;", "quantity_1=sizes_do_not_add_up")
	row(7, ";;;20;;;;;;nướng;20;;", "form_1=import_name_unknown")
	row(8, ";;;20;;;;;20/kg;;;;", "quantity_1=required")
	row(9, ";;;20;;;;;;;;3,5;", "tie=out_of_range")
	row(10, ";;"+day(1)+";20;;;;;;;;;", "received_at=out_of_range")
	row(11, ";;"+day(-1)+";20;;;;;;;;;", "received_at=out_of_range")
	row(12, ";;hôm qua;20;;;;;;;;;", "received_at=not_a_written_date")
	row(13, ";;;0;20;;;"+strings.Repeat("x", 101)+";;;;;", "reasons=too_long")
	row(14, ";;;20;;;;;;;;;"+strings.Repeat("x", 1001), "note=too_long")
	row(15, short(award.ID)+";"+day(-3)+";;20;;;;;;;;;", "delivery=import_delivery_unknown")
	rows := list.String() +
		"PX-9;;;;20;;;;;;;;;\n" + // all of them
		";;" + day(0) + ";;20;;;;;;;;;\n" + // of what?
		"PX-7;;;;20;;;;;;;;;\n" + // of nobody
		short(sent[0].ID) + ";;;;20;;;;;;;;;\n" + // the first once more
		sent[16].ID.String() + ";;;;20;;;;;;;;;\n"
	want[18], want[19] = "delivery=import_several_deliveries", "delivery=required"
	want[20], want[21] = "delivery=import_delivery_unknown", "=import_row_twice"
	done := m.bring(m.buyer, "nhận.csv", []byte(rows))
	require.Equal(t, exchange.Counts{Created: 2, Refused: 19}, done.Counts, m.result(m.buyer, done.ID))
	for at, complaint := range want {
		require.Equal(t, complaint, why(done, at), "row %d", at)
	}
	require.Equal(t, quantity.Of(40), m.accepted(award))

	strange := m.bring(foreign, "nhận.csv", []byte(rows))
	require.Equal(t, exchange.Counts{Refused: 21}, strange.Counts)
	require.Equal(t, "delivery=import_delivery_unknown", why(strange, 2), "somebody else's deliveries do not exist")
	_, err := m.service.Import(t.Context(), m.ann, exchange.Order{Kind: exchange.Receipts, File: strings.NewReader(rows)})
	require.Error(t, err, "only the receiver can confirm")
	_, err = m.service.Import(t.Context(), m.buyer, exchange.Order{Kind: exchange.Offers, File: strings.NewReader(rows)})
	require.Error(t, err, "a buyer supplies nothing")
	_, err = m.service.Status(t.Context(), m.ann, done.ID)
	require.Error(t, err)
	m.audited()
}

// A receipt that comes late in a file is dated by what the file says, and can be disputed from when it
// was noted.
func TestAReceiptIsDatedByWhatTheFileSays(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	award := m.bought("live", 100)
	dispatched := time.Now().AddDate(0, 0, -5)
	sent, err := m.deals.Deliver(t.Context(), m.ann, award.ID, inquiry.Dispatch{Quantity: quantity.Of(60), DispatchedAt: dispatched})
	require.NoError(t, err)
	list := "delivery,received at,accepted\n" + sent.ID.String() + "," + day(-4) + " 03:40,60\n"
	done := m.bring(m.buyer, "erp.csv", []byte(list))
	require.Equal(t, exchange.Counts{Created: 1}, done.Counts, m.result(m.buyer, done.ID))
	at := m.delivery(sent).Received.At.In(reference.Zone())
	require.Equal(t, day(-4)+" 03:40", fmt.Sprintf("%d/%d/%d ", at.Day(), at.Month(), at.Year())+at.Format("15:04"))
	var dated string
	require.NoError(t, m.lent.Owner.Get(t.Context(), &dated, `SELECT to_char(business_date, 'FMDD/FMMM/YYYY') FROM ledger.postings WHERE movement = 'accepted'`))
	require.Equal(t, day(-4), dated)
	require.Equal(t, exchange.Counts{Unchanged: 1}, m.bring(m.buyer, "erp.csv", []byte(list)).Counts)
	require.Equal(t, exchange.Counts{Unchanged: 1}, m.bring(m.buyer, "erp.csv", []byte(strings.Replace(list, " 03:40", "", 1))).Counts)
	require.Equal(t, exchange.Counts{Refused: 1}, m.bring(m.buyer, "erp.csv", []byte(strings.Replace(list, "03:40", "04:40", 1))).Counts)
	_, err = m.deals.Dispute(t.Context(), m.ann, sent.ID, inquiry.Objection{Reason: "weight"})
	require.NoError(t, err, "four days after it came, and at once after it was noted")
}

// incoming is a list of receipts of n deliveries of 1 kg each.
func (m *market) incoming(n int) []byte {
	m.Helper()
	award := m.bought("iced", int64(n))
	var list strings.Builder
	list.WriteString("delivery,accepted\n")
	for range n {
		fmt.Fprintf(&list, "%s,1\n", m.sent(award, 1, "").ID)
	}
	return []byte(list.String())
}

// A process that dies in the middle, at any statement, receives nothing twice and loses nothing; a dry
// run finds what the import finds, and leaves nothing.
func TestAnImportOfReceiptsGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	const rows = 120
	for name, at := range map[string]struct {
		after int64
		when  string
	}{
		"within a batch":       {2, "UPDATE inquiry.deliveries"},
		"moving volume":        {2, "ledger.post("},
		"noting the outcomes":  {2, "INSERT INTO exchange.outcomes"},
		"before the first row": {1, "UPDATE inquiry.deliveries"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := openMarket(t)
			list := m.incoming(rows)
			tried := m.through(m.buyer, "erp.csv", list, true)
			require.Equal(t, exchange.Counts{Created: rows}, tried.Counts)
			received := func() (n int) {
				require.NoError(t, m.lent.Owner.Get(t.Context(), &n, `SELECT count(*) FROM inquiry.deliveries WHERE received_at IS NOT NULL`))
				return n
			}
			require.Zero(t, received(), "a dry run")
			begun, err := m.begin(m.buyer, "erp.csv", list, false)
			require.NoError(t, err)
			dying := m.dying(at.after, at.when)
			require.Error(t, dying.Work(m.dead, begun.ID), "it died")
			half, err := m.service.Status(t.Context(), m.buyer, begun.ID)
			require.NoError(t, err)
			require.Equal(t, half.Counts.Created, received(), "what is noted is done, and no more")
			require.Less(t, received(), rows)
			require.NoError(t, m.service.Work(t.Context(), begun.ID))
			ended, err := m.service.Status(t.Context(), m.buyer, begun.ID)
			require.NoError(t, err)
			require.Equal(t, exchange.Counts{Created: rows}, ended.Counts)
			var events, postings int
			require.NoError(t, m.lent.Owner.Get(t.Context(), &events, `SELECT count(*) FROM identity.audit_events WHERE action = 'delivery.received'`))
			require.NoError(t, m.lent.Owner.Get(t.Context(), &postings, `SELECT count(*) FROM ledger.postings WHERE movement = 'accepted'`))
			require.Equal(t, []int{rows, rows}, []int{events, postings}, "one of each")
			m.audited()
		})
	}
}

// A batch of receipts costs the same few statements whatever the number of its rows.
func TestABatchOfReceiptsCostsFewStatements(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	list := m.incoming(200)
	var statements atomic.Int64
	db := m.db.WithCounter(func(string) { statements.Add(1) })
	m.service = exchange.NewService(db, m.lent.Book, m.catalog, inquiry.NewService(db, m.lent.Book), nil)
	for _, step := range []struct {
		name string
		want exchange.Counts
		most int64 // for a batch
	}{{"new", exchange.Counts{Created: 200}, 22}, {"the same", exchange.Counts{Unchanged: 200}, 18}} {
		statements.Store(0)
		done := m.bring(m.buyer, "erp.csv", list)
		require.Equal(t, step.want, done.Counts, step.name)
		t.Logf("%s: %d statements for 4 batches", step.name, statements.Load())
		const around = 20
		require.LessOrEqual(t, statements.Load(), around+4*step.most, step.name)
	}
}

// The example of the template, taken for real, is a receipt.
func TestTheExampleOfTheTemplateIsAReceipt(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	award := m.bought("iced", 1000)
	for _, language := range []string{"vi", "en"} {
		sent := m.sent(award, 100, "")
		plain := string(m.written(m.service.Template(exchange.Receipts, nil, exchange.Wish{Format: sheet.CSV, Language: language})))
		require.Equal(t, 3, strings.Count(plain, "\r\n"))
		plain = strings.NewReplacer("VÍ DỤ – xoá dòng này", short(sent.ID), "EXAMPLE – delete this row", short(sent.ID), "1A2B3C4D", short(award.ID),
			"15/12/2026 03:40", day(0), "15/12/2026", day(0)).Replace(plain)
		done := m.bring(m.buyer, "example.csv", []byte(plain))
		require.Equal(t, exchange.Counts{Created: 1}, done.Counts, done.Refusals)
	}
}
