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
	var vector [3]unix.Iovec
	for k, p := range pieces {
		vector[k].Base = unsafe.SliceData(p)
		vector[k].SetLen(len(p))
	}
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(&vector[0])), uintptr(len(pieces)))
		if errno == 0 {
			return int(n), 0
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}
