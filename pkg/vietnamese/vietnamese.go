// Package vietnamese brings Vietnamese text into the two forms that search compares: one without
// marks, for whoever types "tom su", and one with marks, for whoever types "tôm sú" and means it.
//
// Sources write the same word in many ways: composed or decomposed, "hoà" or "hòa", Đ (U+0110) or
// the Icelandic Ð (U+00D0) that looks like it. Both forms make them equal. Nothing here fails:
// bytes that are no UTF-8 count as blanks.
package vietnamese

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The five tone marks after decomposition. Every other mark belongs to the letter (â, ă, ơ).
const (
	grave    = '\u0300'
	acute    = '\u0301'
	tilde    = '\u0303'
	hook     = '\u0309'
	dotBelow = '\u0323'
)

const (
	zeroWidthSpace          = '\u200b'
	combiningGraphemeJoiner = '\u034f'
)

// Fold returns the text as search compares it without marks: lower case, no marks at all, every
// form of đ written d, and one blank for every run of what is neither letter nor digit. Where a
// tone mark stood makes no difference. Fold(Fold(s)) equals Fold(s).
func Fold(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	gap := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.IsMark(r) || isInvisible(r):
		case !isWordRune(r):
			gap = true
		default:
			if gap && out.Len() > 0 {
				out.WriteByte(' ')
			}
			gap = false
			if r = lower(r); r == 'đ' {
				r = 'd'
			}
			out.WriteRune(r)
		}
	}
	return out.String()
}

// Words returns the words of the folded text, in order; nil for a text without any.
func Words(s string) []string {
	folded := Fold(s)
	if folded == "" {
		return nil
	}
	return strings.Split(folded, " ")
}

// Lower returns the text as search compares it with marks: NFC, lower case, marks kept, every
// form of đ written đ, and one blank for every run of what is neither letter nor digit. A tone
// stands on the vowel where the newer spelling puts it ("hòa" becomes "hoà", "ủy" becomes "uỷ"),
// and a letter keeps one tone at most. Fold(Lower(s)) equals Fold(s): both forms have the same
// words.
func Lower(s string) string {
	letters := spell(s)
	placeTones(letters)
	var out strings.Builder
	out.Grow(len(s))
	for _, l := range letters {
		out.WriteRune(l.base)
		for _, mark := range l.shape {
			out.WriteRune(mark)
		}
		if l.tone != 0 {
			out.WriteRune(l.tone)
		}
	}
	return norm.NFC.String(out.String())
}

// letter is one letter, digit or blank, taken apart.
type letter struct {
	base  rune
	shape []rune // marks that make another letter: circumflex, breve, horn
	tone  rune   // 0 for none
}

// is reports whether the letter is the one given in composed form, whatever its tone.
func (l *letter) is(composed rune) bool {
	plain := []rune(norm.NFD.String(string(composed)))
	return l.base == plain[0] && string(l.shape) == string(plain[1:])
}

// spell takes the text apart into lower-case letters with one blank between words.
func spell(s string) []letter {
	letters := make([]letter, 0, len(s))
	gap := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case isInvisible(r):
		case unicode.IsMark(r):
			if !gap && len(letters) > 0 {
				letters[len(letters)-1].mark(r)
			}
		case !isWordRune(r):
			gap = true
		default:
			if gap && len(letters) > 0 {
				letters = append(letters, letter{base: ' '})
			}
			gap = false
			letters = append(letters, letter{base: lower(r)})
		}
	}
	return letters
}

// mark puts a mark on the letter. A letter carries one tone; a second one is a slip and dropped.
func (l *letter) mark(r rune) {
	switch r {
	case grave, acute, tilde, hook, dotBelow:
		if l.tone == 0 {
			l.tone = r
		}
	case combiningGraphemeJoiner:
		// Normalising inserts these into very long runs of marks; they mean nothing.
	default:
		l.shape = append(l.shape, r)
	}
}

// placeTones moves a tone that stands on the glide to the vowel behind it. Only pairs whose first
// letter is always a glide are touched; "mía" and "lúa" keep theirs.
func placeTones(letters []letter) {
	for i := range len(letters) - 1 {
		here, next := &letters[i], &letters[i+1]
		if here.tone == 0 || next.tone != 0 {
			continue
		}
		afterQ := i > 0 && letters[i-1].base == 'q' && here.is('u') && isVowel(next.base)
		if afterQ || isGlide(*here, *next) {
			here.tone, next.tone = 0, here.tone
		}
	}
}

func isGlide(first, second letter) bool {
	for _, pair := range [...][2]rune{
		{'o', 'a'},
		{'o', 'ă'},
		{'o', 'e'},
		{'u', 'y'},
		{'u', 'ê'},
		{'u', 'ơ'},
		{'u', 'â'},
		{'u', 'ô'},
		{'ư', 'ơ'},
		{'i', 'ê'},
		{'y', 'ê'},
	} {
		if first.is(pair[0]) && second.is(pair[1]) {
			return true
		}
	}
	return false
}

func isVowel(r rune) bool { return strings.ContainsRune("aeiouy", r) }

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// isInvisible reports format characters such as soft hyphens and byte-order marks, which stand
// inside words. The zero-width space separates words and is not one of them.
func isInvisible(r rune) bool { return unicode.Is(unicode.Cf, r) && r != zeroWidthSpace }

// lower also unites the letters that print as đ.
func lower(r rune) rune {
	switch r {
	case 'Đ', 'đ', 'Ð', 'ð', 'Ɖ', 'ɖ':
		return 'đ'
	default:
		return unicode.ToLower(r)
	}
}
