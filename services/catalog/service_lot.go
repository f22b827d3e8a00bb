package catalog

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// DeclareLot notes a lot of a product of the producer's. Refused: what ChangeProduct refuses,
// ErrLot for a code that no label can carry, ErrLotTaken, ErrLotSentMore, and every rule of a lot and its sources.
func (s *Service) DeclareLot(ctx context.Context, who identity.Principal, productID uuid.UUID, lot NewLot) (Lot, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Lot, error) {
		product, err := ownProduct(ctx, tx, who, productID)
		if err != nil {
			return Lot{}, err
		}
		lot, err := lot.check(s.book, product.Unit, reference.Day(tx.Now))
		if err != nil {
			return Lot{}, err
		}
		if err := suffice(lot.Quantity, lot.Sources, product.Unit); err != nil {
			return Lot{}, err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return Lot{}, fmt.Errorf("naming a lot: %w", err)
		}
		if err := insertLot(ctx, tx, id, product, lot); err != nil {
			return Lot{}, err
		}
		detail := map[string]any{"product_id": productID, "sources": len(lot.Sources)}
		if err := identity.RecordTx(ctx, tx, who, "lot.declared", identity.Subject{Kind: "lot", ID: id}, detail); err != nil {
			return Lot{}, err
		}
		return s.withSources(ctx, tx, who, id, product.Unit, lot.Sources)
	})
}

// AddSources notes further sources of a lot: a collector buys all day long. What was declared is
// never changed. Refused: fault.ErrNotFound for a foreign lot, ErrLotSentMore for first sources that
// gave less than was sent off, and the rules of sources.
func (s *Service) AddSources(ctx context.Context, who identity.Principal, lotID uuid.UUID, sources []NewSource) (Lot, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Lot, error) {
		if err := mayChange(who); err != nil {
			return Lot{}, err
		}
		lot, err := lockLot(ctx, tx, lotID)
		if err == nil && lot.ProducerID != who.OrganisationID {
			err = fault.ErrNotFound.With()
		}
		if err != nil {
			return Lot{}, err
		}
		if len(sources) == 0 {
			return Lot{}, fault.ErrRequired.At("sources")
		}
		if err := checkSources(s.book, sources, lot.Unit); err != nil {
			return Lot{}, err
		}
		detail := map[string]any{"sources": len(sources)}
		if err := identity.RecordTx(ctx, tx, who, "lot.sources_added", identity.Subject{Kind: "lot", ID: lotID}, detail); err != nil {
			return Lot{}, err
		}
		return s.withSources(ctx, tx, who, lotID, lot.Unit, sources)
	})
}

// withSources adds sources to a lot and returns it whole. A source on the platform must be an
// approved producer, and another than the one that names it.
func (s *Service) withSources(
	ctx context.Context, tx *postgres.Tx, who identity.Principal, lotID uuid.UUID, unit string, sources []NewSource,
) (Lot, error) {
	producers, err := sourceProducers(ctx, tx, sources)
	if err != nil {
		return Lot{}, err
	}
	var complaints fault.Collector
	for at := range sources {
		source := &sources[at]
		source.Name = oneLine(source.Name)
		if source.OrganisationID == uuid.Nil {
			continue
		}
		producer, known := producers[source.OrganisationID]
		if !known || source.OrganisationID == who.OrganisationID {
			complaints.Add(fmt.Sprintf("sources[%d].organisation_id", at), ErrSourceUnknown)
			continue
		}
		source.Name = producer.Name
		if source.CommuneCode == "" {
			source.CommuneCode = producer.Commune
		}
	}
	if err := complaints.Err(); err != nil {
		return Lot{}, err
	}
	if err := insertSources(ctx, tx, lotID, unit, sources); err != nil {
		return Lot{}, err
	}
	lot, err := lotByID(ctx, tx, s.book, lotID)
	if err == nil && len(lot.Sources) > MaxLotSources {
		return Lot{}, ErrTooMany.At("sources", "max", MaxLotSources)
	}
	return lot, err
}

// Lots is a page of the lots of a product, newest first, whole: for its producer and for those who
// oversee producers; fault.ErrNotFound for a foreign product. After is the id where the page before
// ended.
func (s *Service) Lots(ctx context.Context, who identity.Principal, productID, after uuid.UUID, limit int) ([]Lot, error) {
	if err := mayRead(who); err != nil {
		return nil, err
	}
	facts, err := ProductsTx(ctx, s.db, []uuid.UUID{productID})
	if err != nil {
		return nil, err
	}
	product, known := facts[productID]
	if holder := holderOf(who); !known || (holder != uuid.Nil && holder != product.ProducerID) {
		return nil, fault.ErrNotFound.With()
	}
	return lotsOf(ctx, s.db, s.book, productID, after, limit)
}

// Lot returns one lot: whole for its producer and for officials, without its producer's secrets for
// whoever may know of its product; fault.ErrNotFound for all others.
func (s *Service) Lot(ctx context.Context, who identity.Principal, id uuid.UUID) (Lot, error) {
	lot, err := lotByID(ctx, s.db, s.book, id)
	if err != nil {
		return Lot{}, err
	}
	reader := viewerOf(who)
	if reader.owns(lot.ProducerID) || reader.class == official {
		return lot, nil
	}
	if _, err := s.product(ctx, reader, lot.ProductID); err != nil {
		return Lot{}, err
	}
	return lot.trim(), nil
}

// LotTx returns the lot of a product with a code, as everybody may see it; fault.ErrNotFound when
// none was declared. The product must be one the reader may know of.
func LotTx(ctx context.Context, reader postgres.Reader, productID uuid.UUID, code string) (Lot, error) {
	lot, err := lotByCode(ctx, reader, productID, code)
	return lot.trim(), err
}

// LotLeftTx tells a lot's producer how much may still be sent off under it; nil when nothing was
// said of its size. fault.ErrNotFound when no such lot of the product was declared.
func LotLeftTx(ctx context.Context, reader postgres.Reader, productID uuid.UUID, code string) (*quantity.Quantity, error) {
	lot, err := lotByCode(ctx, reader, productID, code)
	return lot.Remaining, err
}

// LotForBuyerTx is LotTx for a party of a delivery of the lot: with where it comes from.
func LotForBuyerTx(ctx context.Context, reader postgres.Reader, book *reference.Book, productID uuid.UUID, code string) (Lot, error) {
	lot, err := lotByCode(ctx, reader, productID, code)
	if err != nil {
		return Lot{}, err
	}
	lot, err = lotByID(ctx, reader, book, lot.ID)
	return lot.forBuyer(), err
}

// DispatchRefusal names the refusal of goods that were to be sent off under a lot, counted in a
// unit: ErrLotOverdrawn, at quantity, with what the lot has left. Another error is returned as it
// is.
func DispatchRefusal(err error, lot, unit string) error {
	if postgres.Constraint(err) != "lots_not_overdrawn" {
		return err
	}
	return lotRefusal(err, lot, unit)
}

// CheckDispatchTx refuses goods that a producer sends off without the word it owes about their
// sources: ErrLotNeeded and ErrSourcesNeeded, at lot, for whom the rules of the day bind
// (reference.Book.MustDeclareSources: collectors). All others may name any lot or none.
func CheckDispatchTx(ctx context.Context, reader postgres.Reader, book *reference.Book, producerID, productID uuid.UUID, lot string, day civil.Date) error {
	const query = `
		SELECT coalesce(r.legal_form, '') AS legal_form,
		       EXISTS (SELECT 1 FROM catalog.lots l JOIN catalog.lot_sources s ON s.lot_id = l.id
		                WHERE l.product_id = $2 AND l.code = $3) AS declared
		  FROM catalog.producers r WHERE r.id = $1`
	var row struct {
		LegalForm string `db:"legal_form"`
		Declared  bool   `db:"declared"`
	}
	if err := reader.Get(ctx, &row, query, producerID, productID, lot); err != nil {
		return err
	}
	switch {
	case row.Declared || !book.MustDeclareSources(row.LegalForm, day):
		return nil
	case lot == "":
		return ErrLotNeeded.At("lot")
	default:
		return ErrSourcesNeeded.At("lot", "lot", lot, "product_id", productID)
	}
}
