package reference_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

func TestGoodsAreHeldAgainstTheGradeWanted(t *testing.T) {
	t.Parallel()
	book, err := reference.Open(context.Background(), referencetest.DB(t))
	require.NoError(t, err)
	type grade = reference.Grade
	for name, c := range map[string]struct {
		line            string
		wanted, offered grade
		misses, differs []string
	}{
		"nothing wanted":        {"black_tiger_shrimp", nil, grade{"count_per_kg_min": int64(20)}, nil, nil},
		"within":                {"black_tiger_shrimp", grade{"count_per_kg_min": int64(15), "count_per_kg_max": int64(30)}, grade{"count_per_kg_min": int64(20), "count_per_kg_max": int64(30)}, nil, nil},
		"too small a shrimp":    {"black_tiger_shrimp", grade{"count_per_kg_max": int64(29)}, grade{"count_per_kg_min": int64(20), "count_per_kg_max": int64(30)}, []string{"count_per_kg_max"}, nil},
		"too big a shrimp":      {"black_tiger_shrimp", grade{"count_per_kg_min": int64(21)}, grade{"count_per_kg_min": int64(20), "count_per_kg_max": int64(30)}, []string{"count_per_kg_min"}, nil},
		"nothing said":          {"black_tiger_shrimp", grade{"count_per_kg_min": int64(21)}, grade{}, []string{"count_per_kg_min"}, nil},
		"another choice":        {"mud_crab", grade{"tie": "none"}, grade{"tie": "nylon"}, []string{"tie"}, nil},
		"the same decimal":      {"black_tiger_shrimp", grade{"glaze_percent": "10"}, grade{"glaze_percent": "10.0"}, nil, nil},
		"another, good or bad":  {"black_tiger_shrimp", grade{"glaze_percent": "10"}, grade{"glaze_percent": "12.5"}, nil, []string{"glaze_percent"}},
		"what the line has not": {"rice", grade{"tie": "none"}, grade{}, nil, nil},
	} {
		line, known := book.Line(c.line)
		require.True(t, known, name)
		misses, differs := line.Misses(c.wanted, c.offered)
		require.Equal(t, c.misses, fieldCodes(misses), name)
		require.Equal(t, c.differs, fieldCodes(differs), name)
	}
}

func fieldCodes(fields []reference.GradeField) []string {
	var codes []string
	for _, field := range fields {
		codes = append(codes, field.Code)
	}
	return codes
}
