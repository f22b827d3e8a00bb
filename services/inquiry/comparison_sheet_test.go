package inquiry_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// The Excel file opens with headings in the reader's language, prices as numbers, days as dates and
// no formula; silence and refusal stand apart.
func TestComparisonsOpenInExcel(t *testing.T) {
	t.Parallel()
	c := newCompared(t)
	path := "/v1/inquiries/" + c.asked.ID.String() + "/comparison"
	for language, heads := range map[string][]string{
		"vi": {"Nhà sản xuất", "Giá (đ/đơn vị)", "Ngày giao", "không có hàng, =1+1", "chưa trả lời"},
		"en": {"Producer", "Price (đ per unit)", "Delivery on", "nothing to offer, =1+1", "no answer"},
	} {
		answer := c.get(c.buyer, path, "Accept", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Accept-Language", language)
		require.Equal(t, http.StatusOK, answer.Code, answer.Body)
		require.Contains(t, answer.Header().Get("Content-Disposition"), ".xlsx")
		book, err := excelize.OpenReader(bytes.NewReader(answer.Body.Bytes()))
		require.NoError(t, err)
		name := book.GetSheetName(0)
		rows, err := book.GetRows(name)
		require.NoError(t, err)
		require.Len(t, rows, 1+4+2)
		column := make(map[string]string)
		for at, head := range rows[0] {
			column[head], err = excelize.ColumnNumberToName(at + 1)
			require.NoError(t, err)
		}
		at := func(head string, row int) string { return fmt.Sprintf("%s%d", column[head], row) }
		price, err := book.GetCellValue(name, at(heads[1], 2), excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		require.Equal(t, "250001", price)
		kind, err := book.GetCellType(name, at(heads[1], 2))
		require.NoError(t, err)
		require.Contains(t, []excelize.CellType{excelize.CellTypeNumber, excelize.CellTypeUnset}, kind, "a number, no text")
		day, err := book.GetCellValue(name, at(heads[2], 2))
		require.NoError(t, err)
		on := c.today.AddDays(5)
		require.Equal(t, fmt.Sprintf("%02d/%02d/%d", on.Day, on.Month, on.Year), day)
		require.Equal(t, []string{heads[3], heads[4]}, []string{rows[5][8], rows[6][8]})
		for row := range rows {
			for cell := range rows[0] {
				reference, err := excelize.CoordinatesToCellName(cell+1, row+1)
				require.NoError(t, err)
				formula, err := book.GetCellFormula(name, reference)
				require.NoError(t, err)
				require.Empty(t, formula)
			}
		}
	}
	answer := c.get(c.buyer, path+"?format=csv&language=vi")
	require.Equal(t, http.StatusOK, answer.Code)
	lines := strings.Split(strings.TrimPrefix(answer.Body.String(), "\uFEFF"), "\r\n")
	require.True(t, strings.HasPrefix(lines[0], "Dòng;Mặt hàng cần;"), lines[0])
	require.Contains(t, answer.Body.String(), ";33,3330;")
}
