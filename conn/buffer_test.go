package conn

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// However a message arrives, it is there as a whole, also behind one that was larger.
func TestAGrowingMessageIsJoined(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for range 2 {
			m := newBuffer()
			var want []byte
			for range rapid.IntRange(0, 6).Draw(t, "pieces") {
				p := letters(byte('a'+len(want)%26), rapid.OneOf(rapid.IntRange(0, 9), rapid.IntRange(0, 3*chunkSize)).Draw(t, "size"))
				m.add(p)
				want = append(want, p...)
				if m.len() != len(want) {
					t.Fatalf("%d bytes of %d", m.len(), len(want))
				}
			}
			if rapid.Bool().Draw(t, "looked at") && !bytes.Equal(m.bytes(), want) {
				t.Fatal("other bytes came out")
			}
			m.release()
			if len(m.full) > 0 {
				t.Fatal("chunks are kept")
			}
		}
	})
}
