package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/postgres/pgtest"
	"github.com/ocop-market/ocop/services/exchange"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// A server is killed in the middle of an import. The next one on the same data carries it on by
// itself: every row is through once, and the result says so of each.
func TestKilledServerCarriesItsImportOn(t *testing.T) {
	t.Parallel()
	const rows = 3000
	lent := referencetest.Lend(t)
	data := dataFolder(t)
	settings := []string{"OCOP_DATABASE_URL=" + lent.AppURL, "OCOP_REDIS_URL=" + pgtest.Environment(t, pgtest.RedisURL)}
	first := serve(t, data, settings)
	require.NoError(t, first.ready())
	market := &client{ctx: t.Context(), address: "http://" + first.address, token: first.signIn(t, producerOf(t, lent, data), demonstrationPassword)}
	var list bytes.Buffer
	list.WriteString("Mã hàng;Tên sản phẩm;Ngành hàng;Dạng;giống\n")
	for n := range rows - 1 {
		fmt.Fprintf(&list, "K-%05d;Gạo số %d (hư cấu);gạo;gạo trắng;ST25\n", n, n)
	}
	list.WriteString("K-00000;Gạo số 0 (hư cấu);gạo;gạo lứt;ST25\n") // there already, and that must not be forgotten
	begun, err := market.sendFile("gạo.csv", &list, nil)
	require.NoError(t, err)

	now := begun
	see := func() exchange.Import {
		require.NoError(t, market.call(http.MethodGet, "/v1/imports/"+begun.ID.String(), nil, &now))
		return now
	}
	require.Eventually(t, func() bool { return see().Progress.Done >= rows/10 }, time.Minute, 5*time.Millisecond)
	require.NoError(t, first.cmd.Process.Kill())
	<-first.ended
	require.Less(t, now.Progress.Done, rows*9/10, "it was killed in the middle")

	second := serve(t, data, settings)
	require.NoError(t, second.ready())
	market.address = "http://" + second.address
	half := see()
	require.Equal(t, exchange.Running, half.State)
	require.Equal(t, half.Progress.Done, productsIn(t, lent), "what is noted is done, and no more")
	require.Eventually(t, func() bool { return see().FinishedAt != nil }, 2*time.Minute, 50*time.Millisecond)
	require.Equal(t, exchange.Done, now.State)
	require.Equal(t, exchange.Progress{Done: rows, Total: rows}, now.Progress)
	require.Equal(t, exchange.Counts{Created: rows - 1, Refused: 1}, now.Counts)

	require.Equal(t, rows-1, productsIn(t, lent))
	file := filepath.Join(t.TempDir(), "result.csv")
	require.NoError(t, market.fetch("/v1/imports/"+begun.ID.String()+"/result", file))
	result, err := os.ReadFile(file)
	require.NoError(t, err)
	for n := range rows - 1 {
		line := fmt.Sprintf("K-%05d;Gạo số %d (hư cấu);gạo;gạo trắng;ST25;đã tạo;;\r\n", n, n)
		require.Equal(t, 1, strings.Count(string(result), line), line)
	}
	require.Contains(t, string(result), "K-00000;Gạo số 0 (hư cấu);gạo;gạo lứt;ST25;từ chối;")
	require.Equal(t, rows+1, strings.Count(string(result), "\r\n"))
}

// producerOf makes an approved producer and returns the login of its user.
func producerOf(t *testing.T, lent *referencetest.Database, data string) string {
	t.Helper()
	people := identity.NewService(lent.App, lent.Book, identity.Options{MailFolder: data})
	const login = "producer@ocop.example"
	registered, err := people.Register(t.Context(), identity.SystemPrincipal(), identity.Application{
		Organisation: identity.NewOrganisation{
			Kind: identity.Producer, Name: "Hợp tác xã (hư cấu)", LegalForm: identity.Cooperative, CommuneCode: "32098", Fictional: true,
		},
		User: identity.NewUser{Name: "Người thử", Email: login, Password: demonstrationPassword},
	})
	require.NoError(t, err)
	_, err = people.Approve(t.Context(), identity.SystemPrincipal(), registered.Organisation.ID)
	require.NoError(t, err)
	return login
}

// productsIn counts the products of a database, each with the one event that tells of it and the
// one code that names it.
func productsIn(t *testing.T, lent *referencetest.Database) int {
	t.Helper()
	const query = `
		SELECT count(*) AS products, count(DISTINCT p.name) AS names,
		       (SELECT count(*) FROM identity.audit_events WHERE action = 'product.created') AS events,
		       (SELECT count(DISTINCT subject_id) FROM exchange.own_codes) AS codes
		  FROM catalog.products p`
	var found struct {
		Products int `db:"products"`
		Names    int `db:"names"`
		Events   int `db:"events"`
		Codes    int `db:"codes"`
	}
	require.NoError(t, lent.Owner.Get(t.Context(), &found, query))
	require.Equal(t, []int{found.Products, found.Products, found.Products}, []int{found.Names, found.Events, found.Codes})
	return found.Products
}
