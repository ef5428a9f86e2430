package conn

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
	"pgregory.net/rapid"
)

// order is what a client of TestPartsOnTheWire asks for: an answer of these sizes,
// after pushes of these.
type order struct {
	Head, Body, Tail int
	Binary, All      bool
	Before           []int
}

func (o order) parts() Parts {
	return Parts{Head: letters('h', o.Head), Body: letters('b', o.Body), Tail: letters('t', o.Tail), Binary: o.Binary}
}

// letters are n bytes that differ by place, so that a lost or doubled one is seen.
func letters(first byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = first + byte(i%7+i/4096%5)
	}
	return b
}

// obedient does what the order in a message says.
var obedient = funcs{call: func(c Conn, m []byte) (Answer, error) {
	var o order
	if err := json.Unmarshal(m, &o); err != nil {
		return Answer{}, err
	}
	for _, size := range o.Before {
		if err := c.Send(letters('p', size)); err != nil {
			return Answer{}, err
		}
	}
	p, to := o.parts(), Response
	if o.All {
		to = ResponseToAll
	}
	return Answer{To: to, Payload: p.Head, Body: p.Body, Tail: p.Tail, Binary: p.Binary}, nil
}}

// What is on the wire is the concatenation of the parts, in one frame and in order,
// for a client that reads as it likes through a small window.
func TestPartsOnTheWire(t *testing.T) {
	sizes := []int{0, 1, 125, 126, batchSize, shareAbove - 200, shareAbove, shareAbove + 1, 1 << 16, 200_000}
	s := serve(t, Options{Handler: obedient, OutboxBytes: 64 << 20})
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.SampledFrom(sizes)
		orders := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) order {
			return order{
				Head: size.Draw(rt, "head"), Body: size.Draw(rt, "body"), Tail: size.Draw(rt, "tail"),
				Binary: rapid.Bool().Draw(rt, "binary"), All: rapid.Bool().Draw(rt, "all"),
				Before: rapid.SliceOfN(size, 0, 3).Draw(rt, "before"),
			}
		}), 1, 3).Draw(rt, "orders")
		c := dial(t, s.addr)
		c.tcp().SetReadBuffer(rapid.IntRange(1<<15, 1<<18).Draw(rt, "window"))
		defer c.Close()
		c.send([]byte(openingRequest))
		c.head()
		var want bytes.Buffer
		for _, o := range orders {
			line, _ := json.Marshal(o)
			c.send(text(string(line)))
			for _, n := range o.Before {
				want.Write(encodeFrame(ws.OpText, letters('p', n)).appendTo(nil))
			}
			op, p := ws.OpText, o.parts()
			if o.Binary {
				op = ws.OpBinary
			}
			want.Write(encodeFrame(op, bytes.Join([][]byte{p.Head, p.Body, p.Tail}, nil)).appendTo(nil))
		}
		got, piece := make([]byte, 0, want.Len()), rapid.IntRange(100, 1<<17).Draw(rt, "piece")
		for len(got) < want.Len() {
			n, err := c.r.Read(got[len(got):min(len(got)+piece, want.Len())])
			got = got[:len(got)+n]
			if err != nil {
				rt.Fatalf("%v after %d of %d bytes", err, len(got), want.Len())
			}
		}
		if sha256.Sum256(got) != sha256.Sum256(want.Bytes()) {
			at := 0
			for got[at] == want.Bytes()[at] {
				at++
			}
			rt.Fatalf("the %d bytes of %+v are not the concatenation: %q at %d, want %q", want.Len(), orders, got[at:min(at+20, len(got))], at, want.Bytes()[at:min(at+20, len(got))])
		}
	})
}

// A client that reads 1 MB/s is busy with a list for many seconds. Meanwhile heartbeats
// come, another list is broadcast, and again: it must get all but what is superseded.
func TestSlowReaderOfAListIsServed(t *testing.T) {
	var ours Conn
	body := letters('b', 2*DefaultOutboxBytes)
	h := funcs{
		connect: func(c Conn) error { ours = c; return nil },
		call: func(Conn, []byte) (Answer, error) {
			return Answer{To: Response, Payload: []byte("answer "), Body: body, Tail: []byte(" end")}, nil
		},
	}
	synthetic(t, Options{Handler: h}, func(t *testing.T, s *server) {
		c := adopt(t, s, openingRequest)
		c.head()
		c.SetDeadline(time.Time{})
		c.send(text("give"))
		synctest.Wait()
		for second := range 100 {
			s.Hub().Publish(Parts{Head: fmt.Appendf(nil, "heartbeat %d", second), Topic: "time"})
			s.Hub().Publish(Parts{Head: fmt.Appendf(nil, "list %d ", second), Body: body, Topic: "list"})
			<-time.After(time.Second)
		}
		var waiting int
		peek(ours, func(_ *record, w *work) { waiting = len(w.box.queue) })
		if waiting != 3 {
			t.Errorf("%d frames are queued, want the answer and one of each topic", waiting)
		}
		c.expect(fmt.Sprintf("text %q", "answer "+string(body)+" end"), `text "heartbeat 99"`, fmt.Sprintf("text %q", "list 99 "+string(body)))
		c.send(text("again"))
		if got := c.frame(); !strings.HasPrefix(got, `text "answer `) {
			t.Errorf("got %.40s", got)
		}
		c.Close()
	})
}

// One list may wait whatever its size; a second one of another topic is too much for
// a client that does not read.
func TestOneSharedBodyMayWait(t *testing.T) {
	var ours Conn
	h := funcs{connect: func(c Conn) error { ours = c; return nil }}
	synthetic(t, Options{Handler: h}, func(t *testing.T, s *server) {
		c := adopt(t, s, openingRequest)
		c.head()
		synctest.Wait() // until onWSConnect has returned
		body := letters('b', 2*DefaultOutboxBytes)
		for i := range 3 {
			want := error(nil)
			if i == 2 {
				want = ErrSlow
			}
			if err := ours.publish(Parts{Head: []byte("a list"), Body: body, Topic: fmt.Sprint("topic ", i)}); !errors.Is(err, want) {
				t.Errorf("list %d: %v, want %v", i, err, want)
			}
			synctest.Wait()
		}
		if got := c.frame(); !strings.HasPrefix(got, `text "a list`) {
			t.Errorf("got %.40s", got)
		}
		c.expect(`close 1008 "reading too slowly"`, "EOF")
		c.Close()
	})
}

// A client relies on having heard of what its request caused when the answer comes, so
// a notification behind the answer does not replace the one before it.
func TestAPushBeforeAnAnswerIsNotReplaced(t *testing.T) {
	h := funcs{call: func(c Conn, m []byte) (Answer, error) {
		c.s.engine.Hub().Publish(Parts{Head: []byte("changed"), Topic: "changed"})
		return Answer{To: Response, Payload: m}, nil
	}}
	synthetic(t, Options{Handler: h}, func(t *testing.T, s *server) {
		c := adopt(t, s, openingRequest)
		c.head()
		synctest.Wait()
		large := string(letters('l', 20<<10))
		s.Hub().Broadcast([]byte(large)) // under way, as nobody reads
		synctest.Wait()
		c.send(text("do"))
		synctest.Wait()
		s.Hub().Publish(Parts{Head: []byte("changed again"), Topic: "changed"})
		s.Hub().Publish(Parts{Head: []byte("changed at last"), Topic: "changed"})
		c.expect(fmt.Sprintf("text %q", large), `text "changed"`, `text "do"`, `text "changed at last"`)
		c.Close()
	})
}

// Clients that ask for a list and do not read it cost what is their own of it, and
// however they end, all is given free.
func TestSharedBodiesAreNotCopiedPerClient(t *testing.T) {
	const clients = 40
	body := letters('b', 8<<20)
	h := funcs{call: func(_ Conn, m []byte) (Answer, error) {
		return Answer{To: Response, Payload: m, Body: body, Tail: m}, nil
	}}
	s := serve(t, Options{Handler: h, CloseTimeout: shortClose})
	all := make([]*client, clients)
	for i := range all {
		all[i] = open(t, s.addr)
		s.log.await(t, uint64(i+1), Active)
	}
	before := inUse()
	for i, c := range all {
		c.send(text("give"))
		s.log.await(t, uint64(i+1), Responding)
	}
	if more := inUse() - before; more > int64(len(body)) {
		t.Errorf("%d clients with %d bytes under way each take %d bytes", clients, len(body), more)
	}
	var ending sync.WaitGroup
	for i, c := range all {
		ending.Go(func() {
			switch i % 4 {
			case 0:
				c.tcp().SetLinger(0)
			case 1:
				io.CopyN(io.Discard, c.r, 1<<20)
			case 2:
				c.send(closeOf(1000, "enough"))
				io.Copy(io.Discard, c.r)
			case 3:
				return // until the shutdown
			}
			c.Close()
		})
	}
	ending.Wait()
	s.stop(t)
	runtime.KeepAlive(body)
}
