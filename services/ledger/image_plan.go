package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
)

// plan says for every code of goods and of demand, and for every day, which group it belongs to. A group
// of the answer is one of each; so a row of the rollup finds its group by three look-ups, whatever is
// grouped by and filtered on.
type plan struct {
	query Query
	by    []Dimension
	parts []part
	known *knowledge
	// goods may be in several groups where dimensions overlap, in none where filters leave them out.
	goods   [][]uint32
	demands []int32 // none where left out
	// The groups, by number.
	goodsKeys  []goodsKey
	demandKeys []demandFacts
	times      []timeKey
	// first and last bound the days; the dimensions of time are grouped by or filtered on.
	first, last           int32
	timesAsked, timesKept []Dimension
	// producers and buyers number the organisations behind goods and demands, where they are counted.
	producers, buyers []uint32
	organisations     int
	// totals says that months in which all days belong together need not tell one demand or day from another.
	totals bool
	// delivering are the movements behind whose values organisations are counted.
	delivering []int64
}

// none marks what filters leave out.
const none = -1

// goodsKey is a group of goods; what is not asked for is empty.
type goodsKey struct {
	line, unit                             string
	dried                                  bool
	form, grade, commune, scheme, district string
	stars                                  int
	producer                               uuid.UUID
}

// planned is the plan of a query for no days yet: see [plan.between].
func planned(q Query, parts []part, known *knowledge, goods []goodsFacts, demands []demandFacts) *plan {
	p := &plan{query: q, by: q.asked(), parts: parts, known: known}
	for _, d := range []Dimension{ByWeek, ByMonth, ByQuarter, ByHalfYear, ByYear} {
		if p.asks(d) {
			p.timesAsked = append(p.timesAsked, d)
		}
		if q.Only[d] != "" {
			p.timesKept = append(p.timesKept, d)
		}
	}
	p.groupGoods(goods)
	p.groupDemands(demands)
	p.totals = !counts(parts, ofBuyers)
	for _, d := range []Dimension{ByBuyer, ByBuyerSystem, ByWard} {
		p.totals = p.totals && !p.asks(d) && q.Only[d] == ""
	}
	for _, each := range parts {
		if each.of == ofProducers {
			p.delivering = known.moves[each.moves]
			p.countOrganisations(goods, demands)
		}
	}
	return p
}

// between is the plan for some days; groups of goods and demands are those of any.
func (p *plan) between(days Span) *plan {
	other := *p
	other.first, other.last, other.times = dayNumber(days.From), dayNumber(days.To), nil
	return &other
}

func (p *plan) asks(d Dimension) bool { return slices.Contains(p.by, d) }

// keeps reports whether a filter lets a value through.
func (p *plan) keeps(d Dimension, value string) bool {
	only := p.query.Only[d]
	return only == "" || only == value
}

func (p *plan) groupGoods(goods []goodsFacts) {
	numbers := make(map[goodsKey]uint32)
	p.goods = make([][]uint32, len(goods))
	room := make([]uint32, 0, len(goods)) // one list for all: most are in one group
	for code, facts := range goods {
		start := len(room)
		for _, key := range p.goodsKeysOf(facts) {
			number, known := numbers[key]
			if !known {
				number = uint32(len(p.goodsKeys)) //nolint:gosec // no more than goods
				numbers[key], p.goodsKeys = number, append(p.goodsKeys, key)
			}
			room = append(room, number)
		}
		p.goods[code] = room[start:len(room):len(room)]
	}
}

// goodsKeysOf lists the groups that goods belong to.
func (p *plan) goodsKeysOf(g goodsFacts) []goodsKey {
	schemes, districts := listed(g.schemes), p.known.districts[g.commune]
	if !p.keepsGoods(g, schemes, districts) {
		return nil
	}
	key := goodsKey{line: g.line, unit: g.unit, dried: p.known.dried[lineForm{g.line, g.form}]}
	for _, dimension := range p.by {
		switch dimension {
		case ByForm:
			key.form = g.form
		case ByGrade:
			key.grade = g.grade
		case ByStars:
			key.stars = g.stars
		case ByCommune:
			key.commune = g.commune
		case ByProducer:
			key.producer = g.producer
		default: // of time, of demand, or below
		}
	}
	keys := []goodsKey{key}
	if p.asks(ByScheme) {
		keys = p.unfold(keys, ByScheme, schemes, func(k *goodsKey) *string { return &k.scheme })
	}
	if p.asks(ByDistrict) {
		keys = p.unfold(keys, ByDistrict, districts, func(k *goodsKey) *string { return &k.district })
	}
	return keys
}

// unfold makes a group of each value: of the one that is asked for, of "" where there is none.
func (p *plan) unfold(keys []goodsKey, d Dimension, values []string, field func(*goodsKey) *string) []goodsKey {
	if only := p.query.Only[d]; only != "" {
		values = []string{only}
	}
	if len(values) == 0 {
		return keys
	}
	unfolded := make([]goodsKey, 0, len(keys)*len(values))
	for _, key := range keys {
		for _, value := range values {
			*field(&key) = value
			unfolded = append(unfolded, key)
		}
	}
	return unfolded
}

func (p *plan) keepsGoods(g goodsFacts, schemes, districts []string) bool {
	only := p.query.Only
	return p.keeps(ByLine, g.line) && p.keeps(ByForm, g.form) && p.keeps(ByGrade, g.grade) && p.keeps(ByStars, starsText(g.stars)) &&
		p.keeps(ByCommune, g.commune) && (only[ByScheme] == "" || slices.Contains(schemes, only[ByScheme])) &&
		(only[ByDistrict] == "" || slices.Contains(districts, only[ByDistrict])) && keepsID(only[ByProducer], g.producer)
}

func keepsID(only string, id uuid.UUID) bool {
	return only == "" || (id != uuid.Nil && uuid.MustParse(only) == id)
}

func listed(schemes string) []string {
	if schemes == "" {
		return nil
	}
	return strings.Split(schemes, ",")
}

func starsText(stars int) string {
	if stars == 0 {
		return ""
	}
	return strconv.Itoa(stars)
}

func idText(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

func (p *plan) groupDemands(demands []demandFacts) {
	numbers := make(map[demandFacts]int32)
	p.demands = make([]int32, len(demands))
	for code, facts := range demands {
		if !p.keeps(ByBuyerSystem, facts.system) || !p.keeps(ByWard, facts.ward) || !keepsID(p.query.Only[ByBuyer], facts.buyer) {
			p.demands[code] = none
			continue
		}
		var key demandFacts
		if p.asks(ByBuyer) {
			key.buyer = facts.buyer
		}
		if p.asks(ByBuyerSystem) {
			key.system = facts.system
		}
		if p.asks(ByWard) {
			key.ward = facts.ward
		}
		number, known := numbers[key]
		if !known {
			number = int32(len(p.demandKeys)) //nolint:gosec // no more than demands
			numbers[key], p.demandKeys = number, append(p.demandKeys, key)
		}
		p.demands[code] = number
	}
}

func (p *plan) countOrganisations(goods []goodsFacts, demands []demandFacts) {
	numbers := make(map[uuid.UUID]uint32)
	number := func(id uuid.UUID) uint32 {
		if _, known := numbers[id]; !known {
			numbers[id] = uint32(len(numbers)) //nolint:gosec // no more than goods and demands
		}
		return numbers[id]
	}
	number(uuid.Nil) // 0 is nobody
	p.producers, p.buyers = make([]uint32, len(goods)), make([]uint32, len(demands))
	for code, facts := range goods {
		p.producers[code] = number(facts.producer)
	}
	for code, facts := range demands {
		p.buyers[code] = number(facts.buyer)
	}
	p.organisations = len(numbers)
}

// timeKey is a group of days; what is not asked for is empty.
type timeKey struct{ week, month, quarter, half, year string }

func (k *timeKey) field(d Dimension) *string {
	switch d {
	case ByWeek:
		return &k.week
	case ByMonth:
		return &k.month
	case ByQuarter:
		return &k.quarter
	case ByHalfYear:
		return &k.half
	default:
		return &k.year
	}
}

// timesOf returns the groups of the days of a month, by its first day; some is false where all are left out.
func (p *plan) timesOf(first int32) (times [longestMonth]int, some bool) {
	for day := range times {
		times[day] = none
		if time, kept := p.time(first + int32(day)); kept {
			times[day], some = time, true
		}
	}
	return times, some
}

// time returns the group of a day, counted from 1970; kept is false where the query leaves it out.
func (p *plan) time(on int32) (number int, kept bool) {
	if on < p.first || on > p.last {
		return 0, false
	}
	day := time.Unix(int64(on)*secondsPerDay, 0).UTC()
	for _, d := range p.timesKept {
		if p.query.Only[d] != timeText(d, day) {
			return 0, false
		}
	}
	var key timeKey
	for _, d := range p.timesAsked {
		*key.field(d) = timeText(d, day)
	}
	// Days come in order, so the same group is near the end.
	for at, each := range slices.Backward(p.times) {
		if each == key {
			return at, true
		}
	}
	p.times = append(p.times, key)
	return len(p.times) - 1, true
}

const secondsPerDay = 24 * 60 * 60

// dayNumber counts days from 1 January 1970.
func dayNumber(day civil.Date) int32 {
	return int32(day.In(time.UTC).Unix() / secondsPerDay) //nolint:gosec // a few million years
}

func timeText(d Dimension, day time.Time) string {
	year, month := day.Year(), int(day.Month())
	switch d {
	case ByWeek:
		isoYear, week := day.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", isoYear, week)
	case ByMonth:
		return fmt.Sprintf("%04d-%02d", year, month)
	case ByQuarter:
		return fmt.Sprintf("%04d-Q%d", year, (month+2)/3)
	case ByHalfYear:
		return fmt.Sprintf("%04d-H%d", year, (month+5)/6)
	default:
		return fmt.Sprintf("%04d", year)
	}
}

// key is what a group of the answer is about.
func (p *plan) key(group uint64) Key {
	demands, goods := uint64(max(len(p.demandKeys), 1)), uint64(max(len(p.goodsKeys), 1))
	d, g, t := p.demandKeys[group%demands], p.goodsKeys[group/demands%goods], p.times[group/demands/goods]
	key := Key{Line: g.line, Dried: g.dried, Unit: g.unit, Dimensions: make(map[Dimension]string, len(p.by))}
	for _, dimension := range p.by {
		key.Dimensions[dimension] = textOf(dimension, t, g, d)
	}
	return key
}

func textOf(dimension Dimension, t timeKey, g goodsKey, d demandFacts) string {
	switch dimension {
	case ByForm:
		return g.form
	case ByGrade:
		return g.grade
	case ByStars:
		return starsText(g.stars)
	case ByCommune:
		return g.commune
	case ByScheme:
		return g.scheme
	case ByDistrict:
		return g.district
	case ByProducer:
		return idText(g.producer)
	case ByBuyer:
		return idText(d.buyer)
	case ByBuyerSystem:
		return d.system
	case ByWard:
		return d.ward
	default:
		return *t.field(dimension)
	}
}
