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
type buffer struct{ b []byte }

var messagePool = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, 512)} }}

func newBuffer() *buffer { return messagePool.Get().(*buffer) }

func (b *buffer) len() int {
	if b == nil {
		return 0
	}
	return len(b.b)
}

func (b *buffer) bytes() []byte {
	if b == nil {
		return nil
	}
	return b.b
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
	if b == nil || cap(b.b) > shareAbove {
		return
	}
	b.b = b.b[:0]
	messagePool.Put(b)
}

var readPool = sync.Pool{New: func() any { return new([readSize]byte) }}
