package vietnamese_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/vietnamese"
)

func TestKeystrokes(t *testing.T) {
	t.Parallel()
	for typed, meant := range map[string]string{
		"toom": "tôm", "tooms": "tốm", "sus": "sú", "ddaafm": "đầm", "ddaamf": "đầm", "dowi": "dơi", "muoois": "muối", "gaoj": "gạo",
		"naawm": "năm", "cawn": "căn", "dduwowngf": "đường", "to6m": "tôm", "su1": "sú", "d9a62m": "đầm", "do7i": "dơi", "muo61i": "muối",
		"ga5o": "gạo", "na8m": "năm", "tom": "tom", "su": "su", "d": "d", "": "", "s": "s", "20": "20", "st25": "st25",
	} {
		require.Equal(t, meant, vietnamese.Keystrokes(typed), typed)
	}
}
