package exchange

import (
	"context"
	"io"
	"maps"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// supplyOf is what remains of a product's offers, and the lowest price for a smallest order, as
// far as the reader may see them.
func supplyOf(product catalog.Product) (remaining quantity.Quantity, lowest money.VND, priced bool) {
	for _, offer := range product.Offers {
		if offer.Remaining != nil {
			remaining += *offer.Remaining
		}
		if price, fixed := catalog.PriceAt(offer.PriceTiers, offer.MinOrder); fixed && (!priced || price < lowest) {
			lowest, priced = price, true
		}
	}
	return remaining, lowest, priced
}

// ExportOffers writes a producer's own offers, in every state, with quantities and prices, so that
// they can be imported again. Refused: what ExportProducts refuses.
func (s *Service) ExportOffers(ctx context.Context, who identity.Principal, wish Wish) (Download, error) {
	shape, err := s.catalog.OwnShape(ctx, who)
	if err != nil {
		return Download{}, err
	}
	columns := s.wording.list(Offers, shape.Tiers)
	return s.download("offers", wish, func(to io.Writer) error {
		l, err := s.headed(to, name(wish, "Nguồn cung", "Offers"), columns, wish)
		if err != nil {
			return err
		}
		var after uuid.UUID
		for {
			offers, err := s.catalog.Offers(ctx, who, uuid.Nil, after, pageRows)
			if err != nil {
				return err
			}
			if err := l.offers(ctx, who, offers); err != nil {
				return err
			}
			if len(offers) < pageRows {
				return l.out.Close()
			}
			after = offers[len(offers)-1].ID
		}
	}), nil
}

func (l *list) offers(ctx context.Context, who identity.Principal, offers []catalog.Offer) error {
	ids, products := make([]uuid.UUID, len(offers)), make([]uuid.UUID, len(offers))
	for i, offer := range offers {
		ids[i], products[i] = offer.ID, offer.ProductID
	}
	coded, err := ownCodes(ctx, l.service.db, who.OrganisationID, Offers, nil, ids)
	if err != nil {
		return err
	}
	lots := codesBySubject(coded)
	if coded, err = ownCodes(ctx, l.service.db, who.OrganisationID, Products, nil, products); err != nil {
		return err
	}
	codes := codesBySubject(coded)
	own, err := catalog.OwnProductsTx(ctx, l.service.db, who, catalog.ProductKeys{IDs: products})
	if err != nil {
		return err
	}
	k := known{products: own}
	for _, offer := range offers {
		cells := l.offerCells(offer)
		cells["offer_reference"], cells["reference"] = sheet.T(lots[offer.ID]), sheet.T(codes[offer.ProductID])
		if product := k.byID(offer.ProductID); product != nil {
			cells["name"], cells["gtin"] = sheet.T(product.Name), sheet.T(product.GTIN)
			l.goods(cells, product.Line, product.Form, product.Unit)
		}
		if err := l.row(cells); err != nil {
			return err
		}
	}
	return nil
}

// offerCells are what an offer says, as far as the reader sees it.
func (l *list) offerCells(offer catalog.Offer) map[string]sheet.Cell {
	cells := map[string]sheet.Cell{
		"available_from": sheet.D(offer.AvailableFrom.String()), "available_to": sheet.D(offer.AvailableTo.String()),
		"min_order": sheet.N(offer.MinOrder.String()), "place": l.place(offer.Place), "visibility": l.say("visibility", string(offer.Visibility)),
		"state": l.say("offer_state", string(offer.State)), "offer_id": sheet.T(offer.ID.String()), "product_id": sheet.T(offer.ProductID.String()),
		"invented": remark(offer.Invented),
	}
	for field, amount := range map[string]*quantity.Quantity{"quantity": offer.Quantity, "committed": offer.Committed, "remaining": offer.Remaining} {
		if amount != nil {
			cells[field] = sheet.N(amount.String())
		}
	}
	if offer.Multiple > 0 {
		cells["multiple"] = sheet.N(offer.Multiple.String())
	}
	if offer.LeadDays > 0 {
		cells["lead_days"] = sheet.N(strconv.Itoa(offer.LeadDays))
	}
	if offer.PriceOnTheDay {
		cells["price_1"] = l.say("price", "on_the_day")
	}
	for i, tier := range offer.PriceTiers {
		n := strconv.Itoa(i + 1)
		cells["price_"+n] = sheet.N(strconv.FormatInt(int64(tier.PriceVND), 10))
		if tier.FromQuantity > 0 {
			cells["from_"+n] = sheet.N(tier.FromQuantity.String())
		}
	}
	return cells
}

// ExportCatalogue writes what a search finds, as the reader may see it: a row for each offer, and
// one for a product without any. What the reader may not see is blank. Refused: what the search
// refuses, ErrTooManyExports.
func (s *Service) ExportCatalogue(ctx context.Context, who identity.Principal, query catalog.Query, wish Wish) (Download, error) {
	probe := query
	probe.Limit = 1
	if _, err := s.catalog.Search(ctx, who, probe); err != nil {
		return Download{}, err // before anything is sent
	}
	columns := s.wording.list(catalogue, 0)
	return s.download("catalogue", wish, func(to io.Writer) error {
		l, err := s.headed(to, name(wish, "Danh mục", "Catalogue"), columns, wish)
		if err != nil {
			return err
		}
		if err := s.catalog.EachFound(ctx, who, query, l.found); err != nil {
			return err
		}
		return l.out.Close()
	}), nil
}

// found writes the rows of one product of the catalogue.
func (l *list) found(product catalog.Product) error {
	shared := map[string]sheet.Cell{
		"producer": sheet.T(product.Producer.Name), "commune": l.place(product.Producer.Commune), "name": sheet.T(product.Name),
		"name_en": sheet.T(product.NameEN), "gtin": sheet.T(product.GTIN), "marks": marksOf(product), "id": sheet.T(product.ID.String()),
		"invented": remark(product.Invented || product.Producer.Fictional),
	}
	l.goods(shared, product.Line, product.Form, product.Unit)
	if line, ok := l.service.book.Line(product.Line); ok {
		shared["grade"] = sheet.T(line.GradeLabel(product.Grade, l.wish.Language))
	}
	if product.UnitWeightKg != nil {
		shared["unit_weight_kg"] = sheet.N(product.UnitWeightKg.String())
	}
	if product.OCOP != nil {
		shared["stars"] = sheet.N(strconv.Itoa(product.OCOP.Stars))
	}
	if len(product.Offers) == 0 {
		return l.row(shared)
	}
	for _, offer := range product.Offers {
		cells := l.offerCells(offer)
		cells["tiers"] = sheet.T(tiersText(offer))
		invented := offer.Invented || product.Invented || product.Producer.Fictional
		maps.Copy(cells, shared)
		cells["invented"] = remark(invented)
		if err := l.row(cells); err != nil {
			return err
		}
	}
	return nil
}

// tiersText writes price tiers in a few words: "0: 250000; 500: 240000". One tier says nothing
// that its price does not.
func tiersText(offer catalog.Offer) string {
	if len(offer.PriceTiers) < 2 {
		return ""
	}
	texts := make([]string, len(offer.PriceTiers))
	for i, tier := range offer.PriceTiers {
		texts[i] = tier.FromQuantity.String() + ": " + strconv.FormatInt(int64(tier.PriceVND), 10)
	}
	return strings.Join(texts, "; ")
}
