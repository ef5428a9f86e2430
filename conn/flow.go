package conn

import (
	"errors"
	"net"
	"net/netip"
	"time"
)

// Flow is one reader's way through bytes that many share: what a connection gets that was
// handed to Engine.Follow.
type Flow interface {
	// Next appends what follows for this reader to pieces, as far as it is there and
	// pieces has room (its capacity), and returns them. Who leaves room has appended
	// everything. Nothing appended and no error means that nothing new is there.
	//
	// The pieces are shared: nobody writes to them, and they stay valid for as long as
	// somebody has them. io.EOF says that nothing will follow, ErrOutrun that what
	// should follow is not kept any more; nothing is appended with an error.
	//
	// Next is called by one goroutine at a time, with a mutex of the engine held: it
	// must not wait for anything, nor call the engine.
	Next(pieces [][]byte) ([][]byte, error)
	// Kept reports whether what Next would return is still kept. It is asked now and then
	// about one whose connection is full: once it says no, the next bytes cannot follow
	// those that wait, so the follower ends and lets go of them. It is called as Next is.
	Kept() bool
	// Ended is called exactly once, behind the last Next, when nothing of the
	// connection is left. No mutex is held; it must not wait for long.
	Ended(Departure)
}

// ErrOutrun is returned by a Flow whose reader was so slow that the bytes it should get
// next are not kept any more.
var ErrOutrun = errors.New("conn: the reader is too slow for what it reads")

// Departure is how a follower has ended.
type Departure struct {
	ID    uint64
	State FollowState // a terminal one: it says why
	Err   error       // what came with it; nil for most
	Sent  uint64      // bytes that its connection has taken
	Age   time.Duration
}

// Follow lets a connection follow a flow: what its Flow returns is written to it until
// one of them ends, and then it is closed. head is sent first; it must not be written to
// any more. What the peer sends is never looked at, but its end is noticed. The engine
// owns nc from here on, and f.Ended is called in any case, also when the engine stops and
// Follow returns ErrShutdown.
//
// A plain TCP connection costs neither a goroutine nor a buffer, on Linux and unless
// Options.Transport is Goroutine. Any other has a goroutine that reads, and one that
// writes while there is something to write.
//
// Followers are none of the connections that MaxConnections and MaxPerAddress count:
// whoever has accepted them does that.
func (e *Engine) Follow(nc net.Conn, head []byte, f Flow) error {
	from, _ := netip.ParseAddrPort(nc.RemoteAddr().String()) // a pipe has none
	if e.followPlain(nc, from, head, f) {
		return nil
	}
	return e.relay.adopt(&outflow{nc: nc}, from, head, f)
}

// Followers is the number of connections that follow a flow.
func (e *Engine) Followers() int { return e.relay.figures().Now }

// FollowFigures are what the followers of an engine have got, and how many there are.
type FollowFigures struct {
	Now         int    // followers
	Behind      int    // of them, those whose connection is full
	Bytes       uint64 // that connections have taken, those of ended ones included
	Connections []Count
}

// FollowFigures returns the sums of all followers. Connections has those of now, by
// transport.
func (e *Engine) FollowFigures() FollowFigures { return e.relay.figures() }
