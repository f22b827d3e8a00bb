package exchange

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// putRows puts rows through in the order in which they stand.
func (s *Service) putRows(ctx context.Context, tx *postgres.Tx, who identity.Principal, r *run, rows []sheet.Row) ([]outcome, error) {
	switch r.Kind {
	case Offers:
		return s.putOffers(ctx, tx, who, r, rows)
	case Receipts:
		return s.putReceipts(ctx, tx, who, r, rows)
	default:
		return s.putProducts(ctx, tx, who, r, rows)
	}
}

// ask is what a row asks of the service whose things it is about: a ProductPut, an OfferPut or a
// ReceiptPut.
type ask[P any] struct {
	*rowReader

	// key tells rows apart that mean the same; code is what the row calls its thing.
	key  string
	code ownCode
	// say finds what the row means and says what is to become of it. The id is that of a thing that
	// is there already.
	say func() (put P, id uuid.UUID, err error)
}

func (s *Service) putProducts(ctx context.Context, tx *postgres.Tx, who identity.Principal, r *run, rows []sheet.Row) ([]outcome, error) {
	read := make([]productRow, len(rows))
	for i, row := range rows {
		read[i] = r.rules.read(r.list.values(row)).product("id")
	}
	k, err := lookUpProducts(ctx, tx, who, read, nil)
	if err != nil {
		return nil, err
	}
	asks := make([]ask[catalog.ProductPut], len(rows))
	for i, row := range read {
		code := ownCode{Code: row.text("reference"), Compared: row.sku}
		asks[i] = ask[catalog.ProductPut]{row.rowReader, row.key(), code, func() (catalog.ProductPut, uuid.UUID, error) {
			existing, err := row.match(k)
			if err != nil {
				return catalog.ProductPut{}, uuid.Nil, err
			}
			put := row.put(existing)
			return put, put.ID, nil
		}}
	}
	return through(ctx, tx, r, rows, asks, func(puts []catalog.ProductPut) ([]catalog.Put, error) {
		return s.catalog.PutProductsTx(ctx, tx, who, puts)
	})
}

func (s *Service) putOffers(ctx context.Context, tx *postgres.Tx, who identity.Principal, r *run, rows []sheet.Row) ([]outcome, error) {
	read := make([]offerRow, len(rows))
	for i, row := range rows {
		read[i] = r.rules.read(r.list.values(row)).offer()
	}
	k, err := lookUpOffers(ctx, tx, who, read)
	if err != nil {
		return nil, err
	}
	asks := make([]ask[catalog.OfferPut], len(rows))
	for i, row := range read {
		code := ownCode{Code: row.text("offer_reference"), Compared: row.lot}
		asks[i] = ask[catalog.OfferPut]{row.rowReader, row.key(), code, func() (catalog.OfferPut, uuid.UUID, error) {
			existing, product, err := row.matchOffer(k)
			if err != nil {
				return catalog.OfferPut{}, uuid.Nil, err
			}
			put := row.putOffer(existing, product)
			return put, put.ID, nil
		}}
	}
	return through(ctx, tx, r, rows, asks, func(puts []catalog.OfferPut) ([]catalog.Put, error) {
		return s.catalog.PutOffersTx(ctx, tx, who, puts)
	})
}

// through asks that service what the rows of a batch ask, all at once, and says what became of
// each. A row that means nothing, or the same as one before it, is refused and asks nothing.
func through[P any](ctx context.Context, tx *postgres.Tx, r *run, rows []sheet.Row, asks []ask[P], put func([]P) ([]catalog.Put, error)) ([]outcome, error) {
	outcomes := make([]outcome, len(rows))
	var puts []P
	var at []int // the places of the rows that ask
	keys, ids := map[string]int{}, map[uuid.UUID]int{}
	for i, row := range asks {
		outcomes[i].Row = rows[i].Number
		wanted, err := row.wanted(r, keys, ids, rows[i].Number)
		if err != nil {
			if outcomes[i], err = r.complain(rows[i], err); err != nil {
				return nil, err
			}
			continue
		}
		puts, at = append(puts, wanted), append(at, i)
	}
	done, err := put(puts)
	if err != nil {
		return nil, err
	}
	var codes []ownCode
	for n, i := range at {
		if done[n].Verdict == catalog.Refused {
			if outcomes[i], err = r.complain(rows[i], done[n].Err); err != nil {
				return nil, err
			}
			continue
		}
		outcomes[i].Verdict, outcomes[i].Subject = done[n].Verdict, done[n].ID
		if code := asks[i].code; code.Compared != "" {
			code.Subject = done[n].ID
			codes = append(codes, code)
		}
	}
	return outcomes, r.name(ctx, tx, codes, outcomes)
}

// wanted is what a row asks for, or why it asks nothing. Keys and ids are those of the rows of its
// batch so far.
func (a ask[P]) wanted(r *run, keys map[string]int, ids map[uuid.UUID]int, number int) (P, error) {
	var none P
	if earlier := r.twice(a.key, keys, number); earlier != 0 {
		return none, ErrRowTwice.With("row", earlier)
	}
	put, id, err := a.say()
	if err != nil {
		return none, err
	}
	if earlier := r.taken(id, ids, number); earlier != 0 {
		return none, ErrRowTwice.With("row", earlier)
	}
	return put, a.Err()
}

// name keeps the codes that rows gave to their things: to be called something else is a change.
func (r *run) name(ctx context.Context, tx *postgres.Tx, codes []ownCode, outcomes []outcome) error {
	given, err := keepCodes(ctx, tx, r.OrganisationID, r.Kind, codes)
	if err != nil {
		return err
	}
	for i := range outcomes {
		if o := &outcomes[i]; o.Verdict == catalog.Unchanged && given[o.Subject] {
			o.Verdict = catalog.Updated
		}
	}
	return nil
}

// lookUpProducts reads the products that rows may mean, and others by their ids.
func lookUpProducts(ctx context.Context, tx *postgres.Tx, who identity.Principal, rows []productRow, others []uuid.UUID) (*known, error) {
	codes, gtins, names := make([]string, 0, len(rows)), make([]string, 0, len(rows)), make([]string, 0, len(rows))
	ids := others
	for _, row := range rows {
		codes, gtins, names = append(codes, row.sku), append(gtins, row.gtin), append(names, row.name)
		if row.id != uuid.Nil {
			ids = append(ids, row.id)
		}
	}
	coded, err := ownCodes(ctx, tx, who.OrganisationID, Products, keysOf(codes...), nil)
	if err != nil {
		return nil, err
	}
	for _, code := range coded {
		ids = append(ids, code.Subject)
	}
	k := &known{codes: subjectsByCode(coded)}
	k.products, err = catalog.OwnProductsTx(ctx, tx, who, catalog.ProductKeys{IDs: ids, GTINs: keysOf(gtins...), Names: keysOf(names...)})
	if err != nil {
		return nil, err
	}
	found := make([]uuid.UUID, len(k.products))
	for i, product := range k.products {
		found[i] = product.ID
	}
	if coded, err = ownCodes(ctx, tx, who.OrganisationID, Products, nil, found); err != nil {
		return nil, err
	}
	k.coded = codesBySubject(coded)
	return k, nil
}

func lookUpOffers(ctx context.Context, tx *postgres.Tx, who identity.Principal, rows []offerRow) (*knownOffers, error) {
	lots := make([]string, 0, len(rows))
	var ids []uuid.UUID
	products := make([]productRow, len(rows))
	for i, row := range rows {
		products[i] = row.productRow
		lots = append(lots, row.lot)
		if row.offerID != uuid.Nil {
			ids = append(ids, row.offerID)
		}
	}
	coded, err := ownCodes(ctx, tx, who.OrganisationID, Offers, keysOf(lots...), nil)
	if err != nil {
		return nil, err
	}
	for _, code := range coded {
		ids = append(ids, code.Subject)
	}
	named, err := catalog.OwnOffersTx(ctx, tx, who, ids, nil)
	if err != nil {
		return nil, err
	}
	var others []uuid.UUID
	for _, offer := range named {
		others = append(others, offer.ProductID)
	}
	k := &knownOffers{lots: subjectsByCode(coded)}
	found, err := lookUpProducts(ctx, tx, who, products, others)
	if err != nil {
		return nil, err
	}
	k.known = *found
	for _, product := range k.products {
		others = append(others, product.ID)
	}
	if k.offers, err = catalog.OwnOffersTx(ctx, tx, who, ids, others); err != nil {
		return nil, err
	}
	all := make([]uuid.UUID, len(k.offers))
	for i, offer := range k.offers {
		all[i] = offer.ID
	}
	if coded, err = ownCodes(ctx, tx, who.OrganisationID, Offers, nil, all); err != nil {
		return nil, err
	}
	k.lotted = codesBySubject(coded)
	return k, nil
}
