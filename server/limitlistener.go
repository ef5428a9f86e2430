package server

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// limitListener counts the connections that are open, in all and from each network,
// and closes those beyond its limits as soon as they are accepted. It must lie directly
// on the socket, below TLS. Any goroutine may use it.
//
// Loopback addresses are counted in all only: a reverse proxy comes from there with
// everybody behind it.
type limitListener struct {
	net.Listener
	most    int                // in all
	mostOne int                // from one network
	exempt  func(network) bool // from mostOne
	log     *slog.Logger

	mu      sync.Mutex // guards what follows
	open    int
	from    map[network]int
	refused [listenerLimits]uint64
	starved uint64 // accepts that failed for want of descriptors
}

// listenerLimit is one of the limits of a limitListener.
type listenerLimit uint8

// The limits, withinLimits for none.
const (
	limitInAll listenerLimit = iota
	limitOfNetwork
	listenerLimits
	withinLimits
)

// limitNames are the limits as the metrics and the settings call them.
var limitNames = [listenerLimits]string{limitInAll: "connections", limitOfNetwork: "address"}

func newLimitListener(l net.Listener, most, mostOne int, log *slog.Logger) *limitListener {
	return &limitListener{Listener: l, most: most, mostOne: mostOne, exempt: isLoopback, log: log, from: make(map[network]int)}
}

// Accept returns the next connection that is within the limits.
func (l *limitListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			l.failed(err)
			return nil, err
		}
		tcp, ok := c.(*net.TCPConn)
		if !ok {
			return c, nil // no TCP listener accepts such a thing
		}
		who := networkOf(tcp.RemoteAddr().String())
		over := l.enter(who)
		if over == withinLimits {
			return &countedConn{tcp, sync.OnceFunc(func() { l.leave(who) })}, nil
		}
		l.log.Warn(refusals[over], "peer", tcp.RemoteAddr())
		// A reset leaves nothing in the kernel; an orderly end stays there for a minute.
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
	}
}

var refusals = [listenerLimits]string{
	limitInAll:     "an HTTP connection was refused: there are as many as MUSICDB_LIMITS_HTTPCONNECTIONS allows, or the limit of open files",
	limitOfNetwork: "an HTTP connection was refused: there are as many from its address as MUSICDB_LIMITS_PERADDRESS allows",
}

// enter counts a connection unless it is over a limit.
func (l *limitListener) enter(who network) listenerLimit {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.open >= l.most:
		l.refused[limitInAll]++
		return limitInAll
	case l.from[who] >= l.mostOne && !l.exempt(who):
		l.refused[limitOfNetwork]++
		return limitOfNetwork
	}
	l.open++
	l.from[who]++
	return withinLimits
}

func (l *limitListener) leave(who network) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.from[who]--; l.from[who] == 0 {
		delete(l.from, who)
	}
}

// failed tells of an accept that failed for want of descriptors. The HTTP server tries
// again by itself, first after 5 ms and in the end once a second.
func (l *limitListener) failed(err error) {
	if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
		return
	}
	l.mu.Lock()
	l.starved++
	l.mu.Unlock()
	l.log.Warn("HTTP connections cannot be accepted for a moment", "err", err,
		"remedy", "raise the limit of open files (LimitNOFILE= in the unit)")
}

// listenerFigures are what a limitListener has counted.
type listenerFigures struct {
	open    int
	refused [listenerLimits]uint64
	starved uint64
}

func (l *limitListener) figures() listenerFigures {
	l.mu.Lock()
	defer l.mu.Unlock()
	return listenerFigures{l.open, l.refused, l.starved}
}

// loopback6 is what networkOf makes of ::1. No other address of a peer is in it.
var loopback6 = netip.MustParsePrefix("::/64")

func isLoopback(who network) bool { return who.Addr().IsLoopback() || who == loopback6 }

// countedConn is a TCP connection that a limitListener counts until it is closed or
// handed over.
type countedConn struct {
	*net.TCPConn
	leave func() // has an effect once
}

// Close ends the connection. Closing twice is allowed.
func (c *countedConn) Close() error {
	c.leave()
	return c.TCPConn.Close()
}

// keep lets the connection be counted until leave is called, though it be closed before.
// Nobody may be about to close it.
func (c *countedConn) keep() (leave func()) {
	leave, c.leave = c.leave, func() {}
	return leave
}

// NetConn is the connection without the layer that counts it.
func (c *countedConn) NetConn() net.Conn { return c.TCPConn }

// handOver takes a connection out of the count of its listener, because somebody else
// counts it from now on, and returns it without the layer that did.
func handOver(c net.Conn) net.Conn {
	for layer := c; ; {
		switch at := layer.(type) {
		case *countedConn:
			at.leave()
			if layer == c {
				return at.TCPConn
			}
			return c
		case interface{ NetConn() net.Conn }:
			layer = at.NetConn()
		default:
			return c
		}
	}
}
