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
// means that nobody may do this, or an accident. New offers, and those that say already what they
// are to say, cost the same few statements however many they are.
func (s *Service) PutOffersTx(ctx context.Context, tx *postgres.Tx, who identity.Principal, puts []OfferPut) ([]Put, error) {
	if err := mayChange(who); err != nil {
		return nil, err
	}
	done := make([]Put, len(puts))
	if err := openAll(ctx, tx, s.book, who, puts, done); err != nil {
		return nil, err
	}
	return done, s.changeAll(ctx, tx, who, puts, done)
}

// openAll opens those offers of a bulk change that are new.
func openAll(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, puts []OfferPut, done []Put) error {
	var wanted []uuid.UUID
	for _, put := range puts {
		if put.ID == uuid.Nil {
			wanted = append(wanted, put.ProductID)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	products, err := lockProducts(ctx, tx, wanted)
	if err != nil {
		return err
	}
	var rows []offerRow
	for i, put := range puts {
		if put.ID != uuid.Nil {
			continue
		}
		var row offerRow
		product := products[put.ProductID]
		if err = product.offerable(who); err == nil {
			row, err = draftOffer(book, who, product, put.Change.merged(NewOffer{ProductID: put.ProductID}), reference.Day(tx.Now))
		}
		if err != nil {
			if done[i], err = PutRefused(err); err != nil {
				return err
			}
			continue
		}
		rows, done[i] = append(rows, row), Put{ID: row.ID, Verdict: Created}
	}
	// What was checked violates nothing, and raising what was nothing breaks no bound of the ledger:
	// what fails here is an accident.
	_, err = openOffers(ctx, tx, who, rows)
	return err
}

// changeAll changes those offers of a bulk change that are there already, unless they say what
// they are to say.
func (s *Service) changeAll(ctx context.Context, tx *postgres.Tx, who identity.Principal, puts []OfferPut, done []Put) error {
	var ids []uuid.UUID
	for _, put := range puts {
		if put.ID != uuid.Nil {
			ids = append(ids, put.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	from, err := seller(ctx, tx, who.OrganisationID)
	if err != nil {
		return err
	}
	rows, err := lockOffers(ctx, tx, ids)
	if err != nil {
		return err
	}
	balances, err := ledger.OfferBalances(ctx, tx, ids)
	if err != nil {
		return err
	}
	for i, put := range puts {
		row := rows[put.ID]
		row.Quantity = balances[put.ID].Supplied
		switch {
		case put.ID == uuid.Nil:
		case row.ProducerID != who.OrganisationID:
			done[i] = Put{Verdict: Refused, Err: fault.ErrNotFound.With()}
		case put.says(row, from):
			done[i] = Put{ID: put.ID, Verdict: Unchanged}
		default:
			if done[i], err = apart(ctx, tx, func(ctx context.Context) (Put, error) { return s.putOffer(ctx, tx, who, from, put) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// says reports whether an offer is already as it is to be.
func (p OfferPut) says(row offerRow, from sellerRow) bool {
	return sameOffer(p.change(row, from).merged(row.NewOffer), row.NewOffer)
}

// change is what is to change of an offer. The producer's own commune is where the goods are when
// nothing is said: saying it changes nothing.
func (p OfferPut) change(row offerRow, from sellerRow) OfferChange {
	change := p.Change
	if place := &change.PlaceCode; place.Set && row.PlaceCode == "" && place.Value == from.Commune {
		place.Value = ""
	}
	return change
}

// putOffer changes an offer.
func (s *Service) putOffer(ctx context.Context, tx *postgres.Tx, who identity.Principal, from sellerRow, put OfferPut) (Put, error) {
	row, balance, err := ownOffer(ctx, tx, who, put.ID, nil)
	if err != nil {
		return Put{}, err
	}
	row.Quantity = balance.Supplied
	return Put{ID: put.ID, Verdict: Updated}, s.changeOffer(ctx, tx, who, row, balance, put.change(row, from))
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
