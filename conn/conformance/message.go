package conformance

import "fmt"

// message is a data message of the client, perhaps in fragments, perhaps compressed.
type message struct {
	op       byte
	payload  []byte
	fragment int  // bytes per frame, 0: one frame
	squeezed bool // compressed as agreed upon
}

func (m message) appendTo(dst []byte, c *conversation) []byte {
	body, first := m.payload, m.op
	if m.squeezed {
		body, first = c.out.message(body), m.op|rsv1
	}
	if m.fragment == 0 {
		return frame{first: fin | first, payload: body}.appendTo(dst, c)
	}
	for {
		n := min(m.fragment, len(body))
		f := frame{first: first, payload: body[:n]}
		body, first = body[n:], opContinuation
		if len(body) == 0 {
			f.first |= fin
			return f.appendTo(dst, c)
		}
		dst = f.appendTo(dst, c)
	}
}

func (m message) String() string {
	s := opNames[m.op] + shown(m.payload)
	if m.squeezed {
		s += " compressed"
	}
	if m.fragment > 0 {
		s += fmt.Sprintf(" in fragments of %d bytes", m.fragment)
	}
	return s
}

// merged are messages and pongs, each kind in its order: a pong may overtake the echo of
// an earlier message (RFC 6455 5.5.3 wants it as soon as is practical).
type merged struct{ messages, pongs []frame }

func (m merged) expect(c *conversation) error {
	for len(m.messages)+len(m.pongs) > 0 {
		f, err := c.next()
		if err != nil {
			return fmt.Errorf("want %s: %w", m, err)
		}
		due := &m.messages
		if f.first&0xF == opPong {
			due = &m.pongs
		}
		if len(*due) == 0 || f.first != (*due)[0].first || string(f.payload) != string((*due)[0].payload) {
			return fmt.Errorf("want %s, got %s", m, f)
		}
		*due = (*due)[1:]
	}
	return nil
}

func (m merged) String() string {
	return list(m.messages) + "; anywhere between: " + list(m.pongs)
}
