package stream

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

// numbered is a frame of which a listener can tell which one it is.
func numbered(i int) []byte {
	frame := bytes.Clone(plainFrame)
	binary.BigEndian.PutUint32(frame[HeaderSize:], uint32(i))
	return frame
}

func number(frame []byte) int { return int(binary.BigEndian.Uint32(frame[HeaderSize:])) }

var plainFrame = silentFrame(false)

// A listener gets every frame once and in order from where it joined, under the
// title it was appended with, or is told that it was too slow.
func TestRing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRing()
		titles := []string{""}
		frames := 0
		type reader struct {
			at   position
			next int
		}
		var readers []*reader
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				for range rapid.SampledFrom([]int{1, 3, 50, 700}).Draw(t, "frames") {
					r.append(numbered(frames))
					titles = append(titles, titles[len(titles)-1])
					frames++
				}
			case 1:
				titles[len(titles)-1] = fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "title"))
				r.setTitle(titles[len(titles)-1])
			case 2:
				burst := rapid.IntRange(0, 200_000).Draw(t, "burst")
				readers = append(readers, &reader{r.join(burst), -1})
			case 3:
				for _, l := range readers {
					before := l.next
					got, title, at, err := r.next(ctx, l.at)
					switch {
					case errors.Is(err, ErrTooSlow):
						if kept := ringSize * chunkSize / 1046; frames-max(before, 0) < kept {
							t.Fatalf("too slow %d frames behind, %d are kept", frames-before, kept)
						}
						l.at, l.next = r.join(0), -1
					case err != nil:
						if !errors.Is(err, context.Canceled) {
							t.Fatalf("next: %v", err)
						}
						if before >= 0 && before != frames {
							t.Fatalf("nothing to read at frame %d of %d", before, frames)
						}
					default:
						l.at = at
						for len(got) > 0 {
							h, err := ParseHeader([4]byte(got))
							if err != nil {
								t.Fatalf("not at a frame: %v", err)
							}
							i := number(got)
							if l.next >= 0 && i != l.next {
								t.Fatalf("frame %d, want %d", i, l.next)
							}
							if titles[i] != title {
								t.Fatalf("frame %d came under %q, want %q", i, title, titles[i])
							}
							l.next = i + 1
							got = got[h.Size():]
						}
					}
				}
			}
		}
	})
}

func TestJoinGetsABurst(t *testing.T) {
	r := newRing()
	for i := range 200 {
		r.append(numbered(i))
	}
	got := 0
	at := r.join(burstBytes)
	for {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		frames, _, next, err := r.next(ctx, at)
		if err != nil {
			break
		}
		at, got = next, got+len(frames)
	}
	if got > burstBytes || got < burstBytes-1046 {
		t.Errorf("burst of %d bytes, want %d", got, burstBytes)
	}
}

// What a listener holds never changes, even if the ring has long gone on.
func TestFramesStayValid(t *testing.T) {
	r := newRing()
	r.append(numbered(0))
	held, _, _, err := r.next(context.Background(), r.join(burstBytes))
	must(t, err)
	for i := range 3000 {
		r.append(numbered(i + 1))
	}
	if number(held) != 0 || len(held) != len(numbered(0)) {
		t.Error("the frame of a listener was overwritten")
	}
	if r.kept > (ringSize+1)*chunkSize {
		t.Errorf("the ring keeps %d bytes", r.kept)
	}
}

// Many listeners beside one that appends: everyone gets everything, everyone
// waiting is woken, and the end reaches all.
func TestManyListeners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Stream{ring: newRing(), ears: newEars()}
		const frames = 1000
		var group sync.WaitGroup
		for range 50 {
			l := s.Join()
			group.Go(func() {
				defer l.Close()
				var split Splitter
				next := 0
				for {
					got, err := l.Next(t.Context())
					if errors.Is(err, ErrEnded) {
						if next != frames {
							t.Errorf("heard %d of %d frames", next, frames)
						}
						return
					}
					if err != nil {
						t.Errorf("next: %v", err)
						return
					}
					split.Write(got, func(_ Header, frame []byte) {
						if i := number(frame); i != next {
							t.Errorf("frame %d, want %d", i, next)
						}
						next++
					})
				}
			})
		}
		for i := range frames {
			s.ring.append(numbered(i))
			if rand.N(4) == 0 {
				s.ring.publish()
				synctest.Wait()
			}
		}
		s.ring.end()
		group.Wait()
		if n := s.Listeners(); n != 0 {
			t.Errorf("%d listeners are left", n)
		}
	})
}

// A listener that sleeps too long loses its own sound and nobody else's.
func TestSlowListenerIsDropped(t *testing.T) {
	s := &Stream{ring: newRing(), ears: newEars()}
	slow, good := s.Join(), s.Join()
	defer slow.Close()
	defer good.Close()
	for i := range 3000 {
		s.ring.append(numbered(i))
		if i%50 == 0 { // a chunk has 62 frames, and Next ends at the end of one
			if _, err := good.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := slow.Next(t.Context()); !errors.Is(err, ErrTooSlow) {
		t.Errorf("a listener that never listened: %v, want ErrTooSlow", err)
	}
	if _, err := good.Next(t.Context()); err != nil {
		t.Errorf("the other listener: %v", err)
	}
	slow.Close()
	f := s.ears.ledger.Figures()
	if f.Started != 2 || f.Ended != 1 || f.Unfinished != 0 || s.Listeners() != 1 {
		t.Errorf("figures %+v with %d listeners", f, s.Listeners())
	}
}

// The cost of a frame for all who listen to it.
func BenchmarkRing(b *testing.B) {
	for _, listeners := range []int{1, 100, 5000} {
		b.Run(fmt.Sprintf("listeners=%d", listeners), func(b *testing.B) {
			b.ReportAllocs()
			r := newRing()
			at := make([]position, listeners)
			frame := numbered(0)
			b.SetBytes(int64(listeners * len(frame)))
			for b.Loop() {
				r.append(frame)
				r.publish()
				for i := range at {
					got, _, next, err := r.next(context.Background(), at[i])
					if err != nil || len(got) != len(frame) {
						b.Fatalf("%d bytes, %v", len(got), err)
					}
					at[i] = next
				}
			}
		})
	}
}
