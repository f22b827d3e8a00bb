package monitor_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/monitor"
)

// A gap that an authority was told of waits on its desk, and on no other's, until one of its officials has said
// that it was looked at, which the trail tells once; or until its month is over.
func TestAGapWaitsOnTheDeskUntilItIsLookedAt(t *testing.T) {
	t.Parallel()
	ctx, today := context.Background(), civil.New(2026, time.September, 10)
	r := newReporter(t, today)
	r.authorities(t)
	service := monitor.NewService(r.clock, monitor.Options{})
	r.wanting(t, "rice", civil.New(2026, time.October, 5), 0)
	r.wanting(t, "mud_crab", civil.New(2026, time.October, 5), 0)
	r.wanting(t, "rice", civil.New(2026, time.September, 20), 0)
	require.Equal(t, http.StatusOK, r.send(t, "official.camau", http.MethodPut, "/v1/gap-thresholds", `{"thresholds":[{"uncovered_percent":50,"least":"10","weeks":8}]}`).Code)
	noted, err := service.NoteGaps(ctx)
	require.NoError(t, err)
	require.Equal(t, 3, noted)
	onDesk := func(who string) (found []uuid.UUID) {
		for _, item := range read[deskList](t, r.testBundle, who, "/v1/desk/gap_alerts").Items {
			found = append(found, item.ID)
		}
		return found
	}
	alerts := read[alertPage](t, r.testBundle, "official.camau", "/v1/gap-alerts").Items
	require.Len(t, onDesk("official.camau"), 3)
	require.Len(t, onDesk("administrator"), 3)
	require.Empty(t, onDesk("official.tphcm"))
	item := read[deskList](t, r.testBundle, "official.camau", "/v1/desk/gap_alerts").Items[0]
	require.NotEmpty(t, item.Detail)
	require.False(t, item.Due.IsZero())

	var seen *monitor.GapAlert
	for range 2 {
		answer := r.send(t, "official.camau", http.MethodPost, "/v1/gap-alerts/"+alerts[0].ID.String()+"/acknowledge", "")
		require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
		again := read[alertPage](t, r.testBundle, "official.camau", "/v1/gap-alerts").Items[0]
		require.NotNil(t, again.SeenAt)
		if seen != nil {
			require.Equal(t, *seen, again, "said again it changes nothing")
		}
		seen = &again
	}
	require.NotContains(t, onDesk("official.camau"), alerts[0].ID)
	require.Len(t, onDesk("official.camau"), 2)
	require.Equal(t, 1, r.count(t, `SELECT count(*) FROM identity.audit_events WHERE action = 'gap.acknowledged' AND subject_id = $1 AND organisation_id = $2`,
		alerts[0].ID, r.cast["official.camau"].OrganisationID))

	for who, status := range map[string]int{
		"anonymous": 401, "producer": 403, "buyer": 403, "applicant": 403, "administrator": 403, "viewer": 403, "key.monitor": 403, "official.tphcm": 404,
	} {
		require.Equal(t, status, r.send(t, who, http.MethodPost, "/v1/gap-alerts/"+alerts[1].ID.String()+"/acknowledge", "").Code, who)
	}
	require.Equal(t, http.StatusNotFound, r.send(t, "official.camau", http.MethodPost, "/v1/gap-alerts/"+newID().String()+"/acknowledge", "").Code)
	require.Len(t, onDesk("official.camau"), 2)

	r.tamper(t, `UPDATE monitor.gap_alerts SET month = '2026-08-01' WHERE id = $1`, alerts[1].ID)
	require.Len(t, onDesk("official.camau"), 1, "the month is over")
	_, err = r.App.Exec(ctx, `DELETE FROM monitor.gap_acknowledgements`)
	require.ErrorContains(t, err, "permission denied", "kept by rights")
}
