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
	if r.Kind == Offers {
		return s.putOffers(ctx, tx, who, r, rows)
	}
	return s.putProducts(ctx, tx, who, r, rows)
}

// pending are the rows of a batch that the catalogue is asked about, and the outcomes of all.
type pending struct {
	outcomes []outcome
	// at are the places of the rows asked about among the outcomes, codes what they call their
	// things.
	at    []int
	codes []ownCode
}

func newPending(rows []sheet.Row) *pending {
	p := &pending{outcomes: make([]outcome, len(rows))}
	for i, row := range rows {
		p.outcomes[i].Row = row.Number
	}
	return p
}

// settle takes over what the catalogue did and keeps the codes of what it did not refuse.
func (p *pending) settle(ctx context.Context, tx *postgres.Tx, r *run, rows []sheet.Row, puts []catalog.Put) error {
	var codes []ownCode
	for i, put := range puts {
		place := p.at[i]
		if put.Verdict == catalog.Refused {
			var err error
			if p.outcomes[place], err = r.complain(rows[place], put.Err); err != nil {
				return err
			}
			continue
		}
		p.outcomes[place].Verdict, p.outcomes[place].Subject = put.Verdict, put.ID
		if code := p.codes[i]; code.Compared != "" {
			code.Subject = put.ID
			codes = append(codes, code)
		}
	}
	given, err := keepCodes(ctx, tx, r.OrganisationID, r.Kind, codes)
	if err != nil {
		return err
	}
	for i := range p.outcomes {
		if o := &p.outcomes[i]; o.Verdict == catalog.Unchanged && given[o.Subject] {
			o.Verdict = catalog.Updated // it is called something else now
		}
	}
	return nil
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
	p := newPending(rows)
	var puts []catalog.ProductPut
	keys, ids := map[string]int{}, map[uuid.UUID]int{}
	for i, row := range read {
		put, err := func() (catalog.ProductPut, error) {
			if earlier := r.twice(row.key(), keys, rows[i].Number); earlier != 0 {
				return catalog.ProductPut{}, ErrRowTwice.With("row", earlier)
			}
			existing, err := row.match(k)
			if err != nil {
				return catalog.ProductPut{}, err
			}
			put := row.put(existing)
			if earlier := r.taken(put.ID, ids, rows[i].Number); earlier != 0 {
				return put, ErrRowTwice.With("row", earlier)
			}
			return put, row.Err()
		}()
		if err != nil {
			if p.outcomes[i], err = r.complain(rows[i], err); err != nil {
				return nil, err
			}
			continue
		}
		puts, p.at = append(puts, put), append(p.at, i)
		p.codes = append(p.codes, ownCode{Code: row.text("reference"), Compared: row.sku})
	}
	done, err := s.catalog.PutProductsTx(ctx, tx, who, puts)
	if err != nil {
		return nil, err
	}
	return p.outcomes, p.settle(ctx, tx, r, rows, done)
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
	p := newPending(rows)
	var puts []catalog.OfferPut
	keys, ids := map[string]int{}, map[uuid.UUID]int{}
	for i, row := range read {
		put, err := func() (catalog.OfferPut, error) {
			if earlier := r.twice(row.key(), keys, rows[i].Number); earlier != 0 {
				return catalog.OfferPut{}, ErrRowTwice.With("row", earlier)
			}
			existing, product, err := row.matchOffer(k)
			if err != nil {
				return catalog.OfferPut{}, err
			}
			put := row.putOffer(existing, product)
			if earlier := r.taken(put.ID, ids, rows[i].Number); earlier != 0 {
				return put, ErrRowTwice.With("row", earlier)
			}
			return put, row.Err()
		}()
		if err != nil {
			if p.outcomes[i], err = r.complain(rows[i], err); err != nil {
				return nil, err
			}
			continue
		}
		puts, p.at = append(puts, put), append(p.at, i)
		p.codes = append(p.codes, ownCode{Code: row.text("offer_reference"), Compared: row.lot})
	}
	done, err := s.catalog.PutOffersTx(ctx, tx, who, puts)
	if err != nil {
		return nil, err
	}
	return p.outcomes, p.settle(ctx, tx, r, rows, done)
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
