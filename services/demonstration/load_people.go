package demonstration

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/identity"
)

// found plans how everybody joins: the administrator, then those who do not exist by registering
// and being approved, then real producers as entries without users.
func (l *loader) found(at time.Time) {
	l.add(at, "the administrator", func(ctx context.Context) error {
		return l.people.CreateAdministrator(ctx, identity.NewUser{Name: "Quản trị minh hoạ", Email: Administrator, Password: Password})
	})
	for n, o := range l.organisations {
		joined := at.Add(time.Duration(n+1) * time.Minute)
		if o.fictional {
			l.add(joined, "registering "+o.key, func(ctx context.Context) error { return l.register(ctx, o) })
			continue
		}
		l.add(joined, "entering "+o.name, func(ctx context.Context) error {
			return l.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error { return enter(ctx, tx, o) })
		})
	}
}

// register lets a fictional organisation apply and approves it.
func (l *loader) register(ctx context.Context, o *organisation) error {
	system := identity.SystemPrincipal()
	application := identity.Application{
		Organisation: identity.NewOrganisation{
			Kind: identity.OrganisationKind(o.kind), Name: o.name, NameEN: o.nameEN, LegalForm: o.legalForm, CommuneCode: o.commune,
			BuyerSystem: o.buyerSystem, BuyerKind: o.buyerKind, Fictional: true,
		},
		User: identity.NewUser{Name: o.person, Email: o.login, Password: Password},
	}
	if o.kind == string(identity.Authority) {
		application.Organisation.Province = o.province
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("naming an organisation: %w", err)
	}
	application.Organisation.ID = id
	registered, err := l.people.Register(ctx, system, application)
	if err != nil {
		return err
	}
	if _, err := l.people.Approve(ctx, system, registered.Organisation.ID); err != nil {
		return err
	}
	o.who = principal(o, registered.Organisation.ID, registered.User.ID)
	return nil
}

func principal(o *organisation, id, user uuid.UUID) identity.Principal {
	return identity.Principal{
		UserID: user, OrganisationID: id, Kind: identity.OrganisationKind(o.kind), Role: identity.Owner, Approved: true,
		Province: o.province,
	}
}

// enter writes a real producer. It cannot register: it has no user here, and of many the commune
// is unknown and must not be guessed. The platform acts for it.
func enter(ctx context.Context, tx *postgres.Tx, o *organisation) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("naming an organisation: %w", err)
	}
	const insert = `
		INSERT INTO identity.organisations (id, kind, name, name_folded, state, legal_form, commune_code, province, fictional,
		       created_at, updated_at)
		VALUES ($1, $2, $3, $4, 'approved', $5, nullif($6, ''), $7, false, $8, $8)`
	if _, err := tx.Exec(ctx, insert, id, o.kind, o.name, vietnamese.Fold(o.name), o.legalForm, o.commune, o.province, tx.Now); err != nil {
		return err
	}
	system := identity.SystemPrincipal()
	o.who = principal(o, id, system.UserID)
	subject := identity.Subject{Kind: "organisation", ID: id}
	return identity.RecordTx(ctx, tx, system, "organisation.approved", subject, map[string]any{"demonstration": true})
}
