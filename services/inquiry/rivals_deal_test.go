package inquiry_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// won is a producer's part of an inquiry that was awarded to several, as far as a settled dispute.
type won struct {
	who      identity.Principal
	ids      things
	product  uuid.UUID
	offer    uuid.UUID
	code     string
	delivery inquiry.Delivery
}

// wins quotes, is awarded, delivers, is received, disputes and settles.
func (m *market) wins(buyer, producer identity.Principal, asked inquiry.Inquiry, amount quantity.Quantity, price money.VND, note string) won {
	m.t.Helper()
	ctx := context.Background()
	product := m.shrimp(producer, "iced").ID
	offer := m.offer(producer, product, quantity.Of(1000))
	quote, err := m.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
		LineID: asked.Lines[0].ID, OfferID: offer, Quantity: amount, PriceVND: price, DeliverOn: m.today.AddDays(5), Reserve: new(false), Note: note,
	})
	require.NoError(m.t, err)
	question, err := m.Ask(ctx, producer, asked.ID, "Giao mấy giờ?")
	require.NoError(m.t, err)
	awards, err := m.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: quote.ID, Quantity: amount}})
	require.NoError(m.t, err)
	sent, err := m.Deliver(ctx, producer, awards[0].ID, inquiry.Dispatch{Quantity: amount, Lot: "LO-" + note, Note: note, DispatchFacts: inquiry.DispatchFacts{Vehicle: "69C-" + note}})
	require.NoError(m.t, err)
	got, err := m.Receive(ctx, buyer, sent.ID, inquiry.Receipt{Accepted: amount - quantity.Of(1), Rejected: quantity.Of(1), Note: note})
	require.NoError(m.t, err)
	m.settled(buyer, producer, got.ID, inquiry.Receipt{Accepted: amount, Note: note})
	require.Equal(m.t, http.StatusOK, m.get(producer, "/v1/awards/"+awards[0].ID.String()+"/contract").Code)
	var code string
	require.NoError(m.t, m.db.Get(ctx, &code, `SELECT code FROM inquiry.contracts WHERE award_id = $1`, awards[0].ID))
	return won{
		who: producer, product: product, offer: offer, code: code, delivery: got,
		ids: things{
			"/v1/inquiries/": asked.ID, "/v1/quotes/": quote.ID, "/v1/awards/": awards[0].ID, "/v1/deliveries/": got.ID, "/v1/questions/": question.ID,
			"/v1/organisations/": producer.OrganisationID,
		},
	}
}

// secrets are what is this producer's alone. The inquiry is everybody's.
func (w won) secrets(name, note string) []string {
	all := []string{name, note, w.who.OrganisationID.String(), w.who.UserID.String(), w.product.String(), w.offer.String(), w.code}
	for prefix, id := range w.ids {
		if prefix != "/v1/inquiries/" && prefix != "/v1/questions/" {
			all = append(all, id.String())
		}
	}
	return all
}

// opened is a file's content as its reader sees it: what is packed is unpacked.
func opened(t *testing.T, content []byte) string {
	t.Helper()
	if !bytes.HasPrefix(content, []byte("PK")) {
		return string(content)
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	var all strings.Builder
	for _, file := range archive.File {
		part, err := file.Open()
		require.NoError(t, err)
		_, err = io.Copy(&all, part)
		require.NoError(t, err)
		require.NoError(t, part.Close())
	}
	return all.String()
}

// Two producers win parts of one inquiry, deliver, dispute and settle, and a third is declined. By every
// route that reads, asked with its own ids and with the others', in every answer, header and file, and in
// the paper of its award, none meets anything that is another's: no id, name, note, lot or code. Events
// tell each of the buyer alone.
func TestWinnersMeetNothingOfTheirRivals(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	demand := m.demand(quantity.Of(200))
	demand.InvitedProducers = []uuid.UUID{}
	first, second, loser := m.organisation(identity.Producer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	asked := m.placed(buyer, demand)
	declined := m.quote(loser, asked, m.offer(loser, m.shrimp(loser, "iced").ID, quantity.Of(1000)), quantity.Of(50), 888_888)
	winners := []won{m.wins(buyer, first, asked, quantity.Of(71), 717_171, "MỘT-7171"), m.wins(buyer, second, asked, quantity.Of(83), 838_383, "HAI-8383")}
	require.NoError(t, m.KeepRecords(ctx))
	_, err := m.Close(ctx, buyer, asked.ID, "another_chosen")
	require.NoError(t, err)

	names := make(map[uuid.UUID]string)
	for _, producer := range []identity.Principal{first, second, loser} {
		var name string
		require.NoError(t, m.db.Get(ctx, &name, `SELECT name FROM identity.organisations WHERE id = $1`, producer.OrganisationID))
		names[producer.OrganisationID] = name
	}
	secretsOf := func(producer identity.Principal) []string {
		for at, w := range winners {
			if w.who.OrganisationID == producer.OrganisationID {
				return append(w.secrets(names[producer.OrganisationID], []string{"MỘT-7171", "HAI-8383"}[at]), []string{"717171", "838383"}[at])
			}
		}
		return []string{names[loser.OrganisationID], loser.OrganisationID.String(), loser.UserID.String(), declined.ID.String(), declined.OfferID.String(), "888888"}
	}
	answers := 0
	for _, reader := range []identity.Principal{first, second, loser} {
		for _, rival := range []identity.Principal{first, second, loser} {
			if rival.OrganisationID == reader.OrganisationID {
				continue
			}
			for _, target := range winners {
				for path, answer := range m.read(reader, target) {
					answers++
					text := opened(t, answer.content) + answer.headers
					for _, secret := range secretsOf(rival) {
						if !strings.Contains(path, secret) { // a refusal repeats what was asked for
							require.NotContains(t, text, secret, "%s, read by %s", path, names[reader.OrganisationID])
						}
					}
				}
			}
		}
	}
	require.Greater(t, answers, 150)
	for at, w := range winners {
		var paper string
		require.NoError(t, m.db.Get(ctx, &paper, `SELECT facts FROM inquiry.contracts WHERE award_id = $1`, w.ids["/v1/awards/"]))
		check, err := m.CheckContract(ctx, w.code, inquiry.Reading{})
		require.NoError(t, err)
		for _, secret := range append(secretsOf(winners[1-at].who), secretsOf(loser)...) {
			require.NotContains(t, paper+fmt.Sprintf("%+v", check), secret, "what is on the paper")
		}
	}
	for event, subject := range map[string]uuid.UUID{inquiry.EventAnswered: winners[0].ids["/v1/questions/"], inquiry.EventCancelled: asked.ID, inquiry.EventAmended: asked.ID} {
		require.NoError(t, m.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
			news, err := inquiry.NewsTx(ctx, tx, event, subject)
			for _, one := range news {
				require.Equal(t, buyer.OrganisationID, one.PartyID, event)
			}
			return err
		}))
	}
}

// reading is an answer as it came.
type reading struct {
	content []byte
	headers string
}

// read asks every route of the service that reads, with the ids of one producer's deal.
func (m *market) read(reader identity.Principal, target won) map[string]reading {
	m.t.Helper()
	readings := make(map[string]reading)
	api := edge(m.Service, reader)
	for _, route := range api.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		id := uuid.New()
		for prefix, known := range target.ids {
			if strings.HasPrefix(route.Path, prefix) {
				id = known
			}
		}
		fill := strings.NewReplacer("{id}", id.String(), "{code}", "none", "{photo}", uuid.NewString(), "{link}", uuid.NewString(), "{size}", "thumb.jpg")
		path := fill.Replace(route.Path)
		answer := httptest.NewRecorder()
		api.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil))
		headers := fmt.Sprint(answer.Header())
		readings[path] = reading{answer.Body.Bytes(), headers}
	}
	return readings
}
