package monitor_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

// decided submits a certificate as its producer would, and takes the decisions about it.
func (b *testBundle) decided(t *testing.T, number string, decide ...func(*catalog.Service, uuid.UUID) error) uuid.UUID {
	t.Helper()
	service := catalog.NewService(b.App, nil, b.Book, catalog.Options{})
	today := reference.Day(time.Now())
	made, err := service.SubmitCertificate(context.Background(), b.cast["producer"], catalog.NewCertificate{
		Scheme: "ASC_FARM", Number: number, Issuer: "Demo", IssuedOn: today.AddDays(-100), ValidUntil: today.AddDays(100),
		Scope: catalog.Scope{Kind: "farm_area", Lines: []string{"black_tiger_shrimp"}},
	})
	require.NoError(t, err)
	for _, each := range decide {
		require.NoError(t, each(service, made.ID))
	}
	return made.ID
}

// examineAfter examines what a tampering by the owner leaves, with its triggers asleep, and undoes it.
func (b *testBundle) examineAfter(t *testing.T, tampering string) monitor.Examination {
	t.Helper()
	b.tamper(t, `
		CREATE TABLE public.decisions_before AS TABLE catalog.certificate_decisions;
		CREATE TABLE public.certificates_before AS TABLE catalog.certificates;
		ALTER TABLE catalog.certificate_decisions DISABLE TRIGGER USER;
		ALTER TABLE catalog.certificates DISABLE TRIGGER USER;`+tampering)
	found := b.examine(t)
	b.tamper(t, `
		DELETE FROM catalog.certificate_decisions;
		INSERT INTO catalog.certificate_decisions TABLE public.decisions_before;
		UPDATE catalog.certificates c
		   SET state = b.state, decided_at = b.decided_at, verified_on = b.verified_on, revoked_on = b.revoked_on, reason = b.reason
		  FROM public.certificates_before b WHERE b.id = c.id;
		DROP TABLE public.decisions_before, public.certificates_before;
		ALTER TABLE catalog.certificate_decisions ENABLE TRIGGER USER;
		ALTER TABLE catalog.certificates ENABLE TRIGGER USER`)
	return found
}

// Whoever edits, cuts or slips in a decision about a certificate is found, whether the certificate
// is changed to match or not; the service's role cannot.
func TestDoctorNamesTamperedDecisions(t *testing.T) {
	t.Parallel()
	b := setup(t, monitor.Options{})
	official := b.cast["official.camau"]
	b.enter(t, identity.Producer, b.cast["producer"].OrganisationID)
	verify := func(s *catalog.Service, id uuid.UUID) error {
		_, err := s.Verify(context.Background(), official, id, nil)
		return err
	}
	revoke := func(s *catalog.Service, id uuid.UUID) error {
		_, err := s.RevokeFor(context.Background(), official, id, nil, catalog.Ruling{Reason: "Demo", EffectiveAt: time.Now().AddDate(0, 0, -2)})
		return err
	}
	reject := func(s *catalog.Service, id uuid.UUID) error {
		_, err := s.Reject(context.Background(), b.cast["administrator"], id, nil, "Demo")
		return err
	}
	revoked := b.decided(t, "DEMO-1", verify, revoke)
	rejected := b.decided(t, "DEMO-2", reject)
	verified := b.decided(t, "DEMO-3", verify)
	waiting := b.decided(t, "DEMO-4")
	// In bulk: invented, and recorded nowhere.
	b.tamper(t, `INSERT INTO catalog.certificates (id, producer_id, scheme, number, issuer, issued_on, scope_kind, state, decided_at, invented, created_at, updated_at)
		VALUES ($1, $2, 'ASC_FARM', 'DEMO-5', 'Demo', '2026-01-01', 'farm_area', 'verified', now(), true, now(), now())`, newID(), b.cast["producer"].OrganisationID)
	b.seal(t)
	require.Empty(t, b.examine(t).Findings)

	const (
		history = "catalog.certificate_decisions"
		stored  = "catalog.certificates"
		edited  = "a decision that is not as it was recorded"
		unknown = "a decision that the audit trail knows nothing of"
		missing = "a decision that was recorded and is missing"
		order   = "decisions in an order that no certificate takes"
		differs = "a certificate whose state is not what was decided"
	)
	for _, test := range []struct {
		name, do string
		id       uuid.UUID
		found    map[string]string
	}{
		{"a reason, edited", `UPDATE catalog.certificate_decisions SET reason = 'other' WHERE certificate_id = '` + rejected.String() + `' AND n = 2`,
			rejected, map[string]string{edited: history, differs: stored}},
		{"a reason, edited in both places", `UPDATE catalog.certificate_decisions SET reason = 'other' WHERE certificate_id = '` + rejected.String() + `' AND n = 2;
			UPDATE catalog.certificates SET reason = 'other' WHERE id = '` + rejected.String() + `'`,
			rejected, map[string]string{edited: history}},
		{"from when it counts", `UPDATE catalog.certificate_decisions SET effective_at = at WHERE certificate_id = '` + revoked.String() + `' AND n = 3`,
			revoked, map[string]string{edited: history, differs: stored}},
		{"who decided", `UPDATE catalog.certificate_decisions SET by_user = gen_random_uuid() WHERE certificate_id = '` + verified.String() + `' AND n = 2`,
			verified, map[string]string{edited: history, unknown: history, differs: stored}},
		{"for whom it was decided", `UPDATE catalog.certificate_decisions SET by_kind = 'platform' WHERE certificate_id = '` + verified.String() + `' AND n = 2`,
			verified, map[string]string{edited: history}},
		{"when it was decided", `UPDATE catalog.certificate_decisions SET at = at + interval '1 second' WHERE certificate_id = '` + verified.String() + `' AND n = 2`,
			verified, map[string]string{unknown: history, missing: history, differs: stored}},
		{"what was decided", `UPDATE catalog.certificate_decisions SET decision = 'rejected' WHERE certificate_id = '` + verified.String() + `' AND n = 2`,
			verified, map[string]string{unknown: history, missing: history, differs: stored}},
		{"a revocation, cut", `DELETE FROM catalog.certificate_decisions WHERE certificate_id = '` + revoked.String() + `' AND n = 3;
			UPDATE catalog.certificates SET state = 'verified', revoked_on = NULL, reason = '', decided_at = (SELECT at FROM catalog.certificate_decisions
			 WHERE certificate_id = id AND n = 2) WHERE id = '` + revoked.String() + `'`,
			revoked, map[string]string{missing: history}},
		{"the first, cut", `DELETE FROM catalog.certificate_decisions WHERE certificate_id = '` + verified.String() + `' AND n = 1`,
			verified, map[string]string{missing: history, order: history}},
		{"a verification, slipped in", `INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind)
			VALUES ('` + waiting.String() + `', 2, 'verified', now(), now(), 'authority');
			UPDATE catalog.certificates SET state = 'verified', decided_at = now(), verified_on = CAST(now() AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)
			 WHERE id = '` + waiting.String() + `'`,
			waiting, map[string]string{unknown: history}},
		{"a second life, slipped in", `INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind)
			VALUES ('` + rejected.String() + `', 3, 'verified', now(), now(), 'authority')`,
			rejected, map[string]string{unknown: history, order: history, differs: stored}},
		{"the state alone", `UPDATE catalog.certificates SET state = 'verified', revoked_on = NULL WHERE id = '` + revoked.String() + `'`,
			revoked, map[string]string{differs: stored}},
		{"the day alone", `UPDATE catalog.certificates SET verified_on = verified_on - 30 WHERE id = '` + verified.String() + `'`,
			verified, map[string]string{differs: stored}},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := b.examineAfter(t, test.do)
			named := make(map[string]string)
			for _, each := range found.Findings {
				if each.Table != "trigger" {
					require.Equal(t, test.id.String(), each.ID, each.What)
					named[each.What] = each.Table
				}
			}
			require.Equal(t, test.found, named)
			require.Equal(t, "a trigger that keeps certificates and their decisions together does not run",
				finding(t, found, "trigger", "certificate_decided").What)
		})
	}
	require.Empty(t, b.examine(t).Findings, "each was undone")
	for _, statement := range []string{
		"UPDATE catalog.certificate_decisions SET reason = ''", "DELETE FROM catalog.certificate_decisions", "TRUNCATE catalog.certificate_decisions",
	} {
		_, err := b.App.Exec(context.Background(), statement)
		require.ErrorContains(t, err, "permission denied", statement)
	}
	b.tamper(t, "GRANT UPDATE (reason) ON catalog.certificate_decisions TO PUBLIC")
	require.Contains(t, finding(t, b.examine(t), "rights on", "catalog.certificate_decisions").Detail, "may UPDATE")
}
