package conn

import (
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernel is what a loop asks of the operating system. The tests have one in which every
// order of events can be had.
type kernel interface {
	// poll returns the events that are there, wait the next ones, and whether it had to
	// sleep for them. Only the loop calls them.
	poll(events []unix.EpollEvent) int
	wait(events []unix.EpollEvent) (n int, slept bool, err error)
	// ring makes poll return, once.
	ring()
	// watch registers a descriptor; token comes back with its events.
	watch(fd int32, token, events uint32) error
	// await has the events of a watched socket include that it takes bytes again. If it
	// does so already, that is told at once.
	await(fd int32, token uint32)
	unwatch(fd int32)
	accept(door int32) (fd int32, from netip.AddrPort, errno unix.Errno)
	read(fd int32, p []byte) (int, unix.Errno)
	write(fd int32, pieces [][]byte) (int, unix.Errno)
	unsentLimit(fd int32, bytes int)
	shutdown(fd int32, how int)
	close(fd int32)
}

// epoll is the kernel of Linux. Its epoll descriptor waits in Go's own poller, so that no
// thread of its own is needed and no system thread changes hands per wake-up.
type epoll struct {
	fd      int
	file    *os.File // fd in Go's poller
	raw     syscall.RawConn
	ringing sync.Mutex // guards bell
	bell    int        // an eventfd: others have something to do for the loop; noSocket when it has ended
	events  []unix.EpollEvent
	n       int
	looks   int                // for events, of one wait
	readyFn func(uintptr) bool // ready, made once
}

func openEpoll() (*epoll, error) {
	k := &epoll{}
	k.readyFn = k.ready
	var err error
	if k.fd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if k.bell, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		rawClose(int32(k.fd))
		return nil, os.NewSyscallError("eventfd", err)
	}
	if err = k.watch(int32(k.bell), tokenBell, unix.EPOLLIN|unix.EPOLLET); err == nil {
		err = unix.SetNonblock(k.fd, true)
	}
	if err == nil {
		k.file = os.NewFile(uintptr(k.fd), "epoll")
		k.raw, err = k.file.SyscallConn()
	}
	if err == nil {
		err = k.file.SetReadDeadline(time.Time{}) // which only what Go can wait for has
	}
	if err == nil {
		return k, nil
	}
	rawClose(int32(k.bell))
	if k.file == nil {
		rawClose(int32(k.fd))
	} else {
		k.file.Close()
	}
	return nil, err
}

// end gives the descriptors of the kernel itself back.
func (k *epoll) end() {
	k.ringing.Lock()
	defer k.ringing.Unlock()
	rawClose(int32(k.bell))
	k.bell = noSocket
	k.file.Close()
}

func (k *epoll) poll(events []unix.EpollEvent) int {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(k.fd), uintptr(unsafe.Pointer(unsafe.SliceData(events))), uintptr(len(events)), 0, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(n)
}

func (k *epoll) wait(events []unix.EpollEvent) (n int, slept bool, err error) {
	k.events, k.looks = events, 0
	err = k.raw.Read(k.readyFn)
	return k.n, k.looks > 1, err
}

func (k *epoll) ready(uintptr) bool {
	k.looks++
	k.n = k.poll(k.events)
	return k.n != 0
}

func (k *epoll) ring() {
	one := [8]byte{1}
	k.ringing.Lock()
	defer k.ringing.Unlock()
	if k.bell != noSocket { // who rings late must not write to what has its number now
		_, _ = unix.Write(k.bell, one[:]) // a full one has rung
	}
}

func (k *epoll) watch(fd int32, token, events uint32) error {
	ev := unix.EpollEvent{Events: events, Fd: fd, Pad: int32(token)}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(k.fd, unix.EPOLL_CTL_ADD, int(fd), &ev))
}

func (k *epoll) await(fd int32, token uint32) {
	ev := unix.EpollEvent{Events: heeded | unix.EPOLLOUT, Fd: fd, Pad: int32(token)}
	// It fails where the socket is not watched yet; then it soon is, with this event.
	_ = unix.EpollCtl(k.fd, unix.EPOLL_CTL_MOD, int(fd), &ev)
}

func (k *epoll) unwatch(fd int32) {
	_ = unix.EpollCtl(k.fd, unix.EPOLL_CTL_DEL, int(fd), nil)
}

func (k *epoll) accept(door int32) (int32, netip.AddrPort, unix.Errno) { return accept4(door) }
func (k *epoll) read(fd int32, p []byte) (int, unix.Errno)             { return rawRead(fd, p) }
func (k *epoll) write(fd int32, pieces [][]byte) (int, unix.Errno)     { return rawWrite(fd, pieces) }
func (k *epoll) shutdown(fd int32, how int)                            { _ = unix.Shutdown(int(fd), how) } // it ends anyway
func (k *epoll) close(fd int32)                                        { rawClose(fd) }

func (k *epoll) unsentLimit(fd int32, bytes int) {
	// A kernel that refuses costs memory, nothing else.
	_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, bytes)
}
