package hearing

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/sound"
)

func findTool(t testing.TB) *ffmpeg.Tool {
	t.Helper()
	tool, err := ffmpeg.Find(ffmpeg.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, tool.Close()) })
	return tool
}

// piecesOf cuts MP3 into pieces of about a third of a second.
func piecesOf(mp3 []byte) (pieces [][]byte) {
	var split sound.Splitter
	var piece []byte
	n := 0
	split.Write(mp3, func(_ sound.Header, frame []byte) {
		piece = append(piece, frame...)
		if n++; n%13 == 0 {
			pieces = append(pieces, piece)
			piece = nil
		}
	})
	return pieces
}

// The ear measures what was encoded: a sine of half of full scale, then silence,
// then one beyond full scale.
func TestEarMeasures(t *testing.T) {
	e := newEar(findTool(t), sound.MP3, slog.New(slog.DiscardHandler), fsm.NewObserver(earDefinition, 16))
	defer e.close()
	if !e.due() {
		t.Fatal("ffmpeg is ready, and the ear does not want to begin")
	}
	e.start(nil)
	pieces := piecesOf(encoded(t, "aevalsrc=exprs=if(lt(t\\,3)\\,0.5\\,if(lt(t\\,6)\\,0\\,1.5))*sin(2*PI*441*t)|if(lt(t\\,3)\\,0.5\\,if(lt(t\\,6)\\,0\\,1.5))*sin(2*PI*441*t):s=44100:d=9",
		"-b:a", "320k", "-reservoir", "0"))
	var levels []Level
	for _, piece := range pieces {
		level := e.hear(piece, 13*sound.FrameTime)
		for range 50 { // on a busy machine the first answer takes its time
			if level.Values > 0 {
				break
			}
			level = e.hear(nil, 0)
		}
		levels = append(levels, level)
	}
	if n := len(levels); n < 24 || e.machine.State() != EarOpen {
		t.Fatalf("%d looks, the ear is %v", n, e.machine.State())
	}
	if l := levels[5]; math.Abs(l.DBFS()+9.03) > 0.1 || l.Over > 0 || math.Abs(l.Peak-0.5) > 0.02 {
		t.Errorf("the tone has %.2f dBFS, peak %.3f, %d over", l.DBFS(), l.Peak, l.Over)
	}
	if l := levels[14]; l.DBFS() > -90 {
		t.Errorf("silence has %.2f dBFS", l.DBFS())
	}
	if l := levels[23]; l.over() < 0.2 || l.Peak <= 1 {
		t.Errorf("what is beyond full scale: %.3f of it, peak %.3f", l.over(), l.Peak)
	}
}

// A lost child is replaced after a pause, and told once.
func TestLostEarIsReplaced(t *testing.T) {
	var log safeBuffer
	mount := sound.NewMount(sound.MountOptions{Format: sound.MP3})
	h, err := New(Options{
		Mount: mount, Tool: findTool(t), Meter: &Meter{}, Wanted: func() bool { return true }, Repair: func(Cause) bool { return false },
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	mp3 := encoded(t, "sine=f=441:d=60", "-ac", "2", "-b:a", "320k", "-reservoir", "0")
	go func() { defer close(over); play(ctx, mount, h.o.Meter, mp3) }()
	done := make(chan struct{})
	go func() { defer close(done); h.Run(ctx) }()
	defer func() { stop(); <-over; <-done; h.Close() }()

	wait(t, "sound", func() bool { return h.Status().State == Hearing && !h.Status().Blind })
	pid := child(h)
	must(t, syscall.Kill(pid, syscall.SIGKILL))
	wait(t, "the loss", func() bool { return h.Status().Blind })
	if s := h.Status(); s.State.Red() {
		t.Errorf("the stream is %v because its ear was lost", s.State)
	}
	wait(t, "another ear", func() bool { return !h.Status().Blind && h.Status().State == Hearing })
	if n := strings.Count(log.String(), "cannot be decoded again"); n != 1 {
		t.Errorf("the loss was told %d times\n%s", n, log.String())
	}
}

// play appends frames to a mount in real time, and tells the meter of a sine.
func play(ctx context.Context, mount *sound.Mount, meter *Meter, mp3 []byte) {
	var split sound.Splitter
	var frames [][]byte
	split.Write(mp3, func(_ sound.Header, frame []byte) { frames = append(frames, bytes.Clone(frame)) })
	pcm := make([]byte, sound.SamplesPerFrame*4)
	for i := 0; i < len(pcm); i += 4 {
		x := int16(4096 * math.Sin(float64(i)/16))
		pcm[i], pcm[i+1], pcm[i+2], pcm[i+3] = byte(x), byte(x>>8), byte(x), byte(x>>8)
	}
	tick := time.NewTicker(sound.FrameTime)
	defer tick.Stop()
	for _, frame := range frames {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			meter.Add(Song, pcm, 0)
			mount.Ring().Append(frame, sound.FrameTime)
			mount.Ring().Publish()
		}
	}
}

// child is the process id of the ear's child.
func child(h *Ears) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.status.Child
}

func wait(t *testing.T, what string, is func() bool) {
	t.Helper()
	limit := time.After(30 * time.Second)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !is() {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("no %s", what)
		}
	}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
