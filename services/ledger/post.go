package ledger

import (
	"context"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// The refusals of the ledger. Each stands for a CHECK on a balance.
//
//nolint:gochecknoglobals // immutable declarations, compared by identity as sentinel errors are
var (
	ErrOfferExhausted = fault.Define("offer_exhausted", http.StatusConflict,
		"Nguồn cung không còn đủ số lượng này. Xem phần còn lại rồi chốt ít hơn.",
		"The offer does not have this much left. Look at what remains and take less.")
	ErrLineFilled = fault.Define("line_filled", http.StatusConflict,
		"Số lượng chốt vượt quá số lượng còn cần của dòng nhu cầu này.",
		"This is more than the inquiry line still needs.")
	ErrAwardExceeded = fault.Define("award_exceeded", http.StatusConflict,
		"Số lượng vượt quá phần còn lại của lần chốt mua này.",
		"This is more than what remains of the award.")
)

// Faults lists the refusals of this package.
func Faults() []*fault.Definition {
	return []*fault.Definition{ErrOfferExhausted, ErrLineFilled, ErrAwardExceeded}
}

//nolint:gochecknoglobals // an immutable table
var byConstraint = map[string]*fault.Definition{
	"offer_not_overcommitted":       ErrOfferExhausted,
	"line_not_overawarded":          ErrLineFilled,
	"award_committed_not_negative":  ErrAwardExceeded,
	"award_dispatched_not_negative": ErrAwardExceeded,
}

// record is a posting as the insert reads it; quantities and money travel as integers.
type record struct {
	Posting

	ID             uuid.UUID        `json:"id"`
	Quantity       int64            `json:"quantity"`
	Weight         *quantityInteger `json:"weight"`
	ValueVND       *money.VND       `json:"value_vnd"`
	ActorID        uuid.UUID        `json:"actor_id"`
	OrganisationID uuid.UUID        `json:"organisation_id"`
}

// quantityInteger writes thousandths as a JSON number.
type quantityInteger int64

// insertPostings is one statement however many postings there are; its trigger moves the balances.
const insertPostings = `
	INSERT INTO ledger.postings (id, at, business_date, movement, quantity, unit, weight, value_vnd, product_line, form,
	       schemes, commune, buyer_system, producer_id, buyer_id, product_id, offer_id, inquiry_id, inquiry_line_id,
	       quote_id, award_id, delivery_id, reserved_until, actor_id, organisation_id, reason)
	SELECT id, CAST($2 AS timestamptz), business_date, movement, quantity, unit, weight, value_vnd, product_line, form,
	       coalesce(schemes, '{}'), commune, buyer_system, producer_id, buyer_id, product_id, offer_id, inquiry_id, inquiry_line_id,
	       quote_id, award_id, delivery_id, reserved_until, actor_id, organisation_id, reason
	  FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS p(id uuid, business_date date, movement text, quantity bigint, unit text,
	       weight bigint, value_vnd bigint, product_line text, form text, schemes text[], commune text, buyer_system text,
	       producer_id uuid, buyer_id uuid, product_id uuid, offer_id uuid, inquiry_id uuid, inquiry_line_id uuid,
	       quote_id uuid, award_id uuid, delivery_id uuid, reserved_until timestamptz, actor_id uuid, organisation_id uuid,
	       reason text)`

// PostTx records movements in the caller's transaction, all or none, and moves the balances.
// Postings of no quantity are left out. A balance that would fall below nothing is refused:
// ErrOfferExhausted, ErrLineFilled or ErrAwardExceeded.
//
// Call it last: from here to the commit the offer's row is what others wait for.
func PostTx(ctx context.Context, tx *postgres.Tx, who identity.Principal, postings ...Posting) error {
	records := make([]record, 0, len(postings))
	for _, posting := range postings {
		if posting.Quantity == 0 {
			continue
		}
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("naming a posting: %w", err)
		}
		records = append(records, recordOf(id, posting, who))
	}
	if len(records) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, insertPostings, postgres.JSON[[]record]{V: records}, tx.Now)
	return refusal(err)
}

func recordOf(id uuid.UUID, posting Posting, who identity.Principal) record {
	r := record{
		Posting: posting, ID: id, Quantity: int64(posting.Quantity),
		ActorID: who.UserID, OrganisationID: who.OrganisationID,
	}
	if weight, weighed := posting.weight(); weighed {
		r.Weight = new(quantityInteger(weight))
	}
	if posting.PriceVND > 0 {
		r.ValueVND = new(money.Value(posting.PriceVND, posting.Quantity))
	}
	return r
}

// refusal names a violated balance. A reservation that another transaction released first is a
// matter of timing: the transaction runs again and reads what is true now.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	if postgres.Constraint(err) == "reservation_not_negative" {
		return fmt.Errorf("%w: %w", postgres.ErrRetry, err)
	}
	return postgres.MapConstraint(err, byConstraint)
}

// releaseWhere turns reservations back into free volume, each with the facts of the posting that
// made it. Rows come in the order of their offers.
const releaseWhere = `
	INSERT INTO ledger.postings (id, at, business_date, movement, quantity, unit, weight, product_line, form, schemes, commune,
	       producer_id, product_id, offer_id, quote_id, actor_id, organisation_id, reason)
	SELECT gen_random_uuid(), CAST($1 AS timestamptz), p.business_date, 'reservation_released', r.quantity, p.unit,
	       CAST(round(CAST(p.weight AS numeric) * r.quantity / p.quantity) AS bigint), p.product_line, p.form, p.schemes, p.commune,
	       p.producer_id, p.product_id, r.offer_id, r.quote_id, $2, $3, CAST($4 AS text)
	  FROM ledger.reservations r
	  JOIN ledger.postings p ON p.quote_id = r.quote_id AND p.movement = 'reserved'
	 WHERE r.quantity > 0 AND `

// ReleaseExpiredTx frees what was held on the offers for quotes whose hold has run out, so that
// the transaction that needs the volume finds it. It returns how many holds there were.
func ReleaseExpiredTx(ctx context.Context, tx *postgres.Tx, offerIDs []uuid.UUID) (int64, error) {
	const release = releaseWhere + `r.offer_id = ANY (CAST($5 AS uuid[])) AND r.reserved_until <= CAST($1 AS timestamptz) ORDER BY r.offer_id`
	system := identity.SystemPrincipal()
	n, err := tx.Exec(ctx, release, tx.Now, system.UserID, system.OrganisationID, "expired", postgres.Array(offerIDs))
	return n, refusal(err)
}

// ReleaseTx frees what is still held for the quotes, because they were withdrawn, replaced,
// declined or awarded.
func ReleaseTx(ctx context.Context, tx *postgres.Tx, who identity.Principal, reason string, quoteIDs ...uuid.UUID) error {
	const release = releaseWhere + `r.quote_id = ANY (CAST($5 AS uuid[])) ORDER BY r.offer_id`
	_, err := tx.Exec(ctx, release, tx.Now, who.UserID, who.OrganisationID, reason, postgres.Array(quoteIDs))
	return refusal(err)
}
