package inquiry

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// insertInquiry writes an inquiry, its lines and invitations, and counts it, in one statement.
func insertInquiry(ctx context.Context, tx *postgres.Tx, r *record) error {
	const insert = `
		WITH placed AS (
			INSERT INTO inquiry.inquiries (id, buyer_id, buyer_system, visibility, quotes_sealed, quotes_due_at, ward,
			       delivery_note, terms, stage, version, created_at, opened_at, updated_at)
			SELECT $1, $2, nullif($3, ''), $4, CAST($5 AS boolean), CAST($6 AS timestamptz), $7, $8, CAST($9 AS jsonb), $10, 1, CAST($11 AS timestamptz),
			       CASE WHEN $10 = 'open' THEN CAST($11 AS timestamptz) END, CAST($11 AS timestamptz)
			  FROM inquiry.spend($2, $14, $15, $16)
		), lines AS (
			INSERT INTO inquiry.lines (id, inquiry_id, position, line, producer_id, product_id, offer_id, form, grade, schemes,
			       quantity, unit, unit_weight, deliver_from, deliver_to, target_price_vnd, reported_grade)
			SELECT id, $1, position, line, producer_id, product_id, offer_id, nullif(form, ''), grade, coalesce(schemes, '{}'),
			       quantity, unit, unit_weight, deliver_from, deliver_to, nullif(target_price_vnd, 0), reported_grade
			  FROM jsonb_to_recordset(CAST($12 AS jsonb)) AS l(id uuid, position int, line text, producer_id uuid, product_id uuid,
			       offer_id uuid, form text, grade jsonb, schemes text[], quantity bigint, unit text, unit_weight bigint,
			       deliver_from date, deliver_to date, target_price_vnd bigint, reported_grade text)
		)
		INSERT INTO inquiry.invitations (inquiry_id, producer_id, invited)
		SELECT $1, invited.id, true FROM unnest(CAST($13 AS uuid[])) AS invited(id)`
	_, err := tx.Exec(ctx, insert, r.ID, r.BuyerID, r.BuyerSystem, r.Visibility, r.QuotesSealed, r.QuotesDueAt, r.Ward,
		r.DeliveryNote, r.Terms, r.Stage, tx.Now, postgres.JSON[[]lineInsert]{V: lineInserts(r.Lines)}, postgres.Array(r.Invited),
		spendInquiry, anyPart(), reference.Day(tx.Now))
	return overspent(err, tx, spendInquiry)
}

// lineInsert is a line as the insert reads it: quantities and money as integers.
type lineInsert struct {
	ID             uuid.UUID      `json:"id"`
	Position       int            `json:"position"`
	ProductLine    string         `json:"line"`
	ProducerID     uuid.UUID      `json:"producer_id,omitzero"`
	ProductID      uuid.UUID      `json:"product_id,omitzero"`
	OfferID        uuid.UUID      `json:"offer_id,omitzero"`
	Form           string         `json:"form"`
	Grade          map[string]any `json:"grade,omitempty"`
	Schemes        []string       `json:"schemes"`
	Quantity       int64          `json:"quantity"`
	Unit           string         `json:"unit"`
	UnitWeight     int64          `json:"unit_weight"`
	DeliverFrom    civil.Date     `json:"deliver_from"`
	DeliverTo      civil.Date     `json:"deliver_to"`
	TargetPriceVND money.VND      `json:"target_price_vnd"`
	ReportedGrade  string         `json:"reported_grade,omitempty"`
}

func lineInserts(lines []lineRecord) []lineInsert {
	inserts := make([]lineInsert, 0, len(lines))
	for _, l := range lines {
		inserts = append(inserts, lineInsert{
			ID: l.ID, Position: l.Position, ProductLine: l.ProductLine, ProducerID: l.ProducerID, ProductID: l.ProductID,
			OfferID: l.OfferID, Form: l.Form, Grade: l.Grade.V, Schemes: l.Schemes, Quantity: int64(l.Quantity), Unit: l.Unit,
			UnitWeight: int64(l.UnitWeight), DeliverFrom: l.DeliverFrom, DeliverTo: l.DeliverTo, TargetPriceVND: l.TargetPriceVND,
			ReportedGrade: l.ReportedGrade,
		})
	}
	return inserts
}

// load reads one inquiry with its lines and invitations; ErrNotFound when there is none.
func load(ctx context.Context, reader postgres.Reader, id uuid.UUID) (*record, error) {
	records, err := loadAll(ctx, reader, []uuid.UUID{id})
	if err != nil {
		return nil, err
	}
	if r, ok := records[id]; ok {
		return r, nil
	}
	return nil, fault.ErrNotFound.With()
}

const selectInquiries = `
	SELECT i.id, i.buyer_id, o.name AS buyer_name, coalesce(i.buyer_system, '') AS buyer_system, i.visibility, i.quotes_sealed,
	       i.quotes_due_at, i.ward, i.delivery_note, i.terms, i.stage, i.version, i.created_at, i.updated_at, i.terms_version,
	       s.series_id
	  FROM inquiry.inquiries i JOIN identity.organisations o ON o.id = i.buyer_id
	  LEFT JOIN inquiry.series_dates s ON s.inquiry_id = i.id
	 WHERE i.id = ANY ($1)`

const selectLines = `
	SELECT l.id, l.inquiry_id, l.position, l.line, l.producer_id, l.product_id, l.offer_id, coalesce(l.form, '') AS form,
	       l.grade, l.schemes, l.quantity, l.unit, l.unit_weight, l.deliver_from, l.deliver_to,
	       coalesce(l.target_price_vnd, 0) AS target_price_vnd, coalesce(b.open, l.quantity) AS open,
	       coalesce(b.awarded, 0) AS awarded, coalesce(b.delivered, 0) AS delivered, coalesce(b.quoted, 0) AS quoted,
	       coalesce(b.rejected, 0) AS rejected, coalesce(l.reported_grade, '') AS reported_grade
	  FROM inquiry.lines l LEFT JOIN ledger.lines b ON b.inquiry_line_id = l.id
	 WHERE l.inquiry_id = ANY ($1) ORDER BY l.inquiry_id, l.position`

const selectInvited = `
	SELECT inquiry_id, producer_id FROM inquiry.invitations WHERE inquiry_id = ANY ($1) AND invited ORDER BY producer_id`

// loadAll reads inquiries whole, in four statements however many there are.
func loadAll(ctx context.Context, reader postgres.Reader, ids []uuid.UUID) (map[uuid.UUID]*record, error) {
	var inquiries []*record
	if err := reader.Select(ctx, &inquiries, selectInquiries, postgres.Array(ids)); err != nil {
		return nil, err
	}
	records := make(map[uuid.UUID]*record, len(inquiries))
	for _, r := range inquiries {
		records[r.ID] = r
	}
	var lines []lineRecord
	if err := reader.Select(ctx, &lines, selectLines, postgres.Array(ids)); err != nil {
		return nil, err
	}
	for _, line := range lines {
		records[line.InquiryID].Lines = append(records[line.InquiryID].Lines, line)
	}
	var invited []struct {
		InquiryID  uuid.UUID `db:"inquiry_id"`
		ProducerID uuid.UUID `db:"producer_id"`
	}
	if err := reader.Select(ctx, &invited, selectInvited, postgres.Array(ids)); err != nil {
		return nil, err
	}
	for _, row := range invited {
		records[row.InquiryID].Invited = append(records[row.InquiryID].Invited, row.ProducerID)
	}
	return records, fillRounds(ctx, reader, records, ids)
}

// mayRead tells how a principal may look at an inquiry; ErrNotFound when not at all. What was
// published as open is seen by every producer and buyer, each without anything about quotes of others.
func mayRead(ctx context.Context, reader postgres.Reader, who identity.Principal, id uuid.UUID) (perspective, error) {
	const query = `
		SELECT i.buyer_id = $2 AS own,
		       i.stage <> 'draft' AND (i.visibility = 'open' OR $3 AND EXISTS (
		           SELECT FROM inquiry.invitations v WHERE v.inquiry_id = i.id AND v.producer_id = $2 AND v.invited)) AS reached
		  FROM inquiry.inquiries i WHERE i.id = $1`
	var seen struct {
		Own     bool `db:"own"`
		Reached bool `db:"reached"`
	}
	err := reader.Get(ctx, &seen, query, id, who.OrganisationID, who.Is(identity.Producer))
	switch {
	case errors.Is(err, postgres.ErrNoRows):
		return 0, fault.ErrNotFound.With()
	case err != nil:
		return 0, err
	case seen.Own && who.Is(identity.Buyer):
		return asBuyer, nil
	case seen.Reached && (who.Is(identity.Producer) || who.Is(identity.Buyer)):
		return asProducer, nil
	default:
		return 0, fault.ErrNotFound.With()
	}
}

// placedBy lists the ids of a buyer's inquiries, newest first.
func placedBy(ctx context.Context, reader postgres.Reader, buyer uuid.UUID, page Page) ([]uuid.UUID, error) {
	const query = `
		SELECT id FROM inquiry.inquiries
		 WHERE buyer_id = $1 AND ($2 = '' OR stage = $2) AND ($3 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR id < $3)
		 ORDER BY id DESC LIMIT $4`
	var ids []uuid.UUID
	err := reader.Select(ctx, &ids, query, buyer, page.Stage, page.Before, page.Limit)
	return ids, err
}

// reaching lists the ids of inquiries that reach a producer, newest first. Each half reads its
// index from the newest end and stops early.
func reaching(ctx context.Context, reader postgres.Reader, producer uuid.UUID, page Page) ([]uuid.UUID, error) {
	const query = `
		SELECT id FROM (
			(SELECT i.id FROM inquiry.inquiries i
			  WHERE i.visibility = 'open' AND i.stage <> 'draft' AND ($2 = '' OR i.stage = $2)
			    AND ($3 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR i.id < $3)
			  ORDER BY i.id DESC LIMIT $4)
			UNION
			(SELECT i.id FROM inquiry.invitations v JOIN inquiry.inquiries i ON i.id = v.inquiry_id
			  WHERE v.producer_id = $1 AND v.invited AND i.stage <> 'draft' AND ($2 = '' OR i.stage = $2)
			    AND ($3 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR v.inquiry_id < $3)
			  ORDER BY v.inquiry_id DESC LIMIT $4)
		) reached ORDER BY id DESC LIMIT $4`
	var ids []uuid.UUID
	err := reader.Select(ctx, &ids, query, producer, page.Stage, page.Before, page.Limit)
	return ids, err
}

// lockInquiry locks a buyer's inquiry and its lines for a decision about them; ErrNotFound when
// it is not this buyer's.
func lockInquiry(ctx context.Context, tx *postgres.Tx, id, buyer uuid.UUID) error {
	const inquiries = `SELECT id FROM inquiry.inquiries WHERE id = $1 AND buyer_id = $2 FOR NO KEY UPDATE`
	var found uuid.UUID
	err := tx.Get(ctx, &found, inquiries, id, buyer)
	if errors.Is(err, postgres.ErrNoRows) {
		return fault.ErrNotFound.With()
	}
	if err != nil {
		return err
	}
	const lines = `SELECT id FROM inquiry.lines WHERE inquiry_id = $1 ORDER BY id FOR NO KEY UPDATE`
	var locked []uuid.UUID
	return tx.Select(ctx, &locked, lines, id)
}

// lockLines locks lines in the order of their ids. Whoever changes a quote of a line, or the
// line's balance, holds this lock, so that two such transactions never wait for each other.
func lockLines(ctx context.Context, tx *postgres.Tx, ids ...uuid.UUID) error {
	const lines = `SELECT id FROM inquiry.lines WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE`
	var locked []uuid.UUID
	return tx.Select(ctx, &locked, lines, postgres.Array(ids))
}

func moveStage(ctx context.Context, tx *postgres.Tx, r *record, stage Stage) error {
	const update = `
		UPDATE inquiry.inquiries SET stage = $2, version = version + 1, updated_at = $3,
		       opened_at = CASE WHEN $2 = 'open' THEN CAST($3 AS timestamptz) ELSE opened_at END
		 WHERE id = $1`
	_, err := tx.Exec(ctx, update, r.ID, stage, tx.Now)
	return err
}

// clock reads the database's clock, which decides about deadlines.
func clock(ctx context.Context, reader postgres.Reader) (time.Time, error) {
	const query = `SELECT now()`
	var now time.Time
	err := reader.Get(ctx, &now, query)
	return now, err
}

func sortedSet(texts []string) []string {
	set := slices.Clone(texts)
	slices.Sort(set)
	return slices.Compact(set)
}

// quantityLeft is never negative.
func quantityLeft(whole, used quantity.Quantity) quantity.Quantity { return max(whole-used, 0) }
