package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// PublishedTx lists a producer's published products of a line, the most recently changed first, so
// that a quote of quantity, price and date alone finds what it is about.
func PublishedTx(ctx context.Context, reader postgres.Reader, producerID uuid.UUID, line string) ([]ProductFacts, error) {
	const query = `
		SELECT id FROM catalog.products
		 WHERE producer_id = $1 AND line = $2 AND state = 'published' ORDER BY updated_at DESC, id DESC LIMIT 50`
	var ids []uuid.UUID
	if err := reader.Select(ctx, &ids, query, producerID, line); err != nil || len(ids) == 0 {
		return nil, err
	}
	found, err := ProductsTx(ctx, reader, ids)
	if err != nil {
		return nil, err
	}
	products := make([]ProductFacts, 0, len(ids))
	for _, id := range ids {
		if product, ok := found[id]; ok {
			products = append(products, product)
		}
	}
	return products, nil
}

// CloseOffersTx closes offers that were made from quotes which have ended: what is free of them
// leaves the ledger; what is committed goes on. Offers that are closed already are left alone.
func CloseOffersTx(ctx context.Context, tx *postgres.Tx, who identity.Principal, ids []uuid.UUID, reason string) error {
	deals, err := DealsTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	if _, err := ledger.ReleaseExpiredTx(ctx, tx, ids); err != nil {
		return err
	}
	for _, id := range ids {
		row, err := lockOffer(ctx, tx, id)
		if err != nil {
			return err
		}
		if row.State != OfferOpen {
			continue
		}
		balances, err := ledger.OfferBalances(ctx, tx, []uuid.UUID{id})
		if err != nil {
			return err
		}
		row.State = OfferClosed
		if err := updateOffer(ctx, tx, row); err != nil {
			return err
		}
		if err := ledger.PostTx(ctx, tx, who, posting(deals[id], row, ledger.OfferLowered, balances[id].Remaining, reason)); err != nil {
			return err
		}
	}
	return nil
}
