package conn

import (
	"context"
	"net"
	"syscall"
)

// Listen listens on a TCP address for an Engine, or for another server whose clients may
// read slowly. It sets what the sockets of connections inherit, before the first one can
// come. The errors are those of net.ListenConfig.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { prepare(int(fd)) })
	}}
	// From a listener of Multipath TCP not everything is inherited.
	lc.SetMultipathTCP(false)
	return lc.Listen(ctx, "tcp", address)
}
