package main

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/reference"
)

// seeds are how many random courses each test here takes: a few with the others, twenty by
// `make concurrency`.
func seeds(t *testing.T) []uint64 {
	t.Helper()
	count := 2
	if wanted := os.Getenv("OCOP_TEST_SEEDS"); wanted != "" {
		var err error
		count, err = strconv.Atoi(wanted)
		require.NoError(t, err)
	}
	list := make([]uint64, count)
	for at := range list {
		list[at] = uint64(at) + 1
	}
	return list
}

// crowd is an offer that two processes sell, and what was answered.
type crowd struct {
	t               *testing.T
	processes       []*served
	token           string
	offer           string
	inquiry         string
	quote           string
	producer        func(method, path string, body, answer any) int
	random          *rand.Rand
	mutex           sync.Mutex
	accepted        int
	smallestRefusal int
	awards          []string
}

const crowdSupply = 1000 // kg

func gather(t *testing.T, seed uint64) *crowd {
	t.Helper()
	first := demonstrated(t)
	second := serve(t, first.data, []string{"OCOP_RATE_LIMIT=-1"})
	require.NoError(t, second.ready())
	c := &crowd{
		t: t, processes: []*served{first, second}, token: first.signIn(t, "buyer2@ocop.example", demonstrationPassword),
		random: rand.New(rand.NewPCG(seed, 7)), smallestRefusal: crowdSupply + 1,
	}
	return c
}

// begin opens a new offer and has it quoted.
func (c *crowd) begin() {
	c.accepted, c.smallestRefusal, c.awards = 0, crowdSupply+1, nil
	c.offer, c.producer = offered(c.t, c.processes[0], crowdSupply)
	c.inquiry, c.quote = quotedFor(c.t, c.processes[0], c.token, c.producer, c.offer)
}

// award asks a process for so many kilograms; whatever is neither an award nor a refusal fails.
func (c *crowd) award(process, amount int) {
	var answer struct {
		Code   string
		Awards []struct{ ID string }
	}
	status := c.processes[process].call(c.t, c.token, http.MethodPost, "/v1/inquiries/"+c.inquiry+"/awards",
		object{"allocations": []object{{"quote_id": c.quote, "quantity": strconv.Itoa(amount)}}}, &answer)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	switch {
	case status == http.StatusCreated:
		c.accepted += amount
		c.awards = append(c.awards, answer.Awards[0].ID)
	case status == http.StatusConflict && answer.Code == "offer_exhausted":
		c.smallestRefusal = min(c.smallestRefusal, amount)
	default:
		c.t.Errorf("award: %d %s", status, answer.Code)
	}
}

// offerStanding is what the producer reads of its offer, kg.
type offerStanding struct{ Quantity, Committed, Remaining float64 }

func (c *crowd) look() offerStanding {
	var text struct{ Quantity, Committed, Remaining string }
	require.Equal(c.t, http.StatusOK, c.producer(http.MethodGet, "/v1/offers/"+c.offer, nil, &text))
	var standing offerStanding
	var wrong [3]error
	standing.Quantity, wrong[0] = strconv.ParseFloat(text.Quantity, 64)
	standing.Committed, wrong[1] = strconv.ParseFloat(text.Committed, 64)
	standing.Remaining, wrong[2] = strconv.ParseFloat(text.Remaining, 64)
	require.NoError(c.t, errors.Join(wrong[:]...))
	return standing
}

// watched looks at the offer all the while: at no moment is more committed than there is.
func (c *crowd) watched(work func()) {
	done := make(chan struct{})
	var watch sync.WaitGroup
	looks := 0
	watch.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			now := c.look()
			looks++
			if now.Committed > now.Quantity || now.Remaining < 0 || now.Committed < 0 || now.Committed+now.Remaining > now.Quantity {
				c.t.Errorf("an offer that stands wrong: %+v", now)
				return
			}
		}
	})
	work()
	close(done)
	watch.Wait()
	require.Positive(c.t, looks)
}

// Promise 1 through the program: 200 awards of random size, at once and to two processes, on one
// offer. What was answered 201 is what is committed, never more than the offer, and what is left
// would not have served the smallest refusal.
func TestTwoProcessesNeverExceedAnOffer(t *testing.T) {
	t.Parallel()
	for _, seed := range seeds(t) {
		c := gather(t, seed)
		c.begin()
		amounts := make([]int, 200)
		for n := range amounts {
			amounts[n] = c.random.IntN(40) + 1
		}
		c.watched(func() {
			var group sync.WaitGroup
			for n, amount := range amounts {
				group.Go(func() { c.award(n%2, amount) })
			}
			group.Wait()
		})
		left := c.look()
		require.InDelta(t, c.accepted, left.Committed, 0, "seed %d", seed)
		require.InDelta(t, crowdSupply-c.accepted, left.Remaining, 0, "seed %d", seed)
		require.LessOrEqual(t, c.accepted, crowdSupply)
		require.Less(t, crowdSupply-c.accepted, c.smallestRefusal, "seed %d", seed)
		c.disperse()
	}
}

// The same while the producer changes the quantity, awards are cancelled, and quotes that hold
// volume come and run out: never negative, never above, and every refusal says why.
func TestNothingIsPromisedTwiceWhileEverythingMoves(t *testing.T) {
	t.Parallel()
	for _, seed := range seeds(t) {
		c := gather(t, seed)
		c.begin()
		courses := []func(random *rand.Rand){c.buys, c.buys, c.buys, c.cancels, c.resizes, c.holds}
		c.watched(func() {
			var group sync.WaitGroup
			for n, course := range courses {
				random := rand.New(rand.NewPCG(seed, uint64(n)+100))
				group.Go(func() {
					for range 35 {
						course(random)
					}
				})
			}
			group.Wait()
		})
		c.disperse()
	}
}

func (c *crowd) buys(random *rand.Rand) { c.award(random.IntN(2), random.IntN(60)+1) }

// cancels takes back an award that was made; there is none at times.
func (c *crowd) cancels(random *rand.Rand) {
	c.mutex.Lock()
	if len(c.awards) == 0 {
		c.mutex.Unlock()
		return
	}
	at := random.IntN(len(c.awards))
	award := c.awards[at]
	c.awards = append(c.awards[:at], c.awards[at+1:]...)
	c.mutex.Unlock()
	status := c.processes[random.IntN(2)].call(c.t, c.token, http.MethodPost, "/v1/awards/"+award+"/cancel", object{}, nil)
	if status != http.StatusOK {
		c.t.Errorf("cancel: %d", status)
	}
}

// resizes says that there is more, or less.
func (c *crowd) resizes(random *rand.Rand) {
	var answer struct{ Code string }
	status := c.producer(http.MethodPatch, "/v1/offers/"+c.offer, object{"quantity": strconv.Itoa(200 + random.IntN(crowdSupply))}, &answer)
	if status != http.StatusOK && (status != http.StatusConflict || answer.Code != "offer_below_commitments") {
		c.t.Errorf("resize: %d %s", status, answer.Code)
	}
}

// holds quotes on an inquiry of its own, holding volume for a moment.
func (c *crowd) holds(random *rand.Rand) {
	day := reference.Day(time.Now()).AddDays(5)
	var asked, answer struct{ ID, Code string }
	status := c.processes[random.IntN(2)].call(c.t, c.token, http.MethodPost, "/v1/inquiries", object{
		"visibility": "open", "quotes_due_at": time.Now().Add(time.Hour), "deliver_to": object{"commune_code": "25747"},
		"lines": []object{{"line": "black_tiger_shrimp", "quantity": 100, "unit": "kg", "deliver_from": day, "deliver_to": day}},
	}, &asked)
	if status != http.StatusCreated {
		c.t.Errorf("place: %d %s", status, asked.Code)
		return
	}
	status = c.producer(http.MethodPost, "/v1/inquiries/"+asked.ID+"/quotes", object{
		"offer_id": c.offer, "quantity": 1 + random.IntN(100), "price_vnd": 300_000, "deliver_on": day, "reserve": true,
		"valid_until": time.Now().Add(2 * time.Second),
	}, &answer)
	// On a machine that is busy enough the two seconds are over before anybody looks at the quote.
	late := status == http.StatusUnprocessableEntity && answer.Code == "validity_past"
	if status != http.StatusCreated && !late && (status != http.StatusConflict || answer.Code != "offer_exhausted") {
		c.t.Errorf("quote: %d %s", status, answer.Code)
	}
}

// disperse stops the second process; the ledger of the first must still add up.
func (c *crowd) disperse() {
	require.NoError(c.t, c.processes[1].stop())
	doctor := ocop(c.t, c.processes[0].settings(), "", "doctor")
	require.Zero(c.t, doctor.code, doctor.out+doctor.errors)
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
