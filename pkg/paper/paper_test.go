package paper_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/paper"
	"github.com/ocop-market/ocop/pkg/paper/papertest"
	"github.com/ocop-market/ocop/pkg/symbol"
	"github.com/ocop-market/ocop/pkg/symbol/symboltest"
)

// letters are all of Vietnamese that ASCII lacks.
const letters = "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"

func set(t *testing.T, texts ...string) []byte {
	t.Helper()
	p := paper.New(paper.About{Title: "Thử", Author: "Thử", Language: "vi", Made: time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC), Foot: "Chân trang"})
	p.Title("Tóm tắt", "Summary")
	for _, text := range texts {
		p.Pair("Nhãn", "Label", text)
	}
	out, err := p.Bytes()
	require.NoError(t, err)
	return out
}

func TestVietnameseIsSet(t *testing.T) {
	t.Parallel()
	text := papertest.Text(t, set(t, strings.Join(strings.Split(letters, ""), " "), strings.ToLower(letters), "250.000 ₫ – ≥ 20 con/kg"))
	shown := strings.Join(strings.Fields(text), "")
	require.Contains(t, shown, letters)
	require.Contains(t, shown, strings.ToLower(letters))
	require.Contains(t, text, "250.000 ₫ – ≥ 20 con/kg")
	require.Contains(t, text, "Chân trang")
	require.NotContains(t, text, "□", "every letter has its shape")
}

// Whatever a stranger writes is only text.
func TestStrangeTextsAreOnlyText(t *testing.T) {
	t.Parallel()
	for _, strange := range []string{"😀𝔘", "\x00\x1b[0m", `) Tj ET (\`, strings.Repeat("x", 5000), strings.Repeat("\n", 300), "\u4e2d\u6587", "\xff\xfe", "e\u0301"} {
		text := papertest.Text(t, set(t, strange, "sau đó"))
		require.Contains(t, text, "sau đó")
	}
	require.Contains(t, papertest.Text(t, set(t, "tôm 😀")), "tôm □")
	require.Contains(t, papertest.Text(t, set(t, `a (b) \ c`)), `a (b) \ c`)
}

func TestTheSameDocumentHasTheSameBytes(t *testing.T) {
	t.Parallel()
	first := set(t, letters)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if string(set(t, letters)) != string(first) {
				t.Error("other bytes")
			}
		})
	}
	group.Wait()
	require.NotEqual(t, first, set(t, letters+"."))
}

func TestLongDocumentsGoOnOnTheNextPage(t *testing.T) {
	t.Parallel()
	p := paper.New(paper.About{Title: "Thử", Language: "vi"})
	rows := make([][]string, 120)
	for at := range rows {
		rows[at] = []string{strings.Repeat("cua gạch ", 10), "1"}
	}
	p.Section("Bảng", "Table")
	p.Table([]paper.Column{{Head: "Hàng", Under: "Goods", Share: 2}, {Head: "Giá", Under: "Price", Share: 1, Number: true}}, rows)
	p.Notice("Dữ liệu minh hoạ")
	out, err := p.Bytes()
	require.NoError(t, err)
	text := papertest.Text(t, out)
	require.GreaterOrEqual(t, strings.Count(text, "Goods"), 4, "headings stand on every page")
	require.Contains(t, text, "1 / 6")
}

func TestPicturesAreSetAsTheyAre(t *testing.T) {
	t.Parallel()
	code, err := symbol.QR("https://ocop.example/v1/contracts/abc")
	require.NoError(t, err)
	picture, err := code.PNG(400)
	require.NoError(t, err)
	p := paper.New(paper.About{Title: "Thử", Language: "vi"})
	p.Picture(picture, 38, "Quét mã", strings.Repeat("địa chỉ ", 30))
	out, err := p.Bytes()
	require.NoError(t, err)
	pictures := papertest.Pictures(t, out)
	require.Len(t, pictures, 1)
	require.Equal(t, "https://ocop.example/v1/contracts/abc", symboltest.ReadQR(t, pictures[0]))
	p = paper.New(paper.About{Title: "Thử", Language: "vi"})
	p.Picture(picture, 38)
	p.Picture([]byte("no picture"), 38)
	_, err = p.Bytes()
	require.Error(t, err)
}

// A number is set in one line, smaller where the column is narrow; words are broken.
func TestNumbersStayInOneLine(t *testing.T) {
	t.Parallel()
	columns := make([]paper.Column, 9)
	for at := range columns {
		columns[at] = paper.Column{Head: "Đã nhận", Share: 1, Number: true}
	}
	p := paper.New(paper.About{Title: "Thử", Language: "vi"})
	p.Table(columns, [][]string{{"11.507,632", "1", "2", "3", "4", "5", "6", "7", "1.234.567,891"}})
	out, err := p.Bytes()
	require.NoError(t, err)
	text := papertest.Text(t, out)
	require.Contains(t, text, "11.507,632")
	require.Contains(t, text, "1.234.567,891")
}

// The head of a section stands on the page of what it shows first, be it a table or a chart.
func TestHeadsStandWithWhatTheyHead(t *testing.T) {
	t.Parallel()
	chart := paper.Chart{
		Labels: []string{"T1"}, Series: []paper.Series{{Name: "tôm sú", Values: []float64{9000}}}, Shown: func(number string) string { return number + " kg" },
	}
	for rows := 30; rows < 62; rows++ {
		for _, shown := range []paper.Chart{{}, chart} {
			p := paper.New(paper.About{Title: "Thử", Language: "vi"})
			for range rows {
				p.Note("dòng")
			}
			note := strings.Repeat("ghi chú ", 60)
			p.Ahead(note, shown)
			p.Section("ĐẦU MỤC", "")
			p.Note(note)
			p.Bars(shown)
			if len(shown.Labels) == 0 {
				p.Table([]paper.Column{{Head: "Hàng", Share: 1}}, [][]string{{"HÀNG ĐẦU"}})
			}
			out, err := p.Bytes()
			require.NoError(t, err)
			pages := strings.Split(papertest.Text(t, out), " / ")
			first := "HÀNG ĐẦU"
			if len(shown.Labels) > 0 {
				first = "kg"
			}
			for _, page := range pages {
				require.Equal(t, strings.Contains(page, "ĐẦU MỤC"), strings.Contains(page, first), "%d rows", rows)
			}
		}
	}
}
