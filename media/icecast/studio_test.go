package icecast

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"musicdb/media/ffmpeg/ffmpegtest"
	"musicdb/media/icecast/icecasttest"
	"musicdb/media/sound"
)

// hurry is how much faster than real time these tests send.
const hurry = 4

// rate is at which sound is compared, in Hz.
const rate = 4000

// decode returns what a recording sounds like, whatever its format.
func decode(t testing.TB, recording []byte) []float64 {
	t.Helper()
	raw := ffmpegtest.Run(t, recording, "-i", "pipe:0", "-ac", "1", "-ar", "4000", "-f", "s16le", "pipe:1")
	samples := make([]float64, len(raw)/2)
	for i := range samples {
		samples[i] = float64(int16(binary.LittleEndian.Uint16(raw[2*i:])))
	}
	return samples
}

// noise is a minute of sound in which each moment is like no other.
var noise = sync.OnceValue(func() []byte {
	random := rand.New(rand.NewPCG(1, 2))
	pcm := make([]byte, 0, 60*rate*2)
	level := 0.0
	for range 60 * rate {
		level = 0.85*level + 4000*random.NormFloat64()
		pcm = binary.LittleEndian.AppendUint16(pcm, uint16(int16(max(-30000, min(30000, level)))))
	}
	return pcm
})

// likeness is how much the second behind a place in heard is like a second of the
// noise, from 0 to 1, and where that second is.
func likeness(heard []float64, at int) (best float64, where int) {
	pcm := noise()
	original := make([]float64, len(pcm)/2)
	for i := range original {
		original[i] = float64(int16(binary.LittleEndian.Uint16(pcm[2*i:])))
	}
	part := heard[at : at+rate/2]
	for lag := range len(original) - len(part) {
		// Most places are ruled out by a few samples.
		if near(part[:100], original[lag:]) < 0.5 {
			continue
		}
		if l := near(part, original[lag:]); l > best {
			best, where = l, lag
		}
	}
	return best, where
}

func near(a, b []float64) float64 {
	var both, aa, bb float64
	for i, x := range a {
		both += x * b[i]
		aa += x * x
		bb += b[i] * b[i]
	}
	return both / math.Sqrt(aa*bb+1)
}

// studio sends the noise in a format, again and again, until ctx ends.
type studio struct {
	mount *sound.Mount
	over  chan struct{}
}

func newStudio(t testing.TB, format sound.Format) *studio {
	t.Helper()
	s := &studio{mount: sound.NewMount(sound.MountOptions{Format: format, Burst: 2 * time.Second}), over: make(chan struct{})}
	in := []string{"-f", "s16le", "-ar", "4000", "-ac", "1", "-i", "pipe:0"}
	var frames [][]byte
	var length time.Duration
	if format == sound.MP3 {
		var split sound.Splitter
		split.Write(ffmpegtest.Run(t, noise(), append(in, "-ar", "44100", "-ac", "2", "-b:a", "320k", "-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "pipe:1")...),
			func(h sound.Header, whole []byte) {
				frames, length = append(frames, bytes.Clone(whole)), h.Duration()
			})
	} else {
		pages := bytes.SplitAfter(ffmpegtest.Run(t, noise(), append(in, "-c:a", "libopus", "-b:a", "128k", "-page_duration", "100000", "-f", "ogg", "pipe:1")...), []byte("OggS"))
		for i, page := range pages[1:] { // each without its first four bytes, with those of the next
			pages[i+1] = append([]byte("OggS"), bytes.TrimSuffix(page, []byte("OggS"))...)
		}
		s.mount.Ring().SetHead(append(pages[1], pages[2]...))
		frames, length = pages[3:], 100*time.Millisecond
	}
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(func() { stop(); <-s.over })
	go func() {
		defer close(s.over)
		defer s.mount.Ring().End()
		tick := time.NewTicker(length / hurry)
		defer tick.Stop()
		for n := 0; ; n++ {
			s.mount.Ring().Append(frames[n%len(frames)], length)
			s.mount.Ring().Publish()
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return s
}

// brisk are limits with which nobody has to wait long.
var brisk = limits{
	connect: 2 * time.Second, answer: 2 * time.Second, blocked: 200 * time.Millisecond, stalled: 1500 * time.Millisecond,
	lived: 500 * time.Millisecond, first: 50 * time.Millisecond, most: 400 * time.Millisecond, refused: 100 * time.Millisecond,
}

// broadcast runs a client of a server until the test ends.
func broadcast(t testing.TB, s *icecasttest.Server, change func(*Options), mounts ...Mount) *Client {
	t.Helper()
	return broadcastWithin(t, s, brisk, change, mounts...)
}

func broadcastWithin(t testing.TB, s *icecasttest.Server, l limits, change func(*Options), mounts ...Mount) *Client {
	t.Helper()
	o := Options{Host: "localhost", Port: s.Port, Password: icecasttest.Password, Name: "Tönung", Agent: "MusicDB", Mounts: mounts}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	must(t, err)
	for _, one := range c.sources {
		one.limit(l)
	}
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		if err := c.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { stop(); <-over })
	return c
}

// until waits for the first mount of a client to be as wanted.
func until(t testing.TB, c *Client, what string, is func(Status) bool) Status {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(20 * time.Second); ; {
		now := c.Status()[0]
		if is(now) {
			return now
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("the source is never %s: %+v", what, now)
		}
	}
}
