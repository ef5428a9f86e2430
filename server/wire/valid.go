package wire

import (
	"encoding/binary"
	"math/bits"
)

// maxDepth is how deep arrays and objects may lie in each other, the limit of
// encoding/json.
const maxDepth = 10_000

// valid reports whether a message is a JSON text. It is json.Valid, but for its
// speed: that looks at each character of a long string through a function of its
// own, which takes longer than everything else that is done with an upload.
func valid(b []byte) bool {
	end, ok := validValue(b, skipSpace(b, 0), 0)
	return ok && skipSpace(b, end) == len(b)
}

// validValue checks the value at i and returns the index behind it.
func validValue(b []byte, i, depth int) (end int, ok bool) {
	if i >= len(b) {
		return i, false
	}
	switch c := b[i]; c {
	case '{':
		return validObject(b, i, depth+1)
	case '[':
		return validArray(b, i, depth+1)
	case '"':
		return validString(b, i)
	case 't':
		return validWord(b, i, "true")
	case 'f':
		return validWord(b, i, "false")
	case 'n':
		return validWord(b, i, "null")
	default:
		return validNumber(b, i)
	}
}

func validObject(b []byte, i, depth int) (end int, ok bool) {
	if i = skipSpace(b, i+1); i < len(b) && b[i] == '}' {
		return i + 1, depth <= maxDepth
	}
	for depth <= maxDepth && i < len(b) && b[i] == '"' {
		if i, ok = validString(b, i); !ok {
			return i, false
		}
		if i = skipSpace(b, i); i == len(b) || b[i] != ':' {
			return i, false
		}
		if i, ok = validValue(b, skipSpace(b, i+1), depth); !ok {
			return i, false
		}
		if i = skipSpace(b, i); i == len(b) {
			return i, false
		}
		switch b[i] {
		case '}':
			return i + 1, true
		case ',':
			i = skipSpace(b, i+1)
		default:
			return i, false
		}
	}
	return i, false
}

func validArray(b []byte, i, depth int) (end int, ok bool) {
	if i = skipSpace(b, i+1); i < len(b) && b[i] == ']' {
		return i + 1, depth <= maxDepth
	}
	for depth <= maxDepth {
		if i, ok = validValue(b, i, depth); !ok {
			return i, false
		}
		if i = skipSpace(b, i); i == len(b) {
			return i, false
		}
		switch b[i] {
		case ']':
			return i + 1, true
		case ',':
			i = skipSpace(b, i+1)
		default:
			return i, false
		}
	}
	return i, false
}

// validString checks the string at i.
func validString(b []byte, i int) (end int, ok bool) {
	for i = ordinary(b, i+1); i < len(b); i = ordinary(b, i) {
		if b[i] == '"' {
			return i + 1, true
		}
		if b[i] != '\\' || i+1 == len(b) {
			return i, false
		}
		switch b[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i += 2
		case 'u':
			if len(b)-i < len(`\u0000`) {
				return i, false
			}
			for _, c := range b[i+2 : i+6] {
				if hexValue[c] == notHex {
					return i, false
				}
			}
			i += 6
		default:
			return i, false
		}
	}
	return i, false
}

// ordinary returns the index of the first character of a string, from i on, that
// does not stand for itself: quote, backslash, control character. Eight are looked
// at at once.
func ordinary(b []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(b); i += 8 {
		word := binary.LittleEndian.Uint64(b[i:])
		quote, slash := word^(ones*'"'), word^(ones*'\\')
		// The lowest high bit that is left is right; those above may be borrowed.
		found := ((quote-ones)&^quote | (slash-ones)&^slash | (word-ones*' ')&^word) & highs
		if found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
		i++
	}
	return i
}

func validWord(b []byte, i int, word string) (end int, ok bool) {
	end = i + len(word)
	return end, end <= len(b) && string(b[i:end]) == word
}

// validNumber checks the number at i (RFC 8259, section 6).
func validNumber(b []byte, i int) (end int, ok bool) {
	if b[i] == '-' {
		i++
	}
	switch {
	case i == len(b):
		return i, false
	case b[i] == '0':
		i++
	default:
		if i, ok = digits(b, i); !ok {
			return i, false
		}
	}
	if i < len(b) && b[i] == '.' {
		if i, ok = digits(b, i+1); !ok {
			return i, false
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if i, ok = digits(b, i); !ok {
			return i, false
		}
	}
	return i, true
}

// digits returns the index behind the digits at i, of which there must be one.
func digits(b []byte, i int) (end int, ok bool) {
	from := i
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	return i, i > from
}
