package monitor

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestANumberThatIsNotTheNewestIsMarkedOnPaper(t *testing.T) {
	t.Parallel()
	cell := ReportCell{Number: "7500000", KeptBack: true}
	require.Equal(t, "7,500,000*", cell.onPaper("en"))
	require.Equal(t, "7.500.000*", cell.onPaper("vi"))
	cell.KeptBack = false
	require.Equal(t, "7.500.000", cell.onPaper("vi"))
}
