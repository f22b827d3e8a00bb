package catalog

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ocop-market/ocop/pkg/civil"
)

// question is a text as search understands it.
type question struct {
	// words are all that were typed, without marks and with them, without noise.
	folded, marked []string
	segments       []segment
	// stars, months: what the text asks for beside its words; 0 and nil for nothing.
	stars  int
	months []string
	// certain says that it names a mark: what no product carries is no misspelling.
	certain bool
}

// segment are words that belong together.
type segment struct {
	folded, marked []string
	means          *meaning // nil: nothing but the words
	sizes          []string // counts per kg, any of them
	last           bool
	// joined is the same written as one word; "" where that is no word.
	joined string
}

// maxWords bounds a question; what follows adds nothing but work.
const maxWords = 16

// ask reads a text as a person typed it. Known says whether something is a word of the catalogue.
func (f *searchFacts) ask(text string, today civil.Date, known func(word string) bool) question {
	folded, marked := wordsOf(text)
	folded, marked = folded[:min(len(folded), maxWords)], marked[:min(len(marked), maxWords)]
	folded, marked = f.withoutNoise(folded, marked)
	q := question{folded: folded, marked: marked}
	for at := 0; at < len(folded); {
		rest := folded[at:]
		if stars, n := f.starsAt(rest); n > 0 {
			q.stars, q.certain = stars, true
			at += n
			continue
		}
		if month, n := f.monthAt(rest, today); n > 0 {
			q.months = append(q.months, month)
			at += n
			continue
		}
		s := segment{}
		var n int
		if s.sizes, n = f.sizesAt(rest); n == 0 {
			n = f.termAt(rest)
			if n == 1 && len(rest) > 1 && known(rest[0]+rest[1]) {
				n, s.joined = 2, rest[0]+rest[1]
			}
		}
		s.folded, s.marked, s.last = rest[:n], marked[at:at+n], at+n == len(folded)
		s.means = f.terms[strings.Join(s.folded, " ")]
		q.certain = q.certain || s.means != nil && len(s.means.schemes) > 0
		q.segments = append(q.segments, s)
		at += n
	}
	return q
}

// withoutNoise leaves out words that say nothing about goods, as long as others are left.
func (f *searchFacts) withoutNoise(folded, marked []string) (keptFolded, keptMarked []string) {
	for at := 0; at < len(marked); {
		n := 1
		switch {
		case at+1 < len(marked) && f.noise[marked[at]+" "+marked[at+1]]:
			n = 2
		case f.noise[marked[at]] && !beforeNumber(folded[at:]):
		default:
			keptFolded, keptMarked = append(keptFolded, folded[at]), append(keptMarked, marked[at])
		}
		at += n
	}
	if len(keptFolded) == 0 {
		return folded, marked
	}
	return keptFolded, keptMarked
}

// beforeNumber reports whether a number follows a word: "loại 1" is a grade.
func beforeNumber(folded []string) bool { return len(folded) > 1 && isDigits(folded[1]) }

func isDigits(word string) bool {
	return word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) })
}

// termAt returns how many of the next words belong together.
func (f *searchFacts) termAt(words []string) int {
	for length := min(f.longest, len(words)); length > 1; length-- {
		if _, ok := f.terms[strings.Join(words[:length], " ")]; ok {
			return length
		}
	}
	return 1
}

// starsAt reads "4 sao" and "4 stars", and how many words that is.
func (f *searchFacts) starsAt(words []string) (stars, n int) {
	if len(words) < 2 || !f.stars[words[1]] {
		return 0, 0
	}
	stars, err := strconv.Atoi(words[0])
	if err != nil || stars < 3 || stars > 5 {
		return 0, 0
	}
	return stars, 2
}

// monthAt reads "tháng 12", "tháng 12 2026" and "december" as the next such month.
func (f *searchFacts) monthAt(words []string, today civil.Date) (month string, n int) {
	number, n := 0, 1
	if len(words) > 1 {
		if named, ok := f.monthNames[words[0]+" "+words[1]]; ok {
			number, n = named, 2
		}
	}
	if number == 0 {
		number = f.monthNames[words[0]]
	}
	if number == 0 && f.months[words[0]] && len(words) > 1 {
		number, _ = strconv.Atoi(words[1])
		n = 2
	}
	if number < 1 || number > 12 {
		return "", 0
	}
	year := today.Year
	if number < int(today.Month) {
		year++
	}
	if len(words) > n && len(words[n]) == 4 && isDigits(words[n]) {
		year, _ = strconv.Atoi(words[n])
		n++
	}
	return civil.New(year, time.Month(number), 1).String()[:len(monthLayout)], n
}

// sizesAt reads "20 con/kg", "20-30 con/kg", "20c" and "size 20" as counts per kg.
func (f *searchFacts) sizesAt(words []string) (sizes []string, n int) {
	at := 0
	named := f.sizes[words[0]]
	if named {
		at++
	}
	least, most, used := numbersAt(words[at:])
	if used == 0 {
		if count, unit := cutNumber(words[0]); unit != "" && f.sizes[unit] {
			return sizesBetween(count, count), 1
		}
		return nil, 0
	}
	at += used
	switch {
	case at+1 < len(words) && f.sizes[words[at]+" "+words[at+1]]:
		at += 2
	case at < len(words) && f.sizes[words[at]]:
		at++
	case !named:
		return nil, 0
	}
	return sizesBetween(least, most), at
}

// numbersAt reads one number or the two ends of a range.
func numbersAt(words []string) (least, most, used int) {
	for used < 2 && used < len(words) && isDigits(words[used]) && len(words[used]) <= 3 {
		n, _ := strconv.Atoi(words[used])
		if used == 0 {
			least = n
		}
		most = n
		used++
	}
	if used == 2 && most < least {
		return least, least, 1
	}
	return least, most, used
}

// cutNumber splits "20c".
func cutNumber(word string) (n int, unit string) {
	digits := len(word) - len(strings.TrimLeft(word, "0123456789"))
	if digits == 0 || digits > 3 {
		return 0, ""
	}
	n, _ = strconv.Atoi(word[:digits])
	return n, word[digits:]
}

func sizesBetween(least, most int) []string {
	var sizes []string
	for n := least; n <= min(most, least+longestSizesRange); n++ {
		sizes = append(sizes, strconv.Itoa(n))
	}
	return sizes
}

// typedMarks reports whether a word was typed with a mark.
func (s *segment) typedMarks() bool { return !slices.Equal(s.folded, s.marked) }
