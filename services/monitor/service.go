package monitor

import (
	"context"
	"fmt"
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// Options are what a service may be given besides its database.
type Options struct {
	// Demonstration reports whether invented data is in the database, so that every report can
	// say so; nil means never.
	Demonstration func(ctx context.Context, reader postgres.Reader) (bool, error)
}

// Service answers what officials ask. It is safe for concurrent use.
type Service struct {
	db    *postgres.DB
	image *ledger.Image
	// accounts are where supply and demand stand.
	accounts accountImage
	options  Options
	// listening counts the streams of changes.
	listening audience
}

// NewService puts the service together.
func NewService(db *postgres.DB, options Options) *Service {
	return &Service{db: db, image: ledger.NewImage(db), options: options}
}

// Follow keeps the volumes and balances in memory that answers are added up from, and reports whether there is more to
// read at once. Run it every second; until it has caught up, and where it never runs, the database
// answers, as exactly and more slowly.
func (s *Service) Follow(ctx context.Context) (more bool, err error) {
	if err := s.accounts.follow(ctx, s.db); err != nil {
		return false, fmt.Errorf("following where supply and demand stand: %w", err)
	}
	return s.image.Follow(ctx)
}

// Volumes totals the ledger. Without grouping it groups by month; without dates it takes the
// current year in Vietnam. What is dispatched and unconfirmed, as inquiry decides, is told apart from
// what was delivered, all at one instant. Beside them stands what was declared as sold off the platform, where
// rows are of whole months and about what declarations say. The report carries no notes: they are worded where the language is
// known. Values are those published; see [Service.PublishFigures].
// Each row is compared with what it is asked to be.
//
// Refused: fault.ErrUnauthenticated, fault.ErrForbidden to others than officials and
// administrators, ErrNotOverseen, ErrCompareWeeks, fault.ErrUnknownValue at a filter on what does not exist, and
// what ledger.Volumes refuses; ledger.ErrImageNotRead right after a start.
func (s *Service) Volumes(ctx context.Context, who identity.Principal, q ledger.Query, with ...ledger.Comparison) (Volumes, error) {
	if err := mayWatch(who, q); err != nil {
		return Volumes{}, err
	}
	if len(q.By) == 0 {
		q.By = []ledger.Dimension{ledger.ByMonth}
	}
	if err := mayCompare(q, with); err != nil {
		return Volumes{}, err
	}
	var answer Volumes
	view, err := s.image.Await(ctx) // before the snapshot, which then sees all that is in it
	if err != nil {
		return Volumes{}, err
	}
	err = s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if err := roomFor(ctx, tx, view); err != nil {
			return err
		}
		if err := checkFilters(ctx, tx, q); err != nil {
			return err
		}
		q, some, err := inYear(q, reference.Day(tx.Now)).Narrowed()
		if err != nil {
			return err
		}
		answer = Volumes{Rows: []VolumeRow{}}
		if some {
			if answer.Rows, err = volumesTx(ctx, tx, view, q, with...); err != nil {
				return err
			}
		}
		if answer.Rows, err = withDeclaredTx(ctx, tx, q, answer.Rows); err != nil {
			return err
		}
		for i := range answer.Rows {
			answer.Rows[i].compareRest(with) // what is only declared was nothing
		}
		answer.withoutDeclared = !opensDeclared(q)
		answer.Report, err = s.about(ctx, tx, q)
		for _, each := range with {
			answer.against(q, each)
		}
		return err
	})
	return answer, err
}

// volumesTx are the rows of a query with its dates filled in, as they are shown, each with what it is compared
// with. The view must be older than the snapshot.
func volumesTx(ctx context.Context, tx *postgres.Tx, view *ledger.View, q ledger.Query, with ...ledger.Comparison) ([]VolumeRow, error) {
	var err error
	if q.Unconfirmed, err = inquiry.UnconfirmedTx(ctx, tx, tx.Now); err != nil {
		return nil, err
	}
	rows, then, err := compared(ctx, tx, view, q, with)
	if err != nil {
		return nil, err
	}
	values, err := valuesTx(ctx, tx, q)
	if err != nil {
		return nil, err
	}
	shown := make([]VolumeRow, len(rows))
	for i, row := range rows {
		shown[i] = volumeRowOf(row, values.of(row.Key))
		for n, each := range with {
			shown[i].setBeside(each, then[n][i])
		}
	}
	return shown, nil
}

// Gaps compares open demand with the supply that is left, by month, line and scheme, from the
// current month for a year unless the query says otherwise: the balances of supply and demand, under the
// schemes they were opened with and spread over the days of their windows. It refuses as Volumes does.
func (s *Service) Gaps(ctx context.Context, who identity.Principal, q ledger.Query) (Gaps, error) {
	if err := mayWatch(who, q); err != nil {
		return Gaps{}, err
	}
	q.By = []ledger.Dimension{ledger.ByMonth, ledger.ByScheme}
	var answer Gaps
	view, err := s.image.Await(ctx)
	if err != nil {
		return Gaps{}, err
	}
	accounts := s.accounts.view() // both before the snapshot, which then sees all that is in them
	err = s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if err := roomFor(ctx, tx, view); err != nil {
			return err
		}
		if err := checkFilters(ctx, tx, q); err != nil {
			return err
		}
		q := ahead(q, reference.Day(tx.Now))
		if err := q.Check(); err != nil {
			return err
		}
		rows, err := standings(ctx, tx, accounts, q, reference.Day(tx.Now))
		if err != nil {
			return err
		}
		answer = Gaps{Rows: make([]GapRow, len(rows))}
		for i, row := range rows {
			answer.Rows[i] = gapRowOf(row)
		}
		if err := expect(ctx, tx, who, view, q, rows, answer.Rows); err != nil {
			return err
		}
		answer.Report, err = s.about(ctx, tx, q)
		return err
	})
	return answer, err
}

// roomFor makes room where the database has to add up.
func roomFor(ctx context.Context, tx *postgres.Tx, view *ledger.View) error {
	if view != nil {
		return nil
	}
	return makeRoom(ctx, tx)
}

// makeRoom gives the transaction memory to add up by hashing. With the usual setting the planner
// sorts the postings on disk, which took five times as long for a million of them. It ends with
// the transaction, so it works behind PgBouncer too.
func makeRoom(ctx context.Context, tx *postgres.Tx) error {
	var ignored string
	return tx.Get(ctx, &ignored, `SELECT set_config('work_mem', '64MB', true)`)
}

// about is what a report says about itself.
func (s *Service) about(ctx context.Context, tx *postgres.Tx, q ledger.Query) (Report, error) {
	report := Report{
		From: q.From.String(), To: q.To.String(), AsOf: tx.Now.Truncate(time.Millisecond), Overlapping: q.Overlapping(),
		Notes: []string{}, Unit: weightUnit,
	}
	if s.options.Demonstration == nil {
		return report, nil
	}
	var err error
	report.Demonstration, err = s.options.Demonstration(ctx, tx)
	return report, err
}

// inYear fills in missing dates: the year of the one that is there, else the current one.
func inYear(q ledger.Query, today civil.Date) ledger.Query {
	year := today.Year
	switch {
	case !q.From.IsZero():
		year = q.From.Year
	case !q.To.IsZero():
		year = q.To.Year
	}
	if q.From.IsZero() {
		q.From = civil.New(year, time.January, 1)
	}
	if q.To.IsZero() {
		q.To = civil.New(year, time.December, 31)
	}
	return q
}

// ahead fills in missing dates: from the first of the current month, for twelve months.
func ahead(q ledger.Query, today civil.Date) ledger.Query {
	if q.From.IsZero() {
		q.From = civil.New(today.Year, today.Month, 1)
		if !q.To.IsZero() && q.To.Before(q.From) {
			q.From = civil.New(q.To.Year, q.To.Month, 1)
		}
	}
	if q.To.IsZero() {
		q.To = civil.New(q.From.Year, q.From.Month, 1).AddMonths(12).AddDays(-1)
	}
	return q
}
