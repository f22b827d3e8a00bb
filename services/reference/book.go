package reference

import (
	"slices"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/vietnamese"
)

// Book holds all reference facts in memory. It never changes after [Open], so it may be read from
// any number of goroutines; the slices inside the things it hands out are shared and must not be
// written to.
type Book struct {
	provinces   []Province
	communes    []Commune
	groups      []Group
	units       []Unit
	lines       []Line
	schemes     []Scheme
	issuers     []OCOPIssuer
	systems     []BuyerSystem
	prices      []Price
	seasons     []Season
	tides       []Tide
	sourceRules []SourceRule
	scopeKinds  []ScopeKind
	// decisionReasons are in the order people see them.
	decisionReasons []DecisionReason
	communeByCode   map[string]Commune
	lineByCode      map[string]Line
	schemeByCode    map[string]Scheme
	unitByCode      map[string]Unit
	groupByCode     map[string]Group
	systemByCode    map[string]BuyerSystem
	// communesByDistrict is keyed by each text that a former district answers to.
	communesByDistrict map[string][]Commune
	// foldedCommune is the name of each commune as search compares it, in the order of communes.
	foldedCommune []string
}

// index builds the maps from the slices.
func (b *Book) index() {
	b.communeByCode = byCode(b.communes, func(c Commune) string { return c.Code })
	b.lineByCode = byCode(b.lines, func(l Line) string { return l.Code })
	b.schemeByCode = byCode(b.schemes, func(s Scheme) string { return s.Code })
	b.unitByCode = byCode(b.units, func(u Unit) string { return u.Code })
	b.groupByCode = byCode(b.groups, func(g Group) string { return g.Code })
	b.systemByCode = byCode(b.systems, func(s BuyerSystem) string { return s.Code })
	b.communesByDistrict = make(map[string][]Commune)
	b.foldedCommune = make([]string, len(b.communes))
	for i, commune := range b.communes {
		b.foldedCommune[i] = vietnamese.Fold(commune.Name)
		for _, district := range commune.FormerDistricts {
			for _, text := range district.answersTo() {
				b.communesByDistrict[text] = append(b.communesByDistrict[text], commune)
			}
		}
	}
}

func byCode[T any](things []T, code func(T) string) map[string]T {
	found := make(map[string]T, len(things))
	for _, thing := range things {
		found[code(thing)] = thing
	}
	return found
}

// Commune finds a commune, ward or special zone by its five-digit code.
func (b *Book) Commune(code string) (Commune, bool) {
	commune, ok := b.communeByCode[code]
	return commune, ok
}

// Line finds a product line.
func (b *Book) Line(code string) (Line, bool) {
	line, ok := b.lineByCode[code]
	return line, ok
}

// Scheme finds a certification scheme.
func (b *Book) Scheme(code string) (Scheme, bool) {
	scheme, ok := b.schemeByCode[code]
	return scheme, ok
}

// Unit finds a unit.
func (b *Book) Unit(code string) (Unit, bool) {
	unit, ok := b.unitByCode[code]
	return unit, ok
}

// Group finds an OCOP product group.
func (b *Book) Group(code string) (Group, bool) {
	group, ok := b.groupByCode[code]
	return group, ok
}

// BuyerSystem finds a retail system.
func (b *Book) BuyerSystem(code string) (BuyerSystem, bool) {
	system, ok := b.systemByCode[code]
	return system, ok
}

// Provinces lists the provinces by code.
func (b *Book) Provinces() []Province { return slices.Clone(b.provinces) }

// Communes lists all communes and wards by code.
func (b *Book) Communes() []Commune { return slices.Clone(b.communes) }

// Lines lists the product lines in the order people expect them.
func (b *Book) Lines() []Line { return slices.Clone(b.lines) }

// Schemes lists the certification schemes.
func (b *Book) Schemes() []Scheme { return slices.Clone(b.schemes) }

// Groups lists the six OCOP groups in their official order.
func (b *Book) Groups() []Group { return slices.Clone(b.groups) }

// Units lists the units.
func (b *Book) Units() []Unit { return slices.Clone(b.units) }

// BuyerSystems lists the retail systems.
func (b *Book) BuyerSystems() []BuyerSystem { return slices.Clone(b.systems) }

// Prices lists the published prices of a line, newest first.
func (b *Book) Prices(line string) []Price {
	var prices []Price
	for _, price := range b.prices {
		if price.Line == line {
			prices = append(prices, price)
		}
	}
	return prices
}

// Seasons lists what is known of a line's seasons, one for each way of raising it.
func (b *Book) Seasons(line string) []Season {
	var seasons []Season
	for _, season := range b.seasons {
		if season.Line == line {
			seasons = append(seasons, season)
		}
	}
	return seasons
}

// SeasonLevel returns "none", "some" or "high" for a line, a way of raising it (empty for the
// line as a whole) and a month from 1 to 12; false where nothing is known.
func (b *Book) SeasonLevel(line, qualifier string, month int) (string, bool) {
	if month < 1 || month > 12 {
		return "", false
	}
	for _, season := range b.seasons {
		if season.Line == line && season.Qualifier == qualifier {
			return season.Levels[month-1], true
		}
	}
	return "", false
}

// CommunesOfFormerDistrict lists the communes made of land of a former district, by code. The
// district is named in any spelling, with its kind or without ("huyện Thới Bình", "thoi binh"),
// or by its code. A commune made of two districts is found under both.
func (b *Book) CommunesOfFormerDistrict(district string) []Commune {
	return slices.Clone(b.communesByDistrict[vietnamese.Fold(district)])
}

// OCOPIssuerAllowed reports whether an issuer (district, province or ministry) could decide on
// so many stars on a day: since 6 July 2025 the province on three and four and the ministry on
// five; a district on three from 24 February 2023 to 5 July 2025 only (QĐ 148/QĐ-TTg, 2023;
// QĐ 1489/QĐ-TTg, 2025).
func (b *Book) OCOPIssuerAllowed(stars int, issuer string, decidedOn civil.Date) bool {
	_, allowed := b.OCOPIssuer(stars, issuer, decidedOn)
	return allowed
}
