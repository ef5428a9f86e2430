package conn

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/gobwas/ws"
)

// received reads a frame as a client with the given window does and returns its payload.
func received(t testing.TB, f frame, window uint8) (op ws.OpCode, payload string) {
	t.Helper()
	all := f.appendTo(nil)
	if f.size() != len(all) {
		t.Fatalf("size is %d of %d bytes", f.size(), len(all))
	}
	r := bytes.NewReader(all)
	h, err := ws.ReadHeader(r)
	if err != nil || h.Masked || !h.Fin || h.Length != int64(r.Len()) {
		t.Fatalf("%+v of %d bytes, %v", h, len(all), err)
	}
	body := all[len(all)-r.Len():]
	if h.Rsv == 0 {
		return h.OpCode, string(body)
	}
	if h.Rsv != 4 || window == 0 {
		t.Fatalf("%+v for window %d", h, window)
	}
	out, distance := naiveInflate(append(bytes.Clone(body), tail...))
	if distance > 1<<window {
		t.Fatalf("a distance of %d, the window is %d", distance, 1<<window)
	}
	return h.OpCode, string(out)
}

// compressible returns text that repeats itself at all distances up to size.
func compressible(size int) string {
	var b strings.Builder
	random := rand.New(rand.NewPCG(1, 2))
	for b.Len() < size {
		if n := b.Len(); n > 100 && random.IntN(3) > 0 {
			from := random.IntN(n - 50)
			b.WriteString(b.String()[from : from+10+random.IntN(40)])
		} else {
			fmt.Fprintf(&b, "%x", random.Uint64())
		}
	}
	return b.String()[:size]
}

// The window that a client has asked for is kept to, at every level.
func TestCompressedMessages(t *testing.T) {
	for level := 1; level <= 9; level += 2 {
		d := newDeflater(Deflate{Enabled: true, Level: level, MinSize: 10})
		for window := uint8(8); window <= maxWindow; window++ {
			if window < maxWindow && level > 1 {
				continue // levels differ in the largest window only
			}
			for _, size := range []int{100, 200, 70_000} {
				payload := compressible(size)
				if size <= 200 {
					payload = strings.Repeat("abc", size)[:size]
				}
				f := d.pack(Parts{Head: []byte(payload)}, window)
				if !f.packed || f.size() >= size || f.lent == nil {
					t.Fatalf("window %d: %d bytes become %d", window, size, f.size())
				}
				if op, got := received(t, f.frame, window); op != ws.OpText || got != payload {
					t.Errorf("window %d: %d bytes come back as %d", window, size, len(got))
				}
				f.lent.release()
			}
		}
	}
}

func TestWhatIsNotCompressed(t *testing.T) {
	d := newDeflater(Deflate{Enabled: true, Level: 1, MinSize: 100})
	noise := make([]byte, 50_000)
	for i := range noise {
		noise[i] = byte(rand.Int())
	}
	for name, p := range map[string]Parts{
		"small":       {Head: bytes.Repeat([]byte("a"), 99)},
		"empty":       {},
		"noise":       {Head: noise[:1000], Binary: true},
		"large noise": {Head: noise[:10], Body: noise, Binary: true},
	} {
		if f := d.pack(p, 15); f.packed {
			t.Errorf("%s becomes %d bytes", name, f.size())
		}
	}
	if d := newDeflater(Deflate{Level: 1}); d != nil {
		t.Error("there is a deflater where nothing is to be compressed")
	}
}

// A large body is compressed once, whatever is around it.
func TestSharedBodiesAreCompressedOnce(t *testing.T) {
	d := newDeflater(Deflate{Enabled: true, Level: 1, MinSize: 10})
	body := []byte(compressible(100_000))
	var first frame
	for i, p := range []Parts{
		{Head: []byte(`{"pass":1,"arguments":`), Body: body, Tail: []byte("}")},
		{Head: []byte(`{"pass":"another","arguments":`), Body: body, Tail: []byte("}"), Topic: "t", Binary: true},
		{Body: body},
		{Head: []byte("["), Body: body},
	} {
		f := d.pack(p, 15)
		if !f.packed || f.lent != nil || !f.shared || f.topic != p.Topic || f.size() > len(body)*2/3 {
			t.Fatalf("%d: %+v", i, f)
		}
		op, got := received(t, f.frame, 15)
		if want := string(p.Head) + string(body) + string(p.Tail); got != want || op != p.opCode() {
			t.Errorf("%d: %d bytes come back as %d, kind %d", i, len(want), len(got), op)
		}
		if i == 0 {
			first = f.frame
		} else if &f.body[0] != &first.body[0] {
			t.Errorf("%d: the body was compressed again", i)
		}
	}
	other := d.pack(Parts{Body: body}, 9)
	if !other.packed || &other.body[0] == &first.body[0] {
		t.Error("a smaller window has the same body")
	}
	if _, got := received(t, other.frame, 9); got != string(body) {
		t.Error("a smaller window has another body")
	}
	if n := len(d.bodies.known()); n != 2 {
		t.Errorf("%d bodies are known", n)
	}
	runtime.KeepAlive(body)
	runtime.GC()
	d.bodies.find(weak.Make(new(byte)), 100, 15)
	if known := d.bodies.known(); len(known) != 1 || known[0].size != 100 {
		t.Errorf("known are %v after the body has gone", known)
	}
}

func TestManyBodiesForgetTheOldest(t *testing.T) {
	d := newDeflater(Deflate{Enabled: true, Level: 1, MinSize: 10})
	bodies := make([][]byte, 2*len(d.bodies.kept))
	for i := range bodies {
		bodies[i] = []byte(compressible(40_000 + i))
		f := d.pack(Parts{Body: bodies[i]}, 15)
		if _, got := received(t, f.frame, 15); !f.packed || got != string(bodies[i]) {
			t.Errorf("body %d comes back as %d bytes", i, len(got))
		}
	}
	if n := len(d.bodies.known()); n != len(d.bodies.kept) {
		t.Errorf("%d bodies are known", n)
	}
	runtime.KeepAlive(bodies)
}

// One frame per window that somebody uses, and each client gets its own.
func TestEncodeForMany(t *testing.T) {
	d := newDeflater(Deflate{Enabled: true, Level: 1, MinSize: 100})
	for _, window := range []uint8{0, 9, 9, 15, 12} {
		d.join(extension{window})
	}
	d.leave(extension{12})
	d.leave(extension{0})
	for _, size := range []int{50, 1000, 100_000} {
		for _, p := range []Parts{{Head: []byte(compressible(size)), Topic: "topic"}, {Head: []byte("head"), Body: []byte(compressible(size)), Tail: []byte("tail")}} {
			want := string(p.Head) + string(p.Body) + string(p.Tail)
			f := d.encode(p)
			for _, window := range []uint8{0, 8, 9, 12, 15} {
				one := f.to(extension{window})
				if _, got := received(t, one, window); got != want || p.Topic != "" && !one.about(p.Topic) {
					t.Errorf("window %d: %d bytes come back as %d", window, len(want), len(got))
				}
				uses := (window == 9 || window == 15) && size > 100
				if (one.size() < len(want)) != uses {
					t.Errorf("window %d: %d bytes become %d", window, len(want), one.size())
				}
			}
		}
	}
	var none *deflater
	if f := none.encode(Parts{Head: []byte("x")}); f.to(extension{15}).size() != 3 {
		t.Error("without a deflater the frame is another one")
	}
}

func TestCompressingAllocatesNothing(t *testing.T) {
	d := newDeflater(Deflate{Enabled: true, Level: 1, MinSize: 10})
	p := Parts{Head: []byte(jsonOf(4000))}
	for _, window := range []uint8{9, 15} {
		got := testing.AllocsPerRun(100, func() {
			small := d.pack(p, window)
			if !small.packed {
				t.Fatal("not compressed")
			}
			small.lent.release()
		})
		if got > 0 && !raceEnabled { // the detector makes pools forget now and then
			t.Errorf("%v allocations with window %d", got, window)
		}
	}
}

func BenchmarkCompress(b *testing.B) {
	for _, size := range []int{512, 4096, 1 << 20} {
		for _, window := range []uint8{9, 15} {
			b.Run(fmt.Sprintf("bytes=%d;window=%d", size, window), func(b *testing.B) {
				d := newDeflater(Deflate{Enabled: true, Level: DefaultDeflateLevel, MinSize: 1})
				p := Parts{Head: []byte(jsonOf(size))}
				b.SetBytes(int64(size))
				b.ReportAllocs()
				n := 0
				for b.Loop() {
					small := d.pack(p, window)
					if !small.packed {
						b.Fatal("not compressed")
					}
					n = small.size()
					small.lent.release()
				}
				b.ReportMetric(float64(n), "compressed-B")
			})
		}
	}
}

func (s *sharedBodies) known() (all []*knownBody) {
	for _, b := range s.kept {
		if b != nil {
			all = append(all, b)
		}
	}
	return all
}
