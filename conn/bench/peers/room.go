package peers

import "sync"

// room is the list of connections of a server whose engine has none.
type room[C comparable] struct {
	mu      sync.Mutex
	members []C
	place   map[C]int // index in members
}

func newRoom[C comparable]() *room[C] { return &room[C]{place: map[C]int{}} }

func (r *room[C]) enter(c C) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.place[c] = len(r.members)
	r.members = append(r.members, c)
}

func (r *room[C]) leave(c C) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.place[c]
	if !ok {
		return
	}
	last := len(r.members) - 1
	r.members[i] = r.members[last]
	r.place[r.members[i]] = i
	r.members = r.members[:last]
	delete(r.place, c)
}

// each calls do for every member. Nobody enters or leaves meanwhile.
func (r *room[C]) each(do func(C)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.members {
		do(c)
	}
}
