package conn

import (
	"testing"
	"unsafe"
)

// Thousands may wait, each with a scratch, until their clients read: on the goroutine
// transport every writer does.
func TestAWriterThatWaitsKeepsLittle(t *testing.T) {
	const strokes = 4 << 10
	sc := scratchPool.Get().(*scratch)
	if got := int(unsafe.Sizeof(*sc)) + cap(sc.batch); got > batchSize+strokes {
		t.Errorf("a scratch has %d bytes, want %d at most", got, batchSize+strokes)
	}
}
