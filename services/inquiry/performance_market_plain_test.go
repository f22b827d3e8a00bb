package inquiry_test

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
)

// followed waits until the facts of the market are up to date. They wait for older transactions, those of other tests too.
func (s *sold) followed() {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		_, err := s.FollowMarket(s.t.Context())
		require.NoError(s.t, err)
		var waiting int
		require.NoError(s.t, s.db.Get(s.t.Context(), &waiting, `
			SELECT (SELECT count(*) FROM inquiry.market_looks)
			     + (SELECT count(*) FROM ledger.deal_changes c JOIN inquiry.market_place p ON (c.xact, c.id) > (p.xact, p.id))`))
		return waiting == 0
	}, 20*time.Second, 5*time.Millisecond)
}

// requireNoFinding has the doctor compare the facts.
func (s *sold) requireNoFinding() {
	s.t.Helper()
	subjects, err := inquiry.MarketMatches(s.t.Context(), s.lent.App, func(f ledger.Finding) error {
		require.Fail(s.t, "a finding", "%+v", f)
		return nil
	})
	require.NoError(s.t, err)
	require.Positive(s.t, subjects)
}

// plainly works out the median or the share of a measure from the rows, and how many cases it is of.
func (s *sold) plainly(measure inquiry.MarketMeasure, within inquiry.Window) (cases int, minutes, share *int64) {
	s.t.Helper()
	query := map[string]string{
		"answer_time": `SELECT extract(epoch FROM x.at - i.opened_at) / 60 FROM inquiry.inquiries i JOIN (
			SELECT y.inquiry_id, min(y.at) AS at FROM (SELECT inquiry_id, producer_id, created_at AS at FROM inquiry.quotes UNION ALL
			       SELECT inquiry_id, producer_id, declined_at FROM inquiry.invitations WHERE declined_at IS NOT NULL) y
			 GROUP BY y.inquiry_id, y.producer_id) x ON x.inquiry_id = i.id WHERE CAST(i.opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN $1 AND $2`,
		"inquiry_to_quote": `SELECT extract(epoch FROM min(q.created_at) - i.opened_at) / 60 FROM inquiry.inquiries i JOIN inquiry.quotes q ON q.inquiry_id = i.id
			 WHERE CAST(i.opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN $1 AND $2 GROUP BY i.id, q.producer_id`,
		"quote_to_award": `SELECT extract(epoch FROM a.created_at - CASE WHEN i.quotes_sealed THEN least(greatest(q.created_at, i.quotes_due_at), a.created_at) ELSE q.created_at END) / 60
			  FROM inquiry.awards a JOIN inquiry.quotes q ON q.id = a.quote_id JOIN inquiry.inquiries i ON i.id = a.inquiry_id
			 WHERE CAST(a.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN $1 AND $2`,
	}[measure.Code]
	if query != "" {
		var times []float64
		require.NoError(s.t, s.db.Select(s.t.Context(), &times, query, within.From, within.To))
		slices.Sort(times)
		if len(times) >= inquiry.FewCases {
			var rounded int64 // by the database, as it rounds
			require.NoError(s.t, s.db.Get(s.t.Context(), &rounded, `SELECT CAST(CAST($1 AS numeric) AS bigint)`, times[(len(times)-1)/2]))
			minutes = &rounded
		}
		return len(times), minutes, nil
	}
	part, whole := int64(measure.Met), int64(measure.Cases)
	if measure.Code == "rejected" {
		const rejected = `
			SELECT coalesce(sum(coalesce(t.rejected, d.rejected)), 0), coalesce(sum(d.quantity + coalesce(t.over, d.over)), 0)
			  FROM inquiry.deliveries d JOIN inquiry.awards a ON a.id = d.award_id JOIN inquiry.lines l ON l.id = a.line_id
			  LEFT JOIN (inquiry.settlements t JOIN inquiry.disputes x ON x.id = t.dispute_id AND t.agreed_at IS NOT NULL) ON x.delivery_id = d.id
			 WHERE CAST(d.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN $1 AND $2 AND l.line = $3 AND d.unit = $4`
		err := s.db.Each(s.t.Context(), rejected, []any{within.From, within.To, measure.Line, measure.Unit},
			func(scan func(dest ...any) error) error { return scan(&part, &whole) })
		require.NoError(s.t, err)
	}
	if measure.Cases >= inquiry.FewCases {
		share = new((2000*part + whole) / (2 * whole))
	}
	return measure.Cases, nil, share
}

// reasonsRead are what receipts and settlements name, read one by one.
func (s *sold) reasonsRead(within inquiry.Window) []inquiry.MarketReason {
	s.t.Helper()
	const query = `
		SELECT d.id, l.line, d.unit, coalesce(t.rejected, d.rejected), coalesce(g.reason, ''), coalesce(r.name_vi, ''), coalesce(r.name_en, '')
		  FROM inquiry.deliveries d JOIN inquiry.awards a ON a.id = d.award_id JOIN inquiry.lines l ON l.id = a.line_id
		  LEFT JOIN (inquiry.settlements t JOIN inquiry.disputes x ON x.id = t.dispute_id AND t.agreed_at IS NOT NULL) ON x.delivery_id = d.id
		  LEFT JOIN LATERAL unnest(coalesce(t.reasons, d.reasons)) AS g (reason) ON true LEFT JOIN inquiry.reasons r ON r.code = g.reason
		 WHERE CAST(d.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN $1 AND $2 AND coalesce(t.rejected, d.rejected) > 0`
	read := []inquiry.MarketReason{}
	err := s.db.Each(s.t.Context(), query, []any{within.From, within.To}, func(scan func(dest ...any) error) error {
		var id uuid.UUID
		one := inquiry.MarketReason{Deliveries: 1}
		if err := scan(&id, &one.Line, &one.Unit, &one.Rejected, &one.Reason, &one.NameVI, &one.NameEN); err != nil {
			return err
		}
		for at, each := range read {
			if each.Line == one.Line && each.Unit == one.Unit && each.Reason == one.Reason {
				read[at].Deliveries, read[at].Rejected = each.Deliveries+1, each.Rejected+one.Rejected
				return nil
			}
		}
		read = append(read, one)
		return nil
	})
	require.NoError(s.t, err)
	slices.SortFunc(read, func(a, b inquiry.MarketReason) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Unit, b.Unit), cmp.Compare(b.Rejected, a.Rejected), cmp.Compare(a.Reason, b.Reason))
	})
	return read
}
