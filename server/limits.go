package server

import (
	"cmp"
	"time"

	"musicdb/conn"
)

// Limits are what strangers may make the server hold. 0 means the default of a field.
// What is over a limit is refused or closed, counted, and told in the log.
type Limits struct {
	Connections     int // websockets at once, those without handshake included; 0: 100,000
	HTTPConnections int // connections at once on the HTTP listener, those of the stream included and websockets not; 0: 10,000
	PerAddress      int // connections at once from one IPv4 address or IPv6 network of 64 bits, loopback excepted; 0: 1,000

	// Sizes in bytes.
	Handshake int // of the head of a websocket request; 0: 16 KiB
	Message   int // of a client's message; 0: 16 MiB
	Stranger  int // of a message of a client that has not shown the key; 0: 1 MiB
	Outbox    int // of pushes that wait for a slow client; 0: 1 MiB
	Buffered  int // of the unfinished messages of all clients; 0: 256 MiB

	Rate     int           // websocket frames of one connection in a second; 0: any number
	IdleTime time.Duration // without a byte of a client; 0: any
}

// Defaults of Limits that the engine does not have itself.
const (
	DefaultHTTPConnections = 10_000
	DefaultPerAddress      = 1_000
)

func (l Limits) withDefaults() Limits {
	l.HTTPConnections = cmp.Or(l.HTTPConnections, DefaultHTTPConnections)
	l.PerAddress = cmp.Or(l.PerAddress, DefaultPerAddress)
	return l
}

// lay puts the limits of websockets into the options of their engine.
func (l Limits) lay(o conn.Options) conn.Options {
	o.MaxConnections, o.MaxHandshake = l.Connections, l.Handshake
	o.MaxPerAddress, o.MaxBuffered, o.MaxRate, o.IdleTimeout = l.PerAddress, l.Buffered, l.Rate, l.IdleTime
	o.MaxMessage, o.MaxStranger, o.OutboxBytes = l.Message, l.Stranger, l.Outbox
	return o
}
