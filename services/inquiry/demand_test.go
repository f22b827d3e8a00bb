package inquiry_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// What a demand may not say, each with its own name and place.
func TestDemandsAreRefusedByName(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	first := func(change func(line *inquiry.DemandLine)) func(*inquiry.Demand) {
		return func(d *inquiry.Demand) { change(&d.Lines[0]) }
	}
	for name, test := range map[string]struct {
		change func(*inquiry.Demand)
		want   *fault.Definition
		at     string
	}{
		"no lines":         {func(d *inquiry.Demand) { d.Lines = nil }, inquiry.ErrNoLines, "lines"},
		"deadline past":    {func(d *inquiry.Demand) { d.QuotesDueAt = time.Now().Add(-time.Second) }, inquiry.ErrDeadlinePast, "quotes_due_at"},
		"deadline far":     {func(d *inquiry.Demand) { d.QuotesDueAt = time.Now().AddDate(2, 0, 0) }, inquiry.ErrDeadlinePast, "quotes_due_at"},
		"no such ward":     {func(d *inquiry.Demand) { d.DeliverTo.CommuneCode = "00000" }, fault.ErrUnknownValue, "deliver_to.commune_code"},
		"nobody invited":   {func(d *inquiry.Demand) { d.Visibility = inquiry.Invited }, inquiry.ErrNobodyInvited, "invited_producers"},
		"stranger invited": {func(d *inquiry.Demand) { d.InvitedProducers = []uuid.UUID{buyer.OrganisationID} }, inquiry.ErrNobodyInvited, "invited_producers[0]"},
		"direct to nobody": {func(d *inquiry.Demand) { d.Visibility = inquiry.Direct }, inquiry.ErrDirectSubject, "lines"},
		"nothing asked":    {first(func(l *inquiry.DemandLine) { l.ProductLine = "" }), inquiry.ErrLineSubject, "lines[0].line"},
		"two things asked": {first(func(l *inquiry.DemandLine) { l.ProductID = uuid.New() }), inquiry.ErrLineSubject, "lines[0].line"},
		"no such line":     {first(func(l *inquiry.DemandLine) { l.ProductLine = "whale" }), fault.ErrUnknownValue, "lines[0].line"},
		"no such scheme":   {first(func(l *inquiry.DemandLine) { l.Schemes = []string{"X"} }), fault.ErrUnknownValue, "lines[0].schemes[0]"},
		"no such offer":    {first(func(l *inquiry.DemandLine) { l.ProductLine, l.OfferID = "", uuid.New() }), inquiry.ErrNotOnOffer, "lines[0].offer_id"},
		"no such product":  {first(func(l *inquiry.DemandLine) { l.ProductLine, l.ProductID = "", uuid.New() }), inquiry.ErrNotOnOffer, "lines[0].product_id"},
		"shrimp by litre":  {first(func(l *inquiry.DemandLine) { l.Unit = "litre" }), inquiry.ErrUnitDiffers, "lines[0].unit"},
		"nothing wanted":   {first(func(l *inquiry.DemandLine) { l.Quantity = 0 }), inquiry.ErrQuantityNotPositive, "lines[0].quantity"},
		"yesterday":        {first(func(l *inquiry.DemandLine) { l.DeliverFrom = m.today.AddDays(-1) }), inquiry.ErrDatePast, "lines[0].deliver_from"},
		"end before start": {first(func(l *inquiry.DemandLine) { l.DeliverTo = m.today }), fault.ErrDateOrder, "lines[0].deliver_to"},
		"in three years":   {first(func(l *inquiry.DemandLine) { l.DeliverTo = civil.New(2031, 1, 1) }), fault.ErrDateOrder, "lines[0].deliver_to"},
		"price below zero": {first(func(l *inquiry.DemandLine) { l.TargetPriceVND = -1 }), inquiry.ErrPriceNotPositive, "lines[0].target_price_vnd"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			demand := m.demand(quantity.Of(10))
			test.change(&demand)
			_, err := m.Place(context.Background(), buyer, demand)
			require.ErrorIs(t, err, test.want)
			refusal, _ := fault.From(err)
			require.Equal(t, test.at, refusal.Fields[0].Pointer)
		})
	}
}

// The end of a quote's validity is a day, all of which it holds, or an instant.
func TestValidityIsADayOrAnInstant(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"2026-12-15"`:                "2026-12-15T16:59:59.999999Z",
		`"2026-12-15T10:00:00+07:00"`: "2026-12-15T03:00:00Z",
	} {
		var until inquiry.Until
		require.NoError(t, json.Unmarshal([]byte(text), &until))
		require.Equal(t, want, until.UTC().Format(time.RFC3339Nano))
	}
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	asked := m.placed(buyer, m.demand(quantity.Of(10)))
	for text, want := range map[string]*fault.Definition{`"next week"`: inquiry.ErrNeitherDayNorTime, `"2020-01-01"`: inquiry.ErrValidityPast} {
		quote := inquiry.NewQuote{Quantity: quantity.Of(1), PriceVND: 1, DeliverOn: m.today.AddDays(3)}
		require.NoError(t, json.Unmarshal([]byte(text), &quote.ValidUntil))
		_, err := m.Quote(context.Background(), producer, asked.ID, quote)
		require.ErrorIs(t, err, want)
	}
}
