package conformance

import (
	"crypto/tls"
	"fmt"
	"time"
)

// Section is a part of the table.
type Section struct {
	Number int
	Name   string
	Groups []Group
}

// Group is a list of cases about one thing.
type Group struct {
	ID    string // "6.4"
	Name  string
	Cases []Case
}

// Case is one conversation with an echo server, and the only outcome that is right.
type Case struct {
	ID    string // "6.4.2"
	About string // a sentence

	offer   string     // of Sec-WebSocket-Extensions, "" for none
	deflate deflateDue // what the server must make of the offer
	talk    []exchange
	ways    []Way
}

// exchange is what is sent at once, and what must come back before the next.
type exchange struct {
	send []utterance
	want []answer
}

// utterance is something that the client says.
type utterance interface {
	// appendTo adds the bytes on the wire to dst.
	appendTo(dst []byte, c *conversation) []byte
	String() string
}

// answer is something that the server must say next.
type answer interface {
	// expect reads it, and fails on anything else.
	expect(c *conversation) error
	String() string
}

// Way is how the bytes of a case travel.
type Way struct {
	Name  string
	chop  int  // bytes per write, 0: an exchange is one write
	early bool // the first exchange leaves together with the handshake
	mute  bool // the close frame of the server gets no answer
}

var (
	atOnce = Way{Name: "at once"}
	byByte = Way{Name: "byte by byte", chop: 1, mute: true}
	early  = Way{Name: "with the handshake", early: true}
)

// byteByByte bounds the cases that are also sent one byte per write, in bytes.
const byteByByte = 320

// Ways lists how a case is to be run: once per way.
func (c Case) Ways() []Way {
	switch {
	case c.ways != nil:
		return c.ways
	case c.offer != "":
		// Whoever has not seen the answer does not know what was agreed upon.
		return []Way{atOnce}
	case c.size() > byteByByte:
		return []Way{atOnce, early}
	}
	return []Way{atOnce, byByte, early}
}

// Heavy reports whether a run moves a megabyte or more, of which not too many should
// run at the same time.
func (c Case) Heavy() bool {
	n := c.size()
	for _, x := range c.talk {
		for _, a := range x.want {
			if m, ok := a.(inflated); ok {
				n += len(m.payload)
			}
		}
	}
	return n >= 1<<20
}

func (c Case) size() int {
	n := 0
	for _, x := range c.talk {
		for _, u := range x.send {
			n += sizeOf(u)
		}
	}
	return n
}

func sizeOf(u utterance) int {
	switch u := u.(type) {
	case frame:
		return len(u.payload) + 14
	case message:
		return len(u.payload) + 14
	case verbatim:
		return len(u.bytes)
	}
	return 0
}

// chopped has a case sent in pieces of several sizes.
func (c Case) chopped(sizes ...int) Case {
	for _, n := range sizes {
		c.ways = append(c.ways, Way{Name: fmt.Sprintf("%d bytes per write", n), chop: n})
	}
	return c
}

// once has a case sent in one way only.
func (c Case) once() Case {
	c.ways = []Way{atOnce}
	return c
}

// tell makes a case of one exchange.
func tell(about string, send []utterance, want ...answer) Case {
	return Case{About: about, talk: []exchange{{send, want}}}
}

// then goes on with another exchange.
func (c Case) then(send []utterance, want ...answer) Case {
	c.talk = append(c.talk[:len(c.talk):len(c.talk)], exchange{send, want})
	return c
}

func say(all ...utterance) []utterance { return all }

// ends reports whether the conversation ends with a close frame of the server; if
// not, the client closes.
func (c Case) ends() bool {
	for _, x := range c.talk {
		for _, a := range x.want {
			if _, ok := a.(closed); ok {
				return true
			}
		}
	}
	return false
}

// Peer is where a server can be reached.
type Peer struct {
	Addr string      // of the network "tcp"
	TLS  *tls.Config // of a client; nil: plain

	// Patience bounds a run of a case, and End the time from the server's close frame
	// to the end of the TCP connection; what takes longer has failed. End must be
	// shorter than the server's own time limits, so that an end which only a time
	// limit has brought is seen.
	Patience, End time.Duration
}
