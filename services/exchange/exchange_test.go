package exchange_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/exchange"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// market is a database with two producers, a buyer and officials.
type market struct {
	testing.TB

	lent    *referencetest.Database
	db      *postgres.DB
	people  *identity.Service
	catalog *catalog.Service
	deals   *inquiry.Service
	service *exchange.Service

	ann, ben, buyer, caMau identity.Principal
	// dead is the context of a process that dies.
	dead context.Context //nolint:containedctx // of the test
}

func openMarket(t testing.TB) *market {
	t.Helper()
	lent := referencetest.Lend(t)
	m := &market{TB: t, lent: lent, db: lent.App}
	m.people = identity.NewService(m.db, lent.Book, identity.Options{MailFolder: t.TempDir()})
	m.catalog = catalog.NewService(m.db, nil, lent.Book, catalog.Options{})
	m.deals = inquiry.NewService(m.db, lent.Book)
	m.service = exchange.NewService(m.db, lent.Book, m.catalog, m.deals, nil)
	m.ann = m.join("ann", identity.NewOrganisation{Kind: identity.Producer, Name: "Hợp tác xã A (hư cấu)", LegalForm: identity.Cooperative, CommuneCode: "32098"})
	m.ben = m.join("ben", identity.NewOrganisation{Kind: identity.Producer, Name: "Công ty B (hư cấu)", LegalForm: identity.Enterprise, CommuneCode: "32065"})
	m.buyer = m.join("buyer", identity.NewOrganisation{Kind: identity.Buyer, Name: "Siêu thị (hư cấu)", BuyerKind: "caterer", CommuneCode: "25747"})
	m.caMau = m.join("camau", identity.NewOrganisation{Kind: identity.Authority, Name: "Sở Cà Mau (hư cấu)", Province: reference.CaMau})
	return m
}

const password = "a phrase for tests only"

func (m *market) join(name string, organisation identity.NewOrganisation) identity.Principal {
	m.Helper()
	organisation.Fictional = true
	registered, err := m.people.Register(m.Context(), identity.SystemPrincipal(), identity.Application{
		Organisation: organisation, User: identity.NewUser{Name: "Người thử", Email: name + "@ocop.example", Password: password},
	})
	require.NoError(m, err)
	_, err = m.people.Approve(m.Context(), identity.SystemPrincipal(), registered.Organisation.ID)
	require.NoError(m, err)
	signed, err := m.people.SignIn(m.Context(), name+"@ocop.example", password)
	require.NoError(m, err)
	who, err := m.people.Principal(m.Context(), signed.Token, uuid.Nil)
	require.NoError(m, err)
	return who
}

// begin sends a file in, without working it.
func (m *market) begin(who identity.Principal, name string, content []byte, dry bool) (exchange.Import, error) {
	return m.service.Import(m.Context(), who, exchange.Order{DryRun: dry, FileName: name, File: bytes.NewReader(content)})
}

// bring imports a file to its end.
func (m *market) bring(who identity.Principal, name string, content []byte) exchange.Import {
	m.Helper()
	return m.through(who, name, content, false)
}

func (m *market) through(who identity.Principal, name string, content []byte, dry bool) exchange.Import {
	m.Helper()
	begun, err := m.begin(who, name, content, dry)
	require.NoError(m, err)
	require.Equal(m, exchange.Waiting, begun.State)
	require.NoError(m, m.service.Work(m.Context(), begun.ID))
	ended, err := m.service.Status(m.Context(), who, begun.ID)
	require.NoError(m, err)
	require.Equal(m, exchange.Done, ended.State)
	require.Equal(m, ended.Progress.Total, ended.Progress.Done)
	return ended
}

func (m *market) own(who identity.Principal) []catalog.Product {
	m.Helper()
	products, _, err := m.catalog.OwnProducts(m.Context(), who, uuid.Nil, 1000)
	require.NoError(m, err)
	return products
}

func (m *market) offers(who identity.Principal) []catalog.Offer {
	m.Helper()
	offers, err := m.catalog.Offers(m.Context(), who, uuid.Nil, uuid.Nil, 1000)
	require.NoError(m, err)
	return offers
}

// result is the result of an import as text.
func (m *market) result(who identity.Principal, id uuid.UUID) string {
	m.Helper()
	download, err := m.service.Result(m.Context(), who, id)
	require.NoError(m, err)
	var out bytes.Buffer
	require.NoError(m, download.Write(&out))
	require.Equal(m, sheet.CSV, download.Format)
	return strings.ReplaceAll(strings.TrimPrefix(out.String(), "\uFEFF"), "\r\n", "\n")
}

// why lists the complaints about a row, as field=code.
func why(i exchange.Import, row int) string {
	for _, refusal := range i.Refusals {
		if refusal.Row == row {
			var all []string
			for _, c := range refusal.Errors {
				all = append(all, c.Field+"="+c.Code)
			}
			return strings.Join(all, " ")
		}
	}
	return ""
}

const shrimps = `Mã hàng;Tên sản phẩm;Ngành hàng;Dạng;số con mỗi kg, từ;số con mỗi kg, đến;Hình thức nuôi;Mô tả;Đăng bán;Của riêng tôi
TS-20;Tôm sú cỡ 20;tôm sú;ướp đá;20;25;quảng canh;Nuôi dưới tán rừng;có;x
TS-30;Tôm sú cỡ 30;TOM SU;uop da;30 con/kg;35;mangrove;;có;
G-25;Gạo ST25;gạo;gạo trắng;;;;;;
CUA;Cua gạch;cua;sống;;;;;;
`

const more = `Mã hàng;Tên sản phẩm;Ngành hàng;Dạng;giống;loại cua;khối lượng mỗi con (g), từ;dây buộc;tấm (%)
G-25;Gạo ST25;gạo;gạo trắng;ST25;;;;5,5%
CUA;Cua gạch;cua;sống;;gạch;1.000 g;dây vải;
`

func TestAListOfProductsComesIn(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	first := m.bring(m.ann, "hang.csv", []byte(shrimps))
	require.Equal(t, exchange.Products, first.Kind)
	require.Equal(t, exchange.Counts{Created: 2, Refused: 2}, first.Counts)
	require.Equal(t, []string{"Của riêng tôi"}, first.UnknownHeadings)
	require.Equal(t, "grade.variety=required", why(first, 4))
	require.Equal(t, "grade.grams_each_min=required grade.tie=required grade.type=required", sortedWords(why(first, 5)))

	products := m.own(m.ann)
	require.Len(t, products, 2)
	large := products[1]
	require.Equal(t, "Tôm sú cỡ 20", large.Name)
	require.Equal(t, "black_tiger_shrimp", large.Line)
	require.Equal(t, reference.Grade{"count_per_kg_min": int64(20), "count_per_kg_max": int64(25), "pond": "extensive"}, large.Grade)
	require.Equal(t, catalog.Published, large.State)
	require.Equal(t, "Nuôi dưới tán rừng", large.Description)

	again := m.bring(m.ann, "hang.csv", []byte(shrimps))
	require.Equal(t, exchange.Counts{Unchanged: 2, Refused: 2}, again.Counts, "the same file twice changes nothing")
	require.Equal(t, products, m.own(m.ann))

	added := m.bring(m.ann, "them.csv", []byte(more))
	require.Equal(t, exchange.Counts{Created: 2}, added.Counts, why(added, 2)+why(added, 3))
	changed := m.bring(m.ann, "sua.csv", []byte("SKU,Description\nTS-20,-\nts-30,Mới\n"))
	require.Equal(t, exchange.Counts{Updated: 2}, changed.Counts, why(changed, 2))
	for _, product := range m.own(m.ann) {
		switch product.Name {
		case "Tôm sú cỡ 20":
			require.Empty(t, product.Description, "a dash removes")
			require.Equal(t, large.Grade, product.Grade, "what has no column stays")
		case "Cua gạch":
			require.Equal(t, reference.Grade{"type": "gach", "grams_each_min": int64(1000), "tie": "cloth"}, product.Grade)
		case "Gạo ST25":
			require.Equal(t, reference.Grade{"variety": "ST25", "broken_percent": "5.5"}, product.Grade)
			require.Equal(t, catalog.Draft, product.State)
		}
	}
	require.Empty(t, m.own(m.ben), "a list is its sender's")
}

func sortedWords(text string) string {
	words := strings.Fields(text)
	for i := range words {
		for j := i + 1; j < len(words); j++ {
			if words[j] < words[i] {
				words[i], words[j] = words[j], words[i]
			}
		}
	}
	return strings.Join(words, " ")
}

// day is a day that lies some days ahead, as people write it.
func day(ahead int) string {
	d := reference.Day(time.Now()).AddDays(ahead)
	return fmt.Sprintf("%d/%d/%d", d.Day, d.Month, d.Year)
}

func TestAListOfOffersComesIn(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.bring(m.ann, "hang.csv", []byte(shrimps))
	list := "Tên;Từ ngày;Đến ngày;Số lượng;ĐVT;Đặt tối thiểu;Đơn giá;Bậc 2: từ số lượng;Giá bậc 2;Nơi có hàng;Ai thấy giá;Số ngày chuẩn bị\n" +
		"Tôm sú cỡ 20;" + day(1) + ";" + day(9) + ";1,5 tấn;;50;250.000 đ/kg;500;240k;Đất Mới;công khai;2 ngày\n" +
		"tôm sú cỡ 30;" + day(1) + ";" + day(9) + ";2;tấn;0,1;theo ngày;;;;;\n" +
		"Tôm sú cỡ 30;" + day(10) + ";" + day(12) + ";1.250;kg;;250 000;;;;;\n" +
		"Tôm hùm;" + day(1) + ";" + day(9) + ";100;kg;;1;;;;;\n" +
		"Tôm sú cỡ 20;" + day(9) + ";" + day(1) + ";100;hộp;;0;;;Sao Hoả;ai cũng được;\n" +
		"Tôm sú cỡ 20;" + day(1) + ";" + day(9) + ";100;;;1000;;;;;\n"
	first := m.bring(m.ann, "cung.csv", []byte(list))
	require.Equal(t, exchange.Offers, first.Kind)
	require.Equal(t, exchange.Counts{Created: 2, Refused: 4}, first.Counts, m.result(m.ann, first.ID))
	require.Equal(t, "quantity=number_ambiguous", why(first, 4))
	require.Equal(t, "name=import_product_unknown", why(first, 5))
	require.Equal(t, "unit=unit_mismatch place=import_name_unknown visibility=import_name_unknown", why(first, 6))
	require.Equal(t, "=import_row_twice", why(first, 7))

	offers := m.offers(m.ann)
	require.Len(t, offers, 2)
	fixed, daily := offers[1], offers[0]
	if fixed.PriceOnTheDay {
		fixed, daily = daily, fixed
	}
	require.Equal(t, "1500", fixed.Quantity.String())
	require.Equal(t, []catalog.PriceTier{{PriceVND: 250_000}, {FromQuantity: 500_000, PriceVND: 240_000}}, fixed.PriceTiers)
	require.Equal(t, catalog.Public, fixed.Visibility)
	require.Equal(t, 2, fixed.LeadDays)
	require.Equal(t, "2000", daily.Quantity.String())
	require.Equal(t, "100", daily.MinOrder.String())
	require.True(t, daily.PriceOnTheDay)
	require.Equal(t, reference.Day(time.Now()).AddDays(1), daily.AvailableFrom)

	again := m.bring(m.ann, "cung.csv", []byte(list))
	require.Equal(t, exchange.Counts{Unchanged: 2, Refused: 4}, again.Counts)
	raised := m.bring(m.ann, "cung.csv", []byte("Tên;Từ ngày;Đến ngày;Số lượng\nTôm sú cỡ 20;"+day(1)+";"+day(9)+";1800\n"))
	require.Equal(t, exchange.Counts{Updated: 1}, raised.Counts, why(raised, 2))
	_, err := m.catalog.CloseOffer(m.Context(), m.ann, fixed.ID, nil)
	require.NoError(t, err)
	closed := m.bring(m.ann, "cung.csv", []byte(list))
	require.Equal(t, "=offer_state", why(closed, 2), "what was closed is not opened again by an old file")
}

func TestARefusedRowRefusesOnlyItselfAndSaysWhy(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	list := "DANH SÁCH SẢN PHẨM THÁNG 12\n\n" +
		"Tên sản phẩm,Ngành hàng,Dạng,giống,GTIN\n" +
		"Gạo A,gạo,trắng,ST25,\n" +
		"=Gạo B,gạo,gạo trắng,ST25,4006381333931\n" +
		"Gạo C,gạo,milled,ST25,4006381333931\n" +
		"Gạo D,lúa mì,milled,ST25,\n"
	ended := m.bring(m.ann, "gạo.csv", []byte(list))
	require.Equal(t, exchange.Counts{Created: 1, Refused: 3}, ended.Counts)
	result := m.result(m.ann, ended.ID)
	require.Contains(t, result, "Tên sản phẩm,Ngành hàng,Dạng,giống,GTIN,Kết quả / Result,Lý do,Reason\n")
	require.Contains(t, result, "'=Gạo B,gạo,gạo trắng,ST25,4006381333931,đã tạo,,\n")
	require.Contains(t, result, "Gạo A,gạo,trắng,ST25,,từ chối,\"Dạng: Không có «trắng». Có thể dùng: gạo trắng, gạo lứt.\",\"Dạng: There is no “trắng”. Use one of: gạo trắng, gạo lứt.\"\n")
	require.Contains(t, result, "Ngành hàng: Không có «lúa mì»")
	require.True(t, strings.HasPrefix(result, "DANH SÁCH SẢN PHẨM THÁNG 12"))
	mended := strings.Replace(result, "Gạo A,gạo,trắng", "Gạo A,gạo,gạo trắng", 1)
	require.Equal(t, exchange.Counts{Created: 1, Unchanged: 1, Refused: 2}, m.bring(m.ann, "lại.csv", []byte(mended)).Counts,
		"the result, mended, is a list again")
}

func TestADryRunLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	tried := m.through(m.ann, "hang.csv", []byte(shrimps), true)
	require.True(t, tried.DryRun)
	require.Empty(t, m.own(m.ann))
	require.Equal(t, tried.Counts, m.bring(m.ann, "hang.csv", []byte(shrimps)).Counts, "it finds what the import finds")
}

func TestTheJobDoesTheWork(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	begun, err := m.begin(m.ann, "hang.csv", []byte(shrimps), false)
	require.NoError(t, err)
	_, err = m.begin(m.ann, "hang.csv", []byte(shrimps), false)
	require.ErrorIs(t, err, exchange.ErrImportRunning, "one at a time")
	workers := jobs.NewWorkers()
	m.service.Jobs(workers)
	require.NoError(t, jobs.Drain(t.Context(), m.db, workers))
	ended, err := m.service.Status(t.Context(), m.ann, begun.ID)
	require.NoError(t, err)
	require.Equal(t, exchange.Done, ended.State)
	require.Len(t, m.own(m.ann), 2)
}
