package identity

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/reference"
)

// NewOrganisation is an organisation as it introduces itself.
type NewOrganisation struct {
	Kind        OrganisationKind `enum:"producer,buyer,authority" json:"kind"`
	Name        string           `json:"name"                     maxLength:"200" minLength:"1"`
	NameEN      string           `json:"name_en,omitempty"        maxLength:"200"`
	LegalForm   string           `doc:"Of a producer; see /v1/legal-forms." json:"legal_form,omitempty" maxLength:"40"`
	CommuneCode string           `doc:"Of the seat: Cà Mau for producers, TPHCM for buyers; optional for authorities." json:"commune_code,omitempty" maxLength:"10"`
	Province    string           `doc:"Of an authority: 96 Cà Mau, 79 TPHCM." json:"province,omitempty" maxLength:"10"`
	BuyerSystem string           `doc:"Of a buyer that belongs to a retail system." json:"buyer_system,omitempty" maxLength:"60"`
	BuyerKind   string           `doc:"Of a buyer; follows from the retail system where there is one." json:"buyer_kind,omitempty" maxLength:"40"`
	TaxCode     string           `json:"tax_code,omitempty"       maxLength:"14"`
	// ID and Fictional are for seeding: only the platform itself may set them.
	ID        uuid.UUID `json:"-"`
	Fictional bool      `json:"-"`
}

// Application is an organisation and its first user, who will be its owner.
type Application struct {
	Organisation NewOrganisation `json:"organisation"`
	User         NewUser         `json:"user"`
}

// Registration is an application as it was received.
type Registration struct {
	Organisation Organisation `json:"organisation"`
	User         User         `json:"user"`
}

// Register receives an application; an authority decides about it later.
//
// The answer does not tell whether a login is known already, and neither does the time it takes:
// for a known login everything is written and taken back within the transaction, the answer is
// the application as received, and the person whose login it is learns of it by mail. Only the
// platform itself gets ErrLoginTaken. Refused: every field that is wrong; ErrTooManyAttempts when
// an address sends too many.
func (s *Service) Register(ctx context.Context, who Principal, application Application) (Registration, error) {
	var complaints fault.Collector
	organisation, err := s.draft(application.Organisation)
	if err := complaints.Merge("organisation", err); err != nil {
		return Registration{}, err
	}
	var personal fault.Collector
	logins, err := application.User.check(who, &personal)
	if err != nil {
		return Registration{}, err
	}
	if err := complaints.Merge("user", personal.Err()); err != nil {
		return Registration{}, err
	}
	if err := complaints.Err(); err != nil {
		return Registration{}, err
	}
	if who.platform() {
		organisation.ID, organisation.Fictional = application.Organisation.ID, application.Organisation.Fictional
	} else if err := s.countRegistration(ctx); err != nil {
		return Registration{}, err
	}
	hash := ""
	if application.User.Password != "" {
		if hash, err = s.hasher.hash(ctx, application.User.Password); err != nil {
			return Registration{}, err
		}
	}
	person := User{Name: strings.TrimSpace(application.User.Name), Email: logins.email, Phone: logins.phone}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Registration, error) {
		return register(ctx, tx, who, organisation, person, hash)
	})
}

func (s *Service) countRegistration(ctx context.Context) error {
	address := originOf(ctx).Address
	if address == "" || s.options.Registrations < 0 {
		return nil
	}
	counts, err := countAttempt(ctx, s.db, registerWindow, counter{scope: registerAddress, subject: address})
	if err != nil {
		return err
	}
	return reached(counts, limits{registerAddress: s.options.Registrations + 1})
}

// Found receives an application of somebody who has an account already: a further organisation,
// with the caller as its owner. Refused: ErrSessionRequired, ErrTooManyAttempts, and every field
// that is wrong.
func (s *Service) Found(ctx context.Context, who Principal, sent NewOrganisation) (Organisation, error) {
	if err := needsSession(who); err != nil {
		return Organisation{}, err
	}
	drafted, err := s.draft(sent)
	if err != nil {
		return Organisation{}, err
	}
	if err := s.countRegistration(ctx); err != nil {
		return Organisation{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Organisation, error) {
		id, err := uuid.NewV7()
		if err != nil {
			return Organisation{}, fmt.Errorf("organisation: %w", err)
		}
		organisation := drafted
		organisation.ID, organisation.CreatedAt, organisation.UpdatedAt = id, tx.Now, tx.Now
		return apply(ctx, tx, who, organisation, User{ID: who.UserID})
	})
}

// register writes the application, and takes it back when the login is known.
func register(ctx context.Context, tx *postgres.Tx, who Principal, organisation Organisation, person User, hash string) (Registration, error) {
	if organisation.ID == uuid.Nil {
		id, err := uuid.NewV7()
		if err != nil {
			return Registration{}, fmt.Errorf("organisation: %w", err)
		}
		organisation.ID = id
	}
	organisation.CreatedAt, organisation.UpdatedAt = tx.Now, tx.Now
	if _, err := tx.Exec(ctx, `SAVEPOINT application`); err != nil {
		return Registration{}, err
	}
	logins := login{email: person.Email, phone: person.Phone}
	id, err := insertUser(ctx, tx, person.Name, logins, hash, false)
	if err != nil {
		return Registration{}, err
	}
	known := id == uuid.Nil
	if known && who.platform() {
		return Registration{}, ErrLoginTaken.With()
	}
	// A known login goes on with a stand-in that is taken back below, so that what follows costs
	// the same. A new one is written a second time to no effect: each has one insert that
	// conflicts and one that does not.
	second := logins
	if known {
		second = login{email: uuid.NewString() + "@stand-in.invalid"}
	}
	standIn, err := insertUser(ctx, tx, person.Name, second, hash, false)
	if err != nil {
		return Registration{}, err
	}
	if known {
		id = standIn
	}
	person.ID = id
	if organisation, err = apply(ctx, tx, who, organisation, person); err != nil {
		return Registration{}, under("organisation", err)
	}
	finish, kind := `RELEASE SAVEPOINT application`, mailReceived
	if known {
		finish, kind = `ROLLBACK TO SAVEPOINT application`, mailKnownLogin
	}
	if err := tx.MakeCalls(ctx); err != nil { // events, which are taken back with the rest
		return Registration{}, err
	}
	if _, err := tx.Exec(ctx, finish); err != nil {
		return Registration{}, err
	}
	if !who.platform() {
		if err := mailLoginTx(ctx, tx, kind, logins); err != nil {
			return Registration{}, err
		}
	}
	return Registration{Organisation: organisation, User: person}, nil
}

// under puts a refusal's fields under a prefix.
func under(prefix string, err error) error {
	var complaints fault.Collector
	if refusal, ok := fault.From(err); !ok || len(refusal.Fields) == 0 {
		return err
	}
	if err := complaints.Merge(prefix, err); err != nil {
		return err
	}
	return complaints.Err()
}

// apply writes the organisation, its owner and the audit event.
func apply(ctx context.Context, tx *postgres.Tx, who Principal, organisation Organisation, owner User) (Organisation, error) {
	const insert = `
		INSERT INTO identity.organisations (id, kind, name, name_folded, name_en, state, legal_form, commune_code, province,
		       buyer_system, buyer_kind, tax_code, fictional, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, 'applied', NULLIF($6, ''), NULLIF($7, ''), $8, NULLIF($9, ''), NULLIF($10, ''), $11, $12, $13, $13)
		RETURNING COALESCE((SELECT f.ocop_subject FROM identity.legal_forms f WHERE f.code = legal_form), false)`
	o := organisation
	err := tx.Get(ctx, &organisation.OCOPSubject, insert, o.ID, o.Kind, o.Name, vietnamese.Fold(o.Name+" "+o.NameEN), o.NameEN,
		o.LegalForm, o.CommuneCode, o.Province, o.BuyerSystem, o.BuyerKind, o.TaxCode, o.Fictional, tx.Now)
	if err != nil {
		return Organisation{}, mapConstraint(err)
	}
	const join = `
		INSERT INTO identity.memberships (organisation_id, user_id, role, created_at, accepted_at) VALUES ($1, $2, 'owner', $3, $3)`
	if _, err := tx.Exec(ctx, join, organisation.ID, owner.ID, tx.Now); err != nil {
		return Organisation{}, err
	}
	actor := who
	if !actor.SignedIn() {
		actor = Principal{UserID: owner.ID, OrganisationID: organisation.ID}
	}
	detail := map[string]any{"kind": organisation.Kind, "owner": owner.ID}
	return organisation, RecordTx(ctx, tx, actor, "organisation.applied", Subject{Kind: "organisation", ID: organisation.ID}, detail)
}

// mapConstraint is this service's one table of constraints and what they mean to a person.
func mapConstraint(err error) error {
	switch name := postgres.Constraint(err); name {
	case "organisations_legal_form_fkey":
		return ErrLegalForm.At("legal_form").Because(err)
	default:
		return postgres.MapConstraint(err, map[string]*fault.Definition{
			"users_email_key":  ErrLoginTaken,
			"users_phone_key":  ErrLoginTaken,
			"memberships_pkey": ErrAlreadyMember,
		})
	}
}

// draft turns what was sent into an organisation, or says what is wrong with it.
func (s *Service) draft(sent NewOrganisation) (Organisation, error) {
	organisation := Organisation{
		Kind: sent.Kind, Name: strings.TrimSpace(sent.Name), NameEN: strings.TrimSpace(sent.NameEN), State: Applied,
		LegalForm: sent.LegalForm, CommuneCode: sent.CommuneCode, BuyerSystem: sent.BuyerSystem, BuyerKind: sent.BuyerKind,
		TaxCode: sent.TaxCode, Version: 1,
	}
	var found fault.Collector
	checkName(&found, "name", organisation.Name)
	if organisation.NameEN != "" {
		checkName(&found, "name_en", organisation.NameEN)
	}
	if organisation.TaxCode != "" && !taxCode.MatchString(organisation.TaxCode) {
		found.Add("tax_code", ErrTaxCode)
	}
	switch sent.Kind {
	case Producer:
		organisation.Province = reference.CaMau
		if sent.LegalForm == "" {
			found.Add("legal_form", fault.ErrRequired)
		}
		s.checkCommune(&found, organisation, true)
	case Buyer:
		organisation.Province = reference.HoChiMinh
		s.checkBuyer(&found, &organisation)
		s.checkCommune(&found, organisation, true)
	case Authority:
		organisation.Province = sent.Province
		if sent.Province != reference.CaMau && sent.Province != reference.HoChiMinh {
			found.Add("province", fault.ErrUnknownValue, "value", sent.Province, "allowed", "96, 79")
			break
		}
		s.checkCommune(&found, organisation, false)
	default:
		found.Add("kind", fault.ErrUnknownValue, "value", sent.Kind, "allowed", "producer, buyer, authority")
	}
	checkForeign(&found, sent)
	return organisation, found.Err()
}

// checkForeign notes fields that belong to another kind of organisation.
func checkForeign(found *fault.Collector, sent NewOrganisation) {
	if sent.Kind != Producer && sent.LegalForm != "" {
		found.Add("legal_form", fault.ErrNotAllowedHere, "reason", "only producers have one")
	}
	if sent.Kind != Buyer && sent.BuyerSystem != "" {
		found.Add("buyer_system", fault.ErrNotAllowedHere, "reason", "only buyers have one")
	}
	if sent.Kind != Buyer && sent.BuyerKind != "" {
		found.Add("buyer_kind", fault.ErrNotAllowedHere, "reason", "only buyers have one")
	}
	if sent.Kind != Authority && sent.Province != "" {
		found.Add("province", fault.ErrNotAllowedHere, "reason", "it follows from the commune")
	}
}

func (s *Service) checkCommune(found *fault.Collector, organisation Organisation, required bool) {
	if organisation.CommuneCode == "" {
		if required {
			found.Add("commune_code", fault.ErrRequired)
		}
		return
	}
	commune, known := s.book.Commune(organisation.CommuneCode)
	if !known || commune.Province != organisation.Province {
		found.Add("commune_code", ErrCommune, "value", organisation.CommuneCode, "province", organisation.Province)
	}
}

func (s *Service) checkBuyer(found *fault.Collector, buyer *Organisation) {
	if buyer.BuyerSystem != "" {
		system, known := s.book.BuyerSystem(buyer.BuyerSystem)
		if !known {
			found.Add("buyer_system", ErrBuyerSystem, "value", buyer.BuyerSystem)
			return
		}
		if buyer.BuyerKind == "" {
			buyer.BuyerKind = system.Kind
		}
	}
	if !isBuyerKind(buyer.BuyerKind) {
		found.Add("buyer_kind", fault.ErrUnknownValue, "value", buyer.BuyerKind, "allowed", strings.Join(BuyerKinds(), ", "))
	}
}
