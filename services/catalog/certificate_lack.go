package catalog

import (
	"slices"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/reference"
)

// wording puts into words, in both languages, what a claim lacks on a day.
type wording struct {
	book *reference.Book
	day  civil.Date
}

// lack says why a requirement is not met: of all certificates that might have met it, the one that
// comes nearest, and what to do.
func (w wording) lack(wanted requirement, product claimant, held []holding) Lack {
	code, nearest := LackNone, holding{}
	for _, h := range held {
		if at := w.miss(wanted, product, h); at != LackNone && (code == LackNone || nearness(at) < nearness(code)) {
			code, nearest = at, h
		}
	}
	first := wanted.anyOf[0]
	scheme, _ := w.book.Scheme(first.Scheme)
	kind, _ := w.book.ScopeKind(first.Scope)
	params := map[string]any{
		"scheme": scheme.Name + " (" + scheme.Code + ")", "for": kind.For, "number": nearest.Number, "until": nearest.validUntil,
		"from": nearest.issuedOn, "revoked": nearest.revokedOn,
	}
	text := lackTexts[code]
	lack := Lack{AnyOf: wanted.anyOf, Code: code, CertificateID: nearest.CertificateID, Text: fault.Fill(text.vi, params)}
	params["scheme"], params["for"] = scheme.NameEN+" ("+scheme.Code+")", kind.ForEN
	lack.TextEN = fault.Fill(text.en, params)
	return lack
}

// miss says why a holding does not meet the requirement; LackNone for one that has nothing to do
// with it.
func (w wording) miss(wanted requirement, product claimant, h holding) LackCode {
	if !slices.ContainsFunc(wanted.anyOf, func(c reference.Cover) bool { return c.Scheme == h.Scheme }) {
		return LackNone
	}
	switch h.on(w.day) {
	case Submitted:
		return LackNotVerified
	case NotYetValid:
		return LackNotYetValid
	case Expired:
		return LackExpired
	case Revoked:
		return LackRevoked
	case Rejected:
		return LackRejected
	case NotSubmitted:
		return LackNone
	case Verified, Valid, Expiring: // it counts, so it must be what it covers
	}
	switch {
	case h.Member && product.SellsOn:
		return LackNotInherited
	case !slices.Contains(wanted.anyOf, reference.Cover{Scheme: h.Scheme, Scope: h.Kind}):
		return LackOtherScope
	default:
		return LackNotCovering
	}
}

// nearness orders reasons: the smaller, the less there is to do.
func nearness(code LackCode) int {
	return slices.Index([]LackCode{
		LackNotCovering, LackOtherScope, LackNotVerified, LackNotYetValid, LackExpired, LackRevoked, LackRejected, LackNotInherited,
	}, code)
}

type words struct{ vi, en string }

// lackTexts say what is missing and what to do about it.
//
//nolint:gochecknoglobals // an immutable table
var lackTexts = map[LackCode]words{
	LackNotCovering: {
		"Chứng nhận {scheme} số {number} không bao gồm sản phẩm này. Nộp chứng nhận {scheme} còn hạn {for}, nêu sản phẩm hoặc ngành hàng này.",
		"Certificate {number} of {scheme} does not cover this product. Submit a valid certificate of {scheme} {for} that covers the product or its line.",
	},
	LackOtherScope: {
		"Chứng nhận {scheme} số {number} có phạm vi khác. Nộp chứng nhận {scheme} còn hạn {for}.",
		"Certificate {number} of {scheme} has another scope. Submit a valid certificate of {scheme} {for}.",
	},
	LackNotVerified: {
		"Chứng nhận {scheme} số {number} đang chờ cơ quan xác minh.",
		"Certificate {number} of {scheme} waits for the authority to verify it.",
	},
	LackNotYetValid: {
		"Chứng nhận {scheme} số {number} có hiệu lực từ {from}.",
		"Certificate {number} of {scheme} is valid from {from}.",
	},
	LackExpired: {
		"Chứng nhận {scheme} số {number} hết hạn ngày {until}. Nộp chứng nhận {scheme} còn hạn {for}.",
		"Certificate {number} of {scheme} ended on {until}. Submit a valid certificate of {scheme} {for}.",
	},
	LackRevoked: {
		"Chứng nhận {scheme} số {number} bị thu hồi từ {revoked}. Nộp chứng nhận {scheme} còn hạn {for}.",
		"Certificate {number} of {scheme} was revoked from {revoked}. Submit a valid certificate of {scheme} {for}.",
	},
	LackRejected: {
		"Chứng nhận {scheme} số {number} đã bị từ chối. Sửa theo lý do rồi nộp lại.",
		"Certificate {number} of {scheme} was rejected. Correct it and submit it again.",
	},
	LackNotInherited: {
		"Vựa thu mua không được thừa hưởng chứng nhận {scheme} số {number} của nhóm. Khai nguồn từng lô; nhãn này thuộc về hộ nuôi.",
		"Who buys from farms and sells on does not inherit certificate {number} of {scheme} from the group. Declare the sources of each lot; the mark stays with the farms.",
	},
	LackNone: {
		"Nộp chứng nhận {scheme} còn hạn {for}.",
		"Submit a valid certificate of {scheme} {for}.",
	},
	LackNoSubject: {
		"Vựa thu mua không phải chủ thể OCOP nên không được công nhận sao.",
		"A collector is no OCOP subject and cannot be recognised.",
	},
}
