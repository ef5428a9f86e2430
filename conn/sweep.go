package conn

import (
	"time"

	"musicdb/fsm"
)

// sweep looks for connections whose time is over, by going through the table. It runs
// when the first of them is due, and not at all while none is.
type sweep struct {
	timer *time.Timer
	next  fsm.Tick // when it runs, 0 for not at all
}

// sweepPause is the least time between two sweeps, and so how much later than due an end
// may come.
const sweepPause = 50 * time.Millisecond

// setDue sets when the time of the connection's present phase is over. Only the end of
// the present one counts.
func (s *shard) setDue(r *record, in time.Duration) {
	s.setDueAt(r, max(s.now+ticks(in), 1))
}

// idleStep is a power of two. The ends of connections that do nothing are due at its
// multiples only, so that a few sweeps a second do for however many of them.
const idleStep = 64

// setIdle is setDue for a connection that is to end if it stays silent, up to 640 ms late.
func (s *shard) setIdle(r *record, in time.Duration) {
	s.setDueAt(r, (s.now+ticks(in))|(idleStep-1))
}

func (s *shard) setDueAt(r *record, at fsm.Tick) {
	r.due = at
	if s.sweep.next == 0 || int32(r.due-s.sweep.next) < 0 {
		s.alarm(r.due)
	}
}

// alarm lets the sweep run at a tick.
func (s *shard) alarm(at fsm.Tick) {
	s.sweep.next = at
	in := at.Since(s.now)
	if s.sweep.timer == nil {
		s.sweep.timer = time.AfterFunc(in, s.swept)
		return
	}
	s.sweep.timer.Reset(in)
}

// swept is the sweep.
func (s *shard) swept() {
	s.lock()
	defer s.unlock()
	s.sweep.next = 0
	var next fsm.Tick
	s.table.each(func(i uint32, r *record) {
		gen := r.gen
		if r.due != 0 && int32(s.now-r.due) >= 0 {
			r.due = 0
			s.expired(i)
		}
		if r.gen == gen && r.due != 0 && (next == 0 || int32(r.due-next) < 0) {
			next = r.due
		}
	})
	if next != 0 && (s.sweep.next == 0 || int32(next-s.sweep.next) < 0) {
		if soonest := s.now + ticks(sweepPause); int32(soonest-next) > 0 {
			next = soonest
		}
		s.alarm(next)
	}
}
