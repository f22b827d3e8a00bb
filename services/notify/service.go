package notify

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

// area is what an API key must be allowed to use for notices: they are about trade.
const area = "trade"

// Service writes and shows notices. It is safe for concurrent use.
type Service struct {
	db    *postgres.DB
	book  *reference.Book
	clock func() time.Time
}

// Options are what a service may be given besides its database.
type Options struct {
	// Clock says what time it is for readers; nil means the database's clock.
	Clock func() time.Time
}

// NewService returns a service on a database. The book holds the reference facts.
func NewService(db *postgres.DB, book *reference.Book, options Options) *Service {
	return &Service{db: db, book: book, clock: options.Clock}
}

// instant is the reader's time; nil leaves it to the database.
func (s *Service) instant() *time.Time {
	if s.clock == nil {
		return nil
	}
	return new(s.clock())
}

// Page is one page of notices, newest first.
type Page struct {
	// Before is the last id of the page before; zero begins.
	Before uuid.UUID
	Limit  int
	// Unread leaves out what was read.
	Unread bool
}

// mayHear refuses whoever belongs to no organisation: notices are an organisation's.
func mayHear(who identity.Principal) error {
	if err := who.MayRead(area); err != nil {
		return err
	}
	if who.OrganisationID == uuid.Nil {
		return fault.ErrForbidden.With()
	}
	return nil
}

// Notices lists what the principal's organisation was told, newest first, worded in a language.
func (s *Service) Notices(ctx context.Context, who identity.Principal, language string, page Page) ([]Notice, error) {
	if err := mayHear(who); err != nil {
		return nil, err
	}
	rows, err := noticePage(ctx, s.db, who.OrganisationID, page, s.instant())
	if err != nil {
		return nil, err
	}
	return s.worded(ctx, s.db, rows, language)
}

// CountNotices counts what Notices would list, up to a cap.
func (s *Service) CountNotices(ctx context.Context, who identity.Principal, unread bool) (int, error) {
	if err := mayHear(who); err != nil {
		return 0, err
	}
	return countNotices(ctx, s.db, who.OrganisationID, unread, s.instant())
}

// MarkRead notes that a notice was read; read again it stays as it was. Refused:
// fault.ErrNotFound for what is not the organisation's.
func (s *Service) MarkRead(ctx context.Context, who identity.Principal, language string, id uuid.UUID) (Notice, error) {
	if err := mayHear(who); err != nil {
		return Notice{}, err
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Notice, error) {
		row, err := markRead(ctx, tx, who.OrganisationID, who.UserID, id)
		if err != nil {
			return Notice{}, err
		}
		notices, err := s.worded(ctx, tx, []noticeRow{row}, language)
		if err != nil {
			return Notice{}, err
		}
		return notices[0], nil
	})
}

// worded writes rows as people of a language read them.
func (s *Service) worded(ctx context.Context, reader postgres.Reader, rows []noticeRow, language string) ([]Notice, error) {
	called, err := s.namesIn(ctx, reader, rows)
	if err != nil {
		return nil, err
	}
	notices := make([]Notice, 0, len(rows))
	for _, row := range rows {
		title, text := row.TitleVI, row.TextVI
		if language == reference.English {
			title, text = row.TitleEN, row.TextEN
		}
		notices = append(notices, Notice{
			ID: row.ID, Kind: row.Kind, Title: called.fill(title, row, language), Text: called.fill(text, row, language),
			CertificateID: known(row.CertificateID), InquiryID: known(row.InquiryID), LineID: known(row.LineID),
			QuoteID: known(row.QuoteID), AwardID: known(row.AwardID),
			MemorandumID: known(row.MemorandumID), TradeEventID: known(row.TradeEventID), CreatedAt: row.DueAt.UTC(), ReadAt: row.ReadAt,
		})
	}
	return notices, nil
}

func known(id uuid.NullUUID) *uuid.UUID {
	if !id.Valid {
		return nil
	}
	return &id.UUID
}

// namesIn looks up what the ids in the facts are called.
func (s *Service) namesIn(ctx context.Context, reader postgres.Reader, rows []noticeRow) (names, error) {
	called := names{book: s.book, products: make(map[uuid.UUID]string), parties: make(map[uuid.UUID]string), reasons: make(map[string]inquiry.Reason)}
	var productIDs, partyIDs, eventIDs []uuid.UUID
	for _, row := range rows {
		if row.TradeEventID.Valid {
			eventIDs = append(eventIDs, row.TradeEventID.UUID)
		}
		if row.Facts.V.PartyID != uuid.Nil {
			productIDs, partyIDs = append(productIDs, row.Facts.V.ProductID), append(partyIDs, row.Facts.V.PartyID)
		}
	}
	if slices.ContainsFunc(rows, func(row noticeRow) bool { return row.Facts.V.Watch != "" }) {
		reasons, err := monitor.WatchReasonsIn(ctx, reader)
		if err != nil {
			return called, err
		}
		called.watches = make(map[string]reference.Names, len(reasons))
		for _, reason := range reasons {
			called.watches[reason.Code] = reason.Names
		}
	}
	if len(eventIDs) > 0 {
		var err error
		if called.events, err = trade.EventsToldIn(ctx, reader, eventIDs); err != nil {
			return called, err
		}
	}
	if len(partyIDs) == 0 {
		return called, nil
	}
	reasons, err := inquiry.ReasonsIn(ctx, reader)
	if err != nil {
		return called, err
	}
	for _, reason := range reasons {
		called.reasons[reason.Code] = reason
	}
	products, err := catalog.ProductsTx(ctx, reader, productIDs)
	if err != nil {
		return called, err
	}
	for id, product := range products {
		called.products[id] = product.Name
	}
	parties, err := identity.OrganisationsIn(ctx, reader, partyIDs)
	for id, party := range parties {
		called.parties[id] = party.Name
	}
	return called, err
}
