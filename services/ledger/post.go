package ledger

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
)

// The refusals of the ledger. Each stands for a CHECK on a balance.
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
	return []*fault.Definition{
		ErrOfferExhausted, ErrLineFilled, ErrAwardExceeded, ErrCeilingExceeded, ErrClaimWeightless, ErrTooManyRows, ErrImageNotRead,
	}
}

//nolint:gochecknoglobals // an immutable table
var byConstraint = map[string]*fault.Definition{
	"offer_not_overcommitted":       ErrOfferExhausted,
	"line_not_overawarded":          ErrLineFilled,
	"award_committed_not_negative":  ErrAwardExceeded,
	"award_dispatched_not_negative": ErrAwardExceeded,
	// The same excess, met first on the award's line or offer.
	"line_awarded_not_negative":     ErrAwardExceeded,
	"offer_committed_not_negative":  ErrAwardExceeded,
	"offer_dispatched_not_negative": ErrAwardExceeded,
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

// PostTx records movements in the caller's transaction, all or none, and moves the balances.
// Postings of no quantity are left out. A balance that would fall below nothing is refused:
// ErrOfferExhausted, ErrLineFilled or ErrAwardExceeded. So is a claim: ErrCeilingExceeded says in
// kilograms what is left of the year, ErrClaimWeightless that the goods have no weight.
//
// Call it last: from here to the commit the offer's row, and the ceiling's, are what others wait
// for.
func PostTx(ctx context.Context, tx *postgres.Tx, who identity.Principal, postings ...Posting) error {
	call, err := post(tx.Now, Move{Who: who, Postings: postings})
	if err != nil || call.Function == "" {
		return err
	}
	tx.AtEnd(call)
	return tx.MakeCalls(ctx)
}

// Move is what one of several callers moves in a transaction that acts for all of them.
type Move struct {
	Who      identity.Principal
	Postings []Posting
}

// PostAtEndTx is PostTx for several callers at once, all or none, at the end of the transaction: after all it
// does otherwise, which then waits for nobody, and in one statement with the calls that wait for it.
// What it refuses is what the transaction returns; refused may say more of it.
func PostAtEndTx(tx *postgres.Tx, refused func(error) error, moves ...Move) {
	tx.BeforeCommit(func(context.Context) error {
		call, err := post(tx.Now, moves...)
		if err != nil || call.Function == "" {
			return refused(err)
		}
		own := call.Refused
		call.Refused = func(err error) error { return refused(own(err)) }
		tx.AtEnd(call)
		return nil
	})
}

// post is one call however many postings and claims there are; the trigger of the postings moves the balances.
func post(at time.Time, moves ...Move) (postgres.Call, error) {
	var records []record
	var claims []claimRecord
	for _, move := range moves {
		for _, posting := range move.Postings {
			if posting.Quantity == 0 {
				continue
			}
			id, err := uuid.NewV7()
			if err != nil {
				return postgres.Call{}, fmt.Errorf("naming a posting: %w", err)
			}
			made := recordOf(id, posting, move.Who)
			if len(posting.Claims) > 0 && made.Weight == nil {
				return postgres.Call{}, ErrClaimWeightless.With("unit", posting.Unit)
			}
			records, claims = append(records, made), append(claims, claimsOf(id, posting.Claims)...)
		}
	}
	if len(records) == 0 {
		return postgres.Call{}, nil
	}
	var under any
	if len(claims) > 0 {
		under = postgres.JSON[[]claimRecord]{V: claims}
	}
	return postgres.Call{Function: "ledger.post", Args: []any{postgres.JSON[[]record]{V: records}, at, under}, Refused: refusal}, nil
}

func recordOf(id uuid.UUID, posting Posting, who identity.Principal) record {
	r := record{
		Posting: posting, ID: id, Quantity: int64(posting.Quantity),
		ActorID: who.UserID, OrganisationID: who.OrganisationID,
	}
	if posting.reversed != nil {
		r.Weight, r.ValueVND = posting.reversed.Weight, posting.reversed.ValueVND
		return r
	}
	if weight, weighed := posting.Weight(); weighed {
		r.Weight = new(quantityInteger(weight))
	}
	if value, priced := posting.Value(); priced {
		r.ValueVND = &value
	}
	return r
}

// refusal names a violated balance. A reservation that another transaction released first is a
// matter of timing: the transaction runs again and reads what is true now.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	switch postgres.Constraint(err) {
	case "reservation_not_negative":
		return fmt.Errorf("%w: %w", postgres.ErrRetry, err)
	case "ceiling_not_exceeded":
		return ceilingRefusal(err)
	}
	return postgres.MapConstraint(err, byConstraint)
}

// selectHolds reads reservations with the facts of the postings that made them, in the order of
// their offers.
const selectHolds = `
	SELECT r.quote_id, r.offer_id, r.quantity, p.quantity AS held_once, coalesce(p.weight, 0) AS weight, p.business_date, p.unit,
	       p.product_line, coalesce(p.form, '') AS form, p.schemes, coalesce(p.commune, '') AS commune, p.producer_id, p.product_id,
	       coalesce(p.grade, '') AS grade, coalesce(p.stars, 0) AS stars, coalesce(p.ward, '') AS ward,
	       coalesce(p.buyer_system, '') AS buyer_system, p.buyer_id
	  FROM ledger.reservations r
	  JOIN ledger.postings p ON p.quote_id = r.quote_id AND p.movement = 'reserved'
	 WHERE r.quantity > 0`

// hold is a reservation under way.
type hold struct {
	QuoteID      uuid.UUID         `db:"quote_id"`
	OfferID      uuid.UUID         `db:"offer_id"`
	Quantity     quantity.Quantity `db:"quantity"`
	HeldOnce     quantity.Quantity `db:"held_once"`
	Weight       quantity.Quantity `db:"weight"`
	BusinessDate civil.Date        `db:"business_date"`
	Unit         string            `db:"unit"`
	Line         string            `db:"product_line"`
	Form         string            `db:"form"`
	Schemes      postgres.Strings  `db:"schemes"`
	Commune      string            `db:"commune"`
	ProducerID   uuid.UUID         `db:"producer_id"`
	ProductID    uuid.UUID         `db:"product_id"`
	Grade        string            `db:"grade"`
	Stars        int               `db:"stars"`
	Ward         string            `db:"ward"`
	BuyerSystem  string            `db:"buyer_system"`
	BuyerID      uuid.NullUUID     `db:"buyer_id"`
}

// release is the posting that frees the hold.
func (h *hold) release(reason string) Posting {
	goods := Goods{
		Line: h.Line, Form: h.Form, Unit: h.Unit, Schemes: h.Schemes, Commune: h.Commune, ProducerID: h.ProducerID, ProductID: h.ProductID,
		Grade: h.Grade, Stars: h.Stars, Ward: h.Ward, BuyerSystem: h.BuyerSystem, BuyerID: h.BuyerID.UUID,
	}
	if h.Unit != kilogram {
		goods.UnitWeight = h.Weight * quantity.Unit / h.HeldOnce
	}
	return Posting{
		Goods: goods, Movement: ReservationReleased, Quantity: h.Quantity, BusinessDate: h.BusinessDate,
		OfferID: h.OfferID, QuoteID: h.QuoteID, Reason: reason,
	}
}

// ReleaseExpiredTx frees what was held on the offers for quotes whose hold has run out, so that
// the transaction that needs the volume finds it. It returns how many holds there were; usually
// none, and then nothing is written.
func ReleaseExpiredTx(ctx context.Context, tx *postgres.Tx, offerIDs []uuid.UUID) (int, error) {
	const expired = selectHolds + ` AND r.offer_id = ANY ($1) AND r.reserved_until <= $2 ORDER BY r.offer_id, r.quote_id`
	var holds []hold
	if err := tx.Select(ctx, &holds, expired, postgres.Array(offerIDs), tx.Now); err != nil {
		return 0, err
	}
	if err := release(ctx, tx, identity.SystemPrincipal(), "expired", holds); err != nil {
		return 0, err
	}
	return len(holds), nil
}

// ReleaseTx frees what is still held for the quotes, because they were withdrawn, replaced,
// declined or awarded.
func ReleaseTx(ctx context.Context, tx *postgres.Tx, who identity.Principal, reason string, quoteIDs ...uuid.UUID) error {
	const held = selectHolds + ` AND r.quote_id = ANY ($1) ORDER BY r.offer_id, r.quote_id`
	var holds []hold
	if err := tx.Select(ctx, &holds, held, postgres.Array(quoteIDs)); err != nil {
		return err
	}
	return release(ctx, tx, who, reason, holds)
}

func release(ctx context.Context, tx *postgres.Tx, who identity.Principal, reason string, holds []hold) error {
	postings := make([]Posting, len(holds))
	for at := range holds {
		postings[at] = holds[at].release(reason)
	}
	return PostTx(ctx, tx, who, postings...)
}
