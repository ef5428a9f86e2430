package conn

import (
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
)

// sniffingListener accepts TLS and plain connections on one port.
type sniffingListener struct {
	net.Listener
	config *tls.Config
}

// Accept does not wait for the first byte; the connection's first Read does.
func (l *sniffingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &sniffedConn{Conn: c, config: l.config}, nil
}

// sniffedConn is a connection that becomes TLS or plain with its first byte. The
// embedded connection is the TCP connection, for addresses and deadlines.
type sniffedConn struct {
	net.Conn
	config *tls.Config

	deciding sync.Mutex
	inner    atomic.Pointer[net.Conn] // what is spoken; nil until the first byte is there
}

// decide reads the first byte if that has not happened. A failure, such as a
// deadline that has passed, leaves the question open.
func (c *sniffedConn) decide() (net.Conn, error) {
	if inner := c.inner.Load(); inner != nil {
		return *inner, nil
	}
	c.deciding.Lock()
	defer c.deciding.Unlock()
	if inner := c.inner.Load(); inner != nil {
		return *inner, nil
	}
	var first [1]byte
	if _, err := c.Conn.Read(first[:]); err != nil {
		return nil, err
	}
	var inner net.Conn = &prefixedConn{Conn: c.Conn, prefix: first[:]}
	if first[0] == recordHandshake {
		inner = tls.Server(inner, c.config)
	}
	c.inner.Store(&inner)
	return inner, nil
}

// isPlain reports whether the connection has been plain and all that was read of it to
// decide that was passed on. Nobody may be reading.
func (c *sniffedConn) isPlain() bool {
	inner := c.inner.Load()
	if inner == nil {
		return false
	}
	plain, ok := (*inner).(*prefixedConn)
	return ok && len(plain.prefix) == 0
}

// spoken is the decided connection, or the bare one before that: a server that
// writes or closes first has met no client yet.
func (c *sniffedConn) spoken() net.Conn {
	if inner := c.inner.Load(); inner != nil {
		return *inner
	}
	return c.Conn
}

// Read reads what the client has said, decrypted if need be.
func (c *sniffedConn) Read(p []byte) (int, error) {
	inner, err := c.decide()
	if err != nil {
		return 0, err
	}
	return inner.Read(p)
}

// Write sends to the client, encrypted if need be.
func (c *sniffedConn) Write(p []byte) (int, error) { return c.spoken().Write(p) }

// Close ends the connection, with the alert of TLS if need be.
func (c *sniffedConn) Close() error { return c.spoken().Close() }

// NetConn is the TCP connection, for an end without the alert of TLS, for which a
// peer that does not read would have to be waited for.
func (c *sniffedConn) NetConn() net.Conn { return c.Conn }

// CloseWrite ends the sending direction, as a closing handshake does.
func (c *sniffedConn) CloseWrite() error { return closeWrite(c.spoken()) }

// prefixedConn is a connection whose first byte was read already.
type prefixedConn struct {
	net.Conn
	prefix []byte // one goroutine reads
}

func (c *prefixedConn) Read(p []byte) (int, error) {
	if len(c.prefix) > 0 && len(p) > 0 {
		n := copy(p, c.prefix)
		c.prefix = c.prefix[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

func (c *prefixedConn) CloseWrite() error { return closeWrite(c.Conn) }

func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}
