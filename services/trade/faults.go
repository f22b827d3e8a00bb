package trade

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of this package.
var (
	ErrMemorandumState = fault.Define("memorandum_state", http.StatusConflict,
		"Biên bản ghi nhớ đang ở trạng thái «{state}» nên không làm được việc này.", "The memorandum is {state}: this cannot be done now.")
	ErrInquiryLinked = fault.Define("inquiry_linked", http.StatusConflict,
		"Nhu cầu mua này đã gắn với một biên bản ghi nhớ. Gỡ liên kết đó trước.",
		"This inquiry is linked to a memorandum already. Remove that link first.")
)

// The refusals about amendments of memoranda.
var (
	ErrMemorandumUnchanged = fault.Define("memorandum_unchanged", http.StatusUnprocessableEntity,
		"Không có gì thay đổi so với bản hiện tại.", "Nothing differs from what the memorandum says now.")
	ErrAmendmentWaits = fault.Define("amendment_waits", http.StatusConflict,
		"Bản sửa số {version} còn chờ bên kia. Đồng ý, từ chối hoặc rút bản đó trước.",
		"Version {version} waits for the other party. Agree to it, refuse it or take it back first.")
	ErrAmendmentDecided = fault.Define("amendment_decided", http.StatusConflict,
		"Bản số {version} đã được quyết định. Xem lại các bản của biên bản.", "Version {version} was decided already. Read the versions again.")
	ErrAmendedTooOften = fault.Define("amended_too_often", http.StatusConflict,
		"Biên bản ghi nhớ này đã có 100 bản. Hãy kết thúc và ghi nhận biên bản mới.",
		"This memorandum has 100 versions. End it and enter a new one.")
)

// The refusals about trade events.
var (
	ErrEventState = fault.Define("trade_event_state", http.StatusConflict,
		"Sự kiện đang ở trạng thái «{state}» nên không làm được việc này.", "The trade event is {state}: this cannot be done now.")
	ErrEventNotBegun = fault.Define("trade_event_not_begun", http.StatusConflict,
		"Sự kiện bắt đầu ngày {from}; ghi nhận sau khi bắt đầu.", "The trade event begins on {from}; note this once it has begun.")
	ErrParticipantTwice = fault.Define("participant_twice", http.StatusConflict,
		"Đơn vị này đã có trong danh sách tham gia.", "This participant is on the list already.")
	ErrBoothTaken = fault.Define("booth_taken", http.StatusConflict,
		"Số gian hàng này đã có đơn vị khác.", "This booth is another participant's.")
	ErrMeetingClash = fault.Define("meeting_clash", http.StatusConflict,
		"Một trong hai bên đã có cuộc gặp vào giờ này.", "One of the two is in another meeting at that time.")
	ErrMeetingsOutside = fault.Define("meetings_outside", http.StatusConflict,
		"{count} cuộc gặp đã hẹn nằm ngoài các ngày mới, từ {from} đến {to}. Dời hoặc huỷ các cuộc gặp đó trước.",
		"{count} meetings that were arranged lie outside the new days, {from} to {to}. Move or cancel them first.")
	ErrMeetingCancelled = fault.Define("meeting_cancelled", http.StatusConflict,
		"Cuộc gặp này đã huỷ nên không dời được. Hãy hẹn một cuộc gặp mới.", "This meeting was cancelled, so it cannot be moved. Arrange another.")
	ErrDeclined = fault.Define("participant_declined", http.StatusConflict,
		"Đơn vị này đã từ chối tham gia sự kiện nên không hẹn gặp được.", "This participant declined to come, so no meeting can be arranged with it.")
	ErrMeetingTime = fault.Define("meeting_time", http.StatusUnprocessableEntity,
		"Cuộc gặp phải nằm trong các ngày của sự kiện, từ {from} đến {to}, và kết thúc sau khi bắt đầu.",
		"A meeting lies within the days of the event, {from} to {to}, and ends after it begins.")
)

// The refusals about what is declared.
var (
	ErrDeclared = fault.Define("declared_already", http.StatusConflict,
		"Sản lượng này của tháng đã được khai. Hãy sửa bản khai đó.", "This was declared for the month already. Correct that declaration.")
	ErrReplaced = fault.Define("declaration_replaced", http.StatusConflict,
		"Bản khai này đã được thay bằng bản sửa. Hãy sửa bản mới nhất.", "This declaration was corrected already. Correct the latest.")
	ErrMonth = fault.Define("declaration_month", http.StatusUnprocessableEntity,
		"Khai theo tháng dạng 2026-11, từ {from} đến {to}.", "Declare for a month such as 2026-11, from {from} to {to}.")
	ErrDeclaredMemorandum = fault.Define("declaration_memorandum", http.StatusUnprocessableEntity,
		"Biên bản ghi nhớ phải của nhà sản xuất này, còn hiệu lực và có dòng hàng này.",
		"The memorandum must be this producer's, stand, and have a line for these goods.")
)

// The refusals about programmes.
var (
	ErrMemberTwice = fault.Define("programme_member_twice", http.StatusConflict,
		"Thành viên này đã có trong chương trình vào thời gian đó.", "This member belongs to the programme at that time already.")
	ErrTargetTwice = fault.Define("programme_target_twice", http.StatusConflict,
		"Đã có chỉ tiêu cho mặt hàng này trong thời gian đó. Rút chỉ tiêu cũ trước.",
		"There is a target for these goods at that time already. Withdraw that one first.")
	ErrMember = fault.Define("programme_member", http.StatusUnprocessableEntity,
		"Nêu một tổ chức, một xã phường, hoặc một huyện cũ.", "Name one organisation, one commune or one former district.")
	ErrNotYourSide = fault.Define("programme_side", http.StatusForbidden,
		"Chỉ cơ quan quản lý phía đó mới thêm tổ chức của phía đó.", "Only the authority that oversees that side adds its organisations.")
)

// What is wrong with one field of a request.
var (
	ErrParty = fault.Define("memorandum_party", http.StatusUnprocessableEntity,
		"Nêu mỗi bên hoặc bằng id tổ chức trên sàn, hoặc bằng tên nếu ở ngoài sàn.",
		"Name each side either by the id of an organisation on the platform or, if it is not there, by its name.")
	ErrNotOwnMemorandum = fault.Define("memorandum_of_others", http.StatusUnprocessableEntity,
		"Tổ chức của bạn phải là một bên ký.", "Your organisation must be one of those who signed.")
	ErrSignedInFuture = fault.Define("memorandum_signed_in_future", http.StatusUnprocessableEntity,
		"Ngày ký không thể sau hôm nay.", "It cannot have been signed after today.")
	ErrMemorandumLineTwice = fault.Define("memorandum_line_twice", http.StatusUnprocessableEntity,
		"Có hai dòng cùng ngành hàng, dạng hàng và đơn vị. Gộp chúng lại.",
		"Two lines are of the same product line, form and unit. Put them together.")
)

// byConstraint names the refusal for each constraint a person can run into.
//
//nolint:gochecknoglobals // an immutable table
var byConstraint = map[string]*fault.Definition{
	"memoranda_term": fault.ErrDateOrder, "memorandum_line_once": ErrMemorandumLineTwice,
	"amendment_line_once": ErrMemorandumLineTwice, "amendments_at_most": ErrAmendedTooOften, "amendments_term": fault.ErrDateOrder,
	"amendment_decided_once": ErrAmendmentDecided,
	"participant_once":       ErrParticipantTwice, "outsider_once": ErrParticipantTwice, "booth_once": ErrBoothTaken,
	"booth_area_of_a_booth": fault.ErrRequired, "nobody_in_two_meetings": ErrMeetingClash, "events_dates": fault.ErrDateOrder,
	"declaration_once": ErrDeclared, "declaration_replaced_once": ErrReplaced,
	"programme_organisation_once": ErrMemberTwice, "programme_commune_once": ErrMemberTwice, "programme_target_once": ErrTargetTwice,
	"inquiry_of_one_memorandum": ErrInquiryLinked, "memorandum_links_pkey": ErrInquiryLinked,
}

// Faults lists the refusals of this package.
func Faults() []*fault.Definition {
	return []*fault.Definition{
		ErrMemorandumState, ErrInquiryLinked, ErrMemorandumUnchanged, ErrAmendmentWaits, ErrAmendmentDecided, ErrAmendedTooOften, ErrEventState, ErrEventNotBegun, ErrParticipantTwice, ErrBoothTaken,
		ErrMeetingClash, ErrMeetingsOutside, ErrMeetingCancelled, ErrDeclined, ErrMeetingTime, ErrDeclared, ErrReplaced, ErrMonth, ErrDeclaredMemorandum,
		ErrMemberTwice, ErrTargetTwice, ErrMember, ErrNotYourSide, ErrParty, ErrNotOwnMemorandum, ErrSignedInFuture, ErrMemorandumLineTwice,
	}
}
