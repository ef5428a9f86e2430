package sound

import (
	"errors"
	"testing"
	"time"
)

// A format that nobody listened to is cleared; one who comes at that moment hears what
// comes next, and nothing of before. Who stays behind that is too slow all the same.
func TestOneWhoComesWhileTheRingIsCleared(t *testing.T) {
	m := NewMount(MountOptions{Format: MP3, Burst: time.Second})
	for i := range 200 {
		m.Ring().Append(numbered(i), FrameTime)
	}
	fresh, reads, sleeps := m.Join(), m.Join(), m.Join()
	for _, l := range []*Listener{fresh, reads, sleeps} {
		defer l.Close()
	}
	for {
		frames, err := reads.Read()
		if must(t, err); len(frames) == 0 {
			break
		}
	}
	m.Ring().Clear()
	for name, l := range map[string]*Listener{"who has read nothing": fresh, "who has read all": reads} {
		if frames, err := l.Read(); err != nil || len(frames) > 0 {
			t.Errorf("%s is told %v, with %d bytes", name, err, len(frames))
		}
	}
	if !m.Ring().Keeps(fresh.at) || !m.Ring().Keeps(reads.at) {
		t.Error("a place is said to be lost that reading goes on from")
	}
	m.Ring().Append(numbered(1000), FrameTime)
	for name, l := range map[string]*Listener{"who has read nothing": fresh, "who has read all": reads} {
		if frames, err := l.Read(); err != nil || len(frames) != len(plainFrame) || number(frames) != 1000 {
			t.Errorf("%s gets %d bytes, %v", name, len(frames), err)
		}
	}
	for i := range int(2 * Kept / FrameTime) {
		m.Ring().Append(numbered(1001+i), FrameTime)
	}
	if m.Ring().Keeps(sleeps.at) {
		t.Error("the place of who slept is said to be kept")
	}
	if _, err := sleeps.Read(); !errors.Is(err, ErrTooSlow) {
		t.Errorf("who slept is told %v", err)
	}
}
