//go:build !linux

package conn

import "net"

// maxUnsent is described where it has an effect, for Linux.
const maxUnsent = 128 << 10

func prepare(int) {}

func limitUnsent(net.Conn) {}
