//go:build !linux

package conn

import (
	"net"
	"net/netip"
)

// followPlain: there are no loops here.
func (e *Engine) followPlain(net.Conn, netip.AddrPort, []byte, Flow) (done bool) { return false }
