package conn

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A loop that is late looks for events all the same.
func TestEventsAreSeenHoweverLateItIs(t *testing.T) {
	k, err := openEpoll()
	if err != nil {
		t.Fatal(err)
	}
	defer k.end()
	k.ring()
	var events [4]unix.EpollEvent
	if n := k.waitUntil(events[:], time.Now().Add(-time.Second)); n != 1 || uint32(events[0].Pad) != tokenBell {
		t.Errorf("%d events, the first %+v", n, events[0])
	}
}
