package sound

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
	"time"

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
		r := NewRing()
		titles := []string{""}
		frames := 0
		type reader struct {
			at   Position
			next int
		}
		var readers []*reader
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				for range rapid.SampledFrom([]int{1, 3, 50, 700}).Draw(t, "frames") {
					r.Append(numbered(frames), FrameTime)
					titles = append(titles, titles[len(titles)-1])
					frames++
				}
			case 1:
				titles[len(titles)-1] = fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "title"))
				r.SetTitle(titles[len(titles)-1])
			case 2:
				burst := time.Duration(rapid.IntRange(0, 5000).Draw(t, "burst")) * time.Millisecond
				at, _ := r.Join(burst)
				readers = append(readers, &reader{at, -1})
			case 3:
				for _, l := range readers {
					before := l.next
					piece, err := r.Next(ctx, l.at)
					got, title, at := piece.Sound, piece.Title, piece.Next
					switch {
					case errors.Is(err, ErrTooSlow):
						if kept := int(Kept / FrameTime); frames-max(before, 0) < kept {
							t.Fatalf("too slow %d frames behind, %d are kept", frames-before, kept)
						}
						l.at, _ = r.Join(0)
						l.next = -1
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
	r := NewRing()
	for i := range 200 {
		r.Append(numbered(i), FrameTime)
	}
	for _, burst := range []time.Duration{0, FrameTime, 1500 * time.Millisecond, time.Minute} {
		var got time.Duration
		at, _ := r.Join(burst)
		for {
			piece, err := r.Read(at)
			must(t, err)
			if len(piece.Sound) == 0 {
				break
			}
			at = piece.Next
			var split Splitter
			split.Write(piece.Sound, func(h Header, _ []byte) { got += FrameTime })
		}
		if least := min(burst, 200*FrameTime); got < least || got > least+FrameTime {
			t.Errorf("burst of %v, want %v", got, least)
		}
	}
}

// What a listener holds never changes, even if the ring has long gone on.
func TestFramesStayValid(t *testing.T) {
	r := NewRing()
	r.Append(numbered(0), FrameTime)
	at, _ := r.Join(time.Second)
	piece, err := r.Read(at)
	must(t, err)
	held := piece.Sound
	for i := range 3000 {
		r.Append(numbered(i+1), FrameTime)
	}
	if number(held) != 0 || len(held) != len(numbered(0)) {
		t.Error("the frame of a listener was overwritten")
	}
	if n := len(r.chunks); n > int(Kept*Bitrate/8/time.Second)/chunkSize+3 {
		t.Errorf("the ring keeps %d chunks", n)
	}
}

// Many listeners beside one that appends: everyone gets everything, everyone
// waiting is woken, and the end reaches all.
func TestManyListeners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMount(MountOptions{Burst: time.Second})
		const frames = 1000
		var group sync.WaitGroup
		for range 50 {
			l := m.Join()
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
			m.Ring().Append(numbered(i), FrameTime)
			if rand.N(4) == 0 {
				m.Ring().Publish()
				synctest.Wait()
			}
		}
		m.Ring().End()
		group.Wait()
		if n := m.Listeners(); n != 0 {
			t.Errorf("%d listeners are left", n)
		}
	})
}

// A listener that sleeps too long loses its own sound and nobody else's.
func TestSlowListenerIsDropped(t *testing.T) {
	m := NewMount(MountOptions{Burst: time.Second})
	slow, good := m.Join(), m.Join()
	defer slow.Close()
	defer good.Close()
	for i := range 3000 {
		m.Ring().Append(numbered(i), FrameTime)
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
	f := m.o.Audience.ledger.Figures()
	if f.Started != 2 || f.Ended != 1 || f.Unfinished != 0 || m.Listeners() != 1 {
		t.Errorf("figures %+v with %d listeners", f, m.Listeners())
	}
}

// The cost of a frame for all who listen to it.
func BenchmarkRing(b *testing.B) {
	for _, listeners := range []int{1, 100, 5000} {
		b.Run(fmt.Sprintf("listeners=%d", listeners), func(b *testing.B) {
			b.ReportAllocs()
			r := NewRing()
			at := make([]Position, listeners)
			frame := numbered(0)
			b.SetBytes(int64(listeners * len(frame)))
			for b.Loop() {
				r.Append(frame, FrameTime)
				r.Publish()
				for i := range at {
					piece, err := r.Read(at[i])
					if err != nil || len(piece.Sound) != len(frame) {
						b.Fatalf("%d bytes, %v", len(piece.Sound), err)
					}
					at[i] = piece.Next
				}
			}
		})
	}
}
