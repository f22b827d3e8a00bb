package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// The events that the passing of time brings to a certificate, in the audit trail, once each. Those
// who must draw consequences follow the trail: identity.SealedAfter. A revocation is a decision,
// with an event of its own.
const (
	EventWarned  = "certificate.warned"
	EventLapsed  = "certificate.lapsed"
	EventRevoked = "certificate.revoked"
)

// endings is the job that looks for certificates near or past their end.
type endings struct{}

// Kind implements jobs.Args.
func (endings) Kind() string { return "certificate.endings" }

// endingsEvery bounds how long after midnight in Vietnam a lapse is noted. The mark itself is gone
// at midnight: it is computed.
const endingsEvery = time.Minute

// endingsBatch bounds what one transaction notes.
const endingsBatch = 500

// EndingJobs registers the job that notes warnings and lapses.
func (s *Service) EndingJobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, func(ctx context.Context, _ endings) error {
		for {
			more, err := s.NoteEndings(ctx)
			if err != nil || !more {
				return err
			}
		}
	})
	jobs.Every(workers, endingsEvery, endings{})
}

// ending is a certificate that is warned of or has lapsed.
type ending struct {
	ID         uuid.UUID  `db:"id"          json:"-"`
	ProducerID uuid.UUID  `db:"producer_id" json:"producer_id"`
	Scheme     string     `db:"scheme"      json:"scheme"`
	ValidUntil civil.Date `db:"valid_until" json:"valid_until"`
	Days       int        `db:"days"        json:"days,omitempty"`
}

// NoteEndings records which certificates have come within one of the days of catalog.warning_days
// before their end, and which are past it: a fact and an event for each, once, however many
// processes look. It reports whether there is more to note.
//
// What was missed while nobody looked is made up for: of the warnings, only the most urgent. A
// certificate that has a verified renewal is not warned of. One that was past its end before it
// was verified never lapsed here.
func (s *Service) NoteEndings(ctx context.Context) (bool, error) {
	more := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		warned, err := note(ctx, tx, EventWarned, insertWarnings)
		if err != nil {
			return err
		}
		lapsed, err := note(ctx, tx, EventLapsed, insertLapses)
		more = max(warned, lapsed) == endingsBatch
		return err
	})
	return more, err
}

const insertWarnings = `
	WITH due AS (
		SELECT c.id, c.producer_id, c.scheme, c.valid_until, min(w.days) AS days
		  FROM catalog.certificates c
		  JOIN catalog.warning_days w ON w.scheme IS NOT DISTINCT FROM
		       CASE WHEN EXISTS (SELECT FROM catalog.warning_days own WHERE own.scheme = c.scheme) THEN c.scheme END
		 WHERE c.state = 'verified' AND c.valid_until >= CAST($1 AS date)
		   AND NOT EXISTS (SELECT FROM catalog.certificates r WHERE r.renews_id = c.id AND r.state = 'verified')
		   AND c.valid_until <= CAST($1 AS date) + (SELECT max(a.days) FROM catalog.warning_days a)
		   AND c.valid_until <= CAST($1 AS date) + w.days
		 GROUP BY c.id
	), made AS (
		INSERT INTO catalog.certificate_warnings (certificate_id, days, warned_at)
		SELECT d.id, d.days, $2 FROM due d
		 WHERE NOT EXISTS (SELECT FROM catalog.certificate_warnings w WHERE w.certificate_id = d.id AND w.days <= d.days)
		 ORDER BY d.valid_until, d.id LIMIT $3
		    ON CONFLICT DO NOTHING
		RETURNING certificate_id)
	SELECT d.id, d.producer_id, d.scheme, d.valid_until, d.days
	  FROM due d JOIN made m ON m.certificate_id = d.id ORDER BY d.valid_until, d.id`

const insertLapses = `
	WITH made AS (
		INSERT INTO catalog.certificate_lapses (certificate_id, lapsed_on, noted_at)
		SELECT c.id, c.valid_until + 1, $2
		  FROM catalog.certificates c
		 WHERE c.state = 'verified' AND c.valid_until < CAST($1 AS date)
		   AND CAST(c.decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) <= c.valid_until
		   AND NOT EXISTS (SELECT FROM catalog.certificate_lapses l WHERE l.certificate_id = c.id)
		 ORDER BY c.valid_until, c.id LIMIT $3
		    ON CONFLICT DO NOTHING
		RETURNING certificate_id)
	SELECT c.id, c.producer_id, c.scheme, c.valid_until, 0 AS days
	  FROM catalog.certificates c JOIN made m ON m.certificate_id = c.id ORDER BY c.valid_until, c.id`

// note records what a statement finds and returns how much that was.
func note(ctx context.Context, tx *postgres.Tx, event, insert string) (int, error) {
	var found []ending
	if err := tx.Select(ctx, &found, insert, reference.Day(tx.Now), tx.Now, endingsBatch); err != nil {
		return 0, err
	}
	for _, each := range found {
		subject := identity.Subject{Kind: "certificate", ID: each.ID}
		if err := identity.RecordTx(ctx, tx, identity.SystemPrincipal(), event, subject, each); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}

// Ended is a certificate as those who are told of its end need to know it.
type Ended struct {
	ID         uuid.UUID  `db:"id"`
	ProducerID uuid.UUID  `db:"producer_id"`
	Scheme     string     `db:"scheme"`
	Number     string     `db:"number"`
	ValidUntil civil.Date `db:"valid_until"`
	// Reason is why it was revoked, for its holder.
	Reason string `db:"reason"`
	// Sellers are the producers whose products it may stand behind: the holder, and those of its
	// group's members that sell here.
	Sellers []uuid.UUID `db:"-"`
}

// EndedTx reads certificates by id; unknown ones are missing from the map.
func EndedTx(ctx context.Context, reader postgres.Reader, ids []uuid.UUID) (map[uuid.UUID]Ended, error) {
	const query = `
		SELECT c.id, c.producer_id, c.scheme, c.number, c.valid_until, c.reason, CAST(ARRAY(
		       SELECT c.producer_id UNION SELECT m.producer_id FROM catalog.certificate_members m
		        WHERE m.certificate_id = c.id AND m.producer_id IS NOT NULL) AS text[]) AS sellers
		  FROM catalog.certificates c WHERE c.id = ANY (CAST($1 AS uuid[]))`
	var rows []struct {
		Ended

		SellerIDs postgres.Strings `db:"sellers"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	ended := make(map[uuid.UUID]Ended, len(rows))
	for _, row := range rows {
		for _, text := range row.SellerIDs {
			seller, err := uuid.Parse(text)
			if err != nil {
				return nil, fmt.Errorf("reading who sells under certificate %s: %w", row.ID, err)
			}
			row.Sellers = append(row.Sellers, seller)
		}
		ended[row.ID] = row.Ended
	}
	return ended, nil
}
