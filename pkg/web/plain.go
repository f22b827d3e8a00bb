package web

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain reports whether a text is valid UTF-8 without forbidden characters.
func plain(value string) bool {
	return utf8.ValidString(value) && !strings.ContainsFunc(value, forbidden)
}

// forbidden tells the characters that no text from outside may have: control characters other
// than tabs and line ends, those that change the direction of what follows (a name could be made
// to read as another, CVE-2021-42574), and two that nobody sees and that make equal names differ.
func forbidden(r rune) bool {
	switch {
	case r < ' ':
		return r != '\t' && r != '\n' && r != '\r'
	case r < 0x7f:
		return false
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	case r == 0xfeff, r == 0x200b:
		return true
	default:
		return unicode.IsControl(r)
	}
}

// Plain reports whether a text from outside may be kept: valid UTF-8 without control characters
// and without those that hide or turn round what they stand beside. Requests are checked already;
// what comes in files is not.
func Plain(value string) bool { return plain(value) }
