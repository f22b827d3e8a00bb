package inquiry

import (
	"cmp"
	"context"
	"slices"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// middle is where the median of a measure lies: in a bucket of times, and which of them it is, from 1.
type middle struct {
	kind         string
	cases, nth   int64
	bucket       int64
	beforeBucket int64
}

// middles find the bucket of each median: the first time up to which half of all lie.
func (m *marketSums) middles() []middle {
	var found []middle
	for _, kind := range []string{answerTime, inquiryQuote, quoteAward} {
		buckets := m.of(kind)
		of := middle{kind: kind}
		for _, each := range buckets {
			of.cases += each.Cases
		}
		of.nth = (of.cases + 1) / 2
		slices.SortFunc(buckets, func(a, b marketSum) int { return cmp.Compare(a.Bucket, b.Bucket) })
		for _, each := range buckets {
			if of.bucket = each.Bucket; of.beforeBucket+each.Cases >= of.nth {
				break
			}
			of.beforeBucket += each.Cases
		}
		if of.cases > 0 {
			found = append(found, of)
		}
	}
	return found
}

// times measures how long answers took: of the buckets that medians lie in, each time is counted.
func (m *marketSums) times(ctx context.Context, reader postgres.Reader) ([]MarketMeasure, error) {
	const query = `
		SELECT t.kind, t.minutes, CAST(sum(t.cases) AS bigint) AS cases
		  FROM unnest(CAST($1 AS text[]), CAST($2 AS bigint[])) AS middle (kind, bucket)
		 CROSS JOIN unnest(CAST($3 AS text[]), CAST($4 AS date[]), CAST($5 AS date[])) AS piece (span, first, last)
		  JOIN inquiry.market_minutes t ON t.kind = middle.kind AND t.bucket = middle.bucket AND t.span = piece.span AND t.day BETWEEN piece.first AND piece.last
		 GROUP BY t.kind, t.minutes`
	middles := m.middles()
	kinds, buckets := make([]string, len(middles)), make([]int64, len(middles))
	for at, each := range middles {
		kinds[at], buckets[at] = each.kind, each.bucket
	}
	var counted []marketChanged
	err := reader.Select(ctx, &counted, query, postgres.Array(kinds), postgres.Array(buckets),
		postgres.Array(m.pieces.spans), postgres.Array(m.pieces.first), postgres.Array(m.pieces.last))
	if err != nil {
		return nil, err
	}
	measured := make([]MarketMeasure, len(middles))
	for at, each := range middles {
		measured[at] = MarketMeasure{Code: each.kind, Cases: int(each.cases), Met: int(each.cases)}
		if each.cases >= FewCases {
			minutes := each.among(counted, m.changed)
			measured[at].Minutes = &minutes
		}
	}
	return measured, nil
}

// among picks the median of the times of its bucket, as they were followed and as they changed since.
func (w middle) among(counted, changed []marketChanged) int64 {
	cases := make(map[int64]int64)
	for _, each := range counted {
		if each.Kind == w.kind {
			cases[each.Minutes] += each.Cases
		}
	}
	for _, each := range changed {
		if each.Kind == w.kind && each.Bucket == w.bucket {
			cases[each.Minutes] += each.Cases
		}
	}
	minutes := make([]int64, 0, len(cases))
	for each := range cases {
		minutes = append(minutes, each)
	}
	slices.Sort(minutes)
	upTo := w.beforeBucket
	for _, each := range minutes {
		if upTo += cases[each]; upTo >= w.nth {
			return each
		}
	}
	return w.bucket
}
