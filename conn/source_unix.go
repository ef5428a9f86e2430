//go:build unix

package conn

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// rawReader reads a TCP socket when it is readable, and takes a buffer only then.
type rawReader struct {
	conn syscall.RawConn // nil for any other transport
	try  func(fd uintptr) bool

	// The result of try.
	buf *[readSize]byte
	n   int
	err error
}

// init accepts exactly the net package's own type: a type that embeds it may have
// bytes of its own to deliver first.
func (r *rawReader) init(nc net.Conn) {
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		return
	}
	if raw, err := tcp.SyscallConn(); err == nil {
		r.conn, r.try = raw, r.readNow
	}
}

func (r *rawReader) usable() bool { return r.conn != nil }

// read waits for bytes; buf is where they are.
func (r *rawReader) read(buf **[readSize]byte) (int, error) {
	if err := r.conn.Read(r.try); err != nil {
		return 0, err
	}
	*buf, r.buf = r.buf, nil
	switch {
	case r.err != nil:
		return 0, os.NewSyscallError("read", r.err)
	case r.n == 0:
		return 0, io.EOF
	}
	return r.n, nil
}

// readNow is called when the socket may be readable, and reports whether it was.
func (r *rawReader) readNow(fd uintptr) bool {
	r.buf = readPool.Get().(*[readSize]byte)
	for {
		r.n, r.err = syscall.Read(int(fd), r.buf[:])
		if !errors.Is(r.err, syscall.EINTR) {
			break
		}
	}
	if errors.Is(r.err, syscall.EAGAIN) {
		readPool.Put(r.buf)
		r.buf = nil
		return false
	}
	return true
}
