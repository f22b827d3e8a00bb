package catalog_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/jobs"
)

// events lists what was recorded of a certificate's end, in order: "warned 60", "lapsed".
func (m *market) events(certificate uuid.UUID) []string {
	m.Helper()
	const query = `
		SELECT replace(action, 'certificate.', '') || coalesce(' ' || (detail ->> 'days'), '') FROM identity.audit_events
		 WHERE subject_id = $1 AND action IN ('certificate.warned', 'certificate.lapsed') ORDER BY at, id`
	events := []string{}
	require.NoError(m, m.db.Select(m.Context(), &events, query, certificate))
	return events
}

// endings is the job's work, until nothing is left.
func (m *market) endings() {
	m.Helper()
	for more := true; more; {
		var err error
		more, err = m.service.NoteEndings(m.Context())
		require.NoError(m, err)
	}
}

// vietnam is an instant of a day there.
func vietnam(day string, hour, minute int) time.Time {
	return date(day).In(time.FixedZone("VN", 7*3600)).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// Holders are warned 90, 60 and 30 days before the last day, once each, and a lapse is noted in its
// first minute. Days are Vietnam's.
func TestWarningsAndLapses(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	certificate := asc("ASC_FARM", "DEMO-END")
	certificate.ValidUntil = date("2027-03-31")
	id := m.certify(m.ann, certificate).ID
	endless := asc("ASC_FARM", "DEMO-REVOKED")
	endless.ValidUntil = date("2027-03-31")
	revoked := m.certify(m.ben, endless).ID
	_, err := m.service.Revoke(t.Context(), m.caMau, revoked, nil, "Demo")
	require.NoError(t, err)
	submitted, err := m.service.SubmitCertificate(t.Context(), m.ann, withNumber(certificate, "DEMO-SUBMITTED"))
	require.NoError(t, err)
	for _, c := range []struct {
		day          string
		hour, minute int
		want         []string
	}{
		{"2026-12-30", 23, 59, []string{}},
		{"2026-12-31", 0, 0, []string{"warned 90"}},
		{"2027-01-29", 12, 0, []string{"warned 90"}},
		{"2027-01-30", 0, 0, []string{"warned 90", "warned 60"}},
		{"2027-02-28", 23, 59, []string{"warned 90", "warned 60"}},
		{"2027-03-01", 0, 1, []string{"warned 90", "warned 60", "warned 30"}},
		{"2027-03-31", 23, 59, []string{"warned 90", "warned 60", "warned 30"}},
		{"2027-04-01", 0, 0, []string{"warned 90", "warned 60", "warned 30", "lapsed"}},
		{"2028-01-01", 0, 0, []string{"warned 90", "warned 60", "warned 30", "lapsed"}},
	} {
		m.now.set(vietnam(c.day, c.hour, c.minute))
		m.endings()
		m.endings()
		require.Equal(t, c.want, m.events(id), "%s %02d:%02d", c.day, c.hour, c.minute)
	}
	require.Empty(t, m.events(revoked), "what was revoked does not lapse")
	require.Empty(t, m.events(submitted.ID), "what was never verified does not lapse")
	m.now.set(vietnam("2028-01-01", 9, 0))
	_, err = m.service.Verify(t.Context(), m.caMau, submitted.ID, nil)
	require.NoError(t, err)
	m.endings()
	require.Empty(t, m.events(submitted.ID), "nor what was verified after its end")
}

// Of the warnings that were missed only the most urgent is given.
func TestMissedWarningsAreMadeUpFor(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	certificate := asc("ASC_FARM", "DEMO-END")
	certificate.ValidUntil = date("2027-03-31")
	id := m.certify(m.ann, certificate).ID
	for _, step := range []struct {
		day  string
		want []string
	}{
		{"2027-02-10", []string{"warned 60"}},
		{"2027-03-30", []string{"warned 60", "warned 30"}},
		{"2027-03-31", []string{"warned 60", "warned 30"}},
	} {
		m.now.set(vietnam(step.day, 12, 0))
		m.endings()
		require.Equal(t, step.want, m.events(id), step.day)
	}
}

// The days of a scheme are data.
func TestWarningDaysAreData(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	_, err := m.lent.Owner.Exec(t.Context(), `INSERT INTO catalog.warning_days (scheme, days, source) VALUES ('ASC_COC', 120, 'test'), ('ASC_COC', 7, 'test')`)
	require.NoError(t, err)
	farm, chain := asc("ASC_FARM", "DEMO-1"), asc("ASC_COC", "DEMO-2")
	farm.ValidUntil, chain.ValidUntil = date("2027-03-31"), date("2027-03-31")
	farmID, chainID := m.certify(m.ann, farm).ID, m.certify(m.ann, chain).ID
	for _, day := range []string{"2026-12-01", "2027-01-30", "2027-03-24"} {
		m.now.set(vietnam(day, 12, 0))
		m.endings()
	}
	require.Equal(t, []string{"warned 60", "warned 30"}, m.events(farmID))
	require.Equal(t, []string{"warned 120", "warned 7"}, m.events(chainID))
}

// Many processes that look at once note each end once; the job does what they do.
func TestEndingsAreNotedOnce(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	var ids []uuid.UUID
	for n := range 40 {
		certificate := asc("ASC_FARM", fmt.Sprintf("DEMO-%d", n))
		certificate.ValidUntil = date("2026-12-31")
		ids = append(ids, m.certify(m.ann, certificate).ID)
	}
	parallel := func() {
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for more := true; more; {
					var err error
					if more, err = m.service.NoteEndings(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
	}
	parallel()
	m.now.set(vietnam("2027-01-01", 0, 0))
	parallel()
	for _, id := range ids {
		require.Equal(t, []string{"warned 30", "lapsed"}, m.events(id))
	}
	workers := jobs.NewWorkers()
	m.service.EndingJobs(workers)
	_, err := jobs.New(m.lent.App, workers, jobs.Options{})
	require.NoError(t, err)
}
