//go:build linux && race

package conn

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// Under the race detector the system calls are those of package syscall, which tell it
// that what is read was written before.

func rawRead(fd int32, p []byte) (int, unix.Errno) {
	for {
		n, err := syscall.Read(int(fd), p)
		if !errors.Is(err, syscall.EINTR) {
			return max(n, 0), errno(err)
		}
	}
}

func rawWrite(fd int32, pieces [][]byte) (int, unix.Errno) {
	total := 0
	for _, p := range pieces {
		n, err := syscall.Write(int(fd), p)
		total += max(n, 0)
		switch {
		case err != nil && total == 0:
			return 0, errno(err)
		case err != nil || n < len(p):
			return total, 0
		}
	}
	return total, 0
}

func rawWritev(fd int32, pieces [][]byte) (int, unix.Errno) { return rawWrite(fd, pieces) }

func errno(err error) unix.Errno {
	var e unix.Errno
	errors.As(err, &e)
	return e
}

func rawClose(fd int32) { _ = unix.Close(int(fd)) }
