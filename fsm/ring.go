package fsm

import "time"

// A mark is a step as a ring keeps it: twelve bytes. to is the row arrived at, 0 for a refusal.
type mark struct {
	id   uint32
	tick Tick
	from uint8
	on   uint8
	to   uint8
}

// ring keeps the last marks of the instances of one goroutine; its length is a power of two.
type ring struct {
	marks []mark
	next  uint32
}

func newRing(length int) ring { return ring{marks: make([]mark, length)} }

func (r *ring) put(m mark) {
	r.marks[int(r.next)&(len(r.marks)-1)] = m
	r.next++
}

// of returns the marks of one instance, oldest first.
func (r *ring) of(id uint32) []mark {
	var out []mark
	for i := range r.marks {
		m := r.marks[(int(r.next)+i)&(len(r.marks)-1)]
		if m.id == id && m.from != 0 {
			out = append(out, m)
		}
	}
	return out
}

func steps[S, E ~uint8](marks []mark) []Step[S, E] {
	out := make([]Step[S, E], len(marks))
	for i, m := range marks {
		s := Step[S, E]{At: time.Duration(m.tick) * TickLength, From: S(m.from - 1), On: E(m.on), To: S(m.to - 1)}
		if m.to == 0 {
			s.To, s.Refused = s.From, true
		}
		out[i] = s
	}
	return out
}
