package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// User is a person who signs in, as that person sees it.
type User struct {
	ID            uuid.UUID `db:"id"            json:"id"`
	Name          string    `db:"name"          json:"name"`
	Email         string    `db:"email"         json:"email,omitempty"`
	Phone         string    `db:"phone"         doc:"E.164." json:"phone,omitempty"`
	Administrator bool      `db:"administrator" doc:"Runs the platform." json:"administrator"`
}

// account is a user with what only this package may see.
type account struct {
	User

	PasswordHash string `db:"password_hash"`
}

const accountColumns = `
	u.id, u.name, COALESCE(u.email, '') AS email, COALESCE(u.phone, '') AS phone, u.administrator,
	COALESCE(u.password_hash, '') AS password_hash`

// NewUser is a person as they introduce themselves. Email, phone or both are the logins.
type NewUser struct {
	Name     string `doc:"The person's name."                       json:"name"            maxLength:"200" minLength:"1"`
	Email    string `doc:"Needed unless there is a phone number."   json:"email,omitempty" maxLength:"254"`
	Phone    string `doc:"Vietnamese or international notation."    json:"phone,omitempty" maxLength:"40"`
	Password string `doc:"10 to 200 characters; a phrase is best." json:"password"        maxLength:"200"`
}

// check reads the logins and notes what is wrong. The platform itself may make a person without
// a password, who asks for a reset before signing in.
func (u NewUser) check(who Principal, complaints *fault.Collector) (login, error) {
	checkName(complaints, "name", u.Name)
	logins, err := readLogins(complaints, u.Email, u.Phone)
	if err != nil {
		return login{}, err
	}
	if u.Password != "" || !who.platform() {
		checkPassword(complaints, "password", u.Password, logins.email, logins.phone)
	}
	return logins, nil
}

// CreateAdministrator makes the person an administrator of the platform: the first one comes from
// the command line. Refused: a field that is wrong, ErrLoginTaken.
func (s *Service) CreateAdministrator(ctx context.Context, person NewUser) error {
	who := SystemPrincipal()
	var complaints fault.Collector
	logins, err := person.check(Principal{}, &complaints)
	if err != nil {
		return err
	}
	if err := complaints.Err(); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, person.Password)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		id, err := insertUser(ctx, tx, person.Name, logins, hash, true)
		if err != nil {
			return err
		}
		if id == uuid.Nil {
			return ErrLoginTaken.With()
		}
		return RecordTx(ctx, tx, who, "user.created", Subject{Kind: "user", ID: id}, map[string]any{"administrator": true})
	})
}

// insertUser adds a person and returns the id, or the zero id when a login is taken. An empty
// hash means that the person cannot sign in before choosing a password.
func insertUser(ctx context.Context, tx *postgres.Tx, name string, logins login, hash string, administrator bool) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("user: %w", err)
	}
	const insert = `
		INSERT INTO identity.users (id, name, email, phone, password_hash, administrator, created_at, updated_at)
		VALUES ($1, $2, NULLIF($3, ''), NULLIF($4, ''), NULLIF($5, ''), $6, $7, $7)
		ON CONFLICT DO NOTHING`
	n, err := tx.Exec(ctx, insert, id, name, logins.email, logins.phone, hash, administrator, tx.Now)
	if err != nil || n == 0 {
		return uuid.Nil, err
	}
	return id, nil
}

// accountByLogin finds the person with either login; the zero account when there is none.
func accountByLogin(ctx context.Context, reader postgres.Reader, logins login) (account, error) {
	const query = `
		SELECT ` + accountColumns + ` FROM identity.users u
		 WHERE u.email = NULLIF($1, '') OR u.phone = NULLIF($2, '') LIMIT 1`
	return oneAccount(ctx, reader, query, logins.email, logins.phone)
}

func accountByID(ctx context.Context, reader postgres.Reader, id uuid.UUID) (account, error) {
	const query = `SELECT ` + accountColumns + ` FROM identity.users u WHERE u.id = $1`
	return oneAccount(ctx, reader, query, id)
}

func oneAccount(ctx context.Context, reader postgres.Reader, query string, args ...any) (account, error) {
	var found account
	err := reader.Get(ctx, &found, query, args...)
	if errors.Is(err, postgres.ErrNoRows) {
		return account{}, nil
	}
	return found, err
}

// UserChange is what a person changes of themselves; empty fields stay.
type UserChange struct {
	Name            string `json:"name,omitempty"             maxLength:"200"`
	Password        string `json:"password,omitempty"         doc:"The new password; needs current_password." maxLength:"200"`
	CurrentPassword string `json:"current_password,omitempty" maxLength:"200"`
}

// ChangeMe changes the caller's own name or password. A new password ends all other sessions.
// Refused: ErrSessionRequired, ErrCurrentPassword, ErrTooManyAttempts, a password that will not do.
func (s *Service) ChangeMe(ctx context.Context, who Principal, change UserChange) (User, error) {
	if err := needsSession(who); err != nil {
		return User{}, err
	}
	me, err := accountByID(ctx, s.db, who.UserID)
	if err != nil {
		return User{}, err
	}
	var complaints fault.Collector
	if change.Name != "" {
		checkName(&complaints, "name", change.Name)
	}
	if change.Password != "" {
		checkPassword(&complaints, "password", change.Password, me.Email, me.Phone)
	}
	if err := complaints.Err(); err != nil {
		return User{}, err
	}
	hash := ""
	if change.Password != "" {
		if err := s.confirmPassword(ctx, me, change.CurrentPassword); err != nil {
			return User{}, err
		}
		if hash, err = s.hasher.hash(ctx, change.Password); err != nil {
			return User{}, err
		}
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (User, error) {
		return changeMe(ctx, tx, who, me, change.Name, hash)
	})
}

func changeMe(ctx context.Context, tx *postgres.Tx, who Principal, me account, name, hash string) (User, error) {
	const update = `
		UPDATE identity.users
		   SET name = COALESCE(NULLIF($2, ''), name), password_hash = COALESCE(NULLIF($3, ''), password_hash), updated_at = $4
		 WHERE id = $1`
	if _, err := tx.Exec(ctx, update, who.UserID, name, hash, tx.Now); err != nil {
		return User{}, err
	}
	if hash != "" {
		const others = `UPDATE identity.sessions SET revoked_at = $3 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL`
		if _, err := tx.Exec(ctx, others, who.UserID, who.SessionID, tx.Now); err != nil {
			return User{}, err
		}
	}
	if name != "" {
		me.Name = name
	}
	detail := map[string]any{"name": name != "", "password": hash != ""}
	return me.User, RecordTx(ctx, tx, who, "user.changed", Subject{Kind: "user", ID: who.UserID}, detail)
}

// confirmPassword checks the current password of somebody signed in, counting failures as
// signing in does: a stolen session must not become a way to guess.
func (s *Service) confirmPassword(ctx context.Context, me account, password string) error {
	counters := signinCounters(ctx, me, "")
	return s.hasher.turn(ctx, func() error {
		counts, err := attempts(ctx, s.db, failureWindow, counters...)
		if err != nil {
			return err
		}
		if err := reached(counts, s.options.failureLimits()); err != nil {
			return err
		}
		match, err := s.hasher.matches(password, me.PasswordHash)
		if err != nil || match {
			return err
		}
		if counts, err = countAttempt(ctx, s.db, failureWindow, counters...); err != nil {
			return err
		}
		if err := reached(counts, s.options.failureLimits()); err != nil {
			return err
		}
		return ErrCurrentPassword.At("current_password")
	})
}

// needsSession refuses anonymous callers and API keys.
func needsSession(who Principal) error {
	switch {
	case !who.SignedIn():
		return fault.ErrUnauthenticated.With()
	case who.KeyID != uuid.Nil:
		return ErrSessionRequired.With()
	default:
		return nil
	}
}
