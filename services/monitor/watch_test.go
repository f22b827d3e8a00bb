package monitor_test

import (
	"encoding/json"
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

type watchList struct{ Items []monitor.Watch }

// overseer is a market with an organisation of each side.
func overseer(t *testing.T) *testBundle {
	t.Helper()
	b := setup(t, monitor.Options{})
	for name, kind := range map[string]identity.OrganisationKind{"producer": identity.Producer, "buyer": identity.Buyer} {
		b.enter(t, kind, b.cast[name].OrganisationID)
	}
	stranger := b.cast["producer"]
	stranger.OrganisationID = newID()
	b.cast["stranger"] = stranger
	b.enter(t, identity.Producer, stranger.OrganisationID)
	return b
}

func saying(reason string, days int) string {
	return fmt.Sprintf(`{"reason":%q,"text":"Hai chuyến bị trả (hư cấu)","review_on":%q}`, reason, reference.Day(time.Now()).AddDays(days))
}

// watched sends a change and reads the watch that comes of it, or the code of its refusal.
func (b *testBundle) watched(t *testing.T, who, path, body string) (w monitor.Watch, code string) {
	t.Helper()
	got := b.send(t, who, http.MethodPost, path, body)
	var read struct {
		Code string `json:"code"`
	}
	require.NoError(t, json.Unmarshal(got.Body.Bytes(), &read), got.Body.String())
	if got.Code < http.StatusBadRequest {
		require.NoError(t, json.Unmarshal(got.Body.Bytes(), &w))
	}
	return w, read.Code
}

// Nobody but the authority of its side and the organisation itself learns of a watch: not by name, not by a
// list, not by a count, and of a proposal not even the organisation.
func TestNobodyElseLearnsOfAWatch(t *testing.T) {
	t.Parallel()
	b := overseer(t)
	path := "/v1/organisations/" + b.cast["producer"].OrganisationID.String() + "/watches"
	for _, test := range [][3]string{
		{"producer", saying("rejections", 30), "forbidden"}, {"buyer", saying("rejections", 30), "forbidden"}, {"anonymous", saying("rejections", 30), "unauthenticated"},
		{"official.tphcm", saying("rejections", 30), "not_found"}, {"viewer", saying("rejections", 30), "role_read_only"}, {"applicant", saying("rejections", 30), "forbidden"},
	} {
		_, code := b.watched(t, test[0], path, test[1])
		require.Equal(t, test[2], code, test[0])
	}
	put, code := b.watched(t, "official.camau", path, saying("rejections", 30))
	require.Empty(t, code)
	require.Equal(t, monitor.Watched, put.State)
	_, code = b.watched(t, "official.camau", path, saying("rejections", 30))
	require.Equal(t, "watched_already", code)

	one := "/v1/watches/" + put.ID.String()
	for who, seen := range map[string]int{
		"producer": 200, "official.camau": 200, "viewer": 200, "administrator": 200, "stranger": 404, "buyer": 404, "official.tphcm": 404, "key.trade": 403, "anonymous": 401,
	} {
		status := b.get(t, who, one).Code
		require.Equal(t, seen, status, who)
		if status == 200 || status == 404 {
			expected := 0
			if seen == 200 {
				expected = 1
			}
			require.Len(t, read[watchList](t, b, who, "/v1/watches").Items, expected, who)
		}
	}
	own := b.get(t, "producer", one).Body.String()
	require.Contains(t, own, "Hai chuyến bị trả", "it is told the reason")
	require.NotContains(t, own, b.cast["official.camau"].UserID.String(), "and not by which official")
	for _, who := range []string{"stranger", "buyer", "official.tphcm"} {
		all := b.get(t, who, "/v1/watches?organisation_id="+b.cast["producer"].OrganisationID.String()).Body.String()
		require.NotContains(t, all, put.ID.String(), who)
		if who == "official.tphcm" {
			require.NotContains(t, b.get(t, who, "/v1/desk").Body.String()+b.get(t, who, "/v1/desk/watches").Body.String(), b.cast["producer"].OrganisationID.String())
		}
		for _, move := range []string{"accept", "dismiss", "review", "end"} {
			_, code := b.watched(t, who, one+"/"+move, saying("other", 10))
			require.Contains(t, []string{"not_found", "forbidden"}, code, "%s %s", who, move)
		}
	}
}

// The life of a watch: every word is kept in order, and none can be changed.
func TestAWatchFromItsReasonToItsEnd(t *testing.T) {
	t.Parallel()
	b := overseer(t)
	path := "/v1/organisations/" + b.cast["buyer"].OrganisationID.String() + "/watches"
	for body, code := range map[string]string{
		`{"text":"x","review_on":"2099-01-01"}`: "required", saying("made_up", 30): "unknown_value", saying("other", 0): "out_of_range", saying("other", 400): "out_of_range",
	} {
		require.Contains(t, b.send(t, "official.tphcm", http.MethodPost, path, body).Body.String(), `"`+code+`"`, body)
	}
	put, code := b.watched(t, "official.tphcm", path, saying("complaints", 20))
	require.Empty(t, code)
	one := "/v1/watches/" + put.ID.String()
	_, code = b.watched(t, "official.tphcm", one+"/accept", saying("other", 20))
	require.Equal(t, "watch_state", code)
	reviewed, code := b.watched(t, "administrator", one+"/review", saying("", 60))
	require.Empty(t, code)
	require.Equal(t, reference.Day(time.Now()).AddDays(60), reviewed.ReviewOn)
	ended, code := b.watched(t, "official.tphcm", one+"/end", `{"text":"Đã khắc phục (hư cấu)"}`)
	require.Empty(t, code)
	require.Equal(t, []any{monitor.WatchOver, "Tổ chức thử (hư cấu)", true}, []any{ended.State, ended.Organisation, ended.ReviewOn.IsZero()}, "nothing is to be reviewed")
	var moves []string
	for _, step := range ended.History {
		moves = append(moves, string(step.Move))
	}
	require.Equal(t, "put review end", strings.Join(moves, " "))
	require.Len(t, read[monitor.Watch](t, b, "buyer", one).History, 3)
	_, err := b.App.Exec(t.Context(), `UPDATE monitor.watch_steps SET word = ''`)
	require.Error(t, err, "history is kept by rights")
	var trail []string
	require.NoError(t, b.App.Select(t.Context(), &trail, `SELECT action FROM identity.audit_events WHERE subject_id = $1 ORDER BY at, id`, put.ID))
	require.Equal(t, []string{monitor.EventWatchPut, monitor.EventWatchReviewed, monitor.EventWatchEnded}, trail)
}

// Facts propose a watch and never put anybody under one; an official accepts or dismisses, and then nothing is
// proposed for as long as the rule says.
func TestFactsProposeAWatchAndOfficialsDecide(t *testing.T) {
	t.Parallel()
	b := overseer(t)
	const fact = `
		INSERT INTO inquiry.performance (organisation_id, measure, line, unit, cases, met, permille, as_of) VALUES ($1, $2, $3, $4, $5, $6, $7, now())`
	b.tamper(t, fact, b.cast["producer"].OrganisationID, "rejected", "black_tiger_shrimp", "kg", 12, 6, 250)
	b.tamper(t, fact, b.cast["stranger"].OrganisationID, "defaulted", "", "", 9, 9, 1000)
	now := time.Now()
	desk := func() int {
		made, err := monitor.NewService(b.App.WithClock(func() time.Time { return now }), monitor.Options{}).ProposeWatches(t.Context())
		require.NoError(t, err)
		return made
	}
	require.Equal(t, 1, desk(), "nine cases are too few")
	require.Equal(t, 0, desk())
	list := read[watchList](t, b, "official.camau", "/v1/watches?state=proposed").Items
	require.Len(t, list, 1)
	require.Equal(t, []monitor.WatchFact{{Rule: "rejected", Line: "black_tiger_shrimp", Unit: "kg", Cases: 12, Permille: 250}}, list[0].Facts)
	one := "/v1/watches/" + list[0].ID.String()
	require.Equal(t, http.StatusNotFound, b.get(t, "producer", one).Code, "nobody decided anything")
	require.Empty(t, read[watchList](t, b, "producer", "/v1/watches").Items)
	dismissed, code := b.watched(t, "official.camau", one+"/dismiss", `{"text":"Một chuyến xe hỏng (hư cấu)"}`)
	require.Empty(t, code)
	require.Equal(t, monitor.Dismissed, dismissed.State)
	require.Equal(t, http.StatusNotFound, b.get(t, "producer", one).Code)
	now = now.AddDate(0, 0, 89)
	require.Equal(t, 0, desk(), "it was decided lately")
	now = now.AddDate(0, 0, 2)
	require.Equal(t, 1, desk())
	again := read[watchList](t, b, "official.camau", "/v1/watches?state=proposed&limit=1").Items[0]
	accepted, code := b.watched(t, "official.camau", "/v1/watches/"+again.ID.String()+"/accept", saying("", 30))
	require.Empty(t, code)
	require.Equal(t, []any{monitor.Watched, "rejections"}, []any{accepted.State, accepted.Reason})
	for id, action := range map[uuid.UUID]string{dismissed.ID: monitor.EventWatchDismissed, accepted.ID: monitor.EventWatchAccepted} {
		var by uuid.UUID
		require.NoError(t, b.App.Get(t.Context(), &by, `SELECT actor_id FROM identity.audit_events WHERE subject_id = $1 AND action = $2`, id, action))
		require.Equal(t, b.cast["official.camau"].UserID, by)
	}
	require.Equal(t, http.StatusOK, b.get(t, "producer", "/v1/watches/"+again.ID.String()).Code)
}
