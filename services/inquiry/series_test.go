package inquiry_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// daily comes every day from tomorrow on, is placed three days before and closes the day before at five.
func (m *market) daily() inquiry.NewSeries {
	return inquiry.NewSeries{
		Rhythm:   inquiry.Rhythm{Kind: "weekly", Weekdays: []int{1, 2, 3, 4, 5, 6, 7}, From: m.today.AddDays(2)},
		LeadDays: 3, QuotesDue: inquiry.QuotesDue{DaysBefore: 1, At: "17:00"}, Visibility: inquiry.Open, DeliverTo: inquiry.Place{CommuneCode: "25747"},
		Lines: []inquiry.SeriesLine{{ProductLine: "black_tiger_shrimp", Quantity: quantity.Of(100), Unit: "kg", Days: 2}},
	}
}

func (m *market) planned(buyer identity.Principal, asked inquiry.NewSeries) inquiry.Series {
	m.t.Helper()
	series, err := m.PlanSeries(context.Background(), buyer, asked)
	require.NoError(m.t, err)
	return series
}

// past lists what became of the dates of a series.
func (m *market) past(buyer identity.Principal, id uuid.UUID) map[civil.Date]string {
	m.t.Helper()
	series, err := m.GetSeries(context.Background(), buyer, id)
	require.NoError(m.t, err)
	states := make(map[civil.Date]string)
	for _, date := range series.Past {
		states[date.DeliverOn] = date.State
	}
	return states
}

// What is due of a series is placed once for each date, and again once each day that follows, though eight
// workers on two pools try at the same time; the inquiry is what the template says, for its day.
func TestASeriesPlacesEachDateOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	series := m.planned(buyer, m.daily())
	require.Equal(t, m.today.AddDays(2), series.Next[0].DeliverOn)
	require.Equal(t, m.today.AddDays(-1), series.Next[0].PlaceOn)
	require.Len(t, series.Next, 20)
	other := pgtest.Open(t, m.address())
	for _, days := range []int{0, 0, 1, 3} {
		clock := func() time.Time { return time.Now().AddDate(0, 0, days) }
		var workers errgroup.Group
		for at := range 8 {
			db := m.db
			if at%2 == 1 {
				db = other
			}
			workers.Go(func() error { return m.On(db.WithClock(clock)).PlaceSeries(ctx) })
		}
		require.NoError(t, workers.Wait())
	}
	list, err := m.List(ctx, buyer, inquiry.Page{Limit: 100})
	require.NoError(t, err)
	require.Len(t, list, 5, "from the day after tomorrow to six days ahead; two days on a deadline has passed by none")
	days := make(map[civil.Date]bool)
	for _, placed := range list {
		day := placed.Lines[0].DeliverFrom
		require.False(t, days[day], "once")
		days[day] = true
		require.Equal(t, series.ID, *placed.SeriesID)
		require.Equal(t, day.AddDays(1), placed.Lines[0].DeliverTo)
		require.Equal(t, day.AddDays(-1).In(reference.Zone()).Add(17*time.Hour).UTC(), placed.QuotesDueAt.UTC())
	}
	require.Len(t, m.past(buyer, series.ID), 5)
	stranger := m.organisation(identity.Producer)
	seen, err := m.Get(ctx, stranger, list[0].ID)
	require.NoError(t, err)
	require.Nil(t, seen.SeriesID, "it is the buyer's to know")
	_, err = m.db.Exec(ctx, `INSERT INTO inquiry.series_dates (series_id, deliver_on, state, at) VALUES ($1, $2, 'refused', now())`, series.ID, m.today.AddDays(2))
	require.ErrorContains(t, err, "series_date_once", "the constraint is what keeps it")
	_, err = m.db.Exec(ctx, `UPDATE inquiry.series_dates SET state = 'refused', inquiry_id = NULL`)
	require.ErrorContains(t, err, "permission denied")
}

// A series that cannot even be read keeps none of those behind it waiting, and is not passed over in silence.
func TestASeriesThatFailsKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	broken, sound := m.planned(buyer, m.daily()), m.planned(buyer, m.daily())
	_, err := m.lent.Owner.Exec(ctx, `UPDATE inquiry.series SET template = '"unreadable"' WHERE id = $1`, broken.ID)
	require.NoError(t, err)
	require.ErrorContains(t, m.PlaceSeries(ctx), broken.ID.String())
	require.Len(t, m.past(buyer, sound.ID), 2, "what was due of it")
}

func TestASeriesBeginsWithinTheHorizon(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	for _, from := range []civil.Date{m.today.AddDays(731), civil.New(9999, time.December, 31)} {
		asked := m.daily()
		asked.Rhythm.From = from
		_, err := m.PlanSeries(context.Background(), buyer, asked)
		require.ErrorIs(t, err, inquiry.ErrSeriesFar)
		_, err = m.PreviewSeries(context.Background(), buyer, asked)
		require.ErrorIs(t, err, inquiry.ErrSeriesFar)
	}
	asked := m.daily()
	asked.Rhythm.From = m.today.AddDays(730)
	require.Equal(t, asked.Rhythm.From, m.planned(buyer, asked).Next[0].DeliverOn)
}

// A date that is skipped, and those that fall due during a pause, are not placed and not made up for; an
// ended series places nothing.
func TestASeriesIsSkippedPausedAndEnded(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, stranger := m.organisation(identity.Buyer), m.organisation(identity.Buyer)
	series := m.planned(buyer, m.daily())
	in := func(days int) *inquiry.Service { return m.in(days) }
	skipped, err := m.SkipDate(ctx, buyer, series.ID, m.today.AddDays(3))
	require.NoError(t, err)
	require.Equal(t, []string{"due", "skipped", "due"}, []string{skipped.Next[0].State, skipped.Next[1].State, skipped.Next[2].State})
	_, err = m.SkipDate(ctx, buyer, series.ID, m.today.AddDays(3))
	require.ErrorIs(t, err, inquiry.ErrSeriesDate)
	_, err = m.SkipDate(ctx, buyer, series.ID, m.today.AddDays(1))
	require.ErrorIs(t, err, inquiry.ErrSeriesDate, "before the first")
	require.NoError(t, in(0).PlaceSeries(ctx))
	require.Equal(t, map[civil.Date]string{m.today.AddDays(2): "placed"}, m.past(buyer, series.ID))

	paused, err := m.PauseSeries(ctx, buyer, series.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.SeriesPaused, paused.State)
	_, err = m.PauseSeries(ctx, buyer, series.ID)
	require.ErrorIs(t, err, inquiry.ErrSeriesState)
	require.NoError(t, in(9).PlaceSeries(ctx))
	require.Len(t, m.past(buyer, series.ID), 1)
	resumed, err := in(10).ResumeSeries(ctx, buyer, series.ID)
	require.NoError(t, err)
	first := resumed.Next[0].DeliverOn
	require.True(t, resumed.Next[0].QuotesDue.After(time.Now().AddDate(0, 0, 10)))
	require.False(t, first.AddDays(-1).In(reference.Zone()).Add(-7*time.Hour).After(time.Now().AddDate(0, 0, 10)), "the first whose deadline lies ahead")
	require.NoError(t, in(10).PlaceSeries(ctx))
	states := m.past(buyer, series.ID)
	require.Equal(t, "placed", states[first])
	require.NotContains(t, states, m.today.AddDays(5))

	ended, err := m.EndSeries(ctx, buyer, series.ID)
	require.NoError(t, err)
	require.Equal(t, inquiry.SeriesEnded, ended.State)
	require.Empty(t, ended.Next)
	list, err := m.List(ctx, buyer, inquiry.Page{Limit: 100})
	require.NoError(t, err)
	require.NoError(t, in(20).PlaceSeries(ctx))
	after, err := m.List(ctx, buyer, inquiry.Page{Limit: 100})
	require.NoError(t, err)
	require.Len(t, after, len(list))
	for _, step := range []func() error{
		func() error { _, err := m.ResumeSeries(ctx, buyer, series.ID); return err },
		func() error { _, err := m.EndSeries(ctx, buyer, series.ID); return err },
		func() error { _, err := m.SkipDate(ctx, buyer, series.ID, m.today.AddDays(30)); return err },
	} {
		require.ErrorIs(t, step(), inquiry.ErrSeriesState)
	}
	_, err = m.GetSeries(ctx, stranger, series.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.EndSeries(ctx, stranger, series.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
}

// An invited producer that is suspended on the day is left out; without another, and when a product is
// withdrawn, the date is refused with its reasons; the series goes on, and by itself once that has passed.
func TestASeriesSaysWhatItCouldNotPlace(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, suspended, fine := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	both := m.daily()
	both.Visibility, both.InvitedProducers = inquiry.Invited, []uuid.UUID{suspended.OrganisationID, fine.OrganisationID}
	alone := both
	alone.InvitedProducers = []uuid.UUID{suspended.OrganisationID}
	product := m.shrimp(fine, "iced")
	named := m.daily()
	named.Lines = []inquiry.SeriesLine{{ProductID: product.ID, Quantity: quantity.Of(100), Unit: "kg"}}
	series := []inquiry.Series{m.planned(buyer, both), m.planned(buyer, alone), m.planned(buyer, named)}
	m.state(suspended, "suspended")
	_, err := m.catalog.Withdraw(ctx, fine, product.ID)
	require.NoError(t, err)
	require.NoError(t, m.PlaceSeries(ctx))
	day := m.today.AddDays(2)
	last := func(at int) inquiry.SeriesDate {
		got, err := m.GetSeries(ctx, buyer, series[at].ID)
		require.NoError(t, err)
		for _, date := range got.Past {
			if date.DeliverOn == day {
				return date
			}
		}
		require.Fail(t, "not dealt with")
		return inquiry.SeriesDate{}
	}
	placed := last(0)
	require.Equal(t, "placed", placed.State)
	require.Equal(t, []uuid.UUID{suspended.OrganisationID}, placed.LeftOut)
	got, err := m.Get(ctx, fine, *placed.InquiryID)
	require.NoError(t, err)
	require.Equal(t, series[0].ID, *must(m.Get(ctx, buyer, got.ID)).SeriesID)
	_, err = m.Get(ctx, suspended, *placed.InquiryID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	for at, code := range map[int]string{1: inquiry.ErrNobodyInvited.Code, 2: inquiry.ErrNotOnOffer.Code} {
		refused := last(at)
		require.Equal(t, "refused", refused.State)
		require.Equal(t, code, refused.Complaints[0].Code)
		require.NotEmpty(t, refused.Complaints[0].Text)
	}
	require.Equal(t, "lines[0].product_id", last(2).Complaints[0].Pointer)
	var told int
	require.NoError(t, m.db.Get(ctx, &told, `SELECT count(*) FROM identity.audit_events WHERE action IN ('series.refused', 'series.left_out')`))
	require.Equal(t, 6, told, "two dates were due of each")

	m.state(suspended, "approved")
	m.state(buyer, "suspended")
	require.NoError(t, m.in(1).PlaceSeries(ctx))
	day = m.today.AddDays(4)
	require.Equal(t, identity.ErrSuspended.Code, last(1).Complaints[0].Code)
	m.state(buyer, "approved")
	require.NoError(t, m.in(2).PlaceSeries(ctx))
	day = m.today.AddDays(5)
	require.Equal(t, "placed", last(1).State)
}

// When whoever planned a series leaves, or may only look, it is paused and its buyer is told, once; a
// colleague who resumes it answers for it from then on.
func TestASeriesPausesWhenItsPlannerLeaves(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	owner, stranger := m.organisation(identity.Buyer), m.organisation(identity.Buyer)
	for _, leave := range []func(planner identity.Principal) error{
		func(planner identity.Principal) error { return m.identity.RemoveMember(ctx, owner, planner.UserID) },
		func(planner identity.Principal) error {
			_, err := m.identity.ChangeRole(ctx, owner, planner.UserID, identity.Viewer)
			return err
		},
	} {
		planner, colleague := m.colleague(owner, identity.Member), m.colleague(owner, identity.Member)
		series := m.planned(planner, m.daily())
		require.NoError(t, m.PlaceSeries(ctx))
		placed := len(m.past(owner, series.ID))
		require.Positive(t, placed)
		require.NoError(t, leave(planner))
		require.NoError(t, m.in(1).PlaceSeries(ctx))
		require.NoError(t, m.in(2).PlaceSeries(ctx))
		paused, err := m.GetSeries(ctx, owner, series.ID)
		require.NoError(t, err)
		require.Equal(t, inquiry.SeriesPaused, paused.State)
		require.Len(t, paused.Past, placed)
		var told int
		require.NoError(t, m.db.Get(ctx, &told, `SELECT count(*) FROM identity.audit_events WHERE action = 'series.orphaned' AND subject_id = $1`, series.ID))
		require.Equal(t, 1, told)

		_, err = m.in(2).ResumeSeries(ctx, colleague, series.ID)
		require.NoError(t, err)
		require.NoError(t, m.in(2).PlaceSeries(ctx))
		require.Greater(t, len(m.past(owner, series.ID)), placed)
		_, err = m.EndSeries(ctx, owner, series.ID)
		require.NoError(t, err)
	}
	for who, want := range map[*identity.Principal]int{&owner: 2, &stranger: 0} {
		total, err := m.CountSeries(ctx, *who)
		require.NoError(t, err)
		require.Equal(t, want, total)
	}
}

// state sets an organisation's, as an authority's decision does.
func (m *market) state(who identity.Principal, state string) {
	m.t.Helper()
	_, err := m.lent.Owner.Exec(context.Background(), `UPDATE identity.organisations SET state = $2 WHERE id = $1`, who.OrganisationID, state)
	require.NoError(m.t, err)
}

func must(placed inquiry.Inquiry, err error) inquiry.Inquiry {
	if err != nil {
		return inquiry.Inquiry{}
	}
	return placed
}

// The calendar is Vietnam's: month ends, every other week, and a deadline that is the same hour all year.
func TestThePreviewOfASeries(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer := m.organisation(identity.Buyer)
	ends := m.daily()
	year := m.today.Year + 1
	ends.Rhythm = inquiry.Rhythm{Kind: "monthly", MonthDays: []int{31, 15}, From: civil.New(year, time.January, 1), Until: civil.New(year, time.April, 29)}
	dates, err := m.PreviewSeries(ctx, buyer, ends)
	require.NoError(t, err)
	february := civil.New(year, time.March, 1).AddDays(-1)
	want := []civil.Date{
		civil.New(year, time.January, 15), civil.New(year, time.January, 31), civil.New(year, time.February, 15), february,
		civil.New(year, time.March, 15), civil.New(year, time.March, 31), civil.New(year, time.April, 15),
	}
	require.Len(t, dates, len(want))
	for at, date := range dates {
		require.Equal(t, want[at], date.DeliverOn)
		require.Equal(t, want[at].AddDays(-3), date.PlaceOn)
		require.Equal(t, want[at].AddDays(-1).String()+"T10:00:00Z", date.QuotesDue.UTC().Format(time.RFC3339), "seventeen o'clock in Vietnam")
	}
	other := m.daily()
	other.Rhythm = inquiry.Rhythm{Kind: "weekly", Weekdays: []int{2, 5}, Every: 2, From: civil.New(year, time.March, 1)}
	dates, err = m.PreviewSeries(ctx, buyer, other)
	require.NoError(t, err)
	for at := 2; at < len(dates); at++ {
		require.Equal(t, 14, dates[at-2].DeliverOn.Days(dates[at].DeliverOn))
	}

	for name, test := range map[string]struct {
		change func(*inquiry.NewSeries)
		want   *fault.Definition
	}{
		"no days":          {func(n *inquiry.NewSeries) { n.Rhythm.Weekdays = nil }, fault.ErrRequired},
		"the eighth day":   {func(n *inquiry.NewSeries) { n.Rhythm.Weekdays = []int{8} }, fault.ErrOutOfRange},
		"other rhythm":     {func(n *inquiry.NewSeries) { n.Rhythm.Kind = "yearly" }, fault.ErrUnknownValue},
		"mixed":            {func(n *inquiry.NewSeries) { n.Rhythm.MonthDays = []int{1} }, fault.ErrNotAllowedHere},
		"ends before":      {func(n *inquiry.NewSeries) { n.Rhythm.Until = n.Rhythm.From.AddDays(-1) }, fault.ErrDateOrder},
		"no lead":          {func(n *inquiry.NewSeries) { n.LeadDays = 0; n.QuotesDue.DaysBefore = -1 }, fault.ErrOutOfRange},
		"due before":       {func(n *inquiry.NewSeries) { n.QuotesDue.DaysBefore = 3 }, inquiry.ErrSeriesDeadline},
		"no hour":          {func(n *inquiry.NewSeries) { n.QuotesDue.At = "5 giờ" }, inquiry.ErrSeriesHour},
		"a long delivery":  {func(n *inquiry.NewSeries) { n.Lines[0].Days = 32 }, fault.ErrOutOfRange},
		"nothing of it":    {func(n *inquiry.NewSeries) { n.Lines[0].ProductLine = "gold" }, fault.ErrUnknownValue},
		"no such place":    {func(n *inquiry.NewSeries) { n.DeliverTo.CommuneCode = "00000" }, fault.ErrUnknownValue},
		"nobody invited":   {func(n *inquiry.NewSeries) { n.Visibility = inquiry.Invited }, inquiry.ErrNobodyInvited},
		"nothing but past": {func(n *inquiry.NewSeries) { n.Rhythm.From = m.today.AddDays(-9); n.Rhythm.Until = m.today.AddDays(-2) }, inquiry.ErrSeriesNever},
	} {
		asked := m.daily()
		test.change(&asked)
		for _, plan := range []func() error{
			func() error { _, err := m.PlanSeries(ctx, buyer, asked); return err },
			func() error { _, err := m.PreviewSeries(ctx, buyer, asked); return err },
		} {
			err := plan()
			require.Error(t, err, name)
			refusal, _ := fault.From(err)
			codes := []string{refusal.Code}
			for _, field := range refusal.Fields {
				codes = append(codes, field.Definition.Code)
			}
			require.Contains(t, codes, test.want.Code, name)
		}
	}
	_, err = m.PlanSeries(ctx, m.organisation(identity.Producer), m.daily())
	require.ErrorIs(t, err, fault.ErrForbidden)
}
