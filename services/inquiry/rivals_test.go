package inquiry_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// answers collects as JSON whatever a producer can be answered about an inquiry on which it quoted.
func (m *market) answers(who identity.Principal, asked uuid.UUID, own inquiry.Quote) []string {
	m.t.Helper()
	ctx := context.Background()
	var texts []string
	kept := func(answer any, err error) {
		if refusal, ok := fault.From(err); ok {
			answer = map[string]any{"code": refusal.Code, "params": refusal.Params, "fields": refusal.Fields}
		} else {
			require.NoError(m.t, err)
		}
		text, err := json.Marshal(answer)
		require.NoError(m.t, err)
		texts = append(texts, string(text))
	}
	page := inquiry.Page{Limit: 100}
	one, err := m.Get(ctx, who, asked)
	kept(one, err)
	list, err := m.List(ctx, who, page)
	require.NoError(m.t, err)
	for _, listed := range list {
		if listed.ID == asked {
			kept(listed, nil)
		}
	}
	quotes, err := m.Quotes(ctx, who, asked, page)
	kept(quotes, err)
	count, err := m.CountQuotes(ctx, who, asked)
	kept(count, err)
	read, err := m.GetQuote(ctx, who, own.ID)
	kept(read, err)
	mine, err := m.OwnQuotes(ctx, who, page)
	require.NoError(m.t, err)
	for _, quote := range mine {
		if quote.InquiryID == asked {
			kept(quote, nil)
		}
	}
	questions, err := m.Questions(ctx, who, asked, page)
	kept(questions, err)
	awards, err := m.Awards(ctx, who, asked, page)
	kept(awards, err)
	declined, err := m.Decline(ctx, who, asked, "")
	kept(declined, err)
	again, err := m.Quote(ctx, who, asked, inquiry.NewQuote{OfferID: own.OfferID, Quantity: quantity.Of(1), PriceVND: 1, DeliverOn: own.DeliverOn, Reserve: new(false)})
	kept(again, err)
	confirmed, err := m.Confirm(ctx, who, own.ID)
	kept(confirmed, err)
	revised, err := m.Revise(ctx, who, own.ID, inquiry.NewQuote{Quantity: quantity.Of(9), PriceVND: 1, DeliverOn: own.DeliverOn, Reserve: new(false)})
	kept(revised, err)
	return texts
}

var (
	anyID   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	anyTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)`)
)

// unnamed replaces ids by the order in which they are met, and instants by nothing but that they are.
func unnamed(texts []string) []string {
	seen := make(map[string]string)
	plain := make([]string, len(texts))
	for at, text := range texts {
		text = anyID.ReplaceAllStringFunc(text, func(id string) string {
			if seen[id] == "" {
				seen[id] = fmt.Sprintf("#%d", len(seen)+1)
			}
			return seen[id]
		})
		plain[at] = anyTime.ReplaceAllString(text, "time")
	}
	return plain
}

// Whatever rivals do, a producer is answered as if it had none: every field of every answer, refusals
// too, is the same on two inquiries of which one has rivals that quote, revise, withdraw, decline, ask
// and are in a round. And no answer holds anything that is a rival's.
func TestAnswersAreTheSameWithoutRivals(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, test := range map[string]struct{ sealed, over bool }{"open": {}, "sealed": {true, false}, "deadline over": {false, true}} {
		m := newMarket(t)
		buyer, me := m.organisation(identity.Buyer), m.organisation(identity.Producer)
		rivals := []identity.Principal{m.organisation(identity.Producer), m.organisation(identity.Producer), m.organisation(identity.Producer)}
		demand := m.demand(quantity.Of(100))
		demand.QuotesSealed = test.sealed
		contested, alone := m.placed(buyer, demand), m.placed(buyer, demand)
		product := m.shrimp(me, "iced").ID
		var own []inquiry.Quote
		for _, asked := range []inquiry.Inquiry{contested, alone} {
			own = append(own, m.quote(me, asked, m.offer(me, product, quantity.Of(1000)), quantity.Of(10), 250_000))
		}
		var secrets []string
		for at, rival := range rivals {
			goods := m.shrimp(rival, "iced")
			quote := m.quote(rival, contested, m.offer(rival, goods.ID, quantity.Of(1000)), quantity.Of(77), 777_777)
			revised, err := m.Revise(ctx, rival, quote.ID, inquiry.NewQuote{Quantity: quantity.Of(77), PriceVND: 777_777, DeliverOn: m.today.AddDays(5), Reserve: new(false)})
			require.NoError(t, err)
			_, err = m.Ask(ctx, rival, contested.ID, "hỏi 777")
			require.NoError(t, err)
			if at == 2 {
				_, err = m.Withdraw(ctx, rival, revised.ID)
				require.NoError(t, err)
				_, err = m.Decline(ctx, rival, contested.ID, "hết")
				require.NoError(t, err)
			}
			secrets = append(secrets, rival.OrganisationID.String(), rival.UserID.String(), quote.ID.String(), revised.ID.String(), goods.ID.String(),
				revised.OfferID.String(), revised.Producer.Name)
		}
		if test.over {
			m.over(contested.ID)
			m.over(alone.ID)
			_, err := m.OpenRound(ctx, buyer, contested.ID, inquiry.NewRound{Until: time.Now().Add(time.Hour), Producers: []uuid.UUID{rivals[0].OrganisationID}})
			require.NoError(t, err)
		}
		with, without := m.answers(me, contested.ID, own[0]), m.answers(me, alone.ID, own[1])
		require.Equal(t, unnamed(without), unnamed(with), name)
		for _, text := range with {
			for _, secret := range secrets {
				require.NotContains(t, text, secret, name)
			}
			require.NotContains(t, anyTime.ReplaceAllString(anyID.ReplaceAllString(text, ""), ""), "777", name)
		}
	}
}
