package conn

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Who rings a loop that has ended must not write to what has the number of its bell now.
func TestTheBellOfAnEndedLoopIsSilent(t *testing.T) {
	k, err := openEpoll()
	if err != nil {
		t.Fatal(err)
	}
	bell := k.bell
	k.end()
	var pair [2]int // which get the lowest numbers that are free
	for range 10 {
		if err := unix.Pipe2(pair[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
			t.Fatal(err)
		}
		defer unix.Close(pair[0])
		defer unix.Close(pair[1])
		if pair[0] > bell || pair[1] == bell {
			break
		}
	}
	k.ring()
	if n, err := unix.Read(pair[0], make([]byte, 8)); n > 0 {
		t.Errorf("%d bytes were written, %v", n, err)
	}
}

// watched lists the descriptors that an epoll watches.
func watched(t *testing.T, k *epoll) (fds []int) {
	t.Helper()
	info, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", k.fd))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(info)) {
		var fd int
		if n, _ := fmt.Sscanf(line, "tfd: %d", &fd); n == 1 {
			fds = append(fds, fd)
		}
	}
	return fds
}

// When a listener fails, Serve says so, and no loop goes on watching it: others have the
// socket as well, so it is not gone.
func TestAFailedListenerIsLeft(t *testing.T) {
	s := unsupervised(t, Options{Transport: Loop, Loops: 2})
	l := listen(t)
	defer l.Close()
	s.begin(l)
	c := open(t, s.addr)
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) { err = unix.Shutdown(int(fd), unix.SHUT_RD) }); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := <-s.served; !errors.Is(err, unix.EINVAL) || !strings.HasPrefix(err.Error(), "conn: accepting on 127.0.0.1:") {
		t.Errorf("served: %v", err)
	}
	for _, shard := range s.loops {
		k := shard.carrier.(*loop).kernel.(*epoll)
		for _, fd := range watched(t, k) {
			if _, err := unix.Getpeername(fd); fd != k.bell && err != nil {
				t.Errorf("descriptor %d is watched, and is no connection: %v", fd, err)
			}
		}
	}
	c.Close()
	close(s.served)
	s.stop(t)
}

// tired is a kernel that has no memory for some time.
type tired struct {
	kernel
	fails, watches, unwatches, closed int
}

func (k *tired) watch(int32, uint32, uint32) error {
	if k.watches++; k.watches <= k.fails {
		return os.NewSyscallError("epoll_ctl", unix.ENOMEM)
	}
	return nil
}

func (k *tired) unwatch(int32) { k.unwatches++ }
func (k *tired) close(int32)   { k.closed++ }
func (k *tired) ring()         {}

// A door that cannot be watched for want of memory is tried again, and Serve goes on.
func TestADoorIsOpenedAgain(t *testing.T) {
	e, err := New(Options{Handler: funcs{}, Transport: Loop, Loops: 1})
	if err != nil {
		t.Fatal(err)
	}
	l, k := e.loops[0].carrier.(*loop), &tired{fails: 3}
	l.kernel = k
	failed := make(chan error) // nobody hears
	d := &door{fd: 7, address: &net.TCPAddr{}, failed: failed}
	l.openDoor(d)
	for late := time.Now().Add(patience); k.watches <= k.fails && time.Now().Before(late); runtime.Gosched() {
		l.s.lock()
		errands := l.errands
		l.errands = nil
		l.s.mu.Unlock()
		for _, do := range errands {
			do()
		}
	}
	if k.watches != k.fails+1 || e.Reached(LimitDescriptors) != uint64(k.fails) {
		t.Errorf("watched %d times, %d pauses", k.watches, e.Reached(LimitDescriptors))
	}
	d.fail(unix.EBADF) // nor does it wait for somebody
	before := k.unwatches
	l.closeDoor(d)
	if k.closed != 1 || k.unwatches != before+1 || len(l.doors) != 0 {
		t.Errorf("closed %d times, unwatched %d times, %d doors", k.closed, k.unwatches-before, len(l.doors))
	}
}

// A peer is let go when its time is over, whatever its session does.
func TestASessionThatHangsKeepsNoSocket(t *testing.T) {
	gate := make(chan struct{})
	s := serve(t, Options{CloseTimeout: 50 * time.Millisecond, Handler: funcs{call: func(Conn, []byte) (Answer, error) { <-gate; return Answer{}, nil }}})
	c := open(t, s.addr)
	c.send(cat(text("stall"), raw(0x83, "")))
	c.expect(`close 1002 "RFC 6455 5: use of reserved op code"`, "EOF")
	s.log.await(t, 1, Orphaned)
	var err error
	for block := make([]byte, 64<<10); err == nil; {
		_, err = c.Write(block)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the socket is still open")
	}
	close(gate)
}

// A connection that this package gives up after a fault of its own comes to an end.
func TestAFailedConnectionEnds(t *testing.T) {
	var ours Conn
	var why Reason
	s := serve(t, Options{Handler: funcs{
		create:     func(c Conn) error { ours = c; return nil },
		disconnect: func(_ Conn, r Reason) { why = r },
	}})
	c := open(t, s.addr)
	s.log.await(t, 1, Active)
	fault := errors.New("a fault")
	ours.s.lock()
	ours.s.fail(ours.slot, fault)
	ours.s.unlock()
	c.ended()
	s.log.await(t, 1, Ended)
	if !errors.Is(why.Err, fault) || why.By != ByTransport {
		t.Errorf("it ended with %+v", why)
	}
}

// failing is a prompt session that fails as its message says.
type failing struct{ promptly }

func (failing) NewSession(Conn) (Session, error) { return failing{}, nil }

func (failing) Prompt(m []byte) bool {
	if string(m) == "prompt panics" {
		panic("in prompt")
	}
	return true
}

func (failing) OnCall(m []byte) (Answer, error) {
	switch string(m) {
	case "error":
		return Answer{}, errors.New("an error of the session")
	case "panic":
		panic("in onCall")
	}
	return Answer{To: Response, Payload: m}, nil
}

// What a prompt session fails with is told as that of any other.
func TestAFailingPromptSessionIsTold(t *testing.T) {
	for message, want := range map[string]string{"error": "an error of the session", "panic": "in onCall", "prompt panics": "in prompt"} {
		t.Run(message, func(t *testing.T) {
			var log bytes.Buffer
			b := newBare(t, Options{Handler: failing{}, Log: slog.New(slog.NewTextHandler(&log, nil))})
			i := b.connect(t)
			b.lock()
			b.hear1(i, text(message))
			if got := log.String(); !strings.Contains(got, `msg="onCall failed"`) || !strings.Contains(got, want) {
				t.Errorf("the log says %q", got)
			}
			if st := b.table.record(i).life.State(); st != Active && message == "error" || st == Active && message != "error" {
				t.Errorf("the connection is %s", Lifecycle.StateName(st))
			}
		})
	}
}

// Two loops and a door: the address of a peer that is counted is the one that is given
// back, IPv4 in IPv6 as well.
func TestAMappedAddressIsCountedOnce(t *testing.T) {
	b := newBare(t, Options{Handler: promptly{}, MaxPerAddress: 1})
	mapped := netip.MustParseAddrPort("[::ffff:192.0.2.1]:9")
	i := b.connect(t)
	if err := b.engine.enter(mapped); !errors.Is(err, ErrAddressFull) {
		t.Errorf("a second one of the address: %v", err)
	}
	b.lock()
	b.lost(i, b.table.record(i).gen, errEnd)
	b.mu.Unlock()
	if err := b.engine.enter(mapped); err != nil {
		t.Errorf("after the end of the first: %v", err)
	}
}
