//go:build !linux

package conn

import "net"

// newLoops: there are none here.
func newLoops(*Engine, int) []*shard { return nil }

// serveLoops leaves a listener to the goroutine transport.
func (e *Engine) serveLoops(net.Listener, *TLS) (done bool, err error) { return false, nil }

func (e *Engine) ringAll() {}
