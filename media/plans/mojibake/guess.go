package mojibake

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Encoding is an encoding whose bytes were taken for Latin-1.
type Encoding uint8

// The encodings that are recognised.
const (
	UTF8     Encoding = iota + 1
	CP1251            // Cyrillic of Windows
	ShiftJIS          // Japanese
	GBK               // simplified Chinese
)

var encodingNames = [...]string{"unknown", "UTF-8", "cp1251", "Shift-JIS", "GBK"}

func (e Encoding) String() string {
	if int(e) >= len(encodingNames) {
		return fmt.Sprintf("encoding %d", uint8(e))
	}
	return encodingNames[e]
}

// Reading is what texts probably should say.
type Reading struct {
	Encoding   Encoding
	Confidence float64  // 0.5 to 1
	Texts      []string // in the order of what was asked, those that are right unchanged
}

// certain is the least confidence that is worth a question to the user.
const certain = 0.5

// Guess reads texts that come from one source, such as all tags of an album, and
// reports false when they look right as they are. What is one encoding's accident
// in a single word is not in fifty, so ask with all of them at once.
func Guess(texts ...string) (Reading, bool) {
	raw := make([][]byte, len(texts))
	foreign := 0 // bytes beyond ASCII
	for i, text := range texts {
		bytes, ok := latin(text)
		if !ok {
			continue // it cannot have come from bytes
		}
		high := 0
		for _, b := range bytes {
			if b >= utf8.RuneSelf {
				high++
			}
		}
		if high > 0 {
			raw[i] = bytes
			foreign += high
		}
	}
	if foreign == 0 {
		return Reading{}, false
	}
	best, confidence := judge(raw, foreign)
	if confidence < certain {
		return Reading{}, false
	}
	r := Reading{Encoding: best, Confidence: confidence, Texts: make([]string, len(texts))}
	changed := false
	for i, text := range texts {
		r.Texts[i] = text
		if raw[i] == nil {
			continue
		}
		if decoded, ok := best.decode(raw[i]); ok && decoded != text {
			r.Texts[i], changed = decoded, true
		}
	}
	return r, changed
}

// judge picks the encoding under which all texts together make most sense.
func judge(raw [][]byte, foreign int) (Encoding, float64) {
	if wellFormed := share(raw, UTF8, foreign); wellFormed > 0 {
		// Accented letters of Latin-1 form valid UTF-8 by accident hardly ever.
		return UTF8, min(wellFormed, 1-0.06/float64(foreign))
	}
	var best Encoding
	var first, second float64
	for _, e := range []Encoding{CP1251, ShiftJIS, GBK} {
		score := share(raw, e, foreign)
		if score > first {
			best, first, second = e, score, first
		} else {
			second = max(second, score)
		}
	}
	evidence := float64(foreign) / float64(foreign+1)
	return best, max(0, first-second*second/2) * evidence
}

// share is how plausible the texts are in an encoding, weighted by their bytes
// beyond ASCII: 0 to 1.
func share(raw [][]byte, e Encoding, foreign int) float64 {
	var sum float64
	for _, text := range raw {
		decoded, ok := e.decode(text)
		if text == nil || !ok {
			continue
		}
		switch e {
		case UTF8:
			sum += highBytes(text)
		case CP1251:
			sum += highBytes(text) * cyrillic(decoded)
		case ShiftJIS:
			sum += highBytes(text) * japaneseBytes(text)
		case GBK:
			sum += highBytes(text) * chineseBytes(text)
		}
	}
	return sum / float64(foreign)
}

func highBytes(text []byte) (n float64) {
	for _, b := range text {
		if b >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// decode reads bytes; false when they are not in this encoding.
func (e Encoding) decode(text []byte) (string, bool) {
	var from encoding.Encoding
	switch e {
	case UTF8:
		return string(text), utf8.Valid(text)
	case CP1251:
		from = charmap.Windows1251
	case ShiftJIS:
		from = japanese.ShiftJIS
	case GBK:
		from = simplifiedchinese.GBK
	default:
		return "", false
	}
	decoded, err := from.NewDecoder().Bytes(text)
	return string(decoded), err == nil && !strings.ContainsRune(string(decoded), utf8.RuneError)
}

// latin returns the bytes that were read as Latin-1, or as its variant of
// Windows, to make this text.
func latin(text string) ([]byte, bool) {
	bytes := make([]byte, 0, len(text))
	for _, r := range text {
		b, known := byte(r), r <= 0xFF
		if !known {
			b, known = charmap.Windows1252.EncodeRune(r)
		}
		if !known {
			return nil, false
		}
		bytes = append(bytes, b)
	}
	return bytes, true
}
