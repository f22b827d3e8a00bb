package inquiry

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/services/identity"
)

// PaymentState is where a recorded payment stands: its last move says so.
type PaymentState string

// The states of a payment. Only a confirmed one counts as paid; what is contested stays on record.
const (
	PaymentRecorded  PaymentState = "recorded"
	PaymentConfirmed PaymentState = "confirmed"
	PaymentContested PaymentState = "contested"
	PaymentWithdrawn PaymentState = "withdrawn"
)

// PaymentMove is a step in a payment's life.
type PaymentMove string

// The moves. A mistake that was confirmed is put right by a payment the other way.
const (
	MoveConfirmPayment  PaymentMove = "confirm"
	MoveContestPayment  PaymentMove = "contest"
	MoveWithdrawPayment PaymentMove = "withdraw"
)

// paymentActor is what a side of the award is to a payment.
type paymentActor string

const (
	payRecorder paymentActor = "recorder"
	payOther    paymentActor = "other side"
)

// paymentSteps is the whole life of a payment, from recorded; what is not here is refused.
//
//nolint:gochecknoglobals // a constant table
var paymentSteps = map[PaymentMove]struct {
	from  []PaymentState
	to    PaymentState
	actor paymentActor
	event string
}{
	MoveConfirmPayment:  {[]PaymentState{PaymentRecorded, PaymentContested}, PaymentConfirmed, payOther, EventPaymentConfirmed},
	MoveContestPayment:  {[]PaymentState{PaymentRecorded}, PaymentContested, payOther, EventPaymentContested},
	MoveWithdrawPayment: {[]PaymentState{PaymentRecorded, PaymentContested}, PaymentWithdrawn, payRecorder, EventPaymentWithdrawn},
}

// The events of payments, of which the other side is told; of the last two both are.
const (
	EventPaymentRecorded  = "payment.recorded"
	EventPaymentConfirmed = "payment.confirmed"
	EventPaymentContested = "payment.contested"
	EventPaymentWithdrawn = "payment.withdrawn"
	EventPaymentDue       = "payment.due"
	EventPaymentOverdue   = "payment.overdue"
)

// next returns the state after a move. Refused: fault.ErrForbidden for a side whose move it is not,
// ErrPaymentState for a payment that has gone beyond it.
func (s PaymentState) next(move PaymentMove, actor paymentActor) (PaymentState, error) {
	step, known := paymentSteps[move]
	if !known || step.actor != actor {
		return s, fault.ErrForbidden.With()
	}
	if !slices.Contains(step.from, s) {
		return s, ErrPaymentState.With("state", s)
	}
	return step.to, nil
}

// PaymentKind is what a payment may be.
type PaymentKind struct {
	Code   string                    `db:"code"    json:"code"`
	PaidBy identity.OrganisationKind `db:"paid_by" json:"paid_by" enum:"buyer,producer" doc:"Which side pays the other."`
	Name   string                    `db:"name_vi" json:"name_vi"`
	NameEN string                    `db:"name_en" json:"name_en"`
}

// NewPayment is what one side of an award says was paid.
type NewPayment struct {
	Kind       string     `json:"kind"                  minLength:"1" maxLength:"40" doc:"A code of /v1/reference/payment-kinds, which says who paid."`
	AmountVND  money.VND  `json:"amount_vnd"            doc:"Whole đồng."`
	PaidOn     civil.Date `json:"paid_on"               doc:"In Vietnam's calendar; today at the latest."`
	Reference  string     `json:"reference,omitempty"   maxLength:"100"  doc:"As the bank's statement or the receipt has it."`
	Note       string     `json:"note,omitempty"        maxLength:"1000"`
	DeliveryID uuid.UUID  `json:"delivery_id,omitzero"  doc:"Which delivery of the award it is for; may be left out."`
}

// Payment is a recorded payment and where it stands.
type Payment struct {
	ID         uuid.UUID                 `db:"id"          json:"id"`
	AwardID    uuid.UUID                 `db:"award_id"    json:"award_id"`
	Kind       string                    `db:"kind"        json:"kind"`
	PaidBy     identity.OrganisationKind `db:"paid_by"     json:"paid_by"               enum:"buyer,producer" doc:"The side that paid the other."`
	AmountVND  money.VND                 `db:"amount_vnd"  json:"amount_vnd"`
	PaidOn     civil.Date                `db:"paid_on"     json:"paid_on"`
	Reference  string                    `db:"reference"   json:"reference,omitempty"`
	Note       string                    `db:"note"        json:"note,omitempty"`
	DeliveryID *uuid.UUID                `db:"delivery_id" json:"delivery_id,omitempty"`
	RecordedBy uuid.UUID                 `db:"recorded_by" json:"recorded_by"           doc:"The organisation; the other one confirms or contests."`
	RecordedAt time.Time                 `db:"recorded_at" json:"recorded_at"`
	State      PaymentState              `db:"state"       json:"state"                 enum:"recorded,confirmed,contested,withdrawn"`
	Reason     string                    `db:"reason"      json:"reason,omitempty"      doc:"Why it was contested."`
	DecidedAt  *time.Time                `db:"decided_at"  json:"decided_at,omitempty"  doc:"When it was confirmed, contested or withdrawn."`
}

// Bounds of a payment.
const (
	// maxPaidVND keeps sums of a great many payments exact: a million billion đồng.
	maxPaidVND money.VND = 1_000_000_000_000_000
	// paidBack is how many years back a payment may lie.
	paidBack = 10
)

// check applies the rules of a payment on a day and trims its texts.
func (n *NewPayment) check(today civil.Date) error {
	var found fault.Collector
	if n.AmountVND <= 0 || n.AmountVND > maxPaidVND {
		found.Add("amount_vnd", fault.ErrOutOfRange, "min", 1, "max", int64(maxPaidVND))
	}
	if first := today.AddMonths(-12 * paidBack); n.PaidOn.Before(first) || n.PaidOn.After(today) {
		found.Add("paid_on", fault.ErrOutOfRange, "min", first, "max", today)
	}
	n.Reference, n.Note = strings.TrimSpace(n.Reference), strings.TrimSpace(n.Note)
	return found.Err()
}

// Account is what an award comes to: computed from its receipts, settlements, terms and payments, and
// stored nowhere.
type Account struct {
	AwardID     uuid.UUID `db:"award_id"      json:"award_id"`
	InquiryID   uuid.UUID `db:"inquiry_id"    json:"inquiry_id"`
	BuyerID     uuid.UUID `db:"buyer_id"      json:"buyer_id"`
	ProducerID  uuid.UUID `db:"producer_id"   json:"producer_id"`
	GoodsVND    money.VND `db:"goods_vnd"     json:"goods_vnd"    doc:"The value of what was accepted, as receipts say or the settlements that hold instead."`
	FreightVND  money.VND `db:"freight_vnd"   json:"freight_vnd"  doc:"The quote's freight for what was accepted."`
	DiscountVND money.VND `db:"discount_vnd"  json:"discount_vnd" doc:"The discount of the terms on goods_vnd."`
	DisputedVND money.VND `db:"disputed_vnd"  json:"disputed_vnd" doc:"Of goods_vnd, what is in dispute and not settled."`
	OwedVND     money.VND `db:"owed_vnd"      json:"owed_vnd"     doc:"Goods and freight less discount."`
	// DepositDueVND is of what was awarded and not released.
	DepositDueVND  money.VND   `db:"deposit_due_vnd"  json:"deposit_due_vnd"  doc:"By the terms, of the value awarded and not released."`
	DepositedVND   money.VND   `db:"deposited_vnd"    json:"deposited_vnd"    doc:"Confirmed deposits."`
	PaidVND        money.VND   `db:"paid_vnd"         json:"paid_vnd"         doc:"Confirmed payments of the buyer, deposits among them, less confirmed refunds."`
	UnconfirmedVND money.VND   `db:"unconfirmed_vnd"  json:"unconfirmed_vnd"  doc:"The same of what nobody confirmed or contested yet."`
	ContestedVND   money.VND   `db:"contested_vnd"    json:"contested_vnd"    doc:"The same of what is contested."`
	OutstandingVND money.VND   `db:"-"                json:"outstanding_vnd"  doc:"Owed and not confirmed as paid."`
	AheadVND       money.VND   `db:"-"                json:"ahead_vnd"        doc:"Confirmed as paid beyond what is owed so far."`
	OverpaidVND    money.VND   `db:"-"                json:"overpaid_vnd"     doc:"Of ahead_vnd, what exceeds the value still to come, too."`
	LastReceivedOn *civil.Date `db:"last_received_on" json:"last_received_on,omitempty"`
	DueOn          *civil.Date `db:"due_on"           json:"due_on,omitempty" doc:"The last receipt of accepted goods and the payment days of the award's terms, where these name none the day itself; left out before, and on consignment."`
	OverdueDays    int         `db:"-"                json:"overdue_days"     doc:"Since the due day, while something is outstanding."`

	// ToComeVND is the value of what is still to be received, at the award's price.
	ToComeVND money.VND `db:"to_come_vnd" json:"to_come_vnd" doc:"The value of what is still to be received, at the award's price, with its freight."`
}

// on is the account as it stands on a day.
func (a Account) on(today civil.Date) Account {
	a.OutstandingVND = max(a.OwedVND-a.PaidVND, 0)
	a.AheadVND = max(a.PaidVND-a.OwedVND, 0)
	a.OverpaidVND = max(a.AheadVND-a.ToComeVND, 0)
	if a.OutstandingVND > 0 && a.DueOn != nil && today.After(*a.DueOn) {
		a.OverdueDays = a.DueOn.Days(today)
	}
	return a
}
