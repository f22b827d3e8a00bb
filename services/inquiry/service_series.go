package inquiry

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

func subjectSeries(id uuid.UUID) identity.Subject { return identity.Subject{Kind: "series", ID: id} }

// PlanSeries sets up a demand that comes again. Its first date is the first whose deadline lies ahead.
// Refused: what Place would refuse for that date, at the fields of the template; rhythms and deadlines that
// cannot be; ErrSeriesNever without any date; ErrTooManySeries where as many stand as the buyer may have.
func (s *Service) PlanSeries(ctx context.Context, who identity.Principal, asked NewSeries) (Series, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Series{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Series, error) {
		first, err := s.firstDate(ctx, tx, who, &asked)
		if err != nil {
			return Series{}, err
		}
		id, err := newID()
		if err != nil {
			return Series{}, err
		}
		planned := &seriesRecord{
			ID: id, BuyerID: who.OrganisationID, Template: postgres.JSON[NewSeries]{V: asked}, State: SeriesActive, NextOn: first, Version: 1,
			CreatedBy: who.UserID, CreatedAt: tx.Now,
		}
		if err := insertSeries(ctx, tx, planned); err != nil {
			return Series{}, err
		}
		if err := countStandingSeries(ctx, tx, who.OrganisationID); err != nil {
			return Series{}, err
		}
		if err := identity.RecordTx(ctx, tx, who, "series.planned", subjectSeries(id), nil); err != nil {
			return Series{}, err
		}
		return planned.answer(nil, reference.Day(tx.Now)), nil
	})
}

// PreviewSeries lists the first dates that a series would have, and saves nothing. Refused as PlanSeries.
func (s *Service) PreviewSeries(ctx context.Context, who identity.Principal, asked NewSeries) ([]SeriesDate, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	if !who.Is(identity.Buyer) {
		return nil, fault.ErrForbidden.With()
	}
	var dates []SeriesDate
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		first, err := s.firstDate(ctx, tx, who, &asked)
		if err == nil {
			dates = asked.preview(first, nil)
		}
		return err
	})
	return dates, err
}

// firstDate checks a template against its first date, as if that were placed on its day.
func (s *Service) firstDate(ctx context.Context, tx *postgres.Tx, who identity.Principal, asked *NewSeries) (civil.Date, error) {
	if err := asked.check(); err != nil {
		return civil.Date{}, err
	}
	if latest := reference.Day(tx.Now).AddDays(horizon); asked.Rhythm.From.After(latest) {
		return civil.Date{}, ErrSeriesFar.At("rhythm.from", "max", latest)
	}
	first := asked.nextOpen(reference.Day(tx.Now), tx.Now)
	if first.IsZero() {
		return first, ErrSeriesNever.At("rhythm")
	}
	demand := asked.demand(first)
	named, err := subjectsOf(ctx, tx, demand)
	if err != nil {
		return first, err
	}
	goods, err := demand.check(s.book, named, latest(tx.Now, asked.placeOn(first).In(reference.Zone())))
	if err != nil {
		return first, err
	}
	_, err = partiesOf(ctx, tx, who.OrganisationID, demand.InvitedProducers, goods)
	return first, err
}

// PauseSeries stops placing until ResumeSeries. Refused: ErrSeriesState unless it is active.
func (s *Service) PauseSeries(ctx context.Context, who identity.Principal, id uuid.UUID) (Series, error) {
	return s.changeSeries(ctx, who, id, "series.paused", []SeriesState{SeriesActive}, func(ctx context.Context, tx *postgres.Tx, r *seriesRecord) error {
		return moveSeries(ctx, tx, r, SeriesPaused, r.NextOn)
	})
}

// ResumeSeries goes on with the first date whose deadline lies ahead, from now on in the name of who
// resumes it; what fell due meanwhile is not made up for. Refused: ErrSeriesState unless it is paused.
func (s *Service) ResumeSeries(ctx context.Context, who identity.Principal, id uuid.UUID) (Series, error) {
	return s.changeSeries(ctx, who, id, "series.resumed", []SeriesState{SeriesPaused}, func(ctx context.Context, tx *postgres.Tx, r *seriesRecord) error {
		const update = `UPDATE inquiry.series SET created_by = $2 WHERE id = $1`
		if _, err := tx.Exec(ctx, update, r.ID, who.UserID); err != nil {
			return err
		}
		return moveSeries(ctx, tx, r, SeriesActive, r.Template.V.nextOpen(r.NextOn, tx.Now))
	})
}

// EndSeries places nothing more; what was placed goes on. Refused: ErrSeriesState when it has ended.
func (s *Service) EndSeries(ctx context.Context, who identity.Principal, id uuid.UUID) (Series, error) {
	going := []SeriesState{SeriesActive, SeriesPaused}
	return s.changeSeries(ctx, who, id, "series.ended", going, func(ctx context.Context, tx *postgres.Tx, r *seriesRecord) error {
		return moveSeries(ctx, tx, r, SeriesEnded, civil.Date{})
	})
}

// SkipDate leaves one date out. Refused: ErrSeriesState when the series has ended, ErrSeriesDate for what
// is no date of it or was dealt with.
func (s *Service) SkipDate(ctx context.Context, who identity.Principal, id uuid.UUID, day civil.Date) (Series, error) {
	going := []SeriesState{SeriesActive, SeriesPaused}
	return s.changeSeries(ctx, who, id, "series.skipped", going, func(ctx context.Context, tx *postgres.Tx, r *seriesRecord) error {
		if day.Before(r.NextOn) || len(r.Template.V.Rhythm.between(day, day)) == 0 {
			return ErrSeriesDate.At("deliver_on")
		}
		if err := insertDate(ctx, tx, dateRow{SeriesID: id, DeliverOn: day, State: "skipped"}); err != nil {
			return err
		}
		return moveSeries(ctx, tx, r, r.State, r.NextOn)
	})
}

// changeSeries runs a buyer's decision on a series of its own that stands in one of some states.
func (s *Service) changeSeries(ctx context.Context, who identity.Principal, id uuid.UUID, event string, from []SeriesState,
	change func(ctx context.Context, tx *postgres.Tx, r *seriesRecord) error,
) (Series, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Series{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Series, error) {
		r, err := lockSeries(ctx, tx, id, who.OrganisationID)
		if err != nil {
			return Series{}, err
		}
		if !slices.Contains(from, r.State) {
			return Series{}, ErrSeriesState.With("state", r.State)
		}
		if err := change(ctx, tx, r); err != nil {
			return Series{}, err
		}
		if err := identity.RecordTx(ctx, tx, who, event, subjectSeries(id), nil); err != nil {
			return Series{}, err
		}
		answers, err := seriesAnswers(ctx, tx, []*seriesRecord{r}, reference.Day(tx.Now))
		if err != nil {
			return Series{}, err
		}
		return answers[0], nil
	})
}

// GetSeries reads a series of the buyer's own; any other is not found.
func (s *Service) GetSeries(ctx context.Context, who identity.Principal, id uuid.UUID) (Series, error) {
	if err := who.MayRead(area); err != nil {
		return Series{}, err
	}
	r, err := readSeries(ctx, s.db, id, who.OrganisationID)
	if err != nil {
		return Series{}, err
	}
	answers, err := s.answered(ctx, []*seriesRecord{r})
	if err != nil {
		return Series{}, err
	}
	return answers[0], nil
}

// ListSeries lists the series of the buyer's own, newest first.
func (s *Service) ListSeries(ctx context.Context, who identity.Principal, page Page) ([]Series, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	const query = selectSeries + `
		 WHERE buyer_id = $1 AND ($2 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR id < $2) ORDER BY id DESC LIMIT $3`
	var found []*seriesRecord
	if err := s.db.Select(ctx, &found, query, who.OrganisationID, page.Before, page.Limit); err != nil {
		return nil, err
	}
	return s.answered(ctx, found)
}

func (s *Service) answered(ctx context.Context, records []*seriesRecord) ([]Series, error) {
	now, err := clock(ctx, s.db)
	if err != nil {
		return nil, err
	}
	return seriesAnswers(ctx, s.db, records, reference.Day(now))
}
