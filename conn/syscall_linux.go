//go:build linux && !race

package conn

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls below are for descriptors that never block, so the scheduler need
// not know of them. recvfrom and sendto spare what read and write do for files.

func rawRead(fd int32, p []byte) (int, unix.Errno) {
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0)
		if errno == 0 {
			return int(n), 0
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

func rawWrite(fd int32, pieces [][]byte) (int, unix.Errno) {
	p := pieces[0]
	call, at, size, flags := uintptr(unix.SYS_SENDTO), unsafe.Pointer(unsafe.SliceData(p)), uintptr(len(p)), uintptr(unix.MSG_NOSIGNAL)
	var vector [3]unix.Iovec
	if len(pieces) > 1 {
		for k, p := range pieces {
			vector[k].Base = unsafe.SliceData(p)
			vector[k].SetLen(len(p))
		}
		call, at, size, flags = unix.SYS_WRITEV, unsafe.Pointer(&vector[0]), uintptr(len(pieces)), 0
	}
	for {
		n, _, errno := unix.RawSyscall6(call, uintptr(fd), uintptr(at), size, flags, 0, 0)
		if errno == 0 {
			return int(n), 0
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

// rawWritev is rawWrite for up to followPieces pieces.
func rawWritev(fd int32, pieces [][]byte) (int, unix.Errno) {
	if len(pieces) == 1 {
		return rawWrite(fd, pieces)
	}
	var vector [followPieces]unix.Iovec
	for k, p := range pieces {
		vector[k].Base = unsafe.SliceData(p)
		vector[k].SetLen(len(p))
	}
	// sendmsg and not writev: only it can be told to raise no signal.
	message := unix.Msghdr{Iov: &vector[0]}
	message.SetIovlen(len(pieces))
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&message)), unix.MSG_NOSIGNAL)
		if errno == 0 {
			return int(n), 0
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

func rawClose(fd int32) { _, _, _ = unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0) }
