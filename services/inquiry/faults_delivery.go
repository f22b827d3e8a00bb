package inquiry

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals about deliveries.
var (
	ErrDeliveryState = fault.Define("delivery_state", http.StatusConflict,
		"Chuyến giao đang ở trạng thái «{state}» nên không làm được việc này ({action}).",
		"The delivery is {state}: this cannot be done now ({action}).")
	ErrSlot = fault.Define("slot_unreadable", http.StatusUnprocessableEntity,
		"Khung giờ cần giờ bắt đầu và giờ kết thúc khác nhau, như 03:00 và 05:00; để trống cả hai nếu cả ngày.",
		"A slot has a beginning and another end, such as 03:00 and 05:00; leave both out for the whole day.")
)

func deliveryFaults() []*fault.Definition {
	return []*fault.Definition{ErrDeliveryState, ErrSlot}
}
