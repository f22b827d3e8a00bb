package inquiry

import (
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// The measures that others ask for by name.
const (
	measureOnTime    = "on_time"
	measureInFull    = "in_full"
	measureAnnounced = "announced"
	measureDefaulted = "defaulted"
	measureRejected  = "rejected"
)

// measureNamed is a measure with its name and what is said of it.
type measureNamed struct {
	code       string
	name, text reference.Names
}

//nolint:gochecknoglobals // constant texts
var (
	noCases  = said("Chưa có lần nào.", "No cases yet.")
	fewCases = said("Mới có {cases} lần, quá ít để tính.", "Only {cases} so far, too few to tell.")
	ofCases  = said("{met} trong {cases} lần ({percent} %).", "{met} of {cases} ({percent}%).")
	ofGoods  = said("{percent} % hàng cùng ngành bị trả lại, qua {cases} chuyến đã nhận.",
		"{percent}% of the goods of this line were rejected, over {cases} deliveries received.")
	ofTimes = said("Thường sau {hours} giờ {minutes} phút, qua {cases} lần.", "After {hours} h {minutes} min (the median of {cases}).")
)

// measures are those of each kind of organisation, in their order.
//
//nolint:gochecknoglobals // a constant table
var measures = map[identity.OrganisationKind][]measureNamed{
	identity.Producer: {
		{"answer_time", said("Thời gian trả lời nhu cầu mua", "Time to answer an inquiry, by quote or refusal"), ofTimes},
		{"answered", said("Nhu cầu được mời đã trả lời (tính khi đã hết hạn)", "Invitations answered, of those whose deadline has passed"), ofCases},
		{"inquiry_to_quote", said("Thời gian từ nhu cầu đến báo giá đầu tiên", "From inquiry to first quote"), ofTimes},
		{measureOnTime, said("Giao đúng hẹn", "On time"), ofCases},
		{measureInFull, said("Giao đủ", "In full"), ofCases},
		{"announced", said("Giao thiếu, đã báo trước", "Short, announced before dispatch"), ofCases},
		{"defaulted", said("Không giao, không báo", "Not sent by the agreed day and not announced"), ofCases},
		{measureRejected, said("Bị trả lại", "Rejected"), ofGoods},
		{"lapsed", said("Chứng nhận hết hạn mà không gia hạn", "Certificates that lapsed without renewal"), ofCases},
		{"disputes_lost", said("Khiếu nại thua", "Disputes lost"), ofCases},
	},
	identity.Buyer: {
		{"answer_time", said("Thời gian trả lời câu hỏi", "Time to answer a question"), ofTimes},
		{"answered", said("Câu hỏi đã trả lời", "Questions answered"), ofCases},
		{"quote_to_award", said("Thời gian từ báo giá đến chốt mua", "From quote to award"), ofTimes},
		{"kept", said("Lần chốt mua không bị đơn phương huỷ", "Awards not cancelled by its word alone"), ofCases},
		{measureRejected, said("Trả lại", "Rejected"), ofGoods},
		{"disputes_lost", said("Khiếu nại thua", "Disputes lost"), ofCases},
	},
}
