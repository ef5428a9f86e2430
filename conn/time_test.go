package conn

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// In these tests time is synthetic: it passes when every goroutine waits.

// halfClosing is a pipe that can end one direction, as far as the engine knows.
func halfClosing(nc net.Conn) net.Conn { return &halfPipe{nc} }

type halfPipe struct{ net.Conn }

func (*halfPipe) CloseWrite() error { return nil }

// adopt runs one end of an in-memory connection and returns the other.
func adopt(t *testing.T, s *server, head string, as ...func(net.Conn) net.Conn) *client {
	t.Helper()
	ours, theirs := net.Pipe()
	for _, wrap := range as {
		theirs = wrap(theirs)
	}
	if err := s.Adopt(theirs, []byte(head)); err != nil {
		t.Fatal(err)
	}
	return newClient(t, ours)
}

func synthetic(t *testing.T, o Options, test func(t *testing.T, s *server)) {
	synctest.Test(t, func(t *testing.T) {
		s := unsupervised(t, o)
		close(s.served) // nothing is accepted, only adopted
		test(t, s)
		s.stop(t)
	})
}

func TestOpenTimeoutDropsWithoutABytes(t *testing.T) {
	synthetic(t, Options{}, func(t *testing.T, s *server) {
		begin := time.Now()
		for _, head := range []string{"", "GET / HT", openingRequest[:len(openingRequest)-1]} {
			c := adopt(t, s, head)
			if _, err := c.r.ReadByte(); err != io.EOF {
				t.Errorf("after %q: %v", head, err)
			}
			if d := time.Since(begin); d != DefaultOpenTimeout {
				t.Errorf("after %q: dropped after %v", head, d)
			}
			begin = time.Now()
		}
		// A byte now and then does not help.
		c := adopt(t, s, "")
		for i := 0; ; i++ {
			if _, err := c.Write([]byte(openingRequest[i : i+1])); err != nil {
				break
			}
			<-time.After(time.Second)
		}
		if d := time.Since(begin); d < DefaultOpenTimeout || d > DefaultOpenTimeout+time.Second {
			t.Errorf("a slow client was dropped after %v", d)
		}
	})
}

func TestCloseTimeout(t *testing.T) {
	synthetic(t, Options{}, func(t *testing.T, s *server) {
		// The peer does not read, so our close frame never leaves.
		c := adopt(t, s, openingRequest)
		c.head()
		begin := time.Now()
		s.Hub().CloseAll(1001, "later")
		s.log.await(t, 1, CloseTimedOut)
		if d := time.Since(begin); d != DefaultCloseTimeout {
			t.Errorf("waited %v for a peer that does not read", d)
		}
		c.Close()

		// The peer has it and neither answers nor ends the connection.
		c = adopt(t, s, openingRequest, halfClosing)
		c.head()
		begin = time.Now()
		s.Hub().CloseAll(1001, "later")
		c.expect(`close 1001 "later"`)
		s.log.await(t, 2, CloseTimedOut)
		if d := time.Since(begin); d != DefaultCloseTimeout {
			t.Errorf("waited %v for a peer that does not answer", d)
		}
		c.Close()

		// The peer has answered and does not end the connection.
		c = adopt(t, s, openingRequest, halfClosing)
		c.head()
		begin = time.Now()
		c.send(closeOf(1000, ""))
		c.expect(`close 1000 ""`)
		s.log.await(t, 3, CloseTimedOut)
		if d := time.Since(begin); d != DefaultCloseTimeout {
			t.Errorf("waited %v for a peer that does not end the connection", d)
		}
		c.Close()
	})
}

// Who keeps talking gets no more time than who is silent.
func TestCloseTimeoutOfATalkativePeer(t *testing.T) {
	for name, tc := range map[string]struct{ request, drip string }{
		"websocket": {openingRequest, string(text("and another thing"))},
		"browser":   {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "."},
	} {
		t.Run(name, func(t *testing.T) {
			synthetic(t, Options{}, func(t *testing.T, s *server) {
				c := adopt(t, s, tc.request, halfClosing)
				go io.Copy(io.Discard, c.r)
				synctest.Wait()
				begin := time.Now()
				s.Hub().CloseAll(CodeNormal, "")
				for {
					if _, err := c.Write([]byte(tc.drip)); err != nil {
						break
					}
					<-time.After(time.Second)
				}
				s.log.await(t, 1, Ended)
				// The last drop may come up to a second after the end.
				if d := time.Since(begin); d < DefaultCloseTimeout || d > DefaultCloseTimeout+time.Second {
					t.Errorf("ended after %v", d)
				}
				c.Close()
			})
		})
	}
}

func TestCloseIsNotHeldUpByASessionThatHangs(t *testing.T) {
	release := make(chan struct{})
	synthetic(t, Options{Handler: funcs{call: func(Conn, []byte) (Answer, error) { <-release; return Answer{}, nil }}}, func(t *testing.T, s *server) {
		release = make(chan struct{}) // of this bubble
		c := adopt(t, s, openingRequest)
		c.head()
		c.send(text("hang"))
		begin := time.Now()
		c.send(closeOf(1000, ""))
		c.expect(`close 1000 ""`)
		if d := time.Since(begin); d != DefaultCloseTimeout {
			t.Errorf("the close frame was answered after %v", d)
		}
		s.log.await(t, 1, Orphaned)
		close(release)
		c.Close()
	})
}

// The next message is executed only when no answer waits behind the frame being
// written: one answer is under way, one waits, and the third call is held back.
func TestUnreadAnswersHoldBackCalls(t *testing.T) {
	var executed atomic.Int32
	synthetic(t, Options{Handler: funcs{call: func(_ Conn, m []byte) (Answer, error) {
		executed.Add(1)
		return Answer{To: Response, Payload: m}, nil
	}}}, func(t *testing.T, s *server) {
		c := adopt(t, s, openingRequest)
		c.head()
		go c.Write(cat(text("1"), text("2"), text("3"), text("4"), text("5")))
		synctest.Wait()
		if n := executed.Load(); n != 2 {
			t.Errorf("%d calls were executed for a client that reads nothing", n)
		}
		c.expect(`text "1"`, `text "2"`, `text "3"`, `text "4"`, `text "5"`)
		c.Close()
	})
}

func TestNoIdleTimeout(t *testing.T) {
	synthetic(t, Options{}, func(t *testing.T, s *server) {
		c := adopt(t, s, openingRequest)
		c.head()
		c.SetDeadline(time.Time{})
		<-time.After(30 * 24 * time.Hour)
		c.send(text("still there?"))
		c.expect(`text "still there?"`)
		c.Close()
	})
}

func TestAdoptTakesWhatWasRead(t *testing.T) {
	synthetic(t, Options{}, func(t *testing.T, s *server) {
		c := adopt(t, s, openingRequest+string(text("early")))
		c.head()
		c.expect(`text "early"`)
		c.Close()
		s.Shutdown(t.Context(), "")
		ours, theirs := net.Pipe()
		if err := s.Adopt(theirs, nil); !errors.Is(err, ErrShutdown) {
			t.Errorf("adopting after a shutdown: %v", err)
		}
		if _, err := ours.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the connection is still open: %v", err)
		}
	})
}

// emptyHanded is a listener whose process is out of descriptors.
type emptyHanded struct {
	net.Listener
	err    error
	calls  atomic.Int32
	closed chan struct{}
}

func (l *emptyHanded) Accept() (net.Conn, error) {
	l.calls.Add(1)
	select {
	case <-l.closed:
		return nil, net.ErrClosed
	default:
		return nil, &net.OpError{Op: "accept", Err: l.err}
	}
}

func (l *emptyHanded) Close() error {
	close(l.closed)
	return nil
}

func (l *emptyHanded) Addr() net.Addr { return &net.TCPAddr{} }

func TestAcceptDoesNotSpin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := unsupervised(t, Options{})
		l := &emptyHanded{err: fmt.Errorf("accept4: %w", syscall.EMFILE), closed: make(chan struct{})}
		s.begin(l)
		<-time.After(time.Minute)
		if n := l.calls.Load(); n < 50 || n > 80 {
			t.Errorf("%d tries to accept in a minute without descriptors", n)
		}
		s.stop(t)
	})
	synctest.Test(t, func(t *testing.T) {
		s := unsupervised(t, Options{})
		broken := errors.New("the listener is broken")
		if err := s.Serve(&emptyHanded{err: broken, closed: make(chan struct{})}); !errors.Is(err, broken) {
			t.Errorf("a broken listener makes Serve return %v", err)
		}
	})
}
