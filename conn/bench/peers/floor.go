package peers

import (
	"encoding/binary"
	"errors"
	"net"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The floor is no engine: it shows what the system calls cost when next to nothing is
// done between them. One thread waits in epoll_wait, reads once per event and writes
// once. It believes the length of a frame and moves the payload over the mask, which
// must be zero; it has no states, limits, timers or errors, and cannot wait for a slow
// reader. It answers every handshake with the same accept key. Like every engine here it
// has TCP_NODELAY: without it a message waits for the acknowledgement of the one before,
// and is then sent in the time of the client, who is not measured.
var floor = Peer{
	Name: "floor", About: "raw epoll, copies bytes, no frames, no machine",
	Floor: true, ZeroMask: true,
	Serve: serveFloor,
}

const floorAnswer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

// floorNap bounds the time in epoll_wait: while the thread is there, the runtime can
// neither collect garbage nor count it.
const floorNap = 100 * time.Millisecond

type floorServer struct {
	epoll, listener int
	open            []bool  // by descriptor: the handshake is over
	members         []int32 // descriptors of all open connections
	place           []int32 // by descriptor: index in members
	in, out         []byte
}

func serveFloor(o Options) error {
	runtime.GOMAXPROCS(2) // one is taken by the thread that waits, for good
	runtime.LockOSThread()
	s := &floorServer{in: make([]byte, 64<<10), out: make([]byte, 0, 64<<10)}
	if err := s.listen(o.Ready); err != nil {
		return err
	}
	events := make([]unix.EpollEvent, 512)
	for {
		n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_WAIT, uintptr(s.epoll), uintptr(unsafe.Pointer(&events[0])),
			uintptr(len(events)), uintptr(floorNap.Milliseconds()), 0, 0)
		if errno != 0 && errno != unix.EINTR {
			return errno
		}
		if errno != 0 || n == 0 {
			runtime.Gosched()
			continue
		}
		for _, e := range events[:n] {
			if int(e.Fd) == s.listener {
				s.accept()
			} else {
				s.serve(e.Fd)
			}
		}
	}
}

func (s *floorServer) listen(ready func(net.Addr)) (err error) {
	if s.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if s.listener, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
		return err
	}
	err = errors.Join(
		unix.SetsockoptInt(s.listener, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1), // connections inherit it
		unix.Bind(s.listener, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}),
		unix.Listen(s.listener, 4096),
		s.watch(s.listener),
	)
	if err != nil {
		return err
	}
	name, err := unix.Getsockname(s.listener)
	if err != nil {
		return err
	}
	ready(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: name.(*unix.SockaddrInet4).Port})
	return nil
}

func (s *floorServer) watch(fd int) error {
	return unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

// accept takes all that wait and serves each at once: its request is there already.
func (s *floorServer) accept() {
	for {
		r, _, errno := syscall.RawSyscall6(unix.SYS_ACCEPT4, uintptr(s.listener), 0, 0, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
		if errno != 0 {
			return
		}
		fd := int(r)
		for len(s.open) <= fd {
			s.open, s.place = append(s.open, false), append(s.place, 0)
		}
		s.open[fd] = false
		if s.watch(fd) != nil {
			_ = unix.Close(fd)
			continue
		}
		s.serve(int32(fd))
	}
}

func (s *floorServer) serve(fd int32) {
	n, errno := transfer(unix.SYS_READ, fd, s.in)
	switch {
	case errno == unix.EAGAIN:
	case errno != 0 || n == 0:
		s.leave(fd)
	case !s.open[fd]:
		s.open[fd] = true
		s.place[fd] = int32(len(s.members))
		s.members = append(s.members, fd)
		_, _ = transfer(unix.SYS_WRITE, fd, unsafe.Slice(unsafe.StringData(floorAnswer), len(floorAnswer)))
	default:
		s.echo(fd, s.in[:n])
	}
}

func (s *floorServer) leave(fd int32) {
	if s.open[fd] {
		last := s.members[len(s.members)-1]
		s.members[s.place[fd]] = last
		s.place[last] = s.place[fd]
		s.members = s.members[:len(s.members)-1]
	}
	_ = unix.Close(int(fd))
}

// echo answers what one read has brought, whole messages all, with one write.
func (s *floorServer) echo(fd int32, in []byte) {
	s.out = s.out[:0]
	toAll := false
	for len(in) > 0 {
		start, size := 6, int(in[1]&0x7f)
		if size == 126 {
			start, size = 8, int(binary.BigEndian.Uint16(in[2:]))
		}
		toAll = in[start] == shout
		s.out = append(s.out, in[0], in[1]&0x7f)
		s.out = append(s.out, in[2:start-4]...)
		s.out = append(s.out, in[start:start+size]...)
		in = in[start+size:]
	}
	if !toAll {
		_, _ = transfer(unix.SYS_WRITE, fd, s.out)
		return
	}
	for _, fd := range s.members {
		_, _ = transfer(unix.SYS_WRITE, fd, s.out)
	}
}

func transfer(call uintptr, fd int32, b []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	return int(n), errno
}
