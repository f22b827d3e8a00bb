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
	ErrDockReceived = fault.Define("received_at_dock", http.StatusConflict,
		"Chuyến giao này đã được nhận lúc {at}: nhận {accepted}, trả {rejected}, hao hụt {loss} ({unit}).",
		"This delivery was received at {at}: {accepted} accepted, {rejected} rejected, {loss} lost ({unit}).")
	ErrReceivedOtherwise = fault.Define("received_otherwise", http.StatusConflict,
		"Chuyến giao này đã được ghi nhận khác: nhận {accepted}, trả {rejected}, hao hụt {loss} ({unit}). Nếu số đó sai, hãy khiếu nại.",
		"This delivery was received with other figures: {accepted} accepted, {rejected} rejected, {loss} lost ({unit}). Open a dispute if those are wrong.")
	ErrOver = fault.Define("over_tolerance", http.StatusUnprocessableEntity,
		"Phần nhận dư so với lúc giao tối đa là {most}.",
		"At most {most} can be accepted beyond what was dispatched.")
	ErrTieOfLive = fault.Define("tie_of_live_goods", http.StatusUnprocessableEntity,
		"Chỉ hàng sống mới có dây buộc.", "Only live goods are tied.")
	ErrPriceIsNet = fault.Define("price_is_net", http.StatusUnprocessableEntity,
		"Giá của chốt mua này là giá không dây: bỏ price_gross, và nếu dây khác thoả thuận thì ghi tie đo được.",
		"The price of this award is net of the tie: leave out price_gross, and say the tie as measured if it is not the agreed one.")
	ErrDisputeLate = fault.Define("dispute_late", http.StatusConflict,
		"Chỉ khiếu nại được đến {until}.", "The receipt could be disputed until {until}.")
	ErrDisputeReason = fault.Define("dispute_reason", http.StatusUnprocessableEntity,
		"Chọn một lý do của biên nhận trong /v1/reference/reasons.", "Choose a reason of receipts from /v1/reference/reasons.")
	ErrNotYourDispute = fault.Define("not_your_dispute", http.StatusConflict,
		"Bên đã khiếu nại mới rút được.", "Only the side that raised the dispute can withdraw it.")
	ErrProposal = fault.Define("proposal_not_current", http.StatusConflict,
		"Chỉ đồng ý được với đề xuất mới nhất của bên kia.", "Only the other side's last proposal can be agreed to.")
	ErrTooManyReceiptPhotos = fault.Define("too_many_receipt_photos", http.StatusConflict,
		"Một chuyến giao có tối đa {max} ảnh.", "A delivery has at most {max} photos.")
)

func deliveryFaults() []*fault.Definition {
	return []*fault.Definition{
		ErrDeliveryState, ErrDockReceived, ErrReceivedOtherwise, ErrOver, ErrTieOfLive, ErrPriceIsNet, ErrDisputeLate, ErrDisputeReason,
		ErrNotYourDispute, ErrProposal, ErrTooManyReceiptPhotos,
	}
}
