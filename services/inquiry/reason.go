package inquiry

import (
	"context"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Reason is an entry of the list of reasons.
type Reason struct {
	Code    string `db:"code"    json:"code"`
	Applies string `db:"applies" json:"applies" enum:"receipt,award,quote"`
	Name    string `db:"name_vi" json:"name_vi"`
	NameEN  string `db:"name_en" json:"name_en"`
}

// Reasons lists why goods are rejected, awards end and quotes are declined.
func (s *Service) Reasons(ctx context.Context) ([]Reason, error) { return ReasonsIn(ctx, s.db) }

// ReasonsIn is Reasons, for services above and in whatever they read with.
func ReasonsIn(ctx context.Context, reader postgres.Reader) ([]Reason, error) {
	const query = `SELECT code, applies, name_vi, name_en FROM inquiry.reasons ORDER BY applies, code`
	var reasons []Reason
	err := reader.Select(ctx, &reasons, query)
	return reasons, err
}
