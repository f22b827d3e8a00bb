package identity_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/hashchain"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

func TestARolledBackChangeLeavesNoEvent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	refused := errors.New("refused afterwards")
	subject := identity.Subject{Kind: "offer", ID: uuid.New()}
	record := func(outcome error) error {
		return b.App.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
			if err := identity.RecordTx(ctx, tx, identity.SystemPrincipal(), "offer.closed", subject, nil); err != nil {
				return err
			}
			return outcome
		})
	}
	require.ErrorIs(t, record(refused), refused)
	require.Zero(t, b.count(t, `SELECT count(*) FROM identity.audit_events`))
	require.NoError(t, record(nil))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM identity.audit_events WHERE action = 'offer.closed' AND subject_id = $1 AND detail = '{}'`, subject.ID))
}

// Events that are recorded together keep their order and each its own facts.
func TestEventsAreRecordedTogether(t *testing.T) {
	t.Parallel()
	b := setup(t)
	subjects := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	statements := 0
	db := b.App.WithCounter(func(string) { statements++ })
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		require.NoError(t, identity.RecordAllTx(ctx, tx, identity.SystemPrincipal()))
		return identity.RecordAllTx(ctx, tx, identity.SystemPrincipal(),
			identity.Entry{Action: "offer.opened", Subject: identity.Subject{Kind: "offer", ID: subjects[0]}, Detail: map[string]any{"n": 1}},
			identity.Entry{Action: "offer.closed", Subject: identity.Subject{Kind: "offer", ID: subjects[1]}},
			identity.Entry{Action: "award.cancelled", Subject: identity.Subject{Kind: "award", ID: subjects[2]}, Detail: map[string]any{"reason": "“{a,b}”\n"}})
	}))
	var found []struct {
		Action string    `db:"action"`
		Kind   string    `db:"subject_kind"`
		ID     uuid.UUID `db:"subject_id"`
		Detail string    `db:"detail"`
	}
	require.NoError(t, b.App.Select(t.Context(), &found, `SELECT action, subject_kind, subject_id, CAST(detail AS text) AS detail FROM identity.audit_events ORDER BY id`))
	require.Len(t, found, 3)
	for i, want := range []string{`offer.opened offer {"n": 1}`, `offer.closed offer {}`, `award.cancelled award {"reason": "“{a,b}”\n"}`} {
		require.Equal(t, want, found[i].Action+" "+found[i].Kind+" "+found[i].Detail)
		require.Equal(t, subjects[i], found[i].ID)
	}
	require.Equal(t, 2, statements, "one, and the instant of the transaction")
}

// Every way to change something here leaves its event, and none of them holds personal data.
func TestEveryChangeIsRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	admin := b.administrator(t)
	owner := b.join(t, b.producer("owner@test.example"), true)
	other := b.invite(t, owner, b.buyer("other@test.example"), identity.Member)
	ctx := t.Context()
	_, err := b.service.ChangeRole(ctx, owner.who, other.user, identity.Viewer)
	require.NoError(t, err)
	require.NoError(t, b.service.RemoveMember(ctx, owner.who, other.user))
	made, err := b.service.CreateKey(ctx, owner.who, identity.KeyRequest{Name: "ERP", Scopes: []string{"trade:read"}})
	require.NoError(t, err)
	require.NoError(t, b.service.RevokeKey(ctx, owner.who, made.ID))
	name := "Tên Khác"
	_, err = b.service.Amend(ctx, owner.who, owner.organisation, func(int64) error { return nil }, identity.OrganisationChange{Name: &name})
	require.NoError(t, err)
	_, err = b.service.ChangeMe(ctx, owner.who, identity.UserChange{Name: name})
	require.NoError(t, err)
	_, err = b.service.Suspend(ctx, admin.who, owner.organisation, "vì lý do riêng")
	require.NoError(t, err)
	_, err = b.service.Reinstate(ctx, admin.who, owner.organisation)
	require.NoError(t, err)
	require.NoError(t, b.service.RequestReset(ctx, "owner@test.example"))
	require.NotEmpty(t, b.letters(t))
	require.NoError(t, b.service.Revoke(ctx, owner.who, owner.who.SessionID))

	var actions []string
	require.NoError(t, b.Owner.Select(ctx, &actions, `SELECT DISTINCT action FROM identity.audit_events ORDER BY action`))
	require.Equal(t, []string{
		"api_key.created", "api_key.revoked", "member.invited", "member.joined", "member.removed", "member.role_changed",
		"organisation.amended", "organisation.applied", "organisation.approved", "organisation.reinstated", "organisation.suspended",
		"password_reset.issued", "session.opened", "session.revoked", "user.changed", "user.created",
	}, actions)
	require.Zero(t, b.count(t, `SELECT count(*) FROM identity.audit_events
		WHERE detail::text LIKE '%@%' OR detail::text LIKE '%Tên%' OR detail::text LIKE '%riêng%' OR detail::text LIKE '%ocop%'`))
}

func TestTheServiceCannotChangeTheAuditTrail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join(t, b.producer("clerk@test.example"), true)
	for _, statement := range []string{
		`UPDATE identity.audit_events SET action = 'x'`, `DELETE FROM identity.audit_events`, `TRUNCATE identity.audit_events`,
		`UPDATE identity.audit_seals SET seq = 1`, `DELETE FROM identity.audit_seals`, `TRUNCATE identity.audit_seals`,
	} {
		_, err := b.App.Exec(t.Context(), statement)
		require.Equal(t, "42501", postgres.Code(err), "%s: %v", statement, err)
	}
}

func TestTheAuditTrailIsSealedAndTamperingIsFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join(t, b.producer("clerk@test.example"), true)
	chain := identity.AuditChain()
	events := b.count(t, `SELECT count(*) FROM identity.audit_events`)
	require.Positive(t, events)
	require.Eventually(t, func() bool {
		_, err := chain.Seal(t.Context(), b.App)
		require.NoError(t, err)
		return b.count(t, `SELECT count(*) FROM identity.audit_seals`) == events
	}, 20*time.Second, 20*time.Millisecond)
	verify := func() (findings []hashchain.Finding) {
		_, err := chain.Verify(t.Context(), b.App, func(f hashchain.Finding) { findings = append(findings, f) })
		require.NoError(t, err)
		return findings
	}
	require.Empty(t, verify())
	for _, column := range []string{
		"at = at + interval '1 microsecond'", "actor_id = gen_random_uuid()", "organisation_id = gen_random_uuid()",
		"key_id = gen_random_uuid()", "action = 'x'", "subject_kind = 'x'", "subject_id = gen_random_uuid()", `detail = '{"a":1}'`, "trace_id = 'x'",
	} {
		b.exec(t, `CREATE TABLE kept AS TABLE identity.audit_events`)
		b.exec(t, `DELETE FROM kept WHERE id <> (SELECT row_id FROM identity.audit_seals WHERE seq = 2)`)
		b.exec(t, `UPDATE identity.audit_events SET `+column+` WHERE id = (SELECT id FROM kept)`)
		findings := verify()
		require.Len(t, findings, 1, column)
		require.Equal(t, hashchain.Edited, findings[0].Kind)
		b.exec(t, `DELETE FROM identity.audit_events WHERE id = (SELECT id FROM kept)`)
		require.Equal(t, hashchain.Cut, verify()[0].Kind)
		b.exec(t, `INSERT INTO identity.audit_events TABLE kept`)
		b.exec(t, `DROP TABLE kept`)
		require.Empty(t, verify())
	}
}

func TestWhoReadsTheAuditTrail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	admin := b.administrator(t)
	producer := b.join(t, b.producer("producer@test.example"), true)
	buyer := b.join(t, b.buyer("buyer@test.example"), true)
	camau := b.join(t, b.authority("camau@test.example", "96"), true)
	for _, owner := range []person{producer, buyer} {
		_, err := b.service.CreateKey(t.Context(), owner.who, identity.KeyRequest{Name: "x", Scopes: []string{"trade:read"}})
		require.NoError(t, err)
	}
	organisations := func(who person, query string) (found map[any]int, details int) {
		got := b.send(t, http.MethodGet, "/v1/audit-events?limit=100"+query, who.token, nil)
		require.Equal(t, http.StatusOK, got.status, got.text)
		found = map[any]int{}
		for _, item := range got.items() {
			found[item["organisation_id"]]++
			if _, ok := item["detail"]; ok && item["organisation_id"] != who.organisation.String() {
				details++
			}
		}
		return found, details
	}
	seen, _ := organisations(producer, "")
	require.Contains(t, seen, producer.organisation.String())
	require.NotContains(t, seen, buyer.organisation.String())
	seen, details := organisations(camau, "")
	require.Contains(t, seen, producer.organisation.String())
	require.NotContains(t, seen, buyer.organisation.String())
	require.Zero(t, details, "an official sees no details of others")
	seen, details = organisations(admin, "")
	require.Contains(t, seen, buyer.organisation.String())
	require.Positive(t, details)
	seen, _ = organisations(admin, "&action=api_key.created&organisation_id="+buyer.organisation.String())
	require.Equal(t, map[any]int{buyer.organisation.String(): 1}, seen)
	seen, _ = organisations(producer, "&organisation_id="+buyer.organisation.String())
	require.Empty(t, seen)

	// Page by page it is the same list, and counted when asked for.
	whole := b.send(t, http.MethodGet, "/v1/audit-events?limit=100&count=true", admin.token, nil)
	require.InDelta(t, len(whole.items()), whole.get("total"), 0)
	var paged []map[string]any
	for cursor, more := "", true; more; {
		page := b.send(t, http.MethodGet, "/v1/audit-events?limit=2"+cursor, admin.token, nil)
		paged = append(paged, page.items()...)
		next, _ := page.get("next_cursor").(string)
		cursor, more = "&cursor="+next, next != ""
	}
	require.Equal(t, whole.items(), paged)

	applicant := b.join(t, b.producer("applicant@test.example"), false)
	require.Equal(t, "organisation_not_approved", b.send(t, http.MethodGet, "/v1/audit-events", applicant.token, nil).code())
}

func TestAdministratorsAreMadeOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	admin := b.administrator(t)
	require.True(t, admin.who.Administrator)
	require.True(t, admin.who.Oversees(identity.Authority))
	require.NoError(t, admin.who.MayWrite("monitor"))
	err := b.service.CreateAdministrator(t.Context(), identity.NewUser{Name: "x", Email: "ADMIN@test.example", Password: password})
	require.ErrorIs(t, err, identity.ErrLoginTaken)
	err = b.service.CreateAdministrator(t.Context(), identity.NewUser{Name: "x", Email: "x@test.example", Password: "short"})
	require.ErrorIs(t, err, identity.ErrPasswordShort)
	me := b.send(t, http.MethodGet, "/v1/me", admin.token, nil)
	require.Equal(t, true, me.get("user.administrator"))
}

func TestEveryRefusalHasBothTextsAndItsOwnCode(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{}
	for _, definition := range append(fault.General(), identity.Faults()...) {
		require.False(t, codes[definition.Code], definition.Code)
		codes[definition.Code] = true
		require.NotEmpty(t, definition.Vietnamese)
		require.NotEmpty(t, definition.English)
		require.GreaterOrEqual(t, definition.Status, 400)
	}
}

// The platform registers history on its own clock, without mail, limits or a hash for people who
// never sign in.
func TestSeedingHistory(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *identity.Options) { o.Registrations = 1 })
	then := time.Date(2025, 11, 3, 8, 0, 0, 0, time.UTC)
	past := identity.NewService(b.App.WithClock(func() time.Time { return then }), b.Book, identity.Options{})
	id := uuid.Must(uuid.NewV7())
	application := b.producer("seed@test.example")
	application.Organisation.ID, application.Organisation.Fictional, application.User.Password = id, true, ""
	received, err := past.Register(t.Context(), identity.SystemPrincipal(), application)
	require.NoError(t, err)
	approved, err := past.Approve(t.Context(), identity.SystemPrincipal(), id)
	require.NoError(t, err)
	require.Equal(t, id, received.Organisation.ID)
	require.True(t, approved.Fictional)
	require.Equal(t, then, approved.UpdatedAt)
	require.Equal(t, then, received.Organisation.CreatedAt)
	require.Empty(t, b.letters(t))
	_, err = past.Register(t.Context(), identity.SystemPrincipal(), application)
	require.ErrorIs(t, err, identity.ErrLoginTaken)

	// Nobody else sets these, not even an administrator.
	admin := b.administrator(t)
	application.User.Email, application.User.Password = "other@test.example", password
	received, err = b.service.Register(t.Context(), admin.who, application)
	require.NoError(t, err)
	require.False(t, received.Organisation.Fictional)
	require.NotEqual(t, id, received.Organisation.ID)
}
