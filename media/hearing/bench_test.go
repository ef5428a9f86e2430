package hearing

import (
	"math"
	"syscall"
	"testing"
	"time"

	"musicdb/media/ffmpeg/ffmpegtest"
	"musicdb/media/sound"
)

// BenchmarkLook hears a third of a second of the stream: reading it back, and all
// that is judged. The two metrics are processor time for a second of sound: of the
// daemon, and of the decoder.
func BenchmarkLook(b *testing.B) {
	mount := sound.NewMount(sound.MountOptions{Format: sound.MP3})
	h, err := New(Options{Mount: mount, Tool: findTool(b), Meter: &Meter{}, Wanted: func() bool { return true }, Repair: func(Cause) bool { return false }})
	must(b, err)
	defer h.Close()
	pieces := piecesOf(encoded(b, "aevalsrc=exprs=0.5*sin(2*PI*441*t)|0.5*sin(2*PI*441*t):s=44100:d=20", "-b:a", "320k", "-reservoir", "0"))[1:]
	pcm := make([]byte, 13*sound.SamplesPerFrame*4)
	for i := 0; i < len(pcm); i += 2 {
		x := int16(1 << 14 * math.Sin(float64(i)/30))
		pcm[i], pcm[i+1] = byte(x), byte(x>>8)
	}
	h.at, _ = mount.Ring().Join(0)
	now := time.Now()
	h.last = now
	n := 0
	look := func() {
		h.o.Meter.Add(Song, pcm, 0)
		mount.Ring().Append(pieces[n%len(pieces)], 13*sound.FrameTime)
		n++
		now = now.Add(13 * sound.FrameTime)
		h.look(now)
	}
	for h.Status().State != Hearing || h.Status().Blind {
		look()
	}
	daemon, ear := own(b), childs(b, h)
	first := n
	b.ReportAllocs()
	for b.Loop() {
		look()
		if s := h.Status(); s.State != Hearing || math.Abs(s.Level+9) > 1 {
			b.Fatalf("%+v", s)
		}
	}
	seconds := float64(n-first) * (13 * sound.FrameTime).Seconds()
	b.ReportMetric(float64((own(b)-daemon).Microseconds())/1000/seconds, "daemon-ms/s")
	b.ReportMetric(float64((childs(b, h)-ear).Microseconds())/1000/seconds, "child-ms/s")
}

// own is the processor time of this process.
func own(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// childs is that of the decoder that hears.
func childs(b *testing.B, h *Ears) time.Duration {
	b.Helper()
	self, _ := ffmpegtest.Spent(b, h.Status().Child)
	return self.Sum()
}

// BenchmarkMeter is what the pump pays for each block of 23 ms.
func BenchmarkMeter(b *testing.B) {
	var m Meter
	tap := m.tap()
	pcm := make([]byte, 1024*4)
	for i := range pcm {
		pcm[i] = byte(i * 7)
	}
	b.SetBytes(int64(len(pcm)))
	b.ReportAllocs()
	for b.Loop() {
		m.Add(Song, pcm, 0)
	}
	if m.take(tap).song.Energy == 0 {
		b.Fatal("nothing was measured")
	}
}

// What is done for every block allocates nothing.
func TestMeterAllocatesNothing(t *testing.T) {
	var m Meter
	m.tap()
	pcm := make([]byte, 4096)
	if n := testing.AllocsPerRun(100, func() { m.Add(Song, pcm, 0) }); n != 0 {
		t.Errorf("%v allocations for a block", n)
	}
}
