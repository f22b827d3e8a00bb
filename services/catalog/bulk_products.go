package catalog

import (
	"context"
	"reflect"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// ProductPut is one product of a bulk change.
type ProductPut struct {
	// ID is the product to be changed; zero makes a new one of what Change says.
	ID     uuid.UUID
	Change ProductChange
	// State is where it is to stand afterwards: published, withdrawn or, for a new one, draft;
	// empty leaves it where it is.
	State ProductState
}

// PutProductsTx makes and changes products of the producer's in the caller's transaction, by the
// rules of CreateProduct, ChangeProduct, Publish and Withdraw. Each stands for itself: a refusal
// is the Err of its Put. An error means that nobody may do this, or an accident. New products, and
// those that are already as they are to be, cost the same few statements however many they are.
func (s *Service) PutProductsTx(ctx context.Context, tx *postgres.Tx, who identity.Principal, puts []ProductPut) ([]Put, error) {
	if err := mayChange(who); err != nil {
		return nil, err
	}
	done := make([]Put, len(puts))
	if err := makeAll(ctx, tx, s.book, who, puts, done); err != nil {
		return nil, err
	}
	return done, s.alterAll(ctx, tx, who, puts, done)
}

// makeAll makes those products of a bulk change that are new: all at once, or, when that breaks a
// constraint, each for itself.
func makeAll(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, puts []ProductPut, done []Put) error {
	var rows []productRow
	var at []int
	for i, put := range puts {
		if put.ID != uuid.Nil {
			continue
		}
		row, err := draftProduct(book, who, put.Change.merged(goods{}))
		if err == nil {
			_, _, err = step(row.State, put.State)
		}
		if err != nil {
			if done[i], err = PutRefused(err); err != nil {
				return err
			}
			continue
		}
		rows, at = append(rows, row), append(at, i)
	}
	if len(rows) == 0 {
		return nil
	}
	together, err := apart(ctx, tx, func(ctx context.Context) (Put, error) {
		return Put{Verdict: Created}, addAndSettle(ctx, tx, who, rows, at, puts)
	})
	if err != nil {
		return err
	}
	for n, i := range at {
		made := Put{ID: rows[n].ID, Verdict: Created}
		if done[i] = made; together.Verdict != Refused {
			continue
		}
		if done[i], err = apart(ctx, tx, func(ctx context.Context) (Put, error) {
			return made, addAndSettle(ctx, tx, who, rows[n:n+1], at[n:n+1], puts)
		}); err != nil {
			return err
		}
	}
	return nil
}

// addAndSettle writes new products and moves each to where its Put wants it.
func addAndSettle(ctx context.Context, tx *postgres.Tx, who identity.Principal, rows []productRow, at []int, puts []ProductPut) error {
	if err := addProducts(ctx, tx, who, rows); err != nil {
		return err
	}
	var shown []productRow
	for n, row := range rows {
		if puts[at[n]].State == Published { // a draft goes nowhere else
			shown = append(shown, row)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	return moveAll(ctx, tx, who, shown, publish, "product.published", "")
}

// alterAll changes those products of a bulk change that are there already, unless they are as they
// are to be.
func (s *Service) alterAll(ctx context.Context, tx *postgres.Tx, who identity.Principal, puts []ProductPut, done []Put) error {
	var ids []uuid.UUID
	for _, put := range puts {
		if put.ID != uuid.Nil {
			ids = append(ids, put.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := lockProducts(ctx, tx, ids)
	if err != nil {
		return err
	}
	for i, put := range puts {
		if put.ID == uuid.Nil {
			continue
		}
		checked, err := put.goods(s.book, who, rows[put.ID])
		switch {
		case err != nil:
			done[i], err = PutRefused(err)
		case reflect.DeepEqual(checked, rows[put.ID].goods) && (put.State == "" || put.State == rows[put.ID].State):
			done[i] = Put{ID: put.ID, Verdict: Unchanged}
		default:
			done[i], err = apart(ctx, tx, func(ctx context.Context) (Put, error) { return s.alter(ctx, tx, who, rows[put.ID], checked, put.State) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// goods is what the principal's product is to be, checked.
func (p ProductPut) goods(book *reference.Book, who identity.Principal, row productRow) (goods, error) {
	if row.ProducerID != who.OrganisationID {
		return goods{}, fault.ErrNotFound.With()
	}
	checked, err := p.Change.merged(row.goods).check(book)
	checked.Invented = row.Invented
	return checked, err
}

// alter changes a locked product and moves it to where it is to stand.
func (s *Service) alter(ctx context.Context, tx *postgres.Tx, who identity.Principal, row productRow, checked goods, wanted ProductState) (Put, error) {
	var err error
	if !reflect.DeepEqual(checked, row.goods) {
		if row, err = s.alterProduct(ctx, tx, who, row, checked); err != nil {
			return Put{}, err
		}
	}
	move, action, err := step(row.State, wanted)
	if err == nil && move != "" {
		err = moveAll(ctx, tx, who, []productRow{row}, move, action, "")
	}
	return Put{ID: row.ID, Verdict: Updated}, err
}

// step is the move by which a product comes to stand where it is to stand, and what the audit trail
// calls it; none when it stands there.
func step(now, wanted ProductState) (move productMove, action string, err error) {
	switch wanted {
	case "", now:
		return "", "", nil
	case Published:
		move, action = publish, "product.published"
	case Withdrawn:
		move, action = withdraw, "product.withdrawn"
	default:
		return "", "", ErrProductState.With("state", string(now), "action", string(wanted))
	}
	_, err = now.next(move)
	return move, action, err
}

// ProductKeys say by what products of a producer are looked for.
type ProductKeys struct {
	IDs   []uuid.UUID
	GTINs []string
	// Names in lower case.
	Names []string
}

// OwnProduct is a product as its producer's lists name it.
type OwnProduct struct {
	ID         uuid.UUID
	Name       string
	GTIN       string
	Line       string
	Form       string
	Grade      reference.Grade
	Unit       string
	UnitWeight quantity.Quantity
	State      ProductState
}

// OwnProductsTx finds products of the principal's producer by any of the keys, in every state,
// older ones first.
func OwnProductsTx(ctx context.Context, reader postgres.Reader, who identity.Principal, keys ProductKeys) ([]OwnProduct, error) {
	if err := mayRead(who); err != nil {
		return nil, err
	}
	const query = `
		SELECT p.id, p.name, coalesce(p.gtin, '') AS gtin, p.line, p.form, p.grade, p.unit, coalesce(p.unit_weight, 0) AS unit_weight, p.state
		  FROM catalog.products p
		 WHERE p.producer_id = $1
		   AND (p.id = ANY (CAST($2 AS uuid[])) OR p.gtin = ANY (CAST($3 AS text[])) OR lower(p.name) = ANY (CAST($4 AS text[])))
		 ORDER BY p.created_at, p.id`
	var rows []struct {
		ID         uuid.UUID                      `db:"id"`
		Name       string                         `db:"name"`
		GTIN       string                         `db:"gtin"`
		Line       string                         `db:"line"`
		Form       string                         `db:"form"`
		Grade      postgres.JSON[reference.Grade] `db:"grade"`
		Unit       string                         `db:"unit"`
		UnitWeight quantity.Quantity              `db:"unit_weight"`
		State      ProductState                   `db:"state"`
	}
	err := reader.Select(ctx, &rows, query, who.OrganisationID, postgres.Array(keys.IDs), postgres.Array(keys.GTINs), postgres.Array(keys.Names))
	products := make([]OwnProduct, 0, len(rows))
	for _, row := range rows {
		products = append(products, OwnProduct{
			ID: row.ID, Name: row.Name, GTIN: row.GTIN, Line: row.Line, Form: row.Form, Grade: row.Grade.V,
			Unit: row.Unit, UnitWeight: row.UnitWeight, State: row.State,
		})
	}
	return products, err
}
