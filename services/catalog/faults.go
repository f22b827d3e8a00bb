package catalog

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of this package.
var (
	ErrProductState = fault.Define("product_state", http.StatusConflict,
		"Sản phẩm đang ở trạng thái {state} nên không thể {action}.",
		"The product is {state}, so it cannot {action}.")
	ErrProductInTrade = fault.Define("product_in_trade", http.StatusConflict,
		"Sản phẩm đã có nguồn cung hoặc lô hàng nên không đổi được ngành hàng, dạng, đơn vị hay khối lượng đơn vị. Hãy tạo sản phẩm mới.",
		"The product has offers or lots, so its line, form, unit and unit weight are fixed. Make a new product instead.")
	ErrProductNotPublished = fault.Define("product_not_published", http.StatusConflict,
		"Sản phẩm chưa được đăng bán. Đăng sản phẩm rồi mở nguồn cung.",
		"The product is not published. Publish it, then offer it.")
	ErrGTINTaken = fault.Define("gtin_taken", http.StatusConflict,
		"Bạn đã có sản phẩm khác mang mã GTIN này.", "Another product of yours has this GTIN.")
	ErrGTINClaimed = fault.Define("gtin_claimed", http.StatusConflict,
		"Đã có sản phẩm khác đang đăng bán với mã GTIN này; mỗi mã chỉ thuộc một chủ (GS1). Kiểm tra lại mã hoặc bỏ mã khỏi sản phẩm; nếu mã là của bạn, báo Sở Công Thương để tạm dừng sản phẩm kia.",
		"Another published product has this GTIN, and a GTIN has one owner (GS1). Check the number or take it off; if it is yours, ask the trade department to suspend the other product.")
	ErrGTINUnknown = fault.Define("gtin_unknown", http.StatusNotFound,
		"Không có sản phẩm đang đăng bán nào mang mã {gtin} ở đây.", "No published product here has the GTIN {gtin}.")
	ErrNoGTIN = fault.Define("gtin_missing", http.StatusConflict,
		"Sản phẩm chưa có mã GTIN nên chưa có mã QR hay mã vạch. Đăng ký mã tại GS1 Việt Nam (Trung tâm Mã số, mã vạch Quốc gia), rồi ghi vào mục gtin của sản phẩm.",
		"The product has no GTIN, so it has neither QR code nor bars. Apply to GS1 Vietnam (National Barcode Centre), then enter the number as the product's gtin.")
	ErrNoLink = fault.Define("gtin_restricted", http.StatusConflict,
		"Mã này thuộc dải dùng nội bộ, nơi khác có thể dùng trùng, nên không có mã QR GS1.",
		"This number is of a range that others may use too, so there is no GS1 QR code for it.")
	ErrNoBars = fault.Define("gtin_without_bars", http.StatusConflict,
		"Mã 14 chữ số là mã của thùng hàng, in bằng ITF-14; ở đây chỉ vẽ EAN-13 và EAN-8. Dùng mã QR.",
		"A number of fourteen digits is that of a case and printed as ITF-14; EAN-13 and EAN-8 are drawn here. Use the QR code.")
	ErrLinkType = fault.Define("link_type_unknown", http.StatusNotFound,
		"Không có liên kết loại {link_type}. Các loại có: {available}.", "There is no link of type {link_type}. There are: {available}.")
	ErrOfferState = fault.Define("offer_state", http.StatusConflict,
		"Nguồn cung này đã đóng nên không thay đổi được nữa.", "The offer is closed and can no longer be changed.")
	ErrBelowCommitments = fault.Define("offer_below_commitments", http.StatusConflict,
		"Không thể giảm xuống {quantity}: đã chốt {committed} và đang giữ {reserved} {unit}. Giảm nhiều nhất đến {least}.",
		"It cannot be lowered to {quantity}: {committed} are committed and {reserved} {unit} reserved. {least} is the least.")
	ErrCertificateState = fault.Define("certificate_state", http.StatusConflict,
		"Chứng nhận đang ở trạng thái {state} nên không thể {action}.",
		"The certificate is {state}, so it cannot {action}.")
	ErrCertificateExists = fault.Define("certificate_exists", http.StatusConflict,
		"Chứng nhận này đã được nộp.", "This certificate has been submitted already.")
	ErrRenewed = fault.Define("certificate_renewed", http.StatusConflict,
		"Chứng nhận này đã có hồ sơ gia hạn.", "This certificate has a renewal already.")
	ErrAuditExists = fault.Define("surveillance_recorded", http.StatusConflict,
		"Kỳ giám sát của ngày này đã được ghi nhận.", "The surveillance audit of this day is recorded already.")
	ErrScanType = fault.Define("scan_type", http.StatusUnsupportedMediaType,
		"Bản quét phải là PDF, JPEG hoặc PNG.", "The scan must be a PDF, JPEG or PNG.")
	ErrScanSize = fault.Define("scan_size", http.StatusRequestEntityTooLarge,
		"Bản quét lớn quá {max} MB.", "The scan is larger than {max} MB.")
	ErrScanPixels = fault.Define("scan_pixels", http.StatusRequestEntityTooLarge,
		"Ảnh có hơn {max} triệu điểm ảnh.", "The picture has more than {max} million pixels.")
	ErrNoScanStore = fault.Define("scan_store_missing", http.StatusServiceUnavailable,
		"Máy chủ này chưa có nơi lưu tệp.", "This server has no place to keep files.")
	ErrPhotoType = fault.Define("photo_type", http.StatusUnsupportedMediaType,
		"Ảnh phải là JPEG hoặc PNG và không bị hỏng. Ảnh HEIC của iPhone: hãy gửi dưới dạng JPEG.",
		"A photo must be an undamaged JPEG or PNG. Send HEIC photos of an iPhone as JPEG.")
	ErrPhotoSize = fault.Define("photo_size", http.StatusRequestEntityTooLarge,
		"Ảnh lớn quá {max} MB.", "The photo is larger than {max} MB.")
	ErrPhotoPixels = fault.Define("photo_pixels", http.StatusRequestEntityTooLarge,
		"Ảnh có quá nhiều điểm ảnh để xử lý; nhiều nhất {max} triệu.", "The photo has more pixels than can be processed; {max} million at most.")
	ErrTooManyPhotos = fault.Define("too_many_photos", http.StatusConflict,
		"Mỗi sản phẩm có nhiều nhất {max} ảnh. Hãy xóa bớt ảnh cũ.", "A product has {max} photos at most. Remove an old one first.")
)

// What is wrong with one field of a request.
var (
	ErrGTIN = fault.Define("gtin_invalid", http.StatusUnprocessableEntity,
		"Mã GTIN phải có 8, 12, 13 hoặc 14 chữ số và đúng số kiểm tra.",
		"A GTIN has 8, 12, 13 or 14 digits and a matching check digit.")
	ErrLot = fault.Define("lot_code", http.StatusUnprocessableEntity,
		"Mã lô có từ 1 đến 20 ký tự: chữ không dấu, số và các dấu ! \" % & ' ( ) * + , - . / _ : ; < = > ?",
		"A lot has 1 to 20 characters: unaccented letters, digits and ! \" % & ' ( ) * + , - . / _ : ; < = > ?")
	ErrLinkFact = fault.Define("digital_link_fact", http.StatusUnprocessableEntity,
		"Tham số 17 là ngày YYMMDD; 3103 là sáu chữ số, tính bằng gam.",
		"Parameter 17 is a date YYMMDD; 3103 is six digits, grams.")
	ErrUnitWeightOfKilogram = fault.Define("unit_weight_of_kilogram", http.StatusUnprocessableEntity,
		"Hàng bán theo kg không cần khối lượng mỗi đơn vị.", "Goods sold by the kilogram need no unit weight.")
	ErrUnitMismatch = fault.Define("unit_mismatch", http.StatusUnprocessableEntity,
		"Nguồn cung phải tính theo đơn vị của sản phẩm: {unit}.", "An offer is counted in the product's unit: {unit}.")
	ErrWholeUnits = fault.Define("whole_units", http.StatusUnprocessableEntity,
		"Đơn vị {unit} chỉ đếm số nguyên.", "The unit {unit} is counted in whole numbers.")
	ErrPriceTwice = fault.Define("price_twice", http.StatusUnprocessableEntity,
		"Giá theo ngày thì không có bậc giá.", "A price made on the day has no price tiers.")
	ErrFirstTier = fault.Define("first_price_tier", http.StatusUnprocessableEntity,
		"Bậc giá đầu phải bắt đầu từ 0 hoặc không quá số lượng đặt tối thiểu {min_order}.",
		"The first tier must begin at 0, or not above the minimum order of {min_order}.")
	ErrTierOrder = fault.Define("price_tier_order", http.StatusUnprocessableEntity,
		"Các bậc giá phải tăng dần và không trùng nhau.", "Price tiers must ascend and differ.")
	ErrTooMany = fault.Define("too_many_entries", http.StatusUnprocessableEntity,
		"Nhiều nhất {max} mục.", "At most {max} entries.")
	ErrStars = fault.Define("ocop_stars", http.StatusUnprocessableEntity,
		"OCOP chỉ công nhận 3, 4 hoặc 5 sao.", "OCOP recognises 3, 4 and 5 stars only.")
	ErrStarsOfOther = fault.Define("stars_of_other_scheme", http.StatusUnprocessableEntity,
		"Chỉ chứng nhận OCOP có số sao.", "Only an OCOP certificate has stars.")
	ErrIssuerKind = fault.Define("ocop_issuer_kind", http.StatusUnprocessableEntity,
		"Hãy cho biết cơ quan cấp: district, province hoặc ministry.",
		"Say who issued it: district, province or ministry.")
	ErrIssuer = fault.Define("ocop_issuer", http.StatusUnprocessableEntity,
		"Cấp {issuer} không có thẩm quyền công nhận {stars} sao theo quyết định ngày {issued_on}.",
		"A {issuer} could not decide on {stars} stars on {issued_on}.")
	ErrNotOCOPSubject = fault.Define("not_ocop_subject", http.StatusUnprocessableEntity,
		"Vựa thu mua không phải chủ thể OCOP.", "A collector cannot hold an OCOP recognition.")
	ErrValidity = fault.Define("certificate_validity", http.StatusUnprocessableEntity,
		"Chứng nhận theo chương trình này có hiệu lực nhiều nhất đến {latest}.",
		"A certificate of this scheme is valid until {latest} at most.")
	ErrIssuedInFuture = fault.Define("issued_in_future", http.StatusUnprocessableEntity,
		"Ngày cấp không thể sau hôm nay.", "It cannot have been issued after today.")
	ErrScopeKind = fault.Define("certificate_scope", http.StatusUnprocessableEntity,
		"Chứng nhận {scheme} chỉ có phạm vi: {allowed}.", "A certificate of {scheme} covers: {allowed}.")
	ErrScopeProducts = fault.Define("certificate_products", http.StatusUnprocessableEntity,
		"Chứng nhận này phải nêu sản phẩm của bạn.", "This certificate must name products of yours.")
	ErrPoints = fault.Define("ocop_points", http.StatusUnprocessableEntity,
		"{points} điểm không ứng với {stars} sao.", "{points} points do not earn {stars} stars.")
	ErrScopeSystem = fault.Define("certificate_system", http.StatusUnprocessableEntity,
		"Chứng nhận {scheme} cấp cho từng hệ thống bán lẻ: hãy nêu hệ thống.",
		"A certificate of {scheme} is given for one retail system: name it.")
	ErrMemberTwice = fault.Define("certificate_member_twice", http.StatusUnprocessableEntity,
		"Thành viên này đã có trong nhóm.", "This member is in the group already.")
	ErrMemberUnknown = fault.Define("certificate_member_unknown", http.StatusUnprocessableEntity,
		"Không có nhà sản xuất này.", "There is no such producer.")
	ErrRenewalOf = fault.Define("certificate_renewal", http.StatusUnprocessableEntity,
		"Chỉ gia hạn được chứng nhận đã xác minh, cùng chương trình và của chính bạn.",
		"Only a verified certificate of the same scheme and of your own can be renewed.")
	ErrEffectiveInFuture = fault.Define("effective_in_future", http.StatusUnprocessableEntity,
		"Thời điểm hiệu lực không thể sau bây giờ.", "It cannot take effect later than now.")
	ErrForeignProduct = fault.Define("product_unknown", http.StatusUnprocessableEntity,
		"Không có sản phẩm này trong số sản phẩm của bạn.", "There is no such product of yours.")
	ErrScopeLines = fault.Define("certificate_lines", http.StatusUnprocessableEntity,
		"Chứng nhận {scheme} không dùng cho ngành hàng {line}.", "A certificate of {scheme} does not fit the line {line}.")
	ErrQuery = fault.Define("query_invalid", http.StatusUnprocessableEntity,
		"Tham số tìm kiếm chưa đúng.", "The search parameter is not valid.")
)

// byConstraint names the refusal for each constraint a person can run into.
//
//nolint:gochecknoglobals // an immutable table
var byConstraint = map[string]*fault.Definition{
	"lots_code_key":                        ErrLotTaken,
	"products_gtin_key":                    ErrGTINTaken,
	"products_gtin_published_key":          ErrGTINClaimed,
	"certificates_number_key":              ErrCertificateExists,
	"certificate_members_producer_id_fkey": ErrMemberUnknown,
	"certificates_renews_key":              ErrRenewed,
	"certificate_surveillance_pkey":        ErrAuditExists,
	"certificate_members_once":             ErrMemberTwice,
}

// Faults lists the refusals of this package.
func Faults() []*fault.Definition {
	return append(supplyFaults(), []*fault.Definition{
		ErrProductState, ErrProductInTrade, ErrProductNotPublished, ErrGTINTaken, ErrOfferState, ErrBelowCommitments,
		ErrCertificateState, ErrCertificateExists, ErrScanType, ErrScanSize, ErrNoScanStore, ErrScanPixels,
		ErrPhotoType, ErrPhotoSize, ErrPhotoPixels, ErrTooManyPhotos,
		ErrGTIN, ErrUnitWeightOfKilogram, ErrUnitMismatch, ErrWholeUnits, ErrPriceTwice, ErrFirstTier, ErrTierOrder,
		ErrGTINClaimed, ErrGTINUnknown, ErrNoGTIN, ErrNoLink, ErrNoBars, ErrLinkType, ErrLot, ErrLinkFact,
		ErrRenewalOf, ErrEffectiveInFuture, ErrRenewed, ErrAuditExists, ErrPoints, ErrScopeSystem, ErrMemberTwice, ErrMemberUnknown,
		ErrTooMany, ErrStars, ErrStarsOfOther, ErrIssuerKind, ErrIssuer, ErrNotOCOPSubject, ErrValidity,
		ErrIssuedInFuture, ErrScopeKind, ErrScopeProducts, ErrForeignProduct, ErrScopeLines, ErrQuery,
	}...)
}
