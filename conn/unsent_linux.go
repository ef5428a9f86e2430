package conn

import (
	"net"

	"golang.org/x/sys/unix"
)

// maxUnsent is how many bytes of large messages the kernel takes over before they can
// leave. By itself it takes up to 4 MB for a client that reads slowly: a thousand of
// those are more than all sockets of a machine may have together, and beyond that it
// loses packets of every connection, the stream's too.
const maxUnsent = 128 << 10

// limitUnsent does that for one connection. What is on its way is not concerned, so
// the throughput of a long way stays what it is. A connection that is no socket has
// no such buffer.
func limitUnsent(nc net.Conn) {
	tcp, ok := socketOf(nc).(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		// A kernel that refuses costs memory, nothing else.
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, maxUnsent)
	})
}
