package inquiry

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/ledger"
)

// Claims of an award. An award is sold with the marks that its product carries on the delivery
// day. A mark that comes through a group's certificate with a yearly ceiling goes with it only
// when the inquiry line asks for the scheme: then the award's weight counts against the ceiling
// (see ledger.Claim). Nobody's ceiling is used up by a buyer who did not ask; and a buyer who asked
// may still buy without the claim, when the ceiling is full: Allocation.Unclaimed.

// backings answers through which certificates products carry their marks on days.
type backings map[civil.Date]map[uuid.UUID][]catalog.Backing

// backingsOf reads them for the delivery days of quotes.
func backingsOf(ctx context.Context, tx *postgres.Tx, quotes map[uuid.UUID]*quoteRecord) (backings, error) {
	byDay := make(map[civil.Date][]uuid.UUID)
	for _, quote := range quotes {
		byDay[quote.DeliverOn] = append(byDay[quote.DeliverOn], quote.ProductID)
	}
	found := make(backings, len(byDay))
	for on, products := range byDay {
		claims, err := catalog.ClaimsTx(ctx, tx, products, on)
		if err != nil {
			return nil, err
		}
		found[on] = claims
	}
	return found, nil
}

// left is what the ceilings of certificates have left, by certificate and year.
type left map[uuid.UUID]map[int]quantity.Quantity

// leftWhereThereIsAChoice reads what is left of ceilings when a mark comes through more than one
// of them; else nothing is read: the ledger decides.
func leftWhereThereIsAChoice(ctx context.Context, tx *postgres.Tx, found backings) (left, error) {
	ceilings := make(map[uuid.UUID]quantity.Quantity)
	for _, products := range found {
		for _, list := range products {
			for at, backing := range list[:max(len(list)-1, 0)] {
				if next := list[at+1]; backing.Ceiling > 0 && next.Ceiling > 0 && next.Scheme == backing.Scheme {
					ceilings[backing.CertificateID], ceilings[next.CertificateID] = backing.Ceiling, next.Ceiling
				}
			}
		}
	}
	if len(ceilings) == 0 {
		return nil, nil //nolint:nilnil // no choice, no balances: a nil map answers that there is nothing
	}
	ids := make([]uuid.UUID, 0, len(ceilings))
	for id := range ceilings {
		ids = append(ids, id)
	}
	balances, err := ledger.CeilingBalances(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	remaining := make(left, len(ids))
	for id := range ceilings {
		remaining[id] = make(map[int]quantity.Quantity)
	}
	for _, balance := range balances {
		remaining[balance.CertificateID][balance.Year] = -balance.Claimed
	}
	return remaining, nil
}

// chosen is what an award claims.
type chosen struct {
	// marks go with the goods; limited are the certificates with a ceiling that they count against.
	marks   []string
	limited []catalog.Backing
}

// choose decides what an award claims of the marks its product carries: every mark that has no
// ceiling, and those with one that were asked for, each through the certificate that has the most
// left in the year.
func choose(carried []catalog.Backing, asked []string, year int, remaining left) chosen {
	var claim chosen
	for at := 0; at < len(carried); {
		scheme, from := carried[at].Scheme, at
		for at < len(carried) && carried[at].Scheme == scheme {
			at++
		}
		through := carried[from:at]
		if slices.ContainsFunc(through, func(b catalog.Backing) bool { return b.Ceiling == 0 }) {
			claim.marks = append(claim.marks, scheme)
			continue
		}
		if slices.Contains(asked, scheme) {
			claim.marks = append(claim.marks, scheme)
			claim.limited = append(claim.limited, slices.MaxFunc(through, func(a, b catalog.Backing) int {
				return int(a.Ceiling + remaining[a.CertificateID][year] - b.Ceiling - remaining[b.CertificateID][year])
			}))
		}
	}
	return claim
}

// schemesOf lists the schemes of backings, each once.
func schemesOf(carried []catalog.Backing) []string {
	var schemes []string
	for _, backing := range carried {
		if !slices.Contains(schemes, backing.Scheme) {
			schemes = append(schemes, backing.Scheme)
		}
	}
	return schemes
}

// ledgerClaims are the claims as the ledger counts them.
func (a *awardRecord) ledgerClaims() []ledger.Claim {
	claims := make([]ledger.Claim, len(a.limited))
	for at, backing := range a.limited {
		claims[at] = ledger.Claim{CertificateID: backing.CertificateID, Ceiling: backing.Ceiling}
	}
	return claims
}

// pointAtCeiling says which allocations meet a full ceiling, of which certificate, and what it has
// left. Any other error is returned as it is.
func pointAtCeiling(awards []*awardRecord, refused error) error {
	if !errors.Is(refused, ledger.ErrCeilingExceeded) && !errors.Is(refused, ledger.ErrClaimWeightless) {
		return refused
	}
	met, _ := fault.From(refused)
	certificate, _ := met.Params["certificate_id"].(uuid.UUID)
	remaining, _ := met.Params["remaining"].(quantity.Quantity)
	refusal := met.With("certificate_id", certificate, "year", met.Params["year"], "remaining", remaining).Because(refused)
	if errors.Is(refused, ledger.ErrClaimWeightless) {
		refusal = met.With("unit", met.Params["unit"]).Because(refused)
	}
	var taken quantity.Quantity
	for at, a := range awards {
		place := index("allocations", at) + ".quantity"
		sold := a.posting(ledger.Awarded, a.Quantity, a.DeliverOn)
		weight, weighed := sold.Weight()
		through := slices.IndexFunc(a.limited, func(b catalog.Backing) bool { return b.CertificateID == certificate })
		switch {
		case !weighed && len(a.limited) > 0:
			refusal.Fields = append(refusal.Fields, fault.Field{Pointer: place, Definition: ledger.ErrClaimWeightless, Params: refusal.Params})
		case through >= 0 && any(strconv.Itoa(a.DeliverOn.Year)) == met.Params["year"]:
			refusal.Params["scheme"], refusal.Params["number"] = a.limited[through].Scheme, a.limited[through].Number
			if taken += weight; taken > remaining {
				refusal.Fields = append(refusal.Fields, fault.Field{Pointer: place, Definition: ledger.ErrCeilingExceeded, Params: refusal.Params})
			}
		}
	}
	return refusal
}
