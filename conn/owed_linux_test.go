package conn

import (
	"bytes"
	"testing"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"
)

// stingyKernel is a socket that takes as much as it is told to.
type stingyKernel struct {
	kernel
	room  int
	taken []byte
}

func (k *stingyKernel) write(_ int32, pieces [][]byte) (n int, errno unix.Errno) {
	for _, p := range pieces {
		m := min(k.room, len(p))
		k.room -= m
		k.taken = append(k.taken, p[:m]...)
		n += m
	}
	if n == 0 {
		return 0, unix.EAGAIN
	}
	return n, 0
}

// However little the socket takes at a time, what arrives is what was written, the last
// byte is not reported before the socket has it, and little is encrypted in advance.
func TestWritesOverTLSMayBePartial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		client, server := twoEnds(rapid.SampledFrom(suites).Draw(t, "suite"))
		k, x := &stingyKernel{}, &secure{layer: server}
		size := rapid.OneOf(rapid.IntRange(1, 40), rapid.IntRange(1, 200_000)).Draw(t, "bytes")
		message := make([]byte, size)
		for i := range message {
			message[i] = byte(i % 251)
		}
		var got []byte
		written := 0
		for calls := 0; written < size; calls++ {
			if calls > 400 { // a socket that takes a byte at a time would take all day
				k.room = 1 << 30
			} else {
				k.room += rapid.OneOf(rapid.IntRange(0, 30), rapid.IntRange(0, 40_000)).Draw(t, "room")
			}
			if rapid.Bool().Draw(t, "new keys") {
				server.asked.Store(true)
			}
			left := message[written:]
			var pieces [][]byte
			for range rapid.IntRange(0, 2).Draw(t, "more pieces") {
				if len(left) > 1 {
					n := rapid.IntRange(1, len(left)-1).Draw(t, "piece")
					pieces, left = append(pieces, left[:n]), left[n:]
				}
			}
			n, err := x.write(k, 0, append(pieces, left))
			if err != nil {
				t.Fatal(err)
			}
			written += n
			if got, err = client.open(got, k.taken); err != nil {
				t.Fatal(err)
			}
			k.taken = k.taken[:0]
			switch {
			case written > len(got)+len(sealed{}):
				t.Fatalf("%d bytes are said to be written, %d have arrived", written, len(got))
			case len(x.unsent) > len(sealed{}):
				t.Fatalf("%d bytes are unsent", len(x.unsent))
			case x.owed != (len(x.unsent) > 0):
				t.Fatalf("%d bytes are unsent, and a byte is owed: %v", len(x.unsent), x.owed)
			}
		}
		if written != size || !bytes.Equal(got, message) {
			t.Fatalf("%d bytes written, %d arrived, of %d", written, len(got), size)
		}
	})
}
