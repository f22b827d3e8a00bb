package exchange

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// ownCode is a code of a producer's own books and what it names.
type ownCode struct {
	Code     string    `db:"code"`
	Compared string    `db:"compared"`
	Subject  uuid.UUID `db:"subject_id"`
}

// ownCodes finds codes of a producer, as they are compared, and those of some of its things.
func ownCodes(ctx context.Context, reader postgres.Reader, producer uuid.UUID, kind Kind, compared []string, subjects []uuid.UUID) ([]ownCode, error) {
	const query = `
		SELECT code, compared, subject_id FROM exchange.own_codes
		 WHERE producer_id = $1 AND kind = $2 AND (compared = ANY (CAST($3 AS text[])) OR subject_id = ANY (CAST($4 AS uuid[])))`
	var codes []ownCode
	err := reader.Select(ctx, &codes, query, producer, string(kind), postgres.Array(compared), postgres.Array(subjects))
	return codes, err
}

// keepCodes writes down the codes that rows gave to things and returns the things whose code is
// new or another.
func keepCodes(ctx context.Context, tx *postgres.Tx, producer uuid.UUID, kind Kind, codes []ownCode) (map[uuid.UUID]bool, error) {
	if len(codes) == 0 {
		return map[uuid.UUID]bool{}, nil
	}
	const insert = `
		INSERT INTO exchange.own_codes AS o (producer_id, kind, code, compared, subject_id)
		SELECT $1, $2, c.code, c.compared, c.subject
		  FROM unnest(CAST($3 AS text[]), CAST($4 AS text[]), CAST($5 AS uuid[])) AS c(code, compared, subject)
		    ON CONFLICT ON CONSTRAINT own_codes_subject DO UPDATE SET code = excluded.code, compared = excluded.compared
		 WHERE o.code <> excluded.code
		RETURNING o.subject_id`
	texts, compared, subjects := make([]string, len(codes)), make([]string, len(codes)), make([]uuid.UUID, len(codes))
	for i, c := range codes {
		texts[i], compared[i], subjects[i] = c.Code, c.Compared, c.Subject
	}
	var changed []uuid.UUID
	err := tx.Select(ctx, &changed, insert, producer, string(kind), postgres.Array(texts), postgres.Array(compared), postgres.Array(subjects))
	given := make(map[uuid.UUID]bool, len(changed))
	for _, id := range changed {
		given[id] = true
	}
	return given, postgres.MapConstraint(err, byConstraint)
}

// codesBySubject are the codes of some things, as their producer writes them.
func codesBySubject(codes []ownCode) map[uuid.UUID]string {
	by := make(map[uuid.UUID]string, len(codes))
	for _, c := range codes {
		by[c.Subject] = c.Code
	}
	return by
}

// subjectsByCode are the things that codes name, by the codes as they are compared.
func subjectsByCode(codes []ownCode) map[string]uuid.UUID {
	by := make(map[string]uuid.UUID, len(codes))
	for _, c := range codes {
		by[c.Compared] = c.Subject
	}
	return by
}
