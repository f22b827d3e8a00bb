package catalog_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
)

// stateOn reads a certificate's state on a day in every way there is and wants them to agree.
func (m *market) stateOn(id uuid.UUID, day civil.Date) string {
	m.Helper()
	read, err := m.service.CertificateOn(m.Context(), m.ann, id, day)
	require.NoError(m, err)
	history, err := m.service.CertificateHistory(m.Context(), m.ann, id, day)
	require.NoError(m, err)
	require.Equal(m, read.State, history.State)
	last := catalog.NotSubmitted
	for _, change := range history.Changes {
		if !day.Before(change.On) {
			last = change.State
		}
	}
	require.Equal(m, read.State, last, "by the changes, on %s", day)
	const query = `
		SELECT catalog.certificate_state_on(c, h.warn_days, $2) FROM catalog.certificates c JOIN reference.schemes h ON h.code = c.scheme WHERE c.id = $1`
	var inSQL string
	require.NoError(m, m.db.Get(m.Context(), &inSQL, query, id, day))
	require.Equal(m, string(read.State), inSQL, "in SQL, on %s", day)
	return inSQL
}

func (m *market) at(day string) {
	m.now.set(date(day).In(time.UTC).Add(5 * time.Hour))
}

// What a certificate was worth on any day follows from what was decided until then and from its
// dates, and nothing that was decided is ever changed.
func TestTheStateOfACertificateOnAnyDay(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	m.at("2026-02-10")
	farm := asc("ASC_FARM", "F")
	farm.IssuedOn, farm.ValidUntil = date("2026-02-01"), date("2026-12-31")
	made, err := m.service.SubmitCertificate(t.Context(), m.ann, farm)
	require.NoError(t, err)
	m.at("2026-02-20")
	_, err = m.service.Verify(t.Context(), m.caMau, made.ID, nil)
	require.NoError(t, err)
	m.at("2026-11-20")
	revoked, err := m.service.RevokeFor(t.Context(), m.caMau, made.ID, nil, catalog.Ruling{
		ReasonCode: "withdrawn_by_issuer", Reason: "Thư ngày 1/11", EffectiveAt: time.Date(2026, 11, 1, 1, 0, 0, 0, time.UTC),
	})
	require.NoError(t, err)
	require.Equal(t, date("2026-11-01"), revoked.RevokedOn)
	require.Equal(t, "withdrawn_by_issuer", revoked.ReasonCode)
	m.at("2026-12-01")
	for _, c := range []struct{ day, want string }{
		{"2026-02-09", "not_submitted"},
		{"2026-02-10", "submitted"},
		{"2026-02-19", "submitted"},
		{"2026-02-20", "valid"},
		{"2026-10-01", "valid"},
		{"2026-10-02", "expiring"},
		{"2026-10-31", "expiring"},
		{"2026-11-01", "revoked"},
		{"2027-03-01", "revoked"},
	} {
		require.Equal(t, c.want, m.stateOn(made.ID, date(c.day)), c.day)
		marks, err := catalog.MarksTx(t.Context(), m.db, ids(product.ID), date(c.day))
		require.NoError(t, err)
		require.Equal(t, c.want == "valid" || c.want == "expiring", len(marks) > 0, "the mark on %s", c.day)
	}
	before, err := m.service.CertificateOn(t.Context(), m.ann, made.ID, date("2026-06-01"))
	require.NoError(t, err)
	require.Empty(t, before.Reason)
	require.Zero(t, before.RevokedOn)
	require.Nil(t, before.DecidedAt, "it was decided later")

	history, err := m.service.CertificateHistory(t.Context(), m.ann, made.ID, civil.Date{})
	require.NoError(t, err)
	require.Equal(t, date("2026-12-01"), history.On)
	require.Len(t, history.Decisions, 3)
	require.Equal(t, catalog.Decision{
		Decision: "submitted", At: time.Date(2026, 2, 10, 5, 0, 0, 0, time.UTC), EffectiveOn: date("2026-02-10"), By: "producer",
	}, history.Decisions[0])
	require.Equal(t, catalog.Decision{
		Decision: "revoked", At: time.Date(2026, 11, 20, 5, 0, 0, 0, time.UTC), EffectiveOn: date("2026-11-01"), By: "authority",
		ReasonCode: "withdrawn_by_issuer", ReasonName: "Nơi cấp đã thu hồi", ReasonNameEN: "Withdrawn by the issuer", Reason: "Thư ngày 1/11",
	}, history.Decisions[2])
	_, err = m.service.CertificateHistory(t.Context(), m.ben, made.ID, civil.Date{})
	require.ErrorIs(t, err, fault.ErrNotFound)
	for _, statement := range []string{
		"UPDATE catalog.certificate_decisions SET reason = 'x'", "DELETE FROM catalog.certificate_decisions",
		"UPDATE catalog.certificate_surveillance SET passed = true", "TRUNCATE catalog.certificate_decisions",
	} {
		_, err := m.db.Exec(t.Context(), statement)
		require.Equal(t, "42501", postgres.Code(err), statement)
	}
}

func TestReasonsOfDecisions(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	submitted := func(number string) uuid.UUID {
		made, err := m.service.SubmitCertificate(t.Context(), m.ann, asc("ASC_FARM", number))
		require.NoError(t, err)
		return made.ID
	}
	id := submitted("R")
	_, err := m.service.RejectFor(t.Context(), m.caMau, id, nil, catalog.Ruling{})
	refused(t, err, fault.ErrRequired, "reason", "no reason at all")
	_, err = m.service.RejectFor(t.Context(), m.caMau, id, nil, catalog.Ruling{ReasonCode: "scheme_breached"})
	refused(t, err, fault.ErrUnknownValue, "reason_code", "a reason to revoke is none to reject")
	rejected, err := m.service.RejectFor(t.Context(), m.caMau, id, nil, catalog.Ruling{ReasonCode: "unreadable_scan"})
	require.NoError(t, err, "own words may be left out")
	require.Equal(t, "unreadable_scan", rejected.ReasonCode)
	id = submitted("V")
	_, err = m.service.Verify(t.Context(), m.caMau, id, nil)
	require.NoError(t, err)
	_, err = m.service.RevokeFor(t.Context(), m.caMau, id, nil, catalog.Ruling{Reason: "Demo", EffectiveAt: noon.Add(time.Second)})
	refused(t, err, catalog.ErrEffectiveInFuture, "effective_at", "tomorrow's revocation")
}

// The release before writes certificates without scopes and moves them without decisions: both are
// there all the same.
func TestTheReleaseBeforeLeavesTheSameHistory(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	id := uuid.New()
	const insert = `
		INSERT INTO catalog.certificates (id, producer_id, scheme, number, issuer, issued_on, valid_until, scope_kind, scope, lines,
		       state, created_at, updated_at)
		VALUES ($1, $2, 'ASC_FARM', 'OLD', 'Demo', '2026-01-01', '2028-01-01', 'farm_area', '{"note":"Ao 1","area_ha":"2.5"}',
		       '{black_tiger_shrimp}', 'submitted', $3, $3)`
	_, err := m.db.Exec(t.Context(), insert, id, m.ann.OrganisationID, noon)
	require.NoError(t, err)
	const verify = `UPDATE catalog.certificates SET state = 'verified', decided_by = $2, decided_at = $3 WHERE id = $1`
	_, err = m.db.Exec(t.Context(), verify, id, m.caMau.UserID, noon)
	require.NoError(t, err)
	require.Equal(t, []string{"ASC_FARM"}, m.marks(product, "2026-12-01"))
	read, err := m.service.Certificate(t.Context(), m.ann, id)
	require.NoError(t, err)
	require.Equal(t, "Ao 1", read.Scope.Note)
	require.Equal(t, "2.5", read.Scope.AreaHa.String())
	_, err = m.service.Revoke(t.Context(), m.caMau, id, nil, "Demo")
	require.NoError(t, err)
	history, err := m.service.CertificateHistory(t.Context(), m.ann, id, civil.Date{})
	require.NoError(t, err)
	require.Len(t, history.Decisions, 3)
	require.Equal(t, catalog.Verified, history.Decisions[1].Decision)
	require.Empty(t, m.marks(product, "2026-12-01"))
}

// OCOP: 36 calendar months from signature, clamped to the month's end, in Go as in SQL, for every day
// of eight years.
func TestValidityOfEveryDay(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ocop, _ := m.book.Scheme("OCOP")
	var rows []struct {
		Signed civil.Date `db:"signed"`
		Until  civil.Date `db:"until"`
	}
	const query = `
		SELECT CAST(d AS date) AS signed, CAST(d + interval '36 months' AS date) AS until
		  FROM generate_series(CAST('2019-01-01' AS timestamp), '2027-12-31', interval '1 day') d`
	require.NoError(t, m.db.Select(t.Context(), &rows, query))
	require.Len(t, rows, 3287)
	for _, row := range rows {
		require.Equal(t, row.Until, row.Signed.AddMonths(ocop.Term(row.Signed).ValidityMonths), row.Signed)
	}
	for signed, until := range map[string]string{
		"2024-02-29": "2027-02-28", "2021-02-28": "2024-02-28", "2023-08-31": "2026-08-31", "2025-01-31": "2028-01-31", "2024-12-31": "2027-12-31",
	} {
		require.Equal(t, date(until), date(signed).AddMonths(36), signed)
	}
}

// Surveillance falls due by the scheme's months, counted from the last audit passed. What is overdue
// or failed is remarked on and takes no mark away.
func TestSurveillance(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	farm := asc("ASC_FARM", "F")
	farm.IssuedOn = date("2025-06-30")
	made := m.certify(m.ann, farm)
	require.Equal(t, &catalog.Surveillance{DueOn: date("2026-06-30"), Overdue: true}, made.Surveillance)
	require.Equal(t, []string{"number_format", "surveillance_overdue"}, codes(made.Notes))
	require.Equal(t, []string{"ASC_FARM"}, m.marks(product, "2026-12-01"))
	audit := func(day string, passed bool) error {
		_, err := m.service.RecordAudit(t.Context(), m.caMau, made.ID, nil, catalog.Audit{DoneOn: date(day), Passed: passed})
		return err
	}
	require.NoError(t, audit("2026-07-15", false))
	read, err := m.service.Certificate(t.Context(), m.ann, made.ID)
	require.NoError(t, err)
	require.Equal(t, &catalog.Surveillance{DueOn: date("2026-06-30"), Overdue: true, LastOn: date("2026-07-15")}, read.Surveillance)
	require.Equal(t, []string{"number_format", "surveillance_failed", "surveillance_overdue"}, codes(read.Notes))
	require.NoError(t, audit("2026-08-31", true))
	read, err = m.service.Certificate(t.Context(), m.ann, made.ID)
	require.NoError(t, err)
	require.Equal(t, &catalog.Surveillance{DueOn: date("2027-08-31"), LastOn: date("2026-08-31"), Passed: true}, read.Surveillance)
	require.Greater(t, read.Version, made.Version)
	then, err := m.service.CertificateOn(t.Context(), m.ann, made.ID, date("2026-08-01"))
	require.NoError(t, err)
	require.Equal(t, date("2026-07-15"), then.Surveillance.LastOn, "as it was on that day")
	require.ErrorIs(t, audit("2026-08-31", true), catalog.ErrAuditExists)
	refused(t, audit("2026-12-02", true), fault.ErrOutOfRange, "done_on", "tomorrow")
	refused(t, audit("2025-06-29", true), fault.ErrOutOfRange, "done_on", "before its issue")
	_, err = m.service.RecordAudit(t.Context(), m.ann, made.ID, nil, catalog.Audit{DoneOn: date("2026-09-01")})
	require.ErrorIs(t, err, fault.ErrForbidden)
	waiting, err := m.service.SubmitCertificate(t.Context(), m.ann, asc("ASC_FARM", "W"))
	require.NoError(t, err)
	_, err = m.service.RecordAudit(t.Context(), m.caMau, waiting.ID, nil, catalog.Audit{DoneOn: date("2026-09-01")})
	require.ErrorIs(t, err, catalog.ErrCertificateState)
}

func codes(notes []catalog.Note) []string {
	list := make([]string, 0, len(notes))
	for _, note := range notes {
		list = append(list, note.Code)
	}
	return list
}

// A renewal stands beside what it renews, so that the mark goes on without a gap.
func TestARenewalLeavesNoGap(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	older := asc("ASC_FARM", "ASC 1")
	older.IssuedOn, older.ValidUntil = date("2026-01-01"), date("2026-11-30")
	old := m.certify(m.ann, older)
	newer := asc("ASC_FARM", "ASC 2")
	newer.IssuedOn, newer.RenewsID = date("2026-11-15"), old.ID
	renewal := m.certify(m.ann, newer)
	require.Empty(t, codes(renewal.Notes))
	read, err := m.service.Certificate(t.Context(), m.ann, old.ID)
	require.NoError(t, err)
	require.Equal(t, renewal.ID, read.RenewedBy)
	require.Equal(t, old.ID, renewal.RenewsID)
	for day := date("2026-12-01"); day.Before(date("2026-12-05")); day = day.AddDays(1) {
		require.Equal(t, []string{"ASC_FARM"}, m.marks(product, day.String()))
	}
	again := newer
	again.Number = "ASC 3"
	_, err = m.service.SubmitCertificate(t.Context(), m.ann, again)
	require.ErrorIs(t, err, catalog.ErrRenewed)
	for name, change := range map[string]func(*catalog.NewCertificate){
		"nothing":        func(c *catalog.NewCertificate) { c.RenewsID = uuid.New() },
		"another scheme": func(c *catalog.NewCertificate) { *c = asc("ASC_COC", "C"); c.RenewsID = renewal.ID },
	} {
		c := again
		change(&c)
		_, err := m.service.SubmitCertificate(t.Context(), m.ann, c)
		refused(t, err, catalog.ErrRenewalOf, "renews_id", name)
	}
	foreign := again
	foreign.RenewsID = renewal.ID
	_, err = m.service.SubmitCertificate(t.Context(), m.ben, foreign)
	refused(t, err, catalog.ErrRenewalOf, "renews_id", "somebody else's")

	late := asc("ASC_FARM", "ASC 4")
	late.ValidUntil = date("2026-09-30")
	gone := m.certify(m.ann, late)
	next := asc("ASC_FARM", "ASC 5")
	next.IssuedOn, next.RenewsID = date("2026-10-11"), gone.ID
	made, err := m.service.SubmitCertificate(t.Context(), m.ann, next)
	require.NoError(t, err)
	require.Equal(t, []string{"renewal_gap"}, codes(made.Notes))
	require.Contains(t, made.Notes[0].Text, "10 ngày")
	require.Contains(t, made.Notes[0].TextEN, "2026-10-01")
}
