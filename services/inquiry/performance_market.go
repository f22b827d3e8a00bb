package inquiry

import (
	"context"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// MarketMeasure is one respect in which words were kept, over all organisations together.
type MarketMeasure struct {
	Code  string
	Names reference.Names
	// Line and Unit are those of rejected goods.
	Line, Unit string
	Cases, Met int
	// Permille is exact, rounded half up; nil where the measure is a time, or of fewer than [FewCases].
	Permille *int64
	// Minutes is the median; nil where the measure is a share, or of fewer than [FewCases].
	Minutes *int64
}

// MarketReason is what goods of a line were rejected for. A delivery may give several reasons: its quantity
// counts under each.
type MarketReason struct {
	Line, Unit     string
	Reason         string
	NameVI, NameEN string
	Deliveries     int
	Rejected       quantity.Quantity
}

// marketMeasures are the measures of the market, in their order.
//
//nolint:gochecknoglobals // constant texts
var marketMeasures = []struct {
	code string
	kind identity.OrganisationKind
}{
	{answerTime, identity.Producer},
	{inquiryQuote, identity.Producer},
	{quoteAward, identity.Buyer},
	{measureOnTime, identity.Producer},
	{measureInFull, identity.Producer},
	{measureAnnounced, identity.Producer},
	{measureDefaulted, identity.Producer},
	{measureRejected, identity.Producer},
}

// MarketRecord is how words were kept over the whole market, and what goods were rejected for.
type MarketRecord struct {
	// Measures are all of them, without cases where there are none; rejected once for each line and unit.
	Measures []MarketMeasure
	// Reasons are in the order of lines and units, most rejected first; rejected goods without a reason have the empty one.
	Reasons []MarketReason
}

// Market measures all organisations together within a window, by the rules by which each is measured: see
// [PerformanceRecord]. Today is the day in Vietnam. It takes the sums of days and months and what changed since these
// were followed; read it in one snapshot.
func Market(ctx context.Context, reader postgres.Reader, within Window, today civil.Date) (MarketRecord, error) {
	sums, err := readMarket(ctx, reader, within, today)
	if err != nil {
		return MarketRecord{}, err
	}
	rows := sums.owed()
	rows = append(rows, sums.rejected()...)
	times, err := sums.times(ctx, reader)
	if err != nil {
		return MarketRecord{}, err
	}
	reasons, err := sums.reasons(ctx, reader)
	return MarketRecord{Measures: marketOf(append(rows, times...)), Reasons: reasons}, err
}

// marketOf puts measures in order, and names them.
func marketOf(rows []MarketMeasure) []MarketMeasure {
	ordered := make([]MarketMeasure, 0, len(rows))
	for _, known := range marketMeasures {
		var name reference.Names
		for _, each := range measures[known.kind] {
			if each.code == known.code {
				name = each.name
			}
		}
		found := false
		for _, row := range rows {
			if row.Code == known.code {
				row.Names, found = name, true
				ordered = append(ordered, row)
			}
		}
		if !found {
			ordered = append(ordered, MarketMeasure{Code: known.code, Names: name})
		}
	}
	return ordered
}
