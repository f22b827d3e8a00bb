package inquiry

import (
	"cmp"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// noTie is a tie that weighs nothing: in thousandths of a unit gross for one unit net.
const noTie quantity.Quantity = 1000

// SizeAccepted is how much was accepted of one size, one form or both.
type SizeAccepted struct {
	Grade    string            `json:"grade,omitempty" maxLength:"60" doc:"The size, as the quote's size–price table calls it if there is one."`
	Form     string            `json:"form,omitempty"  maxLength:"40" doc:"The form in which it came, where that is not the agreed one: a form of the product line."`
	Quantity quantity.Quantity `json:"quantity"`
}

// SizeReceived is how much was accepted of one size, and at which price.
type SizeReceived struct {
	SizeAccepted

	PriceVND money.VND `json:"price_vnd"`
}

// Receipt is what a buyer says came: accepted + rejected + loss = dispatched + over.
type Receipt struct {
	Accepted   quantity.Quantity `json:"accepted"`
	Rejected   quantity.Quantity `json:"rejected"`
	Loss       quantity.Quantity `json:"loss,omitempty"        doc:"Hao hụt: neither accepted nor sent back."`
	Over       quantity.Quantity `json:"over,omitempty"        doc:"Accepted beyond what was dispatched, within the tolerance of the line; part of accepted."`
	Reasons    []string          `json:"reasons,omitempty"     maxItems:"20" doc:"Why goods were rejected: codes of /v1/reference/reasons, or own words."`
	Sizes      []SizeAccepted    `json:"sizes,omitempty"       maxItems:"30" doc:"The accepted quantity by actual size and form."`
	Tie        quantity.Quantity `json:"tie,omitempty"         doc:"Live goods, as measured: units gross for one unit net, 1 to 3. Crab of dây 12 has 1.2. Left out: as the award says."`
	PriceGross bool              `json:"price_gross,omitempty" doc:"Leave it out: the award says what its price is for. What contradicts it is refused."`
	Note       string            `json:"note,omitempty"        maxLength:"1000"`
}

// Received is the receiving half.
type Received struct {
	Accepted   quantity.Quantity `json:"accepted"              doc:"Over included."`
	Rejected   quantity.Quantity `json:"rejected"`
	Loss       quantity.Quantity `json:"loss"`
	Over       quantity.Quantity `json:"over"`
	Reasons    []string          `json:"reasons,omitempty"`
	Sizes      []SizeReceived    `json:"sizes,omitempty"`
	Tie        quantity.Quantity `json:"tie,omitzero"          doc:"By which the value counts: as measured, else as the award says."`
	PriceGross bool              `json:"price_gross,omitempty" doc:"The producer named the price for a unit gross; the value counts the net price all the same."`
	At         time.Time         `json:"at"`
	// ValueVND is the sum over the sizes of the net price times what was accepted net of the tie
	// (see Outcome.net), each rounded half up.
	ValueVND money.VND `json:"value_vnd" doc:"Net price × what was accepted net of the tie, size by size, rounded half up."`
}

// Outcome is what became of a dispatch, as a receipt or a settlement says.
type Outcome struct {
	Accepted   quantity.Quantity             `db:"accepted"`
	Rejected   quantity.Quantity             `db:"rejected"`
	Loss       quantity.Quantity             `db:"loss"`
	Over       quantity.Quantity             `db:"over"`
	Reasons    postgres.Strings              `db:"reasons"`
	Sizes      postgres.JSON[[]SizeReceived] `db:"sizes"`
	Tie        quantity.Quantity             `db:"tie"`
	PriceGross bool                          `db:"price_gross"`
	ValueVND   money.VND                     `db:"value_vnd"`
}

// received is the outcome as it is answered.
func (o *Outcome) received(at time.Time) *Received {
	return &Received{
		Accepted: o.Accepted, Rejected: o.Rejected, Loss: o.Loss, Over: o.Over, Reasons: o.Reasons, Sizes: o.Sizes.V, Tie: o.Tie,
		PriceGross: o.PriceGross, At: at, ValueVND: o.ValueVND,
	}
}

// returned is what goes back to what the award owes.
func (o *Outcome) returned() quantity.Quantity { return o.Rejected + o.Loss }

// bounds are what a receipt is held against.
type bounds struct {
	dispatched quantity.Quantity
	// mostOver may be accepted beyond that.
	mostOver quantity.Quantity
	line     reference.Line
	live     bool
}

// tolerated is how much may be accepted beyond an amount: a tolerance in thousandths of a percent,
// 100 % at most.
func tolerated(amount quantity.Quantity, tolerance int64) quantity.Quantity {
	const whole = 100_000
	return amount * quantity.Quantity(min(tolerance, whole)) / whole
}

// check applies the rules of a receipt.
func (r *Receipt) check(within bounds) error {
	var found fault.Collector
	for _, part := range []struct {
		field  string
		amount quantity.Quantity
	}{{"accepted", r.Accepted}, {"rejected", r.Rejected}, {"loss", r.Loss}, {"over", r.Over}} {
		if part.amount < 0 || part.amount > quantity.Max {
			found.Add(part.field, fault.ErrOutOfRange, "min", 0, "max", within.dispatched+within.mostOver)
		}
	}
	if err := found.Err(); err != nil {
		return err
	}
	if r.Over > min(within.mostOver, r.Accepted) {
		return ErrOver.At("over", "most", min(within.mostOver, r.Accepted))
	}
	if r.Accepted+r.Rejected+r.Loss != within.dispatched+r.Over {
		return ErrReceiptSum.At("accepted", "dispatched", within.dispatched)
	}
	if err := r.checkSizes(within.line); err != nil {
		return err
	}
	if r.Tie != 0 && (r.Tie < noTie || r.Tie > maxTie) {
		found.Add("tie", fault.ErrOutOfRange, "min", noTie, "max", maxTie)
	}
	if r.Tie != 0 && !within.live {
		found.Add("tie", ErrTieOfLive)
	}
	for at, reason := range r.Reasons {
		if len([]rune(reason)) > 100 {
			found.Add(index("reasons", at), fault.ErrTooLong, "max", 100)
		}
	}
	return found.Err()
}

// checkSizes applies the rules of the split of what was accepted.
func (r *Receipt) checkSizes(line reference.Line) error {
	var found fault.Collector
	var bySize quantity.Quantity
	for at, size := range r.Sizes {
		if size.Quantity <= 0 || size.Quantity > quantity.Max {
			return ErrQuantityNotPositive.At("sizes")
		}
		if size.Grade == "" && size.Form == "" {
			found.Add(index("sizes", at)+".grade", fault.ErrRequired)
		}
		if _, known := line.Form(size.Form); size.Form != "" && !known {
			found.Add(index("sizes", at)+".form", fault.ErrUnknownValue, "value", size.Form, "allowed", formsOf(line))
		}
		bySize += size.Quantity
	}
	if len(r.Sizes) > 0 && bySize != r.Accepted {
		return ErrSizesSum.At("sizes")
	}
	return found.Err()
}

func formsOf(line reference.Line) string {
	codes := make([]string, len(line.Forms))
	for at, form := range line.Forms {
		codes[at] = form.Code
	}
	return strings.Join(codes, ", ")
}

// priced gives each accepted size its price: the count at the scale picks it from the quote's
// size–price table. Without a table every size has the award's price. A size that the table does
// not know is refused.
func (r *Receipt) priced(table []SizePrice, price money.VND) ([]SizeReceived, error) {
	prices := make(map[string]money.VND, len(table))
	known := make([]string, 0, len(table))
	for _, size := range table {
		prices[size.Grade] = size.PriceVND
		known = append(known, size.Grade)
	}
	received := make([]SizeReceived, 0, len(r.Sizes))
	for at, size := range r.Sizes {
		cost, listed := prices[size.Grade]
		switch {
		case len(table) == 0:
			cost = price
		case !listed:
			return nil, ErrSizeUnpriced.At(index("sizes", at)+".grade", "allowed", strings.Join(known, ", "))
		}
		received = append(received, SizeReceived{SizeAccepted: size, PriceVND: cost})
	}
	return received, nil
}

// outcome checks a receipt and prices it.
func (r *Receipt) outcome(a *awardRecord, within bounds) (Outcome, error) {
	if err := r.check(within); err != nil {
		return Outcome{}, err
	}
	if r.PriceGross && !a.PriceGross {
		return Outcome{}, ErrPriceIsNet.At("price_gross")
	}
	sizes, err := r.priced(a.SizePrices.V, a.PriceVND)
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{
		Accepted: r.Accepted, Rejected: r.Rejected, Loss: r.Loss, Over: r.Over, Reasons: r.Reasons,
		Tie: cmp.Or(r.Tie, a.Tie), PriceGross: a.PriceGross,
		Sizes: postgres.JSON[[]SizeReceived]{V: sizes},
	}
	for _, posting := range o.postings(a, uuid.Nil, civil.Date{}, false) {
		if value, priced := posting.Value(); priced && (posting.Movement == ledger.Accepted || posting.Movement == ledger.Over) {
			o.ValueVND += value
		}
	}
	return o, nil
}

// net is what the price, which is per unit net, counts of an accepted quantity. Quantities are
// those of the award: net of the tie that it agreed, so a tie as agreed takes nothing off, and a
// heavier one its excess: of 50 at 1.2, which weigh 60 with the tie, 48 are net at 1.25. An award
// that agreed no tie counts what the scale shows. Whether the quote named the price for a unit gross
// or net decides nothing here: the award's price is the net one of both.
func (o *Outcome) net(a *awardRecord, amount quantity.Quantity) quantity.Quantity {
	agreed, found := cmp.Or(a.Tie, noTie), cmp.Or(o.Tie, a.Tie, noTie)
	return (2*amount*agreed + found) / (2 * found) // half up
}

// postings are the movements of an outcome, each size at its own price, and those beyond the
// dispatch last. Of an award under a yearly ceiling these are sold without its marks: the ceiling
// covers what was awarded.
func (o *Outcome) postings(a *awardRecord, deliveryID uuid.UUID, day civil.Date, limited bool) []ledger.Posting {
	postings := []ledger.Posting{a.posting(ledger.Rejected, o.Rejected, day), a.posting(ledger.Lost, o.Loss, day)}
	sizes := o.Sizes.V
	if len(sizes) == 0 {
		sizes = []SizeReceived{{SizeAccepted: SizeAccepted{Quantity: o.Accepted}, PriceVND: a.PriceVND}}
	}
	within := o.Accepted - o.Over
	for _, size := range sizes {
		parts := []struct {
			movement ledger.Movement
			amount   quantity.Quantity
		}{{ledger.Accepted, min(size.Quantity, within)}, {ledger.Over, max(size.Quantity-within, 0)}}
		within -= parts[0].amount
		for _, part := range parts {
			accepted := a.posting(part.movement, part.amount, day)
			accepted.PriceVND, accepted.Priced = size.PriceVND, o.net(a, part.amount)
			if size.Form != "" {
				accepted.Form = size.Form
			}
			if part.movement == ledger.Over && limited {
				accepted.Schemes = nil
			}
			postings = append(postings, accepted)
		}
	}
	for at := range postings {
		postings[at].DeliveryID = deliveryID
	}
	return postings
}
