package inquiry

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// lockIncoming reads deliveries to the principal's organisation, each with its award, whose lines
// stay locked, in the order of their ids. Those that are not its own, or have not left, are missing.
func lockIncoming(ctx context.Context, tx *postgres.Tx, who identity.Principal, ids []uuid.UUID) (map[uuid.UUID]*deliveryRecord, error) {
	awards, err := lockAwardsOf(ctx, tx, who, ids)
	if err != nil || len(awards) == 0 {
		return nil, err
	}
	const query = selectDeliveries + ` WHERE id = ANY (CAST($1 AS uuid[])) AND dispatched_at IS NOT NULL`
	var deliveries []*deliveryRecord
	if err := tx.Select(ctx, &deliveries, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	if err := withDisputes(ctx, tx, deliveries...); err != nil {
		return nil, err
	}
	var called []uuid.UUID
	for _, d := range deliveries {
		called = append(called, d.callOffs()...)
	}
	callOffs, err := callOffsIn(ctx, tx, called)
	if err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID]*deliveryRecord, len(deliveries))
	for _, d := range deliveries {
		if d.owed = awards[d.AwardID]; d.owed != nil {
			d.callOff = callOffs[d.CallOffID]
			d.award = d.owed.under(d.callOff)
			found[d.ID] = d
		}
	}
	return found, nil
}

// lockAwardsOf reads the awards to the principal's organisation behind some deliveries, with the
// offers behind them, and locks their lines.
func lockAwardsOf(ctx context.Context, tx *postgres.Tx, who identity.Principal, deliveries []uuid.UUID) (map[uuid.UUID]*awardRecord, error) {
	const of = `
		a.buyer_id = $2 AND a.id IN (SELECT d.award_id FROM inquiry.deliveries d WHERE d.id = ANY (CAST($1 AS uuid[])))`
	const lock = `
		SELECT l.id FROM inquiry.lines l WHERE l.id IN (SELECT a.line_id FROM inquiry.awards a WHERE ` + of + `)
		 ORDER BY l.id FOR NO KEY UPDATE`
	var locked []uuid.UUID
	if err := tx.Select(ctx, &locked, lock, postgres.Array(deliveries), who.OrganisationID); err != nil {
		return nil, err
	}
	const query = selectAwards + ` WHERE ` + of
	var awards []*awardRecord
	if err := tx.Select(ctx, &awards, query, postgres.Array(deliveries), who.OrganisationID); err != nil {
		return nil, err
	}
	if err := complete(ctx, tx, awards); err != nil {
		return nil, err
	}
	offers := make([]uuid.UUID, len(awards))
	for at, a := range awards {
		offers[at] = a.OfferID
	}
	deals, err := catalog.DealsTx(ctx, tx, offers)
	if err != nil {
		return nil, err
	}
	byID := make(map[uuid.UUID]*awardRecord, len(awards))
	for _, a := range awards {
		a.deal = deals[a.OfferID]
		byID[a.ID] = a
	}
	return byID, nil
}

// tolerancesOf reads how much more than was dispatched may be accepted under awards, in thousandths of
// a percent.
func tolerancesOf(ctx context.Context, tx *postgres.Tx, awards []uuid.UUID) (map[uuid.UUID]int64, error) {
	const query = `
		SELECT a.id, coalesce(inquiry.delivery_rule('over', a.id), 0) AS tolerance FROM unnest(CAST($1 AS uuid[])) AS a(id)`
	var rows []struct {
		ID        uuid.UUID `db:"id"`
		Tolerance int64     `db:"tolerance"`
	}
	if err := tx.Select(ctx, &rows, query, postgres.Array(awards)); err != nil {
		return nil, err
	}
	tolerances := make(map[uuid.UUID]int64, len(rows))
	for _, row := range rows {
		tolerances[row.ID] = row.Tolerance
	}
	return tolerances, nil
}

// noteReceipts writes what was found of deliveries, all or none: the receipts, who noted them, and
// the volume that moves, dated by the receipt in Vietnam's calendar.
func noteReceipts(ctx context.Context, tx *postgres.Tx, who identity.Principal, by receiver, deliveries ...*deliveryRecord) error {
	if len(deliveries) == 0 {
		return nil
	}
	if err := updateReceived(ctx, tx, deliveries); err != nil {
		return err
	}
	entries, awards := make([]identity.Entry, len(deliveries)), make([]uuid.UUID, len(deliveries))
	for at, d := range deliveries {
		entries[at] = identity.Entry{Action: "delivery.received", Subject: subjectDelivery(d.ID), Detail: by.detail(d.AwardID)}
		awards[at] = d.AwardID
	}
	if err := identity.RecordAllTx(ctx, tx, who, entries...); err != nil {
		return err
	}
	claimed, err := ledger.ClaimedTx(ctx, tx, awards...)
	if err != nil {
		return err
	}
	var postings, released, dated []ledger.Posting
	for _, d := range deliveries {
		a := d.owed
		freed, err := a.giveBack(ctx, tx, d.callOff, d.returned())
		if err != nil {
			return err
		}
		postings = append(postings, d.postings(d.award, d.ID, reference.Day(*d.ReceivedAt), claimed[a.ID])...)
		if back := a.posting(a.CancelledAs.movement(), freed, a.DeliverOn); len(a.Schedule.V) == 0 {
			released = append(released, back)
		} else if freed > 0 {
			dated = append(dated, back)
		}
	}
	dated, err = ledger.OffLastDatesTx(ctx, tx, dated...)
	if err != nil {
		return err
	}
	return ledger.PostTx(ctx, tx, who, slices.Concat(postings, released, dated)...)
}

// receivedUpdate is a receipt as the update reads it.
type receivedUpdate struct {
	ID         uuid.UUID      `json:"id"`
	ReceivedAt time.Time      `json:"received_at"`
	NotedAt    time.Time      `json:"noted_at"`
	Accepted   int64          `json:"accepted"`
	Rejected   int64          `json:"rejected"`
	Loss       int64          `json:"loss"`
	Over       int64          `json:"over"`
	Reasons    []string       `json:"reasons"`
	Sizes      []SizeReceived `json:"sizes"`
	Tie        int64          `json:"tie"`
	PriceGross bool           `json:"price_gross"`
	ValueVND   int64          `json:"value_vnd"`
	Note       string         `json:"note"`
}

// updateReceived writes receipts. Refused: ErrReceived when somebody else was first.
func updateReceived(ctx context.Context, tx *postgres.Tx, deliveries []*deliveryRecord) error {
	const update = `
		UPDATE inquiry.deliveries d
		   SET received_at = r.received_at, noted_at = r.noted_at, accepted = r.accepted, rejected = r.rejected, loss = r.loss, over = r.over,
		       reasons = coalesce(r.reasons, '{}'), sizes = coalesce(nullif(r.sizes, 'null'), '[]'), tie = r.tie,
		       price_gross = r.price_gross, value_vnd = r.value_vnd, note = r.note
		  FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS r(id uuid, received_at timestamptz, noted_at timestamptz, accepted bigint,
		       rejected bigint, loss bigint, over bigint, reasons text[], sizes jsonb, tie bigint, price_gross boolean, value_vnd bigint,
		       note text)
		 WHERE d.id = r.id AND d.received_at IS NULL`
	updates := make([]receivedUpdate, len(deliveries))
	for at, d := range deliveries {
		updates[at] = receivedUpdate{
			ID: d.ID, ReceivedAt: *d.ReceivedAt, NotedAt: *d.NotedAt, Accepted: int64(d.Accepted), Rejected: int64(d.Rejected),
			Loss: int64(d.Loss), Over: int64(d.Over), Reasons: d.Reasons, Sizes: d.Sizes.V, Tie: int64(d.Tie),
			PriceGross: d.PriceGross, ValueVND: int64(d.ValueVND), Note: d.Note,
		}
	}
	n, err := tx.Exec(ctx, update, postgres.JSON[[]receivedUpdate]{V: updates})
	if err == nil && n != int64(len(deliveries)) {
		err = ErrReceived.With()
	}
	return err
}

// Incoming is a delivery on its way to a buyer, or received by it, as the buyer's lists name it.
type Incoming struct {
	ID           uuid.UUID         `db:"id"`
	AwardID      uuid.UUID         `db:"award_id"`
	OfferID      uuid.UUID         `db:"offer_id"`
	Quantity     quantity.Quantity `db:"quantity"`
	Unit         string            `db:"unit"`
	Documents    postgres.Strings  `db:"documents"`
	DispatchedAt time.Time         `db:"dispatched_at"`

	// Line is the product line of the goods.
	Line string
}

// Number is the short form of the delivery's id, as papers and lists name it.
func (i *Incoming) Number() string { return shortNumber(i.ID) }

// AwardNumber is the short form of its award's id, as the award's paper names it.
func (i *Incoming) AwardNumber() string { return shortNumber(i.AwardID) }

// IncomingKeys name deliveries: by their ids, by their numbers or those of their awards, by the papers
// that travelled along.
type IncomingKeys struct {
	IDs                        []uuid.UUID
	Numbers, Awards, Documents []string
}

// IncomingTx finds the deliveries to the principal's organisation that have left and that one of the
// keys names, in the order in which they left. The cost is a few statements, whatever the keys.
func IncomingTx(ctx context.Context, reader postgres.Reader, who identity.Principal, keys IncomingKeys) ([]*Incoming, error) {
	if err := MayReadReceipts(who); err != nil {
		return nil, err
	}
	const query = `
		WITH named AS (
			SELECT d.id FROM inquiry.deliveries d WHERE d.id = ANY (CAST($2 AS uuid[]))
			 UNION
			SELECT d.id FROM inquiry.deliveries d WHERE upper(right(CAST(d.id AS text), 8)) = ANY (CAST($3 AS text[]))
			 UNION
			SELECT d.id FROM inquiry.deliveries d WHERE d.documents && CAST($4 AS text[])
			 UNION
			SELECT d.id FROM inquiry.awards a JOIN inquiry.deliveries d ON d.award_id = a.id
			 WHERE a.buyer_id = $1 AND upper(right(CAST(a.id AS text), 8)) = ANY (CAST($5 AS text[]))
		)
		SELECT d.id, d.award_id, a.offer_id, d.quantity, d.unit, d.documents, d.dispatched_at
		  FROM named JOIN inquiry.deliveries d USING (id) JOIN inquiry.awards a ON a.id = d.award_id
		 WHERE a.buyer_id = $1
		 ORDER BY d.dispatched_at, d.id`
	var found []*Incoming
	err := reader.Select(ctx, &found, query, who.OrganisationID, postgres.Array(keys.IDs), postgres.Array(keys.Numbers),
		postgres.Array(keys.Documents), postgres.Array(keys.Awards))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	offers := make([]uuid.UUID, len(found))
	for at, each := range found {
		offers[at] = each.OfferID
	}
	deals, err := catalog.DealsTx(ctx, reader, offers)
	for _, each := range found {
		each.Line = deals[each.OfferID].Line
	}
	return found, err
}
