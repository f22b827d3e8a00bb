package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// newNotice is a notice to be written, in the form that the insert reads.
type newNotice struct {
	ID             uuid.UUID     `json:"id"`
	OrganisationID uuid.UUID     `json:"organisation_id"`
	Kind           string        `json:"kind"`
	Facts          facts         `json:"facts"`
	CertificateID  uuid.NullUUID `json:"certificate_id"`
	InquiryID      uuid.NullUUID `json:"inquiry_id"`
	LineID         uuid.NullUUID `json:"line_id"`
	QuoteID        uuid.NullUUID `json:"quote_id"`
	AwardID        uuid.NullUUID `json:"award_id"`
	MemorandumID   uuid.NullUUID `json:"memorandum_id"`
	TradeEventID   uuid.NullUUID `json:"trade_event_id"`
	// Once is what the notice is about: an organisation is told it once.
	Once  string    `json:"once"`
	DueAt time.Time `json:"due_at"`
}

// insertNotices writes those that were not told before, in one statement.
func insertNotices(ctx context.Context, tx *postgres.Tx, notices []newNotice) error {
	if len(notices) == 0 {
		return nil
	}
	for at := range notices {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("naming a notice: %w", err)
		}
		notices[at].ID = id
	}
	const insert = `
		INSERT INTO notify.notices (id, organisation_id, kind, facts, certificate_id, inquiry_id, line_id, quote_id, award_id, memorandum_id,
		       trade_event_id, once, created_at, due_at)
		SELECT n.id, n.organisation_id, n.kind, n.facts, n.certificate_id, n.inquiry_id, n.line_id, n.quote_id, n.award_id, n.memorandum_id,
		       n.trade_event_id, n.once, $2, n.due_at
		  FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS n(id uuid, organisation_id uuid, kind text, facts jsonb, certificate_id uuid,
		       inquiry_id uuid, line_id uuid, quote_id uuid, award_id uuid, memorandum_id uuid, trade_event_id uuid, once text, due_at timestamptz)
		    ON CONFLICT (organisation_id, once) DO NOTHING`
	_, err := tx.Exec(ctx, insert, postgres.JSON[[]newNotice]{V: notices}, tx.Now)
	return err
}

// noticeRow is a notice with the words of its kind.
type noticeRow struct {
	ID             uuid.UUID            `db:"id"`
	OrganisationID uuid.UUID            `db:"organisation_id"`
	Kind           string               `db:"kind"`
	Facts          postgres.JSON[facts] `db:"facts"`
	CertificateID  uuid.NullUUID        `db:"certificate_id"`
	InquiryID      uuid.NullUUID        `db:"inquiry_id"`
	LineID         uuid.NullUUID        `db:"line_id"`
	QuoteID        uuid.NullUUID        `db:"quote_id"`
	AwardID        uuid.NullUUID        `db:"award_id"`
	MemorandumID   uuid.NullUUID        `db:"memorandum_id"`
	TradeEventID   uuid.NullUUID        `db:"trade_event_id"`
	DueAt          time.Time            `db:"due_at"`
	ReadAt         *time.Time           `db:"read_at"`
	TitleVI        string               `db:"title_vi"`
	TitleEN        string               `db:"title_en"`
	TextVI         string               `db:"text_vi"`
	TextEN         string               `db:"text_en"`
}

const selectNotices = `
	SELECT n.id, n.organisation_id, n.kind, n.facts, n.certificate_id, n.inquiry_id, n.line_id, n.quote_id, n.award_id, n.memorandum_id,
	       n.trade_event_id, n.due_at, n.read_at, k.title_vi, k.title_en, k.text_vi, k.text_en
	  FROM notify.notices n JOIN notify.kinds k ON k.code = n.kind`

// noticePage reads an organisation's notices that are due, newest first.
func noticePage(ctx context.Context, reader postgres.Reader, organisation uuid.UUID, page Page, now *time.Time) ([]noticeRow, error) {
	const query = selectNotices + `
		 WHERE n.organisation_id = $1 AND n.due_at <= coalesce($5, now()) AND (NOT $2 OR n.read_at IS NULL)
		   AND (CAST($3 AS uuid) IS NULL
		        OR (n.due_at, n.id) < (SELECT a.due_at, a.id FROM notify.notices a WHERE a.id = $3 AND a.organisation_id = $1))
		 ORDER BY n.due_at DESC, n.id DESC LIMIT $4`
	var rows []noticeRow
	err := reader.Select(ctx, &rows, query, organisation, page.Unread, postgres.NullID(page.Before), page.Limit, now)
	return rows, err
}

// maxTotal caps what is counted: more is as good as this many.
const maxTotal = 10_000

func countNotices(ctx context.Context, reader postgres.Reader, organisation uuid.UUID, unread bool, now *time.Time) (int, error) {
	const query = `
		SELECT count(*) FROM (SELECT FROM notify.notices
		                       WHERE organisation_id = $1 AND due_at <= coalesce($4, now()) AND (NOT $2 OR read_at IS NULL) LIMIT $3) listed`
	var total int
	err := reader.Get(ctx, &total, query, organisation, unread, maxTotal, now)
	return total, err
}

// markRead notes who read a notice first; fault.ErrNotFound when the organisation has no such one.
func markRead(ctx context.Context, tx *postgres.Tx, organisation, user, id uuid.UUID) (noticeRow, error) {
	const update = `
		UPDATE notify.notices SET read_at = $4, read_by = $3
		 WHERE id = $2 AND organisation_id = $1 AND read_at IS NULL AND due_at <= $4`
	if _, err := tx.Exec(ctx, update, organisation, id, user, tx.Now); err != nil {
		return noticeRow{}, err
	}
	const query = selectNotices + ` WHERE n.id = $2 AND n.organisation_id = $1 AND n.due_at <= $3`
	var row noticeRow
	err := tx.Get(ctx, &row, query, organisation, id, tx.Now)
	if errors.Is(err, postgres.ErrNoRows) {
		return row, fault.ErrNotFound.With()
	}
	return row, err
}
