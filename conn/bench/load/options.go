package load

import (
	"crypto/tls"
	"time"
)

// Kind is what the connections do.
type Kind string

// The kinds of work.
const (
	Echo      Kind = "echo"      // each connection sends, waits for the echo, sends again
	Broadcast Kind = "broadcast" // one connection sends, all receive, then the next round
	Handshake Kind = "handshake" // connect, upgrade, reset, again
	Idle      Kind = "idle"      // connections only exist; memory is measured
)

// Options say what to do with which server.
type Options struct {
	Kind Kind
	Addr string // IPv4 address and port of the server
	PID  int    // process of the server
	Ctl  string // where the server answers probe's questions

	Conns int // connections; for Handshake: attempts at a time
	Size  int // bytes of a message
	Depth int // Echo: messages in flight per connection; Broadcast: messages per round
	// Rate makes Echo an open loop: messages per second over all connections.
	// Latency counts from the time a message was due. 0 is a closed loop.
	Rate int

	Warm, Time time.Duration // unmeasured work before the measurement; the measurement

	ZeroMask bool // mask with zeros, for a server that does not unmask
	Deflate  bool // Broadcast: offer permessage-deflate and insist on it
	TLS      bool // Idle: connect over TLS

	// Settle is how long the server may tidy up before Idle reads its memory.
	Settle time.Duration

	// Measuring, unless nil, is called when the measurement begins; for Idle, when the
	// connections are there and the server has collected.
	Measuring func() `json:"-"`
}

// Result is what the work has cost. Fields that a kind of work does not know are zero.
type Result struct {
	Units    uint64  // messages, deliveries or handshakes measured
	Rate     float64 // units per second
	CPU      float64 // µs of the server's processor time per unit
	User     float64 // share of CPU outside the kernel, 0–1, from 10 ms counters
	Switches float64 // context switches of the server per unit
	Allocs   float64 // allocations of the server per unit
	P50, P99 float64 // µs: latency of an echo, round of a broadcast, handshake
	Missed   uint64  // Rate: messages due while every connection still waited

	// Idle, bytes of the server's private memory per connection: after the
	// handshakes, after an exchange on each connection, after a collection; and
	// what the runtime itself says is in use for heap objects and stacks then.
	Fresh, Touched, Collected, InUse float64
	// IdleCPU is the processor time that the idle connections cost the server, ms/s.
	IdleCPU float64
}

// trustAll is for a server whose certificate was made a moment ago.
var trustAll = &tls.Config{
	MinVersion:         tls.VersionTLS12,
	InsecureSkipVerify: true, //nolint:gosec // the server is this program's other half, on loopback
}

// patience bounds the time without any progress.
const patience = 20 * time.Second
