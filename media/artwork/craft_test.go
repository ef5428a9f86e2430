package artwork

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"testing"
)

// flat is a JPEG file of one colour, made by hand (ITU-T T.81): one value, 0 or 255,
// for each component. It can be what the encoder of the standard library does not write:
// progressive, of four components, and with scans that say nothing.
type flat struct {
	w, h        int
	components  []byte
	progressive bool
	adobe       bool // with the segment that says CMYK, its values inverted
	scans       int  // after the first
}

func (f flat) bytes() []byte {
	out := []byte{0xff, 0xd8}
	segment := func(marker byte, body ...byte) {
		out = append(out, 0xff, marker)
		out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
		out = append(out, body...)
	}
	if f.adobe {
		segment(0xee, append([]byte("Adobe"), 0, 100, 0, 0, 0, 0, 0)...)
	}
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	frame := []byte{8, byte(f.h >> 8), byte(f.h), byte(f.w >> 8), byte(f.w), byte(len(f.components))}
	scan := []byte{byte(len(f.components))}
	for i := range f.components {
		frame = append(frame, byte(i+1), 0x11, 0)
		scan = append(scan, byte(i+1), 0)
	}
	kind, last := byte(0xc0), byte(63)
	if f.progressive {
		kind, last = 0xc2, 0
	}
	segment(kind, frame...)
	counts := func(n ...byte) []byte { return append(n, make([]byte, 16-len(n))...) }
	// Differences of brightness: 0 is 0, 10 bits are 10, 11 bits are 110. Then nothing
	// but ends of blocks.
	segment(0xc4, append(append([]byte{0x00}, counts(1, 1, 1)...), 0, 10, 11)...)
	segment(0xc4, append(append([]byte{0x10}, counts(1)...), 0)...)
	segment(0xda, append(scan, 0, last, 0)...)
	out = append(out, f.blocks()...)
	for range f.scans {
		segment(0xda, 1, 1, 0, 1, 63, 0) // the same of the first component, all zeros
		out = append(out, make([]byte, (f.w+7)/8*((f.h+7)/8)/8+1)...)
	}
	return append(out, 0xff, markerEOI)
}

func (f flat) blocks() []byte {
	var (
		out  []byte
		bits uint64
		have int
	)
	put := func(value, n int) {
		bits, have = bits<<n|uint64(value), have+n
		for ; have >= 8; have -= 8 {
			b := byte(bits >> (have - 8))
			if out = append(out, b); b == 0xff {
				out = append(out, 0)
			}
		}
	}
	end := 1 // of a block
	if f.progressive {
		end = 0
	}
	for i := range ((f.w + 7) / 8) * ((f.h + 7) / 8) {
		for _, v := range f.components {
			switch {
			case i > 0: // as the block before
				put(0, 1)
			case v == 255:
				put(0b10, 2)
				put((255-128)*8, 10)
			case v == 0:
				put(0b110, 3)
				put(-128*8+2047, 11)
			}
			put(0, end)
		}
	}
	put(0x7f, 7)
	return out
}

// pngOf is a PNG file (PNG specification, 5 and 11) of the given bit depth and
// colour type whose data are n zeros: that many, whatever its rows need.
func pngOf(t testing.TB, w, h uint32, depth, kind byte, n int) []byte {
	t.Helper()
	out := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(name string, body []byte) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(body)))
		from := len(out)
		out = append(append(out, name...), body...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[from:]))
	}
	header := binary.BigEndian.AppendUint32(nil, w)
	header = binary.BigEndian.AppendUint32(header, h)
	chunk("IHDR", append(header, depth, kind, 0, 0, 0))
	chunk("IDAT", packedZeros(t, n))
	chunk("IEND", nil)
	return out
}

// packedZeros are n zeros in the zlib format (RFC 1950): one block of them, written
// as often as needed.
func packedZeros(t testing.TB, n int) []byte {
	t.Helper()
	const block = 1 << 16
	deflated := func(n int) []byte {
		var out bytes.Buffer
		w, err := flate.NewWriter(&out, flate.BestCompression)
		if err == nil {
			_, err = w.Write(make([]byte, n))
		}
		if err == nil {
			err = w.Flush() // ends at a whole byte, and more may follow
		}
		if err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	out := append([]byte{0x78, 0x9c}, bytes.Repeat(deflated(block), n/block)...)
	out = append(append(out, deflated(n%block)...), 3, 0) // the last block is empty
	return binary.BigEndian.AppendUint32(out, uint32(n%65521)<<16|1)
}
