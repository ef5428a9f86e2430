package search

import "maps"

// alphabet numbers the characters that occur in names, so that a name is a
// short sequence of 16 bit codes and a table can be indexed by them. Code 0
// stands for a character that occurs in no name, and for those of a library
// with more than 65,535 different characters that found no number; it equals
// nothing, not even itself.
type alphabet struct {
	codes map[rune]uint16
}

// frequent characters get the first codes, because those have a bit of their
// own in a mask.
const frequent = " etaoinshrdlcumwfgypbvkjxqz0123456789"

func newAlphabet() alphabet {
	a := alphabet{codes: make(map[rune]uint16, 128)}
	for i, r := range frequent {
		a.codes[r] = uint16(i + 1)
	}
	return a
}

// clone returns an alphabet that may grow while the old one is being read.
func (a alphabet) clone() alphabet { return alphabet{maps.Clone(a.codes)} }

// size is one more than the highest code.
func (a alphabet) size() int { return len(a.codes) + 1 }

// encode appends the codes of text to codes, numbering new characters.
func (a alphabet) encode(codes []uint16, text string) []uint16 {
	for _, r := range text {
		code, known := a.codes[r]
		if !known && len(a.codes) < 1<<16-1 {
			code = uint16(len(a.codes) + 1)
			a.codes[r] = code
		}
		codes = append(codes, code)
	}
	return codes
}

// lookup returns the codes of text, 0 for characters that have none.
func (a alphabet) lookup(text string) []uint16 {
	codes := make([]uint16, 0, len(text))
	for _, r := range text {
		codes = append(codes, a.codes[r])
	}
	return codes
}

// mask has a bit for each character in codes; rare characters share bits.
func mask(codes []uint16) uint64 {
	var m uint64
	for _, c := range codes {
		m |= bit(c)
	}
	return m
}

func bit(code uint16) uint64 {
	const own = uint16(len(frequent))
	if code <= own {
		return 1 << code >> 1 // code 0 has no bit
	}
	return 1 << (own + code%(64-own))
}
