package trade

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

const selectDeclaration = `
	SELECT d.id, d.organisation_id, to_char(d.month, 'YYYY-MM') AS month, d.line, d.form, d.quantity, d.unit, d.unit_weight, d.weight, d.channel,
	       d.source, d.memorandum_id, d.replaces, c.id AS replaced_by, d.declared_as, d.invented, d.created_at
	  FROM trade.declarations d
	  JOIN identity.organisations o ON o.id = d.organisation_id
	  LEFT JOIN trade.declarations c ON c.replaces = d.id`

// Declare notes what a producer sold off the platform in a month: by the producer itself, or by an
// official of its province, who says where it is known from. It moves no volume. Refused: whatever
// MayWrite refuses, fault.ErrForbidden for all others, ErrDeclared for what was declared already,
// ErrMonth, ErrDeclaredMemorandum, fault.ErrRequired, fault.ErrUnknownValue and fault.ErrOutOfRange at
// their fields.
func (s *Service) Declare(ctx context.Context, who identity.Principal, n NewDeclaration) (Declaration, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Declaration, error) {
		if err := mayDeclare(who); err != nil {
			return Declaration{}, err
		}
		if err := n.check(s.book, reference.Day(tx.Now)); err != nil {
			return Declaration{}, err
		}
		if n.OrganisationID == uuid.Nil {
			n.OrganisationID = who.OrganisationID
		}
		of, err := declarable(ctx, tx, who, n.OrganisationID)
		if err != nil {
			return Declaration{}, err
		}
		if err := needSource(who, n.Source); err != nil {
			return Declaration{}, err
		}
		if err := memorandumFits(ctx, tx, s.book, n); err != nil {
			return Declaration{}, err
		}
		return insertDeclaration(ctx, tx, who, of.CommuneCode, n, uuid.Nil)
	})
}

// mayDeclare refuses all but producers and officials who may write.
func mayDeclare(who identity.Principal) error {
	if err := who.MayWrite(areaOf(who)); err != nil {
		return err
	}
	if !who.Is(identity.Producer) && !watches(who) {
		return fault.ErrForbidden.With()
	}
	return nil
}

// declarable is the producer that a principal may declare for; fault.ErrUnknownValue for another's.
func declarable(ctx context.Context, reader postgres.Reader, who identity.Principal, id uuid.UUID) (identity.Organisation, error) {
	found, err := identity.OrganisationsIn(ctx, reader, []uuid.UUID{id})
	if err != nil {
		return identity.Organisation{}, err
	}
	of := found[id]
	if of.Kind != identity.Producer || of.State != identity.Approved || !declaresFor(who, of) {
		return of, fault.ErrUnknownValue.At("organisation_id", "value", id, "allowed", "/v1/producers")
	}
	return of, nil
}

// declaresFor reports whether a principal speaks for a producer: its own people, officials of its
// province, administrators.
func declaresFor(who identity.Principal, of identity.Organisation) bool {
	return who.OrganisationID == of.ID || who.Administrator || who.Official() && who.Province == of.Province
}

func needSource(who identity.Principal, source string) error {
	if source == "" && watches(who) {
		return fault.ErrRequired.At("source")
	}
	return nil
}

// memorandumFits refuses a memorandum that is not the producer's or has no line for the goods.
func memorandumFits(ctx context.Context, reader postgres.Reader, book *reference.Book, n NewDeclaration) error {
	if n.MemorandumID == uuid.Nil {
		return nil
	}
	m, err := readMemorandum(ctx, reader, book, n.MemorandumID)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	of := kind{n.Line, n.Form, isDried(book, n.Line, n.Form), n.Unit}
	if n.weight() != nil {
		of.unit = kilogram
	}
	if err != nil || m.Producer.ID != n.OrganisationID || !m.standing() || m.lineFor(of) == 0 {
		return ErrDeclaredMemorandum.At("memorandum_id")
	}
	return nil
}

func insertDeclaration(
	ctx context.Context, tx *postgres.Tx, who identity.Principal, commune string, n NewDeclaration, replaces uuid.UUID,
) (Declaration, error) {
	const insert = `
		INSERT INTO trade.declarations (id, organisation_id, commune, month, line, form, quantity, unit, unit_weight, weight, channel, source,
		       memorandum_id, replaces, declared_by, declared_as, invented, created_at)
		VALUES ($1, $2, nullif($3, ''), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`
	id, err := uuid.NewV7()
	if err != nil {
		return Declaration{}, fmt.Errorf("naming a declaration: %w", err)
	}
	month, err := firstOf(n.Month)
	if err != nil {
		return Declaration{}, fmt.Errorf("reading a month: %w", err)
	}
	as, action := ByOfficial, "declaration.made"
	if who.Is(identity.Producer) {
		as = ByProducer
	}
	_, err = tx.Exec(ctx, insert, id, n.OrganisationID, commune, month, n.Line, n.Form, n.Quantity, n.Unit, n.UnitWeightKg, n.weight(), n.Channel,
		n.Source, postgres.NullID(n.MemorandumID), postgres.NullID(replaces), authorOf(who), as, n.Invented, tx.Now)
	if postgres.Constraint(err) == "declarations_channel_fkey" {
		return Declaration{}, fault.ErrUnknownValue.At("channel", "value", n.Channel, "allowed", "/v1/trade/kinds").Because(err)
	}
	if err != nil {
		return Declaration{}, postgres.MapConstraint(err, byConstraint)
	}
	if replaces != uuid.Nil {
		action = "declaration.corrected"
	}
	err = identity.RecordTx(ctx, tx, who, action, identity.Subject{Kind: "declaration", ID: id}, map[string]any{
		"organisation_id": n.OrganisationID, "month": n.Month, "line": n.Line, "quantity": n.Quantity, "unit": n.Unit, "replaces": replaces,
	})
	if err != nil {
		return Declaration{}, err
	}
	return readDeclaration(ctx, tx, who, id)
}

// readDeclaration reads one that a principal may see; fault.ErrNotFound otherwise.
func readDeclaration(ctx context.Context, reader postgres.Reader, who identity.Principal, id uuid.UUID) (Declaration, error) {
	const query = selectDeclaration + ` WHERE d.id = $1 AND ($2 OR d.organisation_id = $3 OR o.province = $4)`
	var d Declaration
	err := reader.Get(ctx, &d, query, id, who.Administrator, who.OrganisationID, provinceOf(who))
	if errors.Is(err, postgres.ErrNoRows) {
		return d, fault.ErrNotFound.With()
	}
	return d, err
}

// provinceOf is the province whose producers an official reads singly; "" for all others.
func provinceOf(who identity.Principal) string {
	if who.Official() {
		return who.Province
	}
	return ""
}

// CorrectDeclaration takes the place of what was declared; the old one stays, and counts no more.
// Refused: fault.ErrNotFound for another's, ErrReplaced for one that was corrected already,
// fault.ErrRequired for an official without a source, fault.ErrOutOfRange.
func (s *Service) CorrectDeclaration(ctx context.Context, who identity.Principal, id uuid.UUID, c Correction) (Declaration, error) {
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Declaration, error) {
		if err := mayDeclare(who); err != nil {
			return Declaration{}, err
		}
		was, err := readDeclaration(ctx, tx, who, id)
		if err != nil {
			return Declaration{}, err
		}
		c.Source = strings.TrimSpace(c.Source)
		if err := needSource(who, c.Source); err != nil {
			return Declaration{}, err
		}
		n := NewDeclaration{
			Goods:          Goods{Line: was.Line, Form: was.Form, Quantity: c.Quantity, Unit: was.Unit, UnitWeightKg: was.UnitWeightKg},
			OrganisationID: was.OrganisationID, Month: was.Month, Channel: was.Channel, Source: c.Source, Invented: was.Invented,
		}
		if was.MemorandumID != nil {
			n.MemorandumID = *was.MemorandumID
		}
		if err := n.check(s.book, reference.Day(tx.Now)); err != nil {
			return Declaration{}, err
		}
		found, err := identity.OrganisationsIn(ctx, tx, []uuid.UUID{was.OrganisationID})
		if err != nil {
			return Declaration{}, err
		}
		return insertDeclaration(ctx, tx, who, found[was.OrganisationID].CommuneCode, n, id)
	})
}

// Declaration returns one, to its producer and the officials of its province; fault.ErrNotFound to
// all others.
func (s *Service) Declaration(ctx context.Context, who identity.Principal, id uuid.UUID) (Declaration, error) {
	if err := mayReadDeclared(who); err != nil {
		return Declaration{}, err
	}
	return readDeclaration(ctx, s.db, who, id)
}

// mayReadDeclared refuses all but producers and officials.
func mayReadDeclared(who identity.Principal) error {
	if err := who.MayRead(areaOf(who)); err != nil {
		return err
	}
	if !who.Is(identity.Producer) && !watches(who) {
		return fault.ErrForbidden.With()
	}
	return nil
}

// DeclarationFilter narrows a list of declarations; empty fields ask for nothing.
type DeclarationFilter struct {
	Page

	OrganisationID uuid.UUID
	MemorandumID   uuid.UUID
	Line, Channel  string
	From, To       civil.Date // months that touch these days
	// History asks also for what was corrected since.
	History bool
}

const listedDeclarations = `
		 WHERE ($1 OR d.organisation_id = $2 OR o.province = $3)
		   AND (CAST($4 AS uuid) IS NULL OR d.organisation_id = $4) AND (CAST($5 AS uuid) IS NULL OR d.memorandum_id = $5)
		   AND ($6 = '' OR d.line = $6) AND ($7 = '' OR d.channel = $7)
		   AND (CAST($8 AS date) IS NULL OR d.month >= date_trunc('month', CAST($8 AS date))) AND (CAST($9 AS date) IS NULL OR d.month <= $9)
		   AND ($10 OR c.id IS NULL)`

// conditions are what listedDeclarations asks of a declaration that a principal may see.
func (f DeclarationFilter) conditions(who identity.Principal) []any {
	return []any{
		who.Administrator, who.OrganisationID, provinceOf(who), postgres.NullID(f.OrganisationID), postgres.NullID(f.MemorandumID), f.Line, f.Channel,
		f.From, f.To, f.History,
	}
}

// Declarations is a page of what was declared, the latest entry first: a producer's own, for officials
// those of the producers of their province.
func (s *Service) Declarations(ctx context.Context, who identity.Principal, f DeclarationFilter) ([]Declaration, error) {
	if err := mayReadDeclared(who); err != nil {
		return nil, err
	}
	const query = selectDeclaration + listedDeclarations + ` AND (CAST($11 AS uuid) IS NULL OR d.id < $11) ORDER BY d.id DESC LIMIT $12`
	declarations := []Declaration{}
	err := s.db.Select(ctx, &declarations, query, append(f.conditions(who), postgres.NullID(f.After), f.Limit)...)
	return declarations, err
}
