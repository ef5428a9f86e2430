package conn

import "math/bits"

// fastBits is the size in bits of the codes that are found by one look: nearly all
// that occur, because the long codes are those of rare symbols.
const fastBits = 9

// maxCode is the length in bits of the longest code (RFC 1951 3.2.7).
const maxCode = 15

// huffman is a set of codes of DEFLATE (RFC 1951 3.2.2).
type huffman struct {
	fast    [1 << fastBits]uint16 // symbol<<4 | length of the code that these bits begin with, 0 for none or a longer one
	count   [maxCode + 1]uint16   // number of codes of each length
	symbols [288]uint16           // in the order of their codes
}

// build makes the set from the lengths of the codes, 0 for a symbol without one. It
// reports whether the lengths make a set: more codes than fit do not, and fewer only
// if it is a single one, or none where none is needed.
func (h *huffman) build(lengths []uint8) bool {
	h.count = [maxCode + 1]uint16{}
	for _, n := range lengths {
		if n != 0 {
			h.count[n]++
		}
	}
	var next, first [maxCode + 2]uint16 // code and place among symbols, of each length
	free := 1
	used := 0
	for n := 1; n <= maxCode; n++ {
		free = free<<1 - int(h.count[n])
		if free < 0 {
			return false
		}
		used += int(h.count[n])
		next[n+1] = (next[n] + h.count[n]) << 1
		first[n+1] = first[n] + h.count[n]
	}
	if free > 0 && used > 0 && (used > 1 || h.count[1] == 0) {
		return false
	}
	clear(h.fast[:])
	for symbol, n := range lengths {
		if n == 0 {
			continue
		}
		h.symbols[first[n]] = uint16(symbol)
		first[n]++
		code := next[n]
		next[n]++
		if n > fastBits {
			continue
		}
		// The bits of a code come highest first, everything else lowest first.
		for at := int(bits.Reverse16(code) >> (16 - n)); at < len(h.fast); at += 1 << n {
			h.fast[at] = uint16(symbol)<<4 | uint16(n)
		}
	}
	return true
}

// find decodes the symbol that b begins with. size is the length of its code, which
// may be more than what is there of b; it is 0 when no code fits.
func (h *huffman) find(b uint64) (symbol, size uint) {
	if e := uint(h.fast[b&(1<<fastBits-1)]); e != 0 {
		return e >> 4, e & 0xF
	}
	return h.findLong(b)
}

// findLong goes through the codes by their length: those of one length follow each
// other, behind those of the length before.
func (h *huffman) findLong(b uint64) (symbol, size uint) {
	code, first, place := uint(0), uint(0), uint(0)
	for n := uint(1); n <= maxCode; n++ {
		code |= uint(b & 1)
		b >>= 1
		count := uint(h.count[n])
		if code < first+count {
			return uint(h.symbols[place+code-first]), n
		}
		place += count
		first = (first + count) << 1
		code <<= 1
	}
	return 0, 0
}

// The codes of a block with fixed codes (RFC 1951 3.2.6).
var fixedLiterals, fixedDistances = fixedCodes()

func fixedCodes() (literals, distances *huffman) {
	var lengths [288]uint8
	for symbol := range lengths {
		switch {
		case symbol < 144:
			lengths[symbol] = 8
		case symbol < 256:
			lengths[symbol] = 9
		case symbol < 280:
			lengths[symbol] = 7
		default:
			lengths[symbol] = 8
		}
	}
	literals, distances = new(huffman), new(huffman)
	literals.build(lengths[:])
	for symbol := range 32 {
		lengths[symbol] = 5
	}
	distances.build(lengths[:32])
	return literals, distances
}

// span is what a length or distance symbol stands for (RFC 1951 3.2.5): a first value
// and the number of bits that are added to it.
type span struct {
	first uint16
	extra uint8
}

const (
	endOfBlock = 256
	firstSpan  = 257 // the first symbol that is a length
)

var lengthSpans = [...]span{
	{3, 0}, {4, 0}, {5, 0}, {6, 0}, {7, 0}, {8, 0}, {9, 0}, {10, 0}, {11, 1}, {13, 1}, {15, 1}, {17, 1}, {19, 2}, {23, 2}, {27, 2},
	{31, 2}, {35, 3}, {43, 3}, {51, 3}, {59, 3}, {67, 4}, {83, 4}, {99, 4}, {115, 4}, {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0},
}

var distanceSpans = [...]span{
	{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 1}, {7, 1}, {9, 2}, {13, 2}, {17, 3}, {25, 3}, {33, 4}, {49, 4}, {65, 5}, {97, 5}, {129, 6},
	{193, 6}, {257, 7}, {385, 7}, {513, 8}, {769, 8}, {1025, 9}, {1537, 9}, {2049, 10}, {3073, 10}, {4097, 11}, {6145, 11}, {8193, 12},
	{12289, 12}, {16385, 13}, {24577, 13},
}

// lengthOrder is the order of the lengths of the codes for lengths (RFC 1951 3.2.7).
var lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
