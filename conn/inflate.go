package conn

import (
	"encoding/binary"
	"sync"
)

// inflater takes DEFLATE (RFC 1951) apart as it arrives, in pieces of any size. It
// exists because readers of the usual kind pull their input: one that runs dry in the
// middle of a message would have to wait on a goroutine of its own. What it has put
// out is its window, since no message refers to the one before; so it is small.
//
// A message may be several streams of DEFLATE, each ended by a block with BFINAL and
// padding to a whole byte (RFC 7692 7.2.3.4, 7.2.3.5); none refers to the one before.
type inflater struct {
	bits  uint64 // taken from the input and not used yet; the next one lowest, zeros above count
	count uint   // number of bits, at most 63

	stage inflateStage
	final bool // the block is the last of its stream
	begin int  // of the stream, in the output
	left  int  // bytes to come of a stored block, or of a match
	back  int  // distance of the match

	literals, distances *huffman // of the block: own, or the fixed ones
	own                 [2]huffman
	lengths             [286 + 30]uint8 // of the codes of a block
	known               int             // number of lengths that are read
	tables              uint32          // made so far, for blocks with codes of their own; it wraps
	numbers             struct{ codeLengths, literals, distances int }
}

// inflaterMemory is what an inflater takes, in bytes, rounded up.
const inflaterMemory = 4 << 10

// inflaterPool keeps inflaters for the next message. There are never more of them in
// use than there are unfinished compressed messages.
var inflaterPool = sync.Pool{New: func() any { return new(inflater) }}

func newInflater() *inflater {
	z := inflaterPool.Get().(*inflater)
	z.bits, z.count, z.stage, z.final, z.begin = 0, 0, blockHeader, false, 0
	return z
}

func (z *inflater) release() { inflaterPool.Put(z) }

// inflateStage is what an inflater reads next.
type inflateStage uint8

const (
	blockHeader inflateStage = iota
	storedHeader
	storedBytes
	dynamicHeader // the numbers of codes
	lengthCodes   // the lengths of the codes for lengths
	codeLengths   // the lengths of the codes
	blockSymbols
	matchBytes // the rest of a match, for which there was no room
)

// inflation says how far inflating has come.
type inflation uint8

const (
	going   inflation = iota
	starved           // all input is used
	filled            // there is more to put out than there is room for
	broken            // this is not DEFLATE
)

// inflate appends what src contains to dst, which holds what was put out before. The
// result gets no longer than max, nor than the capacity of dst. used is how many bytes
// of src are taken; what is not ought to be given again.
func (z *inflater) inflate(dst []byte, max int, src []byte) (out []byte, used int, how inflation) {
	w, left := len(dst), src
	room := dst[:min(max, cap(dst))]
	for how == going {
		left = z.fill(left)
		switch z.stage {
		case blockHeader:
			how = z.readBlockHeader()
		case storedHeader:
			how = z.readStoredHeader()
		case storedBytes:
			w, left, how = z.copyStored(room, w, left)
		case dynamicHeader:
			how = z.readNumbers()
		case lengthCodes:
			left, how = z.readLengthCodes(left)
		case codeLengths:
			left, how = z.readCodeLengths(left)
		case blockSymbols:
			w, left, how = z.decode(room, w, left)
		case matchBytes:
			w, how = z.copyMatch(room, w)
		}
	}
	return room[:w], len(src) - len(left), how
}

// tail is what the sender of a message has left out at its end (RFC 7692 7.2.1).
var tail = []byte{0x00, 0x00, 0xFF, 0xFF}

// finish reports whether out is all of a message. One that ends where a block could
// begin lacks nothing, though its sender should have left the tail out behind a block
// of its own: that is how zlib ends an empty message, and a stream with BFINAL.
func (z *inflater) finish(out []byte) bool {
	if z.between() {
		return true
	}
	_, _, how := z.inflate(out, len(out), tail)
	return how == starved && z.between()
}

// between reports whether a block may begin, with no bit of input left.
func (z *inflater) between() bool { return z.stage == blockHeader && z.count == 0 }

// fill takes as many bytes from p as there is room for in bits. Afterwards there are at
// least 56 bits, or p is used up.
func (z *inflater) fill(p []byte) []byte {
	z.bits, z.count, p = refill(z.bits, z.count, p)
	return p
}

func refill(bits uint64, count uint, p []byte) (uint64, uint, []byte) {
	if len(p) >= 8 {
		n := (63 - count) / 8
		bits |= binary.LittleEndian.Uint64(p) << count
		count += n * 8
		return bits & (1<<count - 1), count, p[n:]
	}
	for len(p) > 0 && count < 56 {
		bits |= uint64(p[0]) << count
		count += 8
		p = p[1:]
	}
	return bits, count, p
}

func (z *inflater) drop(n uint) {
	z.bits >>= n
	z.count -= n
}

// readBlockHeader reads BFINAL and BTYPE (RFC 1951 3.2.3).
func (z *inflater) readBlockHeader() inflation {
	if z.count < 3 {
		return starved
	}
	z.final = z.bits&1 != 0
	kind := z.bits >> 1 & 3
	z.drop(3)
	switch kind {
	case 0:
		z.drop(z.count % 8)
		z.stage = storedHeader
	case 1:
		z.literals, z.distances = fixedLiterals, fixedDistances
		z.stage = blockSymbols
	case 2:
		z.stage = dynamicHeader
	default:
		return broken
	}
	return going
}

// readStoredHeader reads LEN and NLEN (RFC 1951 3.2.4).
func (z *inflater) readStoredHeader() inflation {
	if z.count < 32 {
		return starved
	}
	size, inverse := uint16(z.bits), uint16(z.bits>>16)
	if size != ^inverse {
		return broken
	}
	z.drop(32)
	z.left = int(size)
	z.stage = storedBytes
	return going
}

func (z *inflater) copyStored(room []byte, w int, p []byte) (int, []byte, inflation) {
	for z.left > 0 {
		var n int
		switch {
		case w == len(room):
			return w, p, filled
		case z.count > 0:
			room[w] = byte(z.bits)
			z.drop(8)
			n = 1
		case len(p) == 0:
			return w, p, starved
		default:
			n = copy(room[w:min(len(room), w+z.left)], p)
			p = p[n:]
		}
		w += n
		z.left -= n
	}
	z.endBlock(w)
	return w, p, going
}

func (z *inflater) endBlock(w int) {
	z.stage = blockHeader
	if z.final {
		z.drop(z.count % 8)
		z.begin = w
	}
}
