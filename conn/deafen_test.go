package conn

import (
	"strings"
	"testing"
	"time"
)

// What a peer has begun to say is dropped with the first word of the end, which may take
// its time: it takes no room from others.
func TestUnfinishedMessagesAreDroppedWithTheEnd(t *testing.T) {
	half := strings.Repeat("x", 40_000)
	for name, end := range map[string][]byte{
		"a violation":          raw(0x83, ""),
		"too much":             raw(0x00, half),
		"the peer's own close": closeOf(1000, ""),
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, Options{MaxBuffered: 64 << 10, CloseTimeout: time.Minute})
			first := open(t, s.addr)
			first.send(cat(raw(0x01, half), end))
			if f := first.frame(); !strings.HasPrefix(f, "close ") {
				t.Fatal(f)
			}
			second := open(t, s.addr)
			second.send(raw(0x01, half))
			second.send(raw(0x80, "y"))
			second.expect(`text "` + half + `y"`)
			first.Close()
			second.Close()
		})
	}
}

// Who begins a large message instead of answering our close frame is not waited for when
// there is no room for it.
func TestNoRoomForMessagesBehindTheEnd(t *testing.T) {
	s := serve(t, Options{MaxBuffered: 64 << 10, CloseTimeout: time.Minute})
	c := open(t, s.addr)
	s.Hub().CloseAll(CodeNormal, "bye")
	c.expect(`close 1000 "bye"`)
	c.send(raw(0x01, strings.Repeat("x", 100_000)))
	s.log.await(t, 1, Ended)
	if n := s.Reached(LimitBuffered); n != 1 {
		t.Errorf("the limit was reached %d times", n)
	}
	c.Close()
}
