package conn

import "sync"

// farewells are followers whose connections tell the peer that this is the end, as TLS
// does, and wait for a socket that is perhaps full. Any goroutine may call the methods.
type farewells struct {
	mu   sync.Mutex // guards what follows
	said map[*outflow]struct{}
	over bool // nothing is said any more
}

// say closes a connection and returns when that is done.
func (f *farewells) say(o *outflow) {
	if !f.begin(o) {
		socketOf(o.nc).Close()
		return
	}
	o.nc.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.said, o)
}

func (f *farewells) begin(o *outflow) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return false
	}
	if f.said == nil {
		f.said = map[*outflow]struct{}{}
	}
	f.said[o] = struct{}{}
	return true
}

// cut closes the sockets of those that still wait, and lets nobody wait from now on.
func (f *farewells) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
	for o := range f.said {
		socketOf(o.nc).Close()
	}
}
