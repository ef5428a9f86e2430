//go:build !linux

package conn

import (
	"net"
	"net/netip"
)

// newLoops: there are none here.
func newLoops(*Engine, int) []*shard { return nil }

// serveLoops leaves a listener to the goroutine transport.
func (e *Engine) serveLoops(net.Listener, *TLS) (done bool, err error) { return false, nil }

// adoptPlain leaves a connection to the goroutine transport.
func (e *Engine) adoptPlain(uint64, netip.AddrPort, net.Conn, []byte) (done bool) { return false }

func (e *Engine) ringAll() {}
