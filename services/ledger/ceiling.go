package ledger

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Ceilings. A group scope of a certificate may allow only so much certified volume in a year; each
// such scope has a ceiling of its own, which the ledger knows by an id and nothing else
// (catalog.certificate_scopes.ceiling_id; the columns here are called certificate_id, because a
// certificate's first ceiling has the certificate's own). What counts against it is the weight of the awards made under its claim, in the calendar year of the agreed
// delivery day in Vietnam, wherever the goods then are: an award counts when it is made, each of its dates in its own year, a
// delivery that comes in January was still sold in December's year, and what the buyer sends back
// or the road loses is still owed under the claim. Cancelling an award or announcing a shortfall
// gives back what was not accepted. Counted goods count by the weight of one unit; goods without a
// weight cannot be sold under a ceiling. Whoever buys without the claim counts nowhere.
//
// The rows of ledger.claims say which posting sold how much under which ceiling, and are
// never changed; the balances in ledger.ceilings follow from them by trigger, under a CHECK, and
// [Audit] proves it. Locks are taken in one order: lines, awards, offers, ceilings, each by key.
var (
	ErrCeilingExceeded = fault.Define("ceiling_exceeded", http.StatusConflict,
		"Hạn mức năm {year} của chứng nhận nhóm chỉ còn {remaining} kg. Chốt ít hơn, hoặc chốt không kèm công bố chứng nhận (unclaimed).",
		"The group certificate's ceiling for {year} has {remaining} kg left. Take less, or buy without the claim (unclaimed).")
	ErrClaimWeightless = fault.Define("claim_without_weight", http.StatusConflict,
		"Hàng tính theo «{unit}» chưa khai khối lượng mỗi đơn vị nên không trừ được vào hạn mức của chứng nhận. Chốt không kèm công bố (unclaimed), hoặc nhờ bên bán khai unit_weight_kg.",
		"Goods sold by “{unit}” without a weight cannot be counted against the certificate's ceiling. Buy without the claim (unclaimed), or ask the producer to state unit_weight_kg.")
)

// Claim names the ceiling under which an award sells, and how much it allows in the year,
// thousandths of a kilogram, as the certificate's scope says now.
type Claim struct {
	CeilingID uuid.UUID
	Ceiling   quantity.Quantity
}

// claimRecord is a claim as the insert reads it.
type claimRecord struct {
	PostingID uuid.UUID `json:"posting_id"`
	CeilingID uuid.UUID `json:"ceiling_id"`
	Ceiling   int64     `json:"ceiling"`
}

func claimsOf(posting uuid.UUID, claims []Claim) []claimRecord {
	records := make([]claimRecord, len(claims))
	for at, claim := range claims {
		records[at] = claimRecord{PostingID: posting, CeilingID: claim.CeilingID, Ceiling: int64(claim.Ceiling)}
	}
	return records
}

// ceilingRefusal says which ceiling was met and what it has left. The CHECK itself, the last
// fence behind the trigger, tells neither.
func ceilingRefusal(err error) error {
	var met struct {
		CeilingID uuid.UUID `json:"certificate_id"`
		Year      int       `json:"year"`
		Remaining int64     `json:"remaining"`
	}
	if json.Unmarshal([]byte(postgres.Detail(err)), &met) != nil {
		return ErrCeilingExceeded.With().Because(err)
	}
	// The year is a name and no amount: as a number it would be written with a separator.
	return ErrCeilingExceeded.With("ceiling_id", met.CeilingID, "year", strconv.Itoa(met.Year),
		"remaining", quantity.Quantity(met.Remaining)).Because(err)
}

// CeilingBalance is what was sold under one ceiling in one year, kg.
type CeilingBalance struct {
	CeilingID uuid.UUID `db:"ceiling_id"`
	Year      int       `db:"year"`
	// Claimed is promised to awards, delivered or not; Delivered is the accepted part of it.
	Claimed   quantity.Quantity `db:"claimed"`
	Delivered quantity.Quantity `db:"delivered"`
}

// CeilingBalances reads what was sold under ceilings, year by year, without locking. Years in which
// nothing was sold are missing.
func CeilingBalances(ctx context.Context, reader postgres.Reader, ceilingIDs []uuid.UUID) ([]CeilingBalance, error) {
	const query = `
		SELECT certificate_id AS ceiling_id, year, claimed, delivered
		  FROM ledger.ceilings WHERE certificate_id = ANY ($1) ORDER BY certificate_id, year`
	var balances []CeilingBalance
	err := reader.Select(ctx, &balances, query, postgres.Array(ceilingIDs))
	return balances, err
}
