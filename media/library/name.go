package library

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// Lower returns s in lower case after the full rules of Unicode, independent of
// any language: "İ" becomes two code points, a sigma at the end of a word the
// final one. Lists are ordered by it and names are searched in it, as in the
// old server.
func Lower(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return cases.Lower(language.Und).String(s)
		}
	}
	return lowerASCII(s)
}

func lowerASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
