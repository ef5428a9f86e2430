package stream

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/sound"
)

// A machine that was suspended finds its encoder as it left it: time in which
// nobody looked is not held against the child. One that is looked at and does
// nothing is lost.
func TestHaltedPumpKeepsItsEncoder(t *testing.T) {
	t.Parallel()
	tool, err := ffmpeg.Find(ffmpeg.Options{})
	must(t, err)
	defer func() { must(t, tool.Close()) }()
	e := newEncoder(tool, 1, slog.New(slog.NewTextHandler(io.Discard, nil)), fsm.NewObserver(encoding, 16))
	p := newPump(1, newDeck(func(string) {}, func() {}, e.log, nil), e, sound.NewMount(sound.MountOptions{}))
	defer e.close()
	var now time.Duration
	p.step(now)
	for e.machine.State() == EncoderStarting {
		select {
		case f := <-e.frames:
			if e.took(f, now) {
				p.emit(f.frame, false)
			}
		case <-time.After(tick):
			now += time.Millisecond
			p.step(now)
		}
	}
	for _, halt := range []time.Duration{haltLimit, encoderPatience + lateStep, haltLimit} {
		now += halt
		p.step(now)
		if state := e.machine.State(); state != EncoderRunning {
			t.Fatalf("the encoder is %v behind a halt of %v: %v", state, halt, e.failure())
		}
	}
	for waited := time.Duration(0); waited <= encoderPatience; waited += lateStep {
		now += lateStep
		e.step(now)
	}
	if state := e.machine.State(); state != EncoderBackoff {
		t.Errorf("the encoder is %v although it did nothing for %v", state, encoderPatience)
	}
}
