package conn

import (
	"io"
	"sync"
)

// tape is what flows are made of in tests: endless bytes, each of which tells where it
// stands, of which the last are kept.
type tape struct {
	mu    sync.Mutex
	end   int // bytes that were published
	keeps int
	piece int // what a flow returns ends at multiples of this
	over  bool
}

func newTape(keeps, piece int) *tape { return &tape{keeps: keeps, piece: piece} }

// tapeBytes is one period of the bytes. Its length is a prime, so that no shift by a
// buffer or a packet fits.
var tapeBytes = func() []byte {
	p := make([]byte, 251*514)
	for i := range p {
		p[i] = byte(i % 251)
	}
	return p
}()

// bytes is what lies from one place to another, without a copy.
func (t *tape) bytes(from, to int) []byte {
	from, to = from%251, to-from+from%251
	if to > len(tapeBytes) {
		to = len(tapeBytes) - len(tapeBytes)%251
	}
	return tapeBytes[from:to:to]
}

func (t *tape) publish(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end += n
}

func (t *tape) finish() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
}

// reader reads a tape. It is a Flow.
type reader struct {
	t     *tape
	at    int
	ended chan Departure
}

// join returns a reader that begins burst bytes before the end.
func (t *tape) join(burst int) *reader {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &reader{t: t, at: max(0, t.end-burst), ended: make(chan Departure, 2)}
}

func (r *reader) Next(pieces [][]byte) ([][]byte, error) {
	r.t.mu.Lock()
	defer r.t.mu.Unlock()
	if r.at < r.t.end-r.t.keeps {
		return pieces, ErrOutrun
	}
	if r.at == r.t.end && r.t.over {
		return pieces, io.EOF
	}
	for r.at < r.t.end && len(pieces) < cap(pieces) {
		p := r.t.bytes(r.at, min(r.t.end, r.at+r.t.piece-r.at%r.t.piece))
		pieces = append(pieces, p)
		r.at += len(p)
	}
	return pieces, nil
}

func (r *reader) Kept() bool {
	r.t.mu.Lock()
	defer r.t.mu.Unlock()
	return r.at >= r.t.end-r.t.keeps
}

func (r *reader) Ended(d Departure) { r.ended <- d }

// isTape reports whether bytes are those of a tape from a place on.
func isTape(p []byte, from int) bool {
	for len(p) > 0 {
		n := min(len(p), len(tapeBytes)-from%251)
		if string(p[:n]) != string(tapeBytes[from%251:from%251+n]) {
			return false
		}
		p, from = p[n:], from+n
	}
	return true
}
