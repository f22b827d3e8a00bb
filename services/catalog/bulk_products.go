package catalog

import (
	"context"
	"reflect"

	"github.com/google/uuid"

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
// is the Err of its Put. An error means that nobody may do this, or an accident.
func (s *Service) PutProductsTx(ctx context.Context, tx *postgres.Tx, who identity.Principal, puts []ProductPut) ([]Put, error) {
	if err := mayChange(who); err != nil {
		return nil, err
	}
	done := make([]Put, len(puts))
	for i, put := range puts {
		var err error
		if done[i], err = apart(ctx, tx, func(ctx context.Context) (Put, error) { return s.putProduct(ctx, tx, who, put) }); err != nil {
			return nil, err
		}
	}
	return done, nil
}

func (s *Service) putProduct(ctx context.Context, tx *postgres.Tx, who identity.Principal, put ProductPut) (Put, error) {
	if put.ID == uuid.Nil {
		row, err := s.addProduct(ctx, tx, who, put.Change.merged(goods{}))
		if err != nil {
			return Put{}, err
		}
		_, err = settleState(ctx, tx, who, row, put.State)
		return Put{ID: row.ID, Verdict: Created}, err
	}
	row, err := ownProduct(ctx, tx, who, put.ID)
	if err != nil {
		return Put{}, err
	}
	checked, err := put.Change.merged(row.goods).check(s.book)
	if err != nil {
		return Put{}, err
	}
	checked.Invented = row.Invented
	altered := !reflect.DeepEqual(checked, row.goods)
	if altered {
		if row, err = s.alterProduct(ctx, tx, who, row, checked); err != nil {
			return Put{}, err
		}
	}
	moved, err := settleState(ctx, tx, who, row, put.State)
	if err != nil || !altered && !moved {
		return Put{ID: row.ID, Verdict: Unchanged}, err
	}
	return Put{ID: row.ID, Verdict: Updated}, nil
}

// settleState moves a product to where it is to stand and reports whether it had to.
func settleState(ctx context.Context, tx *postgres.Tx, who identity.Principal, row productRow, wanted ProductState) (bool, error) {
	switch wanted {
	case "", row.State:
		return false, nil
	case Published:
		return true, moveTo(ctx, tx, who, row, publish, "product.published", "")
	case Withdrawn:
		return true, moveTo(ctx, tx, who, row, withdraw, "product.withdrawn", "")
	case Draft, Suspended:
	}
	return false, ErrProductState.With("state", string(row.State), "action", string(wanted))
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
