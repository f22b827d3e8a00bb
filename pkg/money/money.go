// Package money holds whole đồng and the one place where a price meets a quantity.
package money

import (
	"fmt"
	"math/bits"
	"strconv"

	"github.com/ocop-market/ocop/pkg/quantity"
)

// VND is an amount in whole đồng (ISO 4217: no minor unit).
type VND int64

// Max is the largest price accepted from outside, per unit.
const Max VND = 1_000_000_000

// Value returns price × quantity in đồng, rounded half up to the whole đồng. Both must not be
// negative and not exceed their Max; then the result is exact within an int64.
func Value(price VND, amount quantity.Quantity) VND {
	if price <= 0 || amount <= 0 {
		return 0
	}
	high, low := bits.Mul64(uint64(price), uint64(amount))
	low, carry := bits.Add64(low, uint64(quantity.Unit)/2, 0)
	whole, _ := bits.Div64(high+carry, low, uint64(quantity.Unit))
	return VND(whole) //nolint:gosec // bounded by Max × quantity.Max / 1000 < 2^63
}

// String writes the amount with the Vietnamese group separator: "1.250.000 ₫".
func (v VND) String() string {
	digits := strconv.FormatInt(int64(v), 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	grouped := ""
	for len(digits) > 3 {
		grouped = "." + digits[len(digits)-3:] + grouped
		digits = digits[:len(digits)-3]
	}
	return fmt.Sprintf("%s%s%s ₫", sign, digits, grouped)
}
