package demonstration

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// TestPlan draws the plan for a year of days and holds it to what the services will ask of it, so
// that a load does not fail on a day nobody tried.
func TestPlan(t *testing.T) {
	t.Parallel()
	book := referencetest.Lend(t).Book
	first := time.Date(2026, 11, 23, 12, 0, 0, 0, reference.Zone())
	for n := range 60 {
		now := first.AddDate(0, 0, 7*n).Add(time.Duration(n) * time.Hour)
		c, err := readCast()
		require.NoError(t, err)
		drawn := draw(c, book, now)
		require.GreaterOrEqual(t, len(drawn.inquiries), 120, now)
		require.LessOrEqual(t, len(drawn.inquiries), 300, now)
		quoted := map[*plannedOffer]quantity.Quantity{}
		for _, asked := range drawn.inquiries {
			checkInquiry(t, asked, now)
			for _, quote := range asked.quotes {
				quoted[quote.offer] += quote.quantity
				require.Equal(t, asked.line, quote.offer.product.sale.Line)
				if !quote.at.After(now) {
					require.False(t, quote.offer.openAt.After(quote.at), "%s quoted before it is on offer, on %s", quote.offer.product.key, now)
				}
			}
		}
		checkDesk(t, drawn, now)
		for _, offer := range drawn.offers {
			require.LessOrEqual(t, quoted[offer], offer.new.Quantity, "%s on %s", offer.product.key, now)
			require.False(t, offer.new.AvailableTo.Before(reference.Day(offer.openAt)), "%s is over before it begins", offer.product.key)
			require.Positive(t, offer.new.PriceTiers[0].PriceVND, offer.product.key)
			require.LessOrEqual(t, offer.new.MinOrder, offer.new.Quantity)
		}
	}
}

// checkDesk: on every day there is something to answer, to choose from, to send and to receive.
func checkDesk(t *testing.T, drawn plan, now time.Time) {
	t.Helper()
	var toAnswer, toChoose, toSend, toReceive int
	for _, asked := range drawn.inquiries {
		open := !asked.placeAt.After(now) && asked.dueAt.After(now)
		byProducer := 0
		for _, quote := range asked.quotes {
			if quote.offer.product.producer.login != "producer@ocop.example" {
				continue
			}
			byProducer++
			switch c := quote.course; {
			case quote.award == 0 || asked.awardAt.After(now) || !c.cancelAt.IsZero():
			case c.dispatchAt.After(now):
				toSend++
			case c.receiveAt.After(now) && asked.buyer.login == "buyer@ocop.example":
				toReceive++
			}
		}
		if open && byProducer == 0 && asked.line == "black_tiger_shrimp" && asked.visibility == "open" {
			toAnswer++
		}
		if open && len(asked.quotes) >= 2 && asked.buyer.login == "buyer@ocop.example" {
			toChoose++
		}
	}
	require.Positive(t, toAnswer, "%s", now)
	require.Positive(t, toChoose, "%s", now)
	require.Positive(t, toSend, "%s", now)
	require.Positive(t, toReceive, "%s", now)
}

func checkInquiry(t *testing.T, asked *plannedInquiry, now time.Time) {
	t.Helper()
	require.True(t, asked.buyer.fictional)
	require.Positive(t, asked.quantity)
	require.NotEmpty(t, asked.unit)
	require.True(t, asked.placeAt.Before(asked.dueAt), "%s", now)
	require.False(t, asked.day.Before(reference.Day(asked.placeAt)), "%s", now)
	producers := map[string]bool{}
	var awarded quantity.Quantity
	for _, quote := range asked.quotes {
		producer := quote.offer.product.producer
		require.True(t, producer.fictional, producer.name)
		require.False(t, producers[producer.key], "%s quotes twice", producer.key)
		producers[producer.key] = true
		require.True(t, quote.at.After(asked.placeAt) && quote.at.Before(asked.dueAt), "a quote outside its time, on %s", now)
		require.True(t, quote.offer.covers(asked.day))
		require.LessOrEqual(t, quote.award, quote.quantity)
		awarded += quote.award
		if quote.award > 0 {
			checkCourse(t, quote)
		}
	}
	require.LessOrEqual(t, awarded, asked.quantity)
}

func checkCourse(t *testing.T, quote *plannedQuote) {
	t.Helper()
	c, about := quote.course, fmt.Sprintf("%s on %s", quote.offer.product.key, quote.inquiry.day)
	if !c.cancelAt.IsZero() {
		require.True(t, c.cancelAt.After(quote.inquiry.awardAt), "%s: cancelled before it is awarded", about)
		return
	}
	require.True(t, c.dispatchAt.After(quote.inquiry.awardAt), "%s: sent before it is awarded", about)
	require.True(t, c.receiveAt.After(c.dispatchAt), "%s: received before it is sent", about)
	require.True(t, c.settleAt.After(c.receiveAt), "%s: settled before it is received", about)
	require.True(t, quote.inquiry.endAt.After(c.settleAt), "%s: closed before it is settled", about)
	require.Positive(t, quote.sent()-c.rejected-c.lost, about)
	if c.shortfall > 0 {
		require.True(t, c.shortAt.After(quote.inquiry.awardAt) && c.shortAt.Before(c.dispatchAt), about)
	}
	if unit := quote.inquiry.unit; unit == "guest" {
		require.Zero(t, (quote.award-c.shortfall)%quantity.Unit, about)
		require.Zero(t, c.rejected+c.lost, about)
	}
}

// TestPlanIsReproducible: the same day gives the same trade, another day another.
func TestPlanIsReproducible(t *testing.T) {
	t.Parallel()
	book := referencetest.Lend(t).Book
	told := func(now time.Time) string {
		c, err := readCast()
		require.NoError(t, err)
		drawn := draw(c, book, now)
		text := ""
		for _, offer := range drawn.offers {
			text += fmt.Sprintln(offer.product.key, offer.openAt, offer.new.Quantity, offer.new.PriceTiers)
		}
		for _, asked := range drawn.inquiries {
			text += fmt.Sprintln(asked.line, asked.quantity, asked.buyer.key, asked.day)
			for _, quote := range asked.quotes {
				c := quote.course
				text += fmt.Sprintln(quote.offer.product.key, quote.quantity, quote.price, quote.award, c.reason, c.shortfall, c.rejected,
					c.lost, c.why, c.resend, c.cancelAt.String(), c.dispatchAt.String(), c.receiveAt.String())
			}
		}
		return text
	}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, reference.Zone())
	first := told(now)
	require.Equal(t, first, told(now))
	require.NotEqual(t, first, told(now.AddDate(0, 0, 1)))
}

// TestCast holds the files to the reference facts and to the rules of marking.
func TestCast(t *testing.T) {
	t.Parallel()
	book := referencetest.Lend(t).Book
	c, err := readCast()
	require.NoError(t, err)
	require.Len(t, c.real(), 44)
	existing := 0
	for _, p := range c.products {
		line, known := book.Line(p.sale.Line)
		require.True(t, known, p.key)
		_, err := line.ValidateGrade(p.sale.Form, p.sale.Grade)
		require.NoError(t, err, p.key)
		require.Positive(t, p.priceIn(book, time.May), p.key)
		require.Positive(t, p.monthly, p.key)
		if !p.producer.fictional {
			existing++
			require.Contains(t, p.sale.Description, Notice, p.key)
			require.NotContains(t, p.sale.Description, "hết hạn", "nothing bad is said of real goods")
			require.NotContains(t, p.sale.Description, "hạn 36 tháng đã qua", "nothing bad is said of real goods")
		}
	}
	require.Equal(t, 80, existing)
	today := reference.Day(time.Date(2026, 11, 23, 12, 0, 0, 0, reference.Zone()))
	for n, found := range c.certificates {
		require.Regexp(t, "^DEMO-", found.dated(n, today).Number)
		require.False(t, found.dated(n, today).IssuedOn.IsZero())
	}
	for _, o := range c.organisations {
		require.Equal(t, o.fictional, len(o.login) > 0, o.name)
		if o.fictional {
			require.Contains(t, o.name, "(hư cấu)")
			require.Regexp(t, `@ocop\.example$`, o.login)
		}
	}
	require.Len(t, c.fictional(identity.Buyer), 4)
}

// TestIDAt: Go and the database name bulk rows alike.
func TestIDAt(t *testing.T) {
	t.Parallel()
	db := referencetest.Lend(t).Owner
	for _, salt := range []string{"", "product 1", "khác"} {
		at := time.Date(2026, 11, 23, 5, 6, 7, 8_000_000, time.UTC)
		var there string
		require.NoError(t, db.Get(context.Background(), &there, `SELECT demonstration.id_at($1, $2)`, at, salt))
		require.Equal(t, there, idAt(at, salt).String())
		require.EqualValues(t, 7, idAt(at, salt).Version())
	}
}
