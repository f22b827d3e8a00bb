package inquiry

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals about payments.
var (
	ErrPaymentState = fault.Define("payment_state", http.StatusConflict,
		"Khoản tiền này đang ở trạng thái «{state}» nên không làm được việc này. Nếu đã xác nhận nhầm, hãy ghi một khoản theo chiều ngược lại.",
		"This payment is {state}: that cannot be done now. If it was confirmed by mistake, record a payment the other way.")
	ErrPaymentKind = fault.Define("payment_kind", http.StatusUnprocessableEntity,
		"Chọn một loại trong /v1/reference/payment-kinds.", "Choose a kind from /v1/reference/payment-kinds.")
	ErrPaymentDelivery = fault.Define("payment_delivery", http.StatusUnprocessableEntity,
		"Chuyến giao này không thuộc lần chốt mua. Chọn một chuyến của lần chốt mua, hoặc bỏ trống.",
		"This delivery is not one of the award. Name one of the award's, or leave it out.")
)

func paymentFaults() []*fault.Definition {
	return []*fault.Definition{ErrPaymentState, ErrPaymentKind, ErrPaymentDelivery}
}
