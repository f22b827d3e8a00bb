package portal

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
)

// Money is read as the reader writes numbers, and what could be read in another way is refused.
func TestMoneyIsReadAsTheReaderWritesIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, typed string
		worth           money.VND
		refused         bool
	}{
		{"vi", "", 0, false}, {"vi", "1500000", 1_500_000, false}, {"vi", " 1.500.000 ", 1_500_000, false}, {"en", "1,500,000", 1_500_000, false},
		{"vi", "1,5", 0, true}, {"vi", "1.5", 0, true}, {"vi", "1.500,50", 0, true}, {"en", "1,500.50", 0, true}, {"vi", "1,500", 0, true}, {"en", "1.500", 0, true},
		{"vi", "1.50", 0, true}, {"vi", "-5", 0, true}, {"vi", "99999999999999999999", 0, true},
	} {
		var found fault.Collector
		v := &visit{language: c.language, typed: url.Values{"value_vnd": {c.typed}}}
		worth := dongTyped(v, "value_vnd", &found)
		require.Equal(t, c.refused, found.Err() != nil, "%s %q", c.language, c.typed)
		if !c.refused {
			require.Equal(t, c.worth, worth, c.typed)
		}
	}
}
