package identity

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Letter is a message that a service above has worded, in both languages. {link} stands for the
// address where people sign in.
type Letter struct {
	SubjectVI string `json:"subject_vi"`
	SubjectEN string `json:"subject_en"`
	TextVI    string `json:"text_vi"`
	TextEN    string `json:"text_en"`
}

// mailLetter is the kind of messages that carry their words with them.
const mailLetter mailKind = "letter"

// LetterTx puts a letter to all owners of an organisation into the outbox, in the caller's
// transaction.
func LetterTx(ctx context.Context, tx *postgres.Tx, organisation uuid.UUID, letter Letter) error {
	const insert = `
		INSERT INTO identity.messages (id, kind, user_id, organisation_id, params, created_at, due_at)
		SELECT gen_random_uuid(), $2, m.user_id, m.organisation_id, $3, $4, now()
		  FROM identity.memberships m
		 WHERE m.organisation_id = $1 AND m.role = 'owner' AND m.accepted_at IS NOT NULL`
	_, err := tx.Exec(ctx, insert, organisation, mailLetter, postgres.JSON[mailParams]{V: mailParams{Letter: &letter}}, tx.Now)
	return err
}

// words are those of the letter, Vietnamese first, as in all mail.
func (l *Letter) words(link string) (subject, text string) {
	fill := strings.NewReplacer("{link}", link)
	return l.SubjectVI + " / " + l.SubjectEN, fill.Replace(l.TextVI + "\n\n--\n\n" + l.TextEN + "\n")
}
