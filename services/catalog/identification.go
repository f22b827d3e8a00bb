package catalog

import (
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/gs1"
	"github.com/ocop-market/ocop/services/reference"
)

// Warning is something that a product's own people should look at. It stops nothing.
type Warning struct {
	Code   string `json:"code"    enum:"gtin_missing,gtin_not_vietnamese,gtin_restricted,gtin_shared"`
	Text   string `json:"text"`
	TextEN string `json:"text_en"`
}

// What a number may be warned of. A prefix says who gave a number out, not whether it is right, so
// none of these refuses it.
const (
	gtinMissing       = "gtin_missing"
	gtinNotVietnamese = "gtin_not_vietnamese"
	gtinRestricted    = "gtin_restricted"
	gtinShared        = "gtin_shared"
)

// warningsOf says what is odd about a product's number. Goods that the scale measures may well have
// none.
func warningsOf(book *reference.Book, product Product, shared bool) []Warning {
	if product.GTIN == "" {
		if unit, known := book.Unit(product.Unit); !known || unit.Measure != "count" {
			return nil
		}
		return []Warning{{
			gtinMissing, "Sản phẩm đóng gói chưa có mã GTIN, nên chưa có mã QR và mã vạch. Đăng ký tại GS1 Việt Nam (Trung tâm Mã số, mã vạch Quốc gia, Uỷ ban Tiêu chuẩn Đo lường Chất lượng Quốc gia), rồi ghi mã vào sản phẩm.",
			"These packed goods have no GTIN, so they have neither QR code nor bars. Apply to GS1 Vietnam (National Barcode Centre) and enter the number here.",
		}}
	}
	number, err := gs1.ParseGTIN(product.GTIN)
	switch {
	case err != nil:
		return nil
	case number.Restricted():
		return []Warning{{
			gtinRestricted, "Mã này thuộc dải dùng nội bộ (cửa hàng, phiếu, ấn phẩm), nơi khác có thể dùng trùng: không tạo được mã QR GS1.",
			"This number is of a range for use within a shop, for coupons or publications. Others may use the same one, so there is no GS1 QR code for it.",
		}}
	case shared:
		return []Warning{{
			gtinShared, "Một sản phẩm đăng bán trước đang dùng cùng mã GTIN, nên mã này không dẫn đến sản phẩm của bạn. Kiểm tra lại mã; nếu mã là của bạn, báo Sở Công Thương.",
			"A product published earlier has the same GTIN, so the number does not lead to yours. Check it; if it is yours, tell the trade department.",
		}}
	case !number.Vietnamese():
		return []Warning{{
			gtinNotVietnamese, "Mã không bắt đầu bằng 893 (GS1 Việt Nam). Hãy kiểm tra lại, nếu đây không phải mã cấp ở nước ngoài.",
			"The number does not begin with 893 (GS1 Vietnam). Check it, unless it was given out abroad.",
		}}
	}
	return nil
}

// digitalLink is the address of a product on this server, "" where its number does not lead to it.
func digitalLink(product Product, shared bool) string {
	number, err := gs1.ParseGTIN(product.GTIN)
	if err != nil || shared || product.State != Published || number.Restricted() {
		return ""
	}
	return gs1.Link{GTIN: number}.Path()
}

// publicPlaces knows where people and machines find a product.
type publicPlaces struct {
	// base is where the service is reached; "" when nobody said: then addresses are those of GS1's
	// own resolver, or relative.
	base string
	// page is the address of the page of a product, with {id} and perhaps {lot}.
	page string
}

// link is the address that a symbol holds.
func (p publicPlaces) link(link gs1.Link) string {
	if p.base == "" {
		return link.Canonical()
	}
	return link.At(p.base)
}

// productPage is where people read about a product.
func (p publicPlaces) productPage(id uuid.UUID, lot string) string {
	page := p.page
	if page == "" {
		page = p.base + "/v1/products/{id}"
	}
	return strings.NewReplacer("{id}", id.String(), "{lot}", url.QueryEscape(lot)).Replace(page)
}

// trace is where more is told of where goods come from: of their lot, else of their producer.
func (p publicPlaces) trace(product Product, lot *Lot) string {
	if lot != nil {
		return p.base + "/v1/lots/" + lot.ID.String()
	}
	return p.base + "/v1/producers/" + product.Producer.ID.String()
}

// text is a text in one language (JSON-LD 1.1, 4.2.4).
type text struct {
	Value    string `json:"@value"`
	Language string `json:"@language"`
}

func texts(vietnamese, english string) []text {
	list := []text{{vietnamese, "vi"}}
	if english != "" {
		list = append(list, text{english, "en"})
	}
	return list
}

// typed is a value with its datatype.
type typed struct {
	Value string `json:"@value"`
	Type  string `json:"@type"`
}

func dated(day civil.Date) *typed {
	if day.IsZero() {
		return nil
	}
	return &typed{day.String(), "xsd:date"}
}

// node refers to a thing by its address.
type node struct {
	ID string `json:"@id"`
}

// linkedProduct is a product as JSON-LD, in the words of schema.org and of the GS1 Web Vocabulary.
type linkedProduct struct {
	Context       map[string]string `json:"@context"`
	ID            string            `json:"@id"                          doc:"The canonical GS1 Digital Link."`
	Type          []string          `json:"@type"`
	GTIN          string            `json:"gtin"`
	Name          []text            `json:"name"`
	Description   string            `json:"description,omitempty"`
	Category      []text            `json:"category"`
	Manufacturer  linkedProducer    `json:"manufacturer"`
	URL           string            `json:"url"`
	Certification []linkedMark      `json:"gs1:certification"            doc:"The marks it may show today."`
	Lot           string            `json:"gs1:hasBatchLotNumber,omitempty"`
	Produced      *typed            `json:"productionDate,omitempty"     doc:"When the lot was harvested."`
	Packed        *typed            `json:"gs1:packagingDate,omitempty"  doc:"When the lot was packed."`
	Traceability  []node            `json:"gs1:traceability,omitempty"   doc:"Where more about where it came from is told."`
	Note          string            `json:"disambiguatingDescription,omitempty"`
}

type linkedProducer struct {
	Type    string         `json:"@type"`
	ID      string         `json:"@id"`
	Name    string         `json:"name"`
	Address *linkedAddress `json:"address,omitempty"`
}

type linkedAddress struct {
	Type     string `json:"@type"`
	Locality string `json:"addressLocality"`
	Region   string `json:"addressRegion,omitempty"`
	Country  string `json:"addressCountry"`
}

type linkedMark struct {
	Type       string `json:"@type"`
	Standard   []text `json:"gs1:certificationStandard"`
	Number     string `json:"gs1:certificationIdentification"`
	Value      string `json:"gs1:certificationValue,omitempty"`
	ValidUntil *typed `json:"gs1:certificationEndDate,omitempty"`
}

// inventedNote stands on everything that shows demonstration data.
const inventedNote = "Dữ liệu minh hoạ / demonstration data"

// linked writes a product as JSON-LD, and its lot, where one was declared. Nothing of its supply is
// told here.
func (p publicPlaces) linked(book *reference.Book, product Product, lot *Lot, link gs1.Link) linkedProduct {
	line, _ := book.Line(product.Line)
	document := linkedProduct{
		Context: map[string]string{
			"@vocab": "https://schema.org/", "gs1": "https://ref.gs1.org/voc/", "xsd": "http://www.w3.org/2001/XMLSchema#",
		},
		ID: link.Canonical(), Type: []string{"Product", "gs1:Product"}, GTIN: string(link.GTIN), Name: texts(product.Name, product.NameEN),
		Description: product.Description, Category: texts(line.Name, line.NameEN),
		Manufacturer: linkedProducer{
			Type: "Organization", //nolint:misspell // a word of schema.org
			ID:   p.base + "/v1/producers/" + product.Producer.ID.String(), Name: product.Producer.Name,
			Address: linkedPlace(book, product.Producer.Commune),
		},
		URL: p.productPage(product.ID, link.Lot), Certification: make([]linkedMark, 0, len(product.Certificates)), Lot: link.Lot,
		Traceability: []node{{ID: p.trace(product, lot)}},
	}
	if lot != nil {
		document.Produced, document.Packed = dated(lot.HarvestedOn), dated(lot.PackedOn)
	}
	for _, mark := range product.Certificates {
		scheme, _ := book.Scheme(mark.Scheme)
		certified := linkedMark{
			Type: "gs1:CertificationDetails", Standard: texts(scheme.Name, scheme.NameEN), Number: mark.Number, ValidUntil: dated(mark.ValidUntil),
		}
		if mark.Stars > 0 {
			certified.Value = strings.Repeat("★", mark.Stars)
		}
		document.Certification = append(document.Certification, certified)
	}
	if product.Invented || product.Producer.Fictional {
		document.Note = inventedNote
	}
	return document
}

func linkedPlace(book *reference.Book, place *Place) *linkedAddress {
	if place == nil {
		return nil
	}
	address := &linkedAddress{Type: "PostalAddress", Locality: place.Name, Country: "VN"}
	if commune, known := book.Commune(place.Code); known {
		for _, province := range book.Provinces() {
			if province.Code == commune.Province {
				address.Region = province.Name
			}
		}
	}
	return address
}
