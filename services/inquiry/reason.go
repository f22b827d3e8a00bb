package inquiry

import "context"

// Reason is an entry of the list of reasons.
type Reason struct {
	Code    string `db:"code"    json:"code"`
	Applies string `db:"applies" json:"applies" enum:"receipt,award"`
	Name    string `db:"name_vi" json:"name_vi"`
	NameEN  string `db:"name_en" json:"name_en"`
}

// Reasons lists why goods are rejected and awards end.
func (s *Service) Reasons(ctx context.Context) ([]Reason, error) {
	const query = `SELECT code, applies, name_vi, name_en FROM inquiry.reasons ORDER BY applies, code`
	var reasons []Reason
	err := s.db.Select(ctx, &reasons, query)
	return reasons, err
}
