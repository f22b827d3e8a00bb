package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/reference"
)

// demonstrationPassword is that of the demonstration's sign-ins.
const demonstrationPassword = "demonstration-only"

// as signs somebody of the demonstration in and returns a function that sends requests.
func (s *served) as(t testing.TB, login string) func(method, path string, body, answer any) int {
	t.Helper()
	token := s.signIn(t, login, demonstrationPassword)
	return func(method, path string, body, answer any) int {
		t.Helper()
		return s.call(t, token, method, path, body, answer)
	}
}

type object = map[string]any

// A whole deal through the real program: found without marks, asked, quoted, awarded, delivered,
// received, and seen by the official to the gram. The server is shared: the buyer is this test's own,
// and the official looks at its volumes alone.
func TestWholeDealThroughTheProgram(t *testing.T) {
	t.Parallel()
	s := demonstrated(t)
	producer, official := s.as(t, "producer@ocop.example"), s.as(t, "official.tphcm@ocop.example")
	var me, own struct{ Organisation struct{ ID string } }
	require.Equal(t, http.StatusCreated, s.call(t, "", http.MethodPost, "/v1/registrations", object{
		"organisation": object{"kind": "buyer", "name": "Bếp ăn thử (hư cấu)", "buyer_kind": "caterer", "commune_code": "25747"},
		"user":         object{"name": "Người thử", "email": "whole.deal@ocop.example", "password": demonstrationPassword},
	}, &own))
	require.Equal(t, http.StatusOK, official(http.MethodPost, "/v1/organisations/"+own.Organisation.ID+"/approve", nil, nil))
	buyer := s.as(t, "whole.deal@ocop.example")
	today := reference.Day(time.Now())
	from := today.AddDays(3)
	volumes := "/v1/volumes?by=line,month&line=black_tiger_shrimp&buyer=" + own.Organisation.ID + "&from=" + from.String() + "&to=" + from.String()
	delivered := "/v1/volumes?by=line,month&line=black_tiger_shrimp&buyer=" + own.Organisation.ID + "&from=" + today.String() + "&to=" + today.String()

	require.Equal(t, http.StatusOK, producer(http.MethodGet, "/v1/me", nil, &me))
	var found struct {
		Items []struct {
			ID     string
			Offers []struct{ ID string }
		}
	}
	search := "/v1/products?q=" + url.QueryEscape("tom su") + "&scheme=ASC_FARM&producer=" + me.Organisation.ID
	require.Equal(t, http.StatusOK, buyer(http.MethodGet, search, nil, &found))
	require.NotEmpty(t, found.Items)
	require.NotEmpty(t, found.Items[0].Offers)

	var asked struct {
		ID, State string
		Lines     []struct{ ID string }
	}
	require.Equal(t, http.StatusCreated, buyer(http.MethodPost, "/v1/inquiries", object{
		"visibility": "direct", "quotes_due_at": time.Now().Add(time.Hour), "deliver_to": object{"commune_code": "25747", "note": "cửa 2"},
		"lines": []object{{
			"product_id": found.Items[0].ID, "quantity": "123.456", "unit": "kg", "schemes": []string{"ASC_FARM"},
			"deliver_from": from, "deliver_to": from.AddDays(5),
		}},
	}, &asked))
	require.Equal(t, "open", asked.State)

	var quote struct {
		ID     string
		Claims []string
	}
	require.Equal(t, http.StatusCreated, producer(http.MethodPost, "/v1/inquiries/"+asked.ID+"/quotes",
		object{"quantity": 200, "price_vnd": 250_000, "deliver_on": from}, &quote))
	require.Contains(t, quote.Claims, "ASC_FARM")

	var awards struct{ Awards []struct{ ID, State string } }
	allocate := object{"allocations": []object{{"quote_id": quote.ID, "quantity": "123.456"}}}
	require.Equal(t, http.StatusCreated, buyer(http.MethodPost, "/v1/inquiries/"+asked.ID+"/awards", allocate, &awards))
	var refusal struct{ Code string }
	require.Equal(t, http.StatusConflict, buyer(http.MethodPost, "/v1/inquiries/"+asked.ID+"/awards", allocate, &refusal))

	var sent struct{ ID string }
	require.Equal(t, http.StatusCreated, producer(http.MethodPost, "/v1/awards/"+awards.Awards[0].ID+"/deliveries",
		object{"quantity": "123.456", "unit": "kg", "lot": "L-1"}, &sent))
	var received struct {
		State    string
		Received struct {
			ValueVND int64 `json:"value_vnd"`
		}
	}
	require.Equal(t, http.StatusOK, buyer(http.MethodPost, "/v1/deliveries/"+sent.ID+"/receive",
		object{"accepted": "120.001", "rejected": "3.4", "loss": "0.055", "reasons": []string{"wrong_size"}}, &received))
	require.Equal(t, "received", received.State)
	require.EqualValues(t, 30_000_250, received.Received.ValueVND)

	require.Equal(t, int64(123_456), volume(t, official, volumes, "awarded"))
	require.Equal(t, int64(120_001), volume(t, official, delivered, "delivered"))
}

// volume adds up a column of the official's table, in thousandths.
func volume(t testing.TB, official func(method, path string, body, answer any) int, path, column string) int64 {
	t.Helper()
	var table struct{ Rows []map[string]any }
	require.Equal(t, http.StatusOK, official(http.MethodGet, path, nil, &table))
	var sum int64
	for _, row := range table.Rows {
		text, _ := row[column].(string)
		whole, fraction, _ := strings.Cut(text, ".")
		var thousandths int64
		_, err := fmt.Sscan(whole+(fraction + "000")[:3], &thousandths)
		require.NoError(t, err, text)
		sum += thousandths
	}
	return sum
}
