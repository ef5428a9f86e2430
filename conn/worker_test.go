package conn

import (
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Large messages are executed a few at a time, and small ones pass them; a session that
// waits for something holds up the large ones of others for a moment only.
func TestLargeMessagesWaitForEachOther(t *testing.T) {
	var inside atomic.Int32
	var leave chan struct{} // of the bubble
	synthetic(t, Options{Transport: Goroutine, Handler: funcs{call: func(_ Conn, m []byte) (Answer, error) {
		if len(m) > bulky {
			inside.Add(1)
			<-leave
		}
		return Answer{To: Response, Payload: m[:1]}, nil
	}}}, func(t *testing.T, s *server) {
		leave = make(chan struct{})
		const crowd = 10
		few := newCrew().few.most
		clients := make([]*client, crowd)
		for i := range clients {
			clients[i] = adopt(t, s, openingRequest)
			clients[i].head()
			clients[i].send(text(strings.Repeat("l", bulky+1)))
		}
		synctest.Wait()
		if n := int(inside.Load()); n != few {
			t.Errorf("%d large messages are executed at once, want %d", n, few)
		}
		began := time.Now()
		c := adopt(t, s, openingRequest)
		c.head()
		for range 20 {
			c.send(text("s"))
			c.expect(`text "s"`)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("small messages took %v", took)
		}
		<-time.After((crowd - time.Duration(few)) * stuck)
		synctest.Wait()
		if n := int(inside.Load()); n != crowd {
			t.Errorf("%d of %d sessions were called while others wait for the disk", n, crowd)
		}
		close(leave)
		for _, c := range clients {
			c.expect(`text "l"`)
		}
	})
}

// Who was hired because others were stuck leaves when they are not any more, however long
// the queue is.
func TestFewWorkersAreFewAgain(t *testing.T) {
	var inside atomic.Int32
	var leave chan struct{} // of the bubble
	synthetic(t, Options{Transport: Goroutine, Handler: funcs{call: func(Conn, []byte) (Answer, error) {
		inside.Add(1)
		<-leave
		inside.Add(-1)
		return Answer{}, nil
	}}}, func(t *testing.T, s *server) {
		leave = make(chan struct{})
		const more, waiting = 3, 4
		few := newCrew().few.most
		for range few + 2*more + waiting {
			c := adopt(t, s, openingRequest)
			c.head()
			c.send(text(strings.Repeat("l", bulky+1)))
		}
		<-time.After(more * stuck)
		synctest.Wait()
		if n := int(inside.Load()); n != few+more {
			t.Fatalf("%d are at work while all are stuck, want %d", n, few+more)
		}
		for range 2 * more {
			leave <- struct{}{}
			synctest.Wait()
		}
		if n := int(inside.Load()); n != few {
			t.Errorf("%d are at work, want %d", n, few)
		}
		close(leave)
	})
}
