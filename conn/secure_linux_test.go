package conn

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"testing"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"
)

// sink is a kernel whose socket takes as much as it likes.
type sink struct {
	kernel
	room func() int
	got  []byte
}

func (k *sink) write(_ int32, pieces [][]byte) (int, unix.Errno) {
	n := min(len(pieces[0]), k.room())
	if n == 0 {
		return 0, unix.EAGAIN
	}
	k.got = append(k.got, pieces[0][:n]...)
	return n, 0
}

// Whatever a socket takes at a time, the peer gets every byte once, and none counts as
// written whose ciphertext might still be unsent.
func TestSecureWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		client, server := twoEnds(suites[0])
		x := &secure{layer: server}
		k := &sink{room: func() int {
			return rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 100), rapid.Just(1<<20)).Draw(t, "room")
		}}
		all := letters('s', rapid.OneOf(rapid.IntRange(1, 300), rapid.IntRange(1, 100_000)).Draw(t, "size"))
		head := rapid.IntRange(0, min(20, len(all))).Draw(t, "head")
		tries := 0
		for left := all; len(left) > 0; tries++ {
			pieces := [][]byte{left}
			if cut := head - (len(all) - len(left)); cut > 0 {
				pieces = [][]byte{left[:cut:cut], left[cut:]}
			}
			if len(pieces) > 1 && len(pieces[1]) == 0 {
				pieces = pieces[:1]
			}
			n, err := x.write(k, 0, pieces)
			if err != nil || n > len(left) {
				t.Fatalf("%d of %d bytes, %v", n, len(left), err)
			}
			if n == len(left) && len(x.unsent) > 0 {
				t.Fatal("all counts as written, and something is unsent")
			}
			left = left[n:]
			if tries == 1000 {
				k.room = func() int { return 1 << 20 }
			}
		}
		got, err := client.open(nil, k.got)
		if err != nil || !bytes.Equal(got, all) || client.kept() != 0 {
			t.Fatalf("%d bytes of %d, %v", len(got), len(all), err)
		}
	})
}

// What a handshake has left unsent is sent when the socket takes it, though nobody has
// anything to write.
func TestSecureDrains(t *testing.T) {
	s := serveTLS(t, Options{Transport: Loop, Loops: 1}, TLS{Config: selfSigned(t)})
	c := shake(t, connect(t, s.addr), &tls.Config{}).upgrade()
	s.log.await(t, 1, Active)
	l := s.loops[0].carrier.(*loop)
	l.post(func() {
		l.s.lock()
		defer l.s.unlock()
		x := l.s.secures[0]
		x.unsent, _ = x.layer.seal(nil, []byte{0x89, 0})
		l.drain(0, l.s.table.record(0))
	})
	c.expect(`ping ""`)
	c.Close()
}

// A broken socket is told at the next write.
func TestSecureWriteFails(t *testing.T) {
	_, server := twoEnds(suites[0])
	x := &secure{layer: server}
	k := &brokenKernel{}
	if _, err := x.write(k, 0, [][]byte{[]byte("x")}); !errors.Is(err, unix.EPIPE) {
		t.Error(err)
	}
}

type brokenKernel struct{ kernel }

func (brokenKernel) write(int32, [][]byte) (int, unix.Errno) { return 0, unix.EPIPE }

// The handshake that waits longest for its peer gives way when too many do, not those
// who wait for the server. Nothing is left of any.
func TestTooManyTLSHandshakes(t *testing.T) {
	const most, all = 3, 10
	s := serveTLS(t, Options{Transport: Loop, Loops: 1}, TLS{Config: selfSigned(t)})
	s.loops[0].carrier.(*loop).begun.most = most
	done := shake(t, connect(t, s.addr), &tls.Config{}).upgrade()
	hello := helloOf(t)
	for n := range all {
		nc := connect(t, s.addr)
		defer nc.Close()
		if _, err := nc.Write(hello); err != nil {
			t.Fatal(err)
		}
		s.log.await(t, uint64(n+2), Handshaking)
	}
	for n := range all - most {
		s.log.await(t, uint64(n+2), Ended)
	}
	if n := s.Len(); n != 1+most {
		t.Errorf("%d connections are left", n)
	}
	done.send(text("undisturbed"))
	done.expect(`text "undisturbed"`)
	done.Close()
}

// helloOf is what a client says first.
func helloOf(t *testing.T) []byte {
	t.Helper()
	ours, theirs := net.Pipe()
	defer ours.Close()
	go tls.Client(theirs, trusting).Handshake()
	hello := make([]byte, 16<<10)
	n, err := ours.Read(hello)
	if err != nil {
		t.Fatal(err)
	}
	return hello[:n]
}
