package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/sheet"
)

var limits = sheet.Limits{Rows: 1000, Columns: 50, Cell: 2000, Unpacked: 16 << 20}

// rows reads a file's first sheet and writes each row on a line, its number before it.
func rows(t testing.TB, content []byte) ([]string, error) {
	t.Helper()
	file, err := sheet.Open(content, limits)
	if err != nil {
		return nil, err
	}
	var lines []string
	err = file.Each(0, func(row sheet.Row) error {
		var texts []string
		for _, cell := range row.Cells {
			text := cell.Text
			switch cell.Kind {
			case sheet.Number:
				text = "#" + text
			case sheet.Date:
				text = "@" + text
			case sheet.Bool:
				text = "?" + text
			case sheet.Empty, sheet.Text:
			}
			texts = append(texts, text)
		}
		lines = append(lines, fmt.Sprintf("%d: %s", row.Number, strings.Join(texts, "|")))
		return nil
	})
	return lines, err
}

func TestCSVInEveryEncodingAndSeparator(t *testing.T) {
	t.Parallel()
	const text = "Tên sản phẩm;Giá\r\nTôm sú Cà Mau;\"250.000;00\"\r\n\r\n\"Cua \"\"gạch\"\"\nNăm Căn\";1,5\r\n"
	want := []string{"1: Tên sản phẩm|Giá", "2: Tôm sú Cà Mau|250.000;00", "4: Cua \"gạch\"\nNăm Căn|1,5"}
	little, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	require.NoError(t, err)
	bare, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(text)
	require.NoError(t, err)
	// What the old code page has no letter for it writes with a mark behind: decomposed.
	old, err := charmap.Windows1258.NewEncoder().String("Tên sa\u0309n phâ\u0309m;Giá\r\nTôm sú Cà Mau;\"250.000;00\"\r\n\r\n\"Cua \"\"ga\u0323ch\"\"\nNăm Căn\";1,5\r\n")
	require.NoError(t, err)
	for name, content := range map[string]string{
		"UTF-8": text, "with a mark": "\uFEFF" + text, "UTF-16": little, "UTF-16 without a mark": bare, "Windows-1258": old,
		"told the separator": "sep=;\r\n" + text, "lines end in LF": strings.ReplaceAll(text, "\r\n", "\n"),
	} {
		got, err := rows(t, []byte(content))
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
	}
	for _, separator := range []string{",", "\t"} {
		got, err := rows(t, []byte("DANH SÁCH\r\na"+separator+"b\r\n1"+separator+"2"))
		require.NoError(t, err)
		require.Equal(t, []string{"1: DANH SÁCH", "2: a|b", "3: 1|2"}, got)
	}
}

func TestWhatIsNoListIsRefused(t *testing.T) {
	t.Parallel()
	wide := strings.Repeat("x,", 60) + "x"
	long := "a,b\n\"" + strings.Repeat("x\n", 2000)
	for name, test := range map[string]struct {
		content string
		refusal *fault.Definition
	}{
		"nothing":              {"", sheet.ErrUnreadable},
		"blanks":               {" \r\n ", sheet.ErrUnreadable},
		"a picture":            {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", sheet.ErrUnreadable},
		"an old workbook":      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", sheet.ErrOldWorkbook},
		"half an archive":      {"PK\x03\x04\x14\x00", sheet.ErrUnreadable},
		"too many rows":        {strings.Repeat("x\n", 1001), sheet.ErrTooManyRows},
		"too many columns":     {wide, sheet.ErrTooManyColumns},
		"a quote never closed": {long, sheet.ErrCellTooLong},
	} {
		_, err := rows(t, []byte(test.content))
		require.ErrorIs(t, err, test.refusal, name)
	}
}

// made is a workbook as Excel writes it, by another program than the one that reads it here.
func made(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	require.NoError(t, f.Close())
	return out.Bytes()
}

func TestWorkbooksKeepWhatTheySay(t *testing.T) {
	t.Parallel()
	content := made(t, func(f *excelize.File) {
		grouped, dated := `#,##0.00 "đ/day"`, "dd/mm/yyyy"
		money, err := f.NewStyle(&excelize.Style{CustomNumFmt: &grouped})
		require.NoError(t, err)
		day, err := f.NewStyle(&excelize.Style{CustomNumFmt: &dated})
		require.NoError(t, err)
		set := func(cell string, value any) { require.NoError(t, f.SetCellValue("Sheet1", cell, value)) }
		set("A1", "Tên  ")
		set("B1", "=1+1")
		set("A2", 1.125)
		set("B2", "1.125")
		set("C2", true)
		set("D2", time.Date(2026, 12, 15, 0, 0, 0, 0, time.UTC))
		set("E2", 46371)
		require.NoError(t, f.SetCellStyle("Sheet1", "E2", "E2", day))
		set("F2", 250000)
		require.NoError(t, f.SetCellStyle("Sheet1", "F2", "F2", money))
		require.NoError(t, f.SetCellRichText("Sheet1", "G2", []excelize.RichTextRun{{Text: "Tôm "}, {Text: "sú"}}))
		require.NoError(t, f.SetCellFormula("Sheet1", "H2", "1+1"))
		set("B5", "sau hai dòng trống")
		_, err = f.NewSheet("Ẩn")
		require.NoError(t, err)
		require.NoError(t, f.SetSheetVisible("Ẩn", false))
	})
	got, err := rows(t, content)
	require.NoError(t, err)
	require.Equal(t, []string{
		"1: Tên|=1+1", "2: #1.125|1.125|?true|@2026-12-15|@2026-12-15|#250000|Tôm sú", "5: |sau hai dòng trống",
	}, got)
	file, err := sheet.Open(content, limits)
	require.NoError(t, err)
	require.Equal(t, []string{"Sheet1"}, file.Sheets, "hidden sheets are nobody's list")
}

func TestWorkbooksBeyondTheLimits(t *testing.T) {
	t.Parallel()
	far := made(t, func(f *excelize.File) { require.NoError(t, f.SetCellValue("Sheet1", "XFD1", "x")) })
	_, err := rows(t, far)
	require.ErrorIs(t, err, sheet.ErrTooManyColumns)
	deep := made(t, func(f *excelize.File) { require.NoError(t, f.SetCellValue("Sheet1", "A1048576", "x")) })
	got, err := rows(t, deep)
	require.NoError(t, err, "rows that are not there cost nothing")
	require.Equal(t, []string{"1048576: x"}, got)
	many := made(t, func(f *excelize.File) {
		for i := range 1001 {
			require.NoError(t, f.SetCellValue("Sheet1", fmt.Sprintf("A%d", i+1), i))
		}
	})
	_, err = rows(t, many)
	require.ErrorIs(t, err, sheet.ErrTooManyRows)
}

// bomb packs a part of zeros into a workbook's place.
func bomb(t *testing.T, part string, size int64) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, name := range []string{"xl/workbook.xml", part} {
		entry, err := archive.Create(name)
		require.NoError(t, err)
		if name == part {
			_, err = io.CopyN(entry, blanks{}, size)
			require.NoError(t, err)
		}
	}
	require.NoError(t, archive.Close())
	return out.Bytes()
}

type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestArchiveBombsAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for name, content := range map[string][]byte{
		"a gigabyte":           bomb(t, "xl/sharedStrings.xml", 1<<30),
		"ten megabytes of air": bomb(t, "xl/worksheets/sheet1.xml", 10<<20),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, err := rows(t, content)
		require.ErrorIs(t, err, sheet.ErrUnpacked, name)
		require.Less(t, time.Since(began), time.Second, name)
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), name)
	}
	lying := bytes.ReplaceAll(bomb(t, "xl/sharedStrings.xml", 1<<20), le(1<<20), le(100))
	_, err := rows(t, lying)
	require.ErrorIs(t, err, sheet.ErrUnreadable, "an archive that says less than it holds")
}

func le(n uint32) []byte { return []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)} }

func written(t testing.TB, format sheet.Format, separator rune, list [][]sheet.Cell) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := sheet.NewCSV(&out, separator)
	if format == sheet.XLSX {
		out.Reset()
		w, err = sheet.NewXLSX(&out, sheet.Sheet{Name: "Sản phẩm & <giá>", Heads: 1, Widths: []int{20, 10}})
	}
	require.NoError(t, err)
	for _, row := range list {
		require.NoError(t, w.Write(row))
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestWhatIsWrittenOpensInSpreadsheets(t *testing.T) {
	t.Parallel()
	list := [][]sheet.Cell{
		{sheet.T("Tên"), sheet.T("Giá")},
		{sheet.T("=1+1"), sheet.N("250000.5"), sheet.D("2026-12-15"), {Kind: sheet.Bool, Text: "true"}, sheet.N("1.125")},
		{sheet.T("-5 độ"), {}, sheet.T("a;b\"c\nd"), sheet.T("@x"), sheet.T("+84"), sheet.N("-5")},
	}
	require.Equal(t, "\uFEFFTên;Giá\r\n'=1+1;250000,5;2026-12-15;true;1,1250\r\n'-5 độ;;\"a;b\"\"c\r\nd\";'@x;'+84;-5\r\n",
		string(written(t, sheet.CSV, ';', list)))
	require.Contains(t, string(written(t, sheet.CSV, ',', list)), "'=1+1,250000.5,")

	book, err := excelize.OpenReader(bytes.NewReader(written(t, sheet.XLSX, 0, list)))
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	require.Equal(t, []string{"Sản phẩm & <giá>"}, book.GetSheetList())
	cells, err := book.GetRows("Sản phẩm & <giá>")
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"Tên", "Giá"}, {"=1+1", "250000.5", "15/12/2026", "TRUE", "1.125"}, {"-5 độ", "", "a;b\"c\nd", "@x", "+84", "-5"},
	}, cells)
	formula, err := book.GetCellFormula("Sản phẩm & <giá>", "A2")
	require.NoError(t, err)
	require.Empty(t, formula)
	page, err := book.GetPageLayout("Sản phẩm & <giá>")
	require.NoError(t, err)
	require.Equal(t, "landscape", *page.Orientation)
}

// What is written in either format is read back as it was.
func TestEveryTextIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`[=+@'-]{0,2}[a-zĐđéệ"';,.<>& \n]{0,12}x`).Draw(rt, "text")
		number := rapid.StringMatching(`[1-9][0-9]{0,8}(\.[0-9]{0,2}[1-9])?`).Draw(rt, "number")
		list := [][]sheet.Cell{{sheet.T("a"), sheet.T("b")}, {sheet.T(text), sheet.N(number)}}
		for _, format := range []sheet.Format{sheet.CSV, sheet.XLSX} {
			file, err := sheet.Open(written(t, format, ';', list), limits)
			require.NoError(rt, err)
			var got []sheet.Row
			require.NoError(rt, file.Each(0, func(row sheet.Row) error { got = append(got, row); return nil }))
			require.Len(rt, got, 2)
			want := strings.TrimSpace(text)
			require.Equal(rt, want, got[1].Cell(0).Text, format)
			if format == sheet.XLSX {
				require.Equal(rt, sheet.Cell{Kind: sheet.Number, Text: number}, got[1].Cell(1))
			}
		}
	})
}

// BenchmarkWrite says how many rows a second are written and that memory does not grow with them.
func BenchmarkWrite(b *testing.B) {
	row := []sheet.Cell{sheet.T("Tôm sú quảng canh Cà Mau"), sheet.N("250000"), sheet.D("2026-12-15"), sheet.T("kg"), sheet.N("1500.5")}
	for _, format := range []sheet.Format{sheet.CSV, sheet.XLSX} {
		b.Run(string(format), func(b *testing.B) {
			b.ReportAllocs()
			w, err := sheet.NewCSV(io.Discard, ';')
			if format == sheet.XLSX {
				w, err = sheet.NewXLSX(io.Discard, sheet.Sheet{Name: "x"})
			}
			require.NoError(b, err)
			for b.Loop() {
				if err := w.Write(row); err != nil {
					b.Fatal(err)
				}
			}
			require.NoError(b, w.Close())
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
