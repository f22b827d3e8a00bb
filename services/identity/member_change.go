package identity

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// ChangeRole gives a member another role. Refused: as Invite; fault.ErrNotFound for whoever is no
// member; ErrLastOwner.
func (s *Service) ChangeRole(ctx context.Context, who Principal, user uuid.UUID, role Role) (Membership, error) {
	if err := mayManage(who); err != nil {
		return Membership{}, err
	}
	var complaints fault.Collector
	checkRole(&complaints, role)
	if err := complaints.Err(); err != nil {
		return Membership{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Membership, error) {
		return changeRole(ctx, tx, who, user, role)
	})
}

func changeRole(ctx context.Context, tx *postgres.Tx, who Principal, user uuid.UUID, role Role) (Membership, error) {
	before, err := lockMember(ctx, tx, who.OrganisationID, user)
	if err != nil {
		return Membership{}, err
	}
	const update = `UPDATE identity.memberships SET role = $3 WHERE organisation_id = $1 AND user_id = $2`
	if _, err := tx.Exec(ctx, update, who.OrganisationID, user, role); err != nil {
		return Membership{}, err
	}
	if err := keepsOwner(ctx, tx, who.OrganisationID); err != nil {
		return Membership{}, err
	}
	detail := map[string]any{"from": before.Role, "to": role}
	before.Role = role
	return before, RecordTx(ctx, tx, who, "member.role_changed", Subject{Kind: "user", ID: user}, detail)
}

// RemoveMember ends a membership or takes an invitation back; a person may also leave. The keys
// that the person made for the organisation end with it. Refused: ErrOwnerOnly to whoever removes
// somebody else, fault.ErrNotFound, ErrLastOwner.
func (s *Service) RemoveMember(ctx context.Context, who Principal, user uuid.UUID) error {
	if err := needsSession(who); err != nil {
		return err
	}
	if user != who.UserID {
		if err := mayManage(who); err != nil {
			return err
		}
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		return removeMember(ctx, tx, who, who.OrganisationID, user, "member.removed")
	})
}

func removeMember(ctx context.Context, tx *postgres.Tx, who Principal, organisation, user uuid.UUID, action string) error {
	before, err := lockMember(ctx, tx, organisation, user)
	if err != nil {
		return err
	}
	const remove = `DELETE FROM identity.memberships WHERE organisation_id = $1 AND user_id = $2`
	if _, err := tx.Exec(ctx, remove, organisation, user); err != nil {
		return err
	}
	if err := keepsOwner(ctx, tx, organisation); err != nil {
		return err
	}
	const revoke = `
		UPDATE identity.api_keys SET revoked_at = $3 WHERE organisation_id = $1 AND created_by = $2 AND revoked_at IS NULL`
	keys, err := tx.Exec(ctx, revoke, organisation, user, tx.Now)
	if err != nil {
		return err
	}
	detail := map[string]any{"role": before.Role, "organisation": organisation, "keys_revoked": keys}
	return RecordTx(ctx, tx, who, action, Subject{Kind: "user", ID: user}, detail)
}

// lockMember reads a member and holds the organisation, so that two owners cannot both leave.
func lockMember(ctx context.Context, tx *postgres.Tx, organisation, user uuid.UUID) (Membership, error) {
	if _, err := lockOrganisation(ctx, tx, organisation); err != nil {
		return Membership{}, err
	}
	return member(ctx, tx, organisation, user)
}

// keepsOwner refuses a change that left the organisation without an owner.
func keepsOwner(ctx context.Context, tx *postgres.Tx, organisation uuid.UUID) error {
	owners := 0
	const count = `
		SELECT count(*) FROM identity.memberships WHERE organisation_id = $1 AND role = 'owner' AND accepted_at IS NOT NULL`
	if err := tx.Get(ctx, &owners, count, organisation); err != nil {
		return err
	}
	if owners == 0 {
		return ErrLastOwner.With()
	}
	return nil
}

// AcceptInvitation makes the caller a member of the organisation that invited them.
// Refused: ErrSessionRequired; fault.ErrNotFound without an open invitation.
func (s *Service) AcceptInvitation(ctx context.Context, who Principal, organisation uuid.UUID) error {
	if err := needsSession(who); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		const accept = `
			UPDATE identity.memberships SET accepted_at = $3
			 WHERE organisation_id = $1 AND user_id = $2 AND accepted_at IS NULL`
		n, err := tx.Exec(ctx, accept, organisation, who.UserID, tx.Now)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.ErrNotFound.With()
		}
		who.OrganisationID = organisation
		return RecordTx(ctx, tx, who, "member.joined", Subject{Kind: "organisation", ID: organisation}, nil)
	})
}

// DeclineInvitation removes an open invitation of the caller. Refused as AcceptInvitation.
func (s *Service) DeclineInvitation(ctx context.Context, who Principal, organisation uuid.UUID) error {
	if err := needsSession(who); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		const decline = `
			DELETE FROM identity.memberships WHERE organisation_id = $1 AND user_id = $2 AND accepted_at IS NULL`
		n, err := tx.Exec(ctx, decline, organisation, who.UserID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.ErrNotFound.With()
		}
		who.OrganisationID = organisation
		return RecordTx(ctx, tx, who, "member.declined", Subject{Kind: "organisation", ID: organisation}, nil)
	})
}
