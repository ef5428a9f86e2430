package conn

import (
	"sync"
	"weak"
)

// sharedBodies remembers the compressed form of the latest large bodies, as long as they
// exist: a list that every client asks for after a restart is compressed once for each
// window. A body is told by where it lies, since it must not be changed any more.
type sharedBodies struct {
	mu   sync.Mutex // guards what follows
	kept [8]*knownBody
	next int // is replaced next
}

type knownBody struct {
	of     weak.Pointer[byte] // to its first byte
	size   int
	window uint8
	once   sync.Once
	packed []byte
}

// packed compresses a body, or waits for who does it. It ends with the tail.
func (s *sharedBodies) packed(body []byte, window uint8, d *deflater) []byte {
	b := s.find(weak.Make(&body[0]), len(body), window)
	b.once.Do(func() { b.packed = d.appendPacked(nil, window, body) })
	return b.packed
}

// find returns what is known of a body, and forgets what is known of those that are gone.
func (s *sharedBodies) find(of weak.Pointer[byte], size int, window uint8) *knownBody {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, b := range s.kept {
		switch {
		case b == nil:
		case b.of.Value() == nil:
			s.kept[i] = nil
		case b.of == of && b.size == size && b.window == window:
			return b
		}
	}
	b := &knownBody{of: of, size: size, window: window}
	s.kept[s.next] = b
	s.next = (s.next + 1) % len(s.kept)
	return b
}
