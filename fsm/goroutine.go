package fsm

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutineID is the number that the runtime prints in front of a stack. It serves one purpose: to tell a Fire from inside an
// effect, which would wait for itself for ever, from a Fire of another goroutine, which waits its turn. A mark in the
// context would not do, because an effect may fire with any context. Reading it costs about a microsecond.
func goroutineID() uint64 {
	var buf [64]byte
	fields := bytes.Fields(buf[:runtime.Stack(buf[:], false)])
	if len(fields) < 2 {
		return 0
	}
	id, err := strconv.ParseUint(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
