package exchange_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/exchange"
	"github.com/ocop-market/ocop/services/identity"
)

func (m *market) written(download exchange.Download, err error) []byte {
	m.Helper()
	require.NoError(m, err)
	var out bytes.Buffer
	require.NoError(m, download.Write(&out))
	return out.Bytes()
}

// stocked is a market where ann sells things of every kind that lists must carry.
func stocked(t testing.TB) *market {
	t.Helper()
	m := openMarket(t)
	m.bring(m.ann, "hang.csv", []byte(shrimps))
	m.bring(m.ann, "them.csv", []byte(more))
	m.bring(m.ann, "khac.csv", []byte("Tên sản phẩm;Ngành hàng;Dạng;đơn vị;khối lượng mỗi đơn vị (kg);khối lượng gói (g);độ đạm (g/l);dung tích chai (ml);GTIN;Mô tả;Trạng thái\n"+
		"=Muối \"tiêu\";gia vị;dạng khô;hũ;0,125;125;;;4006381333931;\"dòng một\ndòng hai; và ba\";đăng bán\n"+
		"Nước mắm;nước mắm;đóng chai;chai;;;40,5;500;;-;đăng bán\nNước mắm 2;nước mắm;đóng chai;;;;30;500;;;nháp\n"))
	offered := m.bring(m.ann, "cung.csv", []byte("Tên;Từ ngày;Đến ngày;Số lượng;Đặt tối thiểu;Đơn giá;Bậc 2: từ số lượng;Giá bậc 2;Nơi có hàng;Ai thấy giá;Số ngày chuẩn bị;Mã nguồn cung\n"+
		"Tôm sú cỡ 20;"+day(1)+";"+day(9)+";1,5 tấn;50,1250;250.000;500;240k;Đất Mới;công khai;2;L-1\n"+
		"Tôm sú cỡ 30;"+day(1)+";"+day(9)+";2000;;theo ngày;;;;khi hỏi;;\n"+
		"Tôm sú cỡ 30;"+day(2)+";"+day(9)+";2000;;190000;;;;người mua;;\n"+
		"=Muối \"tiêu\";"+day(2)+";"+day(9)+";40;2;35000;;;;;;\n"))
	require.Zero(t, offered.Counts.Refused, m.result(m.ann, offered.ID))
	offers := m.offers(m.ann)
	_, err := m.catalog.CloseOffer(t.Context(), m.ann, offers[0].ID, nil)
	require.NoError(t, err)
	return m
}

// What goes out comes in again and changes nothing: in both formats, both languages and with every
// separator.
func TestWhatIsExportedCanBeImported(t *testing.T) {
	t.Parallel()
	m := stocked(t)
	products, offers := m.own(m.ann), m.offers(m.ann)
	for _, wish := range []exchange.Wish{
		{Format: sheet.CSV, Language: "vi"}, {Format: sheet.CSV, Language: "en"}, {Format: sheet.CSV, Language: "vi", Separator: '\t'},
		{Format: sheet.XLSX, Language: "vi"}, {Format: sheet.XLSX, Language: "en"},
	} {
		list := m.written(m.service.ExportProducts(t.Context(), m.ann, wish))
		back := m.bring(m.ann, "products", list)
		require.Equal(t, exchange.Counts{Unchanged: len(products)}, back.Counts, "%v %v", wish, back.Refusals)
		require.Empty(t, back.UnknownHeadings)
		require.Equal(t, exchange.Products, back.Kind)
		list = m.written(m.service.ExportOffers(t.Context(), m.ann, wish))
		back = m.bring(m.ann, "offers", list)
		require.Equal(t, exchange.Counts{Unchanged: len(offers)}, back.Counts, "%v %v", wish, back.Refusals)
		require.Empty(t, back.UnknownHeadings)
		require.Equal(t, exchange.Offers, back.Kind)
	}
	require.Equal(t, products, m.own(m.ann))
	require.Equal(t, offers, m.offers(m.ann))
}

// Nobody learns from an export what the catalogue keeps from them.
func TestAnExportShowsWhatItsReaderMaySee(t *testing.T) {
	t.Parallel()
	m := stocked(t)
	wish := exchange.Wish{Format: sheet.CSV, Language: "vi"}
	export := func(who identity.Principal) string {
		return string(m.written(m.service.ExportCatalogue(t.Context(), who, catalog.Query{}, wish)))
	}
	for name, test := range map[string]struct {
		who        identity.Principal
		sees, lack []string
	}{
		"a stranger":  {m.ben, []string{";250000;", "0: 250000; 500: 240000"}, []string{"190000", "theo ngày", ";2000;", "Nước mắm 2"}},
		"a buyer":     {m.buyer, []string{";250000;", ";190000;"}, []string{"theo ngày", "Nước mắm 2"}},
		"its owner":   {m.ann, []string{";190000;", "theo ngày", ";2000;"}, nil},
		"an official": {m.caMau, []string{";2000;"}, []string{"190000", "theo ngày"}},
	} {
		text := export(test.who)
		require.True(t, strings.HasPrefix(text, "\uFEFFNhà cung cấp;"), "Excel must see what it is")
		require.Contains(t, text, ";\"'=Muối \"\"tiêu\"\"\";", name)
		require.NotContains(t, text, "L-1", "own codes are nobody else's business")
		require.Contains(t, text, "Dữ liệu minh hoạ / demonstration data", "the producer is fictional")
		for _, fact := range test.sees {
			require.Contains(t, text, fact, name)
		}
		for _, secret := range test.lack {
			require.NotContains(t, text, secret, name)
		}
	}
	narrow := string(m.written(m.service.ExportCatalogue(t.Context(), m.buyer, catalog.Query{Lines: []string{"seasoning"}}, wish)))
	require.Equal(t, 2, strings.Count(narrow, "\r\n"))
	_, err := m.service.ExportCatalogue(t.Context(), m.buyer, catalog.Query{Lines: []string{"nonsense"}}, wish)
	require.Error(t, err)
	_, err = m.service.ExportProducts(t.Context(), m.buyer, wish)
	require.Error(t, err, "only producers have products of their own")
}

// golden compares with a committed file; the environment variable UPDATE_GOLDEN writes it instead.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// dump writes what a workbook holds: cells, notes and lists to choose from.
func dump(t *testing.T, content []byte) string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(content))
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	var text strings.Builder
	for _, name := range book.GetSheetList() {
		text.WriteString("== " + name + "\n")
		rows, err := book.GetRows(name)
		require.NoError(t, err)
		for _, row := range rows {
			text.WriteString(strings.Join(row, " | ") + "\n")
		}
		notes, err := book.GetComments(name)
		require.NoError(t, err)
		for _, note := range notes {
			text.WriteString("note " + note.Cell + ": " + note.Text + "\n")
		}
		rules, err := book.GetDataValidations(name)
		require.NoError(t, err)
		for _, rule := range rules {
			text.WriteString("list " + rule.Sqref + ": " + rule.Formula1 + "\n")
		}
	}
	return text.String()
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	for _, language := range []string{"vi", "en"} {
		for _, kind := range []exchange.Kind{exchange.Products, exchange.Offers, exchange.Receipts} {
			who := m.ann
			if kind == exchange.Receipts {
				who = m.buyer
			}
			plain := m.written(m.service.Template(kind, nil, exchange.Wish{Format: sheet.CSV, Language: language}))
			golden(t, string(kind)+"."+language+".csv", string(plain))
			book := m.written(m.service.Template(kind, []string{"black_tiger_shrimp", "rice"}, exchange.Wish{Format: sheet.XLSX, Language: language}))
			golden(t, string(kind)+"."+language+".xlsx.txt", dump(t, book))
			for _, content := range [][]byte{plain, book} {
				_, err := m.begin(who, "template", content, false)
				require.ErrorIs(t, err, exchange.ErrNoRows, "an example is no row")
			}
		}
	}
	_, err := m.service.Template(exchange.Products, []string{"nonsense"}, exchange.Wish{Format: sheet.CSV})
	require.Error(t, err)
}

// The example of a template, taken for real, is a product and an offer of it.
func TestTheExampleOfATemplateIsValid(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	for _, language := range []string{"vi", "en"} {
		for _, kind := range []exchange.Kind{exchange.Products, exchange.Offers} {
			plain := string(m.written(m.service.Template(kind, []string{"black_tiger_shrimp"}, exchange.Wish{Format: sheet.CSV, Language: language})))
			plain = strings.NewReplacer("VÍ DỤ – xoá dòng này", "", "EXAMPLE – delete this row", "",
				"15/12/2026", day(1), "31/12/2026", day(9)).Replace(plain)
			done := m.bring(m.ann, "example.csv", []byte(plain))
			require.Equal(t, 1, done.Progress.Total)
			require.Zero(t, done.Counts.Refused, done.Refusals)
		}
	}
}
