package inquiry

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// Question is what a producer asked about an inquiry. The buyer sees who asked; once it is answered
// all whom the inquiry reaches read both texts, without a name.
type Question struct {
	ID         uuid.UUID  `json:"id"`
	InquiryID  uuid.UUID  `json:"inquiry_id"`
	Asker      *Party     `json:"asker,omitempty" doc:"For the buyer alone."`
	Mine       bool       `json:"mine,omitempty" doc:"You asked it."`
	Question   string     `json:"question"`
	AskedAt    *time.Time `json:"asked_at,omitempty" doc:"For the buyer and for who asked."`
	Answer     string     `json:"answer,omitempty"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
}

// questionRow is a question as its table holds it.
type questionRow struct {
	ID         uuid.UUID  `db:"id"`
	InquiryID  uuid.UUID  `db:"inquiry_id"`
	AskerID    uuid.UUID  `db:"asker_id"`
	Question   string     `db:"question"`
	AskedAt    time.Time  `db:"asked_at"`
	Answer     string     `db:"answer"`
	AnsweredAt *time.Time `db:"answered_at"`
}

func (q questionRow) shown(as perspective, reader uuid.UUID, askers map[uuid.UUID]identity.Organisation) Question {
	shown := Question{
		ID: q.ID, InquiryID: q.InquiryID, Mine: q.AskerID == reader, Question: q.Question, Answer: q.Answer, AnsweredAt: q.AnsweredAt,
	}
	if as == asBuyer {
		shown.Asker = &Party{ID: q.AskerID, Name: askers[q.AskerID].Name}
	}
	if as == asBuyer || shown.Mine {
		shown.AskedAt = &q.AskedAt
	}
	return shown
}

const selectQuestions = `
	SELECT id, inquiry_id, asker_id, question, asked_at, coalesce(answer, '') AS answer, answered_at FROM inquiry.questions`

// Ask asks the buyer about an inquiry that reaches the producer, while it is open.
func (s *Service) Ask(ctx context.Context, who identity.Principal, inquiryID uuid.UUID, text string) (Question, error) {
	if err := mayTrade(who, identity.Producer); err != nil {
		return Question{}, err
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return Question{}, fault.ErrRequired.At("question")
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Question, error) {
		if _, err := mayRead(ctx, tx, who, inquiryID); err != nil {
			return Question{}, err
		}
		r, err := load(ctx, tx, inquiryID)
		if err != nil {
			return Question{}, err
		}
		if r.Stage != StageOpen {
			return Question{}, ErrNotOpen.With("state", r.Stage)
		}
		id, err := newID()
		if err != nil {
			return Question{}, err
		}
		const insert = `INSERT INTO inquiry.questions (id, inquiry_id, asker_id, question, asked_at) VALUES ($1, $2, $3, $4, $5)`
		if _, err := tx.Exec(ctx, insert, id, inquiryID, who.OrganisationID, text, tx.Now); err != nil {
			return Question{}, err
		}
		if err := spend(ctx, tx, who, spendQuestion); err != nil {
			return Question{}, err
		}
		if err := identity.RecordTx(ctx, tx, who, EventAsked, subjectQuestion(id), nil); err != nil {
			return Question{}, err
		}
		asked := questionRow{ID: id, InquiryID: inquiryID, AskerID: who.OrganisationID, Question: text, AskedAt: tx.Now}
		return asked.shown(asProducer, who.OrganisationID, nil), nil
	})
}

func subjectQuestion(id uuid.UUID) identity.Subject {
	return identity.Subject{Kind: "question", ID: id}
}

// Answer answers a question about the buyer's inquiry, once, for all whom it reaches. Refused: an
// answered one (ErrQuestionAnswered).
func (s *Service) Answer(ctx context.Context, who identity.Principal, questionID uuid.UUID, text string) (Question, error) {
	if err := mayTrade(who, identity.Buyer); err != nil {
		return Question{}, err
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return Question{}, fault.ErrRequired.At("answer")
	}
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Question, error) {
		const lock = selectQuestions + `
			 WHERE id = $1 AND EXISTS (SELECT FROM inquiry.inquiries i WHERE i.id = questions.inquiry_id AND i.buyer_id = $2) FOR UPDATE`
		var row questionRow
		err := tx.Get(ctx, &row, lock, questionID, who.OrganisationID)
		switch {
		case errors.Is(err, postgres.ErrNoRows):
			return Question{}, fault.ErrNotFound.With()
		case err != nil:
			return Question{}, err
		case row.AnsweredAt != nil:
			return Question{}, ErrQuestionAnswered.With()
		}
		const update = `UPDATE inquiry.questions SET answer = $2, answered_at = $3 WHERE id = $1`
		if _, err := tx.Exec(ctx, update, questionID, text, tx.Now); err != nil {
			return Question{}, err
		}
		if err := identity.RecordTx(ctx, tx, who, EventAnswered, subjectQuestion(questionID), nil); err != nil {
			return Question{}, err
		}
		row.Answer, row.AnsweredAt = text, &tx.Now
		askers, err := identity.OrganisationsIn(ctx, tx, []uuid.UUID{row.AskerID})
		return row.shown(asBuyer, who.OrganisationID, askers), err
	})
}

// Questions lists the questions about an inquiry, newest first: all for its buyer; for others those
// that are answered, and their own.
func (s *Service) Questions(ctx context.Context, who identity.Principal, inquiryID uuid.UUID, page Page) ([]Question, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	as, err := mayRead(ctx, s.db, who, inquiryID)
	if err != nil {
		return nil, err
	}
	const query = selectQuestions + `
		 WHERE inquiry_id = $1 AND ($2 OR answered_at IS NOT NULL OR asker_id = $3)
		   AND ($4 = CAST('00000000-0000-0000-0000-000000000000' AS uuid) OR id < $4)
		 ORDER BY id DESC LIMIT $5`
	var rows []questionRow
	if err := s.db.Select(ctx, &rows, query, inquiryID, as == asBuyer, who.OrganisationID, page.Before, page.Limit); err != nil {
		return nil, err
	}
	var askers map[uuid.UUID]identity.Organisation
	if as == asBuyer && len(rows) > 0 {
		ids := make([]uuid.UUID, len(rows))
		for at, row := range rows {
			ids[at] = row.AskerID
		}
		if askers, err = identity.OrganisationsIn(ctx, s.db, ids); err != nil {
			return nil, err
		}
	}
	questions := make([]Question, 0, len(rows))
	for _, row := range rows {
		questions = append(questions, row.shown(as, who.OrganisationID, askers))
	}
	return questions, nil
}
