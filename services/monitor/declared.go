package monitor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

// opensDeclared reports whether declared volumes can stand beside the rows of a query: over whole calendar
// months, and by nothing that a declaration does not say. The dates must be filled in.
func opensDeclared(q ledger.Query) bool {
	said := []ledger.Dimension{
		ledger.ByMonth, ledger.ByQuarter, ledger.ByHalfYear, ledger.ByYear, ledger.ByLine, ledger.ByForm, ledger.ByCommune, ledger.ByDistrict,
		ledger.ByProducer,
	}
	for _, dimension := range q.By {
		if !slices.Contains(said, dimension) {
			return false
		}
	}
	for dimension, value := range q.Only {
		if value != "" && !slices.Contains(said, dimension) {
			return false
		}
	}
	return q.From.Day == 1 && q.To.AddDays(1).Day == 1
}

// withDeclaredTx sets beside the rows of a query what was declared, and adds the rows that exist only because
// something was declared. Rows stay as they are where declarations do not say what the query asks.
func withDeclaredTx(ctx context.Context, tx *postgres.Tx, q ledger.Query, rows []VolumeRow) ([]VolumeRow, error) {
	if !opensDeclared(q) {
		return rows, nil
	}
	asks := func(dimension ledger.Dimension) bool {
		return slices.Contains(q.By, dimension) || q.Only[dimension] != ""
	}
	volumes, err := trade.Declared(ctx, tx, trade.DeclaredQuery{
		From: q.From, To: q.To, ByCommune: asks(ledger.ByCommune) || asks(ledger.ByDistrict), ByProducer: asks(ledger.ByProducer),
	})
	if err != nil {
		return nil, err
	}
	var former map[string][]string
	if asks(ledger.ByDistrict) {
		if former, err = formerDistrictsTx(ctx, tx); err != nil {
			return nil, err
		}
	}
	by := byOf(q)
	places := make(map[string]int, len(rows))
	for at := range rows {
		rows[at].Declared = new(quantity.Quantity)
		places[rows[at].place(by)] = at
	}
	for _, volume := range volumes {
		for _, key := range declaredKeys(q, volume, former) {
			row := VolumeRow{Dimensions: dimensionsOf(key), Declared: new(quantity.Quantity)}
			at, there := places[row.place(by)]
			if !there {
				at, places[row.place(by)], rows = len(rows), len(rows), append(rows, row)
			}
			*rows[at].Declared += volume.Declared
		}
	}
	if len(rows) > ledger.MaxVolumeRows {
		return nil, ledger.ErrTooManyRows.With("max", ledger.MaxVolumeRows)
	}
	slices.SortFunc(rows, func(a, b VolumeRow) int { return a.compare(b, by) })
	return rows, nil
}

// declaredKeys are the rows of a query that a declared volume belongs to: none where a filter leaves it out,
// several where a commune belonged to several districts.
func declaredKeys(q ledger.Query, volume trade.DeclaredVolume, former map[string][]string) []ledger.Key {
	keys := []ledger.Key{{Dimensions: map[ledger.Dimension]string{}, Line: volume.Line, Dried: volume.Dried, Unit: volume.Unit}}
	for _, dimension := range ledger.Dimensions() {
		values := declaredValues(volume, dimension, former)
		asked := slices.Contains(q.By, dimension) && dimension != ledger.ByLine
		if only := q.Only[dimension]; only != "" {
			if !slices.Contains(values, only) {
				return nil
			}
			values = []string{only}
		}
		if !asked {
			continue
		}
		spread := make([]ledger.Key, 0, len(keys)*len(values))
		for _, key := range keys {
			for _, value := range values {
				one := key
				one.Dimensions = maps.Clone(key.Dimensions)
				one.Dimensions[dimension] = value
				spread = append(spread, one)
			}
		}
		keys = spread
	}
	return keys
}

// declaredValues are those of a dimension that a declared volume has, written as the ledger writes them.
func declaredValues(volume trade.DeclaredVolume, dimension ledger.Dimension, former map[string][]string) []string {
	if text, is := periodOf(dimension, volume.Month); is {
		return []string{text}
	}
	switch dimension {
	case ledger.ByLine:
		return []string{volume.Line}
	case ledger.ByForm:
		return []string{volume.Form}
	case ledger.ByCommune:
		return []string{volume.Commune}
	case ledger.ByDistrict:
		if districts := former[volume.Commune]; len(districts) > 0 {
			return districts
		}
		return []string{""}
	case ledger.ByProducer:
		if volume.ProducerID != uuid.Nil {
			return []string{volume.ProducerID.String()}
		}
		return nil
	default:
		return nil
	}
}

// byOf lists what rows are about besides their goods, each once.
func byOf(q ledger.Query) []ledger.Dimension {
	var by []ledger.Dimension
	for _, dimension := range q.By {
		if dimension != ledger.ByLine && !slices.Contains(by, dimension) {
			by = append(by, dimension)
		}
	}
	return by
}

// place tells rows of one query apart.
func (d *Dimensions) place(by []ledger.Dimension) string {
	parts := make([]string, 0, len(by)+3)
	parts = append(parts, d.Line, d.Unit, strconv.FormatBool(d.Dried))
	for _, dimension := range by {
		parts = append(parts, d.Value(dimension))
	}
	return strings.Join(parts, "\x00")
}

// compare orders rows as the ledger does.
func (d *Dimensions) compare(other VolumeRow, by []ledger.Dimension) int {
	for _, dimension := range by {
		if order := strings.Compare(d.Value(dimension), other.Value(dimension)); order != 0 {
			return order
		}
	}
	dried := 0
	switch {
	case d.Dried && !other.Dried:
		dried = 1
	case !d.Dried && other.Dried:
		dried = -1
	}
	return cmp.Or(strings.Compare(d.Line, other.Line), dried, strings.Compare(d.Unit, other.Unit))
}

// declaredNote says what the column of declared volumes is.
func declaredNote() reference.Names {
	return called("Khai báo ngoài sàn là lượng bán ngoài sàn theo lời người khai, chưa ai xác nhận, không nằm trong cột nào khác.",
		"What is declared was sold off the platform by the word of who declared it; nobody confirmed it, and it is part of no other column.")
}

// declaredNotTold says why the column is empty.
func declaredNotTold() reference.Names {
	return called("Lượng khai báo ngoài sàn không hiển thị ở đây: tờ khai chỉ ghi theo tháng trọn, ngành hàng, dạng hàng, nơi sản xuất và nhà sản xuất.",
		"What was declared off the platform is not shown here: declarations tell only whole months, lines, forms, places of origin and producers.")
}
