package fsm

import (
	"sync"
	"time"
)

// defaultTrace is how many steps a runner without an observer keeps.
const defaultTrace = 64

// Observer counts what the runners of one machine do. Any number of runners may share it, and any goroutine may read it.
type Observer[S, E ~uint8] struct {
	def   *Definition[S, E]
	trace int

	mu    sync.Mutex // guards tally
	tally tally      // times in nanoseconds since epoch
}

// NewObserver makes an observer whose runners each keep their last traceLength steps (64 if it is less than 1).
func NewObserver[S, E ~uint8](d *Definition[S, E], traceLength int) *Observer[S, E] {
	if traceLength < 1 {
		traceLength = defaultTrace
	}
	return &Observer[S, E]{def: d, trace: traceLength, tally: newTally(&d.compiled)}
}

// Describe returns the machine.
func (o *Observer[S, E]) Describe() Description { return o.def.Describe() }

// Figures returns the sums over all runners, with the time in state counted up to now.
func (o *Observer[S, E]) Figures() Figures {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.def.figures(&o.tally, int64(time.Since(epoch)), time.Nanosecond)
}

func (o *Observer[S, E]) start(at time.Duration) (id uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tally.started.add(int64(at))
	return o.tally.started.n
}

func (o *Observer[S, E]) moved(m move, at time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tally.edges[m.edge()].add(int64(at))
}

func (o *Observer[S, E]) refused(index int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tally.refused[index]++
}

func (o *Observer[S, E]) ended(row uint8, at time.Duration, finished bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tally.ended[row].add(int64(at))
	if !finished {
		o.tally.unfinished++
	}
}
