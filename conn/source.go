package conn

import "net"

// source reads from a socket without holding a buffer while it waits: thousands of
// idle connections share the few buffers of those that are being read. One goroutine
// uses it, the reading goroutine of its connection.
type source struct {
	nc  net.Conn
	raw rawReader // waits without a buffer, where the transport can do that
	buf *[readSize]byte
}

func (s *source) init(nc net.Conn) {
	s.nc = nc
	s.raw.init(nc)
}

// next waits for bytes and returns them; they are valid until the next call. With an
// error there are none.
func (s *source) next() ([]byte, error) {
	s.release()
	var n int
	var err error
	if s.raw.usable() {
		n, err = s.raw.read(&s.buf)
	} else {
		s.buf = readPool.Get().(*[readSize]byte)
		n, err = s.nc.Read(s.buf[:])
	}
	if n > 0 {
		return s.buf[:n], nil
	}
	s.release()
	return nil, err
}

// release gives the buffer back. The source may be used again.
func (s *source) release() {
	if s.buf != nil {
		readPool.Put(s.buf)
		s.buf = nil
	}
}
