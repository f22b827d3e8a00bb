package monitor_test

import (
	"context"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/monitor"
)

// several lets n producers sell as many kilograms to as many buyers, from one commune.
func (b *testBundle) several(t *testing.T, n int, commune string, on civil.Date) {
	t.Helper()
	for range n {
		one := shrimpSale(10)
		one.goods.Commune, one.on = commune, on
		b.enter(t, identity.Producer, one.goods.ProducerID)
		b.enter(t, identity.Buyer, one.goods.BuyerID)
		b.record(t, one)
	}
}

func TestEverybodyReadsWhatTellsOfNobody(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	s := &secrets{testBundle: b}
	communes := []string{}
	for _, commune := range b.Book.Communes() {
		if commune.Province == "96" && len(communes) < 3 {
			communes = append(communes, commune.Code)
		}
	}
	b.several(t, 4, communes[0], civil.New(2026, time.January, 10))
	b.several(t, 2, communes[1], civil.New(2026, time.January, 11))
	b.several(t, 1, communes[2], civil.New(2026, time.January, 12))
	b.several(t, 3, communes[0], civil.New(2026, time.February, 10))
	const path = "/v1/open-data/volumes?from=2026-01-01&to=2026-02-28"
	s.publish(t, civil.New(2026, time.February, 2))
	require.Empty(t, read[monitor.OpenData](t, b, "anonymous", path).Figures, "receipts of January may still come")
	s.publish(t, civil.New(2026, time.February, 10))
	require.Zero(t, s.publish(t, civil.New(2026, time.February, 10)), "nothing is told twice")

	open := read[monitor.OpenData](t, b, "anonymous", path)
	require.Len(t, open.Figures, 4, "February has not ended")
	for at, figure := range open.Figures {
		require.Equal(t, []string{"offered", "offered", "delivered", "delivered"}[at], figure.Measure)
		require.Equal(t, []string{"2026-01"}, figure.Months)
		require.Equal(t, [][]string{communes[:1], communes[1:]}[at%2], figure.Communes)
		require.Equal(t, []quantity.Quantity{kg(40), kg(30)}[at%2], figure.Quantity)
		require.Equal(t, 1, figure.Edition)
	}
	require.Len(t, read[monitor.OpenData](t, b, "anonymous", path+"&commune="+communes[2]).Figures, 2, "also where it is told with others")

	// One late receipt tells of its two parties, and so waits; with two more of others it is told.
	b.several(t, 1, communes[0], civil.New(2026, time.January, 20))
	require.Zero(t, s.publish(t, civil.New(2026, time.February, 11)))
	b.several(t, 2, communes[0], civil.New(2026, time.January, 21))
	require.Equal(t, 2, s.publish(t, civil.New(2026, time.February, 12)))
	again := read[monitor.OpenData](t, b, "anonymous", path).Figures
	require.Equal(t, 2, again[0].Edition)
	require.Equal(t, kg(70), again[0].Quantity)

	for _, check := range b.examine(t).Findings {
		require.NotContains(t, check.Table, "monitor.", "%v", check)
	}
	b.tamper(t, "UPDATE monitor.figures SET quantity = quantity + 1 WHERE edition = 2")
	require.Contains(t, finding(t, b.examine(t), "monitor.figures", "delivered black_tiger_shrimp").Detail, "130001 thousandths")
}

// supply opens an offer of one more producer and returns what takes it back.
func (b *testBundle) supply(t *testing.T, kilograms int64, on civil.Date) (takeBack func()) {
	t.Helper()
	offered := ledger.Posting{
		Goods:    ledger.Goods{Line: "black_tiger_shrimp", Form: "live", Unit: "kg", ProducerID: newID(), ProductID: newID()},
		Movement: ledger.OfferOpened, Quantity: kg(kilograms), BusinessDate: on, OfferID: newID(),
	}
	b.enter(t, identity.Producer, offered.ProducerID)
	post := func() {
		t.Helper()
		require.NoError(t, b.App.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
			return ledger.PostTx(ctx, tx, b.cast["producer"], offered)
		}))
	}
	post()
	return func() {
		t.Helper()
		offered.Movement = ledger.OfferLowered
		post()
	}
}

// What is left after three took back what they had added is what the fourth added: taking back tells
// nothing by itself, however many do it.
func TestTakingBackTellsNothingOfWhoIsLeft(t *testing.T) {
	t.Parallel()
	s := &secrets{testBundle: setup(t, monitor.Options{})}
	january := civil.New(2026, time.January, 10)
	var takeBack []func()
	for _, kilograms := range []int64{1, 2, 4, 8} {
		takeBack = append(takeBack, s.supply(t, kilograms, january))
	}
	const path = "/v1/open-data/volumes?from=2026-01-01&to=2026-01-31"
	require.Equal(t, 1, s.publish(t, civil.New(2026, time.February, 10)))
	for _, each := range takeBack[:3] {
		each()
	}
	require.Zero(t, s.publish(t, civil.New(2026, time.February, 11)))
	require.Equal(t, kg(15), read[monitor.OpenData](t, s.testBundle, "anonymous", path).Figures[0].Quantity, "8 kg would be what one has left")

	for range 3 {
		s.supply(t, 16, january)
	}
	require.Equal(t, 1, s.publish(t, civil.New(2026, time.February, 12)))
	figure := read[monitor.OpenData](t, s.testBundle, "anonymous", path).Figures[0]
	require.Equal(t, kg(56), figure.Quantity, "with three who added, what others took back is told, too")
	require.Equal(t, 2, figure.Edition)
}

func TestOpenDataIsForSpreadsheetsAndCaches(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{Demonstration: func(context.Context, postgres.Reader) (bool, error) { return true, nil }})
	s := &secrets{testBundle: b}
	b.several(t, 3, "", civil.New(2026, time.January, 10))
	s.publish(t, civil.New(2026, time.February, 10))
	const path = "/v1/open-data/volumes?to=2026-03-01"
	answer := b.get(t, "anonymous", path, "Accept", "text/csv")
	require.Equal(t, http.StatusOK, answer.Code)
	require.Equal(t, "public, max-age=3600", answer.Header().Get("Cache-Control"))
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(answer.Body.String(), "\uFEFF"))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"version", "measure", "months", "line", "dried", "unit", "communes", "quantity", "edition", "published_at", "kept_back", "note"}, rows[0])
	require.Equal(t, []string{"1", "offered", "2026-01", "black_tiger_shrimp", "false", "kg", "", "30", "1"}, rows[1][:9])
	require.Contains(t, rows[1][11], "minh hoạ")

	whole := b.get(t, "anonymous", path)
	same := b.get(t, "anonymous", path, "If-None-Match", whole.Header().Get("ETag"))
	require.Equal(t, http.StatusNotModified, same.Code)
	require.NotEqual(t, whole.Header().Get("ETag"), answer.Header().Get("ETag"))

	for question, expected := range map[string]string{
		"?line=unicorn": "unknown_value", "?commune=00000": "unknown_value", "?from=2026-03-01&to=2026-02-01": "date_order",
		"?from=2020-01-01&to=2026-02-01": "too_many_months", "?from=yesterday": "not_a_date", "?scheme=OCOP": "unknown_parameter",
	} {
		refused := b.get(t, "anonymous", "/v1/open-data/volumes"+question)
		require.GreaterOrEqual(t, refused.Code, http.StatusBadRequest, question)
		require.Contains(t, refused.Body.String(), `"`+expected+`"`, question)
	}
}
