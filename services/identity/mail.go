package identity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// mailKind names a message; the texts are in mail_texts.go.
type mailKind string

const (
	mailReceived   mailKind = "application_received"
	mailKnownLogin mailKind = "application_known_login"
	mailReset      mailKind = "password_reset"
	mailInvitation mailKind = "invitation"
	mailApproved   mailKind = "organisation_approved"
	mailRejected   mailKind = "organisation_rejected"
	mailSuspended  mailKind = "organisation_suspended"
	mailReinstated mailKind = "organisation_reinstated"
)

//nolint:gochecknoglobals // a constant table
var mailDecision = map[decision]mailKind{
	approve: mailApproved, reject: mailRejected, suspend: mailSuspended, reinstate: mailReinstated,
}

// mailBatch is how many messages one worker takes at a time.
const mailBatch = 50

// mailParams is what a message says beyond its kind, its person and its organisation.
type mailParams struct {
	Reason string `json:"reason,omitempty"`
	// Letter is set for messages that carry their words with them.
	Letter *Letter `json:"letter,omitempty"`
}

// mailTx puts a message to a person into the outbox.
func mailTx(ctx context.Context, tx *postgres.Tx, kind mailKind, user, organisation uuid.UUID, reason string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	const insert = `
		INSERT INTO identity.messages (id, kind, user_id, organisation_id, params, created_at, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, now())`
	_, err = tx.Exec(ctx, insert, id, kind, user, postgres.NullID(organisation), postgres.JSON[mailParams]{V: mailParams{Reason: reason}}, tx.Now)
	return err
}

// mailLoginTx puts a message to whoever has one of the logins into the outbox, perhaps to nobody.
func mailLoginTx(ctx context.Context, tx *postgres.Tx, kind mailKind, logins login) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	const insert = `
		INSERT INTO identity.messages (id, kind, user_id, created_at, due_at)
		VALUES ($1, $2, (SELECT u.id FROM identity.users u WHERE u.email = NULLIF($3, '') OR u.phone = NULLIF($4, '') LIMIT 1), $5, now())`
	_, err = tx.Exec(ctx, insert, id, kind, logins.email, logins.phone, tx.Now)
	return err
}

// mailOwnersTx tells all owners of an organisation.
func mailOwnersTx(ctx context.Context, tx *postgres.Tx, kind mailKind, organisation uuid.UUID, reason string) error {
	const query = `
		SELECT user_id FROM identity.memberships
		 WHERE organisation_id = $1 AND role = 'owner' AND accepted_at IS NOT NULL ORDER BY user_id`
	var owners []uuid.UUID
	if err := tx.Select(ctx, &owners, query, organisation); err != nil {
		return err
	}
	for _, owner := range owners {
		if err := mailTx(ctx, tx, kind, owner, organisation, reason); err != nil {
			return err
		}
	}
	return nil
}

// message is one that is due, with what is needed to write it.
type message struct {
	ID               uuid.UUID                 `db:"id"`
	Kind             mailKind                  `db:"kind"`
	UserID           uuid.NullUUID             `db:"user_id"`
	Params           postgres.JSON[mailParams] `db:"params"`
	CreatedAt        time.Time                 `db:"created_at"`
	PersonName       string                    `db:"person_name"`
	Email            string                    `db:"email"`
	Phone            string                    `db:"phone"`
	HasPassword      bool                      `db:"has_password"`
	OrganisationName string                    `db:"organisation_name"`
}

// DeliverMail writes what is due as .eml files into Options.MailFolder, at most one batch, and
// returns how many messages it dealt with. Run it every second, and again at once while it
// returns something. A message is delivered at least once: after a crash it may come twice.
// Without a folder it does nothing and mail waits.
func (s *Service) DeliverMail(ctx context.Context) (int, error) {
	if s.options.MailFolder == "" {
		return 0, nil
	}
	due, err := claimMail(ctx, s.db)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	if err := os.MkdirAll(s.options.MailFolder, 0o700); err != nil {
		return 0, fmt.Errorf("mail folder: %w", err)
	}
	folder, err := os.OpenRoot(s.options.MailFolder)
	if err != nil {
		return 0, fmt.Errorf("mail folder: %w", err)
	}
	defer folder.Close()
	var failed error
	delivered := 0
	for _, message := range due {
		// One message that cannot be written must not hold up the others.
		if err := s.deliver(ctx, folder, message); err != nil {
			failed = errors.Join(failed, fmt.Errorf("message %s: %w", message.ID, err))
			continue
		}
		delivered++
	}
	return delivered, failed
}

// claimMail takes messages that are due out of other workers' reach for a minute.
func claimMail(ctx context.Context, db *postgres.DB) ([]message, error) {
	const claim = `
		WITH claimed AS (
			UPDATE identity.messages SET due_at = now() + interval '1 minute'
			 WHERE id IN (SELECT id FROM identity.messages WHERE sent_at IS NULL AND due_at <= now()
			               ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
			RETURNING id, kind, user_id, organisation_id, params, created_at)
		SELECT c.id, c.kind, c.user_id, c.params, c.created_at, COALESCE(u.name, '') AS person_name,
		       COALESCE(u.email, '') AS email, COALESCE(u.phone, '') AS phone, u.password_hash IS NOT NULL AS has_password,
		       COALESCE(o.name, '') AS organisation_name
		  FROM claimed c
		  LEFT JOIN identity.users u ON u.id = c.user_id
		  LEFT JOIN identity.organisations o ON o.id = c.organisation_id
		 ORDER BY c.created_at, c.id`
	var due []message
	err := db.Select(ctx, &due, claim, mailBatch)
	return due, err
}

func (s *Service) deliver(ctx context.Context, folder *os.Root, due message) error {
	if due.UserID.Valid {
		link, err := s.linkFor(ctx, due)
		if err != nil {
			return err
		}
		if err := writeMail(folder, due, s.compose(due, link)); err != nil {
			return err
		}
	}
	_, err := s.db.Exec(ctx, `UPDATE identity.messages SET sent_at = now() WHERE id = $1`, due.ID)
	return err
}

// linkFor makes the link of a message: to choose a password where that is what it is about, else
// to sign in.
func (s *Service) linkFor(ctx context.Context, due message) (string, error) {
	life := resetLife
	switch {
	case due.Kind == mailReset:
	case due.Kind == mailInvitation && !due.HasPassword:
		life = invitationLife
	default:
		return s.options.PublicURL, nil
	}
	token, err := issueReset(ctx, s.db, due.UserID.UUID, life)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(s.options.PublicURL, "/") + "/reset-password?token=" + url.QueryEscape(token), nil
}

// compose renders the message (RFC 5322). A person without an e-mail address gets it under the
// phone number at a reserved domain, for whoever passes messages on by hand.
func (s *Service) compose(due message, link string) []byte {
	to := due.Email
	if to == "" {
		to = due.Phone + "@sms.invalid"
	}
	subject, text := due.words(link)
	var out bytes.Buffer
	header := [][2]string{
		{"From", (&mail.Address{Name: "OCOP Market", Address: s.options.MailFrom}).String()},
		{"To", (&mail.Address{Name: due.PersonName, Address: to}).String()},
		{"Subject", mime.QEncoding.Encode("utf-8", subject)},
		{"Date", due.CreatedAt.Format(time.RFC1123Z)},
		{"Message-ID", "<" + due.ID.String() + "@ocop.example>"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "8bit"},
	}
	for _, line := range header {
		fmt.Fprintf(&out, "%s: %s\r\n", line[0], line[1])
	}
	out.WriteString("\r\n" + strings.ReplaceAll(text, "\n", "\r\n"))
	return out.Bytes()
}

// writeMail writes the file whole or not at all, readable by its owner only: it may hold a link.
func writeMail(folder *os.Root, due message, content []byte) error {
	name := due.CreatedAt.UTC().Format("20060102T150405Z") + "-" + due.ID.String()
	if err := folder.WriteFile(name+".part", content, 0o600); err != nil {
		return fmt.Errorf("writing mail: %w", err)
	}
	if err := folder.Rename(name+".part", name+".eml"); err != nil {
		return fmt.Errorf("writing mail: %w", err)
	}
	return nil
}
