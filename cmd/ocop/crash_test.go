package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/reference"
)

// Promise 2: a server is killed while inquiries pour in. Every acknowledged one is there once, and
// what was not acknowledged can be sent again with its key and happens once too.
func TestKilledServerLosesNothing(t *testing.T) {
	t.Parallel()
	first := demonstrated(t)
	second := serve(t, first.data, []string{"OCOP_RATE_LIMIT=-1"})
	require.NoError(t, second.ready())
	token := first.signIn(t, "buyer2@ocop.example", demonstrationPassword)
	note := fmt.Sprintf("kho-%d", time.Now().UnixNano())

	var mutex sync.Mutex
	acknowledged := make(map[string]string)
	var tried []string
	var group sync.WaitGroup
	begun := time.Now()
	for client := range 8 {
		group.Go(func() {
			for n := 0; time.Since(begun) < 20*time.Second; n++ {
				key := fmt.Sprintf("%s-%d-%d", note, client, n)
				mutex.Lock()
				tried = append(tried, key)
				mutex.Unlock()
				id, status, err := place(second.address, token, key, note)
				if err != nil {
					return // the server is gone
				}
				if status != http.StatusCreated {
					t.Errorf("place: %d", status)
					return
				}
				mutex.Lock()
				acknowledged[key] = id
				mutex.Unlock()
			}
		})
	}
	require.Eventually(t, func() bool {
		mutex.Lock()
		defer mutex.Unlock()
		return len(acknowledged) >= 100
	}, 15*time.Second, 5*time.Millisecond)
	require.NoError(t, second.cmd.Process.Kill())
	<-second.ended
	group.Wait()
	require.Greater(t, len(tried), len(acknowledged), "some must have been under way")

	for _, key := range tried {
		id, status, err := place(first.address, token, key, note)
		require.NoError(t, err)
		require.Equal(t, http.StatusCreated, status)
		if before, ok := acknowledged[key]; ok {
			require.Equal(t, before, id, "the same answer after the crash")
		}
	}
	require.Equal(t, len(tried), placedWith(t, first, token, note))
}

// place sends an inquiry with a key and returns its id.
func place(address, token, key, note string) (id string, status int, err error) {
	day := reference.Day(time.Now()).AddDays(5)
	body, err := json.Marshal(object{
		"visibility": "open", "quotes_due_at": day.In(reference.Zone()), "deliver_to": object{"commune_code": "25747", "note": note},
		"lines": []object{{"line": "rice", "quantity": "100", "unit": "kg", "deliver_from": day, "deliver_to": day}},
	})
	if err != nil {
		return "", 0, err
	}
	request, err := http.NewRequest(http.MethodPost, "http://"+address+"/v1/inquiries", bytes.NewReader(body))
	if err != nil {
		return "", 0, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return "", 0, err
	}
	var placed struct{ ID string }
	err = json.Unmarshal(text, &placed)
	return placed.ID, response.StatusCode, err
}

// placedWith counts the buyer's inquiries with a note, page by page.
func placedWith(t testing.TB, s *served, token, note string) int {
	t.Helper()
	count, cursor := 0, ""
	for {
		var page struct {
			Items []struct {
				DeliverTo struct{ Note string } `json:"deliver_to"`
			}
			NextCursor string `json:"next_cursor"`
		}
		require.Equal(t, http.StatusOK, s.call(t, token, http.MethodGet, "/v1/inquiries?limit=100&cursor="+cursor, nil, &page))
		for _, item := range page.Items {
			if item.DeliverTo.Note == note {
				count++
			}
		}
		if page.NextCursor == "" {
			return count
		}
		cursor = page.NextCursor
	}
}
