package load

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// client is one connection.
type client struct {
	fd      int32
	open    bool  // the handshake is over
	sent    bool  // the request of the handshake has left
	variant uint8 // which exchange is under way
	at      int32 // bytes of the answer that have come
	since   int64 // ns: when the message was due, or the attempt began
}

// crowd is all connections and the epoll set that they are in.
type crowd struct {
	o       Options
	server  unix.SockaddrInet4
	request []byte
	clients []client
	script  []exchange

	epoll  int
	events []unix.EpollEvent
	buffer []byte
	dialed int
	began  time.Time
}

// sources is the number of loopback addresses from which the crowd connects.
const sources = 16

// window bounds the handshakes under way, so that no listen queue overflows.
const window = 128

func newCrowd(o Options) (*crowd, error) {
	addr, err := netip.ParseAddrPort(o.Addr)
	if err != nil || !addr.Addr().Is4() {
		return nil, fmt.Errorf("%q is no IPv4 address with a port", o.Addr)
	}
	c := &crowd{
		o:       o,
		server:  unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()},
		request: upgradeRequest(o),
		clients: make([]client, o.Conns),
		events:  make([]unix.EpollEvent, 512),
		buffer:  make([]byte, 256<<10),
		began:   time.Now(),
	}
	c.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	return c, err
}

// now is a monotonic time in ns.
func (c *crowd) now() int64 { return int64(time.Since(c.began)) }

// close resets all connections, so that none of them keeps a port busy.
func (c *crowd) close() {
	for i := range c.clients {
		if fd := int(c.clients[i].fd); fd > 0 {
			_ = unix.Close(fd) // cannot fail in a way that matters
		}
	}
	_ = unix.Close(c.epoll)
}

// dial begins a handshake. On loopback a connection is there at once, as a rule, and
// the request can leave.
func (c *crowd) dial(i int) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("connection %d: %w", i, err)
	}
	me := &c.clients[i]
	*me = client{fd: int32(fd), since: c.now()}
	c.dialed++
	from := unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, byte(2 + c.dialed%sources)}}
	err = errors.Join(
		unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}), // close is a reset
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1),
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		unix.Bind(fd, &from),
	)
	if err != nil {
		return fmt.Errorf("connection %d: %w", i, err)
	}
	if err := unix.Connect(fd, &c.server); err != nil && err != unix.EINPROGRESS {
		return fmt.Errorf("connection %d: connecting: %w", i, err)
	}
	me.sent = write(me.fd, c.request) == len(c.request)
	interest := uint32(unix.EPOLLIN)
	if !me.sent {
		interest |= unix.EPOLLOUT
	}
	return unix.EpollCtl(c.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: interest, Fd: int32(i)})
}

// open connects all and returns when every handshake is over.
func (c *crowd) open() error {
	next, waiting := 0, 0
	for next < len(c.clients) || waiting > 0 {
		for ; next < len(c.clients) && waiting < window; next++ {
			if err := c.dial(next); err != nil {
				return err
			}
			waiting++
		}
		events, err := c.wait(patience)
		if err != nil {
			return fmt.Errorf("%d of %d handshakes: %w", next-waiting, len(c.clients), err)
		}
		for _, e := range events {
			over, err := c.handshake(int(e.Fd))
			if err != nil {
				return err
			}
			if over {
				waiting--
			}
		}
	}
	return nil
}

// handshake goes on with a handshake for which something has happened, and reports
// whether it is over now.
func (c *crowd) handshake(i int) (bool, error) {
	me := &c.clients[i]
	if me.open {
		return false, fmt.Errorf("connection %d: the server sends before it was asked", i)
	}
	if !me.sent {
		if n := write(me.fd, c.request); n != len(c.request) {
			return false, fmt.Errorf("connection %d: the request cannot be sent (%d)", i, n)
		}
		me.sent = true
		return false, unix.EpollCtl(c.epoll, unix.EPOLL_CTL_MOD, int(me.fd), &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)})
	}
	n, err := c.read(me)
	if err != nil {
		return false, fmt.Errorf("connection %d: in the handshake: %w", i, err)
	}
	if n == 0 {
		return false, nil
	}
	me.open = true
	return true, accepted(c.buffer[:n], c.o.Deflate)
}

// wait returns what has happened, at least one event unless timeout is 0.
func (c *crowd) wait(timeout time.Duration) ([]unix.EpollEvent, error) {
	for {
		n, err := unix.EpollWait(c.epoll, c.events, int(timeout.Milliseconds()))
		switch {
		case err == unix.EINTR:
		case err != nil:
			return nil, err
		case n == 0 && timeout > 0:
			return nil, fmt.Errorf("nothing has come for %v", timeout)
		default:
			return c.events[:n], nil
		}
	}
}

// send writes the request of one exchange.
func (c *crowd) send(me *client, variant int, since int64) error {
	me.variant, me.at, me.since = uint8(variant), 0, since
	request := c.script[variant].request
	if n := write(me.fd, request); n != len(request) {
		return fmt.Errorf("%d of %d bytes could be sent: the server does not read", n, len(request))
	}
	return nil
}

// receive reads once, checks what came, and reports whether the answer is complete.
func (c *crowd) receive(me *client) (bool, error) {
	n, err := c.read(me)
	if err != nil || n == 0 {
		return false, err
	}
	want := c.script[me.variant].answer[me.at:]
	got := c.buffer[:n]
	if n > len(want) || !bytes.Equal(got, want[:n]) {
		return false, differs(got, want)
	}
	me.at += int32(n)
	return n == len(want), nil
}

// read returns 0 if there is nothing to read yet.
func (c *crowd) read(me *client) (int, error) {
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(me.fd),
		uintptr(unsafe.Pointer(unsafe.SliceData(c.buffer))), uintptr(len(c.buffer)))
	switch {
	case errno == unix.EAGAIN:
		return 0, nil
	case errno != 0:
		return 0, errno
	case n == 0:
		return 0, errors.New("the server has closed the connection")
	}
	return int(n), nil
}

// write returns how much could be written; the sockets are small enough in use that
// all or nothing is the rule.
func write(fd int32, b []byte) int {
	n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	if errno != 0 {
		return -int(errno)
	}
	return int(n)
}

func (c *crowd) indexOf(me *client) int32 {
	return int32((uintptr(unsafe.Pointer(me)) - uintptr(unsafe.Pointer(&c.clients[0]))) / unsafe.Sizeof(*me))
}
