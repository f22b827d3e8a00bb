package inquiry

import (
	"net/http"
	"slices"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of this service.
var (
	ErrDeadlinePast = fault.Define("deadline_past", http.StatusUnprocessableEntity,
		"Hạn nhận báo giá phải ở tương lai, không quá một năm.",
		"The deadline for quotes must lie ahead, at most a year.")
	ErrNoLines = fault.Define("no_lines", http.StatusUnprocessableEntity,
		"Nhu cầu mua cần từ 1 đến {max} dòng hàng.", "An inquiry needs between 1 and {max} lines.")
	ErrLineSubject = fault.Define("line_subject", http.StatusUnprocessableEntity,
		"Mỗi dòng nêu đúng một trong: offer_id, product_id hoặc line.",
		"Each line names exactly one of offer_id, product_id or line.")
	ErrDirectSubject = fault.Define("direct_subject", http.StatusUnprocessableEntity,
		"Nhu cầu gửi trực tiếp cần nêu sản phẩm, nguồn cung hoặc nhà sản xuất nhận.",
		"A direct inquiry names products, offers or the producers it goes to.")
	ErrNobodyInvited = fault.Define("nobody_invited", http.StatusUnprocessableEntity,
		"Hãy mời ít nhất một nhà sản xuất đã được duyệt.", "Invite at least one approved producer.")
	ErrNotOnOffer = fault.Define("not_on_offer", http.StatusUnprocessableEntity,
		"Không có sản phẩm hoặc nguồn cung này trên chợ.", "There is no such product or offer on the market.")
	ErrUnitDiffers = fault.Define("unit_differs", http.StatusUnprocessableEntity,
		"Đơn vị phải là «{unit}» như hàng được hỏi.", "The unit must be “{unit}”, as the goods are sold.")
	ErrQuantityNotPositive = fault.Define("quantity_not_positive", http.StatusUnprocessableEntity,
		"Số lượng phải lớn hơn 0.", "The quantity must be more than nothing.")
	ErrPriceNotPositive = fault.Define("price_out_of_range", http.StatusUnprocessableEntity,
		"Giá phải từ 1 đến {max} đồng.", "The price must be between 1 and {max} đồng.")
	ErrDatePast = fault.Define("date_past", http.StatusUnprocessableEntity,
		"Ngày này đã qua.", "This day has passed.")
	ErrNotOpen = fault.Define("inquiry_not_open", http.StatusConflict,
		"Nhu cầu này không còn mở ({state}).", "This inquiry is not open ({state}).")
	ErrNotDraft = fault.Define("inquiry_not_draft", http.StatusConflict,
		"Chỉ bản nháp mới mở được ({state}).", "Only a draft can be opened ({state}).")
	ErrDeadlinePassed = fault.Define("deadline_passed", http.StatusConflict,
		"Đã hết hạn nhận báo giá lúc {deadline}.", "The deadline for quotes passed at {deadline}.")
	ErrSaleStopped = fault.Define("sale_stopped", http.StatusConflict,
		"{system} dừng bán sản phẩm này từ {since} vì vi phạm Tick xanh. Chốt lại khi vụ việc được gỡ, hoặc chọn báo giá khác.",
		"{system} has sold no more of this product since {since}, because of a breach under the Green Tick. Award it when the case has ended, or choose another quote.")
	ErrSealed = fault.Define("quotes_sealed", http.StatusConflict,
		"Báo giá được niêm phong đến {deadline}; chỉ xem và chốt được sau đó.",
		"The quotes are sealed until {deadline}; they can be read and awarded after that.")
	ErrHasAwards = fault.Define("inquiry_has_awards", http.StatusConflict,
		"Nhu cầu đã có phần chốt mua: hãy đóng (close) thay vì huỷ.",
		"Parts of this inquiry are awarded: close it instead of cancelling.")
	ErrQuoteExists = fault.Define("quote_exists", http.StatusConflict,
		"Bạn đã báo giá dòng này. Sửa báo giá đó (revise), hoặc gửi phương án khác với alternative = true.",
		"You have a quote on this line. Revise it, or send another proposal with alternative = true.")
	ErrLineUnknown = fault.Define("line_unknown", http.StatusUnprocessableEntity,
		"Nhu cầu này không có dòng như vậy dành cho bạn.", "This inquiry has no such line for you.")
	ErrQuoteTooLarge = fault.Define("quote_too_large", http.StatusUnprocessableEntity,
		"Số lượng báo giá quá {max}, gấp mười lần số lượng cần.", "The quantity is over {max}, ten times what is asked for.")
	ErrSizeUnpriced = fault.Define("size_without_price", http.StatusUnprocessableEntity,
		"Cỡ này không có trong bảng giá theo cỡ của báo giá: {allowed}.", "This size is not in the quote's size–price table: {allowed}.")
	ErrWrongLine = fault.Define("offer_of_other_line", http.StatusUnprocessableEntity,
		"Nguồn cung này thuộc ngành hàng khác với dòng nhu cầu.", "This offer is of another product line than the inquiry's.")
	ErrNotYourOffer = fault.Define("not_your_offer", http.StatusUnprocessableEntity,
		"Không có nguồn cung này trong danh mục của bạn.", "There is no such offer of yours.")
	ErrOfferClosed = fault.Define("offer_not_open", http.StatusConflict,
		"Nguồn cung này đã đóng.", "This offer is closed.")
	ErrOutsideOffer = fault.Define("outside_offer_window", http.StatusUnprocessableEntity,
		"Ngày giao phải trong khoảng {from} – {to} của nguồn cung.",
		"The delivery day must lie within the offer's window, {from} to {to}.")
	ErrNoProduct = fault.Define("no_product_for_line", http.StatusUnprocessableEntity,
		"Bạn chưa có sản phẩm nào đang bán thuộc ngành hàng này. Đăng sản phẩm rồi báo giá.",
		"You have no published product of this line. Publish one, then quote.")
	ErrValidityPast = fault.Define("validity_past", http.StatusUnprocessableEntity,
		"Hiệu lực báo giá phải ở tương lai, không quá một năm.", "A quote must be valid beyond now, at most a year.")
	ErrNeitherDayNorTime = fault.Define("neither_day_nor_time", http.StatusUnprocessableEntity,
		"Hãy ghi một ngày (2026-12-15, tính cả ngày đó) hoặc một thời điểm (2026-12-15T17:00:00+07:00).",
		"Write a day (2026-12-15, that day included) or a time (2026-12-15T17:00:00+07:00).")
	ErrQuoteState = fault.Define("quote_not_current", http.StatusConflict,
		"Báo giá này không còn hiệu lực ({state}).", "This quote is no longer current ({state}).")
	ErrQuoteAwarded = fault.Define("quote_awarded", http.StatusConflict,
		"Báo giá đã được chốt một phần, không sửa hoặc rút được nữa.",
		"Parts of this quote are awarded; it can no longer be revised or withdrawn.")
	ErrQuoteExceeded = fault.Define("quote_exceeded", http.StatusConflict,
		"Số lượng chốt vượt số lượng còn lại của báo giá.", "This is more than what is left of the quote.")
	ErrNoAllocations = fault.Define("no_allocations", http.StatusUnprocessableEntity,
		"Hãy chọn từ 1 đến {max} báo giá để chốt, mỗi báo giá một lần.",
		"Choose between 1 and {max} quotes to award, each once.")
	ErrForeignQuote = fault.Define("quote_of_other_inquiry", http.StatusUnprocessableEntity,
		"Báo giá này không thuộc nhu cầu mua này.", "This quote does not belong to this inquiry.")
	ErrAlreadyQuoted = fault.Define("already_quoted", http.StatusConflict,
		"Bạn đã báo giá nhu cầu này. Rút báo giá trước nếu không có hàng.",
		"You have quoted on this inquiry. Withdraw the quote first if you have nothing to offer.")
	ErrTieNeeded = fault.Define("tie_needed", http.StatusUnprocessableEntity,
		"Giá tính cả dây cần ghi tỷ lệ dây: tie = 1.2 hoặc tie_percent = 20.",
		"A price with the tie needs the tie's weight: tie = 1.2, or tie_percent = 20.")
	ErrTieTwice = fault.Define("tie_twice", http.StatusUnprocessableEntity,
		"tie và tie_percent không khớp nhau; chỉ cần ghi một trong hai.", "tie and tie_percent disagree; one of them is enough.")
	ErrTieTooFine = fault.Define("tie_too_fine", http.StatusUnprocessableEntity,
		"Tỷ lệ dây chỉ ghi đến một phần mười phần trăm.", "The tie's share is stated to a tenth of a percent.")
	ErrNoTie = fault.Define("goods_without_tie", http.StatusUnprocessableEntity,
		"Hàng này không có dây buộc: bỏ tie và price_gross.", "These goods have no tie: leave out tie and price_gross.")
	ErrSizesGross = fault.Define("size_prices_gross", http.StatusUnprocessableEntity,
		"Bảng giá theo cỡ là giá không dây: bỏ price_gross.", "A size–price table is net of the tie: leave out price_gross.")
	ErrFreightIncluded = fault.Define("freight_included", http.StatusUnprocessableEntity,
		"Nhu cầu này hỏi giá giao đến nơi, giá đã gồm cước: cộng cước vào giá và bỏ freight_vnd.",
		"This inquiry asks for delivered prices, which have the freight in them: add it to the price and leave out freight_vnd.")
	ErrTermsPercent = fault.Define("terms_percent", http.StatusUnprocessableEntity,
		"Tỷ lệ phần trăm phải từ 0 đến 100, không phải {percent}.", "A percentage is between 0 and 100, not {percent}.")
	ErrDepositBeyond = fault.Define("deposit_beyond_value", http.StatusUnprocessableEntity,
		"Đặt cọc {deposit} % cùng chiết khấu {discount} % vượt 100 % giá trị: giảm một trong hai.",
		"A deposit of {deposit} % and a discount of {discount} % are more than 100 % of the value: lower one of them.")
	ErrBelowQuoteMinimum = fault.Define("below_quote_minimum", http.StatusConflict,
		"Báo giá này chỉ nhận từ {min} {unit} trở lên.", "This quote takes no less than {min} {unit}.")
	ErrSplitStart = fault.Define("split_out_of_order", http.StatusUnprocessableEntity,
		"Các ngày giao phải tăng dần, ngày đầu là deliver_on ({deliver_on}).", "The delivery dates must ascend from deliver_on ({deliver_on}).")
	ErrSplitSum = fault.Define("split_does_not_add_up", http.StatusUnprocessableEntity,
		"Tổng các lần giao phải bằng số lượng báo giá ({quantity}).", "The parts must add up to the quote's quantity ({quantity}).")
	ErrLotUndeclared = fault.Define("lot_undeclared", http.StatusUnprocessableEntity,
		"Sản phẩm này chưa khai lô «{lot}». Khai lô rồi báo giá, hoặc bỏ trống.", "No lot “{lot}” of this product is declared. Declare it, or leave it out.")
	ErrRoundOpen = fault.Define("round_open", http.StatusConflict,
		"Đang có một vòng sửa báo giá. Chờ đến hạn hoặc kết thúc vòng đó trước.",
		"A round of revision is open. Wait for its deadline, or end it first.")
	ErrNoRound = fault.Define("no_round_open", http.StatusConflict,
		"Không có vòng sửa báo giá nào đang mở.", "No round of revision is open.")
	ErrNobodyQuoted = fault.Define("nobody_quoted", http.StatusConflict,
		"Chưa có báo giá nào còn hiệu lực để sửa.", "There is no quote that stands to be revised.")
	ErrNotQuoted = fault.Define("producer_without_quote", http.StatusUnprocessableEntity,
		"Nhà sản xuất này không có báo giá còn hiệu lực cho nhu cầu này.", "This producer has no quote that stands on this inquiry.")
	ErrDeadlineShortened = fault.Define("deadline_shortened", http.StatusUnprocessableEntity,
		"Nhu cầu đã mở: hạn nhận báo giá chỉ được lùi lại sau {deadline}.", "The inquiry is open: its deadline can only be put off beyond {deadline}.")
	ErrUnsealed = fault.Define("quotes_unsealed", http.StatusConflict,
		"Báo giá niêm phong đã được mở. Hãy mở một vòng sửa báo giá (rounds) thay vì lùi hạn.",
		"The sealed quotes were opened. Open a round of revision instead of putting off the deadline.")
	ErrBelowAwarded = fault.Define("below_awarded", http.StatusConflict,
		"Đã chốt {awarded} {unit} của dòng này; không giảm xuống dưới số đó.", "{awarded} {unit} of this line are awarded; it cannot be less.")
	ErrQuoteOutdated = fault.Define("quote_outdated", http.StatusConflict,
		"Nhu cầu đã thay đổi sau báo giá này. Chờ bên bán xác nhận hoặc sửa báo giá.",
		"The inquiry was amended since this quote. Wait for the producer to confirm or revise it.")
	ErrQuestionAnswered = fault.Define("question_answered", http.StatusConflict,
		"Câu hỏi này đã được trả lời.", "This question was answered already.")
	ErrTooManyInquiries = fault.Define("too_many_inquiries", http.StatusTooManyRequests,
		"Tổ chức của bạn đã dùng hết số nhu cầu mua được gửi trong ngày. Thử lại sau {until}.",
		"Your organisation has placed as many inquiries as it may in a day. Try again after {until}.")
	ErrTooManyQuotes = fault.Define("too_many_quotes", http.StatusTooManyRequests,
		"Tổ chức của bạn đã dùng hết số báo giá được gửi trong ngày. Thử lại sau {until}.",
		"Your organisation has given as many quotes as it may in a day. Try again after {until}.")
	ErrTooManyQuestions = fault.Define("too_many_questions", http.StatusTooManyRequests,
		"Tổ chức của bạn đã dùng hết số câu hỏi được gửi trong ngày. Thử lại sau {until}.",
		"Your organisation has asked as many questions as it may in a day. Try again after {until}.")
	ErrAttachmentKept = fault.Define("attachment_kept", http.StatusConflict,
		"Không gỡ được giấy tờ này: đã có báo giá dựa vào nó, hoặc báo giá còn niêm phong. Hãy sửa nhu cầu và ghi rõ nay theo điều gì.",
		"This paper cannot be removed: quotes were given with it in hand, or are still sealed. Amend the inquiry and say what holds instead.")
	ErrTooManyAttachments = fault.Define("too_many_attachments", http.StatusConflict,
		"Mỗi nhu cầu mua chỉ kèm được {max} tệp.", "No more than {max} papers go with an inquiry.")
	ErrAwardState = fault.Define("award_ended", http.StatusConflict,
		"Lần chốt mua này đã kết thúc ({state}).", "This award has ended ({state}).")
	ErrNothingLeft = fault.Define("nothing_left", http.StatusConflict,
		"Không còn phần nào chưa giao.", "Nothing undelivered is left.")
	ErrReceived = fault.Define("already_received", http.StatusConflict,
		"Chuyến giao này đã được nhận.", "This delivery was received already.")
	ErrReceiptSum = fault.Define("receipt_does_not_add_up", http.StatusUnprocessableEntity,
		"Nhận + trả + hao hụt phải bằng số đã giao ({dispatched}) cộng phần dư.",
		"Accepted + rejected + loss must equal what was dispatched ({dispatched}) and what is over.")
	ErrSizesSum = fault.Define("sizes_do_not_add_up", http.StatusUnprocessableEntity,
		"Tổng theo cỡ phải bằng số lượng nhận.", "The quantities by size must add up to what is accepted.")
)

// Faults lists the refusals of this package.
func Faults() []*fault.Definition {
	return slices.Concat(awardFaults(), deliveryFaults(), paymentFaults(), seriesFaults(), []*fault.Definition{
		ErrDeadlinePast, ErrNoLines, ErrLineSubject, ErrDirectSubject, ErrNobodyInvited, ErrNotOnOffer, ErrUnitDiffers,
		ErrQuantityNotPositive, ErrPriceNotPositive, ErrDatePast, ErrNotOpen, ErrNotDraft,
		ErrDeadlinePassed, ErrSealed, ErrSaleStopped, ErrHasAwards, ErrQuoteExists, ErrWrongLine, ErrNotYourOffer, ErrOfferClosed,
		ErrOutsideOffer, ErrNoProduct, ErrValidityPast, ErrQuoteState, ErrQuoteAwarded, ErrQuoteExceeded,
		ErrNoAllocations, ErrForeignQuote, ErrAlreadyQuoted, ErrLineUnknown, ErrQuoteTooLarge, ErrSizeUnpriced, ErrNeitherDayNorTime, ErrAwardState, ErrNothingLeft, ErrReceived,
		ErrReceiptSum, ErrSizesSum, ErrTieNeeded, ErrTieTwice, ErrTieTooFine, ErrNoTie, ErrSizesGross, ErrFreightIncluded, ErrTermsPercent, ErrDepositBeyond, ErrBelowQuoteMinimum, ErrSplitStart, ErrSplitSum,
		ErrLotUndeclared, ErrRoundOpen, ErrNoRound, ErrNobodyQuoted, ErrNotQuoted, ErrDeadlineShortened, ErrUnsealed, ErrBelowAwarded,
		ErrQuoteOutdated, ErrQuestionAnswered, ErrTooManyInquiries, ErrTooManyQuotes, ErrTooManyQuestions, ErrTooManyAttachments, ErrAttachmentKept,
	})
}
