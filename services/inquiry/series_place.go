package inquiry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// seriesPlacing is the job that places what is due of all series.
type seriesPlacing struct{}

// Kind implements jobs.Args.
func (seriesPlacing) Kind() string { return "inquiry.series" }

func (s *Service) seriesJobs(workers *jobs.Workers) {
	jobs.Every(workers, time.Minute, seriesPlacing{})
	jobs.AddWorker(workers, func(ctx context.Context, _ seriesPlacing) error { return s.PlaceSeries(ctx) }, jobs.Within(10*time.Minute))
}

// PlaceSeries places the inquiries of all series that are due today, each in a transaction of its own and
// once, however many processes do it at a time. One that fails keeps none of the others waiting. One whose planner no longer works for the buyer is paused. A date that cannot be placed is noted with the reasons, its
// buyer is told, and the series goes on with the next.
func (s *Service) PlaceSeries(ctx context.Context) error {
	failed := []uuid.UUID{}
	var failures error
	for {
		var today civil.Date
		if err := s.db.InTx(ctx, func(_ context.Context, tx *postgres.Tx) error { today = reference.Day(tx.Now); return nil }); err != nil {
			return errors.Join(failures, err)
		}
		due, err := seriesDue(ctx, s.db, today, failed)
		if err != nil || len(due) == 0 {
			return errors.Join(failures, err)
		}
		for _, id := range due {
			err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error { return s.placeNext(ctx, tx, id) })
			if err != nil {
				failed, failures = append(failed, id), errors.Join(failures, fmt.Errorf("placing series %s: %w", id, err))
			}
		}
	}
}

// placeNext deals with the next date of a series, if it is due.
func (s *Service) placeNext(ctx context.Context, tx *postgres.Tx, id uuid.UUID) error {
	r, err := lockDue(ctx, tx, id)
	if err != nil || r == nil {
		return err
	}
	working, err := identity.WorkersIn(ctx, tx, r.BuyerID, []uuid.UUID{r.CreatedBy})
	if err != nil {
		return err
	}
	if len(working) == 0 {
		return orphan(ctx, tx, r)
	}
	day := r.NextOn
	who, demand, leftOut, err := r.again(ctx, tx, day)
	if err != nil {
		return err
	}
	row := dateRow{SeriesID: id, DeliverOn: day, State: "placed", LeftOut: postgres.JSON[[]uuid.UUID]{V: leftOut}}
	event := EventSeriesLeftOut
	err = tx.Try(ctx, func(ctx context.Context) error {
		if err := mayTrade(who, identity.Buyer); err != nil {
			return err
		}
		placed, err := place(ctx, tx, s.book, who, demand)
		row.InquiryID = &placed.ID
		return err
	})
	if err != nil {
		refusal, refused := fault.From(err)
		if !refused || refusal.Status >= http.StatusInternalServerError || postgres.Retryable(err) {
			return err
		}
		row.State, row.InquiryID, row.Complaints.V, event = "refused", nil, complaintsOf(refusal), EventSeriesRefused
	}
	if err := insertDate(ctx, tx, row); err != nil {
		return err
	}
	if row.State == "refused" || len(leftOut) > 0 {
		told := seriesTold{BuyerID: r.BuyerID, DeliverOn: day, InquiryID: row.InquiryID}
		if err := identity.RecordTx(ctx, tx, identity.SystemPrincipal(), event, subjectSeries(id), told); err != nil {
			return err
		}
	}
	return moveSeries(ctx, tx, r, SeriesActive, r.Template.V.Rhythm.next(day.AddDays(1)))
}

// orphan pauses a series in whose planner's name nothing can be placed any more; its buyer is told. It goes
// on when a colleague resumes it.
func orphan(ctx context.Context, tx *postgres.Tx, r *seriesRecord) error {
	told := seriesTold{BuyerID: r.BuyerID, DeliverOn: r.NextOn}
	if err := identity.RecordTx(ctx, tx, identity.SystemPrincipal(), EventSeriesOrphaned, subjectSeries(r.ID), told); err != nil {
		return err
	}
	return moveSeries(ctx, tx, r, SeriesPaused, r.NextOn)
}

// seriesTold is what the trail says of a date that its buyer is told of.
type seriesTold struct {
	BuyerID   uuid.UUID  `json:"buyer_id"`
	DeliverOn civil.Date `json:"deliver_on"`
	InquiryID *uuid.UUID `json:"inquiry_id,omitempty"`
}

// again is the inquiry for a day, without invited producers that are not approved now, and in whose name
// it is placed: whoever planned it or resumed it last, for the buyer as that stands today.
func (r *seriesRecord) again(ctx context.Context, tx *postgres.Tx, day civil.Date) (identity.Principal, Demand, []uuid.UUID, error) {
	demand := r.Template.V.demand(day)
	parties, err := identity.OrganisationsIn(ctx, tx, append([]uuid.UUID{r.BuyerID}, demand.InvitedProducers...))
	if err != nil {
		return identity.Principal{}, demand, nil, err
	}
	var invited, leftOut []uuid.UUID
	for _, id := range demand.InvitedProducers {
		if isProducer(parties[id]) {
			invited = append(invited, id)
		} else {
			leftOut = append(leftOut, id)
		}
	}
	demand.InvitedProducers = invited
	buyer := parties[r.BuyerID]
	who := identity.Principal{
		UserID: r.CreatedBy, OrganisationID: r.BuyerID, Kind: identity.Buyer, Role: identity.Member,
		Approved: buyer.State == identity.Approved, Suspended: buyer.State == identity.Suspended,
	}
	return who, demand, leftOut, nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
