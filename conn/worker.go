package conn

import (
	"math"
	"runtime"
	"sync"
	"time"
)

// crew runs the methods of sessions, which may block, on two kinds of workers.
//
// A job that finds nobody free gets a new worker, so that one session never waits for
// another. Only large messages wait for each other: to execute one takes long, and a
// thousand at once would keep the processors from everybody else.
type crew struct{ few, many *workers }

// bulky is the size in bytes of a message above which it is for the few.
const bulky = 16 << 10

func newCrew() crew {
	cores := runtime.GOMAXPROCS(0)
	return crew{few: newWorkers(0, max(1, cores/2)), many: newWorkers(4*cores, math.MaxInt)}
}

func (c crew) submit(j job) {
	if j.message.len() > bulky {
		c.few.submit(j)
	} else {
		c.many.submit(j)
	}
}

// dismiss ends the workers that wait and lets nobody wait any more.
func (c crew) dismiss() {
	c.few.dismiss()
	c.many.dismiss()
}

// workers take jobs from one queue, each one after the other. A few stay when there is
// nothing to do.
type workers struct {
	mu     sync.Mutex // guards what follows; taken with a shard's mutex held
	more   sync.Cond
	queue  []job
	head   int
	all    int
	most   int    // may work at once, unless they are stuck
	taken  uint64 // jobs, by now
	coming int    // hired, and at no job yet

	watcher *time.Timer // nil while nobody has to wait
	free    int         // waiting for a job
	keep    int         // how many may wait, 0 when nothing will come any more
}

func newWorkers(keep, most int) *workers {
	p := &workers{keep: keep, most: most}
	p.more.L = &p.mu
	return p
}

// maxQueue is for how many jobs room is kept while there is none.
const maxQueue = 1024

// submit hands a job over and does not wait for it.
func (p *workers) submit(j job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.head > 0 && len(p.queue) == cap(p.queue) {
		n := copy(p.queue, p.queue[p.head:])
		clear(p.queue[n:])
		p.queue, p.head = p.queue[:n], 0
	}
	p.queue = append(p.queue, j)
	switch {
	case p.free >= len(p.queue)-p.head:
		p.more.Signal()
	case p.all < p.most:
		p.hire()
	case p.watcher == nil:
		p.watch()
	}
}

func (p *workers) hire() {
	p.all++
	p.coming++
	go p.work()
}

// stuck is how long workers may leave the queue alone before one more comes: a session
// may wait for a disk that does not answer.
const stuck = 250 * time.Millisecond

// watch looks after a queue that nobody was free for, as long as there is one. That who
// was hired already takes a job is no news.
func (p *workers) watch() {
	taken := p.taken + uint64(p.coming)
	p.watcher = time.AfterFunc(stuck, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.watcher = nil; p.head == len(p.queue) {
			return
		}
		if p.taken == taken {
			p.hire()
		}
		p.watch()
	})
}

// work is a worker.
func (p *workers) work() {
	sc := scratchPool.Get().(*scratch)
	defer scratchPool.Put(sc)
	last := uint64(0)
	for {
		j, n, ok := p.next(last)
		if !ok {
			return
		}
		last = n
		j.run(sc)
	}
}

// next takes a job, the nth of all, for who has taken the last of his before, or none. It
// is false for who is not needed any more: nothing is to be done, or too many work and
// the queue has moved without him.
func (p *workers) next(last uint64) (j job, n uint64, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if last == 0 {
		p.coming--
	}
	if p.all > p.most && last != 0 && last != p.taken {
		p.all--
		return job{}, 0, false
	}
	for p.head == len(p.queue) {
		if p.free >= p.keep {
			p.all--
			return job{}, 0, false
		}
		p.free++
		p.more.Wait()
		p.free--
	}
	p.taken++
	j = p.queue[p.head]
	p.queue[p.head] = job{}
	p.head++
	if p.head == len(p.queue) {
		p.queue, p.head = p.queue[:0], 0
		if cap(p.queue) > maxQueue {
			p.queue = nil
		}
	}
	return j, p.taken, true
}

func (p *workers) dismiss() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep = 0
	p.more.Broadcast()
}
