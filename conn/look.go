package conn

import (
	"cmp"
	"slices"
	"time"

	"musicdb/fsm"
)

// Bounds of what one Look returns.
const (
	DefaultLook = 100
	MaxLook     = 1000
)

// Query says which connections Look returns.
type Query struct {
	// ID is the one connection to look at, wherever its life has got to; 0 means any.
	ID uint64
	// State is the name of a state, of the connection's machine or of its outbox's,
	// whose names all differ; "" means any. Nothing is in a state that does not exist.
	State string
	// Limit is how many are returned at most: DefaultLook if it is below 1, and never
	// more than MaxLook.
	Limit int
}

// Sighting is what one connection looked like at one moment.
type Sighting struct {
	ID             uint64
	Remote         string // address of the peer, as the network names it
	State, Outbox  string // names of the states of the connection and of its outbox
	Trace          string // the last steps of the connection, as Engine.Trace gives them
	Age            time.Duration
	InState        time.Duration // since the connection came into its state, to 10 ms
	Received, Sent uint64        // messages: complete ones of the peer, and those that entered the outbox
	Waiting        int           // bytes in the outbox, those under way included
}

// Look returns living connections, the oldest first. Each is seen at a moment of its
// own; nothing stands still meanwhile. It takes time in proportion to the number of
// connections, but holds up none of them for longer than one look at it.
func (e *Engine) Look(q Query) []Sighting {
	if q.Limit < 1 {
		q.Limit = DefaultLook
	}
	q.Limit = min(q.Limit, MaxLook)
	all := e.all()
	slices.SortFunc(all, func(a, b *Conn) int { return cmp.Compare(a.id, b.id) })
	var seen []Sighting
	for _, c := range all {
		if q.ID != 0 && q.ID != c.id {
			continue
		}
		if s, matches := c.look(q.State); matches {
			if seen = append(seen, s); len(seen) == q.Limit {
				break
			}
		}
	}
	return seen
}

// look describes the connection if it is in a state.
func (c *Conn) look(state string) (s Sighting, matches bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.life.Live() {
		return s, false
	}
	s.State, s.Outbox = Lifecycle.StateName(c.life.State()), OutboxLifecycle.StateName(c.box.life.State())
	if state != "" && state != s.State && state != s.Outbox {
		return s, false
	}
	s.ID, s.Remote, s.Trace = c.id, c.RemoteAddr(), c.flight.String()
	s.Age, s.InState = time.Since(c.since), fsm.Now().Since(c.life.Entered())
	s.Received, s.Sent = c.received, c.sent
	for _, e := range c.box.queue {
		s.Waiting += e.size()
	}
	return s, true
}

// traffic counts the messages of a connection.
type traffic struct{ received, sent uint64 }

// queued counts a frame that enters the outbox, if it is a message.
func (t *traffic) queued(f frame) {
	if f.head[0] == finalText || f.head[0] == finalBinary {
		t.sent++
	}
}

// The first byte of a whole message in one frame (RFC 6455 5.2).
const (
	finalText   = 0x81
	finalBinary = 0x82
)
