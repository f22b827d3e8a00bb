package identity_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/identity"
)

func TestRegisterSignInAndSeeOneself(t *testing.T) {
	t.Parallel()
	b := setup(t)
	application := b.producer("Clerk@Test.Example")
	application.User.Phone = "0912 345 678"
	got := b.send(t, http.MethodPost, "/v1/registrations", "", application)
	require.Equal(t, http.StatusCreated, got.status, got.text)
	require.Equal(t, "applied", got.get("organisation.state"))
	require.Equal(t, "96", got.get("organisation.province"))
	require.Equal(t, true, got.get("organisation.ocop_subject"))
	require.Equal(t, "clerk@test.example", got.get("user.email"))
	require.NotContains(t, got.text, password)

	for _, login := range []string{"clerk@test.example", " CLERK@test.example", "0912345678", "0912 345 678", "+84912345678", "84912345678", "(0912) 345-678"} {
		got = b.send(t, http.MethodPost, "/v1/sessions", "", map[string]any{"login": login, "password": password})
		require.Equal(t, http.StatusCreated, got.status, "%s: %s", login, got.text)
		require.Equal(t, "no-store", got.header.Get("Cache-Control"))
	}
	token, _ := got.body["token"].(string)
	require.True(t, strings.HasPrefix(token, "ocops_"))

	me := b.send(t, http.MethodGet, "/v1/me", token, nil)
	require.Equal(t, http.StatusOK, me.status, me.text)
	require.Equal(t, "owner", me.get("organisation.role"))
	require.Equal(t, "producer", me.get("organisation.kind"))
	require.Equal(t, "+84912345678", me.get("user.phone"))

	require.Equal(t, http.StatusNoContent, b.send(t, http.MethodDelete, "/v1/sessions/current", token, nil).status)
	require.Equal(t, http.StatusUnauthorized, b.send(t, http.MethodGet, "/v1/me", token, nil).status)
}

func TestEveryWrongFieldOfAnApplicationIsNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, scene := range map[string]struct {
		change  func(*identity.Application)
		code    string
		pointer string
	}{
		"no name":            {func(a *identity.Application) { a.Organisation.Name = "  " }, "required", "organisation.name"},
		"no legal form":      {func(a *identity.Application) { a.Organisation.LegalForm = "" }, "required", "organisation.legal_form"},
		"unknown legal form": {func(a *identity.Application) { a.Organisation.LegalForm = "guild" }, "legal_form_unknown", "organisation.legal_form"},
		"no commune":         {func(a *identity.Application) { a.Organisation.CommuneCode = "" }, "required", "organisation.commune_code"},
		"foreign commune":    {func(a *identity.Application) { a.Organisation.CommuneCode = b.ward }, "commune_unknown", "organisation.commune_code"},
		"no commune at all":  {func(a *identity.Application) { a.Organisation.CommuneCode = "00000" }, "commune_unknown", "organisation.commune_code"},
		"buyer's field":      {func(a *identity.Application) { a.Organisation.BuyerKind = "caterer" }, "not_allowed_here", "organisation.buyer_kind"},
		"buyer's system":     {func(a *identity.Application) { a.Organisation.BuyerSystem = "aeon" }, "not_allowed_here", "organisation.buyer_system"},
		"authority's field":  {func(a *identity.Application) { a.Organisation.Province = "96" }, "not_allowed_here", "organisation.province"},
		"tax code":           {func(a *identity.Application) { a.Organisation.TaxCode = "123" }, "tax_code_invalid", "organisation.tax_code"},
		"no login":           {func(a *identity.Application) { a.User.Email = "" }, "login_missing", "user.email"},
		"bad e-mail":         {func(a *identity.Application) { a.User.Email = "clerk@localhost" }, "email_invalid", "user.email"},
		"bad phone":          {func(a *identity.Application) { a.User.Phone = "12345" }, "phone_invalid", "user.phone"},
		"short password":     {func(a *identity.Application) { a.User.Password = "short" }, "password_too_short", "user.password"},
		"common password":    {func(a *identity.Application) { a.User.Password = "Matkhau123" }, "password_too_common", "user.password"},
		"repeated letter":    {func(a *identity.Application) { a.User.Password = "zzzzzzzzzzzz" }, "password_too_common", "user.password"},
		"own login": {func(a *identity.Application) {
			a.User.Phone, a.User.Password = "0912 345 678", "0912.345.678"
		}, "password_is_login", "user.password"},
		"legal form of a buyer": {func(a *identity.Application) {
			*a = b.buyer("x@test.example")
			a.Organisation.LegalForm = identity.Household
		}, "not_allowed_here", "organisation.legal_form"},
		"unknown system": {func(a *identity.Application) {
			*a = b.buyer("x@test.example")
			a.Organisation.BuyerSystem = "nobody"
		}, "buyer_system_unknown", "organisation.buyer_system"},
		"unknown buyer kind": {func(a *identity.Application) {
			*a = b.buyer("x@test.example")
			a.Organisation.BuyerKind = "bazaar"
		}, "unknown_value", "organisation.buyer_kind"},
		"buyer of Cà Mau": {func(a *identity.Application) {
			*a = b.buyer("x@test.example")
			a.Organisation.CommuneCode = b.commune
		}, "commune_unknown", "organisation.commune_code"},
		"authority of nowhere": {func(a *identity.Application) { *a = b.authority("x@test.example", "01") }, "unknown_value", "organisation.province"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			application := b.producer("clerk@test.example")
			scene.change(&application)
			got := b.send(t, http.MethodPost, "/v1/registrations", "", application)
			require.Equal(t, http.StatusUnprocessableEntity, got.status, got.text)
			require.Equal(t, scene.code, got.code(), got.text)
			require.Contains(t, got.text, scene.pointer)
			if application.User.Password != "" && len(application.User.Password) > 5 {
				require.NotContains(t, got.text, application.User.Password)
			}
			require.Zero(t, b.count(t, `SELECT count(*) FROM identity.organisations`))
		})
	}
}

func TestARegistrationDoesNotTellWhetherTheLoginIsKnown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join(t, b.producer("known@test.example"), true)
	organisations := b.count(t, `SELECT count(*) FROM identity.organisations`)
	events := b.count(t, `SELECT count(*) FROM identity.audit_events`)

	unknown := b.send(t, http.MethodPost, "/v1/registrations", "", b.producer("unknown@test.example"))
	known := b.send(t, http.MethodPost, "/v1/registrations", "", b.producer("known@test.example"))
	require.Equal(t, http.StatusCreated, unknown.status, unknown.text)
	require.Equal(t, unknown.status, known.status, known.text)
	require.Equal(t, shape(unknown), shape(known))

	require.Equal(t, organisations+1, b.count(t, `SELECT count(*) FROM identity.organisations`))
	require.Equal(t, events+1, b.count(t, `SELECT count(*) FROM identity.audit_events`))
	require.Zero(t, b.count(t, `SELECT count(*) FROM identity.users WHERE email LIKE '%stand-in%'`))
	letters := b.letters(t)
	require.Len(t, letters, 2)
	all := strings.Join(letters, "\n")
	require.Contains(t, all, "You already have an account")
	require.Contains(t, all, "known@test.example")

	// The new one signs in with what it chose, the known one still with the old password only.
	application := b.producer("known@test.example")
	application.User.Password = "another phrase entirely"
	require.Equal(t, http.StatusCreated, b.send(t, http.MethodPost, "/v1/registrations", "", application).status)
	_, err := b.service.SignIn(t.Context(), "known@test.example", "another phrase entirely")
	require.ErrorIs(t, err, identity.ErrSignInFailed)
	b.signIn(t, "known@test.example", uuid.Nil)
}

// shape is an answer with what is new in every answer taken out.
func shape(a answer) string {
	for _, name := range []string{"organisation", "user"} {
		thing, _ := a.body[name].(map[string]any)
		for _, field := range []string{"id", "created_at", "updated_at", "email"} {
			if _, ok := thing[field]; ok {
				thing[field] = "…"
			}
		}
	}
	delete(a.body, "trace_id")
	text, _ := json.Marshal(a.body)
	return string(text)
}

func TestRegistrationsOfOneAddressAreLimited(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *identity.Options) { o.Registrations = 3 })
	for i, status := range []int{201, 201, 201, 429} {
		email := string(rune('a'+i)) + "@test.example"
		got := b.send(t, http.MethodPost, "/v1/registrations", "", b.producer(email), "X-Forwarded-For", "198.51.100."+string(rune('1'+i)))
		require.Equal(t, status, got.status, got.text)
	}
	other := b.send(t, http.MethodPost, "/v1/registrations", "", b.producer("z@test.example"), "peer", "203.0.113.9:1234")
	require.Equal(t, http.StatusCreated, other.status)
}

func TestARepeatedRegistrationHappensOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.send(t, http.MethodPost, "/v1/registrations", "", b.producer("once@test.example"), "Idempotency-Key", "k1")
	again := b.send(t, http.MethodPost, "/v1/registrations", "", b.producer("once@test.example"), "Idempotency-Key", "k1")
	require.Equal(t, http.StatusCreated, again.status, again.text)
	require.Equal(t, first.get("organisation.id"), again.get("organisation.id"))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM identity.organisations`))
}

func TestAFurtherOrganisationOfTheSamePerson(t *testing.T) {
	t.Parallel()
	b := setup(t)
	clerk := b.join(t, b.producer("clerk@test.example"), true)
	got := b.send(t, http.MethodPost, "/v1/organisations", clerk.token, b.buyer("").Organisation)
	require.Equal(t, http.StatusCreated, got.status, got.text)
	second, _ := got.body["id"].(string)

	me := b.send(t, http.MethodGet, "/v1/me", clerk.token, nil)
	require.Equal(t, clerk.organisation.String(), me.get("organisation.id"), "the approved one stays the default")
	me = b.send(t, http.MethodGet, "/v1/me", clerk.token, nil, "Ocop-Organisation", second)
	require.Equal(t, second, me.get("organisation.id"))
	require.Equal(t, http.StatusNoContent, b.send(t, http.MethodPatch, "/v1/sessions/current", clerk.token, map[string]any{"organisation_id": second}).status)
	me = b.send(t, http.MethodGet, "/v1/me", clerk.token, nil)
	require.Equal(t, second, me.get("organisation.id"))

	stranger := b.join(t, b.producer("stranger@test.example"), true)
	got = b.send(t, http.MethodGet, "/v1/me", clerk.token, nil, "Ocop-Organisation", stranger.organisation.String())
	require.Equal(t, http.StatusForbidden, got.status)
	require.Equal(t, "not_a_member", got.code())
	got = b.send(t, http.MethodGet, "/v1/me", clerk.token, nil, "Ocop-Organisation", "nonsense")
	require.Equal(t, "not_a_member", got.code())
	got = b.send(t, http.MethodPatch, "/v1/sessions/current", clerk.token, map[string]any{"organisation_id": stranger.organisation})
	require.Equal(t, "not_a_member", got.code())
}

func TestLegalFormsSayWhoIsAnOCOPSubject(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got := b.send(t, http.MethodGet, "/v1/legal-forms", "", nil)
	require.Equal(t, http.StatusOK, got.status, got.text)
	subjects := map[any]any{}
	for _, form := range got.items() {
		subjects[form["code"]] = form["ocop_subject"]
	}
	require.Equal(t, map[any]any{"cooperative": true, "cooperative_group": true, "enterprise": true, "household": true, "collector": false}, subjects)
}
