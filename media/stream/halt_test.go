package stream

import (
	"testing"
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/queue"
)

// A machine that was suspended finds its encoder as it left it: time in which
// nobody looked is not held against the child. One that is looked at and does
// nothing is lost.
func TestHaltedPumpKeepsItsEncoder(t *testing.T) {
	t.Parallel()
	tool, err := ffmpeg.Find(ffmpeg.Options{})
	must(t, err)
	defer func() { must(t, tool.Close()) }()
	stream, err := New(Options{Queue: &queue.Songs{}, Library: &library.Library{}, Music: &files.Music{}, Tool: tool})
	must(t, err)
	p := stream.pump
	e := p.outputs[0].encoder
	defer p.close()
	var now time.Duration
	p.step(now)
	for e.machine.State() != EncoderRunning {
		select {
		case n := <-p.news:
			n.of.heard(n, now)
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
