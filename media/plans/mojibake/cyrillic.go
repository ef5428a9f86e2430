package mojibake

import (
	"strings"
	"unicode"
)

// frequent are the letters that make up nine tenths of Russian text.
const frequent = "оеаинтсрвлкмдпуяыьгзбч"

const vowels = "аеёиоуыэюяіїє"

// cyrillic judges a text read as cp1251: words of Cyrillic alone, as people
// write them, of the usual letters. It is 0 for what is none and near 1 for
// Russian, Ukrainian or Bulgarian.
//
// Western words hold single accented letters among others, which become words of
// two scripts here.
func cyrillic(text string) float64 {
	var letters, odd, plausible float64
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '№' && r != '¤' }) {
		runes := []rune(word)
		var own, common float64
		pure := len(runes) > 1
		for _, r := range runes {
			switch {
			case r < 0x80:
				pure = false
			case !unicode.Is(unicode.Cyrillic, r):
				odd++
				pure = false
			default:
				own++
				if strings.ContainsRune(frequent, unicode.ToLower(r)) {
					common++
				}
			}
		}
		letters += own
		if pure && cased(runes) && strings.ContainsAny(strings.ToLower(word), vowels) {
			plausible += own * (0.4 + 0.6*common/own)
		}
	}
	for _, r := range text { // signs that only bytes of another encoding bring
		if strings.ContainsRune("¤¦§©¬®°±µ¶·†‡•‰", r) {
			odd++
		}
	}
	if letters == 0 {
		return 0
	}
	return max(0, plausible/letters-2*odd/letters)
}

// cased reports whether a word is written small, in capitals, or with one
// capital at its begin.
func cased(word []rune) bool {
	upper := 0
	for _, r := range word {
		if unicode.IsUpper(r) {
			upper++
		}
	}
	return upper == 0 || upper == len(word) || upper == 1 && unicode.IsUpper(word[0])
}
