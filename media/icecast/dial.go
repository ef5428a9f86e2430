package icecast

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"
)

// sendBuffer bounds what the kernel keeps of a connection's sound: it grows to
// megabytes otherwise, minutes of sound that an Icecast is behind without anybody
// noticing. The kernel takes twice as much for itself.
const sendBuffer = 64 << 10

// link is how a server is reached.
type link struct {
	address string
	secure  secure
	dial    dialer
}

func newLink(o *Options, s secure) link {
	dial := (&net.Dialer{KeepAlive: 15 * time.Second}).DialContext
	return link{address: o.address(), secure: s, dial: dial}
}

// connect returns a connection over which bytes can be exchanged.
func (l link) connect(ctx context.Context, limit time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	raw, err := l.dial(ctx, "tcp", l.address)
	if err != nil {
		return nil, fmt.Errorf("no connection: %w", err)
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		if err := tcp.SetWriteBuffer(sendBuffer); err != nil {
			raw.Close()
			return nil, fmt.Errorf("no connection: %w", err)
		}
	}
	if l.secure == nil {
		return raw, nil
	}
	c := tls.Client(raw, l.secure)
	if err := c.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, explain(err)
	}
	return c, nil
}

// explain says what to do about the failures of TLS that have a remedy.
func explain(err error) error {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("the server's certificate is signed by nobody we know; set the file of the authority's certificate, or allow unverified ones: %w", err)
	case errors.As(err, &name):
		return fmt.Errorf("the server's certificate is for another name; set the host to one that it has: %w", err)
	default:
		return fmt.Errorf("no TLS; does the server speak it on this port? %w", err)
	}
}
