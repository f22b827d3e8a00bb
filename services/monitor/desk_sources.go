package monitor

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/shelf"
)

// deskSource reads what waits of a kind.
type deskSource struct {
	read func(ctx context.Context, tx *postgres.Tx, who identity.Principal) ([]DeskItem, error)
	// supply says that it waits for the authority of producers alone.
	supply bool
}

//nolint:gochecknoglobals // an immutable table
var deskSources = map[string]deskSource{
	deskApplications: {applicants, false}, deskCertificates: {certificatesToVerify, true}, deskCases: {openCases, false},
	deskExpiring: {certificatesExpiring, true}, deskProposals: {proposedWatches, false}, deskWatches: {watchesToReview, false},
	deskReports: {correctedReports, false}, deskUnconfirmed: {unconfirmedDeliveries, false}, deskGaps: {gapsNotSeen, false},
}

// expiringWithin is how many days ahead certificates are shown that run out.
const expiringWithin = 90

func producerParty(id uuid.UUID) DeskParty { return DeskParty{ID: id, Side: string(identity.Producer)} }

func applicants(ctx context.Context, tx *postgres.Tx, who identity.Principal) ([]DeskItem, error) {
	found, err := identity.ApplicantsTx(ctx, tx, overseenKinds(who), mostWaiting)
	items := make([]DeskItem, len(found))
	for at, each := range found {
		items[at] = DeskItem{ID: each.ID, Since: each.UpdatedAt, Parties: []DeskParty{{ID: each.ID, Side: string(each.Kind)}}}
	}
	return items, err
}

func certificatesToVerify(ctx context.Context, tx *postgres.Tx, _ identity.Principal) ([]DeskItem, error) {
	found, err := catalog.WaitingTx(ctx, tx, reference.Day(tx.Now), mostWaiting)
	items := make([]DeskItem, len(found))
	for at, each := range found {
		items[at] = DeskItem{ID: each.ID, Since: each.CreatedAt, Detail: each.Scheme, Parties: []DeskParty{producerParty(each.ProducerID)}}
	}
	return items, err
}

// certificatesExpiring wait since they entered the days before their end.
func certificatesExpiring(ctx context.Context, tx *postgres.Tx, _ identity.Principal) ([]DeskItem, error) {
	found, err := catalog.ExpiringTx(ctx, tx, reference.Day(tx.Now), expiringWithin, mostWaiting)
	items := make([]DeskItem, len(found))
	for at, each := range found {
		items[at] = DeskItem{
			ID: each.ID, Since: each.ValidUntil.AddDays(-expiringWithin).In(reference.Zone()), Detail: each.Scheme, Due: each.ValidUntil,
			Parties: []DeskParty{producerParty(each.ProducerID)},
		}
	}
	return items, err
}

func openCases(ctx context.Context, tx *postgres.Tx, _ identity.Principal) ([]DeskItem, error) {
	found, err := shelf.OpenCasesTx(ctx, tx, mostWaiting)
	items := make([]DeskItem, len(found))
	for at, each := range found {
		left := int(each.DueAt.Sub(tx.Now) / time.Hour)
		if each.DueAt.Before(tx.Now) {
			left--
		}
		items[at] = DeskItem{
			ID: each.TickID, Since: each.ReportedAt(), Detail: each.System, HoursLeft: &left, Parties: []DeskParty{producerParty(each.ProducerID)},
		}
	}
	return items, err
}

func proposedWatches(ctx context.Context, tx *postgres.Tx, who identity.Principal) ([]DeskItem, error) {
	return openWatches(ctx, tx, who, Proposed)
}

func watchesToReview(ctx context.Context, tx *postgres.Tx, who identity.Principal) ([]DeskItem, error) {
	return openWatches(ctx, tx, who, Watched)
}

// openWatches are those in a state; a watch is due on its day of review.
func openWatches(ctx context.Context, tx *postgres.Tx, who identity.Principal, state WatchState) ([]DeskItem, error) {
	const query = `
		SELECT w.id, w.organisation_id, o.kind, w.reason, w.review_on, w.updated_at
		  FROM monitor.watches w JOIN identity.organisations o ON o.id = w.organisation_id
		 WHERE w.state = $1 AND o.kind = ANY (CAST($2 AS text[])) ORDER BY w.updated_at, w.id LIMIT $3`
	var rows []struct {
		ID             uuid.UUID  `db:"id"`
		OrganisationID uuid.UUID  `db:"organisation_id"`
		Kind           string     `db:"kind"`
		Reason         string     `db:"reason"`
		ReviewOn       civil.Date `db:"review_on"`
		UpdatedAt      time.Time  `db:"updated_at"`
	}
	err := tx.Select(ctx, &rows, query, state, postgres.Array(overseenKinds(who)), mostWaiting)
	items := make([]DeskItem, len(rows))
	for at, row := range rows {
		items[at] = DeskItem{
			ID: row.ID, Since: row.UpdatedAt, Detail: row.Reason, Due: row.ReviewOn, Parties: []DeskParty{{ID: row.OrganisationID, Side: row.Kind}},
		}
	}
	return items, err
}

// correctedReports are the newest editions of the authority's reports that the ledger has corrected since.
func correctedReports(ctx context.Context, tx *postgres.Tx, who identity.Principal) ([]DeskItem, error) {
	const query = `
		SELECT r.id, r.period, r.as_of FROM monitor.reports r
		 WHERE ($1 OR r.province = $2) AND ` + corrected + `
		   AND NOT EXISTS (SELECT FROM monitor.reports l WHERE l.province = r.province AND l.period = r.period AND l.edition > r.edition)
		 ORDER BY r.as_of, r.id LIMIT $3`
	var rows []struct {
		ID     uuid.UUID `db:"id"`
		Period string    `db:"period"`
		AsOf   time.Time `db:"as_of"`
	}
	err := tx.Select(ctx, &rows, query, who.Administrator, who.Province, mostWaiting)
	items := make([]DeskItem, len(rows))
	for at, row := range rows {
		items[at] = DeskItem{ID: row.ID, Since: row.AsOf, Detail: row.Period, Parties: []DeskParty{}}
	}
	return items, err
}

// unconfirmedDeliveries left more than a day ago; either authority is shown the party of its own side.
func unconfirmedDeliveries(ctx context.Context, tx *postgres.Tx, who identity.Principal) ([]DeskItem, error) {
	found, err := inquiry.UnconfirmedLongerTx(ctx, tx, tx.Now, tx.Now.Add(-24*time.Hour), mostWaiting)
	items := make([]DeskItem, len(found))
	for at, each := range found {
		parties := []DeskParty{producerParty(each.ProducerID), {ID: each.BuyerID, Side: string(identity.Buyer)}}
		for side, party := range parties {
			if !who.Oversees(identity.OrganisationKind(party.Side)) {
				parties[side] = DeskParty{Side: party.Side, Masked: true}
			}
		}
		items[at] = DeskItem{ID: each.DeliveryID, Since: each.DispatchedAt, Detail: each.Line, Parties: parties}
	}
	return items, err
}

// gapsNotSeen are those that the authority was told of and nobody of it has looked at, of months that are not
// over; all authorities' for an administrator.
func gapsNotSeen(ctx context.Context, tx *postgres.Tx, who identity.Principal) ([]DeskItem, error) {
	const query = `
		SELECT a.id, a.product_line, a.noted_at FROM monitor.gap_alerts a
		 WHERE ($1 OR a.organisation_id = $2) AND a.month >= $3
		   AND NOT EXISTS (SELECT FROM monitor.gap_acknowledgements k WHERE k.alert_id = a.id)
		 ORDER BY a.noted_at, a.id LIMIT $4`
	var rows []struct {
		ID      uuid.UUID `db:"id"`
		Line    string    `db:"product_line"`
		NotedAt time.Time `db:"noted_at"`
	}
	today := reference.Day(tx.Now)
	err := tx.Select(ctx, &rows, query, who.Administrator, who.OrganisationID, civil.New(today.Year, today.Month, 1), mostWaiting)
	items := make([]DeskItem, len(rows))
	for at, row := range rows {
		items[at] = DeskItem{ID: row.ID, Since: row.NotedAt, Detail: row.Line, Parties: []DeskParty{}}
	}
	return items, err
}
