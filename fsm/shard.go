package fsm

import (
	"runtime"
	"sync/atomic"
)

const (
	shardTrace  = 32 // steps kept per shard, 16 bytes each
	readRetries = 64 // how often a reader waits for a shard to be at rest
)

// atomicCell is a cell that goroutines share.
type atomicCell struct {
	n  atomic.Uint64
	at atomic.Int64
}

func (c *atomicCell) add(at int64) {
	c.n.Add(1)
	c.at.Add(at)
}

func (c *atomicCell) load() cell { return cell{c.n.Load(), c.at.Load()} }

// shard is one set of counters. begun and done tell a reader whether a writer is under way: a count and the time that belongs
// to it are two words, and a figure made of one without the other would be wrong by the age of the process.
type shard struct {
	begun atomic.Uint64
	done  atomic.Uint64

	started    atomicCell
	ended      []atomicCell
	edges      []atomicCell
	unfinished atomic.Uint64
	trace      [shardTrace]sharedMark
	_          [64]byte // keeps the next shard's first words out of this one's last cache line
}

func (s *shard) init(c *compiled) {
	s.ended = make([]atomicCell, len(c.moves)/c.stride)
	s.edges = make([]atomicCell, len(c.edges))
}

func (s *shard) begin() uint64 { return s.begun.Add(1) }
func (s *shard) end()          { s.done.Add(1) }

// read copies the counters at a moment when no writer is under way; under constant load it settles for the last try.
func (s *shard) read(t *tally) {
	for range readRetries {
		done := s.done.Load()
		t.started, t.unfinished = s.started.load(), s.unfinished.Load()
		for i := range s.ended {
			t.ended[i] = s.ended[i].load()
		}
		for i := range s.edges {
			t.edges[i] = s.edges[i].load()
		}
		if s.begun.Load() == done {
			return
		}
		runtime.Gosched()
	}
}
