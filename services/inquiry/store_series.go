package inquiry

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// seriesRecord is a series as its table holds it.
type seriesRecord struct {
	ID        uuid.UUID                `db:"id"`
	BuyerID   uuid.UUID                `db:"buyer_id"`
	Template  postgres.JSON[NewSeries] `db:"template"`
	State     SeriesState              `db:"state"`
	NextOn    civil.Date               `db:"next_on"`
	Version   int64                    `db:"version"`
	CreatedBy uuid.UUID                `db:"created_by"`
	CreatedAt time.Time                `db:"created_at"`
}

const selectSeries = `
	SELECT id, buyer_id, template, state, next_on, version, created_by, created_at FROM inquiry.series`

// lockSeries reads a buyer's series for a change; fault.ErrNotFound for anybody else's.
func lockSeries(ctx context.Context, tx *postgres.Tx, id, buyer uuid.UUID) (*seriesRecord, error) {
	const query = selectSeries + ` WHERE id = $1 AND buyer_id = $2 FOR NO KEY UPDATE`
	return oneSeries(ctx, tx, query, id, buyer)
}

// readSeries reads a buyer's series.
func readSeries(ctx context.Context, reader postgres.Reader, id, buyer uuid.UUID) (*seriesRecord, error) {
	const query = selectSeries + ` WHERE id = $1 AND buyer_id = $2`
	return oneSeries(ctx, reader, query, id, buyer)
}

func oneSeries(ctx context.Context, reader postgres.Reader, query string, args ...any) (*seriesRecord, error) {
	var found []*seriesRecord
	if err := reader.Select(ctx, &found, query, args...); err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.ErrNotFound.With()
	}
	return found[0], nil
}

func insertSeries(ctx context.Context, tx *postgres.Tx, s *seriesRecord) error {
	const insert = `
		INSERT INTO inquiry.series (id, buyer_id, template, state, next_on, place_on, created_by, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`
	_, err := tx.Exec(ctx, insert, s.ID, s.BuyerID, s.Template, s.State, s.NextOn, s.Template.V.placeOn(s.NextOn), s.CreatedBy, tx.Now)
	return err
}

// countStandingSeries refuses with ErrTooManySeries when more series of a buyer stand than its quota of
// the day. Its row in inquiry.standing is locked before they are counted, so parallel requests count each other's.
func countStandingSeries(ctx context.Context, tx *postgres.Tx, buyer uuid.UUID) error {
	const lock = `
		INSERT INTO inquiry.standing (organisation_id, what, standing, allowed)
		SELECT $1, q.what, 0, q.most FROM inquiry.standing_quotas q
		 WHERE q.what = 'series' AND q.effective_from <= $2 ORDER BY q.effective_from DESC LIMIT 1
		    ON CONFLICT (organisation_id, what) DO UPDATE SET standing = 0, allowed = excluded.allowed
		RETURNING allowed`
	const count = `
		UPDATE inquiry.standing
		   SET standing = (SELECT count(*) FROM inquiry.series WHERE buyer_id = $1 AND state <> 'ended')
		 WHERE organisation_id = $1 AND what = 'series'`
	var allowed int64
	switch err := tx.Get(ctx, &allowed, lock, buyer, reference.Day(tx.Now)); {
	case errors.Is(err, postgres.ErrNoRows):
		return nil // nothing limits it
	case err != nil:
		return err
	}
	_, err := tx.Exec(ctx, count, buyer)
	if postgres.Constraint(err) == "standing_within_quota" {
		return ErrTooManySeries.With("max", allowed).Because(err)
	}
	return err
}

// moveSeries sets where a series stands and which date is next, the first after those that were
// skipped; one without another date ends.
func moveSeries(ctx context.Context, tx *postgres.Tx, s *seriesRecord, state SeriesState, next civil.Date) error {
	if state != SeriesEnded {
		const query = `SELECT deliver_on FROM inquiry.series_dates WHERE series_id = $1 AND deliver_on >= $2`
		var done []civil.Date
		if err := tx.Select(ctx, &done, query, s.ID, next); err != nil {
			return err
		}
		for !next.IsZero() && slices.Contains(done, next) {
			next = s.Template.V.Rhythm.next(next.AddDays(1))
		}
	}
	s.State, s.NextOn = state, next
	var nextOn, placeOn *civil.Date
	if state == SeriesEnded || next.IsZero() {
		s.State, s.NextOn = SeriesEnded, civil.Date{}
	} else {
		day := s.Template.V.placeOn(next)
		nextOn, placeOn = &next, &day
	}
	s.Version++
	const update = `UPDATE inquiry.series SET state = $2, next_on = $3, place_on = $4, version = $5, updated_at = $6 WHERE id = $1`
	_, err := tx.Exec(ctx, update, s.ID, s.State, nextOn, placeOn, s.Version, tx.Now)
	return err
}

// dateRow is what became of a date.
type dateRow struct {
	SeriesID   uuid.UUID                        `db:"series_id"`
	DeliverOn  civil.Date                       `db:"deliver_on"`
	State      string                           `db:"state"`
	InquiryID  *uuid.UUID                       `db:"inquiry_id"`
	Complaints postgres.JSON[[]SeriesComplaint] `db:"complaints"`
	LeftOut    postgres.JSON[[]uuid.UUID]       `db:"left_out"`
}

// insertDate notes what became of a date, once.
func insertDate(ctx context.Context, tx *postgres.Tx, row dateRow) error {
	const insert = `
		INSERT INTO inquiry.series_dates (series_id, deliver_on, state, inquiry_id, complaints, left_out, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	if row.Complaints.V == nil {
		row.Complaints.V = []SeriesComplaint{}
	}
	_, err := tx.Exec(ctx, insert, row.SeriesID, row.DeliverOn, row.State, row.InquiryID, row.Complaints, postgres.Array(row.LeftOut.V), tx.Now)
	if postgres.Constraint(err) == "series_date_once" {
		return ErrSeriesDate.At("deliver_on").Because(err)
	}
	return err
}

// seriesAnswers are series with their dates, in two statements.
func seriesAnswers(ctx context.Context, reader postgres.Reader, records []*seriesRecord, today civil.Date) ([]Series, error) {
	const query = `
		SELECT d.series_id, d.deliver_on, d.state, d.inquiry_id, d.complaints, d.left_out
		  FROM unnest(CAST($1 AS uuid[])) AS s (id)
		 CROSS JOIN LATERAL (SELECT x.series_id, x.deliver_on, x.state, x.inquiry_id, x.complaints,
		                             to_jsonb(x.left_out) AS left_out FROM inquiry.series_dates x
		                      WHERE x.series_id = s.id ORDER BY x.deliver_on DESC LIMIT 100) d
		 ORDER BY d.series_id, d.deliver_on DESC`
	ids := make([]uuid.UUID, 0, len(records))
	for _, s := range records {
		ids = append(ids, s.ID)
	}
	var rows []dateRow
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	answers := make([]Series, 0, len(records))
	for _, s := range records {
		answers = append(answers, s.answer(rows, today))
	}
	return answers, nil
}

func (s *seriesRecord) answer(rows []dateRow, today civil.Date) Series {
	series := Series{
		NewSeries: s.Template.V, ID: s.ID, State: s.State, Next: []SeriesDate{}, Past: []SeriesDate{}, Version: s.Version, CreatedAt: s.CreatedAt,
	}
	skipped := make(map[civil.Date]bool)
	for _, row := range rows {
		switch {
		case row.SeriesID != s.ID:
		case s.State != SeriesEnded && !row.DeliverOn.Before(today) && row.State == "skipped":
			skipped[row.DeliverOn] = true
		case len(series.Past) < shownDates:
			series.Past = append(series.Past, SeriesDate{
				DeliverOn: row.DeliverOn, State: row.State, PlaceOn: s.Template.V.placeOn(row.DeliverOn), QuotesDue: s.Template.V.dueAt(row.DeliverOn),
				InquiryID: row.InquiryID, Complaints: row.Complaints.V, LeftOut: row.LeftOut.V,
			})
		}
	}
	if s.State == SeriesEnded {
		return series
	}
	from := s.NextOn
	for day := range skipped {
		if day.Before(from) {
			from = day
		}
	}
	for _, date := range s.Template.V.preview(from, skipped) {
		if date.State == "skipped" || !date.DeliverOn.Before(s.NextOn) {
			series.Next = append(series.Next, date)
		}
	}
	return series
}

// seriesDue lists series of which a date is to be placed, but those that failed just now.
func seriesDue(ctx context.Context, reader postgres.Reader, today civil.Date, failed []uuid.UUID) ([]uuid.UUID, error) {
	const query = `
		SELECT id FROM inquiry.series
		 WHERE state = 'active' AND place_on <= $1 AND NOT id = ANY (CAST($3 AS uuid[])) ORDER BY place_on, id LIMIT $2`
	var ids []uuid.UUID
	err := reader.Select(ctx, &ids, query, today, seriesAtOnce, postgres.Array(failed))
	return ids, err
}

// lockDue locks a series of which a date is still to be placed; nil when there is none.
func lockDue(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (*seriesRecord, error) {
	const query = selectSeries + ` WHERE id = $1 AND state = 'active' AND place_on <= $2 FOR NO KEY UPDATE`
	s, err := oneSeries(ctx, tx, query, id, reference.Day(tx.Now))
	if errors.Is(err, fault.ErrNotFound) {
		return nil, nil //nolint:nilnil // another process was first
	}
	return s, err
}
