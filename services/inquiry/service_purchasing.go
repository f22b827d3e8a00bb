package inquiry

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// Match compares the version that would be changed with what the caller expects; nil: whatever it is.
type Match func(version int64) error

// Purchasing returns how the principal's organisation buys. Refused: who is no buyer.
func (s *Service) Purchasing(ctx context.Context, who identity.Principal) (Purchasing, error) {
	if err := who.MayRead(area); err != nil {
		return Purchasing{}, err
	}
	if !who.Is(identity.Buyer) {
		return Purchasing{}, fault.ErrForbidden.With()
	}
	return purchasing(ctx, s.db, who.OrganisationID)
}

// SetPurchasing changes how the principal's organisation buys; what was before stays in the history.
// Refused: identity.ErrOwnerOnly, fault.ErrStale by match or when another change came first,
// ErrNotAColleague for an approver who does no work in the organisation.
func (s *Service) SetPurchasing(ctx context.Context, who identity.Principal, match Match, change PurchasingChange) (Purchasing, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Purchasing{}, err
	}
	if who.Role != identity.Owner || who.KeyID != uuid.Nil {
		return Purchasing{}, identity.ErrOwnerOnly.With()
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Purchasing, error) {
		before, err := purchasing(ctx, tx, who.OrganisationID)
		if err != nil {
			return Purchasing{}, err
		}
		if match != nil {
			if err := match(before.Version); err != nil {
				return Purchasing{}, err
			}
		}
		after, err := before.with(change, who.UserID, tx.Now)
		if err != nil {
			return Purchasing{}, err
		}
		if change.Approvers != nil {
			if err := colleagues(ctx, tx, who.OrganisationID, after.Approvers); err != nil {
				return Purchasing{}, err
			}
		}
		if err := insertPurchasing(ctx, tx, who.OrganisationID, after); err != nil {
			return Purchasing{}, err
		}
		subject := identity.Subject{Kind: "organisation", ID: who.OrganisationID}
		detail := map[string]any{"award_limit_vnd": after.AwardLimitVND, "proposal_hours": after.ProposalHours, "approvers": after.Approvers, "version": after.Version}
		return after, identity.RecordTx(ctx, tx, who, "purchasing.changed", subject, detail)
	})
}

// colleagues refuses approvers who do no work in the organisation.
func colleagues(ctx context.Context, tx *postgres.Tx, organisation uuid.UUID, approvers []uuid.UUID) error {
	if len(approvers) == 0 {
		return nil
	}
	working, err := identity.WorkersIn(ctx, tx, organisation, approvers)
	if err != nil {
		return err
	}
	if len(working) < len(approvers) {
		return ErrNotAColleague.At("approvers")
	}
	return nil
}

// purchasing reads the rules that count now.
func purchasing(ctx context.Context, reader postgres.Reader, organisation uuid.UUID) (Purchasing, error) {
	const query = `
		SELECT award_limit_vnd, proposal_hours, to_jsonb(approvers) AS approvers, version, set_at, set_by
		  FROM inquiry.purchasing_rules WHERE organisation_id = $1 ORDER BY version DESC LIMIT 1`
	var row struct {
		AwardLimitVND money.VND                  `db:"award_limit_vnd"`
		ProposalHours int                        `db:"proposal_hours"`
		Approvers     postgres.JSON[[]uuid.UUID] `db:"approvers"`
		Version       int64                      `db:"version"`
		SetAt         time.Time                  `db:"set_at"`
		SetBy         uuid.UUID                  `db:"set_by"`
	}
	err := reader.Get(ctx, &row, query, organisation)
	if errors.Is(err, postgres.ErrNoRows) {
		return Purchasing{ProposalHours: defaultProposalHours, Approvers: []uuid.UUID{}}, nil
	}
	if err != nil {
		return Purchasing{}, err
	}
	return Purchasing{
		AwardLimitVND: row.AwardLimitVND, ProposalHours: row.ProposalHours, Approvers: row.Approvers.V, Version: row.Version,
		SetAt: &row.SetAt, SetBy: &row.SetBy,
	}, nil
}

func insertPurchasing(ctx context.Context, tx *postgres.Tx, organisation uuid.UUID, rules Purchasing) error {
	const insert = `
		INSERT INTO inquiry.purchasing_rules (organisation_id, version, award_limit_vnd, proposal_hours, approvers, set_at, set_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	_, err := tx.Exec(ctx, insert, organisation, rules.Version, rules.AwardLimitVND, rules.ProposalHours, postgres.Array(rules.Approvers),
		rules.SetAt, rules.SetBy)
	return postgres.MapConstraint(err, map[string]*fault.Definition{"purchasing_version_once": fault.ErrStale})
}
