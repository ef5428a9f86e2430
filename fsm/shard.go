package fsm

import (
	"runtime"
	"sync/atomic"
	"time"
)

const (
	shardTrace  = 32 // steps kept per shard, 16 bytes each
	readRetries = 64 // how often a reader hopes that no instance of the shard moves meanwhile

	// countBits is how much of a cell's second word counts. The unit that is left for the time divides a nanosecond evenly.
	countBits  = 7
	sharedUnit = TickLength / time.Duration(1<<countBits)
)

// atomicCell is a cell that goroutines share. Its two words cannot be written at once, and a count without its time would be
// wrong by the age of the process. So the second word counts as well, in its lowest bits, and a reader goes by that count: an
// event whose writer has been interrupted between the words has not happened yet.
type atomicCell struct {
	n  atomic.Uint64
	at atomic.Int64 // sum of ticks<<countBits, plus the count
}

func (c *atomicCell) add(ticks int64) {
	c.n.Add(1)
	c.at.Add(ticks<<countBits + 1)
}

func (c *atomicCell) load() cell {
	at := c.at.Load()
	n := c.n.Load()
	n -= (n - uint64(at)) & (1<<countBits - 1)
	return cell{n, at - int64(n)}
}

// shard is one set of counters.
type shard struct {
	position   atomic.Uint64 // of the last step in trace
	started    atomicCell
	resumed    []atomicCell
	ended      []atomicCell
	edges      []atomicCell
	unfinished atomic.Uint64
	trace      [shardTrace]sharedMark
	_          [64]byte // keeps the next shard's first words out of this one's last cache line
}

func (s *shard) init(c *compiled) {
	s.resumed = make([]atomicCell, len(c.moves)/c.stride)
	s.ended = make([]atomicCell, len(c.moves)/c.stride)
	s.edges = make([]atomicCell, len(c.edges))
}

// read copies the counters, at a moment when nothing moves: when a second look finds the same. Under constant load it settles for
// the last try, in which an instance that moved meanwhile may be missing or there twice.
func (s *shard) read(t *tally) {
	for range readRetries {
		t.unfinished = s.unfinished.Load()
		same := t.started.becomes(s.started.load())
		for i := range s.resumed {
			same = t.resumed[i].becomes(s.resumed[i].load()) && same
		}
		for i := range s.ended {
			same = t.ended[i].becomes(s.ended[i].load()) && same
		}
		for i := range s.edges {
			same = t.edges[i].becomes(s.edges[i].load()) && same
		}
		if same {
			return
		}
		runtime.Gosched()
	}
}

// becomes takes a new value and reports whether it was the old one.
func (c *cell) becomes(d cell) bool {
	same := *c == d
	*c = d
	return same
}
