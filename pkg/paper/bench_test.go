package paper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/paper"
)

func BenchmarkOnePage(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		p := paper.New(paper.About{Title: "Thử", Language: "vi", Foot: "Chân trang"})
		p.Title("Tóm tắt", "Summary")
		for range 25 {
			p.Pair("Nhãn", "Label", letters)
		}
		_, err := p.Bytes()
		require.NoError(b, err)
	}
}
