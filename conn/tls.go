package conn

import (
	"crypto/tls"
	"errors"
	"net"
)

// TLS says how the connections of a listener are encrypted.
type TLS struct {
	// Config is that of a server, and is required. Its GetCertificate or
	// GetConfigForClient may give each connection what is valid at that moment.
	Config *tls.Config

	// Sniff lets the first byte of a connection decide: the beginning of a TLS
	// handshake, or else plain HTTP. Without it every connection must be TLS.
	Sniff bool
}

// recordHandshake is the first byte of a TLS connection: the record type
// "handshake" (RFC 8446, section 5.1). No HTTP request begins with it.
const recordHandshake = 0x16

// errNotTLS is the cause of an end of a connection that does not begin with TLS where
// it must.
var errNotTLS = errors.New("conn: the connection does not begin with a TLS handshake")

// Listener returns l with TLS before it, for servers other than an Engine.
func (t TLS) Listener(l net.Listener) net.Listener {
	if t.Sniff {
		return &sniffingListener{l, t.Config}
	}
	return tls.NewListener(l, t.Config)
}

// ServeTLS is Serve for a listener whose connections are encrypted. Their handshake is
// part of Options.OpenTimeout.
func (e *Engine) ServeTLS(l net.Listener, t TLS) error {
	if t.Config == nil {
		l.Close()
		return errNoTLSConfig
	}
	return e.serve(l, &t)
}

var errNoTLSConfig = errors.New("conn: TLS has no Config, so there is no certificate")
