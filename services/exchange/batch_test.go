package exchange_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/exchange"
)

// A batch costs the same few statements whatever the number of its rows: to make things, and to
// find that they are there already.
func TestABatchCostsFewStatements(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	const rows, batches = 200, 4
	var statements atomic.Int64
	db := m.db.WithCounter(func(string) { statements.Add(1) })
	m.catalog = catalog.NewService(db, nil, m.lent.Book, catalog.Options{})
	m.service = exchange.NewService(db, m.lent.Book, m.catalog, m.deals, nil)
	products, offers := strings.Builder{}, strings.Builder{}
	products.WriteString("Mã hàng;Tên sản phẩm;Ngành hàng;Dạng;giống;Trạng thái\n")
	offers.WriteString("Mã hàng;Từ ngày;Đến ngày;Số lượng;Giá (đ)\n")
	for n := range rows {
		fmt.Fprintf(&products, "G-%d;Gạo số %d;gạo;gạo trắng;ST25;đăng bán\n", n, n)
		fmt.Fprintf(&offers, "G-%d;%s;%s;100;25000\n", n, day(1), day(9))
	}
	for _, step := range []struct {
		name string
		list string
		most int64 // for a batch
		want exchange.Counts
	}{
		{"new products", products.String(), 20, exchange.Counts{Created: rows}},
		{"the same products", products.String(), 15, exchange.Counts{Unchanged: rows}},
		{"new offers", offers.String(), 25, exchange.Counts{Created: rows}},
		{"the same offers", offers.String(), 20, exchange.Counts{Unchanged: rows}},
	} {
		statements.Store(0)
		done := m.bring(m.ann, "list.csv", []byte(step.list))
		require.Equal(t, step.want, done.Counts, step.name)
		t.Logf("%s: %d statements for %d batches", step.name, statements.Load(), batches)
		const around = 20 // to take it in, to take it up and to end it
		require.LessOrEqual(t, statements.Load(), around+batches*step.most, step.name)
	}
}

// What breaks a constraint refuses only its own row, though new products are written together.
func TestARowThatBreaksAConstraintRefusesOnlyItself(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	const head = "Mã hàng;Tên sản phẩm;Ngành hàng;Dạng;giống;GTIN;Trạng thái\n"
	first := m.bring(m.ben, "ben.csv", []byte(head+"B;Gạo B;gạo;gạo trắng;ST25;4006381333931;đăng bán\n"))
	require.Equal(t, exchange.Counts{Created: 1}, first.Counts)
	done := m.bring(m.ann, "ann.csv", []byte(head+
		"C;Gạo C;gạo;gạo trắng;ST25;;đăng bán\n"+
		"D;Gạo D;gạo;gạo trắng;ST25;4006381333931;đăng bán\n"+ // shown by somebody else
		"E;Gạo E;gạo;gạo trắng;ST25;4006381333931;nháp\n"+ // not to be shown
		"F;Gạo F;gạo;gạo trắng;ST25;4006381333931;nháp\n"+ // its producer's second
		"G;Gạo G;gạo;gạo trắng;ST25;;ngừng bán\n"+ // a draft cannot be withdrawn
		"H;Gạo H;gạo;gạo trắng;;;đăng bán\n"+ // breaks a rule
		"I;Gạo I;gạo;gạo trắng;ST24;;đăng bán\n"))
	require.Equal(t, exchange.Counts{Created: 3, Refused: 4}, done.Counts, m.result(m.ann, done.ID))
	for row, want := range map[int]string{3: "=gtin_claimed", 5: "=gtin_taken", 6: "=product_state", 7: "grade.variety=required"} {
		require.Equal(t, want, why(done, row), "row %d", row)
	}
	names := []string{}
	for _, product := range m.own(m.ann) {
		names = append(names, product.Name+" "+string(product.State))
	}
	require.ElementsMatch(t, []string{"Gạo C published", "Gạo E draft", "Gạo I published"}, names)
	var created, shown int
	require.NoError(t, m.lent.Owner.Get(t.Context(), &created, `SELECT count(*) FROM identity.audit_events WHERE action = 'product.created'`))
	require.NoError(t, m.lent.Owner.Get(t.Context(), &shown, `SELECT count(*) FROM identity.audit_events WHERE action = 'product.published'`))
	require.Equal(t, []int{4, 3}, []int{created, shown}, "nothing is recorded of what was refused")
}
