package ledger

import (
	"math/bits"
	"slices"
	"time"
)

// groupSums adds up rows of the rollup by group, and within a group by movement: what a measure makes of
// the movements is worked out once, at the end.
type groupSums struct {
	plan  *plan
	width int
	// most is how many groups there may be.
	most int
	// table finds the place of a group among groups: 0 where free, else its place and one. It has 1<<bits places.
	table []int32
	bits  int
	// groups are numbered by goods, demand and time together.
	groups []uint64
	// amounts and values have width numbers for each group; the last one is of what is unconfirmed.
	amounts, values   []int64
	producers, buyers []distinct
	// run is where cells of the same goods, demand and days go.
	run []int32
	// full says that there are more groups than an answer may have.
	full bool
}

// firstBits are those of a table as it begins: enough for what people read.
const firstBits = 15

func newSums(p *plan) *groupSums {
	return &groupSums{plan: p, width: p.known.width + 1, most: p.query.most(), table: make([]int32, 1<<firstBits), bits: firstBits}
}

// place returns where a group's sums are.
func (s *groupSums) place(group uint64) int32 {
	at, found := s.find(group)
	if found {
		return s.table[at] - 1
	}
	if len(s.groups) == s.most {
		s.full = true
		return 0
	}
	if 3*len(s.groups) > len(s.table) {
		s.grow()
		at, _ = s.find(group)
	}
	s.groups = append(s.groups, group)
	s.table[at] = int32(len(s.groups)) //nolint:gosec // no more than most and one
	s.amounts = append(s.amounts, make([]int64, s.width)...)
	s.values = append(s.values, make([]int64, s.width)...)
	if s.plan.delivering != nil {
		s.producers, s.buyers = append(s.producers, distinct{}), append(s.buyers, distinct{})
	}
	return s.table[at] - 1
}

// find returns where in the table a group is, or where it goes.
func (s *groupSums) find(group uint64) (at uint64, found bool) {
	const golden = 0x9E3779B97F4A7C15
	at = group * golden >> (64 - s.bits)
	for s.table[at] != 0 {
		if s.groups[s.table[at]-1] == group {
			return at, true
		}
		at = (at + 1) % (1 << s.bits)
	}
	return at, false
}

// grow doubles the table, which is at most a third full.
func (s *groupSums) grow() {
	s.bits++
	s.table = make([]int32, 1<<s.bits)
	for number, group := range s.groups {
		at, _ := s.find(group)
		s.table[at] = int32(number + 1)
	}
}

// places sets run to the groups of goods and demand at a time.
func (s *groupSums) places(time int, goods, demand uint32) {
	s.run = s.run[:0]
	of := s.plan.demands[demand]
	if of == none {
		return
	}
	for _, group := range s.plan.goods[goods] {
		number := (uint64(time)*uint64(len(s.plan.goodsKeys))+uint64(group))*uint64(len(s.plan.demandKeys)) + uint64(of) //nolint:gosec // not negative
		s.run = append(s.run, s.place(number))
	}
}

// add adds the cells of a month, whose days belong to the groups times; none leaves a day out.
func (s *groupSums) add(month *monthCells, times *[longestMonth]int) {
	whole, at := whole(month, times), 0
	if whole && s.plan.totals {
		month = month.total
	}
	for _, each := range month.runs {
		if s.full {
			return
		}
		from := at
		at = each.end
		if s.plan.demands[each.demand] == none || len(s.plan.goods[each.goods]) == 0 {
			continue
		}
		if whole {
			s.addRun(month, each, from, at, times[0])
			continue
		}
		for from < at { // stretches of days of the same group
			time, start := times[month.day[from]], from
			for from < at && times[month.day[from]] == time {
				from++
			}
			if time != none {
				s.addRun(month, each, start, from, time)
			}
		}
	}
}

// longestMonth is how many days a month has at most.
const longestMonth = 31

// whole reports whether all days of a month belong to one group.
func whole(month *monthCells, times *[longestMonth]int) bool {
	first := time.Unix(int64(month.first)*secondsPerDay, 0).UTC()
	for day := range first.AddDate(0, 1, -1).Day() {
		if times[day] != times[0] || times[day] == none {
			return false
		}
	}
	return true
}

// addRun adds cells of the same goods, demand and group of days.
func (s *groupSums) addRun(month *monthCells, of run, from, to, time int) {
	s.places(time, of.goods, of.demand)
	if s.full {
		return
	}
	movements, amounts, values := month.movement[from:to], month.amount[from:to], month.value[from:to]
	for _, at := range s.run {
		behind, column := false, int(at)*s.width
		into, worth := s.amounts[column:column+s.width], s.values[column:column+s.width]
		for i, movement := range movements {
			into[movement] += amounts[i]
			if values[i] != worthless {
				worth[movement] += values[i]
				behind = behind || s.plan.delivering != nil && s.plan.delivering[movement] != 0
			}
		}
		if behind {
			s.producers[at].add(s.plan.producers[of.goods], s.plan.organisations)
			s.buyers[at].add(s.plan.buyers[of.demand], s.plan.organisations)
		}
	}
}

// addUnconfirmed adds an amount to what is unconfirmed.
func (s *groupSums) addUnconfirmed(time int, goods, demand uint32, amount int64) {
	s.places(time, goods, demand)
	for _, at := range s.run {
		s.amounts[int(at)*s.width+s.width-1] += amount
	}
}

// merge adds what another counted by the same plan.
func (s *groupSums) merge(other *groupSums) {
	s.full = s.full || other.full
	for from, group := range other.groups {
		to := int(s.place(group))
		if s.full {
			return
		}
		for column := range s.width {
			s.amounts[to*s.width+column] += other.amounts[from*s.width+column]
			s.values[to*s.width+column] += other.values[from*s.width+column]
		}
		if s.plan.delivering != nil {
			s.producers[to].merge(other.producers[from], s.plan.organisations)
			s.buyers[to].merge(other.buyers[from], s.plan.organisations)
		}
	}
}

// measure works out a measure of a group.
func (s *groupSums) measure(at int, each part) int64 {
	switch each.of {
	case ofUnconfirmed:
		return s.amounts[at*s.width+s.width-1]
	case ofProducers:
		return s.producers[at].count()
	case ofBuyers:
		return s.buyers[at].count()
	case ofVolume, ofValue:
	}
	sums, total := s.amounts, int64(0)
	if each.of == ofValue {
		sums = s.values
	}
	for movement, times := range s.plan.known.moves[each.moves] {
		total += sums[at*s.width+movement] * times
	}
	return total
}

// distinct is a set of organisations: a few are listed, many are bits.
type distinct struct {
	few  []uint32
	many []uint64
}

// fewest is how many are listed.
const fewest = 16

// add adds one of so many that there are; 0 is nobody.
func (d *distinct) add(one uint32, all int) {
	switch {
	case one == 0:
	case d.many != nil:
		d.many[one/64] |= 1 << (one % 64)
	case slices.Contains(d.few, one):
	case len(d.few) < fewest:
		d.few = append(d.few, one)
	default:
		d.many = make([]uint64, all/64+1)
		for _, each := range append(d.few, one) {
			d.many[each/64] |= 1 << (each % 64)
		}
	}
}

func (d *distinct) merge(other distinct, all int) {
	if other.many == nil {
		for _, one := range other.few {
			d.add(one, all)
		}
		return
	}
	if d.many == nil {
		d.many = make([]uint64, len(other.many))
		for _, each := range d.few {
			d.many[each/64] |= 1 << (each % 64)
		}
	}
	for at, set := range other.many {
		d.many[at] |= set
	}
}

func (d *distinct) count() int64 {
	if d.many == nil {
		return int64(len(d.few))
	}
	n := 0
	for _, set := range d.many {
		n += bits.OnesCount64(set)
	}
	return int64(n)
}
