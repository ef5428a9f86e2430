package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"musicdb/media/library"
)

// Normalise returns text as it is compared: in Unicode's form NFKC, without
// ASCII punctuation, in lower case, without white space at its ends, runs of
// blanks made one. Accents stay.
func Normalise(text string) string {
	text = strings.Map(dropPunctuation, norm.NFKC.String(text))
	text = strings.TrimFunc(library.Lower(text), isSpace)
	if !strings.Contains(text, "  ") {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != ' ' || text[i-1] != ' ' { // a blank is never the first byte
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

func dropPunctuation(r rune) rune {
	if r < 0x80 && ('!' <= r && r <= '/' || ':' <= r && r <= '@' || '[' <= r && r <= '`' || '{' <= r && r <= '~') {
		return -1
	}
	return r
}

// isSpace adds the four ASCII separators to what Go calls space, as the old
// server does.
func isSpace(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }
