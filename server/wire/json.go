package wire

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// What encoding/json would write, character by character, but without reflection and
// without the escapes for HTML: lists of a large library are written with these.

const hexDigits = "0123456789abcdef"

// escapes is what stands behind the backslash of an ASCII character in a JSON
// string: 0 for a character that stands for itself, 'u' for \u00XX.
var escapes = func() (table [utf8.RuneSelf]byte) {
	for c := range byte(' ') {
		table[c] = 'u'
	}
	for c, e := range map[byte]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'} {
		table[c] = e
	}
	return table
}()

// AppendString adds s to dst as a JSON string. Bytes that are not UTF-8 become
// U+FFFD, since a text message must be UTF-8 throughout.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	done := 0 // up to here s is written
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			e := escapes[c]
			if e == 0 {
				i++
				continue
			}
			dst = append(append(dst, s[done:i]...), '\\', e)
			if e == 'u' {
				dst = append(dst, '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
			}
			i++
			done = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(append(dst, s[done:i]...), `\ufffd`...)
			done = i + size
		case r == '\u2028' || r == '\u2029': // line ends, for those who take the text for JavaScript
			dst = append(append(dst, s[done:i]...), `\u202`...)
			dst = append(dst, hexDigits[r&0xF])
			done = i + size
		}
		i += size
	}
	return append(append(dst, s[done:]...), '"')
}

// AppendInt adds a number.
func AppendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// AppendMaybeInt adds a number, or null for nil.
func AppendMaybeInt(dst []byte, n *int64) []byte {
	if n == nil {
		return append(dst, "null"...)
	}
	return strconv.AppendInt(dst, *n, 10)
}

// AppendMaybeString adds a string, or null for nil.
func AppendMaybeString(dst []byte, s *string) []byte {
	if s == nil {
		return append(dst, "null"...)
	}
	return AppendString(dst, *s)
}

// AppendFloat adds a number in the fewest digits that tell it from all others. JSON
// has no infinity and no NaN: they become the largest number, and 0.
func AppendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		f = 0
	case math.IsInf(f, 0):
		f = math.Copysign(math.MaxFloat64, f)
	}
	if size := math.Abs(f); size == 0 || size >= 1e-6 && size < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	from := len(dst)
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	// e-09 is written e-9.
	if n := len(dst); n-from >= 4 && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}
