package load

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// The frames are those of the library that the product is judged by.
func TestFramesAreThoseOfTheLibrary(t *testing.T) {
	for _, size := range []int{20, 125, 126, 1000, 65535, 65536, 100_000} {
		p := payload('!', size, 7)
		if len(p) != size || p[0] != '!' {
			t.Fatalf("payload of %d bytes begins with %q and has %d", size, p[0], len(p))
		}
		if want := ws.MustCompileFrame(ws.NewTextFrame(p)); !bytes.Equal(appendFrame(nil, p, false, false), want) {
			t.Errorf("%d bytes: not the frame of the library", size)
		}
		for _, zero := range []bool{false, true} {
			frame := bytes.NewBuffer(appendFrame(nil, p, true, zero))
			head, err := ws.ReadHeader(frame)
			if err != nil || !head.Masked || head.Mask == [4]byte{} != zero || head.Length != int64(size) {
				t.Fatalf("%d bytes: header %+v, error %v", size, head, err)
			}
			if ws.Cipher(frame.Bytes(), head.Mask, 0); !bytes.Equal(frame.Bytes(), p) {
				t.Errorf("%d bytes: another payload comes out", size)
			}
		}
	}
}

func TestExchangesDiffer(t *testing.T) {
	seen := map[string]bool{}
	for _, x := range exchanges(Options{Size: 256, Depth: 8}, ' ') {
		for len(x.answer) > 0 {
			_, n, err := parseMessage(x.answer)
			if err != nil || n == 0 {
				t.Fatal(n, err)
			}
			seen[string(x.answer[:n])] = true
			x.answer = x.answer[n:]
		}
	}
	if len(seen) != variants*8 {
		t.Errorf("%d different messages of %d", len(seen), variants*8)
	}
}

func TestParseMessage(t *testing.T) {
	for name, c := range map[string]struct {
		wire    string // hex; | ends the message
		payload string // "" with a length of 0: not complete
		deflate bool
		fails   bool
	}{
		"nothing":                   {wire: ""},
		"half a header":             {wire: "81"},
		"half a length":             {wire: "817e01"},
		"half a payload":            {wire: "81036162"},
		"whole":                     {wire: "8103616263|", payload: "abc"},
		"two":                       {wire: "8103616263|810164", payload: "abc"},
		"two bytes of length":       {wire: "817e0003616263|", payload: "abc"},
		"eight bytes of length":     {wire: "817f0000000000000003616263|", payload: "abc"},
		"fragments":                 {wire: "0102616280 0163|", payload: "abc"},
		"half of the fragments":     {wire: "01026162"},
		"empty last fragment":       {wire: "01036162638000|", payload: "abc"},
		"compressed":                {wire: "c103616263|", payload: "abc", deflate: true},
		"compressed fragments":      {wire: "4102616280 0163|", payload: "abc", deflate: true},
		"binary":                    {wire: "8203616263", fails: true},
		"masked":                    {wire: "81830000", fails: true},
		"continues nothing":         {wire: "8003616263", fails: true},
		"begins again":              {wire: "010261620101", fails: true},
		"compression in the middle": {wire: "01026162c0 0163", fails: true},
		"reserved":                  {wire: "a103616263", fails: true},
		"a close frame":             {wire: "880203e8", fails: true},
		"a length beyond all":       {wire: "817fffffffffffffffff"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.ReplaceAll(c.wire, " ", "")
			first, rest, ends := strings.Cut(text, "|")
			wire, err := hex.DecodeString(first + rest)
			if err != nil {
				t.Fatal(err)
			}
			m, n, err := parseMessage(wire)
			if (err != nil) != c.fails {
				t.Fatal(err)
			}
			want := 0
			if ends {
				want = len(first) / 2
			}
			if n != want || n > 0 && (string(m.payload) != c.payload || m.compressed != c.deflate) {
				t.Errorf("%q of %d bytes, compressed %v; want %q of %d", m.payload, n, m.compressed, c.payload, want)
			}
		})
	}
}

func TestHistogram(t *testing.T) {
	var h histogram
	for i := range 100_000 {
		h.add(time.Duration(i) * time.Microsecond)
	}
	for q, want := range map[float64]float64{0: 0, .5: 50_000, .99: 99_000, 1: 0} {
		if got := h.quantile(q); got > want || got < want*(1-1.0/fine) {
			t.Errorf("quantile %v is %v µs, want %v", q, got, want)
		}
	}
	for v := range uint64(1 << 16) {
		if b := bucketOf(v); lowest(b) > v || lowest(b+1) <= v {
			t.Fatalf("%d is in bucket %d, from %d to %d", v, b, lowest(b), lowest(b+1))
		}
	}
}
