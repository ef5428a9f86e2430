package conn

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
)

// layered is a connection whose type says that there is more than a socket.
type layered struct{ net.Conn }

// A plain connection that was accepted elsewhere goes to a loop, with what was read of
// it, and leaves nothing behind; any other keeps its goroutine.
func TestAdoptOntoALoop(t *testing.T) {
	config := selfSigned(t)
	for name, tc := range map[string]struct {
		listener func(net.Listener) net.Listener
		dial     func(net.Conn) net.Conn
		looped   bool
	}{
		"a socket":          {func(l net.Listener) net.Listener { return l }, nil, true},
		"sniffed and plain": {TLS{Config: config, Sniff: true}.Listener, nil, true},
		"sniffed TLS":       {TLS{Config: config, Sniff: true}.Listener, func(nc net.Conn) net.Conn { return tls.Client(nc, trusting) }, false},
		"TLS":               {TLS{Config: config}.Listener, func(nc net.Conn) net.Conn { return tls.Client(nc, trusting) }, false},
		"a layer":           {func(l net.Listener) net.Listener { return &layers{l} }, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, Options{Transport: Loop})
			before := descriptors(t)
			l := tc.listener(listen(t))
			defer l.Close()
			nc := connect(t, l.Addr().String())
			accepted, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			if tc.dial != nil {
				nc = tc.dial(nc)
			}
			c := newClient(t, nc)
			go c.Write(cat([]byte(openingRequest), text("early")))
			head := make([]byte, len(openingRequest)+3)
			if _, err := io.ReadFull(accepted, head); err != nil {
				t.Fatal(err)
			}
			if err := s.Adopt(accepted, head); err != nil {
				t.Fatal(err)
			}
			c.head()
			c.expect(`text "early"`)
			c.send(text("later"))
			c.expect(`text "later"`)
			looped := false
			for _, shard := range s.loops {
				shard.lock()
				shard.table.each(func(_ uint32, r *record) { looped = looped || r.fd != noSocket })
				shard.unlock()
			}
			if looped != tc.looped {
				t.Errorf("on a loop: %v, want %v", looped, tc.looped)
			}
			if seen := s.Look(Query{}); len(seen) != 1 || seen[0].Remote != nc.LocalAddr().String() {
				t.Errorf("%v is connected, want %v", seen, nc.LocalAddr())
			}
			c.send(closeOf(1000, ""))
			c.expect(`close 1000 ""`, "EOF")
			c.Close()
			s.log.await(t, 1, Ended)
			l.Close()
			s.stop(t)
			if after := descriptors(t); after > before {
				t.Errorf("%d descriptors before, %d after", before, after)
			}
		})
	}
}

// layers is a listener of connections with a layer.
type layers struct{ net.Listener }

func (l *layers) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	return layered{nc}, err
}

// An engine that has served nothing adopts all the same, and refuses beyond its limits.
func TestAdoptWithoutServing(t *testing.T) {
	s := unsupervised(t, Options{Transport: Loop, MaxConnections: 1})
	s.served <- nil
	t.Cleanup(func() { s.stop(t) })
	l := listen(t)
	defer l.Close()
	adopt := func() (*client, error) {
		nc := connect(t, l.Addr().String())
		accepted, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return newClient(t, nc), s.Adopt(accepted, []byte(openingRequest))
	}
	first, err := adopt()
	if err != nil {
		t.Fatal(err)
	}
	first.head()
	first.send(text("served"))
	first.expect(`text "served"`)
	second, err := adopt()
	if !errors.Is(err, ErrFull) {
		t.Errorf("beyond the limit: %v", err)
	}
	second.ended()
	first.Close()
}
