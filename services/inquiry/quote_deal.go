package inquiry

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// dealBehind returns the offer a quote names, else the one the line asks about when it can be
// delivered from that day, else opens one from the quote's own figures. Such an offer is on
// request: its figures are for this buyer.
func dealBehind(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, line lineRecord, quote NewQuote) (catalog.Deal, bool, error) {
	if quote.OfferID == uuid.Nil && quote.ProductID == uuid.Nil && line.OfferID != uuid.Nil {
		deals, err := catalog.DealsTx(ctx, tx, []uuid.UUID{line.OfferID})
		if err != nil {
			return catalog.Deal{}, false, err
		}
		if deal := deals[line.OfferID]; quote.against(line, deal) == nil {
			return deal, false, nil
		}
	}
	if quote.OfferID != uuid.Nil {
		deals, err := catalog.DealsTx(ctx, tx, []uuid.UUID{quote.OfferID})
		if err != nil {
			return catalog.Deal{}, false, err
		}
		deal, known := deals[quote.OfferID]
		if !known || deal.ProducerID != who.OrganisationID {
			return catalog.Deal{}, false, ErrNotYourOffer.At("offer_id")
		}
		return deal, false, nil
	}
	productID, err := productFor(ctx, tx, who, line, quote)
	if err != nil {
		return catalog.Deal{}, false, err
	}
	deal, err := catalog.OpenOfferTx(ctx, tx, book, who, catalog.NewOffer{
		ProductID: productID, AvailableFrom: quote.DeliverOn, AvailableTo: last(quote.DeliverOn, quote.Split), Quantity: quote.Quantity,
		Unit: line.Unit, PriceTiers: []catalog.PriceTier{{PriceVND: quote.net(quote.PriceVND)}}, Visibility: catalog.OnRequest,
	})
	return deal, true, err
}

// productFor picks the product that a quote without an offer is about: the one it names, the one
// the line names, else the published product of the line that carries most of the marks asked
// for, has the form asked for, and was changed last.
func productFor(ctx context.Context, tx *postgres.Tx, who identity.Principal, line lineRecord, quote NewQuote) (uuid.UUID, error) {
	wanted := quote.ProductID
	if wanted == uuid.Nil {
		wanted = line.ProductID
	}
	candidates, err := catalog.PublishedTx(ctx, tx, who.OrganisationID, line.ProductLine)
	if err != nil {
		return uuid.Nil, err
	}
	ids := make([]uuid.UUID, 0, len(candidates))
	for _, product := range candidates {
		if product.ID == wanted {
			return wanted, nil
		}
		if product.Unit == line.Unit {
			ids = append(ids, product.ID)
		}
	}
	if wanted != uuid.Nil || len(ids) == 0 {
		return uuid.Nil, ErrNoProduct.At("product_id")
	}
	marks, err := catalog.MarksTx(ctx, tx, ids, quote.DeliverOn)
	if err != nil {
		return uuid.Nil, err
	}
	best, fit := uuid.Nil, -1
	for _, product := range candidates { // most recently changed first
		if product.Unit != line.Unit {
			continue
		}
		score := 2 * (len(line.Schemes) - len(without(line.Schemes, marks[product.ID])))
		if product.Form == line.Form {
			score++
		}
		if score > fit {
			best, fit = product.ID, score
		}
	}
	return best, nil
}

// claimsOn returns the marks a product will carry on every delivery date, and those it carries
// today that it will not.
func claimsOn(ctx context.Context, tx *postgres.Tx, productID uuid.UUID, dates []civil.Date) (claims, lapsing []string, err error) {
	ids := []uuid.UUID{productID}
	for at, on := range dates {
		then, err := catalog.MarksTx(ctx, tx, ids, on)
		if err != nil {
			return nil, nil, err
		}
		if at == 0 {
			claims = then[productID]
			continue
		}
		claims = without(claims, without(claims, then[productID]))
	}
	today, err := catalog.MarksTx(ctx, tx, ids, reference.Day(tx.Now))
	if err != nil {
		return nil, nil, err
	}
	return claims, without(today[productID], claims), nil
}
