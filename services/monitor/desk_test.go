package monitor_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

type deskList struct {
	Items      []monitor.DeskItem
	NextCursor string `json:"next_cursor"`
}

// waits is how much of each kind waits for somebody.
func waits(t *testing.T, b *testBundle, who string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, kind := range read[monitor.Desk](t, b, who, "/v1/desk").Kinds {
		counts[kind.Kind] = kind.Count
		require.Len(t, read[deskList](t, b, who, "/v1/desk/"+kind.Kind+"?limit=100").Items, kind.Count, kind.Kind)
	}
	return counts
}

// What waits, waits for the authority of its side, and the organisations of the other side are masked.
func TestADeskShowsWhatWaitsForItsAuthority(t *testing.T) {
	t.Parallel()
	m := newTrade(t)
	live := m.award(t, "live", 100)
	forgotten := m.sent(t, live, kg(30), 50)
	m.sent(t, live, kg(20), 3)
	applicant := newID()
	m.enter(t, identity.Producer, applicant)
	m.tamper(t, `UPDATE identity.organisations SET state = 'applied', updated_at = now() - interval '20 days' WHERE id = $1`, applicant)
	today := reference.Day(time.Now())
	const certificate = `
		INSERT INTO catalog.certificates (id, producer_id, scheme, number, issuer, issued_on, valid_until, scope_kind, state, verified_on, decided_by, decided_at, created_at,
		       updated_at)
		SELECT $1, $2, 'ASC_FARM', $3, 'Tổ chức thử', $4, $5, 'farm_area', $6, d.day, d.by, d.at, now() - interval '9 days', now()
		  FROM (SELECT CAST($4 AS date) AS day, CAST($1 AS uuid) AS by, now() AS at WHERE $6 = 'verified'
		        UNION ALL SELECT NULL, NULL, NULL WHERE $6 <> 'verified') d`
	m.tamper(t, certificate, newID(), m.producer.OrganisationID, "T-1", today.AddDays(-100), today.AddDays(300), "submitted")
	m.tamper(t, certificate, newID(), m.producer.OrganisationID, "T-2", today.AddDays(-100), today.AddDays(40), "verified")
	m.tamper(t, certificate, newID(), m.producer.OrganisationID, "T-3", today.AddDays(-100), today.AddDays(200), "verified")

	supply := map[string]int{
		"applications": 1, "certificates": 1, "green_tick_cases": 0, "expiring_certificates": 1, "watch_proposals": 0, "watches": 0, "corrected_reports": 0,
		"unconfirmed_deliveries": 1, "gap_alerts": 0,
	}
	require.Equal(t, supply, waits(t, m.testBundle, "official.camau"))
	require.Equal(t, supply, waits(t, m.testBundle, "administrator"))
	require.Equal(t, map[string]int{
		"applications": 0, "green_tick_cases": 0, "watch_proposals": 0, "watches": 0, "corrected_reports": 0, "unconfirmed_deliveries": 1, "gap_alerts": 0,
	}, waits(t, m.testBundle, "official.tphcm"), "what is about producers waits for the authority of producers")

	for who, own := range map[string]identity.Principal{"official.camau": m.producer, "official.tphcm": m.buyer} {
		item := read[deskList](t, m.testBundle, who, "/v1/desk/unconfirmed_deliveries").Items[0]
		require.Equal(t, forgotten, item.ID)
		require.Equal(t, 2, item.Days)
		shown := 0
		for _, party := range item.Parties {
			require.Equal(t, party.Masked, party.ID == uuid.Nil)
			require.Equal(t, party.Masked, party.Name == "")
			if !party.Masked {
				shown++
				require.Equal(t, own.OrganisationID, party.ID)
			}
		}
		require.Equal(t, 1, shown, "the other side is masked")
	}
	waiting := read[deskList](t, m.testBundle, "official.camau", "/v1/desk/applications").Items[0]
	require.Equal(t, []any{applicant, 20, true, "Tổ chức thử (hư cấu)"}, []any{waiting.ID, waiting.Days, waiting.Overdue, waiting.Parties[0].Name})
	expiring := read[deskList](t, m.testBundle, "official.camau", "/v1/desk/expiring_certificates").Items[0]
	require.Equal(t, []any{today.AddDays(40), "ASC_FARM", false}, []any{expiring.Due, expiring.Detail, expiring.Overdue})
	for path, status := range map[string]int{"/v1/desk/certificates": http.StatusNotFound, "/v1/desk/nothing": http.StatusNotFound, "/v1/desk/watches?cursor=x": http.StatusUnprocessableEntity} {
		require.Equal(t, status, m.get(t, "official.tphcm", path).Code, path)
	}
	for _, who := range []string{"producer", "buyer"} {
		require.Equal(t, http.StatusForbidden, m.get(t, who, "/v1/desk").Code)
	}
}

// Pages of a kind are whole, what has waited longest first, also where many have waited as long.
func TestADeskIsReadPageByPage(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	expected := map[uuid.UUID]bool{}
	for n := range 17 {
		id := newID()
		expected[id] = true
		b.enter(t, identity.Producer, id)
		b.tamper(t, fmt.Sprintf(`UPDATE identity.organisations SET state = 'applied', updated_at = timestamptz '2026-11-02 10:00+07' + interval '%d hours' WHERE id = $1`, n/5), id)
	}
	path, cursor, pages := "/v1/desk/applications?limit=4", "", 0
	var last time.Time
	for {
		page := read[deskList](t, b, "official.camau", path+cursor)
		for _, item := range page.Items {
			require.True(t, expected[item.ID], "once")
			delete(expected, item.ID)
			require.False(t, item.Since.Before(last))
			last = item.Since
		}
		pages++
		if page.NextCursor == "" {
			break
		}
		cursor = "&cursor=" + page.NextCursor
	}
	require.Empty(t, expected)
	require.Equal(t, 5, pages)
}

// An open incident shows what is left of the supplier's 24 hours, to both authorities.
func TestADeskCountsTheHoursOfAnIncident(t *testing.T) {
	t.Parallel()
	m := newTrade(t)
	m.award(t, "live", 100)
	var product uuid.UUID
	require.NoError(t, m.App.Get(t.Context(), &product, `SELECT id FROM catalog.products LIMIT 1`))
	const tick = `
		INSERT INTO shelf.ticks (id, product_id, producer_id, system, state, answer_due_at, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, now() + CAST($6 AS interval), now(), now())`
	m.tamper(t, tick, newID(), product, m.producer.OrganisationID, "satra", "suspended", "5 hours 30 minutes")
	m.tamper(t, tick, newID(), product, m.producer.OrganisationID, "kingfood", "suspended", "-90 minutes")
	for _, who := range []string{"official.camau", "official.tphcm"} {
		told := []string{}
		for _, item := range read[deskList](t, m.testBundle, who, "/v1/desk/green_tick_cases").Items {
			told = append(told, fmt.Sprint(item.Detail, *item.HoursLeft, item.Overdue))
		}
		require.Equal(t, "kingfood-2 true satra5 false", strings.Join(told, " "))
	}
}
