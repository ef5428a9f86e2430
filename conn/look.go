package conn

import (
	"cmp"
	"slices"
	"time"
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
	// State is the name of a state, of the connection's machine, its outbox's or a
	// follower's, whose names all differ; "" means any. Nothing is in a state that does not exist.
	State string
	// Limit is how many are returned at most: DefaultLook if it is below 1, and never
	// more than MaxLook.
	Limit int
}

// Sighting is what one connection looked like at one moment.
type Sighting struct {
	ID             uint64
	Remote         string // address of the peer, as the network names it
	State, Outbox  string // names of the states of the connection and of its outbox; a follower has no outbox
	Trace          string // the last steps of the connection, as Engine.Trace gives them
	Age            time.Duration
	InState        time.Duration // since the connection came into its state, to 10 ms
	Received, Sent uint64        // messages: complete ones of the peer, and those that entered the outbox; counted modulo 2^32
	Waiting        int           // bytes in the outbox, those under way included; of a follower, those that it has not taken
	Bytes          uint64        // that a follower has taken; 0 for any other
}

// Look returns living connections, followers included, the oldest first. It takes time in proportion to the
// number of connections, and holds up a shard for one look at its own.
func (e *Engine) Look(q Query) []Sighting {
	if q.Limit < 1 {
		q.Limit = DefaultLook
	}
	oldest := make(crowd, 0, min(q.Limit, MaxLook))
	e.each(func(s *shard, i uint32, r *record) {
		if q.meets(r) {
			oldest.add(r.id, Conn{s, i, r.gen})
		}
	})
	var seen []Sighting
	for _, c := range oldest {
		c.s.lock()
		if r := c.s.at(c.slot, c.gen); r != nil && q.meets(r) { // it may have moved on
			seen = append(seen, c.s.look(c.slot))
		}
		c.s.unlock()
	}
	if followers := e.relay.look(q); len(followers) > 0 {
		seen = append(seen, followers...)
		slices.SortFunc(seen, func(a, b Sighting) int { return cmp.Compare(a.ID, b.ID) })
		seen = seen[:min(len(seen), q.Limit, MaxLook)]
	}
	for k := range seen {
		if seen[k].Trace == "" {
			seen[k].Trace = e.relay.trace(seen[k].ID)
		}
	}
	return seen
}

// meets reports whether a connection is one that the query asks for.
func (q Query) meets(r *record) bool {
	return (q.ID == 0 || q.ID == r.id) &&
		(q.State == "" || q.State == Lifecycle.StateName(r.life.State()) || q.State == OutboxLifecycle.StateName(r.box.State()))
}

// crowd is as many connections with the smallest ids as it has room for, sorted.
type crowd []found

type found struct {
	id uint64
	Conn
}

func (c *crowd) add(id uint64, handle Conn) {
	all := *c
	if len(all) == cap(all) {
		if id > all[len(all)-1].id {
			return
		}
		all = all[:len(all)-1]
	}
	at, _ := slices.BinarySearchFunc(all, id, func(f found, id uint64) int { return cmp.Compare(f.id, id) })
	*c = slices.Insert(all, at, found{id, handle})
}

// look describes one connection.
func (s *shard) look(i uint32) Sighting {
	r := s.table.record(i)
	look := Sighting{
		ID: r.id, Remote: s.remote(i), State: Lifecycle.StateName(r.life.State()),
		Outbox: OutboxLifecycle.StateName(r.box.State()), Trace: s.trace(i),
		Age: s.now.Since(r.since), InState: s.now.Since(r.life.Entered()),
		Received: uint64(r.received), Sent: uint64(r.sent),
	}
	if w := s.table.seat(i).work; w != nil {
		look.Waiting = w.box.bytes - w.box.begun
	}
	return look
}
