package monitor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// ReportEntry is a report in a list, without what it says.
type ReportEntry struct {
	ID          uuid.UUID  `db:"id"          json:"id"`
	Period      string     `db:"period"      json:"period"`
	Kind        string     `db:"kind"        json:"kind"`
	Province    string     `db:"province"    json:"province"`
	Edition     int        `db:"edition"     json:"edition"`
	From        civil.Date `db:"first_day"   json:"from"`
	To          civil.Date `db:"last_day"    json:"to"`
	AsOf        time.Time  `db:"as_of"       json:"as_of"`
	Preliminary bool       `db:"preliminary" json:"preliminary"`
	Reason      string     `db:"reason"      json:"reason,omitempty"`
	Newest      bool       `db:"newest"      json:"newest"     doc:"No later edition has been made."`
	Corrected   bool       `db:"corrected"   json:"corrected"  doc:"There are postings or declarations of the period that are not in it: ask for another edition."`
	Digest      string     `db:"digest"      json:"digest"     doc:"SHA-256 of the report as it was kept, in hexadecimal."`
}

// corrected is true of a report r when postings of its period were sealed after it was made, as far as
// the ledger was followed, or more was declared of its months.
const corrected = `(EXISTS (SELECT FROM monitor.days_posted d WHERE d.business_date BETWEEN r.first_day AND r.last_day AND d.seq > r.seq)
	OR EXISTS (SELECT FROM trade.declared_months m WHERE m.month BETWEEN r.first_day AND r.last_day HAVING sum(m.declarations) > r.declarations))`

// ReportPage is one page of reports, newest first.
type ReportPage struct {
	// Before is the last id of the page before; zero begins.
	Before uuid.UUID
	Limit  int
	// Period keeps the editions of one; empty keeps all.
	Period string
}

// Reports lists the reports of the principal's province, those asked for last first. It refuses as
// RequestReport does.
func (s *Service) Reports(ctx context.Context, who identity.Principal, province string, page ReportPage) ([]ReportEntry, error) {
	if err := mayReport(who, &province, who.MayRead); err != nil {
		return nil, err
	}
	const query = `
		SELECT r.id, r.period, r.kind, r.province, r.edition, r.first_day, r.last_day, r.as_of, r.preliminary, r.reason,
		       NOT EXISTS (SELECT FROM monitor.reports l WHERE l.province = r.province AND l.period = r.period AND l.edition > r.edition) AS newest,
		       ` + corrected + ` AS corrected, encode(r.digest, 'hex') AS digest
		  FROM monitor.reports r
		 WHERE r.province = $1 AND ($2 = '' OR r.period = $2) AND ($3 OR r.id < $4)
		 ORDER BY r.id DESC LIMIT $5`
	entries := []ReportEntry{}
	err := s.db.Select(ctx, &entries, query, province, page.Period, page.Before == uuid.Nil, page.Before, page.Limit)
	return entries, err
}

// CountReports counts what Reports would list.
func (s *Service) CountReports(ctx context.Context, who identity.Principal, province string, page ReportPage) (int, error) {
	if err := mayReport(who, &province, who.MayRead); err != nil {
		return 0, err
	}
	const query = `SELECT count(*) FROM monitor.reports r WHERE r.province = $1 AND ($2 = '' OR r.period = $2)`
	count := 0
	err := s.db.Get(ctx, &count, query, province, page.Period)
	return count, err
}

// ErrReportTampered says that a report is not what was kept.
var ErrReportTampered = errors.New("monitor: a report is not what its digest says")

// PeriodReport reads an edition of a period's report, the newest when none is named, exactly as it was
// made. ErrNoReport when there is none; whoever may not read it is refused as by RequestReport.
func (s *Service) PeriodReport(ctx context.Context, who identity.Principal, text, province string, edition int) (PeriodReport, error) {
	if err := mayReport(who, &province, who.MayRead); err != nil {
		return PeriodReport{}, err
	}
	const query = `
		SELECT r.content, r.digest FROM monitor.reports r
		 WHERE r.province = $1 AND r.period = $2 AND ($3 = 0 OR r.edition = $3) ORDER BY r.edition DESC LIMIT 1`
	var kept struct {
		Content string `db:"content"`
		Digest  []byte `db:"digest"`
	}
	err := s.db.Get(ctx, &kept, query, province, text, edition)
	if errors.Is(err, postgres.ErrNoRows) {
		kinds, err := reportKinds(ctx, s.db)
		if err != nil {
			return PeriodReport{}, err
		}
		if _, err := readPeriod(kinds, text); err != nil {
			return PeriodReport{}, err
		}
		return PeriodReport{}, ErrNoReport.With("period", text)
	}
	if err != nil {
		return PeriodReport{}, err
	}
	if sum := sha256.Sum256([]byte(kept.Content)); !bytes.Equal(sum[:], kept.Digest) {
		return PeriodReport{}, fmt.Errorf("%w: %s of %s", ErrReportTampered, text, province)
	}
	var report PeriodReport
	if err := json.Unmarshal([]byte(kept.Content), &report); err != nil {
		return PeriodReport{}, fmt.Errorf("reading a report: %w", err)
	}
	return report, nil
}

// ReportOrder is a kind of report that an authority wants made and sent by itself.
type ReportOrder struct {
	Kind      string    `db:"kind"       json:"kind"`
	OrderedAt time.Time `db:"ordered_at" json:"ordered_at"`
}

// ReportOrders lists what the principal's authority ordered.
func (s *Service) ReportOrders(ctx context.Context, who identity.Principal) ([]ReportOrder, error) {
	if err := mayOrder(who, who.MayRead); err != nil {
		return nil, err
	}
	const query = `
		SELECT o.kind, o.ordered_at FROM monitor.report_orders o JOIN monitor.report_kinds k USING (kind)
		 WHERE o.organisation_id = $1 ORDER BY k.position`
	orders := []ReportOrder{}
	err := s.db.Select(ctx, &orders, query, who.OrganisationID)
	return orders, err
}

func mayOrder(who identity.Principal, may func(area string) error) error {
	if err := may(area); err != nil {
		return err
	}
	if !who.Official() {
		return fault.ErrForbidden.With()
	}
	return nil
}

// OrderReports begins or ends the sending of a kind of report to the principal's authority. Done again it
// changes nothing. An unknown kind is fault.ErrUnknownValue.
func (s *Service) OrderReports(ctx context.Context, who identity.Principal, kind string, wanted bool) error {
	if err := mayOrder(who, who.MayWrite); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		const order = `
			INSERT INTO monitor.report_orders (organisation_id, kind, ordered_by, ordered_at)
			SELECT $1, k.kind, $3, $4 FROM monitor.report_kinds k WHERE k.kind = $2
			    ON CONFLICT (organisation_id, kind) DO NOTHING`
		const end = `DELETE FROM monitor.report_orders WHERE organisation_id = $1 AND kind = $2`
		const known = `SELECT EXISTS (SELECT FROM monitor.report_kinds WHERE kind = $1)`
		var exists bool
		if err := tx.Get(ctx, &exists, known, kind); err != nil {
			return err
		}
		if !exists {
			return fault.ErrUnknownValue.At("kind", "value", kind, "allowed", "/v1/report-kinds")
		}
		statement, action, args := order, "report.ordered", []any{who.OrganisationID, kind, who.UserID, tx.Now}
		if !wanted {
			statement, action, args = end, "report.order_ended", args[:2]
		}
		changed, err := tx.Exec(ctx, statement, args...)
		if err != nil || changed == 0 {
			return err
		}
		return identity.RecordTx(ctx, tx, who, action, identity.Subject{Kind: "organisation", ID: who.OrganisationID}, map[string]any{"kind": kind})
	})
}
