package main

import (
	"bytes"
	le "encoding/binary"
	"fmt"
	"math"
	"net/http"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// recorder listens to a show from its beginning to its end, again and again when a
// server was killed, and writes down when it has got what.
type recorder struct {
	s    *show
	stop chan struct{}
	over sync.WaitGroup

	mu       sync.Mutex // guards segments
	segments []*segment
}

// segment is what came over one connection.
type segment struct {
	sound []byte
	marks []mark
}

// mark says when how many bytes were there.
type mark struct {
	at    time.Time
	bytes int
}

const bytesPerSecond = 320_000 / 8

func (s *show) record() *recorder {
	r := &recorder{s: s, stop: make(chan struct{})}
	r.over.Go(func() {
		for {
			r.listen()
			select {
			case <-r.stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	return r
}

// listen records one connection to its end.
func (r *recorder) listen() {
	response, err := http.Get(r.s.server().page() + "stream") //nolint:noctx // its body is closed by stop
	if err != nil {
		return // the server is dead in this moment
	}
	defer response.Body.Close()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-r.stop:
			response.Body.Close()
		case <-ended:
		}
	}()
	one := &segment{}
	r.mu.Lock()
	r.segments = append(r.segments, one)
	r.mu.Unlock()
	buffer := make([]byte, 1<<16)
	for {
		n, err := response.Body.Read(buffer)
		r.mu.Lock()
		one.sound = append(one.sound, buffer[:n]...)
		one.marks = append(one.marks, mark{time.Now(), len(one.sound)})
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (r *recorder) end() []*segment {
	close(r.stop)
	r.over.Wait()
	return r.segments
}

// note is a tone, or a silence, that was heard without a break.
type note struct {
	tone     int // silent: none
	from, to time.Duration
}

const silent = -1

func (n note) length() time.Duration { return n.to - n.from }

const (
	spellRate = 16_000
	// window is what is looked at at once: 10 ms.
	window     = spellRate / 100
	windowTime = 10 * time.Millisecond
)

// spell turns a recording into notes. Where a tone ends and the next begins, a window
// has something of both, and is no silence.
func (g *segment) spell(t testing.TB) (notes []note) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "fatal", "-f", "mp3", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", fmt.Sprint(spellRate), "pipe:1")
	cmd.Stdin = bytes.NewReader(g.sound)
	raw, err := cmd.Output()
	if err != nil && len(raw) == 0 {
		return nil // not a whole frame has come
	}
	for at := 0; at+2*window <= len(raw); at += 2 * window {
		tone := heardTone(raw[at : at+2*window])
		now := time.Duration(at/2/window) * windowTime
		if n := len(notes); n > 0 && notes[n-1].tone == tone {
			notes[n-1].to = now + windowTime
		} else {
			notes = append(notes, note{tone, now, now + windowTime})
		}
	}
	return withoutClicks(notes)
}

// withoutClicks adds what is too short for a tone to what was heard before it: where a
// sound is cut a window has something of all tones.
func withoutClicks(notes []note) (clean []note) {
	for _, one := range notes {
		last := len(clean) - 1
		if last >= 0 && (one.tone == clean[last].tone || one.tone != silent && one.length() <= 2*windowTime) {
			clean[last].to = one.to
			continue
		}
		clean = append(clean, one)
	}
	return clean
}

// heardTone is the tone of a window, by the share of each frequency (Goertzel) under a
// window of Hann.
func heardTone(raw []byte) int {
	samples := make([]float64, window)
	power := 0.0
	for i := range samples {
		v := float64(int16(le.LittleEndian.Uint16(raw[2*i:])))
		power += v * v
		samples[i] = v * (1 - math.Cos(2*math.Pi*float64(i)/window))
	}
	if math.Sqrt(power/window) < 300 {
		return silent
	}
	best, most := silent, 0.0
	for tone := range tones {
		k := 2 * math.Cos(2*math.Pi*toneOf(tone)/spellRate)
		var a, b float64
		for _, v := range samples {
			a, b = v+k*a-b, a
		}
		if p := a*a + b*b - k*a*b; p > most {
			best, most = tone, p
		}
	}
	return best
}
