package identity

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/vietnamese"
)

// OrganisationChange is what an owner changes of the own organisation; fields left out stay.
// Kind, province and retail system decided about its approval and do not change.
type OrganisationChange struct {
	Name        *string `json:"name,omitempty"         maxLength:"200"`
	NameEN      *string `json:"name_en,omitempty"      maxLength:"200"`
	LegalForm   *string `json:"legal_form,omitempty"   maxLength:"40"`
	CommuneCode *string `json:"commune_code,omitempty" maxLength:"10"`
	BuyerKind   *string `json:"buyer_kind,omitempty"   maxLength:"40"`
	TaxCode     *string `json:"tax_code,omitempty"     maxLength:"14"`
}

// Organisation returns an organisation that the caller belongs to or oversees; every other one is
// fault.ErrNotFound.
func (s *Service) Organisation(ctx context.Context, who Principal, id uuid.UUID) (Organisation, error) {
	if !who.SignedIn() {
		return Organisation{}, fault.ErrUnauthenticated.With()
	}
	if !who.holds(area+":read") && !who.holds(area+":write") {
		return Organisation{}, ErrScopeMissing.With("scope", area+":read")
	}
	found, err := organisation(ctx, s.db, id)
	if err != nil {
		return Organisation{}, err
	}
	if !maySee(who, found) {
		return Organisation{}, fault.ErrNotFound.With()
	}
	return found, nil
}

// Amend changes the caller's own organisation. current checks the version that the caller read
// (fault.ErrStale). An applicant may amend; a rejected one that amends is put forward again.
// Refused: ErrOwnerOnly, ErrSuspended, fault.ErrNotFound for any other organisation, and every
// field that is wrong.
func (s *Service) Amend(ctx context.Context, who Principal, id uuid.UUID, current func(version int64) error, change OrganisationChange) (Organisation, error) {
	if err := mayAmend(who, id); err != nil {
		return Organisation{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Organisation, error) {
		before, err := lockOrganisation(ctx, tx, id)
		if err != nil {
			return Organisation{}, err
		}
		if err := current(before.Version); err != nil {
			return Organisation{}, err
		}
		after, err := s.amended(before, change)
		if err != nil {
			return Organisation{}, err
		}
		return amend(ctx, tx, who, before, after)
	})
}

func mayAmend(who Principal, id uuid.UUID) error {
	switch {
	case !who.SignedIn():
		return fault.ErrUnauthenticated.With()
	case who.OrganisationID != id:
		return fault.ErrNotFound.With()
	case who.KeyID != uuid.Nil:
		return ErrSessionRequired.With()
	case who.Role != Owner:
		return ErrOwnerOnly.With()
	case who.Suspended:
		return ErrSuspended.With()
	default:
		return nil
	}
}

// amended applies a change and checks the whole as a new application is checked.
func (s *Service) amended(before Organisation, change OrganisationChange) (Organisation, error) {
	sent := NewOrganisation{
		Kind: before.Kind, Name: before.Name, NameEN: before.NameEN, LegalForm: before.LegalForm,
		CommuneCode: before.CommuneCode, BuyerSystem: before.BuyerSystem, BuyerKind: before.BuyerKind, TaxCode: before.TaxCode,
	}
	if before.Kind == Authority {
		sent.Province = before.Province
	}
	for _, field := range []struct{ from, to *string }{
		{change.Name, &sent.Name},
		{change.NameEN, &sent.NameEN},
		{change.LegalForm, &sent.LegalForm},
		{change.CommuneCode, &sent.CommuneCode},
		{change.BuyerKind, &sent.BuyerKind},
		{change.TaxCode, &sent.TaxCode},
	} {
		if field.from != nil {
			*field.to = strings.TrimSpace(*field.from)
		}
	}
	after := before
	fresh, err := s.draft(sent)
	if err != nil {
		return Organisation{}, err
	}
	after.Name, after.NameEN, after.LegalForm, after.CommuneCode = fresh.Name, fresh.NameEN, fresh.LegalForm, fresh.CommuneCode
	after.BuyerKind, after.TaxCode = fresh.BuyerKind, fresh.TaxCode
	if before.State == Rejected {
		after.State, after.Reason = Applied, ""
	}
	return after, nil
}

func amend(ctx context.Context, tx *postgres.Tx, who Principal, before, after Organisation) (Organisation, error) {
	const update = `
		UPDATE identity.organisations
		   SET name = $2, name_folded = $3, name_en = $4, legal_form = NULLIF($5, ''), commune_code = NULLIF($6, ''),
		       buyer_kind = NULLIF($7, ''), tax_code = $8, state = $9, reason = $10, version = version + 1, updated_at = $11
		 WHERE id = $1
		RETURNING version, COALESCE((SELECT f.ocop_subject FROM identity.legal_forms f WHERE f.code = legal_form), false) AS ocop_subject`
	var written struct {
		Version     int64 `db:"version"`
		OCOPSubject bool  `db:"ocop_subject"`
	}
	err := tx.Get(ctx, &written, update, after.ID, after.Name, vietnamese.Fold(after.Name+" "+after.NameEN), after.NameEN,
		after.LegalForm, after.CommuneCode, after.BuyerKind, after.TaxCode, after.State, after.Reason, tx.Now)
	if err != nil {
		return Organisation{}, mapConstraint(err)
	}
	after.Version, after.OCOPSubject, after.UpdatedAt = written.Version, written.OCOPSubject, tx.Now
	detail := map[string]any{"from": before.State, "to": after.State, "fields": changed(before, after)}
	return after, RecordTx(ctx, tx, who, "organisation.amended", Subject{Kind: "organisation", ID: after.ID}, detail)
}

// changed names the fields that differ; their values may be personal where a household trades
// under its own name.
func changed(before, after Organisation) []string {
	fields := []string{}
	for _, field := range []struct{ name, from, to string }{
		{"name", before.Name, after.Name},
		{"name_en", before.NameEN, after.NameEN},
		{"legal_form", before.LegalForm, after.LegalForm},
		{"commune_code", before.CommuneCode, after.CommuneCode},
		{"buyer_kind", before.BuyerKind, after.BuyerKind},
		{"tax_code", before.TaxCode, after.TaxCode},
	} {
		if field.from != field.to {
			fields = append(fields, field.name)
		}
	}
	return fields
}
