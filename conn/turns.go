package conn

import "time"

// turns say when each follower of a lane is written to: all have the same time between
// two turns, and are spread over it, so that they are not all written to at once.
//
// Fewer and larger writes are what makes a follower cheap: most of what it costs is a
// system call and what TCP does per write.
type turns struct {
	lists [turnLists][]uint32
	every time.Duration // between two turns of a follower
	step  int64         // the first that was not walked, counted from when the lane began
}

const (
	// turnLists is how many different moments there are for turns.
	turnLists = 32
	// turnCompany is how many followers have their turn together before another moment
	// is used, so that few followers wake the processor but a few times a second.
	turnCompany = 16
)

// join gives a follower its turn.
func (t *turns) join(i uint32, f *follower) {
	best := 0
	for k := range t.lists {
		if len(t.lists[k]) < turnCompany {
			best = k
			break
		}
		if len(t.lists[k]) < len(t.lists[best]) {
			best = k
		}
	}
	f.turn, f.place = uint8(best), uint32(len(t.lists[best]))
	t.lists[best] = append(t.lists[best], i)
}

// leave takes a follower's turn away; the last of its list gets its place.
func (t *turns) leave(f *follower, of *roster) {
	list := t.lists[f.turn]
	last := len(list) - 1
	moved := list[last]
	list[f.place] = moved
	of.follower(moved).place = f.place
	t.lists[f.turn] = list[:last]
}

func (t *turns) length() time.Duration { return t.every / turnLists }

// next is when the next turn of anyone is, from when the lane began; never is true if
// nobody has one.
func (t *turns) next() (at time.Duration, never bool) {
	for k := t.step; k < t.step+turnLists; k++ {
		if len(t.lists[k%turnLists]) > 0 {
			return time.Duration(k) * t.length(), false
		}
	}
	return 0, true
}

// due takes the next step that is not after now, and returns whose turn it is then. Of
// what was slept through, no list comes twice.
func (t *turns) due(now time.Duration) (list int, ok bool) {
	last := int64(now / t.length())
	if t.step > last {
		return 0, false
	}
	t.step = max(t.step, last-turnLists+1)
	list = int(t.step % turnLists)
	t.step++
	return list, true
}
