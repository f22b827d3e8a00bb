package monitor

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// EventReportMade is the event of the audit trail for a new edition; its detail names the province,
// period and edition.
const EventReportMade = "report.made"

// maxReason bounds why an edition was made, in characters.
const maxReason = 500

// makeReport is the job that makes an edition of a report.
type makeReport struct {
	ID       uuid.UUID `json:"id"`
	Period   string    `json:"period"`
	Province string    `json:"province"`
	MadeBy   uuid.UUID `json:"made_by"`
	// OrganisationID is the authority that asked.
	OrganisationID uuid.UUID `json:"organisation_id"`
	Reason         string    `json:"reason"`
	// Edition is the one that is wanted, and none if another made it meanwhile; 0: the next, whichever it is.
	Edition int `json:"edition,omitempty"`
}

// Kind implements jobs.Args.
func (makeReport) Kind() string { return "monitor.make_report" }

// reportWithin bounds one attempt at a report.
const reportWithin = 10 * time.Minute

// RequestedReport says that an edition will be made.
type RequestedReport struct {
	ID     uuid.UUID `json:"id"     doc:"The edition's, once it is made."`
	Period string    `json:"period"`
	State  string    `json:"state"  enum:"queued"`
}

// RequestReport has a job make the next edition of a period's report, of the principal's province; an
// administrator names the province. A period that is not over makes a preliminary report, one that
// has not begun none: ErrNoPeriod. Refused are whoever is no official with fault.ErrForbidden, and a reason
// that is too long with fault.ErrTooLong.
func (s *Service) RequestReport(ctx context.Context, who identity.Principal, text, province, reason string) (RequestedReport, error) {
	if err := mayReport(who, &province, who.MayWrite); err != nil {
		return RequestedReport{}, err
	}
	if len([]rune(reason)) > maxReason {
		return RequestedReport{}, fault.ErrTooLong.At("reason", "max", maxReason)
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (RequestedReport, error) {
		kinds, err := reportKinds(ctx, tx)
		if err != nil {
			return RequestedReport{}, err
		}
		p, err := readPeriod(kinds, text)
		if err != nil {
			return RequestedReport{}, err
		}
		if reference.Day(tx.Now).Before(p.first()) {
			return RequestedReport{}, ErrNoPeriod.At("period", "value", text)
		}
		id, err := uuid.NewV7()
		if err != nil {
			return RequestedReport{}, fmt.Errorf("naming a report: %w", err)
		}
		job := makeReport{
			ID: id, Period: p.text(), Province: province, MadeBy: who.UserID, OrganisationID: who.OrganisationID, Reason: strings.TrimSpace(reason),
		}
		return RequestedReport{ID: id, Period: p.text(), State: "queued"}, jobs.InsertTx(ctx, tx, job)
	})
}

// mayReport refuses whoever is no official or administrator, and puts an official's own province where
// none was named. Reports of the other side are its authority's: fault.ErrNotFound.
func mayReport(who identity.Principal, province *string, may func(area string) error) error {
	if err := may(area); err != nil {
		return err
	}
	switch {
	case who.Administrator:
		if *province == "" {
			*province = reference.CaMau
		}
	case !who.Official():
		return fault.ErrForbidden.With()
	case *province == "":
		*province = who.Province
	case *province != who.Province:
		return fault.ErrNotFound.With()
	}
	if *province != reference.CaMau && *province != reference.HoChiMinh {
		return fault.ErrUnknownValue.At("province", "value", *province, "allowed", reference.CaMau+", "+reference.HoChiMinh)
	}
	return nil
}

// makeEdition is the job: everything in a report is of one instant, and it is written in another
// transaction, under a key that has each edition once.
func (s *Service) makeEdition(ctx context.Context, job makeReport) error {
	var made PeriodReport
	var known knownOf
	for try := 1; ; try++ {
		view, err := s.image.Await(ctx) // before the snapshot, which then sees all that is in it
		if err != nil {
			return err
		}
		err = s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) (err error) {
			if err := roomFor(ctx, tx, view); err != nil {
				return err
			}
			if known, err = readKnown(ctx, tx, job.Period); err != nil || known.unsealed && try < sealTries {
				return err
			}
			made, err = s.compose(ctx, tx, view, job)
			return err
		})
		if err != nil {
			return err
		}
		if !known.unsealed || try == sealTries {
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for seals: %w", ctx.Err())
		case <-time.After(sealWait):
		}
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error { return keepEdition(ctx, tx, job, made, known) })
}

// How often a report waits for what its period has unsealed, and how long each time: seals follow within half a
// second. Where postings never cease it is made all the same, and made again.
const (
	sealTries = 10
	sealWait  = 300 * time.Millisecond
)

// knownOf is how far what was known of a period reached when it was read.
type knownOf struct {
	// seq is the last seal.
	seq int64
	// declarations is how many there are of its months.
	declarations int64
	// unsealed says that there are postings of it that will be sealed behind seq: taken for corrections though they are
	// in the report already.
	unsealed bool
}

func readKnown(ctx context.Context, tx *postgres.Tx, text string) (knownOf, error) {
	const query = `
		SELECT EXISTS (SELECT FROM ledger.told t
		                WHERE t.business_date BETWEEN $1 AND $2
		                  AND (NOT EXISTS (SELECT FROM ledger.seals)
		                       OR (t.xact, t.id) > (SELECT s.xact, s.row_id FROM ledger.seals s ORDER BY s.seq DESC LIMIT 1))) AS unsealed,
		       (SELECT CAST(coalesce(sum(m.declarations), 0) AS bigint) FROM trade.declared_months m WHERE m.month BETWEEN $1 AND $2) AS declarations`
	kinds, err := reportKinds(ctx, tx)
	if err != nil {
		return knownOf{}, err
	}
	p, err := readPeriod(kinds, text)
	if err != nil {
		return knownOf{}, err
	}
	var known knownOf
	err = tx.Each(ctx, query, []any{p.first(), p.last()}, func(scan func(dest ...any) error) error { return scan(&known.unsealed, &known.declarations) })
	if err != nil {
		return known, err
	}
	known.seq, err = ledger.SealedTx(ctx, tx)
	return known, err
}

// compose puts a report together.
func (s *Service) compose(ctx context.Context, tx *postgres.Tx, view *ledger.View, job makeReport) (PeriodReport, error) {
	kinds, err := reportKinds(ctx, tx)
	if err != nil {
		return PeriodReport{}, err
	}
	p, err := readPeriod(kinds, job.Period)
	if err != nil {
		return PeriodReport{}, err
	}
	made := PeriodReport{
		ID: job.ID, Period: p.text(), Kind: p.Kind, Province: job.Province, Names: p.named(), From: p.first(), To: p.last(),
		AsOf: tx.Now.Truncate(time.Millisecond), Preliminary: !p.over(reference.Day(tx.Now)), Reason: job.Reason, Sections: []ReportSection{},
	}
	if s.options.Demonstration != nil {
		if made.Demonstration, err = s.options.Demonstration(ctx, tx); err != nil {
			return made, err
		}
	}
	names, err := readNames(ctx, tx)
	if err != nil {
		return made, err
	}
	r := reporting{tx: tx, period: p, names: names, totals: func(ctx context.Context, q ledger.Query) ([]VolumeRow, error) {
		rows, err := volumesTx(ctx, tx, view, q)
		if err != nil {
			return nil, err
		}
		return withDeclaredTx(ctx, tx, q, rows)
	}}
	summary, err := r.summary(ctx)
	if err != nil {
		return made, err
	}
	made.Sections = append(made.Sections, summary)
	for _, each := range breakdowns() {
		if each.province != "" && each.province != job.Province {
			continue
		}
		section, err := r.by(ctx, each)
		if err != nil {
			return made, fmt.Errorf("reporting %s: %w", each.code, err)
		}
		if each.code == "months" {
			made.Sections = append(made.Sections, courses(section, p.first(), p.Months))
		}
		made.Sections = append(made.Sections, section)
	}
	of, err := indicating(ctx, tx, view, names, p.first(), p.last())
	if err != nil {
		return made, err
	}
	indicators, err := of.sections(ctx)
	made.Sections = append(made.Sections, indicators...)
	return made, err
}

// keepEdition writes a report as the next edition, and into the audit trail. A job that runs again finds
// its edition there already.
func keepEdition(ctx context.Context, tx *postgres.Tx, job makeReport, made PeriodReport, known knownOf) error {
	const last = `
		SELECT coalesce(max(r.edition), 0), coalesce(bool_or(r.id = $3), false) FROM monitor.reports r WHERE r.province = $1 AND r.period = $2`
	var there bool
	err := tx.Each(ctx, last, []any{made.Province, made.Period, made.ID}, func(scan func(dest ...any) error) error {
		return scan(&made.Edition, &there)
	})
	if err != nil || there || job.Edition != 0 && made.Edition >= job.Edition {
		return err
	}
	made.Edition++
	content, err := json.Marshal(made)
	if err != nil {
		return fmt.Errorf("writing a report: %w", err)
	}
	digest := sha256.Sum256(content)
	const insert = `
		INSERT INTO monitor.reports (id, period, kind, province, edition, first_day, last_day, as_of, seq, preliminary, made_by, reason, content, digest,
		       declarations)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`
	_, err = tx.Exec(ctx, insert, made.ID, made.Period, made.Kind, made.Province, made.Edition, made.From, made.To, made.AsOf, known.seq,
		made.Preliminary, job.MadeBy, made.Reason, string(content), digest[:], known.declarations)
	if postgres.Constraint(err) == "report_edition_once" { // another was made meanwhile: this one comes after it
		return errors.Join(postgres.ErrRetry, err)
	}
	if err != nil {
		return err
	}
	by := identity.SystemPrincipal()
	if job.MadeBy != by.UserID {
		by = identity.Principal{UserID: job.MadeBy, OrganisationID: job.OrganisationID}
	}
	return identity.RecordTx(ctx, tx, by, EventReportMade, identity.Subject{Kind: "report", ID: made.ID}, map[string]any{
		"province": made.Province, "period": made.Period, "edition": made.Edition,
	})
}
