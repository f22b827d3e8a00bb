package catalog

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/gs1"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/symbol"
	"github.com/ocop-market/ocop/services/identity"
)

// Identify returns the published product that answers for a GTIN, as anybody sees it. ErrGTINUnknown
// when none does: a number that several products may share leads to none of them.
func (s *Service) Identify(ctx context.Context, number gs1.GTIN) (Product, error) {
	const query = `
		SELECT p.id FROM catalog.products p
		 WHERE lpad(p.gtin, 14, '0') = $1 AND p.state = 'published' AND p.gtin IS NOT NULL AND NOT p.gtin_shared`
	if number.Restricted() {
		return Product{}, ErrGTINUnknown.With("gtin", number.Short())
	}
	var id uuid.UUID
	err := s.db.Get(ctx, &id, query, string(number))
	if errors.Is(err, postgres.ErrNoRows) {
		return Product{}, ErrGTINUnknown.With("gtin", number.Short())
	}
	if err != nil {
		return Product{}, err
	}
	product, err := s.product(ctx, viewer{class: anybody}, id)
	if errors.Is(err, fault.ErrNotFound) {
		return Product{}, ErrGTINUnknown.With("gtin", number.Short())
	}
	return product, err
}

// identified is what a link leads to: its product, and its lot as everybody may see it, nil where it
// names none or one that was never declared.
func (s *Service) identified(ctx context.Context, link gs1.Link) (Product, *Lot, error) {
	product, err := s.Identify(ctx, link.GTIN)
	if err != nil || link.Lot == "" {
		return product, nil, err
	}
	lot, err := LotTx(ctx, s.db, product.ID, link.Lot)
	if errors.Is(err, fault.ErrNotFound) {
		return product, nil, nil
	}
	return product, &lot, err
}

// claimGTINs makes products that are published answer for their GTINs. ErrGTINClaimed when others
// do.
func claimGTINs(ctx context.Context, tx *postgres.Tx, rows []productRow) error {
	var ids []uuid.UUID
	var shared []bool
	for _, row := range rows {
		// Without a number, or with one of older rules, there is nothing to answer for.
		if number, err := gs1.ParseGTIN(row.GTIN); err == nil {
			ids, shared = append(ids, row.ID), append(shared, number.Restricted())
		}
	}
	if len(ids) == 0 {
		return nil
	}
	const update = `
		UPDATE catalog.products p SET gtin_shared = given.shared
		  FROM unnest(CAST($1 AS uuid[]), CAST($2 AS boolean[])) AS given(id, shared)
		 WHERE p.id = given.id AND p.gtin_shared <> given.shared`
	_, err := tx.Exec(ctx, update, postgres.Array(ids), postgres.Array(shared))
	return postgres.MapConstraint(err, byConstraint)
}

// Largest and smallest drawings, in pixels.
const (
	minDrawing     = 40
	maxDrawing     = 2000
	defaultDrawing = 400
)

// Drawing is a picture of a product's number.
type Drawing struct {
	// Type is its media type, Body the picture.
	Type string
	Body []byte
	// Public says that anybody may keep it: the product is published.
	Public bool
}

// The kinds and formats of drawings.
const (
	drawQR   = "qr"
	drawBars = "barcode"
	asPNG    = "png"
	asSVG    = "svg"
)

// Draw draws a product's Digital Link as a QR code, or its GTIN as bars, size pixels wide; 0 means
// 400. A lot stands in the QR code's address. Refused: fault.ErrNotFound for a product the reader may
// not know of, ErrNoGTIN, ErrNoLink for a number that others may use, ErrNoBars for a number of
// fourteen digits, ErrLot, fault.ErrOutOfRange for the size.
func (s *Service) Draw(ctx context.Context, who identity.Principal, id uuid.UUID, kind, format, lot string, size int) (Drawing, error) {
	product, err := s.Product(ctx, who, id)
	if err != nil {
		return Drawing{}, err
	}
	if product.GTIN == "" {
		return Drawing{}, ErrNoGTIN.With()
	}
	number, err := gs1.ParseGTIN(product.GTIN)
	if err != nil {
		return Drawing{}, ErrNoGTIN.With().Because(err)
	}
	if lot != "" && !gs1.ValidText(lot) {
		return Drawing{}, ErrLot.At("query.lot")
	}
	if size == 0 {
		size = defaultDrawing
	}
	drawn, caption, err := s.symbolOf(kind, gs1.Link{GTIN: number, Lot: lot})
	if err != nil {
		return Drawing{}, err
	}
	if least := max(minDrawing, drawn.Least()); size < least || size > maxDrawing {
		return Drawing{}, fault.ErrOutOfRange.At("query.size", "min", least, "max", maxDrawing)
	}
	drawing := Drawing{Type: "image/svg+xml", Public: product.State == Published}
	if format == asSVG {
		drawing.Body = drawn.SVG(size, caption)
		return drawing, nil
	}
	drawing.Type = "image/png"
	drawing.Body, err = drawn.PNG(size)
	return drawing, err
}

func (s *Service) symbolOf(kind string, link gs1.Link) (drawn symbol.Symbol, caption string, err error) {
	if kind == drawBars {
		caption = link.GTIN.Short()
		switch len(caption) {
		case 14:
			return symbol.Symbol{}, "", ErrNoBars.With()
		case 12: // a GTIN-12 has the bars of the thirteen digits that begin with a zero
			caption = "0" + caption
		}
		drawn, err = symbol.EAN(caption)
		return drawn, caption, err
	}
	if link.GTIN.Restricted() {
		return symbol.Symbol{}, "", ErrNoLink.With()
	}
	caption = s.places.link(link)
	drawn, err = symbol.QR(caption)
	return drawn, strings.TrimSuffix(caption, "/"), err
}
