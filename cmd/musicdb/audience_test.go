//go:build linux

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// audience is any number of listeners of a stream of constant bitrate, who cost so little
// that the server's processor time is what counts: the kernel throws away what they hear.
type audience struct {
	rate   float64 // bytes per second
	seats  []seat
	leave  chan struct{}
	left   sync.WaitGroup
	mu     sync.Mutex // guards what follows
	lost   int        // whose connection ended
	late   int        // who once had less than what a player has played by then
	margin float64    // bytes: the least that anyone had received beyond that
	heard  int64      // bytes
}

// seat is one listener. Its player begins with the first byte and never pauses.
type seat struct {
	nc    net.Conn
	fd    int
	began time.Time
	got   float64
	late  bool
	lost  bool
}

// seatTime is how often a listener's socket is looked at.
const seatTime = 200 * time.Millisecond

// joinStream lets listeners join a stream, several at a time.
func joinStream(t testing.TB, addr, path string, n int, bitrate int) *audience {
	t.Helper()
	a := &audience{rate: float64(bitrate) / 8, seats: make([]seat, n), leave: make(chan struct{}), margin: 1e12}
	t.Cleanup(a.close)
	var joining sync.WaitGroup
	next := make(chan *seat)
	for range 8 {
		joining.Go(func() {
			for s := range next {
				came, err := join(addr, path)
				if err != nil {
					t.Error(err)
				}
				a.mu.Lock()
				*s = came
				a.mu.Unlock()
			}
		})
	}
	for i := range a.seats {
		next <- &a.seats[i]
		if i%64 == 63 {
			a.listen(a.seats) // those who are there must not wait for the last
		}
	}
	close(next)
	joining.Wait()
	if t.Failed() {
		t.FailNow()
	}
	a.left.Go(a.run)
	return a
}

// join connects and reads the head of the answer.
func join(addr, path string) (s seat, err error) {
	nc, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return s, err
	}
	nc.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(nc, "GET "+path+" HTTP/1.0\r\n\r\n"); err != nil {
		return s, err
	}
	in := bufio.NewReaderSize(nc, 16<<10)
	status, err := in.ReadString('\n')
	if err != nil || !strings.Contains(status, " 200 ") {
		return s, fmt.Errorf("a listener was answered %q: %w", status, err)
	}
	for line := status; strings.TrimSpace(line) != ""; {
		if line, err = in.ReadString('\n'); err != nil {
			return s, err
		}
	}
	raw, err := nc.(*net.TCPConn).SyscallConn()
	if err != nil {
		return s, err
	}
	s = seat{nc: nc, began: time.Now(), got: float64(in.Buffered())}
	return s, raw.Control(func(fd uintptr) { s.fd = int(fd) })
}

// run looks at all sockets, a few times a second.
func (a *audience) run() {
	tick := time.NewTicker(seatTime)
	defer tick.Stop()
	for {
		a.listen(a.seats)
		select {
		case <-tick.C:
		case <-a.leave:
			return
		}
	}
}

// listen takes what has arrived.
func (a *audience) listen(seats []seat) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range seats {
		s := &seats[i]
		if s.nc == nil || s.lost {
			continue
		}
		now := time.Now()
		n, ended := discard(s.fd)
		a.heard += int64(n)
		s.got += float64(n)
		margin := s.got - a.rate*now.Sub(s.began).Seconds()
		a.margin = min(a.margin, margin)
		if margin < 0 && !s.late {
			s.late = true
			a.late++
		}
		if ended {
			s.lost = true
			a.lost++
		}
	}
}

// discard takes everything that a socket has without looking at it.
func discard(fd int) (n int, ended bool) {
	var piece [64 << 10]byte
	for {
		k, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&piece)), uintptr(len(piece)),
			unix.MSG_TRUNC|unix.MSG_DONTWAIT, 0, 0)
		switch {
		case errno == unix.EAGAIN:
			return n, false
		case errno != 0 || k == 0:
			return n, true
		}
		n += int(k)
		if int(k) < len(piece) {
			return n, false
		}
	}
}

// heardSoFar is what they have received in all.
func (a *audience) heardSoFar() (bytes int64, lost, late int, margin time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.heard, a.lost, a.late, time.Duration(a.margin / a.rate * float64(time.Second))
}

// close lets all go.
func (a *audience) close() {
	if a.leave == nil {
		return
	}
	close(a.leave)
	a.left.Wait()
	a.leave = nil
	for i := range a.seats {
		if nc := a.seats[i].nc; nc != nil {
			_ = nc.(*net.TCPConn).SetLinger(0)
			nc.Close()
		}
	}
}
