//go:build linux

package conn

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/gobwas/ws"
)

// person is a peer with its connection. It knows what it has sent and what must come
// back, and examines every byte.
type person struct {
	w       *world
	n       int
	sock    *socket
	session *simSession // nil until it is created
	creates outcome     // of NewSession
	greets  outcome     // of onWSConnect

	asked   wish
	said    []saying
	tail    []byte // the second part of what was cut in two
	calls   []int  // of said: the messages that are to be executed
	pings   []int  // of said
	final   Code   // of the close frame
	closes  bool   // it has sent a close frame
	spoiled bool   // and before that something that must not be sent
	swept   bool   // time has passed since

	phase    phase
	buf      []byte
	skip     int
	answers  []int // of said: what must be answered, in this order
	behind   []int // and behind how many broadcasts
	answered int
	ponged   int
	expected []int // broadcasts that were sent while this one was a member
	got      int
	latest   int // stamp of the latest begin of what has come
	code     Code
	ended    bool // the server has ended its direction
}

// saying is a frame that a person has sent.
type saying struct {
	letter byte
	size   int
	push   int // the notice that the session sends before it answers, or -1
}

// outcome of a session's method.
type outcome uint8

const (
	works outcome = iota
	fails
	panics
	sends
)

// wish is what a person has asked for.
type wish uint8

const (
	wantsNothing wish = iota
	wantsWebSocket
	wantsPage
	wantsNonsense
)

type phase uint8

const (
	beforeHead phase = iota
	inFrames
	inDocument
	behindClose
)

// notice is what the server sends on its own, to one or to all.
type notice struct {
	to         *person // nil for all
	topic      byte    // 0 for none
	start, end int     // stamps; end is 0 until the call has returned
	err        error
	reached    bool
}

// The sayings. Letters of messages are told to the session, which answers accordingly.
const (
	calls  = "oenfpasxycbSLF" // see simSession.OnCall
	others = "BPQCDV"         // binary, ping, pong, close 1000, close without a code, violation
)

const padded = 150 // bytes of L, more than a stranger may send

// say sends a frame, the first cut bytes of it now if cut is not 0.
func (p *person) say(letter byte, cut int) {
	if p.asked != wantsWebSocket || p.sock.eof || p.sock.reset || p.closes || len(p.tail) > 0 {
		return
	}
	num := len(p.said)
	body := fmt.Appendf(nil, "%c%06d", letter, num)
	var b []byte
	switch letter {
	case 'L':
		b = raw(0x81, string(append(body, make([]byte, padded-len(body))...)))
		if !p.member() {
			p.spoiled = true
		}
	case 'F':
		b = cat(raw(0x01, string(body[:3])), raw(0x80, string(body[3:])))
	case 'B':
		b = binMsg(string(body))
	case 'P':
		b = pingOf(string(body))
		p.pings = append(p.pings, num)
	case 'Q':
		b = raw(0x8A, string(body))
	case 'C':
		b = closeOf(1000, string(body))
		p.closes, p.final = true, 1000
	case 'D':
		b = raw(0x88, "")
		p.closes = true
	case 'V':
		b = raw(0x83, string(body))
		p.spoiled = true
	default:
		b = text(string(body))
	}
	if bytes.IndexByte([]byte(calls), letter) >= 0 {
		p.calls = append(p.calls, num)
	}
	p.said = append(p.said, saying{letter, len(b), -1})
	p.put(b, cut)
}

func (p *person) member() bool {
	if p.session == nil {
		return false
	}
	r := p.record()
	return r != nil && r.standing == member
}

// record is nil when the connection has ended.
func (p *person) record() *record { return p.session.c.s.at(p.session.c.slot, p.session.c.gen) }

// ask sends a request.
func (p *person) ask(what wish, cut int) {
	if p.asked != wantsNothing || p.sock.eof || p.sock.reset {
		return
	}
	p.asked = what
	p.put([]byte(map[wish]string{
		wantsWebSocket: openingRequest,
		wantsPage:      "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
		wantsNonsense:  "\x16\x03\x01 TLS",
	}[what]), cut)
}

func (p *person) put(b []byte, cut int) {
	if cut > 0 && cut < len(b) {
		b, p.tail = b[:cut], b[cut:]
	}
	p.sock.in = append(p.sock.in, b...)
	p.sock.edge()
}

// finish sends what was cut off.
func (p *person) finish() {
	if len(p.tail) > 0 && !p.sock.eof && !p.sock.reset {
		b := p.tail
		p.tail = nil
		p.put(b, 0)
	}
}

// receive takes what the server has written.
func (p *person) receive(b []byte) {
	w := p.w
	for len(b) > 0 {
		if p.skip > 0 {
			n := min(p.skip, len(b))
			p.skip -= n
			b = b[n:]
			continue
		}
		switch p.phase {
		case behindClose:
			w.fail("person %d gets bytes behind the close frame: %q", p.n, b)
			return
		case inDocument:
			return
		case beforeHead:
			p.buf = append(p.buf, b[0])
			b = b[1:]
			if !bytes.HasSuffix(p.buf, crlfcrlf) {
				continue
			}
			switch upgraded := bytes.HasPrefix(p.buf, []byte("HTTP/1.1 101 ")); {
			case upgraded && p.asked == wantsWebSocket:
				p.phase = inFrames
			case !upgraded && (p.asked == wantsPage || p.asked == wantsNonsense):
				p.phase = inDocument
			default:
				w.fail("person %d gets %q", p.n, p.buf)
			}
			p.buf = p.buf[:0]
		case inFrames:
			n := min(p.need()-len(p.buf), len(b))
			p.buf = append(p.buf, b[:n]...)
			b = b[n:]
			if len(p.buf) == p.need() {
				p.frame()
				p.buf = p.buf[:0]
			}
		}
	}
}

// need is how many bytes are looked at: a header, and what tells one frame from another.
func (p *person) need() int {
	if len(p.buf) < 2 {
		return 2
	}
	head, size := p.header()
	if len(p.buf) < head {
		return head
	}
	return head + min(size, 7)
}

func (p *person) header() (head, size int) {
	switch size = int(p.buf[1]); size {
	case 126:
		if len(p.buf) < 4 {
			return 4, 0
		}
		return 4, int(binary.BigEndian.Uint16(p.buf[2:]))
	case 127:
		return 10, 0 // nothing as long is sent
	}
	return 2, size
}

// frame examines a frame whose beginning is complete.
func (p *person) frame() {
	w := p.w
	head, size := p.header()
	body := p.buf[head:]
	p.skip = size - len(body)
	switch op := ws.OpCode(p.buf[0] & 0xF); {
	case op == ws.OpClose && len(body) == 0:
		p.phase, p.code = behindClose, CodeNone
		return
	case op == ws.OpClose:
		p.phase, p.code = behindClose, Code(binary.BigEndian.Uint16(body))
		return
	case len(body) < 7:
		w.fail("person %d gets the frame %q", p.n, p.buf)
		return
	case op == ws.OpPong:
		num := number(body)
		if p.ponged == len(p.pings) || p.pings[p.ponged] != num {
			w.fail("person %d gets the pong %d; %d of its pings %v were answered", p.n, num, p.ponged, p.pings)
		}
		p.ponged++
		return
	}
	num := number(body)
	switch body[0] {
	case '!', '#':
		p.noticed(num)
	default:
		if p.answered == len(p.answers) || p.answers[p.answered] != num {
			w.fail("person %d gets the answer %q; of %v it has got %d", p.n, body, p.answers, p.answered)
		} else if first := p.said[num].push; first >= 0 && !w.notices[first].reached && w.notices[first].err == nil {
			w.fail("person %d gets the answer %q before what was sent before it", p.n, body)
		} else if due := p.behind[p.answered]; due > p.got {
			for at := p.got; at < due; at++ {
				if !p.replaced(at, due) {
					w.fail("person %d gets the answer %q before the broadcast %d", p.n, body, p.expected[at])
				}
			}
			p.got = due
		}
		p.answered++
	}
}

func number(body []byte) int {
	n, err := strconv.Atoi(string(body[1:7]))
	if err != nil {
		return -1
	}
	return n
}

// noticed examines a notice.
func (p *person) noticed(num int) {
	w := p.w
	if num < 0 || num >= len(w.notices) {
		w.fail("person %d gets the notice %d, which nobody has sent", p.n, num)
		return
	}
	n := &w.notices[num]
	if n.end != 0 && n.end < p.latest {
		w.fail("person %d gets the notice %d after one that was sent when it was through", p.n, num)
	}
	p.latest = max(p.latest, n.start)
	if n.to != nil {
		if n.to != p || n.reached || n.err != nil {
			w.fail("person %d gets the notice %d, which is for %d, was seen: %v, was refused: %v", p.n, num, n.to.n, n.reached, n.err)
		}
		n.reached = true
		return
	}
	for p.got < len(p.expected) && p.expected[p.got] != num {
		if !p.replaced(p.got, len(p.expected)) {
			w.fail("person %d gets the broadcast %d, but not %d before it", p.n, num, p.expected[p.got])
			return
		}
		p.got++
	}
	if p.got == len(p.expected) {
		w.fail("person %d gets the broadcast %d, which is not for it, or not any more", p.n, num)
		return
	}
	p.got++
}

// replaced reports whether a later broadcast about the same was sent, up to the one
// numbered end.
func (p *person) replaced(at, end int) bool {
	topic := p.w.notices[p.expected[at]].topic
	if topic == 0 {
		return false
	}
	for _, later := range p.expected[at+1 : end] {
		if p.w.notices[later].topic == topic {
			return true
		}
	}
	return false
}
