package sound

import (
	"bytes"
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"
)

// page makes a page with one packet, or with a part of one (size 255).
func page(flags byte, granule int64, size int) []byte {
	p := make([]byte, pageHead, pageHead+1+size)
	copy(p, capture)
	p[5], p[26] = flags, 1
	binary.LittleEndian.PutUint64(p[6:], uint64(granule))
	p = append(p, byte(size))
	p = append(p, bytes.Repeat([]byte{'O'}, size)...)
	binary.LittleEndian.PutUint32(p[checksumAt:], checksum(0, p))
	return p
}

// Pages come out whole and in order however the stream is cut, and what lies
// between them, or has a wrong checksum, is left out.
func TestPageSplitter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want [][]byte
		noise := 0
		for range rapid.IntRange(0, 15).Draw(t, "parts") {
			one := page(0, rapid.Int64().Draw(t, "granule"), rapid.IntRange(0, 255).Draw(t, "size"))
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				one = bytes.Repeat([]byte{'x'}, rapid.IntRange(1, 50).Draw(t, "noise"))
				noise += len(one)
			case 1:
				one[rapid.SampledFrom([]int{6, 14, checksumAt, len(one) - 1}).Draw(t, "where")] ^= 1
				noise += len(one)
			default:
				want = append(want, one)
			}
			stream = append(stream, one...)
		}
		var s PageSplitter
		var got [][]byte
		for len(stream) > 0 {
			n := rapid.IntRange(1, min(len(stream), 300)).Draw(t, "write")
			s.Write(stream[:n], func(p Page) { got = append(got, bytes.Clone(p.Whole)) })
			stream = stream[n:]
		}
		found := 0
		for _, p := range got {
			if found < len(want) && bytes.Equal(p, want[found]) {
				found++
			}
		}
		// A damaged last segment may make the splitter wait for a page that has
		// swallowed what followed.
		if s.Pending() == 0 && (found != len(want) || int(s.Skipped()) != noise) {
			t.Fatalf("%d of %d pages, %d bytes left out of %d", found, len(want), s.Skipped(), noise)
		}
	})
}

// Bytes that begin no page are left out at once: to look at the rest of them behind each
// single one would take minutes here.
func TestPageSplitterLeavesNoiseOutAtOnce(t *testing.T) {
	noise := bytes.Repeat([]byte{'x'}, 4<<20)
	for name, c := range map[string]struct {
		stream  []byte
		pages   int
		pending int
	}{
		"nothing else":        {noise, 0, 0},
		"behind a page":       {append(page(0, 1, 9), noise...), 1, 0},
		"in front of a page":  {append(bytes.Clone(noise), page(0, 1, 9)...), 1, 0},
		"in front of a begin": {append(bytes.Clone(noise), "Ogg"...), 0, 3},
	} {
		var s PageSplitter
		pages, size := 0, 0
		s.Write(c.stream, func(p Page) { pages++; size += len(p.Whole) })
		if pages != c.pages || s.Pending() != c.pending || int(s.Skipped()) != len(noise) || size+c.pending+len(noise) != len(c.stream) {
			t.Errorf("%s: %d pages, %d bytes left out, %d pending", name, pages, s.Skipped(), s.Pending())
		}
	}
}

// FuzzPages holds for any bytes, cut anywhere: each byte is in a page, left out
// or pending, each page is as it says, and cutting elsewhere finds the same ones.
// The framer above never fails on them.
func FuzzPages(f *testing.F) {
	f.Add(page(2, 0, 19), 7)
	f.Add(append(append(page(2, 0, 19), page(0, 960, 255)...), page(1, 1920, 3)...), 60)
	f.Add(append([]byte("OggS\x00OggS"), page(4, -1, 0)...), 5)
	f.Add(tone(f, Opus)[:3000], 100)
	f.Add(tone(f, FLAC)[:3000], 1000)
	f.Fuzz(func(t *testing.T, stream []byte, cut int) {
		var whole, parts PageSplitter
		var first, second [][]byte
		inPages := 0
		whole.Write(stream, func(p Page) {
			if size, enough := pageSize(p.Whole); size != len(p.Whole) || !enough || !intact(p.Whole) {
				t.Fatalf("page of %d bytes says it has %d", len(p.Whole), size)
			}
			inPages += len(p.Whole)
			first = append(first, bytes.Clone(p.Whole))
		})
		if sum := inPages + int(whole.Skipped()) + whole.Pending(); sum != len(stream) {
			t.Fatalf("%d bytes in, %d accounted for", len(stream), sum)
		}
		if whole.Pending() > pageLargest {
			t.Fatalf("%d bytes are kept back", whole.Pending())
		}
		cut = min(max(cut, 0), len(stream))
		framer := Opus.NewFramer()
		for _, part := range [][]byte{stream[:cut], stream[cut:]} {
			parts.Write(part, func(p Page) { second = append(second, bytes.Clone(p.Whole)) })
			framer.Write(part, func(frame Frame) {
				if len(frame.Bytes) < pageHead || frame.Sounds < 0 || frame.Sounds > 60e9 {
					t.Fatalf("frame of %d bytes that sounds for %v", len(frame.Bytes), frame.Sounds)
				}
			})
		}
		if !bytes.Equal(bytes.Join(first, nil), bytes.Join(second, nil)) {
			t.Fatalf("%d pages in one piece, %d cut at %d", len(first), len(second), cut)
		}
	})
}
