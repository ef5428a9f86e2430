//go:build linux && !race

package conn

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls below are for descriptors that never block, so the scheduler need
// not know of them.

func rawRead(fd int32, p []byte) (int, unix.Errno) {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
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
	call, at, size := uintptr(unix.SYS_WRITE), unsafe.Pointer(unsafe.SliceData(p)), uintptr(len(p))
	var vector [3]unix.Iovec
	if len(pieces) > 1 {
		for k, p := range pieces {
			vector[k].Base = unsafe.SliceData(p)
			vector[k].SetLen(len(p))
		}
		call, at, size = unix.SYS_WRITEV, unsafe.Pointer(&vector[0]), uintptr(len(pieces))
	}
	for {
		n, _, errno := unix.RawSyscall(call, uintptr(fd), uintptr(at), size)
		if errno == 0 {
			return int(n), 0
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

func rawClose(fd int32) { _, _, _ = unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0) }
