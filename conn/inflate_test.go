package conn

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
)

// packedBy compresses with the standard library as RFC 7692 7.2.1 says.
func packedBy(level int, payload string) string {
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, level)
	if err != nil {
		panic(err)
	}
	z.Write([]byte(payload))
	z.Flush()
	return strings.TrimSuffix(b.String(), "\x00\x00\xff\xff")
}

func packed(payload string) string { return packedBy(6, payload) }

// bombOf packs n zeros.
func bombOf(n int) string { return packed(strings.Repeat("\x00", n)) }

// inflateInPieces feeds packed in pieces to an inflater, whose room grows by step.
func inflateInPieces(z *inflater, pieces [][]byte, limit, step int) (out []byte, how inflation) {
	out = make([]byte, 0, limit)
	for _, p := range pieces {
		for {
			var used int
			out, used, how = z.inflate(out, min(limit, len(out)+step), p)
			p = p[used:]
			if how != filled || len(out) == limit {
				break
			}
		}
		if how != starved {
			return out, how
		}
	}
	if !z.finish(out) {
		return out, broken
	}
	return out, starved
}

// inflateByTheBook does the same with the standard library: behind the message come
// what its sender has left out and a block that ends the stream; when all of that is
// read, the message was whole.
func inflateByTheBook(packed []byte, limit int) (out []byte, how inflation) {
	out, clean, err := inflateStreams(packed, limit)
	if len(out) > limit {
		return out[:limit], filled
	}
	if !clean && !errors.Is(err, io.ErrUnexpectedEOF) {
		return out, broken
	}
	for _, left := range []string{"", "\x00\x00\xff\xff"} {
		all, clean, _ := inflateStreams([]byte(string(packed)+left+"\x01\x00\x00\xff\xff"), limit)
		if clean && len(all) == len(out) {
			return out, starved
		}
	}
	return out, broken
}

// inflateStreams reads one stream of DEFLATE after the other until nothing is left.
func inflateStreams(packed []byte, limit int) (out []byte, clean bool, err error) {
	r := bytes.NewReader(packed)
	for r.Len() > 0 && len(out) <= limit {
		more, err := io.ReadAll(io.LimitReader(flate.NewReader(r), int64(limit+1-len(out))))
		out = append(out, more...)
		if err != nil {
			return out, false, err
		}
	}
	return out, true, nil
}

func FuzzInflate(f *testing.F) {
	var jsons strings.Builder
	for i := range 60 {
		fmt.Fprintf(&jsons, `{"id":%d,"name":"Song %x","playtime":%d},`, i, i*i*7919, i*131%400)
	}
	for _, payload := range []string{"", "Hello", strings.Repeat("ä", 200), jsons.String(), strings.Repeat("\x00", 3000)} {
		for _, level := range []int{-2, 0, 1, 9} {
			f.Add([]byte(packedBy(level, payload)), []byte{2, 0}, uint16(4000), uint16(7))
		}
	}
	for _, packed := range []string{
		"\xf2\x48\xcd\xc9\xc9\x07\x00", "\xf3\x48\xcd\xc9\xc9\x07\x00\x00", // "Hello", as in RFC 7692 7.2.3
		"\xf3\x48\xcd\xc9\xc9\x07\x00", "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
		"", "\x00", "\x07", "\x05\xe0\x81\x08\x00\x00\x00\x00\x20\x7f\xeb\x0b", "\x01\x05\x00\xfa\xffhello\x00", "\x00\x05\x00\xfa\xfehello",
		"\x02", "\x02\x02\x00\x00", hello + "\x00\x00\xff\xff\x02\x02\x00\x00", "\xf3\x48\xcd\xc9\xc9\x07\x00\x02\x02\x00\x00",
		dynamicBlock([]uint8{1, 1}), dynamicBlock([]uint8{1, 1, 1}), dynamicBlock([]uint8{2, 1}),
	} {
		f.Add([]byte(packed), []byte{0}, uint16(100), uint16(1))
	}
	f.Add([]byte(dynamicBlock([]uint8{1, 1})), []byte{0}, uint16(5), uint16(1))
	f.Fuzz(func(t *testing.T, packed, cuts []byte, limit, step uint16) {
		want, wantHow := inflateByTheBook(packed, int(limit))
		z := newInflater()
		defer z.release()
		got, how := inflateInPieces(z, chop(packed, cuts), int(limit), int(step)+1)
		if how == broken && z.endless() && wantHow != starved && bytes.HasPrefix(want, got) {
			return
		}
		if how == filled && wantHow == broken && len(want) == int(limit) && bytes.Equal(got, want) {
			return // it breaks off at the limit, inside a block that goes beyond: too long, and not whole
		}
		if how != wantHow || how != broken && !bytes.Equal(got, want) {
			t.Errorf("%x in pieces %v: %d %q, by the standard library %d %q", packed, cuts, how, got, wantHow, want)
		}
		if len(got) > int(limit) {
			t.Errorf("%d bytes were put out, the limit is %d", len(got), limit)
		}
	})
}

// endless reports whether z has stopped at codes among which none ends the block. It
// refuses them at once, like zlib; the standard library goes on until the limit or the
// input ends, and never accepts them either.
func (z *inflater) endless() bool {
	return z.stage == codeLengths && z.known == z.numbers.literals+z.numbers.distances && z.lengths[endOfBlock] == 0
}

// dynamicBlock begins a block whose first literals have codes of the given lengths, 1 or 2,
// and nothing else has one, not even the end of the block.
func dynamicBlock(lengths []uint8) string {
	var b []byte
	at := 0
	put := func(n, v int) {
		for i := range n {
			if at%8 == 0 {
				b = append(b, 0)
			}
			b[at/8] |= byte(v>>i&1) << (at % 8)
			at++
		}
	}
	put(3, 2<<1)    // a block with dynamic codes
	put(14, 14<<10) // 257 literals, 1 distance, 18 lengths of codes for lengths
	for _, symbol := range lengthOrder[:18] {
		put(3, map[uint8]int{1: 2, 2: 2, 18: 1}[symbol])
	}
	for _, n := range lengths {
		put(2, int([]uint8{1, 3}[n-1])) // the codes 10 and 11
	}
	for left := 258 - len(lengths); left > 0; {
		n := min(left, 138)
		put(1, 0) // a run of zeros
		put(7, n-11)
		left -= n
	}
	return string(append(b, make([]byte, 8)...))
}

// A set of codes is refused as soon as its lengths are known, not when it is used.
func TestSetsOfCodes(t *testing.T) {
	for _, tc := range []struct {
		lengths string
		ok      bool
	}{
		{"", true}, {"0000", true}, {"1", true}, {"01", true}, {"11", true}, {"122", true}, {"3333223", false},
		{"111", false}, {"1222", false}, {"12", false}, {"2", false}, {"222", false}, {"33332203", false}, {"33332202", false}, {"3333220", true},
	} {
		lengths := []byte(tc.lengths)
		for i := range lengths {
			lengths[i] -= '0'
		}
		if ok := new(huffman).build(lengths); ok != tc.ok {
			t.Errorf("%q: %v", tc.lengths, ok)
		}
	}
	z := newInflater()
	defer z.release()
	if _, _, how := z.inflate(nil, 0, []byte(dynamicBlock([]uint8{1, 1}))); how != broken {
		t.Error("a block without an end waits for more")
	}
}

func TestInflaterIsSmall(t *testing.T) {
	if size := reflect.TypeFor[inflater]().Size(); size > inflaterMemory {
		t.Errorf("an inflater has %d bytes, the figure is %d", size, inflaterMemory)
	}
}

func BenchmarkInflate(b *testing.B) {
	for _, size := range []int{512, 16 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			payload := jsonOf(size)
			packed := []byte(packed(payload))
			out := make([]byte, 0, size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				z := newInflater()
				got, _, how := z.inflate(out, size, packed)
				if how != starved || !z.finish(got) || len(got) != size {
					b.Fatal(how)
				}
				z.release()
			}
		})
		b.Run(fmt.Sprintf("bytes=%d;standard", size), func(b *testing.B) {
			packed := []byte(packed(jsonOf(size)) + "\x00\x00\xff\xff\x01\x00\x00\xff\xff")
			out := make([]byte, size)
			r := bytes.NewReader(nil)
			z := flate.NewReader(r)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				r.Reset(packed)
				z.(flate.Resetter).Reset(r, nil)
				if _, err := io.ReadFull(z, out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// jsonOf is text of the kind that is compressed here.
func jsonOf(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `{"id":%d,"name":"Song %d of the album","artist":"Artist %x","playtime":%d,"rating":0},`, i, i*7919%1000, i*2654435761%65536, i*131%400)
	}
	return b.String()[:size]
}
