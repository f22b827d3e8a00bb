package vietnamese

import "strings"

const (
	circumflex = '\u0302'
	breve      = '\u0306'
	horn       = '\u031b'
)

// Keystrokes reads a word, in lower case, as somebody typed it for an input method that was off,
// Telex ("toom", "suf", "ddaafm") or VNI ("to6m", "su1"), and returns what was meant in the form
// of [Lower]. A word that holds no such keystrokes comes back as it is. Where in the word the tone
// was typed makes no difference.
func Keystrokes(word string) string {
	keys := telex
	if strings.ContainsAny(word, "0123456789") {
		keys = vni
	}
	var letters []letter
	for _, r := range word {
		if !keys(letters, r) {
			letters = append(letters, letter{base: r})
		}
	}
	settle(letters)
	var out strings.Builder
	for _, l := range letters {
		out.WriteRune(l.base)
		for _, mark := range l.shape {
			out.WriteRune(mark)
		}
		if l.tone != 0 {
			out.WriteRune(l.tone)
		}
	}
	return Lower(out.String())
}

// telex applies a key to the letters before it, and reports whether it was no letter itself. A
// Vietnamese syllable has no s, f, r, x or j behind a vowel, so that these are tones there.
func telex(letters []letter, key rune) bool {
	if len(letters) == 0 {
		return false
	}
	last := &letters[len(letters)-1]
	switch key {
	case 's':
		return toned(letters, acute)
	case 'f':
		return toned(letters, grave)
	case 'r':
		return toned(letters, hook)
	case 'x':
		return toned(letters, tilde)
	case 'j':
		return toned(letters, dotBelow)
	case 'a', 'e', 'o':
		return last.base == key && len(last.shape) == 0 && shaped(last, circumflex)
	case 'd':
		return crossed(last)
	case 'w':
		if last.base == 'a' {
			return shaped(last, breve)
		}
		return (last.base == 'o' || last.base == 'u') && shaped(last, horn)
	default:
		return false
	}
}

// vni applies a digit to the letters before it.
func vni(letters []letter, key rune) bool {
	if len(letters) == 0 {
		return false
	}
	last := &letters[len(letters)-1]
	switch key {
	case '1':
		return toned(letters, acute)
	case '2':
		return toned(letters, grave)
	case '3':
		return toned(letters, hook)
	case '4':
		return toned(letters, tilde)
	case '5':
		return toned(letters, dotBelow)
	case '6':
		return isVowel(last.base) && shaped(last, circumflex)
	case '7':
		return isVowel(last.base) && shaped(last, horn)
	case '8':
		return isVowel(last.base) && shaped(last, breve)
	case '9':
		return crossed(&letters[0])
	default:
		return false
	}
}

// toned puts a tone on the last vowel; Lower moves it where it belongs.
func toned(letters []letter, tone rune) bool {
	for i := len(letters) - 1; i >= 0; i-- {
		if isVowel(letters[i].base) {
			letters[i].tone = tone
			return true
		}
	}
	return false
}

// settle puts the tone on the vowel that has a mark of its own, else, before a closing vowel, on
// the one before the last. What stands on a glide then is moved by Lower.
func settle(letters []letter) {
	tone := rune(0)
	at, last := -1, -1
	for i := range letters {
		l := &letters[i]
		if l.tone != 0 {
			tone, l.tone = l.tone, 0
		}
		if isVowel(l.base) {
			last = i
			if len(l.shape) > 0 {
				at = i
			}
		}
	}
	if tone == 0 {
		return
	}
	if at < 0 {
		at = last
		if last == len(letters)-1 && last > 1 && isVowel(letters[last-1].base) {
			at = last - 1
		}
	}
	letters[at].tone = tone
}

func shaped(l *letter, mark rune) bool {
	l.shape = []rune{mark}
	return true
}

func crossed(l *letter) bool {
	if l.base != 'd' {
		return false
	}
	l.base = 'đ'
	return true
}
