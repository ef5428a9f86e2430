package sound

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever is appended, read in whatever pieces: a feed is what a plain writer of the
// same frames and titles makes, and a player takes it apart again.
func TestFeedIsWhatAPlainWriterMakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		metaint := rapid.IntRange(0, 300).Draw(t, "metaint")
		m := NewMount(MountOptions{Format: MP3, Burst: time.Second})
		f := m.NewFeed(metaint)
		defer f.Close()
		var want, got bytes.Buffer
		plain := newICYWriter(&want, max(metaint, 1))
		var sound []byte
		for i := range rapid.IntRange(0, 40).Draw(t, "steps") {
			title := rapid.SampledFrom([]string{"", "A", "B – C", "Ü"}).Draw(t, "title")
			frame := bytes.Repeat([]byte{byte(i + 1)}, rapid.IntRange(1, 900).Draw(t, "length"))
			m.Ring().SetTitle(title)
			m.Ring().Append(frame, FrameTime)
			sound = append(sound, frame...)
			if plain.SetTitle(title); metaint == 0 {
				want.Write(frame)
			} else if _, err := plain.Write(frame); err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "read") {
				room := rapid.IntRange(1, 16).Draw(t, "room")
				pieces, err := f.Next(make([][]byte, 0, room))
				if err != nil || len(pieces) > room {
					t.Fatalf("%d pieces in room for %d, %v", len(pieces), room, err)
				}
				got.Write(slices.Concat(pieces...))
			}
		}
		m.Ring().End()
		for {
			pieces, err := f.Next(make([][]byte, 0, 2))
			if errors.Is(err, ErrEnded) && len(pieces) == 0 {
				break
			}
			if err != nil || len(pieces) == 0 {
				t.Fatalf("%d pieces, %v", len(pieces), err)
			}
			got.Write(slices.Concat(pieces...))
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Fatalf("%d bytes:\n%.200q\nwant %d:\n%.200q", got.Len(), got.Bytes(), want.Len(), want.Bytes())
		}
		if metaint > 0 {
			if heard, _, err := readICY(&got, metaint); err != nil || !bytes.Equal(heard, sound) {
				t.Fatalf("a player hears %d bytes of %d: %v", len(heard), len(sound), err)
			}
		}
	})
}

// One who stays behind is told so once, and counted.
func TestFeedOfOneWhoIsTooSlow(t *testing.T) {
	m := NewMount(MountOptions{Format: MP3, Burst: time.Second})
	f := m.NewFeed(0)
	for i := range 2 * Kept / time.Second {
		if kept := f.Kept(); i <= Kept/time.Second && !kept {
			t.Errorf("after %d s its place is not kept", i)
		}
		m.Ring().Append(make([]byte, 40_000), time.Second)
	}
	if f.Kept() {
		t.Error("its place is said to be kept")
	}
	for range 2 {
		if pieces, err := f.Next(make([][]byte, 0, 4)); !errors.Is(err, ErrTooSlow) || len(pieces) != 0 {
			t.Errorf("%d pieces, %v", len(pieces), err)
		}
	}
	f.Close()
	if n := m.Listeners(); n != 0 {
		t.Errorf("%d listeners are left", n)
	}
	figures := m.o.Audience.ledger.Figures()
	if figures.Refused != 0 || figures.Unfinished != 0 {
		t.Errorf("%d refused, %d unfinished", figures.Refused, figures.Unfinished)
	}
}

// What a listener costs while nothing but sound comes is nothing.
func TestFeedDoesNotAllocate(t *testing.T) {
	m := NewMount(MountOptions{Format: MP3, Burst: time.Second})
	m.Ring().SetTitle("Artist – Song")
	frame := make([]byte, 1044)
	m.Ring().Append(frame, FrameTime)
	var feeds []*Feed
	for range 100 {
		feeds = append(feeds, m.NewFeed(DefaultMetaint))
	}
	room := make([][]byte, 0, 16)
	sent := 0
	heard := func() {
		for _, f := range feeds {
			pieces, err := f.Next(room)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range pieces {
				sent += len(p)
			}
		}
	}
	heard()
	allocs := testing.AllocsPerRun(50, func() {
		for range 10 {
			m.Ring().Append(frame, FrameTime)
		}
		heard()
	})
	// The ring's own chunks are a few, however many listen.
	if allocs > 5 || sent < 50*10*1044*100 {
		t.Errorf("%v allocations for 100 listeners, %d bytes", allocs, sent)
	}
	for _, f := range feeds {
		f.Close()
	}
}
