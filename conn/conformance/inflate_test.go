package conformance

import (
	"bytes"
	"compress/flate"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// compressible draws text with repetitions at all distances.
func compressible(t *rapid.T) []byte {
	var b []byte
	for range rapid.IntRange(0, 12).Draw(t, "parts") {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			b = append(b, noise(rapid.IntRange(0, 700).Draw(t, "noise"), uint64(len(b)))...)
		case 1:
			b = append(b, bytes.Repeat([]byte{rapid.Byte().Draw(t, "byte")}, rapid.IntRange(0, 700).Draw(t, "times"))...)
		case 2:
			b = append(b, rapid.String().Draw(t, "text")...)
		case 3:
			b = append(b, b[:rapid.IntRange(0, len(b)).Draw(t, "again")]...)
		}
	}
	return b
}

// What a squeezer makes, both decompressors understand, in the agreed window, with and
// without a context.
func TestSqueezedMessagesInflate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.IntRange(8, maxBits).Draw(t, "bits")
		fresh := rapid.Bool().Draw(t, "fresh")
		out, in := newSqueezer(bits, fresh), inflater{window: 1 << bits, fresh: fresh}
		var past []byte
		for range rapid.IntRange(1, 4).Draw(t, "messages") {
			m := compressible(t)
			squeezed := out.message(m)
			got, err := in.message(squeezed)
			if err != nil || !bytes.Equal(got, m) {
				t.Fatalf("%d bits, fresh %v: %d bytes became %d, %v", bits, fresh, len(m), len(got), err)
			}
			if fresh {
				past = nil
			}
			r := flate.NewReaderDict(io.MultiReader(bytes.NewReader(squeezed), strings.NewReader("\x00\x00\xFF\xFF\x01\x00\x00\xFF\xFF")), past)
			if theirs, err := io.ReadAll(r); err != nil || !bytes.Equal(theirs, m) {
				t.Fatalf("the standard library reads %d bytes of %d, %v", len(theirs), len(m), err)
			}
			past = append(past, m...)
			past = past[max(0, len(past)-32<<10):]
		}
	})
}

// A squeezer with a small window uses all of it, and an inflater with a smaller one
// notices.
func TestInflaterHoldsTheWindow(t *testing.T) {
	for bits := 9; bits < maxBits; bits++ {
		m := noise(1<<bits, uint64(bits))
		squeezed := newSqueezer(bits, false).message(append(m, m...))
		if len(squeezed) > len(m)*5/4 {
			t.Errorf("%d bits: a repetition at the far end of the window is not used", bits)
		}
		wide, small := inflater{window: 1 << bits}, inflater{window: 1<<bits - 1}
		if _, err := wide.message(squeezed); err != nil {
			t.Errorf("%d bits: %v", bits, err)
		}
		if _, err := small.message(squeezed); err == nil || !strings.Contains(err.Error(), "distance") {
			t.Errorf("a distance of the whole window passes one that is a byte smaller: %v", err)
		}
	}
}

// The context of the message before must not be used when none is taken over.
func TestInflaterHoldsNoContextTakeover(t *testing.T) {
	out, in := newSqueezer(maxBits, false), inflater{window: 1 << maxBits, fresh: true}
	m := noise(300, 1)
	if _, err := in.message(out.message(m)); err != nil {
		t.Fatal(err)
	}
	if _, err := in.message(out.message(m)); err == nil {
		t.Error("the second message refers to the first one and passes")
	}
}

// The examples of RFC 7692 7.2.3 and 8.2.3.
func TestInflaterReadsTheExamples(t *testing.T) {
	in := inflater{window: 1 << maxBits}
	for _, s := range []string{
		"\xf2\x48\xcd\xc9\xc9\x07\x00",
		"\xf2\x00\x11\x00\x00",
		"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00",
		"\xf3\x48\xcd\xc9\xc9\x07\x00\x00",
		"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
	} {
		if got, err := in.message([]byte(s)); err != nil || string(got) != "Hello" {
			t.Errorf("%x: %q, %v", s, got, err)
		}
	}
	if got, err := in.message([]byte{0}); err != nil || len(got) != 0 {
		t.Errorf("the empty message: %q, %v", got, err)
	}
	for _, e := range broken {
		alone := inflater{window: 1 << maxBits}
		if got, err := alone.message([]byte(e[1])); err == nil {
			t.Errorf("%s passes: %q", e[0], got)
		}
	}
	for _, s := range []string{"", "\x07", "\xf2\x48\xcd", "\x00\x05\x00\xfa\xfe\x48\x65\x6c\x6c\x6f\x00", "\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00"} {
		if got, err := in.message([]byte(s)); err == nil {
			t.Errorf("%x passes: %q", s, got)
		}
	}
}

// FuzzInflate holds the inflater equal to the standard library's.
func FuzzInflate(f *testing.F) {
	for _, s := range []string{"\xf2\x48\xcd\xc9\xc9\x07\x00", "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", "\x07"} {
		f.Add([]byte(s))
	}
	f.Add(newSqueezer(maxBits, true).message(filler(3000)))
	f.Fuzz(func(t *testing.T, b []byte) {
		in := inflater{window: 1 << maxBits}
		got, err := in.message(b)
		if err != nil {
			return // stricter than the library in how a message ends
		}
		r := flate.NewReader(io.MultiReader(bytes.NewReader(b), strings.NewReader("\x00\x00\xFF\xFF\x01\x00\x00\xFF\xFF")))
		want, err := io.ReadAll(io.LimitReader(r, int64(len(got))))
		// The library stops behind a block that is marked as the last one.
		if err != nil || !bytes.HasPrefix(got, want) || len(want) < len(got) && !in.final {
			t.Errorf("%x: %d bytes, the standard library reads %d, %v", b, len(got), len(want), err)
		}
	})
}
