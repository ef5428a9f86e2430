package conn

import (
	"net"

	"golang.org/x/sys/unix"
)

// maxUnsent is how many bytes the kernel takes over before they can leave. By itself it
// takes up to 4 MB for a client that reads slowly: a thousand of those are more than all
// sockets of a machine may have together, and beyond that it loses packets of every
// connection, the stream's too; and filling them keeps the processors busy. What is on
// its way is not concerned, so the throughput of a long way stays what it is.
const maxUnsent = 128 << 10

// prepare sets what the connections of a listener inherit: no delay of small writes, and
// probes that find peers which have vanished without a word, as the net package sets
// them, and maxUnsent.
func prepare(fd int) {
	for _, o := range [...]struct{ level, name, value int }{
		{unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
		{unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
		{unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 15},
		{unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 15},
		{unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 9},
		{unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, maxUnsent},
	} {
		// A kernel that refuses costs latency or memory, nothing else.
		_ = unix.SetsockoptInt(fd, o.level, o.name, o.value)
	}
}

// limitUnsent sets maxUnsent for a connection whose listener is not of our making, when
// its first large message comes. One that is no socket has no such buffer.
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
