package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/web"
)

// accessMatrix says, for every route and every kind of caller, what answer the caller gets:
//
//	.  it is the caller's business: done, or refused for another reason than who asks
//	1  401, sign in first
//	3  403, the wrong role
//	4  404, somebody else's: to this caller it does not exist
//
// The things asked for belong to producer or buyer; producer2 and buyer2 are the strangers.
//
//go:embed testdata/access.txt
var accessMatrix string

// TestEveryRouteKnowsItsCallers asks every route as every caller. A route without an entry in the
// matrix fails, and so does an entry without a route.
func TestEveryRouteKnowsItsCallers(t *testing.T) {
	t.Parallel()
	stage := newStage(t)
	routes := make(map[string]web.Operation)
	for _, route := range stage.api.Routes() {
		routes[route.ID] = route
	}
	for _, row := range matrixRows(t) {
		route, ok := routes[row.operation]
		require.True(t, ok, "%s is in the matrix and not in the router", row.operation)
		delete(routes, row.operation)
		var got strings.Builder
		for _, caller := range callers() {
			got.WriteByte(symbol(stage.ask(t, route, caller)))
		}
		if got.String() != row.cells {
			t.Errorf("%-28s want %s, got %s (of %v)", row.operation, row.cells, got.String(), callers())
		}
	}
	for id := range routes {
		t.Errorf("%s has no entry in testdata/access.txt", id)
	}
}

type matrixRow struct{ operation, cells string }

// matrixRows reads the matrix, whose order is the order of asking: what ends things comes last.
func matrixRows(t *testing.T) []matrixRow {
	t.Helper()
	var rows []matrixRow
	lines := bufio.NewScanner(strings.NewReader(accessMatrix))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Fields(line)
		require.Len(t, fields, 1+len(callers()), line)
		rows = append(rows, matrixRow{operation: fields[0], cells: strings.Join(fields[1:], "")})
	}
	require.NoError(t, lines.Err())
	return rows
}

func symbol(status int) byte {
	switch status {
	case http.StatusUnauthorized:
		return '1'
	case http.StatusForbidden:
		return '3'
	case http.StatusNotFound:
		return '4'
	case http.StatusInternalServerError:
		return '!'
	default:
		return '.'
	}
}

// ask sends the route's request as the caller and returns the status.
func (s *stage) ask(t *testing.T, route web.Operation, caller string) int {
	t.Helper()
	path := route.Path
	for parameter, id := range s.idsFor(route) {
		path = strings.ReplaceAll(path, "{"+parameter+"}", id)
	}
	body, contentType := formFor(route.ID)
	if sent := cmp.Or(s.bodies[route.ID], s.bodyFor(route.ID)); sent != "" {
		body, contentType = strings.NewReader(sent), "application/json"
	}
	request := httptest.NewRequestWithContext(context.Background(), route.Method, path, body)
	request.RemoteAddr = fmt.Sprintf("127.0.0.%d:1", 10+len(caller))
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	request.Header.Set("If-Match", "*")
	if token := s.tokens[caller]; token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer := httptest.NewRecorder()
	s.api.Handler().ServeHTTP(answer, request)
	if answer.Code >= http.StatusBadRequest && bytes.Contains(answer.Body.Bytes(), []byte("pq:")) {
		t.Errorf("%s tells of the database: %s", route.ID, answer.Body)
	}
	return answer.Code
}
