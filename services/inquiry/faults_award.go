package inquiry

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals around awards: their approval and their end.
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
)

func awardFaults() []*fault.Definition {
	return []*fault.Definition{
		ErrNotAColleague, ErrSecondPerson, ErrNotApprover, ErrProposalState,
		ErrNeedsAgreement, ErrNotOverdue, ErrDefaultAlone, ErrCancellationAsked, ErrCancellationState,
	}
}
