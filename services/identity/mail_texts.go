package identity

import (
	"strings"
)

// letter is a message in both languages; {organisation}, {link} and {reason} are filled in.
type letter struct {
	subjectVI, subjectEN string
	vietnamese, english  string
}

// letters holds the words of each kind of message.
//
//nolint:gochecknoglobals // a constant table
var letters = map[mailKind]letter{
	mailReceived: {
		"Đã nhận hồ sơ đăng ký", "Your application was received",
		"Chúng tôi đã nhận hồ sơ đăng ký của tổ chức. Sở Công Thương sẽ xem xét và bạn sẽ nhận được thư trả lời.\nĐăng nhập: {link}",
		"We have received your organisation's application. The trade department will look at it and you will hear from us.\nSign in: {link}",
	},
	mailKnownLogin: {
		"Bạn đã có tài khoản", "You already have an account",
		"Có người vừa đăng ký bằng e-mail hoặc số điện thoại của bạn, nhưng bạn đã có tài khoản nên không có gì thay đổi.\n" +
			"Nếu là bạn: hãy đăng nhập (hoặc đặt lại mật khẩu) rồi thêm tổ chức. Nếu không phải: bỏ qua thư này.\n{link}",
		"Somebody has just registered with your e-mail address or phone number. You already have an account, so nothing has changed.\n" +
			"If it was you: sign in (or reset your password) and add the organisation there. If not: ignore this message.\n{link}",
	},
	mailReset: {
		"Đặt lại mật khẩu", "Choose a new password",
		"Mở liên kết này trong vòng một giờ để đặt mật khẩu mới. Nếu bạn không yêu cầu, hãy bỏ qua thư này.\n{link}",
		"Open this link within an hour to choose a new password. If you did not ask for it, ignore this message.\n{link}",
	},
	mailInvitation: {
		"Lời mời tham gia {organisation}", "Invitation to {organisation}",
		"{organisation} mời bạn tham gia. Mở liên kết để nhận lời; liên kết đặt mật khẩu có hiệu lực bảy ngày.\n{link}",
		"{organisation} invites you. Open the link to accept; a link to choose a password works for seven days.\n{link}",
	},
	mailApproved: {
		"{organisation} đã được duyệt", "{organisation} was approved",
		"Tổ chức {organisation} đã được duyệt. Bạn có thể bắt đầu giao dịch.\n{link}",
		"{organisation} was approved. You can start to trade.\n{link}",
	},
	mailRejected: {
		"Hồ sơ của {organisation} chưa được duyệt", "The application of {organisation} was refused",
		"Lý do: {reason}\nBạn có thể sửa hồ sơ; hồ sơ sửa xong được chuyển duyệt lại.\n{link}",
		"Reason: {reason}\nYou may amend the application, which puts it forward again.\n{link}",
	},
	mailSuspended: {
		"{organisation} bị tạm ngừng", "{organisation} was suspended",
		"Lý do: {reason}\nTổ chức vẫn xem được dữ liệu nhưng chưa thay đổi được gì.\n{link}",
		"Reason: {reason}\nThe organisation may read its data but not change anything.\n{link}",
	},
	mailReinstated: {
		"{organisation} hoạt động trở lại", "{organisation} was reinstated",
		"Tổ chức {organisation} đã hoạt động trở lại.\n{link}",
		"{organisation} may trade again.\n{link}",
	},
}

// words fills the message's letter, Vietnamese first.
func (m message) words(link string) (subject, text string) {
	if letter := m.Params.V.Letter; letter != nil {
		return letter.words(link)
	}
	words := letters[m.Kind]
	fill := strings.NewReplacer("{organisation}", m.OrganisationName, "{link}", link, "{reason}", m.Params.V.Reason)
	subject = fill.Replace(words.subjectVI + " / " + words.subjectEN)
	return subject, fill.Replace(words.vietnamese) + "\n\n--\n\n" + fill.Replace(words.english) + "\n"
}
