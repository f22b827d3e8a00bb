package inquiry

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// Quoting is how a producer quotes unless a quote says otherwise.
type Quoting struct {
	Reserve   *bool      `json:"reserve,omitempty" doc:"Quotes hold their volume. Left out: live goods are not held, others are. Quotes on sealed inquiries hold nothing unless they say so."`
	UpdatedAt *time.Time `json:"updated_at,omitempty"`
}

// Quoting returns a producer's setting; the zero value when it has none.
func (s *Service) Quoting(ctx context.Context, who identity.Principal) (Quoting, error) {
	if err := who.MayRead(area); err != nil {
		return Quoting{}, err
	}
	if !who.Is(identity.Producer) {
		return Quoting{}, fault.ErrForbidden.With()
	}
	return loadQuoting(ctx, s.db, who.OrganisationID)
}

// SetQuoting says how the producer's later quotes reserve; nil goes back to the default. Quotes that
// were given stay as they are.
func (s *Service) SetQuoting(ctx context.Context, who identity.Principal, reserve *bool) (Quoting, error) {
	if err := mayTrade(who, identity.Producer); err != nil {
		return Quoting{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Quoting, error) {
		const upsert = `
			INSERT INTO inquiry.quoting (producer_id, reserve, updated_at) VALUES ($1, $2, $3)
			    ON CONFLICT (producer_id) DO UPDATE SET reserve = excluded.reserve, updated_at = excluded.updated_at`
		const remove = `DELETE FROM inquiry.quoting WHERE producer_id = $1`
		var err error
		if reserve == nil {
			_, err = tx.Exec(ctx, remove, who.OrganisationID)
		} else {
			_, err = tx.Exec(ctx, upsert, who.OrganisationID, *reserve, tx.Now)
		}
		if err != nil {
			return Quoting{}, err
		}
		subject := identity.Subject{Kind: "organisation", ID: who.OrganisationID}
		if err := identity.RecordTx(ctx, tx, who, "quoting.changed", subject, map[string]any{"reserve": reserve}); err != nil {
			return Quoting{}, err
		}
		return loadQuoting(ctx, tx, who.OrganisationID)
	})
}

func loadQuoting(ctx context.Context, reader postgres.Reader, producer uuid.UUID) (Quoting, error) {
	const query = `SELECT reserve, updated_at FROM inquiry.quoting WHERE producer_id = $1`
	var row struct {
		Reserve   bool      `db:"reserve"`
		UpdatedAt time.Time `db:"updated_at"`
	}
	err := reader.Get(ctx, &row, query, producer)
	switch {
	case errors.Is(err, postgres.ErrNoRows):
		return Quoting{}, nil
	case err != nil:
		return Quoting{}, err
	default:
		return Quoting{Reserve: &row.Reserve, UpdatedAt: &row.UpdatedAt}, nil
	}
}

// quotingOf is what a producer's setting says of reserving; nil: nothing.
func quotingOf(ctx context.Context, tx *postgres.Tx, producer uuid.UUID) (*bool, error) {
	setting, err := loadQuoting(ctx, tx, producer)
	return setting.Reserve, err
}

// lotBehind reports whether a quote names a lot that has less left than is quoted. A lot that is
// not declared is refused: ErrLotUndeclared.
func lotBehind(ctx context.Context, tx *postgres.Tx, quote NewQuote, productID uuid.UUID) (bool, error) {
	if quote.Lot == "" {
		return false, nil
	}
	left, err := catalog.LotLeftTx(ctx, tx, productID, quote.Lot)
	if errors.Is(err, fault.ErrNotFound) {
		return false, ErrLotUndeclared.At("lot", "lot", quote.Lot)
	}
	return left != nil && quote.Quantity > *left, err
}

// elsewhere fills in what a producer's other open quotes promise of the offers behind these.
func elsewhere(ctx context.Context, reader postgres.Reader, producer uuid.UUID, quotes []Quote) error {
	const query = `
		SELECT q.id, coalesce(sum(o.quantity - o.awarded), 0) AS quoted, coalesce(sum(h.quantity), 0) AS reserved
		  FROM inquiry.quotes q
		  LEFT JOIN (inquiry.quotes o JOIN inquiry.inquiries i ON i.id = o.inquiry_id AND i.stage = 'open')
		    ON o.offer_id = q.offer_id AND o.id <> q.id AND o.producer_id = $2 AND o.stage = 'submitted' AND o.valid_until > now()
		  LEFT JOIN ledger.reservations h ON h.quote_id = o.id AND h.reserved_until > now()
		 WHERE q.id = ANY ($1) GROUP BY q.id`
	ids := make([]uuid.UUID, len(quotes))
	for at, quote := range quotes {
		ids[at] = quote.ID
	}
	var rows []struct {
		ID       uuid.UUID         `db:"id"`
		Quoted   quantity.Quantity `db:"quoted"`
		Reserved quantity.Quantity `db:"reserved"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids), producer); err != nil {
		return err
	}
	for _, row := range rows {
		for at := range quotes {
			if quotes[at].ID == row.ID {
				quotes[at].QuotedElsewhere, quotes[at].ReservedElsewhere = &row.Quoted, &row.Reserved
			}
		}
	}
	return nil
}
