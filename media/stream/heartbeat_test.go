package stream

import (
	"sync"
	"syscall"
	"testing"
	"time"

	"musicdb/media/library"
	"musicdb/media/queue"
)

// beat is a heartbeat and the song it was about.
type beat struct {
	entry   queue.EntryID
	seconds float64
}

// Each song begins with a heartbeat of 0, however it came to be heard, and from
// there they never go back.
func TestSongBeginsWithZero(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 12 * time.Second}, track{name: "B", hz: 882, length: 60 * time.Second},
		track{name: "C", hz: 1764, length: 60 * time.Second}, track{name: "D", hz: 441, length: 60 * time.Second})
	ids := s.enqueue(1, 2, 3, 4)
	var mu sync.Mutex
	var beats []beat
	s.start(StartPlay, nil)
	s.stream.Subscribe(func(e Event) {
		if e.Kind == TimeChanged {
			mu.Lock()
			defer mu.Unlock()
			beats = append(beats, beat{s.stream.State().Entry.ID, e.Seconds})
		}
	})
	playing := func(id queue.EntryID) {
		s.until("the song", func(now State) bool { return now.Entry.ID == id && now.Seconds > 2 })
	}
	playing(ids[0])
	playing(ids[1]) // by itself, gapless
	s.stream.Skip()
	playing(ids[2])
	must(t, s.library.Edit(t.Context(), func(e *library.Edit) error { return e.RemoveSong(3) }))
	s.queue.ForgetRemoved() // the head of the queue is replaced
	playing(ids[3])
	s.end()

	mu.Lock()
	defer mu.Unlock()
	begun := map[queue.EntryID]bool{}
	var last beat
	for _, b := range beats {
		switch {
		case b.entry == "":
			continue
		case b.seconds == 0:
			begun[b.entry] = true
		case b.entry == last.entry && b.seconds < last.seconds:
			t.Errorf("the heartbeat of %s went back from %v to %v", b.entry, last.seconds, b.seconds)
		case !begun[b.entry] && b.seconds > 2:
			t.Errorf("a heartbeat of %s says %v, and none has said 0", b.entry, b.seconds)
		}
		last = b
	}
	for i, id := range ids {
		if !begun[id] {
			t.Errorf("no heartbeat of song %d", i+1)
		}
	}
}

// The heart beats whatever the stream does: without a song, while it plays, paused,
// while the encoder hangs and after it was replaced; clients reconnect when it stops.
func TestHeartBeatsWhateverHappens(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.impatient = true
	s.start(StartPlay, nil)
	three := func(what string, is func() bool) {
		t.Helper()
		s.until(what, func(State) bool { return is() })
		for n := 0; n < 3; {
			s.wait("heartbeat: "+what, func(e Event) bool { return e.Kind == TimeChanged })
			if n++; !is() {
				n = 0 // it was over sooner
			}
		}
	}
	audio := func(want AudioState) func() bool {
		return func() bool { return s.stream.State().Audio == want }
	}
	three("no songs", audio(NoSongs))
	from := newStation(t, track{name: "A", hz: 441, length: 120 * time.Second})
	must(t, copySongs(s, from))
	three("playing", audio(Playing))
	s.stream.Play(false)
	three("paused", audio(Paused))
	s.stream.Play(true)
	three("playing again", audio(Playing))
	first := encoderPid(s)
	must(t, syscall.Kill(first, syscall.SIGSTOP))
	three("the encoder hangs or is being replaced", func() bool { return true })
	three("the encoder is replaced", func() bool { return encoderPid(s) != first && s.stream.Status().Encoder == EncoderRunning })
}
