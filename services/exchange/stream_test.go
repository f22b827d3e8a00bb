package exchange_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/exchange"
)

// arrived counts the rows that a client has once it has these bytes of a list.
func arrived(t *testing.T, format sheet.Format, sent []byte) int {
	t.Helper()
	if format == sheet.CSV {
		return bytes.Count(sent, []byte("\r\n"))
	}
	const name, header = "xl/worksheets/sheet1.xml", 30
	at := bytes.Index(sent, []byte(name))
	if at < 0 {
		return 0
	}
	extra := int(binary.LittleEndian.Uint16(sent[at-header+28:])) // of the local file header
	rows, err := io.ReadAll(flate.NewReader(bytes.NewReader(sent[min(len(sent), at+len(name)+extra):])))
	if err != nil {
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	}
	return bytes.Count(rows, []byte("</row>"))
}

// An export reads a page when the one before is on its way: it never holds more than a few hundred
// rows, however long the list, and costs the same few statements for every thousand of them.
func TestAnExportIsSentAsItIsRead(t *testing.T) {
	t.Parallel()
	const rows, held = 3000, 500
	m := openMarket(t)
	m.supply(m.ann, rows)
	var sent bytes.Buffer
	var format sheet.Format
	var statements, pages, page, most atomic.Int64
	db := m.db.WithCounter(func(statement string) {
		statements.Add(1)
		if !strings.Contains(statement, "catalog.product_pages") && !strings.Contains(statement, "ORDER BY o.created_at DESC, o.id DESC") {
			return
		}
		read := pages.Add(1) - 1
		most.Store(max(most.Load(), read*page.Load()-int64(arrived(t, format, sent.Bytes()))))
	})
	goods := catalog.NewService(db, nil, m.lent.Book, catalog.Options{})
	service := exchange.NewService(db, m.lent.Book, goods, m.deals, nil)
	_, err := goods.Search(t.Context(), m.buyer, catalog.Query{Limit: 1}) // reads the index
	require.NoError(t, err)
	for name, list := range map[string]struct {
		page, statements int64 // a page, and for a thousand rows
		export           func(wish exchange.Wish) (exchange.Download, error)
	}{
		"products": {200, 16, func(wish exchange.Wish) (exchange.Download, error) {
			return service.ExportProducts(t.Context(), m.ann, wish)
		}},
		"offers": {200, 22, func(wish exchange.Wish) (exchange.Download, error) {
			return service.ExportOffers(t.Context(), m.ann, wish)
		}},
		"catalogue": {100, 30, func(wish exchange.Wish) (exchange.Download, error) {
			return service.ExportCatalogue(t.Context(), m.buyer, catalog.Query{}, wish)
		}},
	} {
		for _, format = range []sheet.Format{sheet.CSV, sheet.XLSX} {
			sent.Reset()
			download, err := list.export(exchange.Wish{Format: format, Language: "vi"})
			require.NoError(t, err)
			page.Store(list.page)
			for _, counter := range []*atomic.Int64{&statements, &pages, &most} {
				counter.Store(0)
			}
			require.NoError(t, download.Write(&sent))
			require.Equal(t, rows+1, arrived(t, format, sent.Bytes()), "%s, %s", name, format)
			require.GreaterOrEqual(t, pages.Load(), rows/list.page, "%s, %s", name, format)
			require.LessOrEqual(t, most.Load(), int64(held), "rows held of %s, %s", name, format)
			require.LessOrEqual(t, statements.Load(), list.statements*rows/1000, "statements of %s, %s", name, format)
			t.Logf("%-9s %-4s at most %d rows held, %d statements for %d rows", name, format, most.Load(), statements.Load(), rows)
		}
	}
	_, err = zip.NewReader(bytes.NewReader(sent.Bytes()), int64(sent.Len()))
	require.NoError(t, err)
}
