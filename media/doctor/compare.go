package doctor

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// likeness is how much two names say the same.
type likeness uint8

const (
	other likeness = iota
	akin           // one is the other with something added, or without accents
	same
)

// like compares a name of a path with a text of a tag. Unicode forms, capitals,
// blanks and everything that file systems and people replace or leave out are the
// same: what counts are letters and digits. Names without any are compared sign by
// sign, but for blanks and the dots at the end that some file systems drop.
func like(name, text string) likeness {
	a, b := letters(name), letters(text)
	if a == "" || b == "" {
		if signs(name) == signs(text) {
			return same
		}
		return other
	}
	if a == b {
		return same
	}
	if plain(a) == plain(b) {
		return akin
	}
	if core(name) != "" && core(name) == core(text) {
		return akin
	}
	return other
}

// signs are those of a name without letters. One of nothing but dots keeps them.
func signs(s string) string {
	s = spelling(strings.TrimSpace(s))
	if dropped := strings.TrimRightFunc(s, func(r rune) bool { return r == '.' || unicode.IsSpace(r) }); dropped != "" {
		return dropped
	}
	return s
}

// spelling folds what is the same to who reads it: Unicode forms and capitals.
func spelling(s string) string { return cases.Fold().String(norm.NFC.String(s)) }

// letters are the letters, digits and marks of a text, folded.
func letters(s string) string {
	s = cases.Fold().String(norm.NFKC.String(s))
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, s)
	return norm.NFC.String(s)
}

// plain takes the accents off.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
}

// guests begin what is added to names about who else takes part.
var guests = []string{" feat. ", " feat ", " ft. ", " ft ", " featuring ", " with "}

// core is a name without what is in brackets and without guests: "Song (Remastered)",
// "Song [Live]" and "Song feat. Somebody" have the same as "Song".
func core(s string) string {
	s = spelling(s)
	var out strings.Builder
	depth := 0
	for _, r := range s {
		switch r {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(0, depth-1)
		default:
			if depth == 0 {
				out.WriteRune(r)
			}
		}
	}
	s = out.String()
	for _, guest := range guests {
		if i := strings.Index(s, guest); i > 0 {
			s = s[:i]
		}
	}
	return plain(letters(s))
}
