package monitor_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
)

// listener hears a stream of changes from a real server.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
	close func()
}

func (b *testBundle) listen(t *testing.T, address, who, last string) *listener {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/v1/stream", http.NoBody)
	require.NoError(t, err)
	request.Header.Set("Authorization", who)
	if last != "" {
		request.Header.Set("Last-Event-ID", last)
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "text/event-stream", answer.Header.Get("Content-Type"))
	closing := func() { cancel(); _ = answer.Body.Close() }
	t.Cleanup(closing)
	return &listener{t: t, lines: bufio.NewScanner(answer.Body), close: closing}
}

// next waits for an event.
func (l *listener) next() (event, id, data string) {
	l.t.Helper()
	for l.lines.Scan() {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch name {
		case "event":
			event = value
		case "id":
			id = value
		case "data":
			data = value
		case "":
			if event != "" {
				return event, id, data
			}
		}
	}
	require.NoError(l.t, l.lines.Err())
	require.Fail(l.t, "the stream ended")
	return "", "", ""
}

func TestChangesAreHeardAsTheyHappen(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	server := httptest.NewServer(b.handler)
	t.Cleanup(server.Close)
	hearing := b.listen(t, server.URL, "official.tphcm", "")
	event, begin, _ := hearing.next()
	require.Equal(t, "here", event)

	s := shrimpSale(30)
	b.record(t, s)
	require.NoError(t, b.App.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		return identity.RecordTx(ctx, tx, b.cast["administrator"], "certificate.submitted", identity.Subject{Kind: "certificate", ID: newID()}, nil)
	}))
	b.seal(t)
	event, heard, data := hearing.next()
	require.Equal(t, "changes", event)
	require.Contains(t, data, `{"line":"black_tiger_shrimp","month":"2026-03"}`)
	for data != "" && !strings.Contains(data, "certificate.submitted") { // sealed apart, so perhaps told apart
		_, heard, data = hearing.next()
	}
	for _, secret := range []string{s.goods.ProducerID.String(), s.goods.BuyerID.String(), "250000", "value"} {
		require.NotContains(t, data, secret)
	}
	hearing.close()

	// Who comes back goes on where they were: nothing is missed and nothing told twice.
	s = shrimpSale(10)
	s.goods.Line, s.goods.Form = "rice", "milled"
	b.record(t, s)
	b.seal(t)
	_, last, data := b.listen(t, server.URL, "official.tphcm", heard).next()
	require.Contains(t, data, `"rice"`)
	require.NotContains(t, data, "black_tiger_shrimp")
	_, _, data = b.listen(t, server.URL, "official.tphcm", begin).next()
	require.Contains(t, data, "black_tiger_shrimp")
	require.Contains(t, data, "rice")

	for _, lost := range []string{"x", "99999999-0", "-1-0"} {
		event, _, _ = b.listen(t, server.URL, "official.tphcm", lost).next()
		require.Equal(t, "reset", event, lost)
	}
	place, read := monitor.ParsePlace(last)
	require.True(t, read)
	require.Equal(t, last, place.String())
}

func TestWhoMayHearChanges(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	server := httptest.NewServer(b.handler)
	t.Cleanup(server.Close)
	for who, expected := range map[string]int{"anonymous": 401, "producer": 403, "buyer": 403, "key.trade": 403, "applicant": 403} {
		status, _ := b.code(t, who, "/v1/stream")
		require.Equal(t, expected, status, who)
	}
	for range 10 {
		b.listen(t, server.URL, "official.camau", "")
	}
	status, code := b.code(t, "official.camau", "/v1/stream")
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Equal(t, "too_many_streams", code)
	b.listen(t, server.URL, "official.tphcm", "")
}
