package conn

import (
	"net/netip"

	"musicdb/fsm"
)

// record is what a connection is while nothing happens. It holds no pointer, so the
// garbage collector never looks at the table of them, and an idle connection costs
// these bytes, its seat and its session. The mutex of its shard guards it.
type record struct {
	id       uint64
	addr     [16]byte // of the peer, IPv4 mapped; zero for a transport without one
	trail    trail
	gen      uint32 // tells the users of one slot apart
	fd       int32  // of the loop transport; noSocket otherwise, and once it was given away
	since    fsm.Tick
	heard    fsm.Tick // the last bytes of the peer
	due      fsm.Tick // when the time of the present phase is over, 0 for never
	seen     uint32   // number of the broadcast that comes next, of a member
	tokens   uint32   // what the peer may send at once, perFrame for a frame
	received uint32   // messages
	sent     uint32   // messages that entered the outbox
	port     uint16
	life     fsm.Instance[State]
	box      fsm.Instance[OutboxState]
	hears    hearing
	standing standing
	marks    marks
	ext      extension
}

// noSocket is the descriptor of a connection that has none.
const noSocket = -1

// hearing says what the bytes of the peer are taken for.
type hearing uint8

const (
	hearsRequest   hearing = iota // the head of an HTTP request
	hearsFrames                   // websocket frames
	hearsNothing                  // they are read and dropped
	hearsFirst                    // the first byte, which decides between the next and a request
	hearsHello                    // the first record of a TLS handshake
	hearsHandshake                // what follows it
)

// standing is a connection's part in broadcasts.
type standing uint8

const (
	stranger standing = iota // was never admitted
	member                   // takes part
	former                   // took part
)

// marks remember what a shard or its transport still has to do for a connection.
type marks uint8

const (
	markDirty   marks = 1 << iota // its outbox is to be written: it is in the shard's list, or who has set this is about to
	markUnread                    // the socket may have bytes that were left unread
	markCounted                   // the engine counts it
	markQueued                    // is in the transport's list of sockets to be read
	markSecure                    // speaks TLS on a loop, or may do so
	markHeard                     // somebody takes what the peer has sent
	markAwaited                   // the loop is told when the socket takes bytes again
)

func (m *marks) set(which marks)     { *m |= which }
func (m *marks) clear(which marks)   { *m &^= which }
func (m marks) has(which marks) bool { return m&which != 0 }

func (r *record) remote() netip.AddrPort {
	if r.addr == [16]byte{} {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(netip.AddrFrom16(r.addr).Unmap(), r.port)
}

// remote is the address of the peer as the network names it, "" where there is none.
func (s *shard) remote(i uint32) string {
	if w := s.table.seat(i).work; w != nil && w.link != nil {
		return w.link.nc.RemoteAddr().String()
	}
	if a := s.table.record(i).remote(); a.IsValid() {
		return a.String()
	}
	return ""
}

// seat is the part of a connection that has pointers, beside its record.
type seat struct {
	session Session
	work    *work // nil while nothing is under way
}

// Records and seats live in pieces that never move, so that a table grows without a
// copy and without a pause.
const pieceBits, pieceSize = 10, 1 << 10

// table holds the connections of one shard. Slots are used again, the latest first.
type table struct {
	records []*[pieceSize]record
	seats   []*[pieceSize]seat
	free    []uint32
	used    uint32 // slots ever used
}

func (t *table) record(i uint32) *record { return &t.records[i>>pieceBits][i%pieceSize] }
func (t *table) seat(i uint32) *seat     { return &t.seats[i>>pieceBits][i%pieceSize] }

// take hands out a slot. Its record is zero but for the generation.
func (t *table) take() uint32 {
	if n := len(t.free); n > 0 {
		i := t.free[n-1]
		t.free = t.free[:n-1]
		return i
	}
	i := t.used
	if int(i>>pieceBits) == len(t.records) {
		t.records = append(t.records, new([pieceSize]record))
		t.seats = append(t.seats, new([pieceSize]seat))
	}
	t.used++
	return i
}

// give takes a slot back and ends what its handles refer to.
func (t *table) give(i uint32) {
	r := t.record(i)
	*r = record{gen: r.gen + 1, fd: noSocket}
	*t.seat(i) = seat{}
	t.free = append(t.free, i)
}

// each calls do for every slot in use, in the order of the table.
func (t *table) each(do func(i uint32, r *record)) {
	for i := range t.used {
		if r := t.record(i); r.life.Live() {
			do(i, r)
		}
	}
}
