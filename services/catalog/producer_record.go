package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Standing is a share of the cases there were.
type Standing struct {
	Cases int `json:"cases"`
	// Permille is nil where there are too few cases to say; Percent says the same where it is shown.
	Permille *int64             `json:"-"`
	Percent  *quantity.Quantity `json:"percent,omitempty" doc:"To a tenth; left out where there are too few cases to say."`
}

// recordedShare is a share as it is shown.
func recordedShare(cases int, permille *int64) Standing {
	shown := Standing{Cases: cases, Permille: permille}
	if permille != nil {
		shown.Percent = new(quantity.Quantity(*permille) * quantity.Unit / 10)
	}
	return shown
}

// ProducerRecord is how a producer kept its word in the last twelve months, as trade knows it.
type ProducerRecord struct {
	ProducerID uuid.UUID `json:"-"`
	OnTime     Standing  `json:"on_time" doc:"Of what was owed, what came by the agreed day."`
	InFull     Standing  `json:"in_full" doc:"Of what was owed, what was accepted whole."`
	AsOf       time.Time `json:"as_of"`
}

// SetRecordsTx keeps what producers are sorted and filtered by, as of the transaction's instant. What
// is there of a later instant stays.
func SetRecordsTx(ctx context.Context, tx *postgres.Tx, records []ProducerRecord) error {
	type row struct {
		ProducerID uuid.UUID `json:"producer_id"`
		OnTime     int       `json:"on_time_cases"`
		OnTimeOf   *int64    `json:"on_time_permille"`
		InFull     int       `json:"in_full_cases"`
		InFullOf   *int64    `json:"in_full_permille"`
	}
	rows := make([]row, 0, len(records))
	for _, record := range records {
		rows = append(rows, row{record.ProducerID, record.OnTime.Cases, record.OnTime.Permille, record.InFull.Cases, record.InFull.Permille})
	}
	values, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("writing records: %w", err)
	}
	const set = `
		INSERT INTO catalog.producer_records AS r (producer_id, on_time_cases, on_time_permille, in_full_cases, in_full_permille, as_of)
		SELECT v.producer_id, v.on_time_cases, v.on_time_permille, v.in_full_cases, v.in_full_permille, $2
		  FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS v (producer_id uuid, on_time_cases integer, on_time_permille smallint,
		                                                   in_full_cases integer, in_full_permille smallint)
		 ORDER BY v.producer_id
		    ON CONFLICT (producer_id) DO UPDATE
		   SET on_time_cases = excluded.on_time_cases, on_time_permille = excluded.on_time_permille,
		       in_full_cases = excluded.in_full_cases, in_full_permille = excluded.in_full_permille, as_of = excluded.as_of
		 WHERE r.as_of <= excluded.as_of`
	_, err = tx.Exec(ctx, set, string(values), tx.Now)
	return err
}
