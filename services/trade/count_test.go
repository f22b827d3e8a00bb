package trade_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/trade"
)

// Every list says how many there are when it is asked, and counts what its reader would list page by page, no
// more: not the drafts, the declined, the meetings and the memoranda of others.
func TestListsAreCountedAsTheyAreRead(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge()
	event, people := m.announced()
	m.drafted(m.caMau)
	_, err := m.ArrangeMeeting(t.Context(), m.caMau, event.ID, meet(people[0], people[1], 8, 30))
	require.NoError(t, err)
	declined := trade.Declined
	_, err = m.ChangeParticipant(t.Context(), m.caMau, event.ID, people[1], nil, trade.ParticipantChange{Attendance: &declined})
	require.NoError(t, err)
	m.recorded(m.may, signed(m.ben, m.may))
	m.recorded(m.ann, signed(m.ann, m.may))
	for range 2 {
		m.join(m.caMau, m.programme(trade.CountsBoth).ID, trade.NewMember{OrganisationID: m.ann.OrganisationID})
	}
	m.programme(trade.CountsBoth)
	m.declared(m.ann, declaration("2026-12", shrimp, "live", 7))
	m.declared(m.ben, declaration("2026-12", shrimp, "live", 3))
	at := "/v1/trade-events/" + event.ID.String()
	for path, counts := range map[string]map[string]int{
		"/v1/trade-events":               {"ann": 1, "may": 1, "caMau": 2, "administrator": 2},
		"/v1/trade-events?state=draft":   {"ann": 0, "hoChiMinh": 1},
		at + "/participants":             {"ann": 2, "may": 3, "hoChiMinh": 3},
		at + "/meetings":                 {"ann": 1, "may": 1, "ben": 0, "caMau": 1},
		"/v1/memoranda":                  {"ann": 1, "ben": 1, "may": 2, "sum": 0, "caMau": 2},
		"/v1/memoranda?state=confirmed":  {"may": 0},
		"/v1/programmes":                 {"ann": 2, "ben": 0, "hoChiMinh": 3},
		"/v1/declarations":               {"ann": 1, "caMau": 2, "administrator": 2, "hoChiMinh": 0},
		"/v1/declarations?line=mud_crab": {"caMau": 0},
	} {
		for who, count := range counts {
			sign := "?"
			if strings.Contains(path, sign) {
				sign = "&"
			}
			counted := read[web.List[any]](t, m.send(server, who, http.MethodGet, path+sign+"count=true&limit=1", ""))
			require.NotNil(t, counted.Total, "%s %s", who, path)
			require.Equal(t, count, *counted.Total, "%s %s", who, path)
			whole := read[web.List[any]](t, m.send(server, who, http.MethodGet, path+sign+"limit=100", ""))
			require.Nil(t, whole.Total, "nobody asked")
			require.Len(t, whole.Items, count, who+path)
		}
	}
	require.Equal(t, http.StatusNotFound, m.send(server, "ann", http.MethodGet, "/v1/trade-events/"+m.drafted(m.caMau).ID.String()+"/meetings?count=true", "").Code)
}
