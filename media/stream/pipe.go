package stream

import (
	"os"
	"syscall"
)

// pipe is our end of a pipe to or from a child; noPipe is none. It never waits,
// and Go's poller does not know it: that would wake the process whenever the child
// has taken or given something, and the pump looks at times of its own.
type pipe int

const noPipe pipe = -1

// pipeTo makes a pipe of a child's input and returns our end and the child's.
func pipeTo() (ours pipe, childs *os.File, err error) {
	read, write, err := newPipe()
	if err != nil {
		return noPipe, nil, err
	}
	return write, os.NewFile(uintptr(read), "|0"), write.ready()
}

// pipeFrom makes a pipe of a child's output.
func pipeFrom() (ours pipe, childs *os.File, err error) {
	read, write, err := newPipe()
	if err != nil {
		return noPipe, nil, err
	}
	return read, os.NewFile(uintptr(write), "|1"), read.ready()
}

func newPipe() (read, write pipe, err error) {
	var ends [2]int
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.NewSyscallError("pipe", syscall.Pipe(ends[:])); err != nil {
		return noPipe, noPipe, err
	}
	for _, fd := range ends {
		syscall.CloseOnExec(fd)
	}
	return pipe(ends[0]), pipe(ends[1]), nil
}

func (p pipe) ready() error { return os.NewSyscallError("fcntl", syscall.SetNonblock(int(p), true)) }

// shrink bounds what is under way. Where the system does not allow it the pipe
// stays as it is.
func (p pipe) shrink(size int) {
	const setPipeSize = 1031 // F_SETPIPE_SZ
	_, _, _ = syscall.Syscall(syscall.SYS_FCNTL, uintptr(p), setPipeSize, uintptr(size))
}

// write moves as much as there is room for. A broken pipe has none: it is noticed
// where the child's output ends.
func (p pipe) write(b []byte) int {
	n, err := syscall.Write(int(p), b)
	if err != nil {
		return 0
	}
	return n
}

// read moves what there is. ended: nothing will come any more.
func (p pipe) read(b []byte) (n int, ended bool) {
	n, err := syscall.Read(int(p), b)
	switch err {
	case nil:
		return n, n == 0
	case syscall.EAGAIN, syscall.EINTR:
		return 0, false
	default:
		return 0, true
	}
}

// close closes the pipe, if it is one.
func (p *pipe) close() {
	if *p != noPipe {
		_ = syscall.Close(int(*p))
		*p = noPipe
	}
}
