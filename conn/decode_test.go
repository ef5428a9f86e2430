package conn

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/ws"
	"pgregory.net/rapid"
)

// decodeAll feeds a stream in the given pieces and describes what comes out; the
// last entry is "more" or the close code of the violation.
func decodeAll(limit int, ext extension, pieces [][]byte) []string {
	d := decoder{limit: limit, ext: ext}
	defer d.release()
	var out []string
	for _, p := range pieces {
		p = bytes.Clone(p)
		for len(p) > 0 {
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

// completed is a copy of what next has completed.
func (d *decoder) completed(what kind) []byte {
	switch what {
	case textMessage, binaryMessage:
		m := d.takeMessage()
		defer m.release()
		return bytes.Clone(m.bytes())
	case ping, pong, closing:
		return bytes.Clone(d.controlBody())
	default:
		return nil
	}
}

// describe adds a line about a message or control frame, and says whether it ends the
// connection.
func describe(out []string, what kind, payload []byte) (all []string, end bool) {
	switch what {
	case nothing, undecided:
		return out, false
	case closing:
		code, reason, err := checkClose(payload)
		if err != nil {
			return append(out, failure(err)), true
		}
		return append(out, fmt.Sprintf("close %d %q", code, reason)), true
	default:
		return append(out, fmt.Sprintf("%d %q", what, payload)), false
	}
}

func failure(err error) string {
	v, ok := errors.AsType[*ViolationError](err)
	if !ok {
		return err.Error()
	}
	return fmt.Sprint("fails with ", v.Code)
}

// decodeSlowly does the same with the library's reader and judge, one whole frame
// at a time and with the plainest of code: what the decoder must agree with. Of a
// compressed message it inflates, at each frame, all that is there.
func decodeSlowly(limit int, ext extension, stream []byte) []string {
	var out []string
	var message, packed []byte
	var compressed bool
	var op ws.OpCode
	for {
		state := ws.StateServerSide
		if op != 0 {
			state |= ws.StateFragmented
		}
		if len(stream) < ws.MinHeaderSize {
			return append(out, "more")
		}
		// The first two bytes alone decide over everything but the length; the bytes
		// behind them are made up so that an extended length is a long one.
		early, err := ws.ReadHeader(bytes.NewReader(append(bytes.Clone(stream[:2]), bytes.Repeat([]byte{1}, 12)...)))
		mark := early.Rsv == 4 && ext.compresses() && (early.OpCode == ws.OpText || early.OpCode == ws.OpBinary)
		if mark {
			early.Rsv = 0
		}
		if err != nil || ws.CheckHeader(early, state) != nil {
			return append(out, "fails with 1002")
		}
		if op == 0 && early.OpCode.IsData() {
			compressed = mark
		}
		r := bytes.NewReader(stream)
		h, err := ws.ReadHeader(r)
		switch {
		case errors.Is(err, ws.ErrHeaderLengthMSB):
			// The library refuses before the mask has arrived; the decoder reads whole
			// headers.
			if len(stream) < ws.MaxHeaderSize {
				return append(out, "more")
			}
			return append(out, "fails with 1002")
		case err != nil:
			return append(out, "more")
		case ws.HeaderSize(h) != len(stream)-r.Len():
			return append(out, "fails with 1002") // not the shortest form
		case h.OpCode.IsControl():
		case compressed && h.Length > int64(2*limit+1024-len(packed)):
			return append(out, "fails with 1009")
		case !compressed && h.Length > int64(limit-len(message)):
			return append(out, "fails with 1009")
		}
		stream = stream[len(stream)-r.Len():]
		body := bytes.Clone(stream[:min(int64(len(stream)), h.Length)])
		ws.Cipher(body, h.Mask, 0)
		whole := int64(len(body)) == h.Length
		stream = stream[len(body):]
		if h.OpCode.IsData() {
			if h.OpCode != ws.OpContinuation {
				op = h.OpCode
			}
			last := whole && h.Fin
			how := starved
			if compressed {
				packed = append(packed, body...)
				message, how = inflateSlowly(packed, limit, last)
			} else {
				message = append(message, body...)
			}
			switch {
			case op == ws.OpText && !completable(message), how == broken, how == starved && op == ws.OpText && last && !utf8.Valid(message):
				return append(out, "fails with 1007")
			case how == filled:
				return append(out, "fails with 1009")
			}
		}
		if !whole {
			return append(out, "more")
		}
		switch {
		case h.OpCode == ws.OpPing:
			out = append(out, fmt.Sprintf("%d %q", ping, body))
		case h.OpCode == ws.OpPong:
			out = append(out, fmt.Sprintf("%d %q", pong, body))
		case h.OpCode == ws.OpClose:
			return append(out, closeSlowly(body))
		case h.Fin:
			what := textMessage
			if op == ws.OpBinary {
				what = binaryMessage
			}
			out = append(out, fmt.Sprintf("%d %q", what, message))
			message, packed, op = nil, nil, 0
		}
	}
}

// inflateSlowly inflates in one go, with room for all.
func inflateSlowly(packed []byte, limit int, last bool) ([]byte, inflation) {
	z := newInflater()
	defer z.release()
	out, _, how := z.inflate(make([]byte, 0, limit), limit, packed)
	if how == starved && last && !z.finish(out) {
		how = broken
	}
	return out, how
}

func closeSlowly(body []byte) string {
	if len(body) == 0 {
		return `close 0 ""`
	}
	if len(body) == 1 {
		return "fails with 1002"
	}
	code, reason := int(body[0])<<8|int(body[1]), string(body[2:])
	sendable := []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014}
	switch {
	case code < 3000 && !slices.Contains(sendable, code), code > 4999:
		return "fails with 1002"
	case !utf8.ValidString(reason):
		return "fails with 1007"
	}
	return fmt.Sprintf("close %d %q", code, reason)
}

// completable reports whether some continuation makes b valid UTF-8, by trying: the
// second byte of a character has five possible ranges, and one of these three bytes
// is in each of them.
func completable(b []byte) bool {
	var try func(b []byte, depth int) bool
	try = func(b []byte, depth int) bool {
		if utf8.Valid(b) {
			return true
		}
		if depth == 0 {
			return false
		}
		for _, c := range []byte{0x80, 0x90, 0xA0} {
			if try(append(bytes.Clone(b), c), depth-1) {
				return true
			}
		}
		return false
	}
	return try(b, utf8.UTFMax-1)
}

// chop cuts a stream into pieces; the sizes come from cuts, over and over.
func chop(stream, cuts []byte) [][]byte {
	var pieces [][]byte
	for i := 0; len(stream) > 0; i++ {
		n := len(stream)
		if len(cuts) > 0 {
			n = min(n, 1+int(cuts[i%len(cuts)]))
		}
		pieces = append(pieces, stream[:n])
		stream = stream[n:]
	}
	return pieces
}

func FuzzDecode(f *testing.F) {
	for _, tc := range conformance {
		f.Add(tc.send, []byte{0, 3}, uint16(300))
	}
	f.Add(raw(0x81, strings.Repeat("é", 150)), []byte{1}, uint16(299))
	for _, tc := range deflateConformance {
		f.Add(tc.send[:min(len(tc.send), 4096)], []byte{2}, uint16(3000))
	}
	f.Fuzz(func(t *testing.T, stream, cuts []byte, limit uint16) {
		for _, ext := range []extension{{}, {window: 15}} {
			want := decodeSlowly(int(limit), ext, stream)
			if got := decodeAll(int(limit), ext, chop(stream, cuts)); !slices.Equal(got, want) {
				t.Errorf("stream %q in pieces %v, limit %d, %v:\ngot  %q\nwant %q", stream, cuts, limit, ext, got, want)
			}
			if got := decodeInPlace(int(limit), ext, chop(stream, cuts)); !slices.Equal(got, want) {
				t.Errorf("stream %q in pieces %v, limit %d, %v:\nin place %q\nwant     %q", stream, cuts, limit, ext, got, want)
			}
		}
	})
}

// drawStream makes a stream of mostly valid frames and damages some: random bytes are
// rarely a second frame.
func drawStream(t *rapid.T) (stream []byte, limit int) {
	firsts := []byte{0x81, 0x01, 0x00, 0x80, 0x82, 0x02, 0x89, 0x8A, 0x88, 0x91, 0x83, 0xC1, 0x41}
	payload := rapid.OneOf(
		rapid.StringN(0, 300, -1),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 140), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{"\x03\xE8", "\x03\xE8bye", "\x03\xEE", "\x0F\xA0\xFF", "\xF0\x9F", "\x8E\xB5", "\xED\xA0"}),
	)
	for range rapid.IntRange(1, 5).Draw(t, "frames") {
		if rapid.Bool().Draw(t, "compressed") {
			stream = append(stream, drawCompressed(t, payload)...)
			continue
		}
		stream = append(stream, raw(rapid.SampledFrom(firsts).Draw(t, "first"), payload.Draw(t, "payload"))...)
	}
	if rapid.Bool().Draw(t, "damaged") {
		stream[rapid.IntRange(0, len(stream)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
	}
	return stream[:rapid.IntRange(0, len(stream)).Draw(t, "cut off")], rapid.IntRange(0, 400).Draw(t, "limit")
}

// drawCompressed makes the frames of one compressed message, fragmented anywhere.
func drawCompressed(t *rapid.T, payload *rapid.Generator[string]) (frames []byte) {
	packed := packedBy(rapid.IntRange(-2, 9).Draw(t, "level"), payload.Draw(t, "inflated"))
	op := byte(0xC1)
	for more := true; more; op = 0x80 {
		n := rapid.IntRange(0, len(packed)).Draw(t, "fragment")
		if more = rapid.Bool().Draw(t, "more"); more {
			frames = append(frames, raw(op&^0x80, packed[:n])...)
			packed = packed[n:]
		} else {
			frames = append(frames, raw(op, packed)...)
		}
		if rapid.Bool().Draw(t, "ping between") {
			frames = append(frames, pingOf("between")...)
		}
	}
	return frames
}

func TestDecoderAgreesWithTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stream, limit := drawStream(t)
		ext := extension{window: rapid.SampledFrom([]uint8{0, 15}).Draw(t, "window")}
		cuts := rapid.SliceOfN(rapid.Byte(), 0, 4).Draw(t, "cuts")
		if got, want := decodeAll(limit, ext, chop(stream, cuts)), decodeSlowly(limit, ext, stream); !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestUTF8CheckerFailsAtTheFirstWrongByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := []byte(rapid.String().Draw(t, "text"))
		if len(s) > 0 && rapid.Bool().Draw(t, "damaged") {
			s[rapid.IntRange(0, len(s)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		var c utf8Checker
		for i := range s {
			want := completable(s[max(0, i-8) : i+1])
			if i < 8 {
				want = completable(s[:i+1])
			} else if !want && completable(s[:i+1]) {
				want = true // the window began inside a character
			}
			if got := c.check(s[i : i+1]); got != want {
				t.Fatalf("after %q: %v, want %v", s[:i+1], got, want)
			}
			if !want {
				return
			}
		}
		if c.complete() != utf8.Valid(s) {
			t.Fatalf("%q complete: %v", s, !utf8.Valid(s))
		}
	})
}

func TestMessageMemoryFollowsWhatArrives(t *testing.T) {
	// A header that declares 16 MiB, and one byte of it.
	d := decoder{limit: 16 << 20}
	if _, _, err := d.next(raw(0x82, strings.Repeat("x", 16<<20))[:15]); err != nil {
		t.Fatal(err)
	}
	if got := cap(d.message.b); got > shareAbove {
		t.Errorf("%d bytes are reserved for one byte that has arrived", got)
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	stream := cat(text("hello, world"), pingOf("p"), raw(0x01, "one"), raw(0x80, "two"))
	buf := make([]byte, len(stream))
	d := decoder{limit: 1000}
	got := testing.AllocsPerRun(1000, func() {
		copy(buf, stream)
		rest := buf
		for len(rest) > 0 {
			used, what, err := d.next(rest)
			if err != nil {
				t.Fatal(err)
			}
			rest = rest[used:]
			if what == textMessage {
				d.takeMessage().release()
			}
		}
	})
	budget := 0.0
	if raceEnabled {
		budget = 4 // the detector makes pools forget now and then
	}
	if got > budget {
		t.Errorf("%v allocations for two messages and a ping, the budget is %v", got, budget)
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, size := range []int{32, 256, 4096} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			stream := text(strings.Repeat("a", size))
			buf := make([]byte, len(stream))
			d := decoder{limit: size}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				copy(buf, stream)
				_, what, err := d.next(buf)
				if err != nil || what != textMessage || d.message.len() != size {
					b.Fatalf("%v, %v, %d bytes", err, what, d.message.len())
				}
				d.takeMessage().release()
			}
		})
	}
}
