//go:build !unix

package conn

import "net"

// rawReader is not available here.
type rawReader struct{}

func (*rawReader) init(net.Conn) {}

func (*rawReader) usable() bool { return false }

func (*rawReader) read(**[readSize]byte) (int, error) { panic("conn: no raw reader on this system") }
