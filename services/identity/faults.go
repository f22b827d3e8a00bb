package identity

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of this package.
var (
	ErrReadOnly = fault.Define("role_read_only", http.StatusForbidden,
		"Vai trò của bạn chỉ được xem. Nhờ chủ tài khoản tổ chức đổi vai trò nếu cần.",
		"Your role may only read. Ask an owner of the organisation for another role.")
	ErrNotApproved = fault.Define("organisation_not_approved", http.StatusForbidden,
		"Tổ chức của bạn chưa được Sở Công Thương duyệt nên chưa làm được việc này.",
		"Your organisation has not been approved by the trade department, so it cannot do this yet.")
	ErrSuspended = fault.Define("organisation_suspended", http.StatusForbidden,
		"Tổ chức của bạn đang bị tạm ngừng: chỉ xem được, chưa thay đổi được gì.",
		"Your organisation is suspended: it may read but not change anything.")
	ErrNoOrganisation = fault.Define("no_organisation", http.StatusForbidden,
		"Tài khoản của bạn chưa thuộc tổ chức nào.",
		"Your account belongs to no organisation.")
	ErrScopeMissing = fault.Define("scope_missing", http.StatusForbidden,
		"Khoá API này không có quyền {scope}.", "This API key does not have the scope {scope}.")
	ErrOwnerOnly = fault.Define("owner_only", http.StatusForbidden,
		"Chỉ chủ tài khoản của tổ chức được làm việc này.", "Only an owner of the organisation may do this.")
	ErrNotAMember = fault.Define("not_a_member", http.StatusForbidden,
		"Bạn không thuộc tổ chức ghi trong Ocop-Organisation.",
		"You do not belong to the organisation named in Ocop-Organisation.")
	ErrSessionRequired = fault.Define("session_required", http.StatusForbidden,
		"Việc này cần phiên đăng nhập của một người, không dùng khoá API.",
		"This needs a person's session; an API key cannot do it.")
	ErrSignInFailed = fault.Define("sign_in_failed", http.StatusUnauthorized,
		"Tên đăng nhập hoặc mật khẩu không đúng.", "The login or the password is wrong.")
	ErrTooManyAttempts = fault.Define("too_many_attempts", http.StatusTooManyRequests,
		"Quá nhiều lần thử. Thử lại sau {seconds} giây, hoặc đặt lại mật khẩu.",
		"Too many attempts. Try again in {seconds} seconds, or reset the password.")
	ErrTooManyGuesses = fault.Define("too_many_guesses", http.StatusTooManyRequests,
		"Quá nhiều mã sai từ nơi này. Thử lại sau {seconds} giây.",
		"Too many wrong codes from here. Try again in {seconds} seconds.")
	ErrOrganisationState = fault.Define("organisation_state", http.StatusConflict,
		"Tổ chức đang ở trạng thái {state} nên không thể {action}.",
		"The organisation is {state}, so it cannot {action}.")
	ErrLoginTaken = fault.Define("login_taken", http.StatusConflict,
		"E-mail hoặc số điện thoại này đã có tài khoản.",
		"There is already an account with this e-mail address or phone number.")
	ErrAlreadyMember = fault.Define("already_member", http.StatusConflict,
		"Người này đã thuộc tổ chức hoặc đã được mời.",
		"This person already belongs to the organisation or has been invited.")
	ErrLastOwner = fault.Define("last_owner", http.StatusConflict,
		"Tổ chức phải còn ít nhất một chủ tài khoản. Chỉ định chủ tài khoản khác trước.",
		"An organisation needs at least one owner. Make someone else an owner first.")
	ErrResetToken = fault.Define("reset_token_invalid", http.StatusUnprocessableEntity,
		"Liên kết đặt mật khẩu sai, đã dùng hoặc đã hết hạn. Hãy yêu cầu liên kết mới.",
		"The link is wrong, was used already or has expired. Ask for a new one.")
	ErrCurrentPassword = fault.Define("current_password_wrong", http.StatusUnprocessableEntity,
		"Mật khẩu hiện tại không đúng.", "The current password is wrong.")
	ErrTooManyKeys = fault.Define("too_many_keys", http.StatusConflict,
		"Tổ chức đã có {max} khoá API còn dùng. Thu hồi khoá cũ trước.",
		"The organisation already has {max} API keys in use. Revoke one first.")
)

// What is wrong with one field of a request.
var (
	ErrPasswordShort = fault.Define("password_too_short", http.StatusUnprocessableEntity,
		"Mật khẩu phải có ít nhất {min} ký tự.", "The password must have at least {min} characters.")
	ErrPasswordCommon = fault.Define("password_too_common", http.StatusUnprocessableEntity,
		"Mật khẩu này quá dễ đoán. Dùng một câu hoặc vài từ khó đoán hơn.",
		"This password is too easy to guess. Use a phrase or a few unrelated words.")
	ErrPasswordIsLogin = fault.Define("password_is_login", http.StatusUnprocessableEntity,
		"Mật khẩu không được trùng e-mail hoặc số điện thoại.",
		"The password must not be the e-mail address or phone number.")
	ErrEmail = fault.Define("email_invalid", http.StatusUnprocessableEntity,
		"E-mail chưa đúng, ví dụ: ten@vidu.vn.", "This is no e-mail address such as name@example.com.")
	ErrPhone = fault.Define("phone_invalid", http.StatusUnprocessableEntity,
		"Số điện thoại chưa đúng, ví dụ: 0912 345 678.", "This is no phone number such as 0912 345 678.")
	ErrLoginMissing = fault.Define("login_missing", http.StatusUnprocessableEntity,
		"Cần e-mail hoặc số điện thoại.", "An e-mail address or a phone number is needed.")
	ErrTaxCode = fault.Define("tax_code_invalid", http.StatusUnprocessableEntity,
		"Mã số thuế gồm 10 chữ số, 12 chữ số, hoặc 10 chữ số, gạch ngang và 3 chữ số.",
		"A tax code has 10 digits, 12 digits, or 10 digits, a hyphen and 3 digits.")
	ErrCommune = fault.Define("commune_unknown", http.StatusUnprocessableEntity,
		"Không có xã, phường mã {value} ở tỉnh, thành phố mã {province}.",
		"There is no commune or ward {value} in the province {province}.")
	ErrBuyerSystem = fault.Define("buyer_system_unknown", http.StatusUnprocessableEntity,
		"Không có hệ thống bán lẻ «{value}».", "There is no retail system “{value}”.")
	ErrLegalForm = fault.Define("legal_form_unknown", http.StatusUnprocessableEntity,
		"Loại hình tổ chức này không có trong danh mục.", "This legal form is not in the list.")
	ErrInThePast = fault.Define("in_the_past", http.StatusUnprocessableEntity,
		"Thời điểm này đã qua.", "This moment has passed.")
)

// Faults lists the refusals of this package.
func Faults() []*fault.Definition {
	return []*fault.Definition{
		ErrReadOnly, ErrNotApproved, ErrSuspended, ErrNoOrganisation, ErrScopeMissing, ErrOwnerOnly, ErrNotAMember,
		ErrSessionRequired, ErrSignInFailed, ErrTooManyAttempts, ErrTooManyGuesses, ErrOrganisationState, ErrLoginTaken, ErrAlreadyMember,
		ErrLastOwner, ErrResetToken, ErrCurrentPassword, ErrTooManyKeys, ErrPasswordShort, ErrPasswordCommon,
		ErrPasswordIsLogin, ErrEmail, ErrPhone, ErrLoginMissing, ErrTaxCode, ErrCommune, ErrBuyerSystem, ErrLegalForm,
		ErrInThePast,
	}
}
