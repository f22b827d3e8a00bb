package main

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/reference"
)

// Promise 1 through the program: 200 awards of random size, at once and to two processes, on one
// offer. What was answered 201 is what is committed, never more than the offer, and what is left
// would not have served the smallest refusal.
func TestTwoProcessesNeverExceedAnOffer(t *testing.T) {
	t.Parallel()
	first := demonstrated(t)
	second := serve(t, first.data, []string{"OCOP_RATE_LIMIT=-1"})
	require.NoError(t, second.ready())
	const supply = 1000 // kg
	offer, producer := offered(t, first, supply)
	token := first.signIn(t, "buyer2@ocop.example", demonstrationPassword)
	inquiry, quote := quotedFor(t, first, token, producer, offer)

	random := rand.New(rand.NewPCG(11, 7))
	var mutex sync.Mutex
	accepted, smallestRefusal := 0, supply+1
	var group sync.WaitGroup
	for n := range 200 {
		amount := random.IntN(40) + 1
		process := []*served{first, second}[n%2]
		group.Go(func() {
			status := process.call(t, token, http.MethodPost, "/v1/inquiries/"+inquiry+"/awards",
				object{"allocations": []object{{"quote_id": quote, "quantity": strconv.Itoa(amount)}}}, nil)
			mutex.Lock()
			defer mutex.Unlock()
			switch status {
			case http.StatusCreated:
				accepted += amount
			case http.StatusConflict:
				smallestRefusal = min(smallestRefusal, amount)
			default:
				t.Errorf("award: %d", status)
			}
		})
	}
	group.Wait()
	var left struct{ Committed, Remaining string }
	require.Equal(t, http.StatusOK, producer(http.MethodGet, "/v1/offers/"+offer, nil, &left))
	require.Equal(t, strconv.Itoa(accepted), left.Committed)
	require.Equal(t, strconv.Itoa(supply-accepted), left.Remaining)
	require.LessOrEqual(t, accepted, supply)
	require.Less(t, supply-accepted, smallestRefusal)
}

// offered opens an offer of the demonstration's shrimp producer and returns it with the producer.
func offered(t *testing.T, s *served, kilograms int) (string, func(method, path string, body, answer any) int) {
	t.Helper()
	producer := s.as(t, "producer@ocop.example")
	today := reference.Day(time.Now())
	var products struct{ Items []struct{ ID string } }
	require.Equal(t, http.StatusOK, producer(http.MethodGet, "/v1/products?mine=true", nil, &products))
	var offer struct{ ID string }
	require.Equal(t, http.StatusCreated, producer(http.MethodPost, "/v1/offers", object{
		"product_id": products.Items[0].ID, "available_from": today, "available_to": today.AddDays(30), "quantity": kilograms, "unit": "kg",
		"min_order": 0, "price_tiers": []object{{"from_quantity": 0, "price_vnd": 300_000}}, "price_visibility": "on_request",
	}, &offer))
	return offer.ID, producer
}

// quotedFor asks for more than there is and lets the producer quote all of it from the offer.
func quotedFor(t *testing.T, s *served, buyer string, producer func(method, path string, body, answer any) int, offer string) (inquiry, quote string) {
	t.Helper()
	day := reference.Day(time.Now()).AddDays(5)
	var asked, answered struct{ ID string }
	require.Equal(t, http.StatusCreated, s.call(t, buyer, http.MethodPost, "/v1/inquiries", object{
		"visibility": "open", "quotes_due_at": time.Now().Add(time.Hour), "deliver_to": object{"commune_code": "25747"},
		"lines": []object{{"line": "black_tiger_shrimp", "quantity": 100_000, "unit": "kg", "deliver_from": day, "deliver_to": day}},
	}, &asked))
	require.Equal(t, http.StatusCreated, producer(http.MethodPost, "/v1/inquiries/"+asked.ID+"/quotes",
		object{"offer_id": offer, "quantity": 100_000, "price_vnd": 300_000, "deliver_on": day, "reserve": false}, &answered))
	return asked.ID, answered.ID
}
