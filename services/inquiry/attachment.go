package inquiry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// maxAttachments is how many papers go with an inquiry; a constraint of the table keeps it.
const maxAttachments = 10

// Attachment is a paper that goes with an inquiry: a specification, a plan of the dock.
type Attachment struct {
	ID        uuid.UUID `db:"id"         json:"id"`
	InquiryID uuid.UUID `db:"inquiry_id" json:"inquiry_id"`
	Name      string    `db:"name"       json:"name"`
	Type      string    `db:"media_type" json:"type" enum:"application/pdf,image/jpeg,image/png"`
	Size      int64     `db:"size"       json:"size"`
	AddedAt   time.Time `db:"added_at"   json:"added_at"`

	Key string `db:"key" json:"-"`
}

const selectAttachments = `SELECT id, inquiry_id, name, media_type, size, added_at, key FROM inquiry.attachments`

// WithFiles returns the same service with a place for attachments; without one they are refused.
func (s *Service) WithFiles(keeper *files.Keeper) *Service {
	other := *s
	other.files = keeper
	return &other
}

// Attach adds a paper to an inquiry of the buyer's that has not ended. What it is follows from its
// bytes. Refused: what catalog.ReadScan refuses, and more than ten (ErrTooManyAttachments).
func (s *Service) Attach(ctx context.Context, who identity.Principal, inquiryID uuid.UUID, name string, content io.Reader) (Attachment, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Attachment{}, err
	}
	if s.files == nil {
		return Attachment{}, catalog.ErrNoScanStore.With()
	}
	data, kind, err := catalog.ReadScan(content)
	if err != nil {
		return Attachment{}, err
	}
	kept, err := s.files.Keep(ctx, kind, data)
	if err != nil {
		return Attachment{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Attachment, error) {
		return attach(ctx, tx, who, inquiryID, strings.TrimSpace(name), kept)
	})
}

func attach(ctx context.Context, tx *postgres.Tx, who identity.Principal, inquiryID uuid.UUID, name string, kept files.Kept) (Attachment, error) {
	if err := lockInquiry(ctx, tx, inquiryID, who.OrganisationID); err != nil {
		return Attachment{}, err
	}
	r, err := load(ctx, tx, inquiryID)
	if err != nil {
		return Attachment{}, err
	}
	if err := r.may(moveAmend, byBuyer, tx.Now); err != nil {
		return Attachment{}, err
	}
	id, err := newID()
	if err != nil {
		return Attachment{}, err
	}
	const insert = `
		INSERT INTO inquiry.attachments (id, inquiry_id, position, name, media_type, size, key, added_at)
		SELECT $1, $2, min(n), $3, $4, $5, $6, $7
		  FROM generate_series(1, 11) n
		 WHERE NOT EXISTS (SELECT FROM inquiry.attachments a WHERE a.inquiry_id = $2 AND a.position = n)`
	_, err = tx.Exec(ctx, insert, id, inquiryID, name, kept.Type, kept.Size, kept.Key, tx.Now)
	if postgres.Constraint(err) == "attachments_few" {
		return Attachment{}, ErrTooManyAttachments.With("max", maxAttachments).Because(err)
	}
	if err != nil {
		return Attachment{}, err
	}
	if err := files.HoldTx(ctx, tx, kept.Key, id); err != nil {
		return Attachment{}, err
	}
	if err := identity.RecordTx(ctx, tx, who, "inquiry.attached", subjectInquiry(inquiryID), map[string]any{"attachment_id": id}); err != nil {
		return Attachment{}, err
	}
	return Attachment{ID: id, InquiryID: inquiryID, Name: name, Type: kept.Type, Size: kept.Size, AddedAt: tx.Now}, nil
}

// Detach removes a paper from a buyer's inquiry that is a draft or has no quotes; its content is swept
// away as that of all files that nobody holds. Refused: fault.ErrNotFound, ErrNotOpen, and once there are
// quotes ErrAttachmentKept: they were given with the paper in hand, and an amendment says what holds
// instead. While quotes are sealed that is the answer whether there are any or not, or it would tell.
func (s *Service) Detach(ctx context.Context, who identity.Principal, id uuid.UUID) error {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return err
	}
	_, err := idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (struct{}, error) {
		return struct{}{}, detach(ctx, tx, who, id)
	})
	return err
}

func detach(ctx context.Context, tx *postgres.Tx, who identity.Principal, id uuid.UUID) error {
	const query = selectAttachments + ` WHERE id = $1`
	var found Attachment
	err := tx.Get(ctx, &found, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return fault.ErrNotFound.With()
	}
	if err != nil {
		return err
	}
	if err := lockInquiry(ctx, tx, found.InquiryID, who.OrganisationID); err != nil {
		return err
	}
	r, err := load(ctx, tx, found.InquiryID)
	if err != nil {
		return err
	}
	if err := r.may(moveAmend, byBuyer, tx.Now); err != nil {
		return err
	}
	// Whoever quotes holds a line, and all are locked: a quote is either seen here, or finds the paper gone.
	const answered = `SELECT EXISTS (SELECT FROM inquiry.quotes WHERE inquiry_id = $1 AND stage IN ('submitted', 'declined'))`
	var kept bool
	if err := tx.Get(ctx, &kept, answered, r.ID); err != nil {
		return err
	}
	if kept || !r.sealedUntil(tx.Now).IsZero() {
		return ErrAttachmentKept.With()
	}
	const remove = `DELETE FROM inquiry.attachments WHERE id = $1`
	n, err := tx.Exec(ctx, remove, id)
	if err != nil {
		return err
	}
	if n == 0 { // another took it away meanwhile
		return fault.ErrNotFound.With()
	}
	if err := files.ReleaseTx(ctx, tx, found.Key, id); err != nil {
		return err
	}
	return identity.RecordTx(ctx, tx, who, "inquiry.detached", subjectInquiry(r.ID), map[string]any{"attachment_id": id, "name": found.Name})
}

// Attachments lists the papers of an inquiry, in the order in which they were added, for its buyer
// and all whom it reaches.
func (s *Service) Attachments(ctx context.Context, who identity.Principal, inquiryID uuid.UUID) ([]Attachment, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	if _, err := mayRead(ctx, s.db, who, inquiryID); err != nil {
		return nil, err
	}
	const query = selectAttachments + ` WHERE inquiry_id = $1 ORDER BY id`
	found := []Attachment{}
	err := s.db.Select(ctx, &found, query, inquiryID)
	return found, err
}

// Paper opens an attachment, for whom Attachments lists it; to anybody else it does not exist.
func (s *Service) Paper(ctx context.Context, who identity.Principal, id uuid.UUID) (files.Content, error) {
	if err := who.MayRead(area); err != nil {
		return files.Content{}, err
	}
	const query = selectAttachments + ` WHERE id = $1`
	var found Attachment
	err := s.db.Get(ctx, &found, query, id)
	if errors.Is(err, postgres.ErrNoRows) || err == nil && s.files == nil {
		return files.Content{}, fault.ErrNotFound.With()
	}
	if err != nil {
		return files.Content{}, err
	}
	if _, err := mayRead(ctx, s.db, who, found.InquiryID); err != nil {
		return files.Content{}, err
	}
	content, err := s.files.Open(ctx, found.Key)
	if err != nil {
		return files.Content{}, fmt.Errorf("opening the attachment %s: %w", id, err)
	}
	return files.Content{ReadCloser: content, Type: found.Type, Size: found.Size}, nil
}
