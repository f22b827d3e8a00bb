package identity

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// organisationColumns reads an Organisation from identity.organisations o and its legal form f.
const organisationColumns = `
	o.id, o.kind, o.name, o.name_en, o.state, COALESCE(o.legal_form, '') AS legal_form,
	COALESCE(f.ocop_subject, false) AS ocop_subject, COALESCE(o.commune_code, '') AS commune_code, o.province,
	COALESCE(o.buyer_system, '') AS buyer_system, COALESCE(o.buyer_kind, '') AS buyer_kind, o.tax_code, o.fictional,
	o.reason, o.version, o.created_at, o.updated_at`

// OrganisationsIn returns the organisations with these ids, whatever their state, for those who
// show whose something is. Unknown ids are missing from the map.
func OrganisationsIn(ctx context.Context, reader postgres.Reader, ids []uuid.UUID) (map[uuid.UUID]Organisation, error) {
	const query = `
		SELECT ` + organisationColumns + `
		  FROM identity.organisations o LEFT JOIN identity.legal_forms f ON f.code = o.legal_form
		 WHERE o.id = ANY ($1::uuid[])`
	var rows []Organisation
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID]Organisation, len(rows))
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, nil
}

// ApprovedOrganisations returns all approved organisations of a kind, oldest first.
func ApprovedOrganisations(ctx context.Context, reader postgres.Reader, kind OrganisationKind) ([]Organisation, error) {
	const query = `
		SELECT ` + organisationColumns + `
		  FROM identity.organisations o LEFT JOIN identity.legal_forms f ON f.code = o.legal_form
		 WHERE o.kind = $1 AND o.state = 'approved'
		 ORDER BY o.created_at, o.id`
	rows := []Organisation{}
	err := reader.Select(ctx, &rows, query, kind)
	return rows, err
}

// organisation reads one; fault.ErrNotFound when there is none.
func organisation(ctx context.Context, reader postgres.Reader, id uuid.UUID) (Organisation, error) {
	const query = `
		SELECT ` + organisationColumns + `
		  FROM identity.organisations o LEFT JOIN identity.legal_forms f ON f.code = o.legal_form
		 WHERE o.id = $1`
	return oneOrganisation(ctx, reader, query, id)
}

// lockOrganisation reads one and holds it until the transaction ends, so that decisions about it
// and its members happen one after the other.
func lockOrganisation(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (Organisation, error) {
	const query = `
		SELECT ` + organisationColumns + `
		  FROM identity.organisations o LEFT JOIN identity.legal_forms f ON f.code = o.legal_form
		 WHERE o.id = $1
		   FOR UPDATE OF o`
	return oneOrganisation(ctx, tx, query, id)
}

func oneOrganisation(ctx context.Context, reader postgres.Reader, query string, id uuid.UUID) (Organisation, error) {
	var found Organisation
	err := reader.Get(ctx, &found, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return Organisation{}, fault.ErrNotFound.With()
	}
	return found, err
}

// LegalForm is a legal form of producers.
type LegalForm struct {
	Code   string `db:"code"    json:"code"`
	NameVI string `db:"name_vi" json:"name_vi"`
	NameEN string `db:"name_en" json:"name_en"`
	// OCOPSubject tells who can hold an OCOP recognition (QĐ 148/QĐ-TTg 2023).
	OCOPSubject bool `db:"ocop_subject" json:"ocop_subject"`
}

// LegalForms lists the legal forms a producer can have.
func LegalForms(ctx context.Context, reader postgres.Reader) ([]LegalForm, error) {
	const query = `SELECT code, name_vi, name_en, ocop_subject FROM identity.legal_forms ORDER BY position`
	forms := []LegalForm{}
	err := reader.Select(ctx, &forms, query)
	return forms, err
}
