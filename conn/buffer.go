package conn

import "sync"

// Sizes of buffers in bytes.
const (
	readSize  = 4 << 10  // one read from a socket
	batchSize = 16 << 10 // small frames that leave in one write
)

// buffer holds one message on its way to the session. Small ones are used again;
// a large one is left to the garbage collector, so that one upload does not keep
// its memory for ever.
//
// Nothing larger than shareAbove is used again: a session may answer with a part
// of its message, and encodeFrame refers to a payload above that size.
//
// What add has brought lies in chunks until somebody wants to see it: if a thousand
// messages grow at the same time, the loop must not copy them all whenever they have
// doubled.
type buffer struct {
	b    []byte
	full []*chunk // what comes before b
}

// chunk is a part of a message that is still growing.
type chunk [chunkSize]byte

const chunkSize = shareAbove

var chunkPool = sync.Pool{New: func() any { return new(chunk) }}

var messagePool = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, 512)} }}

func newBuffer() *buffer { return messagePool.Get().(*buffer) }

func (b *buffer) len() int {
	if b == nil {
		return 0
	}
	return len(b.full)*chunkSize + len(b.b)
}

// add appends to what is there.
func (b *buffer) add(p []byte) {
	for len(p) > 0 {
		if len(b.b) == chunkSize {
			b.full = append(b.full, (*chunk)(b.b))
			b.b = chunkPool.Get().(*chunk)[:0]
		}
		n := min(len(p), chunkSize-len(b.b))
		b.b, p = append(b.b, p[:n]...), p[n:]
	}
}

// bytes is all of it. What lies in chunks is joined, which takes time.
func (b *buffer) bytes() []byte {
	if b == nil {
		return nil
	}
	if len(b.full) > 0 {
		all := make([]byte, 0, b.len())
		for _, p := range b.full {
			all = append(all, p[:]...)
		}
		b.dropChunks()
		b.b = append(all, b.b...)
	}
	return b.b
}

func (b *buffer) dropChunks() {
	for _, p := range b.full {
		chunkPool.Put(p)
	}
	b.full = nil
}

// grow makes room for more where there is none: twice as much as there is, but not more
// than limit.
func (b *buffer) grow(limit int) {
	if len(b.b) == cap(b.b) {
		b.reserve(min(limit, 2*cap(b.b)))
	}
}

// reserve makes room for size bytes in all.
func (b *buffer) reserve(size int) {
	if cap(b.b) < size {
		b.b = append(make([]byte, 0, size), b.b...)
	}
}

func (b *buffer) release() {
	if b == nil {
		return
	}
	b.dropChunks()
	if cap(b.b) > shareAbove {
		return
	}
	b.b = b.b[:0]
	messagePool.Put(b)
}

var readPool = sync.Pool{New: func() any { return new([readSize]byte) }}
