package state

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names of genres and sub genres are keys of state.ini, but users choose them
// freely. What a key cannot carry (the separators, a leading comment or bracket
// character, blanks at the ends, control characters) is stored as %XX, one for
// each byte. An older server reads such a key as the name of a genre that does
// not exist, and ignores it. A percent sign is itself written as %25, but only
// where it would be read as such a code, so that all names an older server could
// store keep their spelling.

// unnamed is the key of the tag without a name, which clients can make: a code
// that no other name is spelt with, since its letter is never written as one.
const unnamed = "%5F"

// keyName is the spelling of a tag name as a key. No two names share one.
func keyName(name string) string { return encodeName(name, true) }

// sectionName is the spelling of a tag name as the end of a section name, which
// carries everything but line breaks.
func sectionName(name string) string { return encodeName(name, false) }

func encodeName(name string, key bool) string {
	if name == "" {
		return unnamed
	}
	first := len(name) - len(strings.TrimLeftFunc(name, unicode.IsSpace))
	last := len(strings.TrimRightFunc(name, unicode.IsSpace))
	var b strings.Builder
	for at := 0; at < len(name); {
		r, size := utf8.DecodeRuneInString(name[at:])
		code := name[at : at+size]
		escape := unicode.IsControl(r) || (r == utf8.RuneError && size == 1) || isCode(name[at:])
		if key {
			escape = escape || r == '=' || r == ':' || at < first || at >= last ||
				(at == 0 && strings.ContainsRune("#;[", r))
		}
		if escape {
			for i := range size {
				fmt.Fprintf(&b, "%%%02X", code[i])
			}
		} else {
			b.WriteString(code)
		}
		at += size
	}
	return b.String()
}

// isCode reports whether text begins with a percent sign and two digits in the
// form that encodeName writes.
func isCode(text string) bool {
	const digits = "0123456789ABCDEF"
	return len(text) >= 3 && text[0] == '%' &&
		strings.IndexByte(digits, text[1]) >= 0 && strings.IndexByte(digits, text[2]) >= 0
}
