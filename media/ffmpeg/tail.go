package ffmpeg

import (
	"strings"
	"sync"
)

// tailSize bounds what is kept of a child's complaints; a damaged file can
// make ffmpeg write megabytes.
const tailSize = 2 << 10

// tail keeps the last bytes written to it.
type tail struct {
	mu    sync.Mutex
	bytes []byte
	cut   bool
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes = append(t.bytes, p[max(0, len(p)-tailSize):]...)
	if over := len(t.bytes) - tailSize; over > 0 {
		t.bytes = append(t.bytes[:0], t.bytes[over:]...)
		t.cut = true
	}
	return len(p), nil
}

// String returns the complaints in one line, beginning with a whole one.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.ToValidUTF8(string(t.bytes), "\uFFFD")
	if t.cut {
		if _, after, found := strings.Cut(text, "\n"); found {
			text = after
		}
	}
	return strings.Join(strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == '\r' }), "; ")
}
