package searchindex

import (
	"slices"
	"strings"
)

// dictionary holds the words without marks that can be begun or mistyped: all that are no mere
// numbers. Nobody begins a number or means another one.
type dictionary struct {
	known map[string]bool
	// sorted is for beginnings.
	sorted []string
	// byLength is for typing errors: only words of nearly the same length are near.
	byLength map[int][]string
	// bulk puts off the sorting until settle.
	bulk bool
}

func newDictionary() dictionary {
	return dictionary{known: make(map[string]bool), byLength: make(map[int][]string)}
}

func (d *dictionary) add(word string) {
	if d.known[word] || isNumber(word) {
		return
	}
	d.known[word] = true
	if !strings.ContainsAny(word, "0123456789") {
		d.byLength[len(word)] = append(d.byLength[len(word)], word)
	}
	if d.bulk {
		d.sorted = append(d.sorted, word)
		return
	}
	at, _ := slices.BinarySearch(d.sorted, word)
	d.sorted = slices.Insert(d.sorted, at, word)
}

func (d *dictionary) settle() {
	slices.Sort(d.sorted)
	d.bulk = false
}

// beginning lists the words that begin so, the word itself included.
func (d *dictionary) beginning(with string) []string {
	from, _ := slices.BinarySearch(d.sorted, with)
	to := from
	for to < len(d.sorted) && strings.HasPrefix(d.sorted[to], with) {
		to++
	}
	return d.sorted[from:to]
}

func isNumber(word string) bool {
	for i := range len(word) {
		if word[i] < '0' || word[i] > '9' {
			return false
		}
	}
	return true
}

// Guess is a word that may have been meant.
type Guess struct {
	Word string
	// Distance is how many slips lie between it and what was typed.
	Distance int
	// Documents is how many documents have it.
	Documents int
}

// near lists the words at most so many slips away from a word, nearest first.
func (d *dictionary) near(word string, most int) []Guess {
	var found []Guess
	row := newDistances(len(word) + most)
	for length := len(word) - most; length <= len(word)+most; length++ {
		for _, candidate := range d.byLength[length] {
			if distance := row.between(word, candidate, most); distance <= most {
				found = append(found, Guess{Word: candidate, Distance: distance})
			}
		}
	}
	return found
}

// slips is how many slips of the fingers a word may hold: none when it is so short that every
// other word would be near. Vietnamese syllables are short.
func slips(word string) int {
	switch {
	case len(word) < 3:
		return 0
	case len(word) < 6:
		return 1
	default:
		return 2
	}
}

// distances computes distances of words; it reuses its rows.
type distances struct{ before, last, this []int }

func newDistances(most int) *distances {
	return &distances{before: make([]int, most+2), last: make([]int, most+2), this: make([]int, most+2)}
}

// between counts the letters that are wrong, missing, too many, or exchanged with their neighbour
// (optimal string alignment). It gives up, with more than most, as soon as it must.
func (r *distances) between(a, b string, most int) int {
	for j := range len(b) + 1 {
		r.last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		r.this[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(r.last[j]+1, r.this[j-1]+1, r.last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, r.before[j-2]+1)
			}
			r.this[j] = d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
		r.before, r.last, r.this = r.last, r.this, r.before
	}
	return r.last[len(b)]
}
