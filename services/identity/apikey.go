package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
)

const (
	maxKeys    = 50
	shownOfKey = 8 // shown characters of a key behind its prefix
)

// APIKey is a key as it can be shown at any time.
type APIKey struct {
	ID         uuid.UUID        `db:"id"           json:"id"`
	Name       string           `db:"name"         json:"name"`
	Prefix     string           `db:"prefix"       doc:"How the key begins, to tell keys apart." json:"prefix"`
	Scopes     postgres.Strings `db:"scopes"       json:"scopes"`
	CreatedBy  uuid.UUID        `db:"created_by"   json:"created_by"`
	CreatedAt  time.Time        `db:"created_at"   json:"created_at"`
	ExpiresAt  *time.Time       `db:"expires_at"   json:"expires_at,omitempty"`
	LastUsedAt *time.Time       `db:"last_used_at" doc:"To the minute." json:"last_used_at,omitempty"`
	RevokedAt  *time.Time       `db:"revoked_at"   json:"revoked_at,omitempty"`
}

// NewAPIKey is a key just made, the only time its secret is known.
type NewAPIKey struct {
	APIKey

	Key string `doc:"Send it as Authorization: Bearer. It is shown once." json:"key"`
}

// KeyRequest is what an owner asks for.
type KeyRequest struct {
	Name      string     `json:"name"                 maxLength:"100" minLength:"1"`
	Scopes    []string   `doc:"area:read or area:write (which includes reading); areas: catalogue, supply, trade, monitor, identity." json:"scopes" maxItems:"10" minItems:"1"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// Scopes lists what an API key can be allowed to do.
func Scopes() []string {
	areas := [...]string{"catalogue", "supply", "trade", "monitor", area}
	scopes := make([]string, 0, 2*len(areas))
	for _, area := range areas {
		scopes = append(scopes, area+":read", area+":write")
	}
	return scopes
}

// CreateKey makes a key that acts for the caller's organisation as a member, within its scopes.
// Refused: ErrSessionRequired, ErrOwnerOnly, what MayWrite refuses, ErrTooManyKeys, and every field
// that is wrong.
func (s *Service) CreateKey(ctx context.Context, who Principal, request KeyRequest) (NewAPIKey, error) {
	if err := mayManage(who); err != nil {
		return NewAPIKey{}, err
	}
	var complaints fault.Collector
	checkName(&complaints, "name", request.Name)
	scopes := slices.Compact(slices.Sorted(slices.Values(request.Scopes)))
	if len(scopes) == 0 {
		complaints.Add("scopes", fault.ErrRequired)
	}
	for i, scope := range request.Scopes {
		if !slices.Contains(Scopes(), scope) {
			complaints.Add(fmt.Sprintf("scopes[%d]", i), fault.ErrUnknownValue, "value", scope, "allowed", strings.Join(Scopes(), ", "))
		}
	}
	if err := complaints.Err(); err != nil {
		return NewAPIKey{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (NewAPIKey, error) {
		return createKey(ctx, tx, who, strings.TrimSpace(request.Name), scopes, request.ExpiresAt)
	})
}

func createKey(ctx context.Context, tx *postgres.Tx, who Principal, name string, scopes []string, expires *time.Time) (NewAPIKey, error) {
	if expires != nil && !expires.After(tx.Now) {
		return NewAPIKey{}, ErrInThePast.At("expires_at")
	}
	if _, err := lockOrganisation(ctx, tx, who.OrganisationID); err != nil {
		return NewAPIKey{}, err
	}
	used := 0
	const count = `SELECT count(*) FROM identity.api_keys WHERE organisation_id = $1 AND revoked_at IS NULL`
	if err := tx.Get(ctx, &used, count, who.OrganisationID); err != nil {
		return NewAPIKey{}, err
	}
	if used >= maxKeys {
		return NewAPIKey{}, ErrTooManyKeys.With("max", maxKeys)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return NewAPIKey{}, fmt.Errorf("API key: %w", err)
	}
	token, hash := NewToken(keyPrefix)
	key := APIKey{
		ID: id, Name: name, Prefix: token[:len(keyPrefix)+shownOfKey], Scopes: scopes, CreatedBy: who.UserID,
		CreatedAt: tx.Now, ExpiresAt: expires,
	}
	const insert = `
		INSERT INTO identity.api_keys (id, organisation_id, name, prefix, key_hash, scopes, created_by, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	_, err = tx.Exec(ctx, insert, id, who.OrganisationID, name, key.Prefix, hash, postgres.Array(scopes), who.UserID, tx.Now, expires)
	if err != nil {
		return NewAPIKey{}, err
	}
	err = RecordTx(ctx, tx, who, "api_key.created", Subject{Kind: "api_key", ID: id}, map[string]any{"scopes": scopes})
	return NewAPIKey{APIKey: key, Key: token}, err
}

// Keys lists the organisation's keys, newest first, revoked ones too, at most limit of them behind
// a position. Refused as CreateKey, except that a suspended organisation reads on.
func (s *Service) Keys(ctx context.Context, who Principal, after Position, limit int) ([]APIKey, error) {
	if err := mayLookAfter(who); err != nil {
		return nil, err
	}
	const query = `
		SELECT id, name, prefix, scopes, created_by, created_at, expires_at, last_used_at, revoked_at
		  FROM identity.api_keys
		 WHERE organisation_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
		 ORDER BY created_at DESC, id DESC LIMIT $4`
	keys := []APIKey{}
	err := s.db.Select(ctx, &keys, query, who.OrganisationID, after.at(), after.ID, limit)
	return keys, err
}

// CountKeys counts what Keys would list, up to 10 000.
func (s *Service) CountKeys(ctx context.Context, who Principal) (int, error) {
	if err := mayLookAfter(who); err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*) FROM (SELECT 1 FROM identity.api_keys WHERE organisation_id = $1 LIMIT $2) counted`
	total := 0
	err := s.db.Get(ctx, &total, query, who.OrganisationID, countCap)
	return total, err
}

// RevokeKey ends a key at once; a suspended organisation may do so too. Refused: ErrSessionRequired,
// ErrOwnerOnly; fault.ErrNotFound for a key of another organisation or one that is revoked.
func (s *Service) RevokeKey(ctx context.Context, who Principal, id uuid.UUID) error {
	if err := mayLookAfter(who); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		const revoke = `
			UPDATE identity.api_keys SET revoked_at = $3 WHERE id = $1 AND organisation_id = $2 AND revoked_at IS NULL`
		n, err := tx.Exec(ctx, revoke, id, who.OrganisationID, tx.Now)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.ErrNotFound.With()
		}
		return RecordTx(ctx, tx, who, "api_key.revoked", Subject{Kind: "api_key", ID: id}, nil)
	})
}

// mayLookAfter admits owners in person, of approved and of suspended organisations.
func mayLookAfter(who Principal) error {
	if err := needsSession(who); err != nil {
		return err
	}
	if who.OrganisationID == uuid.Nil {
		return ErrNoOrganisation.With()
	}
	if who.Role != Owner {
		return ErrOwnerOnly.With()
	}
	return who.MayRead(area)
}

// mayManage admits owners in person, of approved organisations.
func mayManage(who Principal) error {
	if err := mayLookAfter(who); err != nil {
		return err
	}
	return who.MayWrite(area)
}
