package ledger

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/hashchain"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// SealedChain is the hash chain over the postings: once sealed, none can be edited, cut, slipped
// in or moved without its being found. Grade, stars and ward came later: a posting that says none of them
// is sealed as it was before them.
func SealedChain() hashchain.Chain {
	return hashchain.Chain{
		Name: "ledger", Table: "ledger.postings", Seals: "ledger.seals",
		Canonical: `CAST(jsonb_build_array(EXTRACT(EPOCH FROM t.at), t.business_date, t.movement, t.quantity, t.unit, t.weight,
			t.value_vnd, t.product_line, t.form, t.schemes, t.commune, t.buyer_system, t.producer_id, t.buyer_id, t.product_id,
			t.offer_id, t.inquiry_id, t.inquiry_line_id, t.quote_id, t.award_id, t.delivery_id,
			EXTRACT(EPOCH FROM t.reserved_until), t.actor_id, t.organisation_id, t.reason)
			|| CASE WHEN num_nonnulls(t.grade, t.stars, t.ward) > 0 THEN jsonb_build_array(t.grade, t.stars, t.ward)
			   ELSE CAST('[]' AS jsonb) END AS text)`,
	}
}

// Seal seals the postings committed since the last time, one batch at most, and returns how many.
// Run it every half second, and again at once while it returns something.
func Seal(ctx context.Context, db *postgres.DB) (int, error) {
	return SealedChain().Seal(ctx, db)
}

// ClaimChain is the hash chain over the claims, beside that of the postings: a posting is sealed
// the same way whether it claims or not.
func ClaimChain() hashchain.Chain {
	return hashchain.Chain{
		Name: "claims", Table: "ledger.claims", Seals: "ledger.claim_seals",
		Canonical: `CAST(jsonb_build_array(t.posting_id, t.movement, t.award_id, t.certificate_id, t.year, t.weight, t.ceiling) AS text)`,
	}
}

// VerifySeals walks along both chains, reports each posting and claim that is not what was sealed,
// and returns how many seals it looked at. What the sealer had no time for is no finding.
func VerifySeals(ctx context.Context, reader postgres.Reader, report func(Finding) error) (int, error) {
	postings, err := verifyChain(ctx, reader, SealedChain(), report)
	if err != nil {
		return postings, err
	}
	claims, err := verifyChain(ctx, reader, ClaimChain(), report)
	return postings + claims, err
}

func verifyChain(ctx context.Context, reader postgres.Reader, chain hashchain.Chain, report func(Finding) error) (int, error) {
	var broken []hashchain.Finding
	seals, err := chain.Verify(ctx, reader, func(found hashchain.Finding) {
		if len(broken) <= findingsPerCheck {
			broken = append(broken, found)
		}
	})
	if err != nil {
		return seals, err
	}
	for _, found := range broken {
		if err := report(FromChain(chain.Table, found)); err != nil {
			return seals, err
		}
	}
	return seals, nil
}

// FromChain words what is wrong with a sealed row.
func FromChain(table string, found hashchain.Finding) Finding {
	finding := Finding{
		Severity: SeverityError, What: "the hash chain is broken: " + string(found.Kind), Table: table, Detail: found.Detail,
	}
	if found.Row != uuid.Nil {
		finding.ID = found.Row.String()
	}
	return finding
}
