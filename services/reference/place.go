package reference

import (
	"slices"
	"strings"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/vietnamese"
)

// The two provinces of the market. Codes are strings; leading digits mean nothing.
const (
	CaMau     = "96"
	HoChiMinh = "79"
)

// Province is a province or a city of the same rank.
type Province struct {
	Names

	Code string `db:"code" json:"code"`
}

// Commune is a commune, ward or special zone as it is since 1 July 2025, the lower of the two
// levels of administration (NQ 1655/NQ-UBTVQH15).
type Commune struct {
	Names

	// Code has five digits and is a string. It says nothing about the time before July 2025.
	Code     string `db:"code"     json:"code"     doc:"Five digits; a string."`
	Province string `db:"province" json:"province" doc:"96 = Cà Mau, 79 = Ho Chi Minh City."`
	Kind     string `db:"kind"     json:"kind"     enum:"ward,commune,special_zone"`
	// FormerDistricts are those whose land it was made of, in the order of their codes.
	FormerDistricts []FormerDistrict `db:"-" json:"former_districts"`
}

// FormerDistrict is a district that ended with ValidUntil. It is a dated fact about a commune and
// a way to find it, never a key of anything alive.
type FormerDistrict struct {
	Names

	Code           string     `db:"code"            json:"code"`
	FormerProvince string     `db:"former_province" json:"former_province"`
	ValidUntil     civil.Date `db:"valid_until"     json:"valid_until"     doc:"Its last day."`
}

// answersTo lists the folded texts by which people ask for the district: "huyen thoi binh",
// "thoi binh" and its code.
func (d FormerDistrict) answersTo() []string {
	full := vietnamese.Fold(d.Name)
	texts := []string{full, vietnamese.Fold(d.Code)}
	for _, kind := range [...]string{"huyen ", "thanh pho ", "thi xa ", "quan "} {
		if bare, ok := strings.CutPrefix(full, kind); ok {
			texts = append(texts, bare)
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}
