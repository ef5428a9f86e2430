package server

import (
	"net"

	"musicdb/conn"
)

// TLSMode says which connections a listener speaks TLS with.
type TLSMode uint8

const (
	// TLSAuto: on a loopback address the first byte of a connection decides, on any
	// other address every connection must be TLS.
	TLSAuto TLSMode = iota
	// TLSOn: every connection must be TLS.
	TLSOn
	// TLSOff: no connection is TLS.
	TLSOff
)

// speaksOnlyTLS tells whether a plain connection is refused.
func (a Address) speaksOnlyTLS() bool {
	return a.TLS == TLSOn || a.TLS == TLSAuto && !a.loopback()
}

// tls says how the connections of the address are encrypted, unless TLS is off.
func (a Address) tls(with *Certificates) conn.TLS {
	return conn.TLS{Config: with.config(), Sniff: !a.speaksOnlyTLS()}
}

// secure puts TLS before a listener as the address wants it.
func (a Address) secure(l net.Listener, with *Certificates) net.Listener {
	if a.TLS == TLSOff {
		return l
	}
	return a.tls(with).Listener(l)
}

// serve lets the engine serve a listener as the address wants it.
func (a Address) serve(e *conn.Engine, l net.Listener, with *Certificates) error {
	if a.TLS == TLSOff {
		return e.Serve(l)
	}
	return e.ServeTLS(l, a.tls(with))
}
