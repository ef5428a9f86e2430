package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
)

// Hex are bytes that a client has sent as hexadecimal digits, in upper or lower
// case. Space between two bytes is allowed, as the reference server does. The bytes
// lie in the message itself, where their digits were: they are valid as long as
// the request is, and the argument can be decoded only once.
type Hex []byte

// ErrHex is matched when an argument is a string but not one of pairs of
// hexadecimal digits.
var ErrHex = errors.New("not hexadecimal digits, two for each byte")

func (a *Hex) set(raw json.RawMessage) error {
	if len(raw) < 2 || raw[0] != '"' {
		return ErrType
	}
	digits := []byte(raw[1 : len(raw)-1])
	if bytes.IndexByte(digits, '\\') >= 0 {
		unescaped, _ := text(raw)
		digits = []byte(unescaped)
	}
	decoded, ok := decodeHex(digits)
	if !ok {
		return ErrHex
	}
	*a = decoded
	return nil
}
func (*Hex) wants() string  { return "string" }
func (*Hex) optional() bool { return false }

// notHex is what hexValue has for a character that is no digit.
const notHex = 0xFF

// hexValue are the values of digits.
var hexValue = func() (value [256]byte) {
	for c := range value {
		value[c] = notHex
	}
	for i := range byte(16) {
		value["0123456789abcdef"[i]], value["0123456789ABCDEF"[i]] = i, i
	}
	return value
}()

// decodeHex puts the bytes where their digits were. Nothing that is no digit goes
// unseen, wherever it stands; the text may be spoilt then.
func decodeHex(text []byte) (decoded []byte, ok bool) {
	from, to := 0, 0
	for {
		n := decodePairs(text[to:], text[from:])
		from, to = from+2*n, to+n
		if from == len(text) {
			return text[:to], true
		}
		n = hexSpace(text[from:])
		if n == 0 {
			return nil, false
		}
		from += n
	}
}

// decodePairs decodes pairs of digits up to the first that is none, and returns how
// many there were. dst may be the same memory as text, or before it.
//
// Eight digits at once are taken as the bytes of a word, the first as the lowest.
// Adding 0x80-x to a byte below 0x80 sets its high bit if it is x or more. A byte from
// 0x80 on is refused as well: it passes both bounds of a range, or overflows at both.
func decodePairs(dst, text []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; 2*n+8 <= len(text); n += 4 {
		w := binary.LittleEndian.Uint64(text[2*n:])
		lower := w | ones*0x20
		digit := (w + ones*(0x80-'0')) &^ (w + ones*(0x80-'9'-1))
		letter := (lower + ones*(0x80-'a')) &^ (lower + ones*(0x80-'f'-1))
		if (digit|letter)&highs != highs {
			break
		}
		// Letters, and no digits, have the bit 0x40. Their low bits count from 1.
		value := w&(ones*0x0F) + (w>>6&ones)*9
		value = (value<<4 | value>>8) & 0x00FF00FF00FF00FF
		value = (value | value>>8) & 0x0000FFFF0000FFFF
		binary.LittleEndian.PutUint32(dst[n:], uint32(value|value>>16))
	}
	for ; 2*n+2 <= len(text); n++ {
		high, low := hexValue[text[2*n]], hexValue[text[2*n+1]]
		if high == notHex || low == notHex {
			break
		}
		dst[n] = high<<4 | low
	}
	return n
}

// hexSpace is how much space the text begins with.
func hexSpace(text []byte) int {
	return len(text) - len(bytes.TrimLeft(text, " \t\n\v\f\r"))
}
