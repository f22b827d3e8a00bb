package notify

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// mailBatch bounds how many notices one transaction mails.
const mailBatch = 500

// Mail puts the notices that have become due into the outbox of mail, one letter for each
// organisation however many notices it has by then, and returns whether there are more. Of
// several processes each takes its own.
func (s *Service) Mail(ctx context.Context) (bool, error) {
	more := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		const claim = `
			WITH due AS (
				SELECT u.id FROM notify.notices u
				 WHERE u.mailed_at IS NULL AND u.due_at <= $1 ORDER BY u.due_at LIMIT $2 FOR UPDATE SKIP LOCKED
			), claimed AS (
				UPDATE notify.notices m SET mailed_at = $1 FROM due d WHERE m.id = d.id
				RETURNING m.id, m.organisation_id, m.kind, m.facts, m.certificate_id, m.inquiry_id, m.line_id, m.quote_id, m.award_id, m.due_at, m.read_at)
			SELECT n.id, n.organisation_id, n.kind, n.facts, n.certificate_id, n.inquiry_id, n.line_id, n.quote_id, n.award_id, n.due_at,
			       n.read_at, k.title_vi, k.title_en, k.text_vi, k.text_en
			  FROM claimed n JOIN notify.kinds k ON k.code = n.kind AND k.mailed
			 ORDER BY n.organisation_id, n.due_at, n.id`
		var rows []noticeRow
		if err := tx.Select(ctx, &rows, claim, tx.Now, mailBatch); err != nil {
			return err
		}
		more = len(rows) == mailBatch
		return s.post(ctx, tx, rows)
	})
	return more, err
}

// post writes a letter to each organisation among the rows.
func (s *Service) post(ctx context.Context, tx *postgres.Tx, rows []noticeRow) error {
	called, err := s.namesIn(ctx, tx, rows)
	if err != nil {
		return err
	}
	var order []uuid.UUID
	byOrganisation := make(map[uuid.UUID][]noticeRow)
	for _, row := range rows {
		if len(byOrganisation[row.OrganisationID]) == 0 {
			order = append(order, row.OrganisationID)
		}
		byOrganisation[row.OrganisationID] = append(byOrganisation[row.OrganisationID], row)
	}
	for _, organisation := range order {
		if err := identity.LetterTx(ctx, tx, organisation, called.letter(byOrganisation[organisation])); err != nil {
			return err
		}
	}
	return nil
}

// letter is one notice, or a list of several.
func (n names) letter(rows []noticeRow) identity.Letter {
	letter := identity.Letter{
		SubjectVI: n.fill(rows[0].TitleVI, rows[0], ""), SubjectEN: n.fill(rows[0].TitleEN, rows[0], reference.English),
	}
	if more := len(rows) - 1; more > 0 {
		letter.SubjectVI += " (và " + strconv.Itoa(more) + " thông báo khác)"
		letter.SubjectEN += " (and " + strconv.Itoa(more) + " more)"
	}
	vietnamese, english := make([]string, 0, len(rows)+1), make([]string, 0, len(rows)+1)
	for _, row := range rows {
		vietnamese = append(vietnamese, n.fill(row.TextVI, row, ""))
		english = append(english, n.fill(row.TextEN, row, reference.English))
	}
	letter.TextVI = strings.Join(append(vietnamese, "{link}"), "\n\n")
	letter.TextEN = strings.Join(append(english, "{link}"), "\n\n")
	return letter
}
