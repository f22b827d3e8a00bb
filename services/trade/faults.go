package trade

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of this package.
var (
	ErrMemorandumState = fault.Define("memorandum_state", http.StatusConflict,
		"Biên bản ghi nhớ đang ở trạng thái {state} nên không thể {action}.", "The memorandum is {state}, so it cannot {action}.")
	ErrInquiryLinked = fault.Define("inquiry_linked", http.StatusConflict,
		"Nhu cầu mua này đã gắn với một biên bản ghi nhớ. Gỡ liên kết đó trước.",
		"This inquiry is linked to a memorandum already. Remove that link first.")
)

// The refusals about trade events.
var (
	ErrEventState = fault.Define("trade_event_state", http.StatusConflict,
		"Sự kiện đang ở trạng thái {state} nên không thể {action}.", "The trade event is {state}, so it cannot {action}.")
	ErrEventNotBegun = fault.Define("trade_event_not_begun", http.StatusConflict,
		"Sự kiện bắt đầu ngày {from}; ghi nhận sau khi bắt đầu.", "The trade event begins on {from}; note this once it has begun.")
	ErrParticipantTwice = fault.Define("participant_twice", http.StatusConflict,
		"Đơn vị này đã có trong danh sách tham gia.", "This participant is on the list already.")
	ErrBoothTaken = fault.Define("booth_taken", http.StatusConflict,
		"Số gian hàng này đã có đơn vị khác.", "This booth is another participant's.")
	ErrMeetingClash = fault.Define("meeting_clash", http.StatusConflict,
		"Một trong hai bên đã có cuộc gặp vào giờ này.", "One of the two is in another meeting at that time.")
	ErrMeetingTime = fault.Define("meeting_time", http.StatusUnprocessableEntity,
		"Cuộc gặp phải nằm trong các ngày của sự kiện, từ {from} đến {to}, và kết thúc sau khi bắt đầu.",
		"A meeting lies within the days of the event, {from} to {to}, and ends after it begins.")
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
	"participant_once": ErrParticipantTwice, "outsider_once": ErrParticipantTwice, "booth_once": ErrBoothTaken,
	"booth_area_of_a_booth": fault.ErrRequired, "nobody_in_two_meetings": ErrMeetingClash, "events_dates": fault.ErrDateOrder,
	"inquiry_of_one_memorandum": ErrInquiryLinked, "memorandum_links_pkey": ErrInquiryLinked,
}

// Faults lists the refusals of this package.
func Faults() []*fault.Definition {
	return []*fault.Definition{
		ErrMemorandumState, ErrInquiryLinked, ErrEventState, ErrEventNotBegun, ErrParticipantTwice, ErrBoothTaken,
		ErrMeetingClash, ErrMeetingTime, ErrParty, ErrNotOwnMemorandum, ErrSignedInFuture, ErrMemorandumLineTwice,
	}
}
