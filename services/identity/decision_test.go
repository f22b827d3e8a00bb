package identity_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
)

// Every cell of state × decision, allowed and refused.
func TestTheLifeOfAnOrganisation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	admin := b.administrator(t)
	allowed := map[string]string{
		"applied approve": "approved", "applied reject": "rejected", "approved suspend": "suspended", "suspended reinstate": "approved",
	}
	for _, state := range []string{"applied", "approved", "rejected", "suspended"} {
		for _, step := range []string{"approve", "reject", "suspend", "reinstate"} {
			id := b.inState(t, state)
			var body any
			if step == "reject" || step == "suspend" {
				body = map[string]any{"reason": "because"}
			}
			got := b.send(t, http.MethodPost, "/v1/organisations/"+id.String()+"/"+step, admin.token, body)
			after, ok := allowed[state+" "+step]
			if !ok {
				require.Equal(t, http.StatusConflict, got.status, "%s %s: %s", state, step, got.text)
				require.Equal(t, "organisation_state", got.code())
				require.Equal(t, 1, b.count(t, `SELECT count(*) FROM identity.organisations WHERE id = $1 AND state = $2`, id, state))
				continue
			}
			require.Equal(t, http.StatusOK, got.status, "%s %s: %s", state, step, got.text)
			require.Equal(t, after, got.get("state"))
			require.NotEmpty(t, got.header.Get("ETag"))
			require.Equal(t, 1, b.count(t, `SELECT count(*) FROM identity.organisations WHERE id = $1 AND state = $2 AND version = 2`, id, after))
			require.Equal(t, 1, b.count(t, `SELECT count(*) FROM identity.audit_events WHERE subject_id = $1 AND actor_id = $2`, id, admin.user))
		}
	}
}

// inState makes an organisation in a state.
func (b *bench) inState(t *testing.T, state string) uuid.UUID {
	t.Helper()
	received, err := b.service.Register(t.Context(), identity.SystemPrincipal(), b.producer(strings.ToLower(uuid.NewString())+"@test.example"))
	require.NoError(t, err)
	b.exec(t, `UPDATE identity.organisations SET state = $2 WHERE id = $1`, received.Organisation.ID, state)
	return received.Organisation.ID
}

// Who may decide about whom: 403 for a wrong role, 404 for what is another's to decide.
func TestWhoDecidesAboutWhom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	callers := map[string]person{
		"administrator": b.administrator(t),
		"camau":         b.join(t, b.authority("camau@test.example", "96"), true),
		"tphcm":         b.join(t, b.authority("tphcm@test.example", "79"), true),
		"unapproved":    b.join(t, b.authority("applied@test.example", "96"), false),
		"producer":      b.join(t, b.producer("producer@test.example"), true),
		"buyer":         b.join(t, b.buyer("buyer@test.example"), true),
		"anonymous":     {},
	}
	applications := map[string]func() identity.Application{
		"producer":  func() identity.Application { return b.producer(uuid.NewString() + "@test.example") },
		"buyer":     func() identity.Application { return b.buyer(uuid.NewString() + "@test.example") },
		"authority": func() identity.Application { return b.authority(uuid.NewString()+"@test.example", "96") },
	}
	expected := map[string]map[string]int{
		"administrator": {"producer": 200, "buyer": 200, "authority": 200},
		"camau":         {"producer": 200, "buyer": 404, "authority": 404},
		"tphcm":         {"producer": 404, "buyer": 200, "authority": 404},
		"unapproved":    {"producer": 403, "buyer": 403, "authority": 403},
		"producer":      {"producer": 403, "buyer": 403, "authority": 403},
		"buyer":         {"producer": 403, "buyer": 403, "authority": 403},
		"anonymous":     {"producer": 401, "buyer": 401, "authority": 401},
	}
	for caller, row := range expected {
		for kind, status := range row {
			received, err := b.service.Register(t.Context(), identity.SystemPrincipal(), applications[kind]())
			require.NoError(t, err)
			target := "/v1/organisations/" + received.Organisation.ID.String()
			got := b.send(t, http.MethodPost, target+"/approve", callers[caller].token, nil)
			require.Equal(t, status, got.status, "%s approves %s: %s", caller, kind, got.text)
			seen := b.send(t, http.MethodGet, target, callers[caller].token, nil)
			if status == 403 {
				status = 404 // reading asks whether it is theirs, not what they are
			}
			require.Equal(t, status, seen.status, "%s reads %s: %s", caller, kind, seen.text)
		}
	}
	got := b.send(t, http.MethodPost, "/v1/organisations/"+uuid.NewString()+"/approve", callers["administrator"].token, nil)
	require.Equal(t, http.StatusNotFound, got.status)
}

func TestADecisionNeedsAReasonAndTellsTheOwners(t *testing.T) {
	t.Parallel()
	b := setup(t)
	official := b.join(t, b.authority("camau@test.example", "96"), true)
	applicant := b.join(t, b.producer("applicant@test.example"), false)
	target := "/v1/organisations/" + applicant.organisation.String()

	got := b.send(t, http.MethodPost, target+"/reject", official.token, map[string]any{"reason": "  "})
	require.Equal(t, http.StatusUnprocessableEntity, got.status, got.text)
	got = b.send(t, http.MethodPost, target+"/reject", official.token, map[string]any{"reason": "thiếu giấy tờ"})
	require.Equal(t, http.StatusOK, got.status, got.text)
	letters := b.letters(t)
	require.Len(t, letters, 1)
	require.Contains(t, letters[0], "thiếu giấy tờ")
	require.Contains(t, letters[0], "applicant@test.example")

	// The applicant reads the reason, amends, and waits again.
	own := b.send(t, http.MethodGet, target, applicant.token, nil)
	require.Equal(t, "thiếu giấy tờ", own.get("reason"))
	require.Equal(t, http.StatusPreconditionRequired, b.send(t, http.MethodPatch, target, applicant.token, map[string]any{"name": "Hợp tác xã Mới"}).status)
	require.Equal(t, http.StatusPreconditionFailed,
		b.send(t, http.MethodPatch, target, applicant.token, map[string]any{"name": "Hợp tác xã Mới"}, "If-Match", `"v1"`).status)
	got = b.send(t, http.MethodPatch, target, applicant.token, map[string]any{"name": "Hợp tác xã Mới"}, "If-Match", own.header.Get("ETag"))
	require.Equal(t, http.StatusOK, got.status, got.text)
	require.Equal(t, "applied", got.get("state"))
	require.Equal(t, "Hợp tác xã Mới", got.get("name"))
	require.NotEqual(t, own.header.Get("ETag"), got.header.Get("ETag"))
	require.Equal(t, http.StatusOK, b.send(t, http.MethodPost, target+"/approve", official.token, nil).status)
}

func TestAmendingIsForOwnersAndChecksEveryField(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	other := b.join(t, b.producer("other@test.example"), true)
	target := "/v1/organisations/" + owner.organisation.String()
	got := b.send(t, http.MethodPatch, target, other.token, map[string]any{"name": "x"}, "If-Match", "*")
	require.Equal(t, http.StatusNotFound, got.status, got.text)
	got = b.send(t, http.MethodPatch, target, owner.token, map[string]any{"legal_form": "guild"}, "If-Match", "*")
	require.Equal(t, "legal_form_unknown", got.code(), got.text)
	got = b.send(t, http.MethodPatch, target, owner.token, map[string]any{"legal_form": "collector"}, "If-Match", "*")
	require.Equal(t, false, got.get("ocop_subject"), got.text)
	got = b.send(t, http.MethodPatch, target, owner.token, map[string]any{"commune_code": b.ward}, "If-Match", "*")
	require.Equal(t, "commune_unknown", got.code(), got.text)
	got = b.send(t, http.MethodPatch, target, owner.token, map[string]any{"state": "approved"}, "If-Match", "*")
	require.Equal(t, http.StatusUnprocessableEntity, got.status, "nobody sets a state")
	b.exec(t, `UPDATE identity.organisations SET state = 'suspended' WHERE id = $1`, owner.organisation)
	got = b.send(t, http.MethodPatch, target, owner.token, map[string]any{"name": "x"}, "If-Match", "*")
	require.Equal(t, "organisation_suspended", got.code(), got.text)
}

func TestListingOrganisations(t *testing.T) {
	t.Parallel()
	b := setup(t)
	official := b.join(t, b.authority("camau@test.example", "96"), true)
	admin := b.administrator(t)
	for i, name := range []string{"Tôm Đầm Dơi", "Cua Năm Căn", "Gạo Thới Bình"} {
		application := b.producer(string(rune('a'+i)) + "@test.example")
		application.Organisation.Name = name
		b.join(t, application, i > 0)
	}
	b.join(t, b.buyer("buyer@test.example"), false)

	names := func(a answer) (found []any) {
		for _, item := range a.items() {
			found = append(found, item["name"])
		}
		return found
	}
	got := b.send(t, http.MethodGet, "/v1/organisations?count=true", official.token, nil)
	require.Equal(t, []any{"Gạo Thới Bình", "Cua Năm Căn", "Tôm Đầm Dơi"}, names(got), got.text)
	require.InDelta(t, 3, got.get("total"), 0)
	got = b.send(t, http.MethodGet, "/v1/organisations?state=applied", official.token, nil)
	require.Equal(t, []any{"Tôm Đầm Dơi"}, names(got))
	got = b.send(t, http.MethodGet, "/v1/organisations?q=dam+doi", official.token, nil)
	require.Equal(t, []any{"Tôm Đầm Dơi"}, names(got))
	got = b.send(t, http.MethodGet, "/v1/organisations?kind=buyer", official.token, nil)
	require.Empty(t, names(got))
	got = b.send(t, http.MethodGet, "/v1/organisations?limit=2&kind=producer", admin.token, nil)
	require.Equal(t, []any{"Gạo Thới Bình", "Cua Năm Căn"}, names(got))
	cursor, _ := got.get("next_cursor").(string)
	require.NotEmpty(t, got.header.Get("Link"))
	got = b.send(t, http.MethodGet, "/v1/organisations?limit=2&kind=producer&cursor="+cursor, admin.token, nil)
	require.Equal(t, []any{"Tôm Đầm Dơi"}, names(got))
	got = b.send(t, http.MethodGet, "/v1/organisations?limit=2&kind=buyer&cursor="+cursor, admin.token, nil)
	require.Equal(t, "invalid_cursor", got.code())

	producers, err := identity.ApprovedOrganisations(t.Context(), b.App, identity.Producer)
	require.NoError(t, err)
	require.Len(t, producers, 2)
	known, err := identity.OrganisationsIn(t.Context(), b.App, []uuid.UUID{producers[0].ID, uuid.New()})
	require.NoError(t, err)
	require.Equal(t, "Cua Năm Căn", known[producers[0].ID].Name)
	require.Len(t, known, 1)
}

// What an organisation may do in each state, as services ask it.
func TestStatesAndRolesDecideWhatIsAllowed(t *testing.T) {
	t.Parallel()
	person := identity.Principal{UserID: uuid.New(), OrganisationID: uuid.New(), Kind: identity.Producer, Role: identity.Owner}
	with := func(change func(*identity.Principal)) identity.Principal {
		who := person
		who.Approved = true
		change(&who)
		return who
	}
	key := func(scopes ...string) identity.Principal {
		return with(func(p *identity.Principal) { p.KeyID, p.Role, p.Scopes = uuid.New(), identity.Member, scopes })
	}
	for name, scene := range map[string]struct {
		who         identity.Principal
		read, write string
	}{
		"anonymous":  {identity.Principal{}, "unauthenticated", "unauthenticated"},
		"owner":      {with(func(*identity.Principal) {}), "", ""},
		"member":     {with(func(p *identity.Principal) { p.Role = identity.Member }), "", ""},
		"viewer":     {with(func(p *identity.Principal) { p.Role = identity.Viewer }), "", "role_read_only"},
		"applied":    {person, "organisation_not_approved", "organisation_not_approved"},
		"suspended":  {with(func(p *identity.Principal) { p.Approved, p.Suspended = false, true }), "", "organisation_suspended"},
		"nowhere":    {identity.Principal{UserID: uuid.New()}, "no_organisation", "no_organisation"},
		"reading":    {key("trade:read"), "", "scope_missing"},
		"writing":    {key("trade:write"), "", ""},
		"elsewhere":  {key("catalogue:write"), "scope_missing", "scope_missing"},
		"no scope":   {key(), "scope_missing", "scope_missing"},
		"the system": {identity.SystemPrincipal(), "", ""},
	} {
		require.Equal(t, scene.read, code(scene.who.MayRead("trade")), name)
		require.Equal(t, scene.write, code(scene.who.MayWrite("trade")), name)
	}
	official := with(func(p *identity.Principal) { p.Kind, p.Province = identity.Authority, "96" })
	require.True(t, official.Official())
	require.True(t, official.Oversees(identity.Producer))
	require.False(t, official.Oversees(identity.Buyer))
	require.False(t, official.Oversees(identity.Authority))
	require.Equal(t, []string{"official"}, official.Groups())
	official.Approved = false
	require.False(t, official.Official())
	require.Empty(t, official.Groups())
	require.Equal(t, []string{"administrator"}, identity.SystemPrincipal().Groups())
	require.Equal(t, []string{"producer"}, person.Groups())
	require.Empty(t, identity.Principal{}.Groups())
	require.Equal(t, []string{"trade", "supply"}, key("trade:read", "trade:write", "supply:read").Areas())
}
