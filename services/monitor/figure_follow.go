package monitor

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/ledger"
)

// unpublishedRecord is a contribution as it waits to be told.
type unpublishedRecord struct {
	Book       string     `json:"book"`
	Line       string     `json:"product_line"`
	Dried      bool       `json:"dried"`
	Unit       string     `json:"unit"`
	Month      civil.Date `json:"month"`
	Commune    string     `json:"commune"`
	ProducerID uuid.UUID  `json:"producer_id"`
	BuyerID    uuid.UUID  `json:"buyer_id"`
	OfferID    uuid.UUID  `json:"offer_id"`
	Quantity   int64      `json:"quantity"`
	ValueVND   int64      `json:"value_vnd"`
	// What was taken back, whatever was added beside it.
	BackQuantity int64 `json:"back_quantity"`
	BackValueVND int64 `json:"back_value_vnd"`
}

// followFigures notes what the next postings add, and returns how many places of the chain it passed.
func followFigures(ctx context.Context, tx *postgres.Tx) (int64, error) {
	from, err := alone(ctx, tx)
	if err != nil {
		return 0, err
	}
	sealed, err := ledger.SealedTx(ctx, tx)
	if err != nil || sealed <= from {
		return 0, err
	}
	upTo := min(sealed, from+followBatch)
	if err := noteDays(ctx, tx, from, upTo); err != nil {
		return 0, err
	}
	contributions, err := ledger.ContributionsTx(ctx, tx, from, upTo)
	if err != nil {
		return 0, err
	}
	if err := noteContributions(ctx, tx, contributions); err != nil {
		return 0, err
	}
	const move = `UPDATE monitor.figures_followed SET seq = $1`
	_, err = tx.Exec(ctx, move, upTo)
	return upTo - from, err
}

// noteDays keeps the last posting of each business day.
func noteDays(ctx context.Context, tx *postgres.Tx, from, upTo int64) error {
	days, err := ledger.DaysPostedTx(ctx, tx, from, upTo)
	if err != nil || len(days) == 0 {
		return err
	}
	const note = `
		INSERT INTO monitor.days_posted AS d (business_date, seq)
		SELECT r.business_date, r.seq FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS r (business_date date, seq bigint)
		    ON CONFLICT (business_date) DO UPDATE SET seq = excluded.seq`
	_, err = tx.Exec(ctx, note, postgres.JSON[[]ledger.DayPosted]{V: days})
	return err
}

// noteContributions adds to what waits to be published, and to what was taken back of whom.
func noteContributions(ctx context.Context, tx *postgres.Tx, contributions []ledger.Contribution) error {
	records := recordsOf(contributions)
	if len(records) == 0 {
		return nil
	}
	// Supply names no buyer, but a posting that moves it may: one row for each key.
	const note = `
		INSERT INTO monitor.unpublished AS u (book, product_line, dried, unit, month, commune, producer_id, buyer_id, offer_id, quantity, value_vnd)
		SELECT r.book, r.product_line, r.dried, r.unit, r.month, r.commune, r.producer_id, r.buyer_id, r.offer_id,
		       CAST(sum(r.quantity) AS bigint), CAST(sum(r.value_vnd) AS bigint)
		  FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS r (book text, product_line text, dried boolean, unit text, month date,
		       commune text, producer_id uuid, buyer_id uuid, offer_id uuid, quantity bigint, value_vnd bigint)
		 GROUP BY r.book, r.product_line, r.dried, r.unit, r.month, r.commune, r.producer_id, r.buyer_id, r.offer_id
		    ON CONFLICT ON CONSTRAINT unpublished_once
		    DO UPDATE SET quantity = u.quantity + excluded.quantity, value_vnd = u.value_vnd + excluded.value_vnd`
	if _, err := tx.Exec(ctx, note, postgres.JSON[[]unpublishedRecord]{V: records}); err != nil {
		return err
	}
	const back = `
		UPDATE monitor.told_pairs t
		   SET back_quantity = t.back_quantity + r.quantity, back_value_vnd = t.back_value_vnd + r.value_vnd
		  FROM (SELECT x.book, x.producer_id, x.buyer_id, x.offer_id,
		               CAST(sum(x.back_quantity) AS bigint) AS quantity, CAST(sum(x.back_value_vnd) AS bigint) AS value_vnd
		          FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS x (book text, producer_id uuid, buyer_id uuid, offer_id uuid,
		               back_quantity bigint, back_value_vnd bigint)
		         WHERE x.back_quantity <> 0 OR x.back_value_vnd <> 0
		         GROUP BY x.book, x.producer_id, x.buyer_id, x.offer_id) r
		 WHERE t.book = r.book AND t.producer_id = r.producer_id AND t.buyer_id = r.buyer_id AND t.offer_id = r.offer_id`
	if _, err := tx.Exec(ctx, back, postgres.JSON[[]unpublishedRecord]{V: records}); err != nil {
		return err
	}
	const nothing = `DELETE FROM monitor.unpublished WHERE quantity = 0 AND value_vnd = 0`
	_, err := tx.Exec(ctx, nothing)
	return err
}

// recordsOf are contributions by book.
func recordsOf(contributions []ledger.Contribution) []unpublishedRecord {
	var records []unpublishedRecord
	for _, c := range contributions {
		record := unpublishedRecord{
			Line: c.Line, Dried: c.Dried, Unit: c.Unit, Month: c.Month, Commune: c.Commune, ProducerID: c.ProducerID,
		}
		if supply := record; c.Offered != 0 || c.TakenBack.Offered != 0 {
			supply.Book, supply.OfferID, supply.Quantity, supply.BackQuantity = offeredBook, c.OfferID, int64(c.Offered), int64(c.TakenBack.Offered)
			records = append(records, supply)
		}
		if c.Delivered != 0 || c.ValueVND != 0 || c.TakenBack.Delivered != 0 || c.TakenBack.ValueVND != 0 {
			record.Book, record.BuyerID = deliveredBook, c.BuyerID
			record.Quantity, record.ValueVND = int64(c.Delivered), int64(c.ValueVND)
			record.BackQuantity, record.BackValueVND = int64(c.TakenBack.Delivered), int64(c.TakenBack.ValueVND)
			records = append(records, record)
		}
	}
	return records
}
