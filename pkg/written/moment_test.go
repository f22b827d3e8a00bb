package written_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/written"
)

func TestMoments(t *testing.T) {
	t.Parallel()
	const timed, untimed = true, false
	for text, want := range map[string]struct {
		clock time.Duration
		timed bool
	}{
		"15/12/2026":                     {0, untimed},
		"15/12/2026 03:40":               {3*time.Hour + 40*time.Minute, timed},
		"15-12-26 3h40":                  {3*time.Hour + 40*time.Minute, timed},
		"2026-12-15 03:40:05":            {3*time.Hour + 40*time.Minute + 5*time.Second, timed},
		"2026-12-15T23:59:59.500":        {24*time.Hour - time.Second, timed},
		"15 tháng 12 năm 2026, 3 giờ 40": {3*time.Hour + 40*time.Minute, timed},
		"15/12/2026 00:00":               {0, timed},
	} {
		moment, err := written.ReadMoment(text)
		require.NoError(t, err, text)
		require.Equal(t, written.Moment{Day: civil.New(2026, time.December, 15), Clock: want.clock, Timed: want.timed}, moment, text)
	}
	for _, text := range []string{"15/12/2026 24:00", "15/12/2026 03:60", "15/12/2026 03:40:60", "03:40", "15/13/2026 03:40", "hôm qua 03:40"} {
		_, err := written.ReadMoment(text)
		require.Error(t, err, text)
	}
	_, err := written.ReadMoment("15/12 03:40")
	require.ErrorIs(t, err, written.ErrNoYear)
}
