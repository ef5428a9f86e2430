package conn

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// Several senders at once: every client sees every broadcast, all in one order.
func TestBroadcastsComeInOneOrder(t *testing.T) {
	const senders, each = 4, 50
	s := serve(t, Options{})
	clients := []*client{open(t, s.addr), open(t, s.addr), open(t, s.addr)}
	for i := range clients {
		s.log.await(t, uint64(i+1), Active)
	}
	var sending sync.WaitGroup
	for i := range senders {
		sending.Go(func() {
			for n := range each {
				if reached := s.Hub().Broadcast(fmt.Appendf(nil, "%d/%d", i, n)); reached != len(clients) {
					t.Errorf("reached %d clients", reached)
				}
			}
		})
	}
	var orders [3]string
	for i, c := range clients {
		for range senders * each {
			orders[i] += c.frame() + " "
		}
	}
	sending.Wait()
	for i := range orders {
		if orders[i] != orders[0] {
			t.Errorf("client %d saw another order than the first", i)
		}
	}
	if n := strings.Count(orders[0], "text"); n != senders*each {
		t.Errorf("%d broadcasts arrived", n)
	}
	for _, c := range clients {
		c.Close()
	}
}

func TestRemovedFromBroadcastsLivesOn(t *testing.T) {
	var ours Conn
	s := serve(t, Options{Handler: funcs{connect: func(c Conn) error { ours = c; return nil }}})
	c := open(t, s.addr)
	s.log.await(t, 1, Active)
	s.Hub().Remove(ours)
	if n := s.Hub().Broadcast([]byte("not for us")); n != 0 {
		t.Errorf("%d clients were reached", n)
	}
	ours.Send([]byte("for us"))
	s.Hub().Add(ours)
	s.Hub().Add(ours)
	if n := s.Hub().Broadcast([]byte("for us, too")); n != 1 {
		t.Errorf("%d clients were reached", n)
	}
	c.expect(`text "for us"`, `text "for us, too"`)
	c.Close()
}

// A session may call the hub whenever it likes; what it adds too early or too late must
// not stay there for ever.
func TestHubKeepsNobodyWhoIsNotThere(t *testing.T) {
	h := funcs{}
	var s *server
	h.create = func(c Conn) error { s.Hub().Add(c); return nil }
	h.disconnect = func(c Conn, _ Reason) { s.Hub().Add(c) }
	s = unsupervised(t, Options{Handler: h})
	s.begin(listen(t))
	never := dial(t, s.addr)
	s.log.await(t, 1, Handshaking)
	if n := s.Hub().Len(); n != 0 {
		t.Errorf("%d connections take part before their handshake", n)
	}
	never.Close()
	s.log.await(t, 1, Ended)
	open(t, s.addr).Close()
	s.log.await(t, 2, Ended)
	if n := s.Hub().Len(); n != 0 {
		t.Errorf("%d connections are kept after their end", n)
	}
	s.stop(t)
}

// A greeter answers each message with a greeting.
type greeter struct{}

func (greeter) NewSession(Conn) (Session, error) { return greeter{}, nil }
func (greeter) OnWSConnect() error               { return nil }
func (greeter) OnCall(m []byte) (Answer, error) {
	return Answer{To: Response, Payload: append([]byte("hello, "), m...)}, nil
}
func (greeter) OnWSDisconnect(r Reason) { fmt.Println(r) }

func ExampleEngine() {
	engine, err := New(Options{Handler: greeter{}})
	if err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	served := make(chan error)
	go func() { served <- engine.Serve(listener) }()

	// A client: any websocket library will do.
	nc, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		panic(err)
	}
	io.WriteString(nc, openingRequest)
	nc.Write(text("world"))
	nc.Write(closeOf(1000, "bye"))
	answer, err := io.ReadAll(nc)
	if err != nil {
		panic(err)
	}
	_, frames, _ := strings.Cut(string(answer), "\r\n\r\n")
	greeting, err := readFrame(strings.NewReader(frames))
	if err != nil {
		panic(err)
	}
	fmt.Println(greeting)
	nc.Close()

	if err := engine.Shutdown(context.Background(), "Server shutdown"); err != nil {
		panic(err)
	}
	fmt.Println(<-served)
	// Output:
	// text "hello, world"
	// closed by peer with 1000 "bye"
	// <nil>
}
