package conn

import (
	"slices"
	"strconv"
)

// Traffic is what an engine has moved since it was made, and what it holds right now.
// Its lists are as long whatever peers do, and always have the same names in the same
// order.
type Traffic struct {
	Received, Sent Volume
	// Handshakes are the answers to requests, by HTTP status: 101 and what the engine
	// refuses with. A peer that was dropped without an answer is in none of them.
	Handshakes []Count
	// ClosesReceived and ClosesSent are close frames, by code: each of the codes 1000 to
	// 1015, "none" for a frame without a code, "3000-3999" and "4000-4999" for the codes
	// of registered and private use (RFC 6455 7.4.2).
	ClosesReceived, ClosesSent []Count
	// Waiting is the number of bytes in all outboxes now, those under way included. A
	// broadcast counts in each outbox in which it waits.
	Waiting int
	// Connections are those that live now, by transport.
	Connections []Count
}

// Volume is what went in one direction.
type Volume struct {
	Messages uint64 // complete ones; outgoing ones when they enter the outbox
	Bytes    uint64 // of the stream: handshakes and headers of frames included, TLS not
}

// Count is how often something happened, or is there.
type Count struct {
	Name string
	N    uint64
}

// Traffic returns the sums of all connections, ended ones included. It takes time in
// proportion to the number of connections.
func (e *Engine) Traffic() Traffic {
	var sum traffic
	t := Traffic{Connections: []Count{{Loop.String(), 0}, {Goroutine.String(), 0}}}
	at := map[bool]*uint64{true: &t.Connections[0].N, false: &t.Connections[1].N}
	for i, s := range e.shards {
		s.lock()
		sum.add(&s.traffic)
		s.table.each(func(slot uint32, _ *record) {
			*at[i < len(e.loops)]++
			if w := s.table.seat(slot).work; w != nil {
				t.Waiting += w.box.bytes - w.box.begun
			}
		})
		s.unlock()
	}
	t.Received, t.Sent = sum.received, sum.sent
	for i, n := range sum.handshakes {
		t.Handshakes = append(t.Handshakes, Count{strconv.Itoa(answeredWith[i]), n})
	}
	t.ClosesReceived, t.ClosesSent = sum.closesReceived.list(), sum.closesSent.list()
	return t
}

// traffic is what one shard counts, guarded by its mutex.
type traffic struct {
	received, sent             Volume
	handshakes                 [len(answeredWith)]uint64
	closesReceived, closesSent closeCounts
}

func (t *traffic) add(more *traffic) {
	t.received.add(more.received)
	t.sent.add(more.sent)
	for i, n := range more.handshakes {
		t.handshakes[i] += n
	}
	for i := range closeClasses {
		t.closesReceived[i] += more.closesReceived[i]
		t.closesSent[i] += more.closesSent[i]
	}
}

func (v *Volume) add(more Volume) {
	v.Messages += more.Messages
	v.Bytes += more.Bytes
}

// answeredWith are the statuses of the engine's answers, the keys of statusText and the
// upgrade. The answer to a page is a 200.
var answeredWith = [...]int{101, 200, 400, 403, 405, 431, 505}

// handshake counts an answer, which begins with "HTTP/1.1 " and its status.
func (t *traffic) handshake(answer []byte) {
	const from = len("HTTP/1.1 ")
	status := 0
	for _, digit := range answer[from : from+3] {
		status = 10*status + int(digit-'0')
	}
	if i := slices.Index(answeredWith[:], status); i >= 0 {
		t.handshakes[i]++
	}
}

// closeCounts counts close codes: 1000 to 1015 each, then the classes of the others.
type closeCounts [closeClasses]uint64

const firstCode, lastCode = 1000, 1015

const (
	closeNone = lastCode - firstCode + 1 + iota
	closeRegistered
	closePrivate
	closeClasses
)

func (c *closeCounts) count(code Code) {
	switch {
	case code == CodeNone:
		c[closeNone]++
	case code >= firstCode && code <= lastCode:
		c[code-firstCode]++
	case code >= 4000:
		c[closePrivate]++
	case code >= 3000:
		c[closeRegistered]++
	}
}

func (c *closeCounts) list() []Count {
	var all []Count
	for i, n := range c {
		name := strconv.Itoa(firstCode + i)
		switch i {
		case closeNone:
			name = "none"
		case closeRegistered:
			name = "3000-3999"
		case closePrivate:
			name = "4000-4999"
		}
		all = append(all, Count{name, n})
	}
	return all
}
