package inquiry

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals around awards: their approval.
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
)

func awardFaults() []*fault.Definition {
	return []*fault.Definition{ErrNotAColleague, ErrSecondPerson, ErrNotApprover, ErrProposalState}
}
