package server

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// dialFrom connects from an address of this machine.
func dialFrom(t *testing.T, from string, to net.Addr) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.DialContext(t.Context(), "tcp", to.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// refusedFrom connects from an address and must be closed unasked.
func refusedFrom(t *testing.T, from string, to net.Addr) {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.DialContext(t.Context(), "tcp", to.String())
	if err == nil {
		defer c.Close()
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, err = c.Read(make([]byte, 1))
	}
	if err == nil || isTimeout(err) {
		t.Errorf("%s: %v; the connection should have been refused", from, err)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// Connections beyond the limits are closed, those within are not disturbed, and what
// was closed makes room.
func TestLimitsOfAListener(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := newLimitListener(inner, 3, 2, slog.New(slog.DiscardHandler))
	l.exempt = func(network) bool { return false }
	in := make(chan net.Conn)
	ended := make(chan error, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			in <- c
		}
	}()
	const one, two, three = "127.0.0.1", "127.0.0.2", "127.0.0.3"
	client := dialFrom(t, one, l.Addr())
	first := <-in
	dialFrom(t, one, l.Addr())
	second := <-in
	refusedFrom(t, one, l.Addr())
	dialFrom(t, two, l.Addr())
	third := <-in
	refusedFrom(t, three, l.Addr())
	if got := l.figures(); got.open != 3 || got.refused != [listenerLimits]uint64{1, 1} || got.starved != 0 {
		t.Errorf("counted %+v", got)
	}

	if _, err := first.Write([]byte("served")); err != nil {
		t.Error(err)
	}
	_ = first.Close()
	_ = first.Close() // counted once
	if got, err := io.ReadAll(client); string(got) != "served" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
	dialFrom(t, three, l.Addr())
	fourth := <-in
	refusedFrom(t, three, l.Addr())

	if bare, ok := handOver(second).(*net.TCPConn); !ok {
		t.Errorf("handed over was a %T", second)
	} else {
		defer bare.Close()
	}
	dialFrom(t, three, l.Addr())
	fifth := <-in
	_ = second.Close() // does not count again
	for _, c := range []net.Conn{third, fourth, fifth} {
		_ = c.Close()
	}
	if got := l.figures(); got.open != 0 || len(l.from) != 0 {
		t.Errorf("%+v and %d networks are left", got, len(l.from))
	}
	_ = l.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// However connections come and go, the counts are those of a model, never above a
// limit, and nothing is left in the end.
func TestCountsOfAListener(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most, mostOne := rapid.IntRange(1, 9).Draw(t, "most"), rapid.IntRange(1, 4).Draw(t, "one")
		l := newLimitListener(nil, most, mostOne, slog.New(slog.DiscardHandler))
		places := []network{networkOf("192.0.2.1:1"), networkOf("192.0.2.2:1"), networkOf("[2001:db8::1]:1"), networkOf("127.0.0.1:1"), networkOf("[::1]:1")}
		open := map[network]int{}
		total := 0
		for range rapid.IntRange(0, 100).Draw(t, "steps") {
			who := rapid.SampledFrom(places).Draw(t, "who")
			if open[who] > 0 && rapid.Bool().Draw(t, "leaves") {
				l.leave(who)
				open[who]--
				total--
				continue
			}
			want := withinLimits
			if total == most {
				want = limitInAll
			} else if local := who == places[3] || who == places[4]; !local && open[who] == mostOne {
				want = limitOfNetwork
			}
			if got := l.enter(who); got != want {
				t.Fatalf("%v with %d of %d open, %d from there: %v, want %v", who, total, most, open[who], got, want)
			}
			if want == withinLimits {
				open[who]++
				total++
			}
		}
		for who, n := range open {
			for range n {
				l.leave(who)
			}
		}
		if l.open != 0 || len(l.from) != 0 {
			t.Fatalf("%d connections and %d networks are left", l.open, len(l.from))
		}
	})
}

func TestOnlyLoopbackIsExempt(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:1": true, "127.9.9.9:1": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true,
		"192.168.0.1:1": false, "10.0.0.1:1": false, "[2001:db8::1]:1": false, "[fe80::1%eth0]:1": false, "": false,
	} {
		if got := isLoopback(networkOf(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
	if isLoopback(netip.MustParsePrefix("::/0")) {
		t.Error("everything is")
	}
}

// failing is a listener without descriptors.
type failing struct{ net.Listener }

func (failing) Accept() (net.Conn, error) {
	return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
}

// Missing descriptors are counted and told, and left to the HTTP server, which knows how
// to wait.
func TestAcceptWithoutDescriptors(t *testing.T) {
	var said strings.Builder
	l := newLimitListener(failing{}, 1, 1, slog.New(slog.NewTextHandler(&said, nil)))
	_, err := l.Accept()
	if passing, ok := errors.AsType[net.Error](err); !ok || !passing.Temporary() { //nolint:staticcheck // what net/http asks
		t.Errorf("the HTTP server would give up after %v", err)
	}
	if l.figures().starved != 1 || !strings.Contains(said.String(), "LimitNOFILE") {
		t.Errorf("counted %+v, said %q", l.figures(), said.String())
	}
}
