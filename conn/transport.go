package conn

import (
	"fmt"

	"musicdb/fsm"
)

// Transport chooses how the bytes of connections are moved. What a connection does is
// the same with each.
type Transport uint8

const (
	// Auto is Loop where it exists, else Goroutine.
	Auto Transport = iota
	// Loop is one event loop per core on epoll, for TCP connections on Linux. Whatever
	// else is served or adopted runs on Goroutine.
	Loop
	// Goroutine is a reading goroutine per connection, on any net.Conn.
	Goroutine
)

var transportNames = [...]string{Auto: "auto", Loop: "loop", Goroutine: "goroutine"}

func (t Transport) String() string {
	if int(t) < len(transportNames) {
		return transportNames[t]
	}
	return fmt.Sprintf("Transport(%d)", uint8(t))
}

// ParseTransport reads the name of a Transport: auto, loop or goroutine.
func ParseTransport(name string) (Transport, error) {
	for t, n := range transportNames {
		if n == name {
			return Transport(t), nil
		}
	}
	return 0, fmt.Errorf("%w: there is no transport %q, only auto, loop and goroutine", ErrOptions, name)
}

// carrier is a transport: it moves the bytes of one shard. The core tells it what is due; it tells the
// core what has happened (input, lost, writable). Unless said otherwise its methods
// are called with the shard's mutex held, must not block, and must not call the core.
type carrier interface {
	// flush is to write what is in the outbox of a connection, soon.
	flush(i uint32, w *work)
	// write hands bytes to the socket, without the mutex. It may take a part of them;
	// taking less with no error means that writable will be called when more is
	// possible.
	write(fd int32, via wire, large bool, pieces [][]byte) (n int, err error)
	// anyoneWrites reports whether whoever has something to write may call write himself.
	// Else that is up to whom flush has told.
	anyoneWrites() bool
	// blocked is told that the socket of a connection is full: writable is to be called
	// when it takes bytes again.
	blocked(i uint32, r *record)
	// closeWrite ends the sending direction behind the last byte, without the mutex.
	closeWrite(fd int32, via wire)
	// resume is to read a connection on that was held back.
	resume(i uint32, r *record, w *work)
	// hangUp ends both directions of a connection at once, so that whoever reads or
	// writes it returns.
	hangUp(r *record, w *work)
	// release closes the socket; nobody uses it any more.
	release(r *record, w *work)
	// wake is called without the mutex when there is something to do for the owner of
	// the shard.
	wake()
}

// wire is what leads to the socket of a connection besides its descriptor. One without
// anything is a plain connection of a loop.
type wire struct {
	stream *stream
	secure *secure
}

// clock tells the tick of now.
type clock func() fsm.Tick
