package conn

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/ws"
	"pgregory.net/rapid"
)

// agreesWithTheLibrary holds whole against the library's reader and judge.
func agreesWithTheLibrary(p []byte, limit int) error {
	r := bytes.NewReader(p)
	h, err := ws.ReadHeader(r)
	size := len(p) - r.Len()
	want := err == nil && ws.CheckHeader(h, ws.StateServerSide) == nil && h.Fin &&
		size == ws.HeaderSize(h) && // the shortest form of the length
		(h.OpCode.IsControl() || h.Length <= int64(limit)) && h.Length <= int64(r.Len())
	var body []byte
	if want {
		body = bytes.Clone(p[size : size+int(h.Length)])
		ws.Cipher(body, h.Mask, 0)
		want = h.OpCode != ws.OpText || utf8.Valid(body)
	}
	mine := bytes.Clone(p)
	payload, used, what, ok := whole(mine, limit)
	switch {
	case ok != want:
		return fmt.Errorf("%q with limit %d: ok is %v, the library says %v %+v", p, limit, ok, want, h)
	case !ok && (!bytes.Equal(mine, p) || payload != nil || used != 0 || what != nothing):
		return fmt.Errorf("%q was refused, but has become %q (%q, %d, %d)", p, mine, payload, used, what)
	case !ok:
		return nil
	case used != size+len(body) || !bytes.Equal(payload, body) || what != kinds[h.OpCode]:
		return fmt.Errorf("%q is %d bytes, %d %q, the library says %d, %d %q", p, used, what, payload, size+len(body), kinds[h.OpCode], body)
	case !bytes.Equal(mine[used:], p[used:]):
		return fmt.Errorf("%q: what is behind the frame has become %q", p, mine[used:])
	}
	return nil
}

var kinds = map[ws.OpCode]kind{ws.OpText: textMessage, ws.OpBinary: binaryMessage, ws.OpPing: ping, ws.OpPong: pong, ws.OpClose: closing}

func TestWholeReadsHeadersAsTheLibrary(t *testing.T) {
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		// Random bytes behind a likely begin, so that all lengths of headers occur.
		p := append([]byte{
			rapid.OneOf(rapid.SampledFrom([]byte{0x81, 0x82, 0x88, 0x89, 0x8A}), rapid.Byte()).Draw(t, "first"),
			rapid.OneOf(rapid.SampledFrom([]byte{0x80, 0x85, 0xFD, 0xFE, 0xFF, 0x05}), rapid.Byte()).Draw(t, "second"),
		}, rapid.SampledFrom([]string{"", "\x00\x7D", "\x00\x7E", "\x00\xFF", "\x00\x00\x00\x00\x00\x01\x00\x00", "\x00\x00\x00\x00\x00\x00\xFF\xFF", "\x80\x00\x00\x00\x00\x01\x00\x00", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"}).Draw(t, "length")...)
		p = append(p, rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "bytes")...)
		p = append(p, make([]byte, rapid.SampledFrom([]int{0, 1, 120, 260, 70_000}).Draw(t, "zeros"))...)
		p = p[:rapid.IntRange(max(0, len(p)-20), len(p)).Draw(t, "cut off")]
		limit := rapid.SampledFrom([]int{0, 4, 125, 126, 1 << 20}).Draw(t, "limit")
		if err := agreesWithTheLibrary(p, limit); err != nil {
			t.Fatal(err)
		}
		if _, _, _, ok := whole(p, limit); ok {
			taken++
		}
	})
	if taken == 0 {
		t.Error("not one frame was taken")
	}
}

func FuzzWhole(f *testing.F) {
	for _, tc := range conformance {
		f.Add(tc.send[:min(len(tc.send), 4096)], uint32(300))
	}
	f.Add(text(strings.Repeat("é", 150)), uint32(299))
	for _, size := range []int{125, 126, 65535, 65536} { // in each form that the length can have
		for _, header := range [][]byte{{0x82, 0xFE}, {0x82, 0xFF, 0, 0, 0, 0, 0, byte(size >> 16)}} {
			frame := append(header, byte(size>>8), byte(size))
			f.Add(append(frame, make([]byte, 4+size)...), uint32(1<<20))
		}
	}
	f.Fuzz(func(t *testing.T, p []byte, limit uint32) {
		if err := agreesWithTheLibrary(p, int(limit)); err != nil {
			t.Error(err)
		}
	})
}

// decodeInPlace is decodeAll with every frame offered to whole first, as a connection
// does it.
func decodeInPlace(limit int, ext extension, pieces [][]byte) []string {
	d := decoder{limit: limit, ext: ext}
	defer d.release()
	var out []string
	for _, p := range pieces {
		p = bytes.Clone(p)
		for len(p) > 0 {
			if d.idle() {
				if payload, used, what, ok := whole(p, limit); ok {
					p = p[used:]
					var end bool
					if out, end = describe(out, what, payload); end {
						return out
					}
					continue
				}
			}
			used, what, err := d.next(p)
			p = p[used:]
			if err != nil {
				return append(out, failure(err))
			}
			var end bool
			if out, end = describe(out, what, d.completed(what)); end {
				return out
			}
		}
	}
	return append(out, "more")
}

func TestWholeAndDecoderGiveTheSameAsTheDecoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stream, limit := drawStream(t)
		pieces := chop(stream, rapid.SliceOfN(rapid.Byte(), 0, 4).Draw(t, "cuts"))
		ext := extension{window: rapid.SampledFrom([]uint8{0, 15}).Draw(t, "window")}
		if got, want := decodeInPlace(limit, ext, pieces), decodeAll(limit, ext, pieces); !slices.Equal(got, want) {
			t.Fatalf("in place %q, decoded %q", got, want)
		}
	})
}

func TestWholeAllocatesNothing(t *testing.T) {
	frame := text(strings.Repeat("ä", 128))
	buf := make([]byte, len(frame))
	got := testing.AllocsPerRun(100, func() {
		copy(buf, frame)
		if _, used, what, ok := whole(buf, 1000); !ok || used != len(buf) || what != textMessage {
			t.Fatal("not taken")
		}
	})
	if got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func BenchmarkWhole(b *testing.B) {
	for _, size := range []int{0, 32, 256, 4096} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			// Masked with zeros, the frame is the same again after each round.
			frame := append([]byte{0x81, 0xFE, byte(size >> 8), byte(size), 0, 0, 0, 0}, strings.Repeat("a", size)...)
			if size < 126 {
				frame = append([]byte{0x81, 0x80 | byte(size), 0, 0, 0, 0}, strings.Repeat("a", size)...)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				payload, used, _, ok := whole(frame, 1<<20)
				if !ok || used != len(frame) || len(payload) != size {
					b.Fatal("not taken")
				}
			}
		})
	}
}
