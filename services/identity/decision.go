package identity

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
)

const maxReason = 1000

// Match refuses with fault.ErrStale a decision about another version than the one that was read.
type Match func(version int64) error

// Approve lets an applicant in. Refused: fault.ErrForbidden to whoever decides about nobody,
// fault.ErrNotFound for an organisation that the caller does not oversee, ErrOrganisationState
// when it is not waiting, and by match where there is one.
func (s *Service) Approve(ctx context.Context, who Principal, id uuid.UUID, match ...Match) (Organisation, error) {
	return s.decide(ctx, who, id, approve, "", match)
}

// Reject refuses an applicant with a reason that its owners are told. They may amend the
// application, which puts it forward again. Refused as Approve.
func (s *Service) Reject(ctx context.Context, who Principal, id uuid.UUID, reason string, match ...Match) (Organisation, error) {
	return s.decide(ctx, who, id, reject, reason, match)
}

// Suspend stops an approved organisation: it reads on and changes nothing. Refused as Approve.
func (s *Service) Suspend(ctx context.Context, who Principal, id uuid.UUID, reason string, match ...Match) (Organisation, error) {
	return s.decide(ctx, who, id, suspend, reason, match)
}

// Reinstate ends a suspension. Refused as Approve.
func (s *Service) Reinstate(ctx context.Context, who Principal, id uuid.UUID, match ...Match) (Organisation, error) {
	return s.decide(ctx, who, id, reinstate, "", match)
}

func (s *Service) decide(ctx context.Context, who Principal, id uuid.UUID, taken decision, reason string, match []Match) (Organisation, error) {
	if err := mayDecide(who); err != nil {
		return Organisation{}, err
	}
	reason = strings.TrimSpace(reason)
	switch length := utf8.RuneCountInString(reason); {
	case length == 0 && (taken == reject || taken == suspend):
		return Organisation{}, fault.ErrRequired.At("reason")
	case length > maxReason:
		return Organisation{}, fault.ErrTooLong.At("reason", "max", maxReason)
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Organisation, error) {
		return decide(ctx, tx, who, id, taken, reason, match)
	})
}

// mayDecide tells whether the caller decides about organisations at all; about which ones is
// asked once the organisation is known.
func mayDecide(who Principal) error {
	if err := who.MayWrite(area); err != nil {
		return err
	}
	if !who.Official() && !who.Administrator {
		return fault.ErrForbidden.With()
	}
	return nil
}

func decide(ctx context.Context, tx *postgres.Tx, who Principal, id uuid.UUID, taken decision, reason string, match []Match) (Organisation, error) {
	organisation, err := lockOrganisation(ctx, tx, id)
	if err != nil {
		return Organisation{}, err
	}
	if !who.Oversees(organisation.Kind) {
		return Organisation{}, fault.ErrNotFound.With()
	}
	for _, each := range match {
		if err := each(organisation.Version); err != nil {
			return Organisation{}, err
		}
	}
	state, err := next(organisation.State, taken)
	if err != nil {
		return Organisation{}, err
	}
	const update = `
		UPDATE identity.organisations SET state = $2, reason = $3, version = version + 1, updated_at = $4 WHERE id = $1`
	if _, err := tx.Exec(ctx, update, id, state, reason, tx.Now); err != nil {
		return Organisation{}, err
	}
	action := map[decision]string{
		approve: "organisation.approved", reject: "organisation.rejected",
		suspend: "organisation.suspended", reinstate: "organisation.reinstated",
	}[taken]
	detail := map[string]any{"from": organisation.State, "to": state}
	if err := RecordTx(ctx, tx, who, action, Subject{Kind: "organisation", ID: id}, detail); err != nil {
		return Organisation{}, err
	}
	if !who.platform() {
		if err := mailOwnersTx(ctx, tx, mailDecision[taken], id, reason); err != nil {
			return Organisation{}, err
		}
	}
	organisation.State, organisation.Reason, organisation.UpdatedAt = state, reason, tx.Now
	organisation.Version++
	return organisation, nil
}
