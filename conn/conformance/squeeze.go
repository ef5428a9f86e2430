package conformance

import (
	"bytes"
	"compress/flate"
	"math/bits"
	"sync"
)

// squeezer compresses the messages of the client.
type squeezer interface {
	// message returns one compressed message, without the four bytes of RFC 7692 7.2.1.
	message(b []byte) []byte
	// release ends its use.
	release()
}

func newSqueezer(bits int, fresh bool) squeezer {
	if bits == maxBits {
		return &library{fresh: fresh}
	}
	return &narrow{window: 1 << bits, fresh: fresh}
}

// library is the compressor of the standard library, whose window has 32 KiB and whose
// blocks are of all types.
type library struct {
	fresh bool
	out   bytes.Buffer
	w     *flate.Writer // nil before the first message
}

// writers are large, and most cases need one only for a moment.
var writers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // this level exists
	}
	return w
}}

func (z *library) message(b []byte) []byte {
	switch {
	case z.w == nil:
		z.w = writers.Get().(*flate.Writer)
		z.w.Reset(&z.out)
	case z.fresh:
		z.w.Reset(&z.out)
	}
	z.out.Reset()
	_, _ = z.w.Write(b) // into memory
	_ = z.w.Flush()
	return bytes.TrimSuffix(z.out.Bytes(), []byte{0x00, 0x00, 0xFF, 0xFF})
}

func (z *library) release() {
	if z.w != nil {
		writers.Put(z.w)
		z.w = nil
	}
}

// narrow is a compressor with a window of any size, which uses all of it. It knows one
// block with the fixed codes.
type narrow struct {
	window int
	fresh  bool
	past   []byte // at most window bytes
	out    []byte
	bits   uint64
	have   uint
}

func (z *narrow) release() {}

func (z *narrow) put(v, n uint) {
	z.bits |= uint64(v) << z.have
	z.have += n
	for z.have >= 8 {
		z.out = append(z.out, byte(z.bits))
		z.bits >>= 8
		z.have -= 8
	}
}

// code writes a Huffman code, which begins with its highest bit.
func (z *narrow) code(v, n uint) { z.put(uint(bits.Reverse16(uint16(v)))>>(16-n), n) }

func (z *narrow) literal(s uint) {
	switch {
	case s < 144:
		z.code(0x30+s, 8)
	case s < 256:
		z.code(0x190+s-144, 9)
	case s < 280:
		z.code(s-256, 7)
	default:
		z.code(0xC0+s-280, 8)
	}
}

func (z *narrow) match(n, far int) {
	s := 28
	for n < int(lengthBase[s]) {
		s--
	}
	z.literal(uint(257 + s))
	z.put(uint(n-int(lengthBase[s])), uint(lengthExtra[s]))
	d := 29
	for far < int(distanceBase[d]) {
		d--
	}
	z.code(uint(d), 5)
	z.put(uint(far-int(distanceBase[d])), uint(distanceExtra[d]))
}

func (z *narrow) message(b []byte) []byte {
	const shortestMatch, longestMatch = 3, 258
	if z.fresh {
		z.past = z.past[:0]
	}
	all := append(z.past[:len(z.past):len(z.past)], b...)
	z.out, z.bits, z.have = nil, 0, 0
	z.put(2, 3)             // fixed codes, not the last block
	var seen [1 << 12]int32 // index of the last three bytes with a hash, plus one
	slot := func(i int) *int32 {
		return &seen[(uint32(all[i])|uint32(all[i+1])<<8|uint32(all[i+2])<<16)*0x9E3779B1>>20]
	}
	note := func(i int) {
		if i+shortestMatch <= len(all) {
			*slot(i) = int32(i + 1)
		}
	}
	for i := range z.past {
		note(i)
	}
	for i := len(z.past); i < len(all); {
		n, from := 0, i
		if i+shortestMatch <= len(all) {
			if at := int(*slot(i)) - 1; at >= 0 && i-at <= z.window {
				from = at
			}
		}
		for from < i && n < longestMatch && i+n < len(all) && all[i+n] == all[from+n] {
			n++
		}
		if n >= shortestMatch {
			z.match(n, i-from)
		} else {
			n = 1
			z.literal(uint(all[i]))
		}
		for range n {
			note(i)
			i++
		}
	}
	z.literal(256)
	z.put(0, 3) // the empty stored block, of which the client sends no more than this
	if z.have > 0 {
		z.put(0, 8-z.have)
	}
	z.past = all[max(0, len(all)-z.window):]
	return z.out
}
