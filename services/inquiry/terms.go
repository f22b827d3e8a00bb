package inquiry

import (
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Bounds of terms: shares are of a hundred, days as in the document.
const (
	allPercent     = 100 * quantity.Unit
	maxPaymentDays = 365
)

// check applies the rules of the terms. What is paid ahead and what is taken off together are no more
// than the whole: else more would be asked ahead than is ever owed for the goods.
func (t *Terms) check(found *fault.Collector) {
	if t.PaymentDays < 0 || t.PaymentDays > maxPaymentDays {
		found.Add("terms.payment_days", fault.ErrOutOfRange, "min", 0, "max", maxPaymentDays)
	}
	deposit, discount := isPercent(t.DepositPercent), isPercent(t.DiscountPercent)
	if !deposit {
		found.Add("terms.deposit_percent", ErrTermsPercent, "percent", t.DepositPercent)
	}
	if !discount {
		found.Add("terms.discount_percent", ErrTermsPercent, "percent", t.DiscountPercent)
	}
	if deposit && discount && t.DepositPercent+t.DiscountPercent > allPercent {
		found.Add("terms.deposit_percent", ErrDepositBeyond, "deposit", t.DepositPercent, "discount", t.DiscountPercent)
	}
}

func isPercent(share quantity.Quantity) bool { return share >= 0 && share <= allPercent }
