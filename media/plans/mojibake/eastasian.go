package mojibake

import "unicode/utf8"

// japaneseBytes judges bytes as Shift-JIS (JIS X 0208:1997, appendix 1): kana and
// the kanji of level 1 are what titles are written in; the kanji of level 2 and
// the narrow kana, which are single bytes, come out of anything.
func japaneseBytes(text []byte) float64 {
	var sum, characters float64
	for i := 0; i < len(text); i++ {
		lead := text[i]
		if lead < utf8.RuneSelf {
			continue
		}
		characters++
		if lead >= 0xA1 && lead <= 0xDF {
			sum += 0.1
			continue
		}
		if i++; i >= len(text) {
			break
		}
		switch trail := text[i]; {
		case lead == 0x82 && trail >= 0x9F, lead == 0x83 && trail <= 0x96: // hiragana, katakana
			sum++
		case lead == 0x81:
			sum += 0.7 // the long vowel and other signs
		case lead >= 0x88 && lead <= 0x98:
			sum += 0.9
		case lead <= 0x9F:
			sum += 0.4
		default:
			sum += 0.15
		}
	}
	if characters == 0 {
		return 0
	}
	return sum / characters
}

// chineseBytes judges bytes as GBK: the characters of level 1 in GB 2312 are
// what is written, those of level 2 are rare, and those with an ASCII letter as
// second byte come out of any accented word.
func chineseBytes(text []byte) float64 {
	var sum, characters float64
	for i := 0; i < len(text); i++ {
		lead := text[i]
		if lead < utf8.RuneSelf {
			continue
		}
		characters++
		if i++; i >= len(text) {
			break
		}
		switch trail := text[i]; {
		case trail < 0xA1:
			sum += 0.1
		case lead >= 0xB0 && lead <= 0xD7:
			sum++
		case lead >= 0xA1 && lead <= 0xA3:
			sum += 0.6 // punctuation
		case lead >= 0xD8 && lead <= 0xF7:
			sum += 0.35
		default:
			sum += 0.1
		}
	}
	if characters == 0 {
		return 0
	}
	return sum / characters
}
