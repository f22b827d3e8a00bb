package inquiry

import (
	"context"
	"math/rand/v2"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// spendable is what an organisation may do so many times a day: rows of inquiry.quotas.
type spendable string

const (
	spendInquiry  spendable = "inquiries"
	spendQuote    spendable = "quotes"
	spendQuestion spendable = "questions"
)

//nolint:gochecknoglobals // an immutable table
var spent = map[spendable]*fault.Definition{
	spendInquiry: ErrTooManyInquiries, spendQuote: ErrTooManyQuotes, spendQuestion: ErrTooManyQuestions,
}

// usageParts is into how many parts an organisation's use of a day is counted: parallel requests take
// different ones, and the quota is met within a few percent. A small quota is counted in one.
const usageParts = 16

func anyPart() int { return rand.IntN(usageParts) } //nolint:gosec // spreads load, keeps no secret

// spend counts one of what an organisation may do today. When the quota is used up it is refused, with
// the time until midnight in Vietnam. What is refused later in the transaction is not counted.
func spend(ctx context.Context, tx *postgres.Tx, who identity.Principal, what spendable) error {
	const query = `SELECT inquiry.spend($1, $2, $3, $4)`
	_, err := tx.Exec(ctx, query, who.OrganisationID, what, anyPart(), reference.Day(tx.Now))
	return overspent(err, tx, what)
}

// overspent names the refusal of what goes beyond a quota. Any other error is returned as it is.
func overspent(err error, tx *postgres.Tx, what spendable) error {
	if postgres.Constraint(err) != "usage_within_quota" {
		return err
	}
	midnight := reference.Day(tx.Now).AddDays(1).In(reference.Zone())
	return spent[what].With("until", clockTime(midnight)).After(midnight.Sub(tx.Now)).Because(err)
}
