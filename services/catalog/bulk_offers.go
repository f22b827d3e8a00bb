package catalog

import (
	"context"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// OfferPut is one offer of a bulk change.
type OfferPut struct {
	// ID is the offer to be changed; zero opens a new one of the product with what Change says.
	ID        uuid.UUID
	ProductID uuid.UUID
	Change    OfferChange
}

// PutOffersTx opens and changes offers of the producer's in the caller's transaction, by the rules
// of OpenOffer and ChangeOffer. Each stands for itself: a refusal is the Err of its Put. An error
// means that nobody may do this, or an accident.
func (s *Service) PutOffersTx(ctx context.Context, tx *postgres.Tx, who identity.Principal, puts []OfferPut) ([]Put, error) {
	if err := mayChange(who); err != nil {
		return nil, err
	}
	from, err := seller(ctx, tx, who.OrganisationID)
	if err != nil {
		return nil, err
	}
	// Asked once for all: it is by far the dearest question of an offer's.
	marks, err := MarksTx(ctx, tx, openedProducts(puts), reference.Day(tx.Now))
	if err != nil {
		return nil, err
	}
	done := make([]Put, len(puts))
	var opened []offerRow
	for i, put := range puts {
		if put.ID != uuid.Nil {
			done[i], err = apart(ctx, tx, func(ctx context.Context) (Put, error) { return s.putOffer(ctx, tx, who, from, put) })
		} else {
			var row offerRow
			done[i], err = apart(ctx, tx, func(ctx context.Context) (Put, error) {
				row, err = addOffer(ctx, tx, s.book, who, put.Change.merged(NewOffer{ProductID: put.ProductID}), marks)
				return Put{ID: row.ID, Verdict: Created}, err
			})
			if done[i].Verdict == Created {
				opened = append(opened, row)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if len(opened) == 0 {
		return done, nil
	}
	// Raising what was nothing breaks no bound of the ledger: what fails here is an accident.
	_, err = postOpened(ctx, tx, who, opened)
	return done, err
}

// openedProducts are the products that get a new offer, each once.
func openedProducts(puts []OfferPut) []uuid.UUID {
	products := make([]uuid.UUID, 0, len(puts))
	for _, put := range puts {
		if put.ID == uuid.Nil && !slices.Contains(products, put.ProductID) {
			products = append(products, put.ProductID)
		}
	}
	return products
}

// putOffer changes an offer, unless it says already what it is to say.
func (s *Service) putOffer(ctx context.Context, tx *postgres.Tx, who identity.Principal, from sellerRow, put OfferPut) (Put, error) {
	row, err := lockOffer(ctx, tx, put.ID)
	if err != nil {
		return Put{}, err
	}
	if row.ProducerID != who.OrganisationID {
		return Put{}, fault.ErrNotFound.With()
	}
	balances, err := ledger.OfferBalances(ctx, tx, []uuid.UUID{put.ID})
	if err != nil {
		return Put{}, err
	}
	row.Quantity = balances[put.ID].Supplied
	// The producer's own commune is where the goods are when nothing is said: saying it changes nothing.
	if place := &put.Change.PlaceCode; place.Set && row.PlaceCode == "" && place.Value == from.Commune {
		place.Value = ""
	}
	if sameOffer(put.Change.merged(row.NewOffer), row.NewOffer) {
		return Put{ID: put.ID, Verdict: Unchanged}, nil
	}
	row, balance, err := ownOffer(ctx, tx, who, put.ID, nil)
	if err != nil {
		return Put{}, err
	}
	row.Quantity = balance.Supplied
	return Put{ID: put.ID, Verdict: Updated}, s.changeOffer(ctx, tx, who, row, balance, put.Change)
}

// sameOffer compares what a producer says of two offers; no price tiers are none, however written.
func sameOffer(a, b NewOffer) bool {
	if !slices.Equal(a.PriceTiers, b.PriceTiers) {
		return false
	}
	a.PriceTiers, b.PriceTiers = nil, nil
	return reflect.DeepEqual(a, b)
}

// OwnOffer is an offer as its producer's lists name it.
type OwnOffer struct {
	ID            uuid.UUID  `db:"id"`
	ProductID     uuid.UUID  `db:"product_id"`
	AvailableFrom civil.Date `db:"available_from"`
	AvailableTo   civil.Date `db:"available_to"`
	State         OfferState `db:"state"`
}

// OwnOffersTx finds offers of the principal's producer by their ids or products: open ones first,
// among them the older first.
func OwnOffersTx(ctx context.Context, reader postgres.Reader, who identity.Principal, ids, products []uuid.UUID) ([]OwnOffer, error) {
	if err := mayRead(who); err != nil {
		return nil, err
	}
	const query = `
		SELECT o.id, o.product_id, o.available_from, o.available_to, o.state
		  FROM catalog.offers o
		 WHERE o.producer_id = $1 AND (o.id = ANY (CAST($2 AS uuid[])) OR o.product_id = ANY (CAST($3 AS uuid[])))
		 ORDER BY o.state DESC, o.created_at, o.id`
	var offers []OwnOffer
	err := reader.Select(ctx, &offers, query, who.OrganisationID, postgres.Array(ids), postgres.Array(products))
	return offers, err
}
