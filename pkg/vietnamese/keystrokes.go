package vietnamese

import "strings"

// Keystrokes reads a word as somebody typed it for an input method that was off, Telex ("toom",
// "suf", "ddaafm") or VNI ("to6m", "su1"), and returns what was meant. A word that cannot be such
// keystrokes comes back as it is.
func Keystrokes(word string) string {
	if strings.ContainsAny(word, "0123456789") {
		return vni(word)
	}
	return telex(word)
}

func telex(word string) string {
	runes := []rune(word)
	tone := rune(0)
	if n := len(runes); n > 1 {
		if mark, ok := map[rune]rune{'s': acute, 'f': grave, 'r': hook, 'x': tilde, 'j': dotBelow}[runes[n-1]]; ok {
			tone, runes = mark, runes[:n-1]
		}
	}
	var out []rune
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		last := len(out) - 1
		switch {
		case last >= 0 && r == out[last] && strings.ContainsRune("aeo", r):
			out = append(out, circumflex)
		case last >= 0 && r == 'd' && out[last] == 'd':
			out[last] = 'đ'
		case last >= 0 && r == 'w' && strings.ContainsRune("ou", out[last]):
			out = append(out, horn)
		case last >= 0 && r == 'w' && out[last] == 'a':
			out = append(out, breve)
		default:
			out = append(out, r)
		}
	}
	return withTone(out, tone)
}

func vni(word string) string {
	tone := rune(0)
	var out []rune
	for _, r := range word {
		last := len(out) - 1
		switch {
		case last < 0 || r < '1' || r > '9':
			out = append(out, r)
		case r <= '5':
			tone = [...]rune{acute, grave, hook, tilde, dotBelow}[r-'1']
		case r == '6':
			out = append(out, circumflex)
		case r == '7':
			out = append(out, horn)
		case r == '8':
			out = append(out, breve)
		case out[0] == 'd':
			out[0] = 'đ'
		default:
			return word
		}
	}
	if strings.ContainsFunc(string(out), func(r rune) bool { return r >= '0' && r <= '9' }) {
		return word
	}
	return withTone(out, tone)
}

// withTone puts a tone on the last vowel but a closing one; where exactly makes no difference to
// what is compared.
func withTone(letters []rune, tone rune) string {
	if tone == 0 {
		return string(letters)
	}
	at := -1
	for i, r := range letters {
		if isVowel(r) || (at == i-1 && at >= 0 && (r == circumflex || r == horn || r == breve)) {
			at = i
			if i > 0 && isVowel(r) && i == len(letters)-1 && i > 1 && isVowel(letters[i-1]) {
				at = i - 1 // "mua" + tone: on the u
			}
		}
	}
	if at < 0 {
		return string(letters)
	}
	return Lower(string(letters[:at+1]) + string(tone) + string(letters[at+1:]))
}

const (
	circumflex = '\u0302'
	breve      = '\u0306'
	horn       = '\u031b'
)
