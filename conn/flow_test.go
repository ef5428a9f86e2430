package conn

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// How an outbox flows, step by step. The pipe has no buffer, so a frame is under way
// until the client reads it; two of these frames do not fit into one write.
func TestOutboxFlow(t *testing.T) {
	push := func(name byte) []byte { return []byte(strings.Repeat(string(name), 10<<10)) }
	frame := func(name byte) string { return fmt.Sprintf("text %q", push(name)) }
	const bound = 25 << 10
	for _, tc := range []struct {
		name   string
		bound  int
		pushes string // the name of each
		last   error  // of the last push
		then   func(c *client, s *server)
		state  OutboxState // before then
	}{
		{"one flows", bound, "a", nil, func(c *client, _ *server) { c.expect(frame('a')) }, Flowing},
		{"three back up and catch up", bound, "abc", nil, func(c *client, _ *server) {
			c.expect(frame('a'), frame('b'), frame('c'))
			c.send(text("and on"))
			c.expect(`text "and on"`)
		}, BackedUp},
		{"what is queued leaves before a close frame", bound, "abc", nil, func(c *client, s *server) {
			s.Hub().CloseAll(1001, "")
			c.expect(frame('a'), frame('b'), frame('c'), `close 1001 ""`, "EOF")
		}, BackedUp},
		{"too many are cut off behind the one under way", bound, "abcd", ErrSlow, func(c *client, _ *server) {
			c.expect(frame('a'), `close 1008 "reading too slowly"`, "EOF")
		}, Evicted},
		{"one that is larger than the bound is cut off", 5 << 10, "ab", ErrSlow, func(c *client, _ *server) {
			c.expect(frame('a'), `close 1008 "reading too slowly"`, "EOF")
		}, Evicted},
		{"a client that never reads is given up", bound, "abcd", ErrSlow, func(c *client, s *server) {
			s.log.await(c.t, 1, Ended)
		}, Evicted},
		{"what is queued goes with its connection", bound, "abc", nil, func(c *client, s *server) {
			c.Close()
			s.log.await(c.t, 1, Ended)
		}, BackedUp},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var ours Conn
			h := funcs{connect: func(c Conn) error { ours = c; return nil }}
			synthetic(t, Options{OutboxBytes: tc.bound, Handler: h}, func(t *testing.T, s *server) {
				c := adopt(t, s, openingRequest)
				c.head()
				synctest.Wait()
				for i := range len(tc.pushes) {
					want := error(nil)
					if i == len(tc.pushes)-1 {
						want = tc.last
					}
					if err := ours.Send(push(tc.pushes[i])); !errors.Is(err, want) {
						t.Errorf("push %c: %v, want %v", tc.pushes[i], err, want)
					}
					synctest.Wait()
				}
				var state OutboxState
				peek(ours, func(r *record, _ *work) { state = r.box.State() })
				if state != tc.state {
					t.Errorf("the outbox is %s, want %s", OutboxLifecycle.StateName(state), OutboxLifecycle.StateName(tc.state))
				}
				tc.then(c, s)
				c.Close()
			})
		})
	}
}

func TestPageThatNobodyReads(t *testing.T) {
	synthetic(t, Options{}, func(t *testing.T, s *server) {
		begin := time.Now()
		c := adopt(t, s, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		s.log.await(t, 1, Ended)
		if d := time.Since(begin); d != DefaultCloseTimeout {
			t.Errorf("waited %v for a browser that does not read", d)
		}
		c.Close()
	})
}

func TestNoSessionNoConnection(t *testing.T) {
	for name, create := range map[string]func(Conn) error{
		"error": func(Conn) error { return errors.New("not today") },
		"panic": func(Conn) error { panic("not today") },
	} {
		t.Run(name, func(t *testing.T) {
			synthetic(t, Options{Handler: funcs{create: create}}, func(t *testing.T, s *server) {
				c := adopt(t, s, openingRequest)
				if got := c.frame(); got != "EOF" {
					t.Errorf("got %s", got)
				}
				s.log.await(t, 1, Ended)
				c.Close()
			})
		})
	}
}
