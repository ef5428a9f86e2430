package conn

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// curious is a kernel that remembers how much was asked for, and has nothing.
type curious struct {
	kernel
	asked int
}

func (k *curious) read(_ int32, p []byte) (int, unix.Errno) {
	k.asked = len(p)
	return 0, unix.EAGAIN
}

func (k *curious) ring() {}

// What is read in one turn is bounded, whatever the connections speak.
func TestEverySocketHasItsShare(t *testing.T) {
	for _, tc := range []struct {
		name             string
		secure, compress bool
		sockets, want    int
	}{
		{"alone", false, false, 1, loopBuffer},
		{"alone, compressed", false, true, 1, compressedRead},
		{"alone, TLS", true, false, 1, loopBuffer},
		{"alone, compressed, TLS", true, true, 1, compressedRead},
		{"in a crowd", false, false, 256, leastRead},
		{"in a crowd, compressed", false, true, 256, leastRead},
		{"in a crowd, TLS", true, false, 256, leastRead},
		{"in a crowd, compressed, TLS", true, true, 256, leastRead},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, err := New(Options{Handler: promptly{}, Transport: Loop, Loops: 1})
			if err != nil {
				t.Fatal(err)
			}
			s := e.loops[0]
			l, k := s.carrier.(*loop), &curious{}
			l.kernel, l.buf = k, make([]byte, 2*loopBuffer)
			s.lock()
			defer s.mu.Unlock()
			i, ok := s.born(1, netip.AddrPort{}, 7, nil, nil)
			if !ok {
				t.Fatal("the connection is refused")
			}
			defer s.sweep.timer.Stop()
			r := s.table.record(i)
			r.hears = hearsFrames
			if tc.secure {
				s.secured(i, r, &gate{})
				_, server := twoEnds(suites[0])
				s.secures[i].layer = server
				r.hears = hearsFrames
			}
			if tc.compress {
				r.ext = extension{window: maxWindow}
			}
			l.share(tc.sockets)
			l.read(i, r, false, false)
			l.listen()
			if k.asked != tc.want {
				t.Errorf("%d bytes are read at once, want %d", k.asked, tc.want)
			}
		})
	}
}
