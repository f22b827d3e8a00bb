package inquiry

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// marketKey is what sums of facts are told apart by.
type marketKey struct {
	kind, line, unit, reason string
	flags                    int
	bucket                   int64
}

// marketSums are the sums of a window.
type marketSums struct {
	pieces pieces
	sums   map[marketKey]marketSum
	// changed are the facts within the window that the sums of the database lack.
	changed []marketChanged
}

// pieces cut a window into whole months that are over and the days before and after them.
type pieces struct {
	spans       []string
	first, last []string
}

func (p *pieces) add(span string, first, last civil.Date) {
	if !last.Before(first) {
		p.spans, p.first, p.last = append(p.spans, span), append(p.first, first.String()), append(p.last, last.String())
	}
}

// cut cuts a window. Of months that are not over, what counts depends on today, and only days say that.
func cut(within Window, today civil.Date) pieces {
	monthOf := func(day civil.Date) civil.Date { return civil.New(day.Year, day.Month, 1) }
	from, until := monthOf(within.From), monthOf(within.To.AddDays(1)) // of whole months: from the one, before the other
	if from.Before(within.From) {
		from = from.AddMonths(1)
	}
	if running := monthOf(today); running.Before(until) {
		until = running
	}
	var all pieces
	if !from.Before(until) {
		all.add("day", within.From, within.To)
		return all
	}
	all.add("day", within.From, from.AddDays(-1))
	all.add("month", from, until.AddDays(-1))
	all.add("day", until, within.To)
	return all
}

// readMarket reads the sums of a window, and what changed behind the place of whoever follows.
func readMarket(ctx context.Context, reader postgres.Reader, within Window, today civil.Date) (*marketSums, error) {
	const query = `
		SELECT d.kind, d.line, d.unit, d.reason, d.flags, d.bucket, CAST(sum(d.cases) AS bigint) AS cases, CAST(sum(d.met) AS bigint) AS met,
		       CAST(sum(d.part) AS bigint) AS part, CAST(sum(d.whole) AS bigint) AS whole
		  FROM unnest(CAST($1 AS text[]), CAST($2 AS date[]), CAST($3 AS date[])) AS piece (span, first, last)
		  JOIN inquiry.market_sums d ON d.span = piece.span AND d.day BETWEEN piece.first AND piece.last
		 WHERE d.kind <> 'awaited' OR d.day < $4
		 GROUP BY d.kind, d.line, d.unit, d.reason, d.flags, d.bucket`
	read := &marketSums{pieces: cut(within, today), sums: make(map[marketKey]marketSum)}
	var rows []marketSum
	if err := reader.Select(ctx, &rows, query, postgres.Array(read.pieces.spans), postgres.Array(read.pieces.first), postgres.Array(read.pieces.last), today); err != nil {
		return nil, err
	}
	for _, row := range rows {
		read.add(row)
	}
	changed, err := changedSince(ctx, reader)
	if err != nil || changed.none() {
		return read, err
	}
	const late = marketFacts + marketChange + `
		SELECT kind, day, line, unit, reason, flags, minutes, inquiry.market_bucket(minutes) AS bucket, cases, met, part, whole FROM change
		 WHERE day BETWEEN $6 AND $7 AND (kind <> 'awaited' OR day < $8)`
	if err := reader.Select(ctx, &read.changed, late, changed.args(within.From, within.To, today)...); err != nil {
		return nil, err
	}
	for _, each := range read.changed {
		read.add(each.marketSum)
	}
	return read, nil
}

// changedSince are the awards and inquiries that nobody has followed yet.
func changedSince(ctx context.Context, reader postgres.Reader) (looks, error) {
	const query = `
		SELECT DISTINCT c.award_id, c.inquiry_id
		  FROM ledger.deal_changes c JOIN inquiry.market_place p ON (c.xact, c.id) > (p.xact, p.id)
		 UNION
		SELECT l.award_id, l.inquiry_id FROM inquiry.market_looks l`
	var found []look
	err := reader.Select(ctx, &found, query)
	var changed looks
	changed.add(found...)
	return changed, err
}

func (m *marketSums) add(more marketSum) {
	key := marketKey{more.Kind, more.Line, more.Unit, more.Reason, more.Flags, more.Bucket}
	sum, known := m.sums[key]
	if !known {
		m.sums[key] = more
		return
	}
	sum.Cases, sum.Met, sum.Part, sum.Whole = sum.Cases+more.Cases, sum.Met+more.Met, sum.Part+more.Part, sum.Whole+more.Whole
	m.sums[key] = sum
}

// permille is a part of a whole, rounded half up; nil of too few cases and of nothing.
func permille(cases, part, whole int64) *int64 {
	if cases < FewCases || whole == 0 {
		return nil
	}
	n := (2000*part + whole) / (2 * whole)
	return &n
}

// owed measures what was owed.
func (m *marketSums) owed() []MarketMeasure {
	var measured []MarketMeasure
	for _, each := range []struct {
		code        string
		among, flag int
	}{
		{measureOnTime, flagExpected, flagOnTime},
		{measureInFull, 0, flagInFull},
		{measureAnnounced, 0, flagAnnounced},
		{measureDefaulted, 0, flagDefaulted},
	} {
		var cases, met int64
		for key, sum := range m.sums {
			if (key.kind == factOwed || key.kind == factAwaited) && key.flags&each.among == each.among {
				cases += sum.Cases
				if key.flags&each.flag != 0 {
					met += sum.Cases
				}
			}
		}
		if cases > 0 {
			measured = append(measured, MarketMeasure{Code: each.code, Cases: int(cases), Met: int(met), Permille: permille(cases, met, cases)})
		}
	}
	return measured
}

// of are the sums of a kind that have cases, in the order of lines and units.
func (m *marketSums) of(kind string) []marketSum {
	sums := slices.DeleteFunc(slices.Collect(maps.Values(m.sums)), func(s marketSum) bool { return s.Kind != kind || s.Cases == 0 })
	slices.SortFunc(sums, func(a, b marketSum) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Unit, b.Unit), cmp.Compare(b.Part, a.Part), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Bucket, b.Bucket))
	})
	return sums
}

// rejected measures the goods of each line.
func (m *marketSums) rejected() []MarketMeasure {
	goods := m.of(factGoods)
	measured := make([]MarketMeasure, 0, len(goods))
	for _, sum := range goods {
		measured = append(measured, MarketMeasure{
			Code: measureRejected, Line: sum.Line, Unit: sum.Unit, Cases: int(sum.Cases), Met: int(sum.Met), Permille: permille(sum.Cases, sum.Part, sum.Whole),
		})
	}
	return measured
}

// reasons are what goods were rejected for.
func (m *marketSums) reasons(ctx context.Context, reader postgres.Reader) ([]MarketReason, error) {
	const query = `SELECT code, name_vi, name_en FROM inquiry.reasons`
	var known []struct {
		Code   string `db:"code"`
		NameVI string `db:"name_vi"`
		NameEN string `db:"name_en"`
	}
	if err := reader.Select(ctx, &known, query); err != nil {
		return nil, err
	}
	reasons := []MarketReason{}
	for _, sum := range m.of(factReason) {
		reason := MarketReason{Line: sum.Line, Unit: sum.Unit, Reason: sum.Reason, Deliveries: int(sum.Cases), Rejected: quantity.Quantity(sum.Part)}
		for _, each := range known {
			if each.Code == sum.Reason {
				reason.NameVI, reason.NameEN = each.NameVI, each.NameEN
			}
		}
		reasons = append(reasons, reason)
	}
	return reasons, nil
}
