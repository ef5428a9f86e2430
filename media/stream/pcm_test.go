package stream

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"musicdb/media/mix"

	"pgregory.net/rapid"
)

// What goes into the buffer comes out of it, whole samples at a time, whatever
// the sizes of reads and takes.
func TestPCMKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := rapid.SliceOfN(rapid.Float32Range(-1, 1), 0, 1500).Draw(t, "samples")
		var in []byte
		for _, x := range samples {
			in = binary.LittleEndian.AppendUint32(in, math.Float32bits(x))
		}
		b := newPCM()
		b.open(mix.Rate, timeOf(int64(rapid.IntRange(1, 300).Draw(t, "frames")))+time.Nanosecond)
		firsts := 0
		filled := make(chan error)
		go func() {
			err := b.fill(iotest.HalfReader(bytes.NewReader(in)), func() { firsts++ })
			b.end()
			filled <- err
		}()
		var out []float32
		for {
			p := make([]float32, rapid.IntRange(0, 250).Draw(t, "take"))
			n, last := b.take(p)
			out = append(out, p[:2*n]...)
			if last {
				break
			}
		}
		if err := <-filled; err != nil {
			t.Fatal(err)
		}
		if whole := samples[:len(in)/mix.BytesPerFrame*2]; !slices.Equal(out, whole) {
			t.Fatalf("%d samples came out, want %d", len(out), len(whole))
		}
		if want := min(1, len(in)); firsts != want {
			t.Fatalf("told of the first sample %d times, want %d", firsts, want)
		}
	})
}

// A full buffer stops the decoder until two seconds are free; closing frees it.
func TestPCMIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newPCM()
		b.open(100, 4*time.Second)
		filled := make(chan error, 1)
		go func() { filled <- b.fill(endless{}, func() {}) }()
		synctest.Wait()
		if n, last := b.held(); n != 400 || last {
			t.Errorf("holds %d frames, ended %v", n, last)
		}
		b.take(make([]float32, 2*199))
		synctest.Wait()
		if n, _ := b.held(); n != 201 {
			t.Errorf("was filled to %d frames with less than two seconds free", n)
		}
		b.take(make([]float32, 2))
		synctest.Wait()
		if n, _ := b.held(); n != 400 {
			t.Errorf("was filled to %d frames with two seconds free", n)
		}
		b.close()
		if err := <-filled; !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("fill of a closed buffer: %v", err)
		}
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestPCMTakesWithoutAllocation(t *testing.T) {
	b := newPCM()
	b.open(mix.Rate, decodedAhead)
	go func() { _ = b.fill(endless{}, func() {}) }()
	defer b.close()
	p := make([]float32, 2*unit)
	if n := testing.AllocsPerRun(100, func() { b.take(p) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Stream time follows the clock at its pace, stands still when told to, and
// leaves out what a halted machine has missed.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		still := false
		c := newClock(2)
		c.still = func() bool { return still }
		step := func(real, want time.Duration) {
			t.Helper()
			before := c.now()
			<-time.After(real)
			if got := c.now() - before; got != want {
				t.Errorf("%v of stream time in %v, want %v", got, real, want)
			}
		}
		step(10*time.Millisecond, 20*time.Millisecond)
		step(time.Second, 2*time.Second)
		step(time.Hour, haltLimit)
		step(time.Second, 2*time.Second)
		still = true
		step(time.Second, 0)
		still = false
		step(time.Second, 2*time.Second)
	})
	for _, n := range []int64{0, 1, SampleRate - 1, SampleRate, 441_000_001} {
		if got := samplesIn(timeOf(n) + time.Nanosecond); got != n {
			t.Errorf("%d samples take %v, in which there are %d", n, timeOf(n), got)
		}
	}
	// A year is no problem for the arithmetic.
	if got, want := samplesIn(365*24*time.Hour), int64(365*24*3600*SampleRate); got != want {
		t.Errorf("%d samples in a year, want %d", got, want)
	}
}

// Commands beyond the limit are refused, not piled up.
func TestOrdersAreBounded(t *testing.T) {
	var o orders[order]
	for range orderLimit {
		if !o.put(orderSkip) {
			t.Fatal("a command within the limit was refused")
		}
	}
	if o.put(orderPlay) {
		t.Error("a command beyond the limit was taken")
	}
	if n := len(o.take()); n != orderLimit {
		t.Errorf("%d commands, want %d", n, orderLimit)
	}
	if !o.put(orderPlay) || len(o.take()) != 1 {
		t.Error("the limit stays reached")
	}
}

// A worker that panics is reported and started again, later each time.
func TestSupervise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &lines{t: t}
		ctx, cancel := context.WithCancel(t.Context())
		start, runs := time.Now(), 0
		supervise(ctx, slog.New(slog.NewTextHandler(log, nil)), "worker", func(ctx context.Context) {
			if runs++; runs < 4 {
				panic("broken")
			}
			cancel()
		})
		if runs != 4 || time.Since(start) != 700*time.Millisecond {
			t.Errorf("%d runs in %v, want 4 in 0.1 + 0.2 + 0.4 s", runs, time.Since(start))
		}
		if n := strings.Count(log.String(), "panic=broken"); n != 3 {
			t.Errorf("%d reports, want 3:\n%s", n, log)
		}
	})
}
