package conn

import (
	"net/netip"

	"musicdb/fsm"
)

// follower is a connection that follows a flow. Like a record it holds no pointer; what
// has pointers is its berth. The mutex of its lane guards both.
type follower struct {
	id    uint64
	sent  uint64   // bytes
	addr  [16]byte // of the peer, IPv4 mapped; zero for a transport without one
	gen   uint32   // tells the users of one slot apart
	fd    int32    // of a loop; noSocket otherwise
	born  fsm.Tick
	moved fsm.Tick // when the connection last took a byte, of one that is behind
	place uint32   // in the list of its turn
	port  uint16
	turn  uint8
	life  fsm.Instance[FollowState]
	marks followMarks
}

// followMarks are what there is to know of a follower that is no state of its life.
type followMarks uint8

const (
	markWatched  followMarks = 1 << iota // the loop is told when the socket takes bytes again
	markMore                             // the flow had more than was asked for
	markUnderWay                         // a goroutine writes
)

// berth is the part of a follower that has pointers.
type berth struct {
	flow Flow
	rest *leftover // what the connection has not taken; nil while it keeps up
	out  *outflow  // of what is no socket of a loop
	left Departure
}

// followPieces is how many pieces one write may have. A kernel takes up to 1024, but a
// vector that is cleared for each write should not be longer than needed: a turn has a
// piece or two, and with titles between them a few more.
const followPieces = 16

// leftover is what a connection has not taken yet of what its flow has returned.
type leftover struct {
	all  [followPieces][]byte
	from int // the first that was not taken completely
	to   int
}

func (r *leftover) pieces() [][]byte { return r.all[r.from:r.to] }

// keep takes over pieces but for their first n bytes.
func (r *leftover) keep(pieces [][]byte, n int) {
	r.from, r.to = 0, copy(r.all[:], pieces)
	r.drop(n)
}

// drop forgets the first n bytes.
func (r *leftover) drop(n int) {
	for r.from < r.to && n >= len(r.all[r.from]) {
		n -= len(r.all[r.from])
		r.all[r.from] = nil
		r.from++
	}
	if r.from < r.to {
		r.all[r.from] = r.all[r.from][n:]
	}
}

func (r *leftover) size() int { return lengthOf(r.pieces()) }

func lengthOf(pieces [][]byte) (size int) {
	for _, p := range pieces {
		size += len(p)
	}
	return size
}

// roster holds the followers of one lane. Slots are used again, the latest first, and
// never move.
type roster struct {
	followers []*[rosterPiece]follower
	berths    []*[rosterPiece]berth
	free      []uint32
	used      uint32 // slots ever used
	live      int
}

const rosterPiece = 1 << 6

func (t *roster) follower(i uint32) *follower { return &t.followers[i/rosterPiece][i%rosterPiece] }
func (t *roster) berth(i uint32) *berth       { return &t.berths[i/rosterPiece][i%rosterPiece] }

// take hands out a slot. It is empty but for the generation.
func (t *roster) take() uint32 {
	t.live++
	if n := len(t.free); n > 0 {
		i := t.free[n-1]
		t.free = t.free[:n-1]
		return i
	}
	i := t.used
	if int(i/rosterPiece) == len(t.followers) {
		t.followers = append(t.followers, new([rosterPiece]follower))
		t.berths = append(t.berths, new([rosterPiece]berth))
	}
	t.used++
	return i
}

// give takes a slot back.
func (t *roster) give(i uint32) {
	t.live--
	*t.follower(i) = follower{gen: t.follower(i).gen + 1, fd: noSocket}
	*t.berth(i) = berth{}
	t.free = append(t.free, i)
}

// at is a follower if it is still the one of that generation.
func (t *roster) at(i, gen uint32) *follower {
	if f := t.follower(i); f.gen == gen && f.life.Live() {
		return f
	}
	return nil
}

// each calls do for every follower, in the order of the slots.
func (t *roster) each(do func(i uint32, f *follower)) {
	for i := range t.used {
		if f := t.follower(i); f.life.Live() {
			do(i, f)
		}
	}
}

func (f *follower) remote() string {
	if f.addr == [16]byte{} {
		return ""
	}
	return netip.AddrPortFrom(netip.AddrFrom16(f.addr).Unmap(), f.port).String()
}
