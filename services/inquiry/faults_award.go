package inquiry

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals around awards: their approval, their end, and frameworks.
var (
	ErrNotAColleague = fault.Define("not_a_colleague", http.StatusUnprocessableEntity,
		"Người duyệt phải là chủ hoặc thành viên đang làm việc trong tổ chức của bạn.",
		"Approvers must be owners or members at work in your organisation.")
	ErrSecondPerson = fault.Define("second_person_needed", http.StatusForbidden,
		"Người đề nghị không tự duyệt: nhờ chủ tổ chức hoặc người duyệt khác, hoặc rút đề nghị.",
		"Whoever proposed it does not decide about it: ask an owner or another approver, or withdraw it.")
	ErrNotApprover = fault.Define("not_an_approver", http.StatusForbidden,
		"Chỉ chủ tổ chức hoặc thành viên được giao duyệt mới quyết định, và phải tự đăng nhập.",
		"Only owners and members marked as approvers decide about proposals, signed in themselves.")
	ErrProposalState = fault.Define("proposal_decided", http.StatusConflict,
		"Đề nghị chốt mua này không còn chờ duyệt ({state}). Chốt lại để tạo đề nghị mới.",
		"This proposal waits no longer ({state}). Award again to make a new one.")
	ErrNeedsAgreement = fault.Define("agreement_needed", http.StatusConflict,
		"Từ ngày giao {day}, một bên không tự huỷ: hãy đề nghị bên kia đồng ý (cancellation-requests). Quá ngày giao, bên mua có thể huỷ với lý do default.",
		"From the delivery day, {day}, one side does not cancel alone: ask the other to agree (cancellation-requests). Once it has passed, the buyer may cancel with the reason default.")
	ErrNotOverdue = fault.Define("not_overdue", http.StatusConflict,
		"Chưa qua ngày giao {day}: chưa thể huỷ vì bên bán không giao.",
		"The delivery day, {day}, has not passed: nothing is in default yet.")
	ErrDefaultAlone = fault.Define("default_needs_no_agreement", http.StatusUnprocessableEntity,
		"Huỷ vì bên bán không giao không cần đồng ý: quá ngày giao, bên mua huỷ trực tiếp (cancel) với lý do default. Hãy nêu lý do khác.",
		"A default needs no agreement: once the day has passed, the buyer cancels with the reason default. Give another reason.")
	ErrCancellationAsked = fault.Define("cancellation_asked", http.StatusConflict,
		"Đã có một đề nghị huỷ đang chờ trả lời.", "A request to cancel this award waits for an answer already.")
	ErrCancellationState = fault.Define("cancellation_answered", http.StatusConflict,
		"Đề nghị huỷ này không còn chờ trả lời ({state}).", "This request waits for no answer any more ({state}).")
	ErrFrameworkPeriod = fault.Define("framework_period", http.StatusUnprocessableEntity,
		"Thời hạn hợp đồng nguyên tắc phải kết thúc sau khi bắt đầu và trong vòng một năm.",
		"The period of a framework must end after it begins, and within a year.")
	ErrNoFrameworkQuoted = fault.Define("no_framework_quoted", http.StatusUnprocessableEntity,
		"Báo giá này không nhận hợp đồng nguyên tắc cho cả thời hạn đó. Chọn thời hạn trong báo giá, hoặc nhờ bên bán sửa báo giá.",
		"This quote offers no framework for the whole of that period. Choose a period within the quote's, or ask the producer to revise it.")
	ErrIndicativePrice = fault.Define("indicative_price", http.StatusUnprocessableEntity,
		"Giá của báo giá này chỉ để tham khảo: chỉ chốt được dưới dạng hợp đồng nguyên tắc (framework).",
		"This quote's price is indicative: it can be awarded as a framework only.")
	ErrFrameworkYears = fault.Define("framework_over_years", http.StatusUnprocessableEntity,
		"Hợp đồng nguyên tắc kèm chứng nhận có hạn mức năm phải nằm trong một năm. Chia theo năm, hoặc chốt không kèm công bố (unclaimed).",
		"A framework under a claim with a yearly ceiling must lie within one year. Make one for each year, or buy without the claim (unclaimed).")
	ErrNotFramework = fault.Define("not_a_framework", http.StatusConflict,
		"Lần chốt mua này không phải hợp đồng nguyên tắc nên không gọi hàng được.",
		"This award is no framework: there is nothing to call off.")
	ErrFrameworkExceeded = fault.Define("framework_exceeded", http.StatusConflict,
		"Vượt quá phần còn có thể gọi của hợp đồng nguyên tắc. Gọi ít hơn, hoặc huỷ một lần gọi trước.",
		"This is more than can still be called off. Take less, or cancel a call-off first.")
	ErrOutsidePeriod = fault.Define("outside_period", http.StatusUnprocessableEntity,
		"Ngày giao phải trong thời hạn {from} – {to} của hợp đồng nguyên tắc.",
		"The delivery day must lie within the framework's period, {from} to {to}.")
	ErrSlot = fault.Define("slot", http.StatusUnprocessableEntity,
		"Khung giờ ghi HH:MM, đủ hai đầu, trong cùng một ngày (03:00–05:00).",
		"Write both ends of the slot as HH:MM, the later one on the same day (03:00–05:00).")
	ErrPriceFixed = fault.Define("price_fixed", http.StatusUnprocessableEntity,
		"Giá đã chốt là {price} đ: bỏ trống price_vnd hoặc ghi đúng giá đó.",
		"The award's price is {price} đ: leave price_vnd out, or write that.")
	ErrCallOffState = fault.Define("call_off_state", http.StatusConflict,
		"Lần gọi hàng này đang ở trạng thái {state}, không thực hiện được việc đó.",
		"This call-off is {state}: that cannot be done now.")
	ErrCallOffDay = fault.Define("call_off_day", http.StatusConflict,
		"Hôm nay là ngày giao đã xác nhận: không huỷ được nữa.",
		"Today is its confirmed delivery day: it cannot be cancelled now.")
	ErrCallOffNeeded = fault.Define("call_off_needed", http.StatusUnprocessableEntity,
		"Giao theo hợp đồng nguyên tắc phải nêu lần gọi hàng (call_off_id).",
		"A delivery under a framework names its call-off (call_off_id).")
	ErrCallOffExceeded = fault.Define("call_off_exceeded", http.StatusConflict,
		"Vượt quá phần chưa giao của lần gọi hàng này.", "This is more than is left of the call-off.")
)

func awardFaults() []*fault.Definition {
	return []*fault.Definition{
		ErrNotAColleague, ErrSecondPerson, ErrNotApprover, ErrProposalState,
		ErrNeedsAgreement, ErrNotOverdue, ErrDefaultAlone, ErrCancellationAsked, ErrCancellationState,
		ErrFrameworkPeriod, ErrNoFrameworkQuoted, ErrIndicativePrice, ErrFrameworkYears, ErrNotFramework, ErrFrameworkExceeded,
		ErrOutsidePeriod, ErrSlot, ErrPriceFixed, ErrCallOffState, ErrCallOffDay, ErrCallOffNeeded, ErrCallOffExceeded,
	}
}
