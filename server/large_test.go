package server

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// While as many large messages are decoded as may be, small ones are not held up.
func TestLargeMessagesLeaveRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := guarded(t, "")
		defer shut(t, s)
		for range cap(s.large) {
			s.large <- struct{}{}
		}
		big, small := call(t, s, "192.0.2.1:1"), call(t, s, "192.0.2.1:2")
		mark := strings.Repeat("x", largeMessage)
		big.send("right", mark)
		small.send("right", "small")
		if d := small.took("small"); d != 0 {
			t.Errorf("a small message took %v", d)
		}
		began := time.Now()
		time.AfterFunc(time.Minute, func() { <-s.large })
		if big.took(mark); time.Since(began) != time.Minute {
			t.Errorf("a large message was executed after %v", time.Since(began))
		}
		for range cap(s.large) - 1 {
			<-s.large
		}
	})
}
