package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// untrailed are the routes that leave nothing in the audit trail though an official asked with success, and why.
func untrailed() map[string]string { return map[string]string{} }

// unreached are the routes on which no official succeeds on the stage, and why; where a decision is made there,
// the test that sees it in the trail is named.
func unreached() map[string]string {
	const oneself = "it concerns the person, whoever they work for, and is no act of an office"
	return map[string]string{
		"decline-invitation": oneself, "accept-invitation": oneself, "found-organisation": oneself, "act-for": oneself, "read-notice": oneself,
	}
}

// walks are the orders in which routes are asked, each on a stage of its own: that of the matrix first, then
// what it ends before its turn.
func walks(t *testing.T) [][]string {
	t.Helper()
	var all []string
	for _, row := range matrixRows(t) {
		all = append(all, row.operation)
	}
	return [][]string{
		all,
		{"verify-certificate", "record-surveillance", "revoke-certificate", "approve-green-tick", "report-green-tick", "clear-green-tick", "reject-organisation", "cancel-trade-event"},
		{"refuse-green-tick"},
		inOffice(),
	}
}

// trailBodies are requests that the stage's officials can succeed with.
func trailBodies(s *stage) map[string]string {
	today := reference.Day(time.Now())
	producer, buyer := s.who["producer"].OrganisationID, s.who["buyer"].OrganisationID
	return map[string]string{
		"make-report": `{}`, "report-green-tick": `{"reason": "thử"}`, "refuse-green-tick": `{"reason": "thử"}`,
		"confirm-green-tick": `{"reason": "thử"}`, "lift-green-tick": `{"reason": "thử"}`,
		"declare-volume": fmt.Sprintf(`{"organisation_id": %q, "month": %q, "line": "rice", "form": "milled", "quantity": "1", "unit": "kg", "channel": "other", "source": "thử"}`,
			producer, today.String()[:7]),
		"record-memorandum": fmt.Sprintf(`{"producer": {"id": %q}, "buyer": {"id": %q}, "signed_on": %q, "term_from": %q, "term_to": %q,
			"lines": [{"line": "rice", "quantity": "1", "unit": "kg"}]}`, producer, buyer, today, today, today.AddDays(9)),
	}
}

// Everything an official does is in the audit trail, by that official: every route that officials may call and
// that changes something is called until it succeeds, and then an event was written, by a job where it is
// a job's.
func TestEverythingAnOfficialDoesIsInTheTrail(t *testing.T) {
	t.Parallel()
	missing := map[string]bool{}
	for at, walk := range walks(t) {
		stage := newStage(t)
		stage.bodies = trailBodies(stage)
		if slices.Equal(walk, inOffice()) {
			stage.offices(t)
		}
		routes := make(map[string]web.Operation)
		for _, route := range stage.api.Routes() {
			routes[route.ID] = route
		}
		for _, operation := range walk {
			route := routes[operation]
			groups := route.Access.Groups
			if route.Method == http.MethodGet || route.Access.Anonymous || len(groups) > 0 && !slices.Contains(groups, "official") {
				continue
			}
			switch done := stage.leavesATrail(t, route); {
			case done:
				delete(missing, operation)
			case at == 0:
				missing[operation] = true
			}
		}
	}
	known := unreached()
	for operation := range missing {
		if known[operation] == "" {
			t.Errorf("%s: no official succeeds on the stage", operation)
		}
		delete(known, operation)
	}
	require.Empty(t, known, "these are reached: no exception is needed")
}

// leavesATrail has officials ask until one succeeds, and looks for an event of that one's.
func (s *stage) leavesATrail(t *testing.T, route web.Operation) bool {
	t.Helper()
	events := func(who identity.Principal) (count int) {
		require.NoError(t, s.house.db.Get(t.Context(), &count, `SELECT count(*) FROM identity.audit_events WHERE actor_id = $1`, who.UserID))
		return count
	}
	for _, caller := range []string{"camau", "tphcm"} {
		before := events(s.who[caller])
		status := s.ask(t, route, caller)
		if status >= http.StatusMultipleChoices {
			continue
		}
		if status == http.StatusAccepted {
			require.NoError(t, jobs.Drain(t.Context(), s.house.db, allJobs(s.house)))
		}
		if events(s.who[caller]) == before && untrailed()[route.ID] == "" {
			t.Errorf("%s as %s left nothing in the audit trail", route.ID, caller)
		}
		return true
	}
	return false
}
